//! What is read although the documents say otherwise, and what is not.

use serde::de::DeserializeOwned;
use shindan_wire::{Api as _, Comma, Fault as _, FaultKind};
use vaddy_model::{
    CrawlPage, ListedStatus, ResultPage, RunCheck, ScanRef, ScanResult, ScanStatus, ScanType,
    UtcTime, Vaddy, v2,
};

/// The value, or `path: reason` as serde tells it.
fn read<T: DeserializeOwned>(json: &str) -> Result<T, String> {
    serde_path_to_error::deserialize(&mut serde_json::Deserializer::from_str(json))
        .map_err(|error| error.to_string())
}

#[test]
fn errors_name_the_place_and_what_belongs_there() {
    for (item, expected) in [
        (r#"{"id":"x"}"#, "items[1].id: expected a number, a string or null, found other text"),
        (r#"{"id":7.5}"#, "items[1].id: invalid type: floating point `7.5`"),
        (r#"{"label":"a"}"#, "items[1]: missing field `id`"),
        (
            r#"{"id":7,"start":"2016-03-12"}"#,
            "items[1].start: expected a time like 2014-06-12T11:11:11+0000",
        ),
        (
            r#"{"id":7,"end":1457781071}"#,
            "items[1].end: invalid value: integer `1457781071`, expected a time",
        ),
    ] {
        let json = format!(r#"{{"total":2,"page":1,"limit":30,"items":[{{"id":1}},{item}]}}"#);
        let error = read::<CrawlPage>(&json).unwrap_err();
        assert!(error.starts_with(expected), "{error}\n{expected}");
    }
    for scan_id in ["null", r#""""#, r#""1-a/../b""#, r#""1 2""#, "1.5", "{}"] {
        let error = read::<ScanRef>(&format!(r#"{{"scan_id":{scan_id}}}"#)).unwrap_err();
        assert!(error.contains("a scan id of letters, digits and hyphens"), "{error}");
    }
    read::<ScanRef>("{}").unwrap_err();
    read::<RunCheck>(r#"{"running_process":null}"#).unwrap_err();
}

#[test]
fn both_spellings_of_a_time_are_one_instant() {
    let times = [
        "2014-06-12T11:11:11+0000",
        "2014-06-12T11:11:11Z",
        "2014-06-12T20:11:11+0900",
        " 2014-06-12T20:11:11+09:00 ",
    ];
    for time in times {
        let json = format!(r#"{{"status":"finish","start_time":"{time}"}}"#);
        let result: ScanResult = read(&json).unwrap();
        assert_eq!(result.start_time.map(UtcTime::unix_seconds), Some(1_402_571_471), "{time}");
        let written = serde_json::to_value(&result).unwrap();
        assert_eq!(written["start_time"], times[0]);
    }
}

#[test]
fn states_are_open_and_nothing_unknown_looks_finished() {
    for (text, status) in [
        ("finish", ScanStatus::Finish),
        ("Finish", ScanStatus::Finish),
        ("canceled", ScanStatus::Canceled),
        ("cancelled", ScanStatus::Canceled),
        ("scanning", ScanStatus::Scanning),
    ] {
        let result: ScanResult = read(&format!(r#"{{"status":"{text}","new":[]}}"#)).unwrap();
        assert_eq!(result, ScanResult::new(status));
    }
    let result: ScanResult = read(r#"{"status":"finished"}"#).unwrap();
    assert!(!result.status.is_known());
    assert_eq!(serde_json::to_string(&result).unwrap(), r#"{"status":"finished"}"#);
    for status in ["null", r#"" ""#, "{}", "true"] {
        read::<ScanResult>(&format!(r#"{{"status":{status}}}"#)).expect_err(status);
    }
}

#[test]
fn nothing_has_many_spellings() {
    let bare: ScanResult = read(r#"{"status":"finish"}"#).unwrap();
    let nulls = r#"{"status":"finish","alert_count":null,"complete":"","crawl_label":null,"scan_list":null}"#;
    assert_eq!(read::<ScanResult>(nulls).unwrap(), bare);
    let page: ResultPage = read(
        r#"{"project_number":"1","page":1,"limit":20,"items":[{"scan_id":1,"status":"cancel","alert_count":null}]}"#,
    )
    .unwrap();
    assert_eq!(page.items[0].status, ListedStatus::Cancel);
    assert_eq!(page.items[0].alert_count, None, "unknown, not zero");
    let page: ResultPage =
        read(r#"{"project_number":1,"page":1,"limit":20,"items":null}"#).unwrap();
    assert_eq!(page.items, []);
}

#[test]
fn scan_types_are_a_list_that_is_never_empty() {
    let start = |scan_type: &str| {
        read::<v2::StartScan>(&format!(r#"{{"project_id":"p","scan_type":"{scan_type}"}}"#))
            .map(|start| start.scan_type)
    };
    let two = Comma(vec![ScanType::Sqli, ScanType::from("NEW")]);
    assert_eq!(start(" sqli ,NEW,").unwrap(), Some(two));
    assert_eq!(start("").unwrap(), None);
    // It would be sent as nothing, and nothing means everything.
    assert!(start(",").unwrap_err().contains("a list joined by commas"));
}

#[test]
fn an_error_in_a_200_is_an_error_whatever_stands_beside_it() {
    for body in [
        r#"{"error_message":"busy","scan_id":"1-a"}"#,
        "\u{feff}{\"error_message\":\"busy\",\"scan_id\":\"1-a\"}",
        r#"{"error_message":["busy"],"running_process":0}"#,
        r#"{"error_message":"busy","error_message":null,"running_process":0}"#,
    ] {
        let fault = Vaddy::fault(200, body.as_bytes());
        assert_eq!(fault.map(|fault| fault.kind()), Some(FaultKind::Unrecognized), "{body}");
    }
    for body in [r#"{"scan_id":"1-a"}"#, r#"{"error_message":null,"scan_id":"1-a"}"#] {
        assert_eq!(Vaddy::fault(200, body.as_bytes()), None, "{body}");
    }
}
