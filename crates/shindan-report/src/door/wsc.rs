use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use shindan_wire::Entries;
use wsc_model::{Raw, Report, RiskCounts};

use super::{settled, unreadable};
use crate::{
    Counts, Coverage, Depth, Diagnosis, Finding, Fingerprint, Rule, Service, Severity, Untrusted,
};

const RATED: [Severity; 3] = [Severity::High, Severity::Medium, Severity::Low];

/// What a report of WSC says, as deeply as it can be read. `rejected` are the parts of it that could not be read.
///
/// The vendor documents no shape for what lies deeper than the counts, so another shape is no error: then the
/// report says less. Whatever it counts and does not describe is in a finding without a place.
pub fn wsc(report: &Report, rejected: &[String]) -> Diagnosis {
    let counts = counts(report.classify_by_risk_level);
    let advice = advice(report);
    let (depth, mut findings) = described(report);
    let mut missing: Vec<_> = missing(report).collect();
    missing.extend(RATED.iter().filter_map(|severity| surplus(&counts, &findings, *severity)));
    missing.extend(unreadable(rejected));
    let undescribed: Vec<_> =
        Severity::ALL.iter().filter_map(|severity| rest(&counts, &findings, *severity)).collect();
    findings.extend(undescribed);
    for finding in &mut findings {
        finding.advice = advice.get(&finding.rule.id).cloned();
    }
    let mut diagnosis = Diagnosis::new(depth, counts, coverage(report));
    diagnosis.tested = tested(report);
    diagnosis.findings = settled(Service::Wsc, findings);
    diagnosis.missing = missing;
    diagnosis
}

fn counts(level: RiskCounts) -> Counts {
    Counts { total: level.total, high: level.high, medium: level.medium, low: level.low }
}

fn counted(counts: &Counts, severity: Severity) -> Option<u64> {
    match severity {
        Severity::High => counts.high,
        Severity::Medium => counts.medium,
        Severity::Low => counts.low,
        Severity::Unrated => None,
    }
}

/// Findings if their places are told, else numbers by kind, else none. A shape that fits and is empty tells nothing,
/// unless nothing was found.
fn described(report: &Report) -> (Depth, Vec<Finding>) {
    let tells = |findings: &Vec<Finding>| {
        !findings.is_empty() || report.classify_by_risk_level.total == Some(0)
    };
    if let Some(findings) = details(report).filter(tells) {
        return (Depth::Findings, findings);
    }
    match categories(report).filter(tells) {
        Some(findings) => (Depth::Categories, findings),
        None => (Depth::Totals, Vec::new()),
    }
}

/// A finding as it stands under its title. What else stands there is not read.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Detail {
    url: String,
    parameter: String,
    method: Option<String>,
    risk: String,
}

fn details(report: &Report) -> Option<Vec<Finding>> {
    let titles = report.details.as_ref()?.read::<Entries<Vec<Detail>>>().ok()?.0;
    let of_title = |(title, details): (String, Vec<Detail>)| {
        let rule = Rule::of_title(Service::Wsc, &title);
        details.into_iter().map(move |detail| detail.finding(&rule))
    };
    titles.into_iter().flat_map(of_title).collect()
}

impl Detail {
    fn finding(self, rule: &Rule) -> Option<Finding> {
        let severity = severity(&self.risk)?;
        let told = |text: String| (!text.trim().is_empty()).then_some(text);
        let (url, method) = (told(self.url), self.method.and_then(told));
        let fingerprint = Fingerprint::v1(
            Service::Wsc,
            &rule.id,
            url.is_none().then_some(severity),
            method.as_deref().unwrap_or_default(),
            url.as_deref(),
            &self.parameter,
        );
        let mut finding = Finding::new(fingerprint, rule.clone(), severity);
        finding.method = method.map(Untrusted::new);
        finding.url = url.map(Untrusted::new);
        finding.parameter = told(self.parameter).map(Untrusted::new);
        Some(finding)
    }
}

fn severity(risk: &str) -> Option<Severity> {
    match risk.trim().to_lowercase().as_str() {
        "high" | "상" | "高" => Some(Severity::High),
        "medium" | "중" | "中" => Some(Severity::Medium),
        "low" | "하" | "低" => Some(Severity::Low),
        _ => None,
    }
}

fn categories(report: &Report) -> Option<Vec<Finding>> {
    let titles = report.classify_by_risk_vulnerability.as_ref()?;
    let titles = titles.read::<Entries<RiskCounts>>().ok()?.0;
    let mut findings = Vec::new();
    for (title, level) in titles {
        let (rule, counts) = (Rule::of_title(Service::Wsc, &title), counts(level));
        let numbers = RATED.map(|severity| (severity, counted(&counts, severity)));
        if numbers.iter().all(|(_, number)| number.is_none()) {
            return None;
        }
        let numbers = numbers
            .into_iter()
            .filter_map(|(severity, number)| of_kind(&rule, severity, number.unwrap_or(0)));
        findings.extend(numbers);
    }
    Some(findings)
}

