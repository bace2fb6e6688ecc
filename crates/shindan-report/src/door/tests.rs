use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use vaddy_model::ScanResult;
use wsc_model::Report;

use super::*;
use crate::{
    Depth, Diagnosis,
    verdict::{Decision, FailOn, Policy, judge},
};

/// A whole report with these counts, and what else it says.
fn report([high, medium, low]: [u64; 3], more: Value) -> Value {
    let mut report = json!({
        "Scanned_Domain_List": ["www.example"],
        "Classify_byRisk_Level":
            {"Total": high + medium + low, "High": high, "Medium": medium, "Low": low},
    });
    report.as_object_mut().unwrap().extend(object(more));
    report
}

fn object(value: Value) -> Map<String, Value> {
    serde_json::from_value(value).unwrap()
}

fn read(report: &Value) -> Diagnosis {
    wsc(&serde_json::from_str::<Report>(&report.to_string()).unwrap(), &[])
}

/// Rule, severity, number, URL.
fn told(diagnosis: &Diagnosis) -> Vec<(&str, &str, u64, &str)> {
    diagnosis
        .findings
        .iter()
        .map(|one| {
            let url = one.url.as_ref().map_or("", Untrusted::as_raw);
            (one.rule.id.as_str(), one.severity.as_str(), one.count, url)
        })
        .collect()
}

fn detail(url: &str, parameter: &str, risk: &str) -> Value {
    json!({"Url": url, "Parameter": parameter, "Risk": risk})
}

fn sentences(missing: &[&str]) -> Vec<String> {
    missing.iter().map(|&sentence| sentence.to_owned()).collect()
}

#[test]
fn details_are_findings_the_worst_first() {
    let details = json!({
        "XSS": [detail("https://h/b", "q", "하"), detail("https://h/a", "q", "LOW"), detail("https://h/a", "p", "低")],
        "SQL 인젝션": [
            {"Url": "https://h/x", "Parameter": "", "Risk": " high ", "Method": "POST", "Evidence": {"Cookie": "canary"}},
            detail("https://h/x", "q", "中"),
        ],
        "Nothing": [],
    });
    let advice = json!({"SQLインジェクション": "Bind.", "XSS": {"text": 1}, "SSI": " "});
    let diagnosis = read(&report(
        [1, 1, 3],
        json!({"Details": details, "Recommendation": advice, "Login_Info": "canary", "Classify_byRisk_Vulnerability": 7}),
    ));
    assert_eq!(diagnosis.depth, Depth::Findings);
    assert_eq!(
        told(&diagnosis),
        [
            ("wsc/sql-injection", "high", 1, "https://h/x"),
            ("wsc/sql-injection", "medium", 1, "https://h/x"),
            ("wsc/xss", "low", 1, "https://h/a"),
            ("wsc/xss", "low", 1, "https://h/a"),
            ("wsc/xss", "low", 1, "https://h/b"),
        ]
    );
    assert_eq!(diagnosis.missing, sentences(&[]));
    let (worst, xss) = (&diagnosis.findings[0], &diagnosis.findings[2]);
    assert_eq!(worst.method, Some(Untrusted::new("POST")));
    assert_eq!((&worst.parameter, &worst.advice), (&None, &Some(Untrusted::new("Bind."))));
    assert_eq!((&xss.method, &xss.advice), (&None, &None));
    assert_eq!(xss.parameter, Some(Untrusted::new("p")));
    let of = |method, url, parameter| {
        Fingerprint::v1(Service::Wsc, "wsc/sql-injection", None, method, Some(url), parameter)
    };
    assert_eq!(worst.fingerprint, of("POST", "/x", ""));
    let json = serde_json::to_string(&diagnosis).unwrap();
    assert!(!json.contains("canary"), "{json}");
}

