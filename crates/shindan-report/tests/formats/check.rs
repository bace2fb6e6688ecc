//! Files that are refused by whom they are for, each wrong in one way.

#![expect(clippy::unwrap_used, reason = "what is read here was just written")]

use serde_json::{Value, json};
use shindan_report::{
    check::{Checked, check},
    format::{DastVersion, defectdojo, gitlab_dast, sarif_github},
};

use crate::samples;

/// The file with another value where the pointer says.
fn changed(good: &str, pointer: &str, value: &Value) -> String {
    let mut bad: Value = serde_json::from_str(good).unwrap();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let fields = bad.pointer_mut(parent).and_then(Value::as_object_mut).unwrap();
    if *value == absent() {
        fields.remove(name).unwrap();
    } else {
        fields.insert(name.to_owned(), value.clone());
    }
    bad.to_string()
}

/// The file is taken, and with each of the changes it has this fault. Some bring others with them: when the id
/// of a rule is wrong, results name a rule that is not there.
fn refused(good: &str, as_what: Checked, changes: &[(String, Value, &str)]) {
    assert_eq!(check(good, as_what), [""; 0]);
    for (pointer, value, fault) in changes {
        let faults = check(&changed(good, pointer, value), as_what);
        assert!(faults.iter().any(|one| one.contains(fault)), "{pointer} {fault}: {faults:?}");
    }
}

fn absent() -> Value {
    json!("(absent)")
}

#[test]
fn no_file_and_no_json_are_refused() {
    for as_what in Checked::ALL {
        assert_eq!(as_what.as_str().parse(), Ok(as_what));
        for (text, fault) in [
            ("", "the file is not JSON"),
            ("<html>", "the file is not JSON"),
            ("[]", "the file is not a JSON object"),
            ("null", "the file is not a JSON object"),
        ] {
            let faults = check(text, as_what);
            assert!(faults[0].starts_with(fault), "{text}: {faults:?}");
        }
        assert_ne!(check("{}", as_what), [""; 0]);
    }
    assert!("sarif".parse::<Checked>().is_err());
}

#[test]
fn github_refuses_urls_as_places() {
    let uri = || "/runs/0/results/0/locations/0/physicalLocation/artifactLocation/uri".to_owned();
    refused(
        &sarif_github(&samples::findings()),
        Checked::GitHub,
        &[
            (uri(), json!("https://stg.shop.example/search"), "has the scheme \"https\""),
            (uri(), json!(""), "uri has to be a text that is not empty"),
            (uri(), json!("localhost:8000/x"), "has the scheme \"localhost\""),
            (uri(), json!("file:///src/a.rs"), "has the scheme \"file\""),
            (uri(), json!("/search"), "is an absolute path"),
            (uri(), json!("src/../../a"), "leaves the repository"),
            (uri(), json!("a b.rs"), "percent-encode"),
            (uri(), json!("src\\a.rs"), "percent-encode"),
            (uri(), absent(), "uri has to be a text"),
            (
                "/runs/0/results/0/locations".to_owned(),
                json!([]),
                "shows no result without a place",
            ),
            ("/runs/0/results/0/locations".to_owned(), absent(), "locations has to be a list"),
        ],
    );
}

