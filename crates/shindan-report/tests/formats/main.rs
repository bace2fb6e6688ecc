//! Every format of every sample, each read by a reader that is not ours.

mod csv;
mod diff;
mod github;
mod json;
mod jsonl;
mod merge;
mod samples;

#[test]
fn a_summary_is_the_same_after_it_was_written_and_read() {
    for (name, summary) in samples::all() {
        let json = serde_json::to_string(&summary).unwrap();
        assert_eq!(
            serde_json::from_str::<shindan_report::Summary>(&json).unwrap(),
            summary,
            "{name}"
        );
    }
}

#[test]
fn a_format_is_known_by_its_name() {
    for format in shindan_report::Format::ALL {
        assert_eq!(format.as_str().parse(), Ok(format));
    }
    for text in ["", "JSON", "json@1", "xml"] {
        let known = "it is none of: json, jsonl, csv".to_owned();
        assert_eq!(text.parse::<shindan_report::Format>(), Err(known));
    }
    let names = shindan_report::Format::ALL.map(|format| format.file_name());
    assert_eq!(names, ["summary.json", "events.jsonl", "findings.csv"]);
}
