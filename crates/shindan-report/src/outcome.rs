use serde::{Deserialize, Serialize};

use crate::{
    Day, Diagnosis, Finding, Fingerprint, Place, Standing, Untrusted, accept,
    verdict::{Decision, FailOn, Policy, judge},
};

/// What became of one target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Outcome {
    /// The target's name in the project's file, or what stands for it.
    pub target: Untrusted,
    /// Who was to scan it.
    pub service: Service,
    /// Whether an emulator has played the service.
    pub emulated: bool,
    /// What was to be scanned: a URL, a host name or the id of a project.
    pub subject: Untrusted,
    /// Our id of the run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
    /// The service's id of the scan, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scan: Option<Untrusted>,
    /// Where the service's console shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub console: Option<Untrusted>,
    /// Who answers for the target.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// How it ended, and why.
    pub exit: Ended,
    /// From which severity on a finding closes the gate: `high`, `medium`, `low`, `any` or `never`. Where it is
    /// unknown, every finding does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fail_on: Option<String>,
    /// How much had to be scanned, in per cent. Where it is unknown, everything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_coverage: Option<u32>,
    /// When we began, as `2026-11-21T06:30:00Z`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub began_at: Option<String>,
    /// When it ended for us.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<String>,
    /// How long that took.
    pub seconds: u64,
    /// The command that goes on with it, if it may still run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resume: Option<String>,
    /// The line of the project's file that names the target.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// What the report of the finished scan says. Without it the scan has not finished, whatever else stands here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub diagnosis: Option<Diagnosis>,
    /// What has changed since the scan before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compared: Option<Compared>,
    /// The scans before and this one, the oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub trend: Vec<Point>,
}

impl Outcome {
    pub(crate) fn for_each_text(&mut self, change: &mut impl FnMut(&mut String)) {
        self.exit.for_each_text(change);
        let texts = [
            Some(&mut self.target),
            Some(&mut self.subject),
            self.scan.as_mut(),
            self.console.as_mut(),
        ];
        texts.into_iter().flatten().for_each(|text| text.change(change));
        [&mut self.owner, &mut self.resume].into_iter().flatten().for_each(&mut *change);
        if let Some(diagnosis) = &mut self.diagnosis {
            diagnosis.for_each_text(change);
        }
    }

    /// Decides once more by what stands here: `None` without a report of a finished scan. What was accepted until a day
    /// that is over counts again.
    pub fn judge_again(&self, today: &Day, overlooks_the_gate: bool) -> Option<Decision> {
        let mut diagnosis = self.diagnosis.clone()?;
        for finding in &mut diagnosis.findings {
            if let Standing::Accepted(by) = &finding.standing
                && !accept::holds(finding, by, today)
            {
                finding.standing = Standing::Expired(by.clone());
            }
        }
        let gate = self.fail_on.as_deref().and_then(|word| word.parse().ok());
        let gate = if overlooks_the_gate { FailOn::Never } else { gate.unwrap_or(FailOn::Any) };
        let policy = Policy::new(gate, self.min_coverage.unwrap_or(100));
        Some(judge(&diagnosis, &policy).decision)
    }

    /// Whether an open finding closes the gate of this target. Where the gate is not known, any does.
    pub fn is_closed_by(&self, finding: &Finding) -> bool {
        let gate = self.fail_on.as_deref().and_then(|word| word.parse::<FailOn>().ok());
        gate.is_none_or(|gate| gate.closes_on(finding.severity))
    }

    /// One without a scan.
    pub fn new(target: Untrusted, service: Service, subject: Untrusted, exit: Ended) -> Self {
        Self {
            target,
            service,
            emulated: false,
            subject,
            run: None,
            scan: None,
            console: None,
            owner: None,
            exit,
            fail_on: None,
            min_coverage: None,
            began_at: None,
            ended_at: None,
            seconds: 0,
            resume: None,
            place: None,
            diagnosis: None,
            compared: None,
            trend: Vec::new(),
        }
    }

    /// Whether its scan has finished, was whole and passed the gate. An exit code of 0 alone does not say so: a scan
    /// that was left running has it too.
    pub fn has_passed(&self) -> bool {
        let is_whole = |said: &Diagnosis| said.missing.is_empty();
        self.exit.code == 0 && self.diagnosis.as_ref().is_some_and(is_whole)
    }

    /// The one word of its exit, but never `ok` if it has not passed.
    pub(crate) fn word(&self) -> &str {
        if self.exit.code == 0 && !self.has_passed() { "unfinished" } else { &self.exit.name }
    }

    /// What makes it the same target in another run. A scan that an emulator has played is not that of the target.
    pub(crate) fn key(&self) -> (&Untrusted, Service, bool) {
        (&self.target, self.service, self.emulated)
    }
}

/// Who scans.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Service {
    /// NAVER Cloud Web Security Checker.
    Wsc,
    /// VAddy.
    Vaddy,
}

impl Service {
    /// One word, as in commands and rule ids.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Wsc => "wsc",
            Self::Vaddy => "vaddy",
        }
    }

    /// Its full name.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Wsc => "Web Security Checker",
            Self::Vaddy => "VAddy",
        }
    }
}

/// How something ended: an exit code and its reasons.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Ended {
    /// What the process returns; 0 is the only pass.
    pub code: u8,
    /// One word for it, never translated.
    pub name: String,
    /// Why it is not 0, a sentence each; it may quote the service.
    #[serde(default)]
    pub because: Vec<Untrusted>,
}

impl Ended {
    /// Puts it together.
    pub fn new(code: u8, name: impl Into<String>, because: Vec<Untrusted>) -> Self {
        Self { code, name: name.into(), because }
    }

    pub(crate) fn for_each_text(&mut self, change: &mut impl FnMut(&mut String)) {
        self.because.iter_mut().for_each(|text| text.change(change));
    }
}

/// What has changed since the scan before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Compared {
    /// The run of that scan.
    pub run: String,
    /// When that was.
    pub at: String,
    /// How many findings are here and were not there.
    pub new: u64,
    /// Those that were there and are not here; known only where findings have a place.
    pub fixed: Vec<Fingerprint>,
    /// How many are in both.
    pub unchanged: u64,
}

impl Compared {
    /// Puts it together.
    pub fn new(
        run: impl Into<String>,
        at: impl Into<String>,
        new: u64,
        fixed: Vec<Fingerprint>,
        unchanged: u64,
    ) -> Self {
        Self { run: run.into(), at: at.into(), new, fixed, unchanged }
    }
}

/// One scan of a history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Point {
    /// When it ended.
    pub day: Day,
    /// High risk.
    pub high: u64,
    /// Medium risk.
    pub medium: u64,
    /// Low risk.
    pub low: u64,
    /// Those that the service does not rate.
    pub unrated: u64,
}

impl Point {
    /// Numbers of one day: high, medium, low, unrated.
    pub fn new(day: Day, [high, medium, low, unrated]: [u64; 4]) -> Self {
        Self { day, high, medium, low, unrated }
    }
}
