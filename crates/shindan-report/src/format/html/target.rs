use maud::{Markup, html};

use super::{because, chart, exit, findings, mark, plain, said, sentence, when};
use crate::{
    Compared, Diagnosis, Outcome, Rule, Service, Untrusted,
    format::{
        texts::{Texts, fill, moment, number},
        view::{CONSOLES, Ending, Tally, coverage},
    },
    sink,
};

/// All of one target.
pub(super) fn section(outcome: &Outcome, texts: &Texts) -> Markup {
    let ending = Ending::of_target(outcome);
    html! {
        section.target.(ending.as_str()) {
            div.name {
                (mark(ending))
                h2 { (said(&outcome.target, texts)) }
                span.soft { (outcome.service.title()) }
            }
            p.ended {
                span.tone { (texts.ending(ending)) }
                span { (texts.meaning(ending, outcome.exit.code)) }
            }
            (because(&outcome.exit, texts))
            @if outcome.emulated { p.note { (texts.emulated) } }
            div.halves {
                div {
                    h3 { (texts.details) }
                    (facts(outcome, texts))
                }
                div {
                    h3 { (texts.findings) }
                    @match &outcome.diagnosis {
                        Some(diagnosis) => (chart::bar(Tally::of([diagnosis]), texts)),
                        None => p { (texts.no_result) },
                    }
                    @if let Some(compared) = &outcome.compared { (changes(compared, texts)) }
                    (chart::trend(outcome, texts))
                }
            }
            @if let Some(diagnosis) = &outcome.diagnosis {
                (scope(outcome.service, diagnosis, texts))
                (findings::all(diagnosis, texts))
            }
        }
    }
}

fn facts(outcome: &Outcome, texts: &Texts) -> Markup {
    let fact = |name: &str, value: Markup| html! { dt { (name) } dd { (value) } };
    let own = |text: &String| plain(text, texts);
    let time = |at: &String| when(at, texts);
    html! {
        dl.facts {
            (fact(texts.subject, said(&outcome.subject, texts)))
            (fact(texts.coverage, html! {
                @match &outcome.diagnosis {
                    Some(told) => (coverage(texts, outcome.service, &told.coverage)),
                    None => (texts.unknown),
                }
            }))
            @if let Some(told) = &outcome.diagnosis {
                @if let Some(sent) = told.coverage.requests { (fact(texts.requests, html! { (number(sent)) })) }
                (fact(texts.service_counts, service_counts(told, texts)))
            }
            @if let Some(at) = &outcome.began_at { (fact(texts.began, time(at))) }
            @if let Some(at) = &outcome.ended_at { (fact(texts.ended, time(at))) }
            (fact(texts.time, html! { (texts.duration(outcome.seconds)) }))
            @if let Some(owner) = &outcome.owner { (fact(texts.owner, own(owner))) }
            @if let Some(id) = &outcome.scan { (fact(texts.scan, html! { code { (said(id, texts)) } })) }
            @if let Some(id) = &outcome.run { (fact(texts.run, html! { code { (own(id)) } })) }
            @if let Some(at) = &outcome.console { (fact(texts.console, console(at, texts))) }
            @if let Some(command) = &outcome.resume {
                (fact(texts.resume, html! { code { (own(command)) } }))
            }
            (fact(texts.result, exit(&outcome.exit, texts)))
        }
    }
}

/// A link only to a console that we know; anything else is text.
fn console(at: &Untrusted, texts: &Texts) -> Markup {
    html! {
        @match sink::link_to(at.as_raw(), &CONSOLES) {
            Some(link) => a href=(link) rel="noreferrer" { (texts.open_console) },
            None => (said(at, texts)),
        }
    }
}

/// What the service counts, beside what we count.
fn service_counts(diagnosis: &Diagnosis, texts: &Texts) -> Markup {
    let [high, medium, low, _] = texts.severities;
    let counts = diagnosis.counts;
    let told = [
        (texts.total, counts.total),
        (high, counts.high),
        (medium, counts.medium),
        (low, counts.low),
    ];
    let told = told.map(|(name, count)| count.map(|count| format!("{name} {}", number(count))));
    let told: Vec<_> = told.into_iter().flatten().collect();
    html! { @if told.is_empty() { (texts.unknown) } @else { (told.join(", ")) } }
}

fn changes(compared: &Compared, texts: &Texts) -> Markup {
    let fixed = number(compared.fixed.len() as u64);
    let (new, unchanged) = (number(compared.new), number(compared.unchanged));
    let told = fill(texts.compared_said, &[&new, &fixed, &unchanged]);
    let (before, rest) = told.split_once("{3}").unwrap_or((&told, ""));
    let (between, after) = rest.split_once("{4}").unwrap_or((rest, ""));
    html! {
        h3 { (texts.compared) }
        p {
            (before) (plain(&compared.run, texts)) (between)
            (plain(&moment(&compared.at), texts)) (after)
        }
        @if !compared.fixed.is_empty() {
            p.small {
                (texts.fixed) ": "
                @for (n, one) in compared.fixed.iter().enumerate() {
                    @if n > 0 { ", " }
                    code { (one) }
                }
            }
        }
    }
}

/// What was scanned and what was not, and for what.
fn scope(service: Service, diagnosis: &Diagnosis, texts: &Texts) -> Markup {
    let told = &diagnosis.coverage;
    html! {
        h3 { (texts.scope) }
        dl.lists {
            @if !diagnosis.missing.is_empty() {
                dt { (texts.missing) }
                dd { ul.why {
                    @for missing in &diagnosis.missing {
                        li { (sentence(&Untrusted::new(missing), texts)) }
                    }
                } }
            }
            @if service == Service::Wsc || !told.scanned.is_empty() {
                dt { (texts.scanned) }
                dd { (chips(&told.scanned, texts)) }
            }
            @if !told.not_scanned.is_empty() {
                dt.tone { (texts.not_scanned) }
                dd { (chips(&told.not_scanned, texts)) }
            }
            dt { (texts.tested) }
            dd { (tested(diagnosis, texts)) }
        }
    }
}

fn chips(names: &[Untrusted], texts: &Texts) -> Markup {
    html! {
        @if names.is_empty() { p { (texts.nothing_named) } }
        @else { ul.chips { @for name in names { li { (said(name, texts)) } } } }
    }
}

/// What was looked for. Whether it was found is told only where the report names kinds.
fn tested(diagnosis: &Diagnosis, texts: &Texts) -> Markup {
    let names_kinds = diagnosis.depth != crate::Depth::Totals;
    let is_found = |rule: &Rule| diagnosis.findings.iter().any(|one| one.rule.id == rule.id);
    html! {
        @if diagnosis.tested.is_empty() { p { (texts.nothing_named) } }
        @else {
            ul.chips { @for rule in &diagnosis.tested { li {
                (findings::rule_name(rule, texts))
                @if names_kinds {
                    " "
                    @if is_found(rule) { b { (texts.found) } }
                    @else { span.soft { (texts.not_found) } }
                }
            } } }
        }
    }
}
