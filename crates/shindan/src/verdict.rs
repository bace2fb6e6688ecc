//! Whether a finished scan passes: a pure function of its report, and closed where it is in doubt.

use vaddy_model::{ScanResult, ScanStatus};
use wsc_model::{Raw, Report};

use crate::{args::FailOn, exit::Exit};

/// What a report says about its scan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    /// `Ok`, `Gate` or `Incomplete`; a finding at the gate wins over a missing part.
    pub(crate) exit: Exit,
    /// Why it is not `Ok`.
    pub(crate) because: Vec<String>,
}

/// WSC's: `rejected` is the number of parts of the report that could not be read.
pub(crate) fn wsc(report: &Report, rejected: usize, fail_on: FailOn) -> Verdict {
    let counts = report.classify_by_risk_level;
    let found = |count: Option<u64>| count.filter(|count| *count > 0);
    let high = found(counts.high).map(|count| format!("{count} high"));
    let medium = found(counts.medium).map(|count| format!("{count} medium"));
    let low = found(counts.low).map(|count| format!("{count} low"));
    let total = found(counts.total).map(|count| format!("{count} in total"));
    let gated = match fail_on {
        FailOn::Never => vec![],
        FailOn::High => vec![high],
        FailOn::Medium => vec![high, medium],
        FailOn::Low => vec![high, medium, low],
        FailOn::Any => vec![high, medium, low, total],
    };
    let findings = gated.into_iter().flatten().collect();

    let mut missing = Vec::new();
    match (counts.total, counts.high, counts.medium, counts.low) {
        (Some(total), Some(high), Some(medium), Some(low)) => {
            let sum = high.checked_add(medium).and_then(|sum| sum.checked_add(low));
            if sum != Some(total) {
                missing.push("the numbers of findings do not add up to their total".to_owned());
            }
        }
        _ => missing.push("a number of findings is missing".to_owned()),
    }
    let scanned = report.scanned_domain_list.iter().filter(|domain| !is_blank(domain)).count();
    let not_scanned = report.not_scanned_domain_list.len();
    if scanned == 0 {
        missing.push("no domain was scanned".to_owned());
    }
    if not_scanned > 0 {
        missing.push(format!("{not_scanned} of {} domains not scanned", scanned + not_scanned));
    }
    verdict(findings, missing, rejected)
}

/// `null`, or a text without anything in it.
fn is_blank(domain: &Raw) -> bool {
    domain.read::<Option<String>>().is_ok_and(|domain| domain.unwrap_or_default().trim().is_empty())
}

/// VAddy's: it names no risk, so every gate but `never` is closed by any alert.
pub(crate) fn vaddy(result: &ScanResult, rejected: usize, fail_on: FailOn) -> Verdict {
    let findings = match (result.alert_count, fail_on) {
        (None | Some(0), _) | (_, FailOn::Never) => Vec::new(),
        (Some(alerts), _) => vec![format!("alerts: {alerts}")],
    };

    let mut missing = Vec::new();
    if result.status != ScanStatus::Finish {
        missing.push("the scan has not finished".to_owned());
    }
    if result.alert_count.is_none() {
        missing.push("the number of alerts is missing".to_owned());
    }
    match result.complete {
        Some(100) => {}
        Some(complete @ ..100) => missing.push(format!("only {complete}% complete")),
        Some(complete) => {
            missing.push(format!("{complete}% complete is no percentage that can be trusted"));
        }
        None => missing.push("how much is complete is missing".to_owned()),
    }
    match result.scan_count {
        Some(1..) => {}
        Some(0) => missing.push("no test request was sent".to_owned()),
        None => missing.push("the number of test requests is missing".to_owned()),
    }
    verdict(findings, missing, rejected)
}

fn verdict(findings: Vec<String>, mut missing: Vec<String>, rejected: usize) -> Verdict {
    if rejected > 0 {
        missing.push(format!("{rejected} parts of the report cannot be read"));
    }
    let exit = match (findings.is_empty(), missing.is_empty()) {
        (false, _) => Exit::Gate,
        (true, false) => Exit::Incomplete,
        (true, true) => Exit::Ok,
    };
    Verdict { exit, because: findings.into_iter().chain(missing).collect() }
}

#[cfg(test)]
mod tests {
    use wsc_model::RiskCounts;

    use super::*;

    const GATES: [FailOn; 5] =
        [FailOn::High, FailOn::Medium, FailOn::Low, FailOn::Any, FailOn::Never];
    const COUNTS: [Option<u64>; 4] = [None, Some(0), Some(1), Some(u64::MAX)];

