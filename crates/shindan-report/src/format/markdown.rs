use core::fmt::Write as _;

use super::{
    texts::{Texts, fill, moment, number},
    view::{CONSOLES, Ending, Tally, clipped, coverage, emulated},
};
use crate::{
    Acceptance, Depth, Diagnosis, Finding, Lang, Outcome, Severity, Standing, Summary, Untrusted,
    sink,
};

/// GitHub takes 65,536 characters as a comment.
const LONGEST: usize = 65_000;
/// How many characters of one text are shown.
const LONGEST_TEXT: usize = 200;
/// How many reasons or names are listed.
const MOST_IN_A_LIST: usize = 5;
/// What is kept for saying what was left out.
const RESERVE: usize = 400;

/// The run as a comment on a pull request or as the summary of a job: at most 65,000 characters.
///
/// The targets that have not passed come first. What has no room is counted.
pub fn markdown(summary: &Summary, lang: Lang) -> String {
    let texts = Texts::of(lang);
    let mut targets: Vec<_> = summary.targets.iter().collect();
    targets.sort_by_key(|one| core::cmp::Reverse(Ending::of_target(one)));
    let mut sheet = Sheet::default();
    head(&mut sheet, summary, texts);
    overview(&mut sheet, &targets, texts);
    let mut untold = 0;
    for (n, outcome) in targets.iter().enumerate() {
        let share = (LONGEST - RESERVE - sheet.chars) / (targets.len() - n);
        if !section(&mut sheet, outcome, share, texts) {
            untold += 1;
        }
    }
    if untold > 0 {
        sheet.push(&format!("\n{}\n", fill(texts.more_targets, &[&number(untold)])), LONGEST);
    }
    sheet.text
}

/// A text that knows how long it is.
#[derive(Default)]
struct Sheet {
    text: String,
    chars: usize,
}

impl Sheet {
    /// Adds it if all is not longer than this then.
    fn push(&mut self, more: &str, longest: usize) -> bool {
        let chars = more.chars().count();
        let fits = self.chars + chars <= longest;
        if fits {
            self.text.push_str(more);
            self.chars += chars;
        }
        fits
    }
}

fn head(sheet: &mut Sheet, summary: &Summary, texts: &Texts) {
    let ending = Ending::of_run(summary);
    let meaning = texts.meaning(ending, summary.exit.code);
    let mut head = format!("## {} {}\n\n{meaning}\n", symbol(ending), texts.ending(ending));
    if let Some(words) = emulated(texts, summary) {
        let _ = writeln!(head, "\n**{words}**");
    }
    head += &because(&summary.exit.because, texts);
    let times = [&summary.began_at, &summary.ended_at].map(|at| code(&moment(at)));
    let (code, name) = (summary.exit.code, plain(&summary.exit.name, texts));
    let _ = writeln!(head, "\n{} {code} ({name}) · {}", texts.exit, times.join(" – "));
    sheet.push(&head, LONGEST);
}

fn overview(sheet: &mut Sheet, targets: &[&Outcome], texts: &Texts) {
    let [high, medium, low, unrated] = texts.severities;
    let (open, close) =
        ([texts.target, texts.result], [texts.accepted, texts.coverage, texts.time]);
    let names = [open.as_slice(), &[high, medium, low, unrated], &close].concat();
    let mut table = format!("\n{}|---|---|--:|--:|--:|--:|--:|---|---|\n", row(&names));
    let mut untold = 0;
    for outcome in targets {
        let ending = Ending::of_target(outcome);
        let mark =
            if outcome.emulated { format!(" ({})", texts.emulated_mark) } else { String::new() };
        let name = format!("{} ({}{mark})", said(&outcome.target, texts), outcome.service.as_str());
        let result = format!("{} {}", symbol(ending), texts.ending(ending));
        let time = texts.duration(outcome.seconds);
        let (counts, covered) = match &outcome.diagnosis {
            Some(told) => {
                let tally = Tally::of([told]);
                let counts = [tally.open.as_slice(), &[tally.accepted]].concat();
                let counts = counts.into_iter().map(number).collect();
                (counts, coverage(texts, outcome.service, &told.coverage))
            }
            None => (vec!["?".to_owned(); 5], texts.unknown.to_owned()),
        };
        let cells = [vec![name, result], counts, vec![covered, time]].concat();
        let line = row(&cells);
        if sheet.chars + table.chars().count() + line.chars().count() < LONGEST / 2 {
            table += &line;
        } else {
            untold += 1;
        }
    }
    if untold > 0 {
        let _ = writeln!(table, "\n{}", fill(texts.more_targets, &[&number(untold)]));
    }
    sheet.push(&table, LONGEST);
}

