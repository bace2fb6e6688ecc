use vaddy_model::{ScanResult, ScanStatus};

use super::unreadable;
use crate::{
    Counts, Coverage, Depth, Diagnosis, Finding, Fingerprint, Rule, Service, Severity, Untrusted,
};

/// What a result of VAddy says: a number of alerts, of no risk and at no place. `rejected` are the parts of it that
/// could not be read.
pub fn vaddy(result: &ScanResult, rejected: &[String]) -> Diagnosis {
    let counts = Counts { total: result.alert_count, ..Counts::default() };
    let coverage = Coverage {
        percent: result.complete.filter(|percent| *percent <= 100),
        requests: result.scan_count,
        ..Coverage::default()
    };
    let mut diagnosis = Diagnosis::new(Depth::Totals, counts, coverage);
    diagnosis.tested =
        result.scan_list.iter().map(|title| Rule::of_title(Service::Vaddy, title)).collect();
    diagnosis.findings = alerts(result.alert_count.unwrap_or(0)).into_iter().collect();
    diagnosis.missing = missing(result).chain(unreadable(rejected)).collect();
    diagnosis
}

fn alerts(count: u64) -> Option<Finding> {
    let rule =
        Rule::new("vaddy/alerts", Some("Alerts of VAddy".to_owned()), Untrusted::new("alerts"));
    let mut finding = Finding::new(vaddy_alerts(), rule, Severity::Unrated);
    finding.count = count;
    (count > 0).then_some(finding)
}

/// The fingerprint of VAddy's alerts: it is the same for every project, because no alert has a place.
pub fn vaddy_alerts() -> Fingerprint {
    Fingerprint::v1(Service::Vaddy, "vaddy/alerts", Some(Severity::Unrated), "", None, "")
}

fn missing(result: &ScanResult) -> impl Iterator<Item = String> {
    let finished =
        (result.status != ScanStatus::Finish).then(|| "the scan has not finished".to_owned());
    let alerts = result.alert_count.is_none().then(|| "the number of alerts is missing".to_owned());
    let complete = match result.complete {
        Some(..=100) => None,
        Some(percent) => Some(format!("{percent}% complete is no percentage that can be trusted")),
        None => Some("how much is complete is missing".to_owned()),
    };
    let requests = match result.scan_count {
        Some(1..) => None,
        Some(0) => Some("no test request was sent".to_owned()),
        None => Some("the number of test requests is missing".to_owned()),
    };
    [finished, alerts, complete, requests].into_iter().flatten()
}