    fn report(
        total: Option<u64>,
        high: Option<u64>,
        medium: Option<u64>,
        low: Option<u64>,
    ) -> Report {
        let mut counts = RiskCounts::default();
        (counts.total, counts.high, counts.medium, counts.low) = (total, high, medium, low);
        let mut report = Report::new(counts);
        report.scanned_domain_list = vec![serde_json::from_str(r#""www.example""#).unwrap()];
        report
    }

    /// Every combination of counts, lists, rejections and gates, against the rules in other words.
    #[test]
    fn wsc_is_closed_where_it_is_in_doubt() {
        let some = |n: Option<u64>| n.is_some_and(|n| n > 0);
        for total in COUNTS {
            for high in COUNTS {
                for medium in COUNTS {
                    for low in COUNTS {
                        for (bits, fail_on) in (0..8).flat_map(|b| GATES.map(|gate| (b, gate))) {
                            let mut report = report(total, high, medium, low);
                            if bits & 1 > 0 {
                                let raw = serde_json::from_str(r#""left.example""#).unwrap();
                                report.not_scanned_domain_list = vec![raw];
                            }
                            if bits & 2 > 0 {
                                report.scanned_domain_list.clear();
                            }
                            let rejected = bits >> 2;
                            let found = match fail_on {
                                FailOn::High => some(high),
                                FailOn::Medium => some(high) || some(medium),
                                FailOn::Low => some(high) || some(medium) || some(low),
                                FailOn::Any => [total, high, medium, low].into_iter().any(some),
                                FailOn::Never => false,
                            };
                            let sum: u128 =
                                [high, medium, low].into_iter().flatten().map(u128::from).sum();
                            let known = [total, high, medium, low].iter().all(Option::is_some);
                            let adds_up = total.map(u128::from) == Some(sum);
                            let whole = known && adds_up && bits == 0;
                            let expected = match (found, whole) {
                                (true, _) => Exit::Gate,
                                (false, true) => Exit::Ok,
                                (false, false) => Exit::Incomplete,
                            };
                            let verdict = wsc(&report, rejected, fail_on);
                            assert_eq!(verdict.exit, expected, "{report:?} {rejected} {fail_on:?}");
                            assert_eq!(verdict.because.is_empty(), expected == Exit::Ok);
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn vaddy_is_closed_where_it_is_in_doubt() {
        let completes = [None, Some(0), Some(99), Some(100), Some(101), Some(u32::MAX)];
        for status in ["finish", "scanning", "canceled", "paused"] {
            for complete in completes {
                for scan_count in COUNTS {
                    for alert_count in COUNTS {
                        for (rejected, fail_on) in (0..2).flat_map(|r| GATES.map(|gate| (r, gate)))
                        {
                            let mut result = ScanResult::new(status.into());
                            result.complete = complete;
                            result.scan_count = scan_count;
                            result.alert_count = alert_count;
                            let found =
                                alert_count.is_some_and(|n| n > 0) && fail_on != FailOn::Never;
                            let whole = status == "finish"
                                && complete == Some(100)
                                && scan_count.is_some_and(|n| n > 0)
                                && alert_count.is_some()
                                && rejected == 0;
                            let expected = match (found, whole) {
                                (true, _) => Exit::Gate,
                                (false, true) => Exit::Ok,
                                (false, false) => Exit::Incomplete,
                            };
                            let verdict = vaddy(&result, rejected, fail_on);
                            assert_eq!(verdict.exit, expected, "{result:?} {rejected} {fail_on:?}");
                            assert_eq!(verdict.because.is_empty(), expected == Exit::Ok);
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn domains_without_a_name_were_not_scanned() {
        let mut report = report(Some(0), Some(0), Some(0), Some(0));
        for (list, exit) in [
            (r#"["", null, " "]"#, Exit::Incomplete),
            (r#"["", "www.example"]"#, Exit::Ok),
            (r#"[{"domain":"www.example"}]"#, Exit::Ok),
        ] {
            report.scanned_domain_list = serde_json::from_str(list).unwrap();
            assert_eq!(wsc(&report, 0, FailOn::High).exit, exit, "{list}");
        }
    }

    #[test]
    fn it_says_why() {
        let verdict = wsc(&report(Some(3), Some(1), Some(2), Some(0)), 0, FailOn::Medium);
        assert_eq!(verdict.because, ["1 high", "2 medium"]);
        let mut result = ScanResult::new(ScanStatus::Finish);
        (result.complete, result.scan_count, result.alert_count) = (Some(80), Some(57), Some(0));
        assert_eq!(vaddy(&result, 0, FailOn::High).because, ["only 80% complete"]);
        result.complete = Some(101);
        let because = vaddy(&result, 0, FailOn::High).because;
        assert_eq!(because, ["101% complete is no percentage that can be trusted"]);
    }
}
