//! Findings that somebody has accepted.

use crate::{Acceptance, Day, Diagnosis, Finding, Standing};

/// Says of every finding whether it is accepted, and returns which of the acceptances were looked at, in their order.
///
/// An acceptance of this target goes before one of all targets, and of two alike the first counts. It has expired
/// after its last day, and where there are more findings than it allows, or worse ones.
pub fn apply(
    diagnosis: &mut Diagnosis,
    target: &str,
    acceptances: &[Acceptance],
    today: &Day,
) -> Vec<bool> {
    let mut used = vec![false; acceptances.len()];
    for finding in &mut diagnosis.findings {
        let of = |target: Option<&str>| {
            acceptances.iter().position(|one| {
                one.fingerprint == finding.fingerprint && one.target.as_deref() == target
            })
        };
        let place = of(Some(target)).or_else(|| of(None));
        finding.standing = place.map_or(Standing::Open, |place| {
            used[place] = true;
            standing(finding, &acceptances[place], today)
        });
    }
    used
}

fn standing(finding: &Finding, acceptance: &Acceptance, today: &Day) -> Standing {
    if holds(finding, acceptance, today) {
        Standing::Accepted(acceptance.clone())
    } else {
        Standing::Expired(acceptance.clone())
    }
}

/// Whether an acceptance of a finding still covers it: its day, how many there are, and how bad they are.
pub fn holds(finding: &Finding, acceptance: &Acceptance, today: &Day) -> bool {
    acceptance.until >= *today
        && finding.count <= acceptance.count
        && acceptance.severity.is_none_or(|worst| finding.severity >= worst)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Counts, Coverage, Depth, Fingerprint, Rule, Severity, Untrusted};

    const TODAY: &str = "2026-11-21";

    fn fingerprint(n: u64) -> Fingerprint {
        format!("{n:016x}").parse().unwrap()
    }

    /// Finding 0 stands for 1, finding 1 for 2, and so on.
    fn diagnosis(findings: u64) -> Diagnosis {
        let mut diagnosis = Diagnosis::new(Depth::Findings, Counts::default(), Coverage::default());
        for n in 0..findings {
            let rule = Rule::new("wsc/xss", None, Untrusted::new("XSS"));
            let mut finding = Finding::new(fingerprint(n), rule, Severity::High);
            finding.count = n + 1;
            diagnosis.findings.push(finding);
        }
        diagnosis
    }

    fn acceptance(n: u64, target: Option<&str>, count: u64, until: &str) -> Acceptance {
        let mut one = Acceptance::new(fingerprint(n), "why", "who", until.parse().unwrap());
        (one.target, one.count) = (target.map(str::to_owned), count);
        one
    }

    fn applied(findings: u64, acceptances: &[Acceptance]) -> (Vec<Standing>, Vec<bool>) {
        let mut diagnosis = diagnosis(findings);
        let used = apply(&mut diagnosis, "shop", acceptances, &TODAY.parse().unwrap());
        (diagnosis.findings.into_iter().map(|finding| finding.standing).collect(), used)
    }

    #[test]
    fn it_holds_until_the_end_of_its_last_day() {
        for (until, holds) in [("2026-11-20", false), (TODAY, true), ("2026-11-22", true)] {
            let one = acceptance(0, None, 1, until);
            let expected = if holds {
                Standing::Accepted(one.clone())
            } else {
                Standing::Expired(one.clone())
            };
            assert_eq!(applied(1, &[one]), (vec![expected], vec![true]), "{until}");
        }
    }

    #[test]
    fn more_than_it_allows_is_like_an_open_one() {
        let one = acceptance(1, None, 1, TODAY);
        let (standings, used) = applied(2, std::slice::from_ref(&one));
        assert_eq!(standings, [Standing::Open, Standing::Expired(one)]);
        assert_eq!(used, [true]);
        for count in [2, 3] {
            let one = acceptance(1, None, count, TODAY);
            let (standings, _) = applied(2, std::slice::from_ref(&one));
            assert_eq!(standings, [Standing::Open, Standing::Accepted(one)]);
        }
    }

    #[test]
    fn that_of_the_target_goes_first_even_if_it_has_expired() {
        let all = acceptance(0, None, 1, TODAY);
        let other = acceptance(0, Some("admin"), 1, TODAY);
        let own = acceptance(0, Some("shop"), 1, "2026-11-20");
        let late = acceptance(0, Some("shop"), 1, TODAY);
        let (standings, used) = applied(1, &[all.clone(), other.clone(), own.clone(), late]);
        assert_eq!(standings, [Standing::Expired(own)]);
        assert_eq!(used, [false, false, true, false]);
        let (standings, used) = applied(1, &[other.clone(), all.clone()]);
        assert_eq!(standings, [Standing::Accepted(all)]);
        assert_eq!(used, [false, true]);
        assert_eq!(applied(1, &[other]), (vec![Standing::Open], vec![false]));
    }

    #[test]
    fn what_stood_there_before_does_not_count() {
        let mut diagnosis = diagnosis(1);
        diagnosis.findings[0].standing = Standing::Accepted(acceptance(0, None, 1, TODAY));
        let other = acceptance(5, None, 1, TODAY);
        assert_eq!(apply(&mut diagnosis, "shop", &[other], &TODAY.parse().unwrap()), [false]);
        assert_eq!(diagnosis.findings[0].standing, Standing::Open);
    }

    #[test]
    fn what_has_become_worse_is_not_covered() {
        let today = TODAY.parse().unwrap();
        for (accepted, now, is_covered) in [
            (None, Severity::High, true),
            (Some(Severity::Low), Severity::Low, true),
            (Some(Severity::Low), Severity::Medium, false),
            (Some(Severity::Medium), Severity::High, false),
            (Some(Severity::High), Severity::Low, true),
            (Some(Severity::Unrated), Severity::Unrated, true),
            (Some(Severity::Unrated), Severity::Low, false),
        ] {
            let mut finding = diagnosis(1).findings.remove(0);
            finding.severity = now;
            let until = "2999-12-31".parse().unwrap();
            let mut acceptance = Acceptance::new(fingerprint(0), "r", "o", until);
            acceptance.severity = accepted;
            assert_eq!(holds(&finding, &acceptance, &today), is_covered, "{accepted:?} {now:?}");
        }
    }
}
