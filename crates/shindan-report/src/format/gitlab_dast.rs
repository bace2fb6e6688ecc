use core::str::FromStr;

use serde::Serialize;

use super::common::{
    Web, clip, id, is_accepted, is_finished, json, scanned, sentence, services, text_of, title, why,
};
use crate::{Finding, Outcome, Service, Severity, Summary, Untrusted, sink};

/// A version of GitLab's report schemas: a server refuses a report whose major and minor number it does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DastVersion(&'static str);

impl DastVersion {
    /// Those that can be asked for, the oldest first. What we write is the same in all of them.
    pub const ALL: [Self; 4] = [Self("15.0.7"), Self("15.1.4"), Self("15.2.1"), Self("15.2.4")];

    /// Three numbers.
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

impl Default for DastVersion {
    /// The newest one that the tests hold a schema of.
    fn default() -> Self {
        Self("15.2.1")
    }
}

impl FromStr for DastVersion {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is = |version: &Self| version.0 == text;
        Self::ALL.into_iter().find(is).ok_or("it is none of: 15.0.7, 15.1.4, 15.2.1, 15.2.4")
    }
}

/// The report of `artifacts:reports:dast` of GitLab. Its scan is a success only if those of all targets have
/// finished.
///
/// GitLab reads it only if the job succeeded, so a job that writes it needs `--exit-zero`. Accepted findings are
/// left out, because GitLab would show them as open. Findings whose place is not told have the name of their
/// target as the path, because GitLab takes findings of one rule at one path for the same one.
pub fn gitlab_dast(summary: &Summary, version: DastVersion) -> String {
    let targets = &summary.targets;
    let found = targets.iter().flat_map(|outcome| {
        let findings = outcome.diagnosis.iter().flat_map(|said| &said.findings);
        findings.filter(|one| !is_accepted(one)).map(|one| vulnerability(outcome, one))
    });
    let is_success = !targets.is_empty() && targets.iter().all(is_finished);
    json(&Report {
        version: version.as_str(),
        scan: Scan {
            analyzer: scanner(summary, "Shindan".to_owned()),
            scanner: scanner(summary, scanner_name(targets)),
            start_time: without_zone(&summary.began_at),
            end_time: without_zone(&summary.ended_at),
            status: if is_success { "success" } else { "failure" },
            kind: "dast",
            messages: targets.iter().flat_map(messages).collect(),
            scanned_resources: targets.iter().flat_map(resources).collect(),
        },
        vulnerabilities: found.collect(),
    })
}

#[derive(Serialize)]
struct Report {
    version: &'static str,
    scan: Scan,
    vulnerabilities: Vec<Vulnerability>,
}

#[derive(Serialize)]
struct Scan {
    analyzer: Scanner,
    scanner: Scanner,
    start_time: String,
    end_time: String,
    status: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
    messages: Vec<Message>,
    scanned_resources: Vec<Resource>,
}

#[derive(Serialize)]
struct Scanner {
    id: &'static str,
    name: String,
    version: String,
    vendor: Vendor,
}

#[derive(Serialize)]
struct Vendor {
    name: &'static str,
}

#[derive(Serialize)]
struct Message {
    level: &'static str,
    value: String,
}

#[derive(Serialize)]
struct Resource {
    method: &'static str,
    url: String,
    #[serde(rename = "type")]
    kind: &'static str,
}

#[derive(Serialize)]
struct Vulnerability {
    id: String,
    name: String,
    description: String,
    severity: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    solution: Option<String>,
    identifiers: Vec<Identifier>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    links: Vec<Link>,
    location: Location,
}

