use super::*;
use crate::{Acceptance, Depth, Fingerprint, Rule, Untrusted};

const COUNTS: [Option<u64>; 4] = [None, Some(0), Some(1), Some(u64::MAX)];

fn some(count: Option<u64>) -> bool {
    count.is_some_and(|count| count > 0)
}

fn coverage(percent: Option<u32>, requests: Option<u64>, domains: [usize; 2]) -> Coverage {
    let names = |number| vec![Untrusted::new("www.example"); number];
    let [scanned, not_scanned] = domains.map(names);
    Coverage { percent, requests, scanned, not_scanned }
}

fn counts([total, high, medium, low]: [Option<u64>; 4]) -> Counts {
    Counts { total, high, medium, low }
}

fn whole(counts: Counts) -> Diagnosis {
    Diagnosis::new(Depth::Totals, counts, coverage(Some(100), Some(1), [1, 0]))
}

fn judged(diagnosis: &Diagnosis, fail_on: FailOn) -> Decision {
    judge(diagnosis, &Policy::new(fail_on, 100)).decision
}

fn all_counts() -> impl Iterator<Item = [Option<u64>; 4]> {
    (0..256).map(|n| [COUNTS[n & 3], COUNTS[n >> 2 & 3], COUNTS[n >> 4 & 3], COUNTS[n >> 6]])
}

/// Every combination of numbers, lists and policies, against the rules in other words.
#[test]
fn it_is_closed_where_it_is_in_doubt() {
    for numbers @ [total, high, medium, low] in all_counts() {
        let rated = [high, medium, low].iter().flatten().count();
        let sum: u128 = [high, medium, low].into_iter().flatten().map(u128::from).sum();
        for percent in [None, Some(0), Some(62), Some(63), Some(100), Some(101)] {
            for (requests, bits) in
                [None, Some(0), Some(1)].iter().flat_map(|n| (0..8).map(move |b| (*n, b)))
            {
                let [is_scanned, is_left, is_missing] = [1, 2, 4].map(|bit| bits & bit > 0);
                let domains = [usize::from(is_scanned), usize::from(is_left)];
                let mut diagnosis = Diagnosis::new(
                    Depth::Totals,
                    counts(numbers),
                    coverage(percent, requests, domains),
                );
                diagnosis.missing.extend(is_missing.then(|| "a part".to_owned()));
                for (fail_on, min_coverage) in
                    FailOn::ALL.iter().flat_map(|gate| [0, 63, 100, 101].map(|min| (*gate, min)))
                {
                    let alerts = rated == 0 && some(total);
                    let found = match fail_on {
                        FailOn::High => alerts || some(high),
                        FailOn::Medium => alerts || some(high) || some(medium),
                        FailOn::Low => alerts || some(high) || some(medium) || some(low),
                        FailOn::Any => numbers.into_iter().any(some),
                        FailOn::Never => false,
                    };
                    let counted = match rated {
                        0 => total.is_some() && some(requests),
                        3 => total.map(u128::from) == Some(sum) && is_scanned,
                        _ => false,
                    };
                    let covered = match percent {
                        Some(100) => !is_left && min_coverage < 101,
                        Some(percent @ 0..100) => percent >= min_coverage,
                        _ => false,
                    };
                    let expected = match (found, counted && covered && !is_missing) {
                        (true, _) => Decision::Gate,
                        (false, true) => Decision::Pass,
                        (false, false) => Decision::Incomplete,
                    };
                    let verdict = judge(&diagnosis, &Policy::new(fail_on, min_coverage));
                    assert_eq!(
                        verdict.decision, expected,
                        "{diagnosis:?} {fail_on:?} {min_coverage}"
                    );
                    assert_eq!(verdict.because.is_empty(), expected == Decision::Pass);
                }
            }
        }
    }
}

fn acceptance() -> Acceptance {
    let fingerprint: Fingerprint = "0123456789abcdef".parse().unwrap();
    Acceptance::new(fingerprint, "why", "who", "2027-01-31".parse().unwrap())
}

fn standings() -> [Standing; 3] {
    [Standing::Open, Standing::Accepted(acceptance()), Standing::Expired(acceptance())]
}

fn finding(severity: Severity, count: u64, standing: Standing) -> Finding {
    let rule = Rule::new("wsc/xss", None, Untrusted::new("XSS"));
    let mut finding = Finding::new(acceptance().fingerprint, rule, severity);
    (finding.count, finding.standing) = (count, standing);
    finding
}

