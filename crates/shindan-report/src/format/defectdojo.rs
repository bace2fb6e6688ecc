use serde::Serialize;

use super::common::{
    clip, is_accepted, is_finished, json, place, scanned, sentence, text_of, title, why,
};
use crate::{Finding, Outcome, Severity, Standing, Summary, Untrusted, sink};

/// The JSON of `DefectDojo`'s "Generic Findings Import": all findings, accepted ones marked.
///
/// One unknown key aborts an import there, so only keys of its list are written. It has no place for a scan that
/// did not finish, and an import without findings closes those of the import before: so such a target is a
/// finding of its own. Severities have no word for unrated: such findings are high, because they close every gate
/// here too, and they say that they are not rated.
pub fn defectdojo(summary: &Summary) -> String {
    let found = summary.targets.iter().flat_map(|outcome| {
        let date = date(outcome.ended_at.as_ref().unwrap_or(&summary.ended_at));
        let unfinished = (!is_finished(outcome)).then(|| unfinished(outcome, &date));
        let findings = outcome.diagnosis.iter().flat_map(|said| &said.findings);
        let findings = findings.map(|finding| item(outcome, finding, &date)).collect::<Vec<_>>();
        unfinished.into_iter().chain(findings)
    });
    let said: Vec<_> = summary.targets.iter().map(|one| scanned(one).for_markdown()).collect();
    json(&Import {
        name: "Shindan",
        kind: "Shindan",
        version: &summary.version,
        description: format!("{}.", said.join(". ")),
        dynamic_tool: true,
        static_tool: false,
        findings: found.collect(),
    })
}

#[derive(Serialize)]
struct Import<'a> {
    name: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
    version: &'a str,
    description: String,
    dynamic_tool: bool,
    static_tool: bool,
    findings: Vec<Item>,
}

#[derive(Serialize)]
struct Item {
    title: String,
    severity: &'static str,
    description: String,
    date: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    cwe: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mitigation: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    param: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    endpoints: Vec<String>,
    unique_id_from_tool: String,
    vuln_id_from_tool: String,
    service: String,
    tags: [&'static str; 2],
    active: bool,
    risk_accepted: bool,
    dynamic_finding: bool,
    nb_occurences: u64,
}

fn item(outcome: &Outcome, finding: &Finding, date: &str) -> Item {
    let is_accepted = is_accepted(finding);
    let mut description = sentence(outcome, finding).for_markdown() + ".";
    if let Standing::Accepted(accepted) = &finding.standing {
        let said =
            format!("Accepted until {} by {}: {}", accepted.until, accepted.owner, accepted.reason);
        description = format!("{description}\n\n{}", Untrusted::new(said).for_markdown());
    }
    let place = place(finding);
    let at = if place.is_empty() { String::new() } else { format!(" at {place}") };
    let title = format!("{}{at}", clip(title(&finding.rule).as_raw(), 200));
    Item {
        title: field(&title, 511),
        severity: match finding.severity {
            Severity::High | Severity::Unrated => "High",
            Severity::Medium => "Medium",
            Severity::Low => "Low",
        },
        description,
        date: date.to_owned(),
        cwe: finding.rule.cwe,
        mitigation: finding.advice.as_ref().map(Untrusted::for_markdown),
        param: text_of(finding.parameter.as_ref()).map(|parameter| field(parameter, 1_000)),
        endpoints: finding.url.iter().filter_map(|url| sink::link(url.as_raw())).collect(),
        unique_id_from_tool: finding.fingerprint.to_string(),
        vuln_id_from_tool: finding.rule.id.clone(),
        service: field(outcome.target.as_raw(), 200),
        tags: ["shindan", outcome.service.as_str()],
        active: !is_accepted,
        risk_accepted: is_accepted,
        dynamic_finding: true,
        nb_occurences: finding.count,
    }
}

/// A target whose scan did not finish.
fn unfinished(outcome: &Outcome, date: &str) -> Item {
    let target = clip(outcome.target.as_raw(), 200);
    Item {
        title: field(&format!("The scan of {target} did not finish"), 511),
        severity: "High",
        description: format!(
            "{}.\n\n{}.",
            why(outcome).for_markdown(),
            scanned(outcome).for_markdown()
        ),
        date: date.to_owned(),
        cwe: None,
        mitigation: outcome
            .resume
            .as_ref()
            .map(|command| Untrusted::new(format!("Go on with: {command}")).for_markdown()),
        param: None,
        endpoints: Vec::new(),
        unique_id_from_tool: format!(
            "incomplete/{}/{}",
            outcome.service.as_str(),
            field(&target, 200)
        ),
        vuln_id_from_tool: "shindan/incomplete".to_owned(),
        service: field(outcome.target.as_raw(), 200),
        tags: ["shindan", outcome.service.as_str()],
        active: true,
        risk_accepted: false,
        dynamic_finding: true,
        nb_occurences: 1,
    }
}

/// The day of a time.
fn date(time: &str) -> String {
    time.get(.."2026-11-21".len()).unwrap_or(time).to_owned()
}

/// A plain text of at most so many characters.
fn field(text: &str, most: usize) -> String {
    clip(&Untrusted::new(text).for_terminal(), most)
}