/// One target with at most so many characters; false if it has no room at all.
fn section(sheet: &mut Sheet, outcome: &Outcome, share: usize, texts: &Texts) -> bool {
    let longest = sheet.chars + share;
    let ending = Ending::of_target(outcome);
    let mut head = format!("\n### {} {}\n", symbol(ending), said(&outcome.target, texts));
    let _ = writeln!(head, "\n{}", texts.meaning(ending, outcome.exit.code));
    head += &facts(outcome, texts);
    if !sheet.push(&head, longest) {
        return false;
    }
    let Some(diagnosis) = &outcome.diagnosis else { return true };
    let mut untold = 0;
    for (title, is) in [
        (texts.open, (|one| matches!(one, Standing::Open)) as fn(&Standing) -> bool),
        (texts.expired, |one| matches!(one, Standing::Expired(_))),
        (texts.accepted, |one| matches!(one, Standing::Accepted(_))),
    ] {
        let findings: Vec<_> = diagnosis.findings.iter().filter(|one| is(&one.standing)).collect();
        untold += list(sheet, title, &findings, longest.saturating_sub(RESERVE), texts);
    }
    if untold > 0 {
        sheet.push(&format!("\n{}\n", fill(texts.more_findings, &[&number(untold)])), longest);
    }
    true
}

fn facts(outcome: &Outcome, texts: &Texts) -> String {
    let mut facts = Vec::new();
    if !outcome.exit.because.is_empty() {
        facts.push((texts.why, listed(&outcome.exit.because, |one| sentence(one, texts))));
    }
    facts.push((texts.subject, said(&outcome.subject, texts)));
    if let Some(diagnosis) = &outcome.diagnosis {
        facts.push((texts.coverage, coverage(texts, outcome.service, &diagnosis.coverage)));
        let Diagnosis { coverage: told, depth, .. } = diagnosis;
        if !diagnosis.missing.is_empty() {
            let missing: Vec<_> = diagnosis.missing.iter().map(Untrusted::new).collect();
            facts.push((texts.missing, listed(&missing, |one| sentence(one, texts))));
        }
        if !told.not_scanned.is_empty() {
            facts.push((texts.not_scanned, listed(&told.not_scanned, |one| said(one, texts))));
        }
        if !told.scanned.is_empty() {
            facts.push((texts.scanned, listed(&told.scanned, |one| said(one, texts))));
        }
        if let Some(nothing) = Tally::of([diagnosis]).nothing(texts) {
            facts.push((texts.findings, nothing.to_owned()));
        } else if *depth == Depth::Totals {
            facts.push((texts.findings, texts.depths[2].to_owned()));
        }
    } else {
        facts.push((texts.findings, texts.no_result.to_owned()));
    }
    if let Some(owner) = &outcome.owner {
        facts.push((texts.owner, code(owner)));
    }
    if let Some(id) = &outcome.scan {
        facts.push((texts.scan, code(id.as_raw())));
    }
    if let Some(at) = outcome.console.as_ref().and_then(|at| sink::link_to(at.as_raw(), &CONSOLES))
    {
        facts.push((texts.console, format!("[{}](<{at}>)", texts.open_console)));
    }
    if let Some(command) = &outcome.resume {
        facts.push((texts.resume, code(command)));
    }
    let lines = facts.into_iter().map(|(name, value)| format!("- **{name}**: {value}\n"));
    format!("\n{}", lines.collect::<String>())
}

/// Findings as a table; returns how many of them have no room.
fn list(
    sheet: &mut Sheet,
    title: &str,
    findings: &[&Finding],
    longest: usize,
    texts: &Texts,
) -> u64 {
    let count =
        |findings: &[&Finding]| findings.iter().map(|one| one.count).fold(0, u64::saturating_add);
    let is_open = findings.iter().all(|one| one.standing == Standing::Open);
    let state = if is_open { texts.state } else { texts.acceptance };
    let names = [texts.severity, texts.rule, texts.place, state, texts.fingerprint];
    let head = format!(
        "\n#### {title} {}\n\n{}|---|---|---|---|---|\n",
        number(count(findings)),
        row(&names)
    );
    if findings.is_empty() {
        return 0;
    }
    if !sheet.push(&head, longest) {
        return count(findings);
    }
    let mut untold = 0_u64;
    for finding in findings {
        if !sheet.push(&row(&cells(finding, texts)), longest) {
            untold = untold.saturating_add(finding.count);
        }
    }
    untold
}

