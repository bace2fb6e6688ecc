//! What a step on GitHub shows and hands on, besides files.

mod outputs;

use core::fmt::Write as _;

use crate::{Finding, Outcome, Place, Severity, Standing, Summary, Untrusted};

pub use outputs::{outputs, started};

/// How many errors, and how many warnings, GitHub shows of one step.
const MOST_SHOWN: usize = 10;
/// How many targets one sentence names.
const MOST_NAMED: usize = 10;
/// Where a text of others is cut; the reports have all of it.
const MOST_CHARS: usize = 200;

/// Workflow commands that annotate files, to be printed as they are.
///
/// Targets that have not finished come first, then the findings, the worst first; accepted ones are left out. Of
/// errors and of warnings there are ten at most. A notice says what was scanned and what was cut, and what was cut
/// follows as plain lines between `::stop-commands::` and its end. `stop_token` makes that end: at least 128
/// random bits as letters and digits, drawn for this call.
pub fn annotations(summary: &Summary, stop_token: &str) -> String {
    let notes = notes(summary);
    let of = |level| notes.iter().filter(move |note| note.level == level);
    let (errors, warnings) = (of(Level::Error), of(Level::Warning));
    let shown = errors.clone().take(MOST_SHOWN).chain(warnings.clone().take(MOST_SHOWN));
    let cut: Vec<_> =
        errors.clone().skip(MOST_SHOWN).chain(warnings.clone().skip(MOST_SHOWN)).collect();

    let mut text: String = shown.map(Note::command).collect();
    let cut_errors = errors.count().saturating_sub(MOST_SHOWN);
    text += &notice(summary, cut_errors, cut.len() - cut_errors).command();
    if !cut.is_empty() {
        text += "::group::shindan: what has no annotation\n";
        let _ = writeln!(text, "::stop-commands::{stop_token}");
        text.extend(cut.into_iter().map(Note::line));
        let _ = writeln!(text, "::{stop_token}::\n::endgroup::");
    }
    text
}

struct Note<'a> {
    level: Level,
    title: String,
    message: String,
    place: Option<&'a Place>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    Error,
    Warning,
    Notice,
}

impl Level {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Notice => "notice",
        }
    }
}

impl Note<'_> {
    fn command(&self) -> String {
        let mut text = format!("::{} ", self.level.as_str());
        let _ = write!(text, "title={}", Untrusted::new(&self.title).for_actions_property());
        if let Some(Place { file, line }) = self.place {
            let _ =
                write!(text, ",file={},line={line}", Untrusted::new(file).for_actions_property());
        }
        text + "::" + &Untrusted::new(&self.message).for_actions_data() + "\n"
    }

    fn line(&self) -> String {
        let line = format!("{}: {}: {}", self.level.as_str(), self.title, self.message);
        Untrusted::new(line).for_actions_log() + "\n"
    }
}

/// All of them, the worst of each level first.
fn notes(summary: &Summary) -> Vec<Note<'_>> {
    let unfinished = summary.targets.iter().filter(|outcome| speaks(outcome)).map(ended);
    let mut notes: Vec<_> = unfinished.collect();
    let explained = summary.targets.iter().any(|outcome| outcome.exit.code == summary.exit.code);
    if !explained && (summary.exit.code != 0 || summary.targets.is_empty()) {
        let because = summary.exit.because.iter().map(Untrusted::as_raw);
        let nothing = summary.targets.is_empty().then_some("no target was scanned");
        notes.push(Note {
            level: Level::Error,
            title: format!("shindan: {}", short(&summary.exit.name)),
            message: sentence(because.chain(nothing)),
            place: None,
        });
    }
    let open = |outcome| open(outcome).map(move |finding| (outcome, finding));
    let mut findings: Vec<_> = summary.targets.iter().flat_map(open).collect();
    findings.sort_by_key(|(_, finding)| (finding.severity, finding.is_new != Some(true)));
    notes.extend(findings.into_iter().map(|(outcome, finding)| found(outcome, finding)));
    notes
}

fn open(outcome: &Outcome) -> impl Iterator<Item = &Finding> {
    let findings = outcome.diagnosis.iter().flat_map(|said| &said.findings);
    findings.filter(|finding| !matches!(finding.standing, Standing::Accepted(_)))
}

/// Whether a target has more to say than its findings do.
fn speaks(outcome: &Outcome) -> bool {
    let is_whole = outcome.diagnosis.as_ref().is_some_and(|said| said.missing.is_empty());
    let found_enough = outcome.exit.code == 1 && is_whole && open(outcome).next().is_some();
    !outcome.has_passed() && !found_enough
}

