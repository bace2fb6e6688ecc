//! Generic findings of `DefectDojo`.

#![expect(clippy::unwrap_used, reason = "what is read here was just written")]

use serde_json::Value;
use shindan_report::{
    check::{Checked, check},
    format::defectdojo,
};

use crate::{markdown_is_text, samples, unfinished};

fn findings(summary: &shindan_report::Summary) -> Vec<Value> {
    let import: Value = serde_json::from_str(&defectdojo(summary)).unwrap();
    import["findings"].as_array().unwrap().clone()
}

#[test]
fn every_sample_is_taken_and_the_same_every_time() {
    for (name, summary) in samples::all() {
        let text = defectdojo(&summary);
        assert_eq!(text, defectdojo(&summary), "{name}");
        assert_eq!(check(&text, Checked::DefectDojo), [""; 0], "{name}");
        assert!(!text.chars().any(shindan_report::sink::acts), "{name}");
    }
}

#[test]
fn a_clean_run_says_what_was_scanned() {
    let text = defectdojo(&samples::clean());
    assert_eq!(findings(&samples::clean()), [Value::Null; 0]);
    assert!(text.contains("shop\\\\: https"), "{text}");
    assert!(text.contains("100\\\\% scanned"), "{text}");
}

#[test]
fn what_did_not_finish_is_a_finding() {
    for summary in unfinished() {
        let findings = findings(&summary);
        let names: Vec<_> = findings.iter().map(|one| one["title"].as_str().unwrap()).collect();
        assert!(names.contains(&"The scan of shop did not finish"), "{names:?}");
        assert!(names.contains(&"The scan of admin did not finish"), "{names:?}");
        assert!(findings.iter().all(|one| one["severity"] == "High" && one["active"] == true));
    }
}

#[test]
fn findings_have_their_fingerprint_and_their_standing() {
    let findings = findings(&samples::findings());
    let [sql, ssi, xss, _, counted, alerts] = &findings[..] else { panic!("six") };
    assert_eq!(sql["title"], "SQL injection at GET https://www.stg.shop.example/search");
    assert_eq!(sql["unique_id_from_tool"], "0000000000000000");
    assert_eq!(sql["vuln_id_from_tool"], "wsc/sql-injection");
    assert_eq!((&sql["param"], &sql["date"]), (&"q".into(), &"2026-11-21".into()));
    assert_eq!(sql["endpoints"][0], "https://www.stg.shop.example/search");
    for (one, is_accepted) in [(sql, false), (ssi, true), (xss, false)] {
        assert_eq!(
            (&one["risk_accepted"], &one["active"]),
            (&is_accepted.into(), &(!is_accepted).into())
        );
    }
    assert!(ssi["description"].as_str().unwrap().contains("Accepted until"));
    assert_eq!((&counted["nb_occurences"], &counted["service"]), (&3.into(), &"api".into()));
    assert_eq!(alerts["severity"], "High");
    assert!(alerts["description"].as_str().unwrap().contains("not rated by VAddy"));
}

#[test]
fn hostile_text_stays_text() {
    for one in findings(&samples::hostile()) {
        markdown_is_text(one["description"].as_str().unwrap());
        if let Some(mitigation) = one["mitigation"].as_str() {
            markdown_is_text(mitigation);
        }
    }
}
