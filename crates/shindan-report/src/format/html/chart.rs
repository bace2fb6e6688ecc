use maud::{Markup, html};

use crate::{
    Outcome, Point, Severity,
    format::{
        texts::{Texts, fill, number},
        view::Tally,
    },
};

/// How many scans a trend shows at most.
const SCANS: usize = 60;
/// How high a trend is.
const HEIGHT: u32 = 112;

/// Findings by severity as one bar, with its numbers.
pub(super) fn bar(tally: Tally, texts: &Texts) -> Markup {
    let counts = [tally.open.as_slice(), &[tally.accepted]].concat();
    html! {
        svg.bar viewBox="0 0 1000 14" preserveAspectRatio="none" role="img" aria-label=(told(tally, texts)) {
            rect.track width="1000" height="14" {}
            @for (class, left, width) in stacked(&counts, sum(&counts), 1_000) {
                rect.(class) x=(left) width=(width.saturating_sub(3).max(3)) height="14" {}
            }
        }
        (legend(tally, texts))
    }
}

/// The same in words; severities without a finding are left out.
pub(super) fn legend(tally: Tally, texts: &Texts) -> Markup {
    let open = Severity::ALL.into_iter().zip(tally.open).filter(|(_, count)| *count > 0);
    html! {
        @if let Some(nothing) = tally.nothing(texts) { p { (nothing) } }
        @else {
            ul.legend {
                @for (severity, count) in open {
                    li { (super::severity(severity, texts)) " " b { (number(count)) } }
                }
                @if tally.accepted > 0 {
                    li { span.s.accepted { (texts.accepted) } " " b { (number(tally.accepted)) } }
                }
                @if tally.new > 0 { li { span.tag { (texts.new) } " " b { (number(tally.new)) } } }
            }
        }
    }
}

/// How the numbers have changed from scan to scan, as columns and as a table.
pub(super) fn trend(outcome: &Outcome, texts: &Texts) -> Markup {
    let points = &outcome.trend[outcome.trend.len().saturating_sub(SCANS)..];
    let [first, .., last] = points else { return html! {} };
    let highest = points.iter().map(|point| sum(&counts(point))).max().unwrap_or(0);
    let total = |point| number(u64::try_from(sum(&counts(point))).unwrap_or(u64::MAX));
    let highest_told = number(u64::try_from(highest).unwrap_or(u64::MAX));
    let told = [first.day.as_str(), last.day.as_str(), &highest_told, &total(last)];
    html! {
        h3 { (texts.trend) }
        figure {
            svg.trend viewBox={ "0 0 1000 " (HEIGHT) } preserveAspectRatio="none" role="img"
                aria-label=(texts.trend) {
                @for (n, point) in points.iter().enumerate() {
                    (column(n, points.len(), point, highest))
                }
            }
            div.ends aria-hidden="true" { span { (first.day) } span { (last.day) } }
            figcaption { (fill(texts.trend_said, &told)) }
        }
        details.plain {
            summary { (texts.numbers) }
            @if points.len() < outcome.trend.len() {
                p.small {
                    (fill(texts.trend_cut, &[&number(points.len() as u64), &number(outcome.trend.len() as u64)]))
                }
            }
            table {
                thead { tr {
                    th scope="col" { (texts.day) }
                    @for word in texts.severities { th.n scope="col" { (word) } }
                } }
                tbody { @for point in points { tr {
                    th scope="row" { (point.day) }
                    @for count in counts(point) { td.n { (number(count)) } }
                } } }
            }
        }
    }
}

/// One scan of a trend; the worst is at the bottom.
fn column(n: usize, all: usize, point: &Point, highest: u128) -> Markup {
    let slot = 1_000 / all;
    let width = (slot * 3 / 5).clamp(2, 48);
    html! {
        @for (class, below, height) in stacked(&counts(point), highest, HEIGHT) {
            @let top = HEIGHT.saturating_sub(below + height);
            rect.(class) x=(n * slot + (slot - width) / 2) y=(top) width=(width) height=(height) {}
        }
    }
}

/// `High 1, Low 2, Accepted 1`
fn told(tally: Tally, texts: &Texts) -> String {
    let words =
        texts.severities.into_iter().zip(tally.open).chain([(texts.accepted, tally.accepted)]);
    let told = words
        .filter(|(_, count)| *count > 0)
        .map(|(word, count)| format!("{word} {}", number(count)));
    let told: Vec<_> = told.collect();
    tally.nothing(texts).map_or_else(|| told.join(", "), str::to_owned)
}

const fn counts(point: &Point) -> [u64; 4] {
    [point.high, point.medium, point.low, point.unrated]
}

fn sum(counts: &[u64]) -> u128 {
    counts.iter().copied().map(u128::from).sum()
}

/// The parts of a length that stand for counts: class, where it begins, how long it is.
fn stacked(counts: &[u64], sum: u128, length: u32) -> Vec<(&'static str, u32, u32)> {
    let classes = Severity::ALL.map(Severity::as_str).into_iter().chain(["accepted"]);
    let part = |count: u128| {
        u32::try_from(count.saturating_mul(length.into()) / sum.max(1)).unwrap_or(length)
    };
    let (mut parts, mut before) = (Vec::new(), 0);
    for (class, count) in classes.zip(counts).filter(|(_, count)| **count > 0) {
        let after = before + u128::from(*count);
        parts.push((class, part(before), part(after) - part(before)));
        before = after;
    }
    parts
}
