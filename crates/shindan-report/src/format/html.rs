//! One page that a manager gets: it loads nothing, runs nothing, and says first whether the run has passed.

mod chart;
mod findings;
mod style;
mod target;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{
    texts::{Texts, fill, moment, number},
    view::{Ending, Tally, clipped, coverage, emulated},
};
use crate::{Ended, Lang, Outcome, Severity, Summary, Untrusted};

/// How many characters of one text are shown; what is left out is counted.
const LONGEST: usize = 1_000;

/// The whole run as one self-contained HTML page.
pub fn html(summary: &Summary, lang: Lang) -> String {
    let texts = Texts::of(lang);
    let ending = Ending::of_run(summary);
    let (before, after) = texts.made_by.split_once("{0}").unwrap_or((texts.made_by, ""));
    let page = html! {
        (DOCTYPE)
        html lang=(lang.as_str()) {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(style::policy());
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                title { (texts.ending(ending)) " – " (texts.report) }
                style { (PreEscaped(style::STYLE)) }
            }
            body {
                header {
                    p.kicker {
                        b { (texts.report) }
                        span { (when(&summary.began_at, texts)) " – " (when(&summary.ended_at, texts)) }
                        span { "Shindan " (plain(&summary.version, texts)) }
                    }
                    @if let Some(words) = emulated(texts, summary) { p.note { (words) } }
                }
                main {
                    (verdict(summary, ending, texts))
                    (overview(summary, texts))
                    @for outcome in &summary.targets { (target::section(outcome, texts)) }
                }
                footer { p { (before) (plain(&summary.version, texts)) (after) } }
            }
        }
    };
    page.into_string()
}

fn verdict(summary: &Summary, ending: Ending, texts: &Texts) -> Markup {
    html! {
        section.verdict.(ending.as_str()) {
            (mark(ending))
            div {
                h1 { (texts.ending(ending)) }
                p { (texts.meaning(ending, summary.exit.code)) }
                (because(&summary.exit, texts))
                p.soft.small { (exit(&summary.exit, texts)) }
            }
        }
    }
}

/// All targets at a glance.
fn overview(summary: &Summary, texts: &Texts) -> Markup {
    let finished = summary.targets.iter().filter_map(|one| one.diagnosis.as_ref());
    let (asked, with_result) = (summary.targets.len() as u64, finished.clone().count() as u64);
    let mut tally = Tally::of(finished);
    tally.is_partial |= with_result < asked;
    html! {
        section {
            h2 { (texts.findings) }
            @if with_result > 0 { (chart::bar(tally, texts)) }
            @else { p { (texts.no_result) } }
            @if with_result < asked {
                p.soft.small {
                    (fill(texts.findings_of_finished, &[&number(with_result), &number(asked)]))
                }
            }
            h3 #targets { (texts.targets) }
            table.runs aria-labelledby="targets" {
                thead { tr {
                    th scope="col" { (texts.target) }
                    th scope="col" { (texts.findings) }
                    th scope="col" { (texts.coverage) " / " (texts.time) }
                } }
                tbody { @for outcome in &summary.targets { (overview_row(outcome, texts)) } }
            }
        }
    }
}

fn overview_row(outcome: &Outcome, texts: &Texts) -> Markup {
    let ending = Ending::of_target(outcome);
    html! {
        tr.(ending.as_str()) {
            th scope="row" {
                div.name {
                    (mark(ending))
                    div {
                        b { (said(&outcome.target, texts)) }
                        @if outcome.emulated { " " span.tag { (texts.emulated_mark) } }
                        br;
                        span.tone { (texts.ending(ending)) }
                        br;
                        span.soft.small { (outcome.service.title()) }
                    }
                }
            }
            td {
                @match &outcome.diagnosis {
                    Some(diagnosis) => (chart::legend(Tally::of([diagnosis]), texts)),
                    None => (texts.no_result),
                }
            }
            td {
                @match &outcome.diagnosis {
                    Some(told) => (coverage(texts, outcome.service, &told.coverage)),
                    None => (texts.unknown),
                }
                br;
                span.soft.small { (texts.duration(outcome.seconds)) }
            }
        }
    }
}

/// `Exit code 1 (gate)`; the word is that of the command line.
fn exit(exit: &Ended, texts: &Texts) -> Markup {
    html! { (texts.exit) " " (exit.code) " (" (plain(&exit.name, texts)) ")" }
}

fn because(exit: &Ended, texts: &Texts) -> Markup {
    html! {
        @if !exit.because.is_empty() {
            ul.why aria-label=(texts.why) {
                @for reason in &exit.because { li { (sentence(reason, texts)) } }
            }
        }
    }
}

/// A sentence of ours in the reader's language, or what was said.
fn sentence(text: &Untrusted, texts: &Texts) -> Markup {
    html! {
        @match texts.sentence(text) {
            Some(ours) => bdi { (ours) },
            None => (said(text, texts)),
        }
    }
}

/// An ending as a shape: a circle, a triangle, a diamond or an octagon, each with a sign of its own.
fn mark(ending: Ending) -> Markup {
    html! {
        svg.mark viewBox="0 0 24 24" aria-hidden="true" {
            @match ending {
                Ending::Pass => { circle cx="12" cy="12" r="10" {} path d="M7.5 12.5l3 3 6-6.5" {} }
                Ending::Incomplete => { path d="M12 2.5L22.5 21h-21z" {} path d="M12 9v5.5M12 17.8v.1" {} }
                Ending::Other => {
                    path d="M12 1.5L22.5 12 12 22.5 1.5 12z" {}
                    path d="M9.8 9.6a2.3 2.3 0 1 1 3.3 2.2c-.8.4-1.1.9-1.1 1.9M12 16.5v.1" {}
                }
                Ending::Gate => {
                    path d="M7.9 2h8.2L22 7.9v8.2L16.1 22H7.9L2 16.1V7.9z" {}
                    path d="M8.5 8.5l7 7M15.5 8.5l-7 7" {}
                }
            }
        }
    }
}

/// A severity as a word, with a color and a shape from the style.
fn severity(severity: Severity, texts: &Texts) -> Markup {
    html! { span.s.(severity.as_str()) { (texts.severity_of(severity)) } }
}

/// A time of ours.
fn when(at: &str, texts: &Texts) -> Markup {
    html! { time { (plain(&moment(at), texts)) } }
}

/// Text of others, isolated from what stands around it; of a very long one the beginning.
fn said(text: &Untrusted, texts: &Texts) -> Markup {
    let (shown, left) = clipped(text.as_raw(), LONGEST);
    html! {
        bdi {
            (Untrusted::new(shown))
            @if left > 0 { "… [" (fill(texts.more_characters, &[&number(left)])) "]" }
        }
    }
}

/// Text from the project's file or from this tool: it is shown as strictly.
fn plain(text: &str, texts: &Texts) -> Markup {
    said(&Untrusted::new(text), texts)
}
