//! What two runs have in common and what not.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

use proptest::prelude::*;
use shindan_report::{
    Change, Depth, Diagnosis, Finding, Outcome, Rule, Severity, Summary, Untrusted, diff,
};

use crate::samples;

#[test]
fn nothing_has_changed_between_a_run_and_itself() {
    for (name, summary) in samples::all() {
        let changed = diff(&summary, &summary).targets;
        assert_eq!(changed.len(), summary.targets.len(), "{name}");
        for (changed, outcome) in changed.iter().zip(&summary.targets) {
            assert_eq!(changed.target, outcome.target, "{name}");
            match (&changed.change, &outcome.diagnosis) {
                (Change::Findings { new, fixed, unseen, unchanged }, Some(said)) => {
                    assert!(new.is_empty() && fixed.is_empty() && unseen.is_empty(), "{name}");
                    assert_eq!(*unchanged, said.findings, "{name}");
                }
                (Change::Unfinished, None) => {}
                (change, _) => panic!("{name}: {change:?}"),
            }
        }
    }
}

#[test]
fn findings_come_and_go() {
    let (before, mut after) = (samples::findings(), samples::findings());
    let gone = said(&mut after).findings.remove(3);
    said(&mut after).findings[0].fingerprint = "00000000000000ff".parse().unwrap();
    let expected = Change::Findings {
        new: said(&mut after).findings[..1].to_vec(),
        fixed: vec![said(&mut before.clone()).findings[0].clone(), gone],
        unseen: Vec::new(),
        unchanged: said(&mut after).findings[1..].to_vec(),
    };
    assert_eq!(diff(&before, &after).targets[0].change, expected);
    let json = serde_json::to_value(diff(&before, &after)).unwrap();
    assert_eq!(json["targets"][0]["change"], "findings");
    assert_eq!(json["targets"][0]["fixed"][1]["fingerprint"], "0000000000000003");
}

#[test]
fn of_several_the_difference_counts() {
    let (before, mut after) = (samples::findings(), samples::findings());
    after.targets[1].diagnosis.as_mut().unwrap().findings[0].count = 5;
    let (new, gone) = counts(&diff(&before, &after).targets[1].change);
    assert_eq!((new, gone), (2, 0));
    let (new, gone) = counts(&diff(&after, &before).targets[1].change);
    assert_eq!((new, gone), (0, 2));
}

/// A scan that could not have seen a finding again does not say that it is fixed.
#[test]
fn what_was_not_looked_for_is_not_fixed() {
    let before = samples::findings();
    let mut after = before.clone();
    said(&mut after).findings.clear();
    let is_fixed = |after: &Summary| {
        let change = &diff(&before, after).targets[0].change;
        let Change::Findings { fixed, unseen, .. } = change else { panic!("{change:?}") };
        assert_eq!(fixed.len() + unseen.len(), 4);
        fixed.len()
    };
    assert_eq!(is_fixed(&after), 4);
    let mut neither = before.clone();
    said(&mut neither).tested.clear();
    let mut after_neither = after.clone();
    said(&mut after_neither).tested.clear();
    let change = diff(&neither, &after_neither).targets.remove(0).change;
    assert!(matches!(change, Change::Findings { fixed, .. } if fixed.len() == 4));
    let spoil: [fn(&mut Diagnosis); 5] = [
        |said| said.missing.push("1 part of the report cannot be read".to_owned()),
        |said| said.coverage.percent = Some(99),
        |said| said.coverage.percent = None,
        |said| said.tested.clear(),
        |said| said.tested.retain(|rule| rule.id != "wsc/xss"),
    ];
    for (spoil, fixed) in spoil.into_iter().zip([0, 0, 0, 0, 3]) {
        let mut after = after.clone();
        spoil(said(&mut after));
        assert_eq!(is_fixed(&after), fixed);
    }
}

#[test]
fn only_what_compares_is_compared() {
    let before = samples::findings();
    let of = |after: &Summary| diff(&before, after).targets.into_iter().map(|one| one.change);
    let mut after = before.clone();
    said(&mut after).depth = Depth::Categories;
    let numbers = said(&mut after).counts;
    let change = of(&after).next().unwrap();
    assert_eq!(change, Change::Counts { before: numbers, after: numbers });

    let mut after = before.clone();
    after.targets[0].diagnosis = None;
    assert_eq!(of(&after).next(), Some(Change::Unfinished));

    let mut after = before.clone();
    after.targets.remove(0);
    assert_eq!(of(&after).next_back(), Some(Change::Removed));

    let change_key: [fn(&mut Outcome); 3] = [
        |outcome| outcome.emulated = true,
        |outcome| outcome.target = Untrusted::new("shop2"),
        |outcome| outcome.service = shindan_report::Service::Vaddy,
    ];
    for change_key in change_key {
        let mut after = before.clone();
        change_key(&mut after.targets[0]);
        assert_eq!(of(&after).next(), Some(Change::Added));
        assert_eq!(of(&after).next_back(), Some(Change::Removed));
        assert_eq!(of(&after).count(), 4);
    }
}

proptest! {
    #[test]
    fn nothing_is_lost_or_made(
        before in prop::collection::vec((0..6_u8, 0..4_u64), 0..8),
        after in prop::collection::vec((0..6_u8, 0..4_u64), 0..8),
    ) {
        let total = |all: &[(u8, u64)]| all.iter().map(|one| one.1).sum::<u64>();
        let change = diff(&run(&before), &run(&after)).targets.remove(0).change;
        let Change::Findings { new, fixed, unseen, unchanged } = change else { panic!() };
        prop_assert_eq!(sum(&new) + sum(&unchanged), total(&after));
        prop_assert_eq!(sum(&fixed) + sum(&unseen) + sum(&unchanged), total(&before));
        prop_assert!(new.iter().all(|one| fixed.iter().all(|other| one.fingerprint != other.fingerprint)));
    }
}

fn run(findings: &[(u8, u64)]) -> Summary {
    let mut summary = samples::clean();
    summary.targets.truncate(1);
    let finding = |(n, count): &(u8, u64)| {
        let rule = Rule::new("wsc/xss", None, Untrusted::new("XSS"));
        let mut one = Finding::new(format!("{n:016x}").parse().unwrap(), rule, Severity::Low);
        one.count = *count;
        one
    };
    said(&mut summary).findings = findings.iter().map(finding).collect();
    summary
}

fn said(summary: &mut Summary) -> &mut Diagnosis {
    summary.targets[0].diagnosis.as_mut().unwrap()
}

fn counts(change: &Change) -> (u64, u64) {
    let Change::Findings { new, fixed, unseen, .. } = change else { panic!("{change:?}") };
    (sum(new), sum(fixed) + sum(unseen))
}

fn sum(findings: &[Finding]) -> u64 {
    findings.iter().map(|one| one.count).sum()
}
