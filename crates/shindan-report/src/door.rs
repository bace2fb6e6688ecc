//! Where the report of a service comes in. What nobody may see stays outside: login data, cookies, headers.

use std::collections::{BTreeMap, BTreeSet};

use crate::{Finding, Fingerprint, Service, Severity, Untrusted};

#[cfg(test)]
mod tests;
mod vaddy;
mod wsc;

pub use vaddy::{vaddy, vaddy_alerts};
pub use wsc::wsc;

/// Sorts them, the worst first, and gives each a fingerprint that no other has.
///
/// Those of one fingerprint become one finding that counts them all. With numbers instead, the second would inherit
/// the fingerprint of the first, and its acceptance, as soon as the first is fixed. Where their severities differ,
/// there is one for each severity, so that the numbers of each severity stay right.
fn settled(service: Service, mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.sort_by(|a, b| sort_key(a).cmp(&sort_key(b)));
    let mut severities: BTreeMap<Fingerprint, BTreeSet<Severity>> = BTreeMap::new();
    for finding in &findings {
        severities.entry(finding.fingerprint.clone()).or_default().insert(finding.severity);
    }
    let mut places: BTreeMap<Fingerprint, usize> = BTreeMap::new();
    let mut settled: Vec<Finding> = Vec::new();
    for mut finding in findings {
        if severities[&finding.fingerprint].len() > 1 {
            finding.fingerprint = fingerprint(service, &finding, Some(finding.severity));
        }
        if let Some(&place) = places.get(&finding.fingerprint) {
            settled[place].count = settled[place].count.saturating_add(finding.count);
        } else {
            places.insert(finding.fingerprint.clone(), settled.len());
            settled.push(finding);
        }
    }
    settled
}

type SortKey<'a> = (Severity, &'a str, [Option<&'a Untrusted>; 3]);

fn sort_key(finding: &Finding) -> SortKey<'_> {
    let Finding { url, parameter, method, .. } = finding;
    (finding.severity, &finding.rule.id, [url.as_ref(), parameter.as_ref(), method.as_ref()])
}

fn fingerprint(service: Service, finding: &Finding, severity: Option<Severity>) -> Fingerprint {
    let raw = |text: &'_ Option<Untrusted>| text.as_ref().map(|text| text.as_raw().to_owned());
    let [method, url, parameter] = [&finding.method, &finding.url, &finding.parameter].map(raw);
    Fingerprint::v1(
        service,
        &finding.rule.id,
        severity,
        &method.unwrap_or_default(),
        url.as_deref(),
        &parameter.unwrap_or_default(),
    )
}

/// The sentence for what could not be read.
fn unreadable(rejected: &[String]) -> Option<String> {
    match rejected.len() {
        0 => None,
        1 => Some("1 part of the report cannot be read".to_owned()),
        parts => Some(format!("{parts} parts of the report cannot be read")),
    }
}
