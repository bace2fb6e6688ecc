//! What is read although the documents say otherwise, and what is not.

use serde::de::DeserializeOwned;
use shindan_wire::{Api as _, Fault as _, FaultKind};
use wsc_model::{
    Created, InstanceNo, JobPage, Raw, Reply, ReportReply, RescanButton, ResultButton, SearchJobs,
    SearchType, StatusCode, Wsc,
};

/// The value, or `path: reason` as serde tells it.
fn read<T: DeserializeOwned>(json: &str) -> Result<T, String> {
    serde_path_to_error::deserialize(&mut serde_json::Deserializer::from_str(json))
        .map_err(|error| error.to_string())
}

fn page(records: &str) -> Result<JobPage, String> {
    let json = format!(
        r#"{{"returnCode":"0","resources":{{"total_cnt":4,"total_page_cnt":1,"current_start_page":1,
        "current_end_page":1,"record_data":{records}}}}}"#
    );
    read::<Reply<JobPage>>(&json).map(|reply| reply.resources)
}

#[test]
fn errors_name_the_place_and_what_belongs_there() {
    let good = r#"{"instanceNo":1}"#;
    for (bad, expected) in [
        (
            r#"{"instanceNo":1,"scan_cnt":-1}"#,
            "scan_cnt: invalid value: integer `-1`, expected a number, a string or null",
        ),
        (
            r#"{"instanceNo":1,"scan_cnt":"many"}"#,
            "scan_cnt: expected a number, a string or null, found other text",
        ),
        (
            r#"{"instanceNo":1,"scan_cnt":[1]}"#,
            "scan_cnt: invalid type: sequence, expected a number, a string or null",
        ),
        (
            r#"{"instanceNo":1,"progress":4294967296}"#,
            "progress: invalid value: integer `4294967296`",
        ),
        (r#"{"instanceNo":"1/../2"}"#, "instanceNo: expected an instance number of 1 to 20 digits"),
        (
            r#"{"instanceNo":null}"#,
            "instanceNo: expected an instance number of 1 to 20 digits, found nothing",
        ),
        (r#"{"instanceNo":1,"slave_data":[{}]}"#, "slave_data[0]: missing field `instanceNo`"),
        (
            r#"{"instanceNo":1,"slave_data":{}}"#,
            "slave_data: invalid type: map, expected a list or null",
        ),
    ] {
        let error = page(&format!("[{good},{good},{good},{bad}]")).unwrap_err();
        let expected = format!("resources.record_data[3].{expected}");
        assert!(error.starts_with(&expected), "{error}\n{expected}");
    }
}

#[test]
fn nothing_is_an_empty_list_and_unknown_fields_do_not_matter() {
    for records in ["null", "[]", r#""""#] {
        assert_eq!(page(records).unwrap().record_data, [], "{records}");
    }
    let page = page(r#"[{"new":{"a":[null]},"instanceNo":"7","status":3}]"#).unwrap();
    assert_eq!(page.record_data[0].instance_no, InstanceNo::new("7").unwrap());
    assert_eq!(page.record_data[0].status, "3");
}

#[test]
fn buttons_are_open_and_nothing_unknown_looks_finished() {
    for (text, button, is_known) in [
        (r#""report""#, Some(ResultButton::Report), true),
        (r#"" REPORT ""#, Some(ResultButton::Report), true),
        (r#""terminate""#, Some(ResultButton::Terminate), true),
        (r#""reported""#, Some(ResultButton::from("reported")), false),
        ("1", Some(ResultButton::from("1")), false),
        (r#""""#, None, false),
        ("null", None, false),
    ] {
        let page = page(&format!(r#"[{{"instanceNo":1,"result_button":{text}}}]"#)).unwrap();
        let read = &page.record_data[0].result_button;
        assert_eq!(read, &button, "{text}");
        assert_eq!(read.as_ref().is_some_and(ResultButton::is_known), is_known, "{text}");
    }
    let page = page(r#"[{"instanceNo":1,"rescan_button":"null"}]"#).unwrap();
    assert_eq!(page.record_data[0].rescan_button, Some(RescanButton::Null));
}

#[test]
fn a_new_job_is_named_or_not() {
    for (resources, number) in [
        (r#"{"instanceNo":12}"#, Some("12")),
        (r#"{"new":1,"instanceNo":"12"}"#, Some("12")),
        ("null", None),
        (r#"{"success":true}"#, None),
        (r#"{"instanceNo":"1/../2"}"#, None),
        (r#"{"instanceNo":null}"#, None),
        (r#"[{"instanceNo":12}]"#, None),
        (r#""12""#, None),
    ] {
        let json = format!(r#"{{"returnCode":0,"resources":{resources}}}"#);
        let created: Created = read(&json).unwrap();
        assert_eq!(created.instance_no().as_ref().map(InstanceNo::as_str), number, "{resources}");
    }
}

#[test]
fn a_report_is_read_in_its_envelope_and_bare() {
    let report =
        r#"{"report_date":"2024/07/08 13:15:10","Classify_byRisk_Level":{"Total":"2","High":2}}"#;
    let bare: ReportReply = read(report).unwrap();
    assert_eq!(bare.0.classify_by_risk_level.total, Some(2));
    assert_eq!(bare.0.classify_by_risk_level.medium, None, "absent is unknown, not zero");
    for envelope in [
        format!(r#"{{"returnCode":"0","resources":{report}}}"#),
        format!(r#"{{"resources":{report},"returnCode":0,"new":[1]}}"#),
        format!(r#"{{"returnDesc":"","new":1,"resources":{report},"returnCode":"0"}}"#),
    ] {
        assert_eq!(read::<ReportReply>(&envelope).unwrap(), bare, "{envelope}");
    }
    let written = serde_json::to_value(&bare).unwrap();
    assert_eq!((&written["returnCode"], &written["resources"]["Memo"]), (&"0".into(), &"".into()));
}

/// The envelope's code decides before the report beside it does.
#[test]
fn what_is_not_a_successful_report_is_refused() {
    let report = r#"{"Classify_byRisk_Level":{"Total":0}}"#;
    for json in [
        "{}",
        "[]",
        r#"{"returnCode":"0"}"#,
        r#"{"returnCode":"0","resources":null}"#,
        r#"{"returnCode":"0","resources":{}}"#,
        r#"{"report_date":"2024/07/08 13:15:10"}"#,
        &format!(r#"{{"returnCode":"1","resources":{report}}}"#),
        &format!(r#"{{"resources":{report},"returnCode":-1}}"#),
        &format!(r#"{{"resources":{report},"returnCode":null}}"#),
        &format!(r#"{{"returnCode":true,"resources":{report}}}"#),
    ] {
        read::<ReportReply>(json).expect_err(json);
    }
}

#[test]
fn undocumented_json_is_kept_as_it_came() {
    let json = r#"{ "b": 1.50, "a": [ null, "診\u0000" ] }"#;
    let raw: Raw = read(json).unwrap();
    assert_eq!(raw.as_json(), json);
    assert_eq!(serde_json::to_string(&raw).unwrap(), json);
}

#[test]
fn a_search_is_written_with_all_five_keys() {
    let all = serde_json::to_string(&SearchJobs::new(10, 1)).unwrap();
    assert_eq!(
        all,
        r#"{"searchType":"","searchKeyword":"","statusCode":null,"limit":10,"page":1}"#
    );
    let mut search = SearchJobs::new(10, 1);
    search.search_type = Some(SearchType::Memo);
    search.search_keyword = "[scan:FAKE]".to_owned();
    search.status_code = Some(StatusCode::STOPPED);
    assert_eq!(
        serde_json::to_string(&search).unwrap(),
        r#"{"searchType":"memo","searchKeyword":"[scan:FAKE]","statusCode":93,"limit":10,"page":1}"#
    );
}

#[test]
fn an_error_in_a_200_is_an_error_whatever_stands_beside_it() {
    let deep = format!("{}{}", "[".repeat(70), "]".repeat(70));
    for body in [
        r#"{"error":{"errorCode":901,"message":"API Call Fail"},"returnCode":"0","resources":null}"#.to_owned(),
        "\u{feff}{\"returnCode\":\"1\",\"resources\":null}".to_owned(),
        r#"{"error":{"errorCode":901},"error":null,"returnCode":"0","resources":null}"#.to_owned(),
        format!(r#"{{"error":{deep},"returnCode":"0","resources":null}}"#),
        r#"{"returnCode":"0","returnCode":"1","resources":null}"#.to_owned(),
        r#"{"returnCode":null,"resources":null}"#.to_owned(),
        r#"{"error":"text","returnCode":"0","resources":null}"#.to_owned(),
    ] {
        let fault = Wsc::fault(200, body.as_bytes());
        let kind = fault.unwrap_or_else(|| panic!("{body} is a fault")).kind();
        assert!(matches!(kind, FaultKind::CatchAll | FaultKind::Unrecognized), "{body}: {kind:?}");
    }
    for body in [
        r#"{"returnCode":"0","returnDesc":"Request Success","resources":null}"#,
        r#"{"returnCode":0,"error":null,"resources":null}"#,
    ] {
        assert_eq!(Wsc::fault(200, body.as_bytes()), None, "{body}");
        read::<Created>(body).unwrap();
    }
    read::<Created>(r#"{"returnCode":"1","resources":null}"#).unwrap_err();
}
