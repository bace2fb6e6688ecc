//! `shindan report`: other reports from saved ones; no service is asked.

use std::{fs, path::Path};

use shindan_report::{
    Change, Diff, Finding, Summary,
    check::{Checked, check},
    diff,
    format::{self, Format},
    merge,
    verdict::Decision,
};

use super::App;
use crate::{
    args::{Kind, ReportCommand, Wanted},
    exit::Exit,
    failed::Failed,
    github,
    lang::{said, spoken, word},
    output::{Output, Rows, say},
    reports,
    state::quoted,
    time::today,
};

/// No report is larger, in bytes.
const MOST_BYTES: u64 = 256 << 20;

pub(super) fn run(app: &App, command: ReportCommand) -> Result<Exit, Failed> {
    match command {
        ReportCommand::Convert { from, to } => write(app, &read(&from)?, &to),
        ReportCommand::Merge { from, to } => {
            let mut all: Vec<_> = from.iter().map(|path| read(path)).collect::<Result<_, _>>()?;
            // Of a target that is in several, what was scanned last holds.
            all.sort_by(|a, b| a.began_at.cmp(&b.began_at));
            let (first, later) = all.split_first().expect("one file is required");
            let json = [Wanted::File(Format::Json, None)];
            write(app, &merge(first, later), if to.is_empty() { &json } else { &to })
        }
        ReportCommand::Diff { before, after } => {
            app.output.answer(&diff(&read(&before)?, &read(&after)?), changes)?;
            Ok(Exit::Ok)
        }
        ReportCommand::Check { file, kind, exit_zero } => checked(&file, kind, exit_zero),
    }
}

/// A saved run.
pub(super) fn read(path: &Path) -> Result<Summary, Failed> {
    format::read(&text(path)?).map_err(|error| {
        Failed::new(Exit::Usage, format!("{} cannot be used: {error}", quoted(path)))
            .help("name the summary.json that a run has left")
    })
}

fn text(path: &Path) -> Result<String, Failed> {
    let unread = |cause: &dyn std::fmt::Display| {
        Failed::new(Exit::Usage, format!("{} cannot be read", quoted(path)))
            .cause(cause)
            .help("name a report that a run has left")
    };
    match fs::metadata(path) {
        Ok(of) if of.len() > MOST_BYTES => Err(unread(&"it is too large for a report")),
        Ok(_) => fs::read_to_string(path).map_err(|error| unread(&error)),
        Err(error) => Err(unread(&error)),
    }
}

/// What has a path becomes a file, the rest is printed.
fn write(app: &App, summary: &Summary, to: &[Wanted]) -> Result<Exit, Failed> {
    let lang = app.plain_settings()?.report_lang.map_or_else(spoken, |lang| lang.value);
    for wanted in to {
        match wanted {
            Wanted::File(format, None) => Output::text(format.render(summary, lang).trim_end())?,
            Wanted::File(_, Some(path)) if path.exists() && !path.is_file() => {
                return Err(reports::no_file(path));
            }
            Wanted::File(format, Some(path)) => {
                let text = format.render(summary, lang);
                reports::whole(path, text.as_bytes())
                    .map_err(|error| reports::unwritten(path, &error))?;
            }
            Wanted::Github => github::conclude(&app.environment, summary, None, lang)?,
        }
    }
    Ok(Exit::Ok)
}

