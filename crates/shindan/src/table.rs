//! What a person reads at the end: a row for each target, and the findings that matter.

use std::time::Duration;

use shindan_report::{Finding, Outcome, Point, Severity, Standing, Summary, Untrusted};

use crate::{
    lang::word,
    output::{Rows, figure, played},
    time::seconds,
};

/// More findings than these are in the reports.
const MOST: usize = 10;
const NAMES: &[&str] = &[
    "TARGET", "SERVICE", "RESULT", "HIGH", "MED", "LOW", "ALERTS", "NEW", "ACCEPTED", "COVERAGE",
    "TIME",
];

pub(crate) fn rows(outcomes: &[Outcome]) -> Rows {
    Rows::new(NAMES).rows(outcomes.iter().map(row)).wide()
}

fn row(outcome: &Outcome) -> Vec<String> {
    let diagnosis = outcome.diagnosis.as_ref();
    let counts = diagnosis.map(|diagnosis| diagnosis.counts).unwrap_or_default();
    let of = |is: fn(&Finding) -> bool| {
        let all = diagnosis.iter().flat_map(|diagnosis| &diagnosis.findings);
        all.filter(|finding| is(finding)).map(|finding| finding.count).sum::<u64>()
    };
    let accepted =
        diagnosis.map(|_| of(|finding| matches!(finding.standing, Standing::Accepted(_))));
    let new = outcome.compared.as_ref().map(|compared| compared.new);
    let coverage = diagnosis.map(|diagnosis| match (diagnosis.coverage.percent, outcome.service) {
        (Some(100), shindan_report::Service::Wsc) => word("done"),
        (percent, _) => figure(percent.map(|percent| format!("{percent}%"))),
    });
    vec![
        outcome.target.as_raw().to_owned(),
        played(outcome.service.as_str(), outcome.emulated),
        result(outcome),
        figure(counts.high),
        figure(counts.medium),
        figure(counts.low),
        figure(counts.total),
        figure(new),
        figure(accepted),
        figure(coverage),
        seconds(Duration::from_secs(outcome.seconds)),
    ]
}

/// A mark, so that color and words are not all that tells it.
fn result(outcome: &Outcome) -> String {
    match (outcome.exit.code, &outcome.diagnosis) {
        (0, Some(_)) => word("✓ pass"),
        (0, None) => word("… detached"),
        _ => format!("✗ {}", outcome.exit.name),
    }
}

/// The worst findings that nobody has accepted, with the commands that say more.
pub(crate) fn findings(summary: &Summary) -> Vec<String> {
    let all = summary.targets.iter().flat_map(|outcome| {
        let findings = outcome.diagnosis.iter().flat_map(|diagnosis| &diagnosis.findings);
        findings.map(move |finding| (outcome, finding))
    });
    let is_open = |finding: &Finding| !matches!(finding.standing, Standing::Accepted(_));
    let mut open: Vec<_> = all.filter(|(_, finding)| is_open(finding)).collect();
    open.sort_by_key(|(_, finding)| finding.severity);
    let shown = open.iter().take(MOST).flat_map(|(outcome, finding)| lines(outcome, finding));
    let mut lines: Vec<_> = shown.collect();
    if open.len() > MOST {
        lines.push(format!("and {} more, in the reports", open.len() - MOST));
    }
    lines
}

pub(crate) fn lines(outcome: &Outcome, finding: &Finding) -> Vec<String> {
    let severity = word(match finding.severity {
        Severity::High => "HIGH",
        Severity::Medium => "MED",
        Severity::Low => "LOW",
        Severity::Unrated | _ => "ALERT",
    });
    let title = finding.rule.name.as_deref().unwrap_or_else(|| finding.rule.title.as_raw());
    let state = match (&finding.standing, finding.is_new) {
        (Standing::Expired(_), _) => format!("  {}", word("acceptance EXPIRED")),
        (_, Some(true)) => format!("  {}", word("NEW")),
        _ => String::new(),
    };
    let mark = if outcome.is_closed_by(finding) { "✗" } else { "·" };
    let count = if finding.count > 1 { format!(" ×{}", finding.count) } else { String::new() };
    let raw = |text: &Option<Untrusted>| text.as_ref().map(|text| text.as_raw().to_owned());
    let place = match raw(&finding.url) {
        Some(url) => {
            [raw(&finding.method), Some(url)].into_iter().flatten().collect::<Vec<_>>().join(" ")
        }
        None => outcome.subject.as_raw().to_owned(),
    };
    let parameter = raw(&finding.parameter)
        .map_or_else(String::new, |name| format!("   {} {name}", word("parameter")));
    let owner = outcome
        .owner
        .as_ref()
        .map_or_else(String::new, |owner| format!("{} {owner} · ", word("owner")));
    let file =
        finding.place.as_ref().map_or_else(String::new, |place| format!("{} · ", place.file));
    vec![
        String::new(),
        format!("{mark} {severity}  {title}{count}{state}  {}", finding.fingerprint),
        format!("        {place}{parameter}"),
        format!("        {owner}{file}shindan baseline explain {}", finding.fingerprint),
    ]
}

/// How each scan is called, for whoever looks for it at the service or wants to go on with it.
pub(crate) fn scans(summary: &Summary) -> Vec<String> {
    let all = summary.targets.iter().filter_map(|outcome| {
        let scan = outcome.scan.as_ref()?.as_raw();
        Some(format!("scan     {} {}:{scan}", outcome.target.as_raw(), outcome.service.as_str()))
    });
    let all: Vec<_> = all.collect();
    if all.is_empty() { all } else { [vec![String::new()], all].concat() }
}

/// What has changed since the scans before, and how it goes on.
pub(crate) fn compared(summary: &Summary) -> Vec<String> {
    let all = summary.targets.iter().filter_map(|outcome| {
        let compared = outcome.compared.as_ref()?;
        Some(format!(
            "compare  {} +{} new  −{} fixed  {} unchanged   trend {}   (vs {}, {})",
            outcome.target.as_raw(),
            compared.new,
            compared.fixed.len(),
            compared.unchanged,
            trend(&outcome.trend),
            compared.run,
            compared.at,
        ))
    });
    all.collect()
}

/// A bar for each scan, the latest at the end.
fn trend(points: &[Point]) -> String {
    const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let total = |point: &Point| {
        let all = [point.high, point.medium, point.low, point.unrated];
        all.into_iter().fold(0, u64::saturating_add)
    };
    let most = points.iter().map(total).max().unwrap_or_default().max(1);
    let bar = |point: &Point| {
        let height = (u128::from(total(point)) * 7).div_ceil(u128::from(most));
        BARS[usize::try_from(height).unwrap_or(7).min(7)]
    };
    points.iter().map(bar).collect()
}
