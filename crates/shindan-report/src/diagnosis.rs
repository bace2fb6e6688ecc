use serde::{Deserialize, Serialize};

use crate::{Finding, Rule, Untrusted};

/// What the report of a finished scan says, whichever service wrote it.
///
/// Cookies, headers and login data of the scanned site are not in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Diagnosis {
    /// How much it tells.
    pub depth: Depth,
    /// The numbers that the service gives, not those that we count.
    pub counts: Counts,
    /// How much was scanned.
    pub coverage: Coverage,
    /// What was looked for, whether it was found or not.
    #[serde(default)]
    pub tested: Vec<Rule>,
    /// What was found, the worst first. Nothing that is counted is missing here: what is told nowhere else is
    /// in a finding without a place.
    #[serde(default)]
    pub findings: Vec<Finding>,
    /// What is missing, contradicts itself or cannot be read, a sentence each; with any of them a scan does not pass.
    #[serde(default)]
    pub missing: Vec<String>,
}

impl Diagnosis {
    /// One that says nothing yet.
    pub fn new(depth: Depth, counts: Counts, coverage: Coverage) -> Self {
        Self {
            depth,
            counts,
            coverage,
            tested: Vec::new(),
            findings: Vec::new(),
            missing: Vec::new(),
        }
    }

    pub(crate) fn for_each_text(&mut self, change: &mut impl FnMut(&mut String)) {
        let domains = self.coverage.scanned.iter_mut().chain(&mut self.coverage.not_scanned);
        let titles = self.tested.iter_mut().map(|rule| &mut rule.title);
        domains.chain(titles).for_each(|text| text.change(change));
        self.findings.iter_mut().for_each(|finding| finding.for_each_text(change));
        self.missing.iter_mut().for_each(change);
    }

    /// Whether everything was scanned, and all of what is told could be read.
    pub fn is_whole(&self) -> bool {
        self.is_complete() && self.coverage.percent == Some(100)
    }

    /// Whether all of it could be read and agrees with itself. How much was scanned is another question.
    pub fn is_complete(&self) -> bool {
        self.missing.is_empty()
    }
}

/// How much a report tells of what was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Depth {
    /// Every finding and its place.
    Findings,
    /// How many of each kind.
    Categories,
    /// How many. VAddy tells no more.
    Totals,
}

/// Numbers of findings as the service gives them; what is absent is unknown, not zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Counts {
    /// All of them.
    pub total: Option<u64>,
    /// High risk; WSC only.
    pub high: Option<u64>,
    /// Medium risk; WSC only.
    pub medium: Option<u64>,
    /// Low risk; WSC only.
    pub low: Option<u64>,
}

/// How much was scanned; what is absent is unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Coverage {
    /// Per cent, 0 to 100. VAddy's own figure; for WSC the share of the domains.
    pub percent: Option<u32>,
    /// How many test requests were sent; VAddy only.
    pub requests: Option<u64>,
    /// The domains that were scanned; WSC only.
    #[serde(default)]
    pub scanned: Vec<Untrusted>,
    /// The domains that were not; WSC only.
    #[serde(default)]
    pub not_scanned: Vec<Untrusted>,
}
