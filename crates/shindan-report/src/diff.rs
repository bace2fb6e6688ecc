use std::collections::BTreeMap;

use serde::Serialize;

use crate::{Counts, Diagnosis, Finding, Fingerprint, Outcome, Service, Summary, Untrusted};

/// What has changed between two runs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Diff {
    /// Every target of either run: those of the later one in its order, then those that only the earlier one has.
    pub targets: Vec<Changed>,
}

/// What has changed at one target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Changed {
    /// Its name.
    pub target: Untrusted,
    /// Who scans it.
    pub service: Service,
    /// Whether an emulator has played the service; such a scan is never compared with a real one.
    pub emulated: bool,
    /// What has changed.
    #[serde(flatten)]
    pub change: Change,
}

/// What has changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "change", rename_all = "lowercase")]
#[non_exhaustive]
pub enum Change {
    /// Both reports tell the same depth. A finding that stands for several is in two of these if their number has
    /// changed, each time with its share.
    Findings {
        /// Here, and not there before.
        new: Vec<Finding>,
        /// There before, and not here although the later scan was whole and looked for it.
        fixed: Vec<Finding>,
        /// There before and not here, but the later scan could not have told.
        unseen: Vec<Finding>,
        /// In both, as the later one has it.
        unchanged: Vec<Finding>,
    },
    /// The reports tell different depths: only their numbers compare.
    Counts {
        /// Those of the earlier one.
        before: Counts,
        /// Those of the later one.
        after: Counts,
    },
    /// One of the two scans has not finished, so there is nothing to compare.
    Unfinished,
    /// Only the later run has the target.
    Added,
    /// Only the earlier run has the target.
    Removed,
}

/// Compares two runs, target by target and finding by finding.
pub fn diff(before: &Summary, after: &Summary) -> Diff {
    let mut left: Vec<&Outcome> = before.targets.iter().collect();
    let mut targets = Vec::new();
    for outcome in &after.targets {
        let same = left.iter().position(|other| other.key() == outcome.key());
        let change = same.map_or(Change::Added, |at| change(left.remove(at), outcome));
        targets.push(changed(outcome, change));
    }
    targets.extend(left.into_iter().map(|outcome| changed(outcome, Change::Removed)));
    Diff { targets }
}

fn changed(outcome: &Outcome, change: Change) -> Changed {
    Changed {
        target: outcome.target.clone(),
        service: outcome.service,
        emulated: outcome.emulated,
        change,
    }
}

fn change(before: &Outcome, after: &Outcome) -> Change {
    match (&before.diagnosis, &after.diagnosis) {
        (Some(before), Some(after)) if before.depth == after.depth => findings(before, after),
        (Some(before), Some(after)) => {
            Change::Counts { before: before.counts, after: after.counts }
        }
        _ => Change::Unfinished,
    }
}

fn findings(before: &Diagnosis, after: &Diagnosis) -> Change {
    let (mut new, mut fixed, mut unseen, mut unchanged) = Default::default();
    let mut left: BTreeMap<&Fingerprint, u64> = BTreeMap::new();
    for finding in &before.findings {
        let count = left.entry(&finding.fingerprint).or_default();
        *count = count.saturating_add(finding.count);
    }
    for finding in &after.findings {
        let same = take(&mut left, finding);
        share(&mut unchanged, finding, same);
        share(&mut new, finding, finding.count - same);
    }
    for finding in &before.findings {
        let gone = take(&mut left, finding);
        let to = if could_tell(before, after, finding) { &mut fixed } else { &mut unseen };
        share(to, finding, gone);
    }
    Change::Findings { new, fixed, unseen, unchanged }
}

/// How many of a finding's count are left, which are then no more.
fn take(left: &mut BTreeMap<&Fingerprint, u64>, finding: &Finding) -> u64 {
    let Some(count) = left.get_mut(&finding.fingerprint) else { return 0 };
    let taken = finding.count.min(*count);
    *count -= taken;
    taken
}

fn share(to: &mut Vec<Finding>, finding: &Finding, count: u64) {
    if count > 0 {
        to.push(Finding { count, ..finding.clone() });
    }
}

/// Whether the later scan would have found it again: it was whole, and did not stop looking for its kind.
fn could_tell(before: &Diagnosis, after: &Diagnosis, finding: &Finding) -> bool {
    let tests = |said: &Diagnosis| said.tested.iter().any(|rule| rule.id == finding.rule.id);
    after.missing.is_empty()
        && after.coverage.percent == Some(100)
        && (tests(after) || !tests(before))
}