#[test]
fn another_shape_of_details_says_less_and_loses_nothing() {
    let kinds = json!({"XSS": {"High": "1", "Medium": 2, "Low": ""}, "SSI Injection": {"High": 1}});
    let good = detail("https://h/", "q", "High");
    for wrong in [
        json!(null),
        json!({}),
        json!({"XSS": []}),
        json!([good]),
        json!({"XSS": good}),
        json!({"XSS": [good, "text"]}),
        json!({"XSS": [good, {"Url": "https://h/", "Parameter": "q"}]}),
        json!({"XSS": [good, {"Url": 7, "Parameter": "q", "Risk": "High"}]}),
        json!({"XSS": [good, {"Url": "https://h/", "Parameter": null, "Risk": "High"}]}),
        json!({"XSS": [good, {"Url": "https://h/", "Parameter": "q", "Method": 1, "Risk": "High"}]}),
        json!({"XSS": [good, detail("https://h/", "q", "Critical")]}),
        json!({"XSS": [good, detail("https://h/", "q", "")]}),
    ] {
        let more = json!({"Details": wrong, "Classify_byRisk_Vulnerability": kinds});
        let diagnosis = read(&report([2, 2, 1], more));
        assert_eq!(diagnosis.depth, Depth::Categories, "{wrong}");
        assert_eq!(
            told(&diagnosis),
            [
                ("wsc/ssi-injection", "high", 1, ""),
                ("wsc/xss", "high", 1, ""),
                ("wsc/xss", "medium", 2, ""),
                ("wsc/undescribed", "low", 1, ""),
            ]
        );
        assert_eq!(diagnosis.missing, sentences(&[]));
        for unreadable in [
            json!(null),
            json!({}),
            json!({"XSS": {}}),
            json!({"XSS": {"High": 1}, "SSI": {"high": 1}}),
            json!({"XSS": {"High": -1}}),
            json!([]),
        ] {
            let more = json!({"Details": wrong, "Classify_byRisk_Vulnerability": unreadable});
            let diagnosis = read(&report([2, 0, 1], more));
            assert_eq!(diagnosis.depth, Depth::Totals, "{wrong} {unreadable}");
            let undescribed =
                [("wsc/undescribed", "high", 2, ""), ("wsc/undescribed", "low", 1, "")];
            assert_eq!(told(&diagnosis), undescribed);
            assert_eq!(diagnosis.missing, sentences(&[]));
        }
    }
}

#[test]
fn a_clean_report_says_so_as_deeply_as_it_can() {
    let none = [0, 0, 0];
    for (more, depth) in [
        (json!({"Details": {"XSS": []}}), Depth::Findings),
        (json!({"Details": {}}), Depth::Findings),
        (
            json!({"Classify_byRisk_Vulnerability": {"XSS": {"High": 0, "Medium": 0, "Low": 0}}}),
            Depth::Categories,
        ),
        (json!({}), Depth::Totals),
    ] {
        let diagnosis = read(&report(none, more));
        assert_eq!((diagnosis.depth, told(&diagnosis)), (depth, Vec::new()));
        assert_eq!(judge(&diagnosis, &Policy::default()).decision, Decision::Pass);
    }
}

#[test]
fn what_is_counted_and_not_described_is_there() {
    let diagnosis =
        read(&report([3, 0, 0], json!({"Details": {"XSS": [detail("/a", "q", "High")]}})));
    assert_eq!(
        told(&diagnosis),
        [("wsc/undescribed", "high", 2, ""), ("wsc/xss", "high", 1, "/a")]
    );
    assert_eq!(diagnosis.missing, sentences(&[]));
    let mut total = report([0, 0, 0], json!({"Details": {"XSS": [detail("/a", "q", "Low")]}}));
    total["Classify_byRisk_Level"] = json!({"Total": 5});
    let diagnosis = read(&total);
    assert_eq!(
        told(&diagnosis),
        [("wsc/xss", "low", 1, "/a"), ("wsc/undescribed", "unrated", 4, "")]
    );
    assert_eq!(diagnosis.missing, sentences(&["a number of findings is missing"]));
}