fn ended(outcome: &Outcome) -> Note<'_> {
    let unfinished = outcome.diagnosis.is_none().then_some("the scan has not finished");
    let missing = outcome.diagnosis.iter().flat_map(|said| &said.missing).map(String::as_str);
    let because = outcome.exit.because.iter().map(Untrusted::as_raw);
    let mut message = sentence(because.chain(missing).chain(unfinished));
    if let Some(resume) = &outcome.resume {
        let _ = write!(message, "; go on with: {}", short(resume));
    }
    Note {
        // A scan that was left running on purpose has failed nobody.
        level: if outcome.exit.code == 0 { Level::Warning } else { Level::Error },
        title: format!("{}: {}", name(outcome), short(outcome.word())),
        message,
        place: outcome.place.as_ref(),
    }
}

fn found<'a>(outcome: &'a Outcome, finding: &'a Finding) -> Note<'a> {
    let level = match finding.severity {
        Severity::High | Severity::Unrated => Level::Error,
        Severity::Medium | Severity::Low => Level::Warning,
    };
    let rule = finding.rule.name.as_deref().unwrap_or(finding.rule.title.as_raw());
    let severity = finding.severity.as_str().to_uppercase();
    let new = if finding.is_new == Some(true) { " (new)" } else { "" };
    let mut message = short(rule);
    if finding.count != 1 {
        let _ = write!(message, " \u{d7}{}", finding.count);
    }
    if let Some(parameter) = &finding.parameter {
        let _ = write!(message, " in parameter {}", short(parameter.as_raw()));
    }
    if let Some(url) = &finding.url {
        let method = finding.method.as_ref().map(|method| short(method.as_raw()) + " ");
        let _ = write!(message, " of {}{}", method.unwrap_or_default(), short(url.as_raw()));
    }
    if let Standing::Expired(acceptance) = &finding.standing {
        let _ = write!(message, "; accepted only until {}", acceptance.until);
    }
    let _ = write!(message, "; target {}, fingerprint {}", name(outcome), finding.fingerprint);
    Note {
        level,
        title: format!("{severity} {}{new}", short(rule)),
        message,
        place: finding.place.as_ref().or(outcome.place.as_ref()),
    }
}

/// What was scanned, what became of it, and what is not shown.
fn notice(summary: &Summary, cut_errors: usize, cut_warnings: usize) -> Note<'static> {
    let targets = &summary.targets;
    let passed = targets.iter().filter(|outcome| outcome.has_passed()).count();
    let mut message = format!("{passed} of {} targets passed", targets.len());
    for (n, outcome) in targets.iter().take(MOST_NAMED).enumerate() {
        let before = if n == 0 { ": " } else { ", " };
        let (subject, word) = (short(outcome.subject.as_raw()), short(outcome.word()));
        let service = outcome.service.as_str();
        let _ = write!(message, "{before}{} ({service} {subject}) {word}", name(outcome));
    }
    if targets.len() > MOST_NAMED {
        let _ = write!(message, " and {} more", targets.len() - MOST_NAMED);
    }
    if cut_errors + cut_warnings > 0 {
        let _ = write!(
            message,
            "; GitHub shows {MOST_SHOWN} of each, so {cut_errors} errors and {cut_warnings} warnings have no annotation"
        );
    }
    let findings = targets.iter().filter_map(|outcome| outcome.diagnosis.as_ref());
    let findings = findings.flat_map(|said| &said.findings);
    let accepted = findings.filter(|one| matches!(one.standing, Standing::Accepted(_))).count();
    if accepted > 0 {
        let _ = write!(message, "; {accepted} accepted are left out");
    }
    Note { level: Level::Notice, title: "shindan".to_owned(), message, place: None }
}

/// A target's name, and whether it is a pretended one.
fn name(outcome: &Outcome) -> String {
    let emulated = if outcome.emulated { " (emulated)" } else { "" };
    short(outcome.target.as_raw()) + emulated
}

/// Reasons in a row, each once.
fn sentence<'a>(reasons: impl Iterator<Item = &'a str>) -> String {
    let mut seen: Vec<String> = Vec::new();
    for reason in reasons.map(short) {
        if !seen.contains(&reason) {
            seen.push(reason);
        }
    }
    seen.join("; ")
}

fn short(text: &str) -> String {
    match text.char_indices().nth(MOST_CHARS) {
        Some((end, _)) => format!("{}\u{2026}", &text[..end]),
        None => text.to_owned(),
    }
}