fn cells(finding: &Finding, texts: &Texts) -> [String; 5] {
    let title = said(&finding.rule.title, texts);
    let rule = match texts.rule_name(&finding.rule) {
        Some(name) if name == finding.rule.title.as_raw() => title,
        Some(name) => format!("{} ({title})", plain(name, texts)),
        None => title,
    };
    let rule =
        if finding.count == 1 { rule } else { format!("{rule} ×{}", number(finding.count)) };
    let parameter =
        finding.parameter.as_ref().map(|one| format!("{} {}", texts.parameter, said(one, texts)));
    let told = [&finding.method, &finding.url].map(|one| one.as_ref().map(|one| said(one, texts)));
    let place: Vec<_> = told.into_iter().chain([parameter]).flatten().collect();
    let place = if place.is_empty() { texts.no_place.to_owned() } else { place.join(" ") };
    let state = match (&finding.standing, finding.is_new) {
        (Standing::Open, Some(true)) => texts.new.to_owned(),
        (Standing::Open, Some(false)) => texts.known.to_owned(),
        (Standing::Open, None) => texts.not_compared.to_owned(),
        (Standing::Accepted(by) | Standing::Expired(by), _) => accepted(by, texts),
    };
    let fingerprint = format!("`{}`", finding.fingerprint);
    [severity(finding.severity, texts), rule, place, state, fingerprint]
}

fn accepted(by: &Acceptance, texts: &Texts) -> String {
    let (reason, owner) = (plain(&by.reason, texts), code(&by.owner));
    format!("{reason}; {owner}; {} {}", texts.until, by.until)
}

/// The worst ones stand out.
fn severity(severity: Severity, texts: &Texts) -> String {
    let word = texts.severity_of(severity);
    if severity == Severity::High { format!("**{word}**") } else { word.to_owned() }
}

fn because(reasons: &[Untrusted], texts: &Texts) -> String {
    let lines =
        reasons.iter().take(MOST_IN_A_LIST).map(|one| format!("- {}\n", sentence(one, texts)));
    let lines: String = lines.collect();
    let left = reasons.len().saturating_sub(MOST_IN_A_LIST) as u64;
    let more = if left > 0 { format!("- +{}\n", number(left)) } else { String::new() };
    if lines.is_empty() { lines } else { format!("\n{lines}{more}") }
}

/// A sentence of ours in the reader's language, or what was said.
fn sentence(text: &Untrusted, texts: &Texts) -> String {
    texts.sentence(text).map_or_else(|| said(text, texts), |ours| plain(&ours, texts))
}

/// The first few, and how many more there are.
fn listed(all: &[Untrusted], show: impl Fn(&Untrusted) -> String) -> String {
    let shown: Vec<_> = all.iter().take(MOST_IN_A_LIST).map(show).collect();
    let left = all.len() - shown.len();
    let more = if left > 0 { format!(" +{}", number(left as u64)) } else { String::new() };
    shown.join("; ") + &more
}

fn row(cells: &[impl AsRef<str>]) -> String {
    let cells: Vec<_> = cells.iter().map(AsRef::as_ref).collect();
    format!("| {} |\n", cells.join(" | "))
}

const fn symbol(ending: Ending) -> &'static str {
    match ending {
        Ending::Pass => "✅",
        Ending::Incomplete => "⚠️",
        Ending::Other => "❔",
        Ending::Gate => "❌",
    }
}

/// Text of others; of a very long one the beginning.
fn said(text: &Untrusted, texts: &Texts) -> String {
    let (shown, left) = clipped(text.as_raw(), LONGEST_TEXT);
    let shown = Untrusted::new(shown).for_markdown();
    let more = |left| format!("{shown}… ({})", fill(texts.more_characters, &[&number(left)]));
    if left > 0 { more(left) } else { shown }
}

/// What is to be copied; of a very long one the beginning.
fn code(text: &str) -> String {
    let (shown, left) = clipped(text, LONGEST_TEXT);
    let more = if left > 0 { "…" } else { "" };
    Untrusted::new(shown).for_markdown_code() + more
}

/// Text from the project's file or from this tool: it is shown as strictly.
fn plain(text: &str, texts: &Texts) -> String {
    said(&Untrusted::new(text), texts)
}
