use core::time::Duration;

use quick_junit::{
    NonSuccessKind, Property, Report, TestCase, TestCaseStatus, TestSuite, XmlString,
};

use super::common::{clip, is_finished, place, scanned, sentence, text_of, title, why};
use crate::{Finding, Outcome, Rule, Standing, Summary, Untrusted};

/// Readers show a name in one line of a table.
const LONGEST_NAME: usize = 300;

/// `JUnit` XML as Jenkins, GitLab and other pipelines read it, one suite for each target.
///
/// The first case is the scan itself: it passes only if the scan is known to have ended with nothing missing, and
/// is an error otherwise. Every finding is a case: a failure if it closes the gate, a pass with output if it does
/// not, skipped if it is accepted. Every kind that was looked for and not found is a case that passes, so that a
/// trend shows the coverage; it is skipped if the scan did not finish.
pub fn junit(summary: &Summary) -> String {
    let mut report = Report::new("shindan");
    report.add_test_suites(summary.targets.iter().map(suite));
    if summary.targets.is_empty() {
        let mut suite = TestSuite::new("shindan");
        suite.add_test_case(unsuccessful("no target was scanned", NonSuccessKind::Error, "scan"));
        report.add_test_suite(suite);
    }
    let xml = report.to_string().expect("a string can always be written to");
    // The schema of Jenkins knows no `skipped` at the root, only at the suites.
    let skipped = format!(" skipped=\"{}\"", report.skipped);
    xml.replacen(&skipped, "", 1)
}

fn suite(outcome: &Outcome) -> TestSuite {
    let target = clip(outcome.target.as_raw(), LONGEST_NAME);
    let class = format!("{}.{target}", outcome.service.as_str());
    let mut suite = TestSuite::new(xml(&class));
    suite.set_time(Duration::from_secs(outcome.seconds));
    if let Some(began_at) = &outcome.began_at {
        suite.extra.insert("timestamp".into(), xml(began_at));
    }
    for (name, value) in properties(outcome) {
        suite.add_property(Property { name: name.into(), value: xml(&value) });
    }
    let mut cases = vec![scan(outcome)];
    if let Some(said) = &outcome.diagnosis {
        cases.extend(said.findings.iter().map(|finding| case(outcome, finding)));
        let is_found = |rule: &Rule| said.findings.iter().any(|one| one.rule.id == rule.id);
        let clean = said.tested.iter().filter(|rule| !is_found(rule));
        cases.extend(clean.map(|rule| not_found(outcome, rule)));
    }
    for case in &mut cases {
        case.set_classname(xml(&class));
    }
    suite.add_test_cases(cases);
    suite
}

fn properties(outcome: &Outcome) -> Vec<(&'static str, String)> {
    let raw = |text: &Untrusted| text.as_raw().to_owned();
    let percent = outcome.diagnosis.as_ref().and_then(|said| said.coverage.percent);
    let mut properties = vec![
        ("service", outcome.service.title().to_owned()),
        ("emulated", outcome.emulated.to_string()),
        ("subject", raw(&outcome.subject)),
        ("exit", format!("{} ({})", outcome.exit.code, outcome.exit.name)),
        ("coverage", percent.map_or("unknown".to_owned(), |percent| format!("{percent}%"))),
    ];
    properties.extend(outcome.run.clone().map(|run| ("run", run)));
    properties.extend(outcome.scan.as_ref().map(|scan| ("scan", raw(scan))));
    properties.extend(outcome.console.as_ref().map(|console| ("console", raw(console))));
    properties
}

fn scan(outcome: &Outcome) -> TestCase {
    let mut case = if is_finished(outcome) {
        TestCase::new("scan", TestCaseStatus::success())
    } else {
        unsuccessful(why(outcome).as_raw(), NonSuccessKind::Error, &outcome.exit.name)
    };
    case.set_system_out(xml(scanned(outcome).as_raw()));
    case
}

fn unsuccessful(why: &str, kind: NonSuccessKind, of: &str) -> TestCase {
    let mut status = TestCaseStatus::non_success(kind);
    status.set_message(xml(why)).set_type(xml(of));
    TestCase::new("scan", status)
}

fn not_found(outcome: &Outcome, rule: &Rule) -> TestCase {
    let mut status = TestCaseStatus::success();
    if !is_finished(outcome) {
        status = TestCaseStatus::skipped();
        status.set_message("the scan did not finish");
    }
    TestCase::new(xml(&clip(title(rule).as_raw(), LONGEST_NAME)), status)
}

fn case(outcome: &Outcome, finding: &Finding) -> TestCase {
    let said = sentence(outcome, finding);
    let text = details(outcome, finding);
    let mut status = match &finding.standing {
        Standing::Accepted(accepted) => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(xml(&format!(
                "accepted until {} by {}: {}",
                accepted.until, accepted.owner, accepted.reason
            )));
            status
        }
        Standing::Open | Standing::Expired(_) if outcome.is_closed_by(finding) => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_message(xml(said.as_raw())).set_type(finding.severity.as_str());
            status
        }
        Standing::Open | Standing::Expired(_) => TestCaseStatus::success(),
    };
    let is_pass = matches!(status, TestCaseStatus::Success { .. });
    if !is_pass {
        status.set_description(text.clone());
    }
    let mut case = TestCase::new(xml(&name(finding)), status);
    if is_pass {
        case.set_system_out(text);
    }
    case
}

/// `category: METHOD URL (parameter)`, as far as it is told.
fn name(finding: &Finding) -> String {
    let short = |text: &str| clip(text, LONGEST_NAME / 3);
    let mut parts = vec![short(title(&finding.rule).as_raw())];
    let place = place(finding);
    if !place.is_empty() {
        parts.push(format!(": {}", short(&place)));
    }
    parts.extend(text_of(finding.parameter.as_ref()).map(|name| format!(" ({})", short(name))));
    parts.concat()
}

/// All that is told of it, a line each.
fn details(outcome: &Outcome, finding: &Finding) -> XmlString {
    let mut lines = vec![
        sentence(outcome, finding),
        Untrusted::new(format!("severity: {}", finding.severity.as_str())),
        Untrusted::new(format!("rule: {}", finding.rule.id)),
        Untrusted::new(format!("fingerprint: {}", finding.fingerprint)),
    ];
    lines.extend(finding.is_new.map(|is_new| Untrusted::new(format!("new: {is_new}"))));
    let advice = text_of(finding.advice.as_ref());
    lines.extend(advice.map(|advice| Untrusted::new(format!("advice: {advice}"))));
    let lines: Vec<_> = lines.iter().map(Untrusted::for_xml).collect();
    XmlString::new(lines.join("\n"))
}

/// What XML forbids becomes visible; the writer escapes the rest.
fn xml(text: &str) -> XmlString {
    XmlString::new(Untrusted::new(text).for_xml())
}