/// One finding of each count, severity and standing, beside every number that the service may give for it.
#[test]
fn what_nobody_accepts_closes_the_gate() {
    for (severity, standing) in
        Severity::ALL.iter().flat_map(|one| standings().map(|of| (*one, of)))
    {
        for (count, more) in (0..3).flat_map(|count| (0..2).map(move |more| (count, more))) {
            let told = finding(severity, count, standing.clone());
            let number = |of| if severity == of { count + more } else { 0 };
            let rated =
                [Severity::High, Severity::Medium, Severity::Low].map(|of| Some(number(of)));
            let [high, medium, low] = if severity == Severity::Unrated { [None; 3] } else { rated };
            let mut diagnosis = whole(counts([Some(count + more), high, medium, low]));
            diagnosis.findings = vec![told];
            for (fail_on, closes) in [
                (FailOn::High, [true, false, false, true]),
                (FailOn::Medium, [true, true, false, true]),
                (FailOn::Low, [true; 4]),
                (FailOn::Any, [true; 4]),
                (FailOn::Never, [false; 4]),
            ] {
                let place = Severity::ALL.iter().position(|one| *one == severity).unwrap();
                let is_covered = matches!(standing, Standing::Accepted(_)) && more == 0;
                let expected =
                    if closes[place] && !is_covered { Decision::Gate } else { Decision::Pass };
                assert_eq!(judged(&diagnosis, fail_on), expected, "{diagnosis:?} {fail_on:?}");
            }
        }
    }
}

#[test]
fn an_accepted_finding_stands_for_no_other() {
    let high = finding(Severity::High, 2, Standing::Accepted(acceptance()));
    let mut diagnosis = whole(counts([Some(3), Some(2), Some(1), Some(0)]));
    diagnosis.findings = vec![high];
    assert_eq!(judged(&diagnosis, FailOn::High), Decision::Pass);
    assert_eq!(judge(&diagnosis, &Policy::new(FailOn::Medium, 100)).because, ["1 medium"]);
    assert_eq!(judge(&diagnosis, &Policy::new(FailOn::Any, 100)).because, ["1 medium"]);
    // More than is counted, and twice as much as a number can hold.
    diagnosis.findings =
        vec![finding(Severity::High, u64::MAX, Standing::Accepted(acceptance())); 2];
    assert_eq!(judged(&diagnosis, FailOn::Low), Decision::Gate);
    diagnosis.findings = vec![finding(Severity::High, u64::MAX, Standing::Open); 2];
    assert_eq!(judged(&diagnosis, FailOn::High), Decision::Gate);
}

#[test]
fn only_the_total_counts_them() {
    let diagnosis = whole(counts([Some(5), Some(1), Some(0), Some(1)]));
    let because = |fail_on| judge(&diagnosis, &Policy::new(fail_on, 100)).because;
    let doubt = "the numbers of the report are missing or contradict each other";
    assert_eq!(because(FailOn::Any), ["1 high", "1 low", "5 in total", doubt]);
    assert_eq!(because(FailOn::Low), ["1 high", "1 low", doubt]);
    assert_eq!(because(FailOn::Never), [doubt]);
}

#[test]
fn it_says_why() {
    let mut diagnosis = whole(counts([Some(6), Some(1), Some(2), Some(3)]));
    let because =
        |diagnosis: &Diagnosis, fail_on, min| judge(diagnosis, &Policy::new(fail_on, min)).because;
    assert_eq!(because(&diagnosis, FailOn::Medium, 100), ["1 high", "2 medium"]);
    assert_eq!(because(&diagnosis, FailOn::Any, 100), ["1 high", "2 medium", "3 low"]);
    diagnosis.findings = vec![finding(Severity::Medium, 2, Standing::Expired(acceptance()))];
    assert_eq!(
        because(&diagnosis, FailOn::Medium, 100),
        ["1 high", "2 medium", "1 accepted finding has expired"]
    );
    assert_eq!(because(&diagnosis, FailOn::High, 100), ["1 high"]);
    diagnosis.findings.push(finding(Severity::High, 1, Standing::Expired(acceptance())));
    assert_eq!(
        because(&diagnosis, FailOn::Medium, 100),
        ["1 high", "2 medium", "2 accepted findings have expired"]
    );

    let mut diagnosis = whole(counts([Some(2), None, None, None]));
    diagnosis.coverage = coverage(Some(63), Some(5), [0, 0]);
    assert_eq!(because(&diagnosis, FailOn::High, 100), ["alerts: 2", "only 63% complete"]);
    assert_eq!(because(&diagnosis, FailOn::Never, 64), ["only 63% complete"]);
    assert_eq!(judge(&diagnosis, &Policy::new(FailOn::Never, 63)).decision, Decision::Pass);

    let mut diagnosis = whole(counts([Some(0); 4]));
    diagnosis.coverage = coverage(Some(66), None, [2, 1]);
    assert_eq!(because(&diagnosis, FailOn::High, 100), ["1 of 3 domains not scanned"]);
    diagnosis.missing = vec!["a part".to_owned(), "1 of 3 domains not scanned".to_owned()];
    assert_eq!(because(&diagnosis, FailOn::High, 100), diagnosis.missing);
}

#[test]
fn a_policy_is_strict_by_default_and_is_read_as_it_is_written() {
    let policy = Policy::default();
    assert_eq!((policy.fail_on, policy.min_coverage), (FailOn::High, 100));
    assert_eq!(FailOn::default(), FailOn::High);
    for (word, fail_on) in ["high", "medium", "low", "any", "never"].iter().zip(FailOn::ALL) {
        assert_eq!((word.parse(), fail_on.as_str()), (Ok(fail_on), *word));
    }
    for wrong in ["", "High", "none", "high "] {
        wrong.parse::<FailOn>().unwrap_err();
    }
}
