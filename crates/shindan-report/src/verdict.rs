//! Whether a finished scan passes: a pure function, and closed where it is in doubt.

#[cfg(test)]
mod tests;

use core::str::FromStr;

use crate::{Counts, Coverage, Diagnosis, Finding, Severity, Standing};

/// What has to be fulfilled to pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Policy {
    /// Which findings close the gate.
    pub fail_on: FailOn,
    /// How much has to be scanned at least, in per cent.
    pub min_coverage: u32,
}

impl Policy {
    /// Puts it together.
    pub const fn new(fail_on: FailOn, min_coverage: u32) -> Self {
        Self { fail_on, min_coverage }
    }
}

impl Default for Policy {
    /// Nothing of high risk, and everything scanned.
    fn default() -> Self {
        Self::new(FailOn::High, 100)
    }
}

/// Which findings close the gate. Those without a rating close every gate but `never`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum FailOn {
    /// High risk.
    #[default]
    High,
    /// Medium risk and over.
    Medium,
    /// Low risk and over.
    Low,
    /// All of them, and what is counted in the total alone.
    Any,
    /// None; the scan still has to be whole.
    Never,
}

impl FailOn {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::High, Self::Medium, Self::Low, Self::Any, Self::Never];

    /// As on a command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
            Self::Any => "any",
            Self::Never => "never",
        }
    }

    pub(crate) fn closes_on(self, severity: Severity) -> bool {
        let lowest = match self {
            Self::Never => return false,
            Self::High => Severity::High,
            Self::Medium => Severity::Medium,
            Self::Low | Self::Any => Severity::Low,
        };
        severity <= lowest || severity == Severity::Unrated
    }
}

impl FromStr for FailOn {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is = |fail_on: &Self| fail_on.as_str() == text;
        Self::ALL.into_iter().find(is).ok_or("it is none of: high, medium, low, any, never")
    }
}

/// What a scan has come to.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verdict {
    /// A finding at the gate wins over a missing part: to scan again does not make it go away.
    pub decision: Decision,
    /// Why it does not pass, a sentence each; empty if it does.
    pub because: Vec<String>,
}

/// Whether it passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "who acts on it must know all of it")]
pub enum Decision {
    /// It is whole, and nothing closes the gate.
    Pass,
    /// A finding that nobody accepts closes the gate.
    Gate,
    /// Something is missing or cannot be trusted.
    Incomplete,
}

/// Decides. What the service counts and nobody accepts closes the gate even if no finding tells of it.
pub fn judge(diagnosis: &Diagnosis, policy: &Policy) -> Verdict {
    let mut because = at_the_gate(diagnosis, policy.fail_on);
    let is_closed = !because.is_empty();
    because.extend(missing(diagnosis, policy.min_coverage));
    let decision = match (is_closed, because.is_empty()) {
        (true, _) => Decision::Gate,
        (false, false) => Decision::Incomplete,
        (false, true) => Decision::Pass,
    };
    Verdict { decision, because }
}

fn at_the_gate(diagnosis: &Diagnosis, fail_on: FailOn) -> Vec<String> {
    let closes = |severity: &Severity| fail_on.closes_on(*severity);
    let mut because = Vec::new();
    let mut told = 0_u64;
    for severity in Severity::ALL.into_iter().filter(closes) {
        let number = not_accepted(diagnosis, severity);
        told = told.saturating_add(number);
        match (number, severity) {
            (0, _) => {}
            (_, Severity::Unrated) => because.push(format!("alerts: {number}")),
            (_, Severity::High | Severity::Medium | Severity::Low) => {
                because.push(format!("{number} {}", severity.as_str()));
            }
        }
    }
    let accepted = Severity::ALL
        .iter()
        .fold(0_u64, |sum, severity| sum.saturating_add(accepted(diagnosis, *severity)));
    let in_total = diagnosis.counts.total.unwrap_or(0).saturating_sub(accepted);
    if fail_on == FailOn::Any && in_total > told {
        because.push(format!("{in_total} in total"));
    }
    let expired = diagnosis.findings.iter().filter(|finding| {
        matches!(finding.standing, Standing::Expired(_)) && closes(&finding.severity)
    });
    match expired.count() {
        0 => {}
        1 => because.push("1 accepted finding has expired".to_owned()),
        many => because.push(format!("{many} accepted findings have expired")),
    }
    because
}

/// Those that are told and not accepted, or those that are counted and not accepted: whichever are more.
fn not_accepted(diagnosis: &Diagnosis, severity: Severity) -> u64 {
    let counts = diagnosis.counts;
    let counted = match severity {
        Severity::High => counts.high,
        Severity::Medium => counts.medium,
        Severity::Low => counts.low,
        Severity::Unrated if is_rated(&counts) => None,
        Severity::Unrated => counts.total,
    };
    let open = number(diagnosis, severity, |finding| match finding.standing {
        Standing::Accepted(_) => 0,
        // Whatever it says of its number, it is there.
        Standing::Open | Standing::Expired(_) => finding.count.max(1),
    });
    open.max(counted.unwrap_or(0).saturating_sub(accepted(diagnosis, severity)))
}

fn accepted(diagnosis: &Diagnosis, severity: Severity) -> u64 {
    number(diagnosis, severity, |finding| match finding.standing {
        Standing::Accepted(_) => finding.count,
        Standing::Open | Standing::Expired(_) => 0,
    })
}

fn number(diagnosis: &Diagnosis, severity: Severity, of: impl Fn(&Finding) -> u64) -> u64 {
    let findings = diagnosis.findings.iter().filter(|finding| finding.severity == severity);
    findings.map(of).fold(0, u64::saturating_add)
}

/// WSC rates its findings, VAddy does not.
const fn is_rated(counts: &Counts) -> bool {
    counts.high.is_some() || counts.medium.is_some() || counts.low.is_some()
}

fn missing(diagnosis: &Diagnosis, min_coverage: u32) -> Vec<String> {
    let mut missing = diagnosis.missing.clone();
    if let Some(percent) = diagnosis.coverage.percent.filter(|percent| *percent < min_coverage) {
        let sentence = too_little(&diagnosis.coverage, percent);
        if !missing.contains(&sentence) {
            missing.push(sentence);
        }
    }
    // A diagnosis may come from a file, so what it says of itself is not enough.
    if missing.is_empty() && !is_whole(diagnosis) {
        missing.push("the numbers of the report are missing or contradict each other".to_owned());
    }
    missing
}

fn too_little(coverage: &Coverage, percent: u32) -> String {
    let (scanned, left) = (coverage.scanned.len(), coverage.not_scanned.len());
    match left {
        0 => format!("only {percent}% complete"),
        _ => format!("{left} of {} domains not scanned", scanned + left),
    }
}

/// Whether every number is there that its service gives, and they agree.
fn is_whole(diagnosis: &Diagnosis) -> bool {
    let Diagnosis { counts, coverage, .. } = diagnosis;
    let is_counted = match (counts.total, counts.high, counts.medium, counts.low) {
        (Some(total), Some(high), Some(medium), Some(low)) => {
            high.checked_add(medium).and_then(|sum| sum.checked_add(low)) == Some(total)
                && !coverage.scanned.is_empty()
        }
        (Some(_), None, None, None) => coverage.requests.is_some_and(|requests| requests > 0),
        _ => false,
    };
    let is_covered = match coverage.percent {
        Some(percent @ ..=100) => percent < 100 || coverage.not_scanned.is_empty(),
        _ => false,
    };
    is_counted && is_covered
}