#[test]
fn github_refuses_what_the_schema_allows() {
    let (result, rule) = ("/runs/0/results/0", "/runs/0/tool/driver/rules/0");
    let region = "/runs/0/results/0/locations/0/physicalLocation/region";
    let good = sarif_github(&samples::findings());
    let at = |base: &str, field: &str| format!("{base}/{field}");
    let changes = [
        (region.to_owned(), absent(), "region/startLine has to be a number"),
        (at(region, "startLine"), json!(0), "startLine has to be a number from 1"),
        (at(region, "endColumn"), absent(), "endColumn has to be a number from 1"),
        (at(region, "startLine"), json!(9), "ends before it begins"),
        (at(rule, "shortDescription"), absent(), "shortDescription/text"),
        (at(rule, "fullDescription"), absent(), "fullDescription/text"),
        (at(rule, "fullDescription/text"), json!("a".repeat(1_025)), "more than 1024 characters"),
        (at(rule, "help"), absent(), "help/text"),
        (at(rule, "help/text"), json!(""), "help/text"),
        (at(rule, "id"), json!("wsc/xss"), "has the id of a rule before it"),
        (at(rule, "properties/security-severity"), json!(8.0), "has to be a text with a number"),
        (at(rule, "properties/security-severity"), json!("11"), "up to 10"),
        (at(rule, "properties/tags"), json!(["dast"]), "has no \"security\""),
        (at(rule, "properties/tags"), json!(vec!["security"; 21]), "more than 20 tags"),
        (at(result, "message/text"), json!(""), "message/text"),
        (at(result, "ruleId"), json!("wsc/none"), "names no rule"),
        (at(result, "ruleIndex"), json!(3), "is not the index of the rule"),
        (at(result, "level"), json!("critical"), "is no level"),
        (at(result, "partialFingerprints"), absent(), "primaryLocationLineHash"),
        (at(result, "suppressions"), json!([{ "kind": "external" }]), "is ignored by GitHub"),
        ("/version".to_owned(), json!("2.0.0"), "/version has to be 2.1.0"),
        ("/$schema".to_owned(), absent(), "/$schema"),
        ("/runs".to_owned(), json!([]), "a clean scan is a run without results"),
        ("/runs/0/results".to_owned(), absent(), "/results has to be a list"),
        ("/runs/0/tool/driver/name".to_owned(), absent(), "driver/name"),
        ("/runs/0/automationDetails".to_owned(), absent(), "automationDetails/id"),
        ("/runs/0/automationDetails/id".to_owned(), json!("today"), "has to be a category"),
    ];
    refused(&good, Checked::GitHub, &changes);
}

#[test]
fn github_refuses_too_much() {
    let good: Value = serde_json::from_str(&sarif_github(&samples::findings())).unwrap();
    let (run, rule) = (&good["runs"][0], &good["runs"][0]["tool"]["driver"]["rules"][0]);
    let (result, location) = (&run["results"][0], &run["results"][0]["locations"][0]);
    let results = "/runs/0/results";
    for (pointer, value, most, fault) in [
        ("/runs", run, 20, "more than 20 runs"),
        ("/runs/0/tool/driver/rules", rule, 25_000, "more than 25000 rules"),
        (results, result, 25_000, "more than 25000 results"),
        ("/runs/0/results/0/locations", location, 1_000, "more than 1000 locations"),
    ] {
        let mut bad = good.clone();
        *bad.pointer_mut(pointer).unwrap() = Value::Array(vec![value.clone(); most + 1]);
        let faults = check(&bad.to_string(), Checked::GitHub);
        assert!(faults.iter().any(|one| one.contains(fault)), "{fault}");
        if most < 25_000 {
            bad.pointer_mut(pointer).and_then(Value::as_array_mut).unwrap().pop();
            let faults = check(&bad.to_string(), Checked::GitHub);
            assert!(!faults.iter().any(|one| one.contains(fault)), "{fault}");
        }
    }
    let mut twice = good.clone();
    twice["runs"][1] = good["runs"][0].clone();
    let faults = check(&twice.to_string(), Checked::GitHub);
    assert_eq!(faults, ["/runs/1 has the tool and category of a run before it"]);

    let mut twice = good.clone();
    twice["runs"][0]["results"][1] = result.clone();
    let faults = check(&twice.to_string(), Checked::GitHub);
    assert_eq!(faults, ["/runs/0/results/1 has the rule and fingerprint of a result before it"]);

    let large = format!("{good}{}", " ".repeat(10_000_000));
    assert_eq!(check(&large, Checked::GitHub), ["the file has more than 10000000 bytes"]);
}

