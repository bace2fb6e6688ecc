//! GitLab's DAST report.

#![expect(clippy::unwrap_used, reason = "what is read here was just written")]

use serde_json::Value;
use shindan_report::{
    Untrusted,
    check::{Checked, check},
    format::{DastVersion, gitlab_dast},
};

use crate::{markdown_is_text, samples, unfinished, valid};

const SCHEMA: &str = include_str!("../../../../fixtures/schemas/gitlab-dast-15.2.1.json");

fn render(summary: &shindan_report::Summary) -> Value {
    serde_json::from_str(&gitlab_dast(summary, DastVersion::default())).unwrap()
}

#[test]
fn every_sample_is_valid_and_the_same_every_time() {
    for version in DastVersion::ALL {
        for (name, summary) in samples::all() {
            let text = gitlab_dast(&summary, version);
            assert_eq!(text, gitlab_dast(&summary, version), "{name}");
            assert_eq!(check(&text, Checked::GitLab), [""; 0], "{name}");
            assert!(!text.chars().any(shindan_report::sink::acts), "{name}");
            valid(SCHEMA, [(name, text)]);
        }
    }
}

#[test]
fn the_version_is_one_of_those_that_can_be_asked_for() {
    for version in DastVersion::ALL {
        assert_eq!(version.as_str().parse(), Ok(version));
        let text = gitlab_dast(&samples::clean(), version);
        assert!(text.contains(&format!("\"version\":\"{}\"", version.as_str())));
    }
    for text in ["", "15", "15.2", "14.1.3", "15.2.1 ", "16.0.0"] {
        assert!(text.parse::<DastVersion>().is_err(), "{text}");
    }
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    assert_eq!(schema["self"]["version"], DastVersion::default().as_str());
}

#[test]
fn a_clean_run_says_what_was_scanned() {
    let report = render(&samples::clean());
    assert_eq!(report["vulnerabilities"], Value::Array(Vec::new()));
    let scan = &report["scan"];
    assert_eq!(scan["status"], "success");
    assert_eq!(scan["start_time"], "2026-11-21T06:30:00");
    assert_eq!(scan["end_time"], "2026-11-21T07:01:12");
    let urls = scan["scanned_resources"].as_array().unwrap().iter().map(|one| &one["url"]);
    assert_eq!(
        urls.collect::<Vec<_>>(),
        [
            "https://www.stg.shop.example/",
            "https://www.stg.shop.example/",
            "https://api.stg.shop.example/"
        ]
    );
    assert_eq!(scan["messages"][1]["level"], "info");
    let said = scan["messages"][1]["value"].as_str().unwrap();
    assert!(said.starts_with("admin: 6eb1f9fcbdb6a5a by VAddy"), "{said}");
}

#[test]
fn what_did_not_finish_is_a_failure() {
    let mut one = samples::clean();
    one.targets[1].diagnosis = None;
    let mut nothing = samples::clean();
    nothing.targets.clear();
    for summary in unfinished().into_iter().chain([one, nothing]) {
        assert_eq!(render(&summary)["scan"]["status"], "failure");
    }
    let text = render(&samples::incomplete()).to_string();
    assert!(text.contains("admin: the scan did not finish: only 63% complete"), "{text}");
    assert_eq!(render(&samples::failed())["scan"]["messages"][1]["level"], "fatal");
}

#[test]
fn a_vulnerability_is_tracked_by_its_rule_and_place() {
    let mut summary = samples::findings();
    summary.targets[0].diagnosis.as_mut().unwrap().findings[0].rule.cwe = Some(89);
    let report = render(&summary);
    let all = report["vulnerabilities"].as_array().unwrap();
    assert_eq!(all.len(), 5, "the accepted one is left out");
    assert_eq!(
        all[0],
        serde_json::json!({
            "id": all[0]["id"],
            "name": "SQL injection",
            "description": "SQL injection in parameter q at GET https\\:\\/\\/www\\.stg\\.shop\\.example\\/search.",
            "severity": "High",
            "solution": "Bind the parameters\\.",
            "identifiers": [
                { "type": "shindan_rule", "name": "Shindan wsc/sql-injection", "value": "wsc/sql-injection" },
                {
                    "type": "cwe",
                    "name": "CWE-89",
                    "value": "89",
                    "url": "https://cwe.mitre.org/data/definitions/89.html"
                },
            ],
            "location": {
                "hostname": "https://www.stg.shop.example",
                "method": "GET",
                "param": "q",
                "path": "/search",
            },
        })
    );
    assert_eq!(all[1]["location"]["path"], "/a/1", "the query is no part of a path");
    assert_eq!(all[3]["location"]["path"], "api");
    assert_eq!(all[4]["severity"], "Unknown");
    assert_eq!(all[4]["links"][0]["url"], "https://console.vaddy.net/scan_status/1/1-837b5f9f");

    let before = all[0]["id"].clone();
    summary.targets[0].target = Untrusted::new("preview");
    assert_ne!(render(&summary)["vulnerabilities"][0]["id"], before);
}

#[test]
fn hostile_text_stays_text() {
    let report = render(&samples::hostile());
    for one in report["vulnerabilities"].as_array().unwrap() {
        markdown_is_text(one["description"].as_str().unwrap());
        markdown_is_text(one["solution"].as_str().unwrap());
    }
}
