//! Every format of every sample, each read by a reader that is not ours.

mod dom;
mod html;
mod markdown;
mod samples;
mod steeped;

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