#[test]
fn gitlab_refuses_what_its_rules_do_not_allow() {
    let one = "/vulnerabilities/0";
    let at = |field: &str| format!("{one}/{field}");
    let identifier = json!({ "type": "cwe", "name": "CWE-89", "value": "89" });
    let changes = [
        ("/version".to_owned(), json!("14.1.3"), "/version has to be a version"),
        ("/version".to_owned(), json!("15.2"), "/version has to be a version"),
        ("/version".to_owned(), json!("15.2.x"), "/version has to be a version"),
        ("/version".to_owned(), absent(), "/version"),
        ("/scan".to_owned(), absent(), "/scan/scanner/vendor/name"),
        ("/scan/start_time".to_owned(), json!("2026-11-21T06:30:00Z"), "without a zone"),
        ("/scan/end_time".to_owned(), json!("2026-11-21T06:30:00+09:00"), "without a zone"),
        ("/scan/end_time".to_owned(), json!("2026-11-21 06:30:00"), "without a zone"),
        ("/scan/status".to_owned(), json!("finished"), "one of: success, failure"),
        ("/scan/type".to_owned(), json!("sast"), "one of: dast"),
        ("/scan/analyzer/vendor".to_owned(), absent(), "analyzer/vendor/name"),
        ("/scan/scanned_resources".to_owned(), absent(), "scanned_resources has to be a list"),
        ("/scan/scanned_resources/0/method".to_owned(), json!(""), "method has to be a text"),
        ("/scan/messages/0/level".to_owned(), json!("error"), "one of: info, warn, fatal"),
        ("/vulnerabilities".to_owned(), absent(), "/vulnerabilities has to be a list"),
        (at("id"), json!(""), "/id has to be a text"),
        (at("identifiers"), json!([]), "1 to 20 identifiers"),
        (at("identifiers"), json!(vec![identifier; 21]), "1 to 20 identifiers"),
        (at("identifiers/0/value"), json!(""), "value has to be a text"),
        (at("identifiers/0/url"), json!("javascript:alert(1)"), "has to begin with"),
        (at("location"), absent(), "location has to be an object"),
        (at("severity"), json!("high"), "one of: Info, Unknown"),
        (at("name"), json!("a".repeat(256)), "at most 255 characters"),
        (at("solution"), json!("a".repeat(7_001)), "at most 7000 characters"),
        (at("evidence"), json!({ "request": null }), "evidence/request is null"),
        (
            at("evidence"),
            json!({ "request": { "headers": [{ "name": "a", "value": "" }] } }),
            "headers/0/value has to be a text",
        ),
        (at("links"), json!([{ "url": "console" }]), "has to begin with"),
    ];
    refused(&gitlab_dast(&samples::findings(), DastVersion::default()), Checked::GitLab, &changes);
    let zap = json!({ "@version": "2.13.0", "site": [] }).to_string();
    assert!(check(&zap, Checked::GitLab).len() > 10);
}

#[test]
fn defectdojo_refuses_what_its_parser_does_not_know() {
    let good = defectdojo(&samples::findings());
    refused(
        &good,
        Checked::DefectDojo,
        &[
            ("/findings/0/title".to_owned(), absent(), "title has to be a text"),
            ("/findings/0/severity".to_owned(), json!("Unrated"), "one of: Info, Low"),
            ("/findings/0/description".to_owned(), json!(""), "description has to be a text"),
            ("/findings/0/fingerprint".to_owned(), json!("a"), "is a key that aborts the import"),
            ("/findings/0/nb_occurrences".to_owned(), json!(1), "is a key that aborts the import"),
            ("/findings/0/date".to_owned(), json!("yesterday"), "has to be a day"),
            ("/findings/0/title".to_owned(), json!("a".repeat(512)), "more than 511 characters"),
            ("/findings".to_owned(), absent(), "findings has to be a list"),
        ],
    );
}

#[test]
fn a_fault_can_be_shown_on_a_terminal() {
    let good = sarif_github(&samples::findings());
    let mut bad: Value = serde_json::from_str(&good).unwrap();
    for evil in samples::HOSTILE {
        let scheme = format!("{evil}:x");
        bad["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] =
            json!(scheme);
        let faults = check(&bad.to_string(), Checked::GitHub);
        assert_eq!(faults.len(), 1);
        assert!(!faults[0].chars().any(shindan_report::sink::acts), "{faults:?}");
    }
}