fn changes(diff: &Diff) -> Rows {
    let mut rows =
        Rows::new(&["TARGET", "CHANGE", "SEVERITY", "COUNT", "FINDING", "FINGERPRINT"]).wide();
    for changed in &diff.targets {
        let name = changed.target.as_raw();
        let plain = |rows: Rows, change: &str| {
            rows.row([name, &said(change), "", "", "", ""].map(str::to_owned))
        };
        rows = match &changed.change {
            Change::Findings { new, fixed, unseen, unchanged } => {
                let all = [
                    ("new", new),
                    ("fixed", fixed),
                    ("not looked for", unseen),
                    ("unchanged", unchanged),
                ];
                let all = all
                    .into_iter()
                    .flat_map(|(change, findings)| findings.iter().map(move |one| (change, one)));
                all.fold(rows, |rows, (change, finding)| rows.row(row(name, change, finding)))
            }
            Change::Counts { before, after } => {
                let total = |counts: &shindan_report::Counts| crate::output::figure(counts.total);
                plain(rows, &format!("{} before, {} now", total(before), total(after)))
            }
            Change::Added => plain(rows, "new target"),
            Change::Removed => plain(rows, "not scanned any more"),
            Change::Unfinished | _ => plain(rows, "not comparable: a scan has not finished"),
        };
    }
    rows
}

fn row(target: &str, change: &str, finding: &Finding) -> [String; 6] {
    let title = finding.rule.name.as_deref().unwrap_or_else(|| finding.rule.title.as_raw());
    [
        target.to_owned(),
        word(change),
        word(finding.severity.as_str()),
        finding.count.to_string(),
        title.to_owned(),
        finding.fingerprint.to_string(),
    ]
}

/// A saved run ends like it did; another report is looked through with its reader's eyes.
fn checked(path: &Path, kind: Option<Kind>, exit_zero: bool) -> Result<Exit, Failed> {
    let text = text(path)?;
    let kind = kind.or_else(|| kind_of(&text)).ok_or_else(|| {
        Failed::new(Exit::Usage, format!("{} is no report that is known here", quoted(path)))
            .help("say what it is with: --as summary, github or gitlab")
    })?;
    let found = match kind {
        Kind::Summary => return Ok(decided(&read(path)?, exit_zero)),
        Kind::Github => check(&text, Checked::GitHub),
        Kind::Gitlab => check(&text, Checked::GitLab),
    };
    if found.is_empty() {
        say(format!("{}: nothing that would be refused", quoted(path)));
        return Ok(Exit::Ok);
    }
    let sentence = format!("{} would be refused, or not shown as it should", quoted(path));
    Err(found.into_iter().fold(Failed::new(Exit::Usage, sentence), Failed::cause))
}

fn kind_of(text: &str) -> Option<Kind> {
    let value: serde_json::Value = serde_json::from_str(text).ok()?;
    let has = |key: &str| value.get(key).is_some();
    match () {
        () if has("schema") && has("targets") => Some(Kind::Summary),
        () if has("runs") => Some(Kind::Github),
        () if has("vulnerabilities") && has("scan") => Some(Kind::Gitlab),
        () => None,
    }
}

/// What was saved is judged again, and the worse of both holds: nobody passes without a scan that was whole.
fn decided(summary: &Summary, exit_zero: bool) -> Exit {
    let today = today();
    let judged =
        summary.targets.iter().map(|outcome| match outcome.judge_again(&today, exit_zero) {
            Some(Decision::Pass) => Exit::Ok,
            Some(Decision::Gate) => Exit::Gate,
            Some(Decision::Incomplete) => Exit::Incomplete,
            // What has no report of a finished scan says itself why, unless it says that all is well.
            None if outcome.exit.code == 0 => Exit::Incomplete,
            None => Exit::of_code(outcome.exit.code),
        });
    let said = summary.targets.iter().map(|outcome| &outcome.exit).chain([&summary.exit]);
    let said = said.map(|ended| Exit::of_code(ended.code));
    // What is overlooked counts for what it was without.
    let said = said.filter(|exit| *exit != Exit::Gate || !exit_zero);
    let none = summary.targets.is_empty().then_some(Exit::Incomplete);
    let exit = Exit::worst(judged.chain(said).chain(none));
    let because = summary.exit.because.iter().map(|why| why.as_raw().to_owned());
    let because = because.collect::<Vec<_>>().join(", ");
    say(format!("exit {} ({}): {because}", exit.code(), exit.name()).trim_end_matches([':', ' ']));
    exit
}