#[derive(Serialize)]
struct Identifier {
    #[serde(rename = "type")]
    kind: &'static str,
    name: String,
    value: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

#[derive(Serialize)]
struct Link {
    url: String,
}

#[derive(Serialize)]
struct Location {
    #[serde(skip_serializing_if = "Option::is_none")]
    hostname: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    method: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    param: Option<String>,
    path: String,
}

fn scanner(summary: &Summary, name: String) -> Scanner {
    let version = summary.version.clone();
    Scanner { id: "shindan", name, version, vendor: Vendor { name: "Shindan" } }
}

fn scanner_name(targets: &[Outcome]) -> String {
    let names: Vec<_> = services(targets).map(Service::title).collect();
    if names.is_empty() { "Shindan".to_owned() } else { names.join(", ") }
}

/// The schema allows no zone; our times are UTC.
fn without_zone(time: &str) -> String {
    time.get(.."2026-11-21T06:30:00".len()).unwrap_or(time).to_owned()
}

fn messages(outcome: &Outcome) -> Vec<Message> {
    let say = |level, text: &Untrusted| Message { level, value: text.for_terminal() };
    let mut messages = vec![say("info", &scanned(outcome))];
    if !is_finished(outcome) {
        let level = if outcome.diagnosis.is_some() { "warn" } else { "fatal" };
        messages.push(say(level, &why(outcome)));
    }
    messages
}

fn resources(outcome: &Outcome) -> Vec<Resource> {
    let Some(said) = &outcome.diagnosis else { return Vec::new() };
    let subject = sink::link(outcome.subject.as_raw());
    let domains = said.coverage.scanned.iter().filter_map(|domain| {
        let domain = domain.as_raw();
        sink::link(domain).or_else(|| sink::link(&format!("https://{domain}/")))
    });
    let urls = subject.into_iter().chain(domains);
    urls.map(|url| Resource { method: "GET", url, kind: "url" }).collect()
}

fn vulnerability(outcome: &Outcome, finding: &Finding) -> Vulnerability {
    let rule = &finding.rule;
    let mut identifiers = vec![Identifier {
        kind: "shindan_rule",
        name: format!("Shindan {}", rule.id),
        value: rule.id.clone(),
        url: None,
    }];
    identifiers.extend(rule.cwe.map(|cwe| Identifier {
        kind: "cwe",
        name: format!("CWE-{cwe}"),
        value: cwe.to_string(),
        url: Some(format!("https://cwe.mitre.org/data/definitions/{cwe}.html")),
    }));
    let advice = text_of(finding.advice.as_ref());
    let console = outcome.console.as_ref().and_then(|at| sink::link(at.as_raw()));
    Vulnerability {
        id: id(outcome, finding).to_string(),
        name: clip(&title(rule).for_terminal(), 255),
        description: sentence(outcome, finding).for_markdown() + ".",
        severity: match finding.severity {
            Severity::High => "High",
            Severity::Medium => "Medium",
            Severity::Low => "Low",
            Severity::Unrated => "Unknown",
        },
        solution: advice.map(|advice| markdown(advice, 7_000)),
        identifiers,
        links: console.map(|url| Link { url }).into_iter().collect(),
        location: location(outcome, finding),
    }
}

fn location(outcome: &Outcome, finding: &Finding) -> Location {
    let text = |text| text_of(text).map(|text| Untrusted::new(clip(text, 1_000)).for_terminal());
    let web = Web::of(finding.url.as_ref());
    let (hostname, path) = match web {
        Some(web) => {
            let path = web.path.split('?').next().unwrap_or_default().to_owned();
            (Some(web.origin), path)
        }
        None => (Web::of(Some(&outcome.subject)).map(|web| web.origin), {
            let place = text(finding.url.as_ref()).or_else(|| text(Some(&outcome.target)));
            place.unwrap_or_default()
        }),
    };
    let (method, param) = (text(finding.method.as_ref()), text(finding.parameter.as_ref()));
    Location { hostname, method, param, path }
}

/// A text as Markdown of at most so many characters. Cutting what is escaped could cut an escape in half.
fn markdown(text: &str, most: usize) -> String {
    let mut longest = most;
    loop {
        let markdown = Untrusted::new(clip(text, longest)).for_markdown();
        if markdown.chars().count() <= most {
            return markdown;
        }
        longest /= 2;
    }
}
