use std::collections::BTreeMap;

use maud::{Markup, html};

use super::{plain, said, severity};
use crate::{
    Acceptance, Depth, Diagnosis, Finding, Rule, Severity, Standing, Untrusted,
    format::texts::{Texts, number},
};

/// Up to how many lines all kinds of a list are unfolded; of a longer list only the first, which is the worst.
const UNFOLDED: usize = 40;

/// The findings of a report: the open ones, those whose acceptance has expired, the accepted ones.
pub(super) fn all(diagnosis: &Diagnosis, texts: &Texts) -> Markup {
    let depth = match diagnosis.depth {
        Depth::Findings => 0,
        Depth::Categories => 1,
        Depth::Totals => 2,
    };
    let is = |wanted: fn(&Standing) -> bool| {
        diagnosis.findings.iter().filter(|one| wanted(&one.standing)).collect::<Vec<_>>()
    };
    html! {
        (list(texts.open, &is(|one| matches!(one, Standing::Open)), texts))
        (list(texts.expired, &is(|one| matches!(one, Standing::Expired(_))), texts))
        (list(texts.accepted, &is(|one| matches!(one, Standing::Accepted(_))), texts))
        @if !diagnosis.findings.is_empty() { p.soft.small { (texts.depths[depth]) } }
    }
}

/// The name in the reader's language, and the vendor's title if it is another text.
pub(super) fn rule_name(rule: &Rule, texts: &Texts) -> Markup {
    html! {
        @match texts.rule_name(rule) {
            Some(name) => {
                (plain(name, texts))
                @if name != rule.title.as_raw() { " " span.soft { (said(&rule.title, texts)) } }
            }
            None => (said(&rule.title, texts)),
        }
    }
}

/// Findings of one kind and severity, with the same advice.
struct Group<'a> {
    severity: Severity,
    rule: &'a Rule,
    advice: Option<&'a Untrusted>,
    findings: Vec<&'a Finding>,
}

impl Group<'_> {
    fn count(&self) -> u64 {
        self.findings.iter().map(|one| one.count).fold(0, u64::saturating_add)
    }
}

/// By kind, the worst first and otherwise as they came.
fn groups<'a>(findings: &[&'a Finding]) -> Vec<Group<'a>> {
    let (mut groups, mut known) = (Vec::<Group<'_>>::new(), BTreeMap::new());
    for &finding in findings {
        let key = (finding.severity, &finding.rule, finding.advice.as_ref());
        let at = *known.entry(key).or_insert(groups.len());
        if at == groups.len() {
            let (severity, rule, advice) = key;
            groups.push(Group { severity, rule, advice, findings: Vec::new() });
        }
        groups[at].findings.push(finding);
    }
    groups.sort_by_key(|group| group.severity);
    groups
}

fn list(title: &str, findings: &[&Finding], texts: &Texts) -> Markup {
    let count = findings.iter().map(|one| one.count).fold(0, u64::saturating_add);
    html! {
        @if !findings.is_empty() {
            h3 { (title) " " span.soft { (number(count)) } }
            @for (n, group) in groups(findings).iter().enumerate() {
                details.rule open[n == 0 || findings.len() <= UNFOLDED] {
                    summary {
                        (severity(group.severity, texts))
                        span.title { h4 { (rule_name(group.rule, texts)) } " " code.soft { (plain(&group.rule.id, texts)) } }
                        b { (number(group.count())) }
                    }
                    (table(group, texts))
                    @if let Some(advice) = group.advice {
                        details.plain {
                            summary { (texts.advice) }
                            p.advice { (said(advice, texts)) }
                        }
                    }
                }
            }
        }
    }
}

/// The second column is there if it has something to tell.
fn table(group: &Group<'_>, texts: &Texts) -> Markup {
    let is_open = group.findings.iter().all(|one| one.standing == Standing::Open);
    let has_state = !is_open || group.findings.iter().any(|one| one.is_new.is_some());
    html! {
        table.places {
            thead { tr {
                th scope="col" { (texts.place) " / " (texts.fingerprint) }
                @if has_state {
                    th.state scope="col" { (if is_open { texts.state } else { texts.acceptance }) }
                }
            } }
            tbody { @for finding in &group.findings { tr {
                th scope="row" { (place(finding, texts)) }
                @if has_state { td { (standing(finding, texts)) } }
            } } }
        }
    }
}

fn place(finding: &Finding, texts: &Texts) -> Markup {
    html! {
        div.where {
            div {
                @if let Some(method) = &finding.method { code { (said(method, texts)) } " " }
                @match &finding.url {
                    Some(url) => (said(url, texts)),
                    None => (texts.no_place),
                }
                @if finding.count != 1 { " ×" (number(finding.count)) }
                @if let Some(parameter) = &finding.parameter {
                    br; span.soft { (texts.parameter) } " " code { (said(parameter, texts)) }
                }
                @if let Some(place) = &finding.place {
                    br; code.soft { (plain(&place.file, texts)) ":" (place.line) }
                }
            }
            code.print { (finding.fingerprint) }
        }
    }
}

fn standing(finding: &Finding, texts: &Texts) -> Markup {
    let known = match finding.is_new {
        Some(true) => html! { span.tag { (texts.new) } },
        Some(false) => html! { (texts.known) },
        None => html! { span.soft { (texts.not_compared) } },
    };
    html! {
        @match &finding.standing {
            Standing::Open => (known),
            Standing::Expired(acceptance) | Standing::Accepted(acceptance) => (accepted(acceptance, texts)),
        }
    }
}

fn accepted(acceptance: &Acceptance, texts: &Texts) -> Markup {
    html! {
        dl.facts {
            dt { (texts.reason) } dd { (plain(&acceptance.reason, texts)) }
            dt { (texts.owner) } dd { (plain(&acceptance.owner, texts)) }
            dt { (texts.until) } dd { (acceptance.until) }
            @if acceptance.count != 1 { dt { (texts.at_most) } dd { (number(acceptance.count)) } }
        }
    }
}
