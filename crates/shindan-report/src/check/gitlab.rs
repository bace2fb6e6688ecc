//! What GitLab takes as a DAST report: the required fields and limits of its schemas 15.0 to 15.2, and what its
//! documentation says on top.
//!
//! Source: <https://docs.gitlab.com/development/integrations/secure/>

use std::collections::BTreeSet;

use serde_json::Value;

use super::Faults;

/// A server takes any third number if it knows the first two.
const VERSIONS: [&str; 3] = ["15.0", "15.1", "15.2"];
const SEVERITIES: [&str; 6] = ["Info", "Unknown", "Low", "Medium", "High", "Critical"];
const MOST_IDENTIFIERS: usize = 20;

pub(super) fn check(report: &Value, faults: &mut Faults) {
    let version = faults.text(report, "/version", "").unwrap_or_default();
    let numbers: Vec<_> = version.split('.').collect();
    let is_number = |text: &&str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let is_version = numbers.len() == 3 && numbers.iter().all(is_number);
    let is_known = VERSIONS.iter().any(|known| version.starts_with(&format!("{known}.")));
    let what = "has to be a version of the schemas 15.0 to 15.2, like 15.2.1";
    faults.unless(is_version && is_known, "/version", what);

    for who in ["analyzer", "scanner"] {
        for field in ["id", "name", "version", "vendor/name"] {
            faults.text(report, &format!("/scan/{who}/{field}"), "");
        }
    }
    for field in ["start_time", "end_time"] {
        let time = faults.text(report, &format!("/scan/{field}"), "");
        let what = "has to be a time in UTC without a zone, like 2026-11-21T06:30:00";
        faults.unless(time.is_none_or(is_time), format!("/scan/{field}"), what);
    }
    one_of(report, "/scan/status", "", &["success", "failure"], faults);
    one_of(report, "/scan/type", "", &["dast"], faults);
    for (n, resource) in faults.list(report, "/scan/scanned_resources", "").iter().enumerate() {
        for field in ["/method", "/url", "/type"] {
            faults.text(resource, field, &format!("/scan/scanned_resources/{n}"));
        }
    }
    if report.pointer("/scan/messages").is_some() {
        for (n, message) in faults.list(report, "/scan/messages", "").iter().enumerate() {
            let at = format!("/scan/messages/{n}");
            one_of(message, "/level", &at, &["info", "warn", "fatal"], faults);
            faults.text(message, "/value", &at);
        }
    }

    let mut ids = BTreeSet::new();
    for (n, one) in faults.list(report, "/vulnerabilities", "").iter().enumerate() {
        let at = format!("/vulnerabilities/{n}");
        check_vulnerability(one, &at, faults);
        let is_first = one.get("id").is_none_or(|id| ids.insert(id.as_str()));
        faults.unless(is_first, &at, "has the id of a vulnerability before it");
    }
    without_null(report, "", faults);
}

fn check_vulnerability(one: &Value, at: &str, faults: &mut Faults) {
    faults.text(one, "/id", at);
    for (field, most) in [("name", 255), ("description", 1_048_576), ("solution", 7_000)] {
        let Some(value) = one.get(field) else { continue };
        let is_short = value.as_str().is_some_and(|text| text.chars().count() <= most);
        let what = format!("has to be a text of at most {most} characters");
        faults.unless(is_short, format!("{at}/{field}"), what);
    }
    if one.get("severity").is_some() {
        one_of(one, "/severity", at, &SEVERITIES, faults);
    }
    let identifiers = faults.list(one, "/identifiers", at);
    let is_count = (1..=MOST_IDENTIFIERS).contains(&identifiers.len());
    let what = format!("has to have 1 to {MOST_IDENTIFIERS} identifiers");
    faults.unless(is_count, format!("{at}/identifiers"), what);
    for (n, identifier) in identifiers.iter().enumerate() {
        let at = format!("{at}/identifiers/{n}");
        for field in ["/type", "/name", "/value"] {
            faults.text(identifier, field, &at);
        }
        check_url(identifier, &at, faults);
    }
    let is_location = one.get("location").is_some_and(Value::is_object);
    faults.unless(is_location, format!("{at}/location"), "has to be an object");
    for (n, link) in one.get("links").and_then(Value::as_array).into_iter().flatten().enumerate() {
        let at = format!("{at}/links/{n}");
        faults.text(link, "/url", &at);
        check_url(link, &at, faults);
    }
    for side in ["request", "response"] {
        let headers = one.pointer(&format!("/evidence/{side}/headers")).and_then(Value::as_array);
        for (n, header) in headers.into_iter().flatten().enumerate() {
            for field in ["/name", "/value"] {
                faults.text(header, field, &format!("{at}/evidence/{side}/headers/{n}"));
            }
        }
    }
}

fn check_url(value: &Value, at: &str, faults: &mut Faults) {
    let Some(url) = value.get("url").and_then(Value::as_str) else { return };
    let is_url = ["https://", "http://", "ftp://"].iter().any(|scheme| url.starts_with(scheme));
    faults.unless(is_url, format!("{at}/url"), "has to begin with https://, http:// or ftp://");
}

fn one_of(value: &Value, pointer: &str, at: &str, words: &[&str], faults: &mut Faults) {
    let word = value.pointer(pointer).and_then(Value::as_str);
    let is_known = word.is_some_and(|word| words.contains(&word));
    let what = format!("has to be one of: {}", words.join(", "));
    faults.unless(is_known, format!("{at}{pointer}"), what);
}

/// No field of the schema may be null; what is absent is left out.
fn without_null(value: &Value, at: &str, faults: &mut Faults) {
    match value {
        Value::Null => faults.add(at, "is null: what is absent has to be left out"),
        Value::Array(list) => {
            for (n, item) in list.iter().enumerate() {
                without_null(item, &format!("{at}/{n}"), faults);
            }
        }
        Value::Object(fields) => {
            for (name, item) in fields {
                without_null(item, &format!("{at}/{name}"), faults);
            }
        }
        Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn is_time(text: &str) -> bool {
    const LIKE: &str = "0000-00-00T00:00:00";
    let is_like = |(b, like): (u8, u8)| if like == b'0' { b.is_ascii_digit() } else { b == like };
    text.len() == LIKE.len() && text.bytes().zip(LIKE.bytes()).all(is_like)
}
