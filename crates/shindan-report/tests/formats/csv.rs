//! The table of findings, read by a reader of CSV and by the rules of spreadsheets.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::collections::BTreeMap;

use shindan_report::{Format, Lang, Summary, Untrusted};

use crate::samples;

type Row = BTreeMap<String, String>;

#[test]
fn every_finding_and_every_other_target_has_a_row() {
    for (name, summary) in samples::all() {
        let rows = rows(&summary);
        let mut rows = rows.iter();
        for outcome in &summary.targets {
            let findings = outcome.diagnosis.iter().flat_map(|said| &said.findings);
            let mut of_target: Vec<_> = findings.map(Some).collect();
            if of_target.is_empty() {
                of_target.push(None);
            }
            for finding in of_target {
                let row = rows.next().unwrap();
                assert_eq!(row["target"], outcome.target.for_csv(), "{name}");
                assert_eq!(row["subject"], outcome.subject.for_csv(), "{name}");
                assert_eq!(row["service"], outcome.service.as_str(), "{name}");
                let text =
                    |text: Option<&Untrusted>| text.map(Untrusted::for_csv).unwrap_or_default();
                let title = finding.map(|finding| &finding.rule.title);
                assert_eq!(row["title"], text(title), "{name}");
                let url = finding.and_then(|finding| finding.url.as_ref());
                assert_eq!(row["url"], text(url), "{name}");
                let fingerprint = finding.map(|finding| finding.fingerprint.as_str());
                assert_eq!(row["fingerprint"], fingerprint.unwrap_or_default(), "{name}");
            }
        }
        assert!(rows.next().is_none(), "{name}");
    }
}

#[test]
fn no_cell_is_a_formula_and_all_are_quoted() {
    let formulas = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
    for (name, summary) in samples::all() {
        for cell in rows(&summary).iter().flat_map(BTreeMap::values) {
            assert!(!cell.trim_start_matches(' ').starts_with(formulas), "{name}: {cell:?}");
        }
        let text = Format::Csv.render(&summary, Lang::En);
        assert!(text.starts_with("\u{feff}\"target\",\"service\","), "{name}");
        assert!(text.ends_with("\"\r\n"), "{name}");
        let head = text.lines().next().unwrap();
        assert_eq!(head.matches('"').count(), 2 * (head.matches(',').count() + 1), "{name}");
    }
}

#[test]
fn only_what_has_passed_says_so() {
    for (name, summary) in samples::all() {
        for row in rows(&summary) {
            assert_eq!(row["passed"], (name == "clean").to_string(), "{name}");
            assert_eq!(row["result"] == "ok", name == "clean", "{name}");
            assert_eq!(row["because"].is_empty(), name == "clean", "{name}");
        }
    }
    let row = &rows(&samples::incomplete())[0];
    assert_eq!(row["because"], "only 63% complete");
    let mut left_running = samples::clean();
    left_running.targets[0].diagnosis = None;
    let row = &rows(&left_running)[0];
    assert_eq!(
        [&row["passed"], &row["result"], &row["because"]],
        ["false", "unfinished", "the scan has not finished"]
    );
}

#[test]
fn a_row_tells_how_a_finding_stands() {
    let rows = rows(&samples::findings());
    let column = |name: &str| rows.iter().map(|row| row[name].clone()).collect::<Vec<_>>();
    assert_eq!(column("standing"), ["open", "accepted", "expired", "open", "open", "open"]);
    assert_eq!(column("new"), ["true", "false", "false", "", "", ""]);
    assert_eq!(column("count"), ["1", "1", "1", "1", "3", "2"]);
    assert_eq!(column("severity"), ["high", "high", "medium", "low", "high", "unrated"]);
    assert_eq!(column("line"), ["1", "41", "41", "41", "41", "55"]);
    assert_eq!(rows[1]["accepted_by"], "kim@example.com");
    assert_eq!(rows[1]["accepted_until"], "2027-01-31");
    assert_eq!(rows[0]["file"], "src/routes/search.rs");
}

fn rows(summary: &Summary) -> Vec<Row> {
    let text = Format::Csv.render(summary, Lang::Ko);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.deserialize().collect::<Result<_, _>>().unwrap()
}
