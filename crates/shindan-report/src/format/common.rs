//! What several formats say in the same way.

use serde::Serialize;
use uuid::Uuid;

use crate::{Finding, Outcome, Rule, Service, Severity, Standing, Untrusted, sink};

/// Past this, a text of others is cut where it stands in a sentence. Our own JSON has all of it.
const MOST: usize = 1_000;

/// Whether the scan of a target is known to have ended with nothing missing.
///
/// Only an exit of 0 says that the share that was scanned is enough: findings close a gate whatever is missing.
pub(super) fn is_finished(outcome: &Outcome) -> bool {
    let Some(said) = &outcome.diagnosis else { return false };
    let is_enough = match outcome.exit.code {
        0 => true,
        1 => said.coverage.percent == Some(100),
        _ => false,
    };
    is_enough && said.missing.is_empty()
}

/// Why it is not, in one sentence without a full stop.
pub(super) fn why(outcome: &Outcome) -> Untrusted {
    let mut reasons: Vec<String> = Vec::new();
    if outcome.exit.code != 1 {
        reasons.extend(outcome.exit.because.iter().map(|reason| clip(reason.as_raw(), MOST)));
    }
    for missing in outcome.diagnosis.iter().flat_map(|said| &said.missing) {
        if !reasons.contains(missing) {
            reasons.push(missing.clone());
        }
    }
    if reasons.is_empty() && outcome.exit.code == 1 {
        reasons.push("not everything was scanned".to_owned());
    }
    if reasons.is_empty() {
        reasons.push(format!("exit code {} ({})", outcome.exit.code, outcome.exit.name));
    }
    let resume =
        outcome.resume.as_ref().map_or(String::new(), |command| format!("; go on with: {command}"));
    let target = clip(outcome.target.as_raw(), MOST);
    Untrusted::new(format!("{target}: the scan did not finish: {}{resume}", reasons.join("; ")))
}

/// What was scanned and what not, in one sentence without a full stop.
pub(super) fn scanned(outcome: &Outcome) -> Untrusted {
    let raw = |text: &Untrusted| clip(text.as_raw(), MOST);
    let by = if outcome.emulated { "an emulator of " } else { "" };
    let mut parts = vec![format!(
        "{}: {} by {by}{}",
        raw(&outcome.target),
        raw(&outcome.subject),
        outcome.service.title()
    )];
    parts.extend(outcome.scan.as_ref().map(|scan| format!("scan {}", raw(scan))));
    let Some(said) = &outcome.diagnosis else {
        parts.push("nothing is known to be scanned".to_owned());
        return Untrusted::new(parts.join(", "));
    };
    let list = |domains: &[Untrusted]| domains.iter().map(raw).collect::<Vec<_>>().join(", ");
    let coverage = &said.coverage;
    parts.push(match coverage.percent {
        Some(percent) => format!("{percent}% scanned"),
        None => "unknown how much was scanned".to_owned(),
    });
    parts.extend(coverage.requests.map(|requests| format!("{requests} test requests")));
    if !coverage.scanned.is_empty() {
        parts.push(format!("domains scanned: {}", list(&coverage.scanned)));
    }
    if !coverage.not_scanned.is_empty() {
        parts.push(format!("domains not scanned: {}", list(&coverage.not_scanned)));
    }
    Untrusted::new(parts.join(", "))
}

/// What was found and where, in one sentence without a full stop.
pub(super) fn sentence(outcome: &Outcome, finding: &Finding) -> Untrusted {
    let mut parts = vec![clip(title(&finding.rule).as_raw(), MOST)];
    let place = place(finding);
    match text_of(finding.parameter.as_ref()) {
        Some(parameter) => parts.push(format!(" in parameter {}", clip(parameter, MOST))),
        None if place.is_empty() => {
            parts.push(format!(" in {}", clip(outcome.target.as_raw(), MOST)));
        }
        None => {}
    }
    if !place.is_empty() {
        parts.push(format!(" at {place}"));
    }
    if finding.count != 1 {
        parts.push(format!(", {} times", finding.count));
    }
    if finding.severity == Severity::Unrated {
        parts.push(format!(", not rated by {}", outcome.service.title()));
    }
    if let Standing::Expired(accepted) = &finding.standing {
        parts.push(format!(", no longer accepted (until {})", accepted.until));
    }
    Untrusted::new(parts.concat())
}

/// The method and the URL, as far as they are told.
pub(super) fn place(finding: &Finding) -> String {
    let parts = [text_of(finding.method.as_ref()), text_of(finding.url.as_ref())];
    let parts: Vec<_> = parts.into_iter().flatten().map(|part| clip(part, MOST)).collect();
    parts.join(" ")
}

/// A text that is there and not empty.
pub(super) fn text_of(text: Option<&Untrusted>) -> Option<&str> {
    text.map(Untrusted::as_raw).filter(|text| !text.is_empty())
}

/// The rule's name in English, or the vendor's title, or else the id: never empty.
pub(super) fn title(rule: &Rule) -> Untrusted {
    let known = rule.name.as_deref().or(text_of(Some(&rule.title)));
    Untrusted::new(known.unwrap_or(&rule.id))
}

/// Whether somebody answers for it.
pub(super) fn is_accepted(finding: &Finding) -> bool {
    matches!(finding.standing, Standing::Accepted(_))
}

/// The same for the same finding of the same target, in every run and every format.
pub(super) fn id(outcome: &Outcome, finding: &Finding) -> Uuid {
    let (service, target) = (outcome.service.as_str(), outcome.target.as_raw());
    let name = format!("shindan/{service}/{}/{target}", finding.fingerprint);
    Uuid::new_v5(&Uuid::NAMESPACE_URL, name.as_bytes())
}

/// The services that were to scan something.
pub(super) fn services(targets: &[Outcome]) -> impl Iterator<Item = Service> {
    let is_asked = |service: &Service| targets.iter().any(|one| one.service == *service);
    [Service::Wsc, Service::Vaddy].into_iter().filter(is_asked)
}

/// An absolute http or https URL in two parts.
pub(super) struct Web {
    /// `https://www.example.com:8443`.
    pub(super) origin: String,
    /// The path and the query; it begins with `/`.
    pub(super) path: String,
}

impl Web {
    /// Takes it apart, if it is one.
    pub(super) fn of(text: Option<&Untrusted>) -> Option<Self> {
        let link = sink::link(text?.as_raw())?;
        let host = link.find("://")? + "://".len();
        let end = link[host..].find(['/', '?', '#']).map_or(link.len(), |at| host + at);
        let (origin, rest) = link.split_at(end);
        let rest = rest.split('#').next().unwrap_or_default();
        let slash = if rest.starts_with('/') { "" } else { "/" };
        Some(Self { origin: origin.to_owned(), path: format!("{slash}{rest}") })
    }
}

/// At most so many characters; what is cut is shown by an ellipsis.
pub(super) fn clip(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some(_) => text.chars().take(most.saturating_sub(1)).chain(['…']).collect(),
    }
}

/// Something of ours as JSON in one line, with nothing in it that acts on a terminal.
pub(super) fn json(value: &impl Serialize) -> String {
    let json = serde_json::to_string(value).expect("texts, numbers and lists are JSON");
    sink::json_visible(&json)
}