/// So many of a kind, at no known place; none if it is none.
fn of_kind(rule: &Rule, severity: Severity, count: u64) -> Option<Finding> {
    let fingerprint = Fingerprint::v1(Service::Wsc, &rule.id, Some(severity), "", None, "");
    let mut finding = Finding::new(fingerprint, rule.clone(), severity);
    finding.count = count;
    (count > 0).then_some(finding)
}

/// What is counted and not described. Where no risk is counted, that is of no known risk.
fn rest(counts: &Counts, findings: &[Finding], severity: Severity) -> Option<Finding> {
    let is_rated = RATED.iter().any(|severity| counted(counts, *severity).is_some());
    let (counted, described) = match severity {
        Severity::Unrated if is_rated => return None,
        Severity::Unrated => (counts.total, sum(findings, |_| true)),
        Severity::High | Severity::Medium | Severity::Low => {
            (counted(counts, severity), sum(findings, |one| one.severity == severity))
        }
    };
    let title = Untrusted::new("not described");
    let rule = Rule::new("wsc/undescribed", Some("Not described".to_owned()), title);
    of_kind(&rule, severity, counted?.saturating_sub(described))
}

fn surplus(counts: &Counts, findings: &[Finding], severity: Severity) -> Option<String> {
    let counted = counted(counts, severity)?;
    let described = sum(findings, |one| one.severity == severity);
    let risk = severity.as_str();
    (described > counted).then(|| {
        format!("the report describes {described} findings of {risk} risk, but counts {counted}")
    })
}

fn sum(findings: &[Finding], of: impl Fn(&Finding) -> bool) -> u64 {
    let counts = findings.iter().filter(|finding| of(finding)).map(|finding| finding.count);
    counts.fold(0, u64::saturating_add)
}

fn missing(report: &Report) -> impl Iterator<Item = String> {
    let level = report.classify_by_risk_level;
    let counts = match (level.total, level.high, level.medium, level.low) {
        (Some(total), Some(high), Some(medium), Some(low)) => {
            let sum = high.checked_add(medium).and_then(|sum| sum.checked_add(low));
            (sum != Some(total)).then_some("the numbers of findings do not add up to their total")
        }
        _ => Some("a number of findings is missing"),
    };
    let domains = scanned(report).is_empty().then_some("no domain was scanned");
    [counts, domains].into_iter().flatten().map(str::to_owned)
}

fn coverage(report: &Report) -> Coverage {
    let scanned = scanned(report);
    let not_scanned: Vec<_> = report.not_scanned_domain_list.iter().map(domain).collect();
    let percent = (scanned.len() * 100).checked_div(scanned.len() + not_scanned.len());
    let percent = percent.and_then(|percent| u32::try_from(percent).ok());
    Coverage { percent, requests: None, scanned, not_scanned }
}

/// A domain without a name was not scanned.
fn scanned(report: &Report) -> Vec<Untrusted> {
    let names = report.scanned_domain_list.iter().map(domain);
    names.filter(|name| !name.as_raw().is_empty()).collect()
}

/// Its type is not documented: a text, or an object with a name in it, of which nothing else is read.
fn domain(domain: &Raw) -> Untrusted {
    #[derive(Deserialize)]
    struct Named {
        #[serde(alias = "Domain")]
        domain: Raw,
    }
    let name = domain
        .read::<Option<String>>()
        .or_else(|_| domain.read::<Named>()?.domain.read())
        .unwrap_or_else(|_| Some("(of unknown name)".to_owned()));
    Untrusted::new(name.unwrap_or_default().trim())
}

fn tested(report: &Report) -> Vec<Rule> {
    let titles = report.vulnerability_category.split(',').map(str::trim);
    let rules = titles.filter(|title| !title.is_empty());
    let mut seen = BTreeSet::new();
    rules
        .map(|title| Rule::of_title(Service::Wsc, title))
        .filter(|rule| seen.insert(rule.id.clone()))
        .collect()
}

/// By the id of its rule.
fn advice(report: &Report) -> BTreeMap<String, Untrusted> {
    let titles = report.recommendation.as_ref().map(Raw::read::<BTreeMap<String, Raw>>);
    let titles = titles.and_then(Result::ok).unwrap_or_default();
    let of_title = |(title, text): (String, Raw)| {
        let text = text.read::<String>().ok().filter(|text| !text.trim().is_empty())?;
        Some((Rule::of_title(Service::Wsc, &title).id, Untrusted::new(text)))
    };
    titles.into_iter().filter_map(of_title).collect()
}