/// A title that stands there twice is read twice.
#[test]
fn no_title_hides_another() {
    let detail = |url| format!(r#"[{{"Url": "{url}", "Parameter": "q", "Risk": "High"}}]"#);
    let numbers = r#"{"High": 1}"#.to_owned();
    for (name, [one, two]) in [
        ("Details", [detail("/a"), detail("/b")]),
        ("Classify_byRisk_Vulnerability", [numbers.clone(), numbers]),
    ] {
        let json = format!(
            r#"{{"Classify_byRisk_Level": {{"High": 1}}, "{name}": {{"XSS": {one}, "XSS": {two}}}}}"#
        );
        let diagnosis = wsc(&serde_json::from_str::<Report>(&json).unwrap(), &[]);
        let surplus = "the report describes 2 findings of high risk, but counts 1".to_owned();
        assert!(diagnosis.missing.contains(&surplus), "{name}: {:?}", diagnosis.missing);
    }
}

#[test]
fn what_contradicts_itself_is_missing() {
    let twice = json!({"Details": {"XSS": [detail("/a", "q", "High"), detail("/b", "q", "High")]}});
    let diagnosis = read(&report([1, 0, 0], twice));
    assert_eq!(
        diagnosis.missing,
        sentences(&["the report describes 2 findings of high risk, but counts 1"])
    );
    let kinds = json!({"Classify_byRisk_Vulnerability": {"XSS": {"Medium": 2, "Low": u64::MAX}, "SSI": {"Low": 1}}});
    let diagnosis = read(&report([0, 1, 0], kinds));
    assert_eq!(
        diagnosis.missing,
        sentences(&[
            "the report describes 2 findings of medium risk, but counts 1",
            "the report describes 18446744073709551615 findings of low risk, but counts 0",
        ])
    );
    let full = [("Total", 3), ("High", 1), ("Medium", 1), ("Low", 1)];
    for (name, _) in full {
        let mut value = report([1, 1, 1], json!({}));
        value["Classify_byRisk_Level"][name] = json!(null);
        assert_eq!(read(&value).missing, sentences(&["a number of findings is missing"]), "{name}");
        value["Classify_byRisk_Level"][name] = json!(u64::MAX);
        assert_eq!(
            read(&value).missing,
            sentences(&["the numbers of findings do not add up to their total"]),
            "{name}"
        );
    }
    let report: Report = serde_json::from_str(&report([0; 3], json!({})).to_string()).unwrap();
    for (rejected, sentence) in
        [(1, "1 part of the report cannot be read"), (2, "2 parts of the report cannot be read")]
    {
        let diagnosis = wsc(&report, &vec!["Details".to_owned(); rejected]);
        assert_eq!(diagnosis.missing, sentences(&[sentence]));
        assert_eq!(judge(&diagnosis, &Policy::default()).decision, Decision::Incomplete);
    }
}

#[test]
fn only_domains_with_a_name_were_scanned() {
    let none = "no domain was scanned";
    for (scanned, left, percent, missing) in [
        (json!(["a", "b"]), json!([]), Some(100), None),
        (json!(["", null, " "]), json!([]), None, Some(none)),
        (json!(["", " a "]), json!([]), Some(100), None),
        (json!([{"domain": "a"}, {"Domain": "b", "Cookie": "c"}]), json!([]), Some(100), None),
        (json!([{"domain": ""}, {"Cookie": 1}, 7]), json!([]), Some(100), None),
        (json!([{"domain": null}]), json!([]), None, Some(none)),
        (json!(["a", "b"]), json!(["c"]), Some(66), None),
        (json!(vec!["a"; 199]), json!([null]), Some(99), None),
        (json!([]), json!(["c"]), Some(0), Some(none)),
        (json!([]), json!([]), None, Some(none)),
    ] {
        let lists = json!({"Scanned_Domain_List": scanned, "Not_Scanned_Domain_List": left});
        let diagnosis = read(&report([0; 3], lists));
        assert_eq!(diagnosis.coverage.percent, percent, "{scanned}");
        assert_eq!(diagnosis.missing, Vec::from_iter(missing.map(str::to_owned)), "{scanned}");
        let passes = missing.is_none() && percent == Some(100);
        assert_eq!(judge(&diagnosis, &Policy::default()).decision == Decision::Pass, passes);
    }
    let named = json!([" a ", {"domain": "b"}, {"Cookie": "c"}]);
    let diagnosis = read(&report([0; 3], json!({"Scanned_Domain_List": named})));
    assert_eq!(diagnosis.coverage.scanned, ["a", "b", "(of unknown name)"].map(Untrusted::new));
}

#[test]
fn what_was_looked_for_is_told_once() {
    let diagnosis = read(&report(
        [0; 3],
        json!({"Vulnerability_Category": "XSS, SSI Injection,, 크로스 사이트 스크립팅 , New"}),
    ));
    let titles: Vec<_> = diagnosis.tested.iter().map(|rule| rule.title.as_raw()).collect();
    assert_eq!(titles, ["XSS", "SSI Injection", "New"]);
}

/// The counts of each risk stay as they are told, and no fingerprint stands there twice.
#[test]
fn findings_alike_are_one_that_counts_them() {
    let details = json!({"XSS": [
        detail("https://h/items/2", "q", "Low"),
        detail("https://h/items/1", "q", "Low"),
        detail("https://h/pages/1", "q", "Low"),
        detail("https://h/pages/2", "q", "High"),
        detail("https://h/pages/3", "q", "Low"),
        detail("", "q", "Low"),
        detail(" ", "q", "High"),
    ], "크로스 사이트 스크립팅": [detail("https://other/items/7", "q", "Low")]});
    let diagnosis = read(&report([2, 0, 6], json!({"Details": details})));
    assert_eq!(
        told(&diagnosis),
        [
            ("wsc/xss", "high", 1, ""),
            ("wsc/xss", "high", 1, "https://h/pages/2"),
            ("wsc/xss", "low", 1, ""),
            ("wsc/xss", "low", 3, "https://h/items/1"),
            ("wsc/xss", "low", 2, "https://h/pages/1"),
        ]
    );
    let fingerprints: BTreeSet<_> = diagnosis.findings.iter().map(|one| &one.fingerprint).collect();
    assert_eq!(fingerprints.len(), 5);
    let v1 = |severity, path| Fingerprint::v1(Service::Wsc, "wsc/xss", severity, "", path, "q");
    assert_eq!(diagnosis.findings[3].fingerprint, v1(None, Some("/items/5")));
    assert_eq!(diagnosis.findings[4].fingerprint, v1(Some(Severity::Low), Some("/pages/5")));
    assert_eq!(diagnosis.findings[2].fingerprint, v1(Some(Severity::Low), None));
    assert_eq!(diagnosis.missing, sentences(&[]));
}

fn result(more: Value) -> ScanResult {
    let mut result =
        json!({"status": "finish", "alert_count": 0, "complete": 100, "scan_count": 57});
    result.as_object_mut().unwrap().extend(object(more));
    serde_json::from_str(&result.to_string()).unwrap()
}

#[test]
fn vaddy_tells_a_number_and_nothing_is_invented() {
    let diagnosis =
        vaddy(&result(json!({"alert_count": 2, "scan_list": ["XSS", "SQL Injection"]})), &[]);
    assert_eq!(diagnosis.depth, Depth::Totals);
    assert_eq!(told(&diagnosis), [("vaddy/alerts", "unrated", 2, "")]);
    assert_eq!(diagnosis.counts.total, Some(2));
    assert_eq!((diagnosis.coverage.percent, diagnosis.coverage.requests), (Some(100), Some(57)));
    let ids: Vec<_> = diagnosis.tested.iter().map(|rule| rule.id.as_str()).collect();
    assert_eq!(ids, ["vaddy/xss", "vaddy/sql-injection"]);
    for fail_on in FailOn::ALL {
        let verdict = judge(&diagnosis, &Policy::new(fail_on, 100));
        let expected = if fail_on == FailOn::Never { Decision::Pass } else { Decision::Gate };
        assert_eq!(verdict.decision, expected);
    }
    assert_eq!(told(&vaddy(&result(json!({})), &[])), []);
}

/// Every combination of figures, against the rules in other words.
#[test]
fn vaddy_is_closed_where_it_is_in_doubt() {
    let counts = [None, Some(0), Some(1), Some(u64::MAX)];
    for status in ["finish", "scanning", "canceled", "paused"] {
        for complete in [None, Some(0), Some(99), Some(100), Some(101), Some(u32::MAX)] {
            for (requests, alerts) in counts.iter().flat_map(|one| counts.map(|two| (*one, two))) {
                for (rejected, fail_on) in (0..2).flat_map(|r| FailOn::ALL.map(|gate| (r, gate))) {
                    let result = result(
                        json!({"status": status, "complete": complete, "scan_count": requests, "alert_count": alerts}),
                    );
                    let diagnosis = vaddy(&result, &vec!["scan_list[0]".to_owned(); rejected]);
                    let found = alerts.is_some_and(|n| n > 0) && fail_on != FailOn::Never;
                    let whole = status == "finish"
                        && complete == Some(100)
                        && requests.is_some_and(|n| n > 0)
                        && alerts.is_some()
                        && rejected == 0;
                    let expected = match (found, whole) {
                        (true, _) => Decision::Gate,
                        (false, true) => Decision::Pass,
                        (false, false) => Decision::Incomplete,
                    };
                    let verdict = judge(&diagnosis, &Policy::new(fail_on, 100));
                    assert_eq!(verdict.decision, expected, "{result:?} {rejected} {fail_on:?}");
                }
            }
        }
    }
}

#[test]
fn vaddy_says_what_is_missing() {
    for (more, sentence) in [
        (json!({"status": "scanning"}), "the scan has not finished"),
        (json!({"alert_count": null}), "the number of alerts is missing"),
        (json!({"complete": null}), "how much is complete is missing"),
        (json!({"complete": 101}), "101% complete is no percentage that can be trusted"),
        (json!({"scan_count": 0}), "no test request was sent"),
        (json!({"scan_count": null}), "the number of test requests is missing"),
    ] {
        assert_eq!(vaddy(&result(more), &[]).missing, sentences(&[sentence]));
    }
    let short = vaddy(&result(json!({"complete": 63})), &[]);
    assert_eq!((short.coverage.percent, short.missing.len()), (Some(63), 0));
    assert_eq!(judge(&short, &Policy::default()).because, ["only 63% complete"]);
    assert_eq!(judge(&short, &Policy::new(FailOn::High, 63)).decision, Decision::Pass);
}
