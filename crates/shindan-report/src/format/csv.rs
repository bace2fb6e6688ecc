use csv::{QuoteStyle, Terminator, WriterBuilder};

use crate::{Acceptance, Finding, Outcome, Standing, Summary, Untrusted};

const COLUMNS: [&str; 31] = [
    "target",
    "service",
    "emulated",
    "subject",
    "passed",
    "result",
    "because",
    "coverage_percent",
    "requests",
    "severity",
    "rule",
    "name",
    "title",
    "count",
    "method",
    "url",
    "parameter",
    "standing",
    "accepted_by",
    "accepted_until",
    "accepted_because",
    "new",
    "fingerprint",
    "file",
    "line",
    "advice",
    "owner",
    "run",
    "scan",
    "began_at",
    "ended_at",
];

/// One row for each finding, and one for each target without any, so that a clean and a failed one are seen too.
///
/// It begins with a byte order mark, without which Excel shows Hangul and kana as garbage. All cells are quoted, and
/// none is a formula.
pub fn csv(summary: &Summary) -> String {
    let mut builder = WriterBuilder::new();
    builder.quote_style(QuoteStyle::Always).terminator(Terminator::CRLF);
    let mut writer = builder.from_writer("\u{feff}".as_bytes().to_vec());
    let mut write = |cells: [String; COLUMNS.len()]| {
        writer.write_record(&cells).expect("memory takes everything, and all rows are as long");
    };
    write(COLUMNS.map(str::to_owned));
    for outcome in &summary.targets {
        let findings = outcome.diagnosis.iter().flat_map(|said| &said.findings);
        let mut rows = findings.map(|finding| row(outcome, Some(finding))).peekable();
        if rows.peek().is_none() {
            write(row(outcome, None));
        }
        rows.for_each(&mut write);
    }
    let bytes = writer.into_inner().expect("memory takes everything");
    String::from_utf8(bytes).expect("all cells are texts")
}

fn row(outcome: &Outcome, finding: Option<&Finding>) -> [String; COLUMNS.len()] {
    let said = outcome.diagnosis.as_ref();
    let coverage = said.map(|said| &said.coverage);
    let rule = finding.map(|finding| &finding.rule);
    let (standing, acceptance) = finding.map_or(("", None), |finding| standing(&finding.standing));
    let place = finding.and_then(|finding| finding.place.as_ref()).or(outcome.place.as_ref());
    [
        outcome.target.for_csv(),
        outcome.service.as_str().to_owned(),
        outcome.emulated.to_string(),
        outcome.subject.for_csv(),
        outcome.has_passed().to_string(),
        cell(Some(outcome.word())),
        because(outcome),
        number(coverage.and_then(|coverage| coverage.percent)),
        number(coverage.and_then(|coverage| coverage.requests)),
        finding.map_or("", |finding| finding.severity.as_str()).to_owned(),
        cell(rule.map(|rule| &rule.id)),
        cell(rule.and_then(|rule| rule.name.as_ref())),
        foreign(rule.map(|rule| &rule.title)),
        number(finding.map(|finding| finding.count)),
        foreign(finding.and_then(|finding| finding.method.as_ref())),
        foreign(finding.and_then(|finding| finding.url.as_ref())),
        foreign(finding.and_then(|finding| finding.parameter.as_ref())),
        standing.to_owned(),
        cell(acceptance.map(|accepted| &accepted.owner)),
        cell(acceptance.map(|accepted| accepted.until.as_str())),
        cell(acceptance.map(|accepted| &accepted.reason)),
        number(finding.and_then(|finding| finding.is_new)),
        cell(finding.map(|finding| finding.fingerprint.as_str())),
        cell(place.map(|place| &place.file)),
        number(place.map(|place| place.line)),
        foreign(finding.and_then(|finding| finding.advice.as_ref())),
        cell(outcome.owner.as_ref()),
        cell(outcome.run.as_ref()),
        foreign(outcome.scan.as_ref()),
        cell(outcome.began_at.as_ref()),
        cell(outcome.ended_at.as_ref()),
    ]
}

fn standing(standing: &Standing) -> (&'static str, Option<&Acceptance>) {
    match standing {
        Standing::Open => ("open", None),
        Standing::Accepted(acceptance) => ("accepted", Some(acceptance)),
        Standing::Expired(acceptance) => ("expired", Some(acceptance)),
    }
}

/// Why the target has not passed, each reason once.
fn because(outcome: &Outcome) -> String {
    let mut reasons: Vec<&str> = outcome.exit.because.iter().map(Untrusted::as_raw).collect();
    for missing in outcome.diagnosis.iter().flat_map(|said| &said.missing) {
        if !reasons.contains(&missing.as_str()) {
            reasons.push(missing);
        }
    }
    if outcome.diagnosis.is_none() {
        reasons.push("the scan has not finished");
    }
    cell(Some(reasons.join("; ")))
}

fn foreign(text: Option<&Untrusted>) -> String {
    text.map(Untrusted::for_csv).unwrap_or_default()
}

/// A text of ours, which may still come from a file that somebody has changed.
fn cell(text: Option<impl Into<String>>) -> String {
    text.map(|text| Untrusted::new(text).for_csv()).unwrap_or_default()
}

fn number(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}
