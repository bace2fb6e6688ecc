//! `shindan baseline`: the accepted findings of `shindan.toml`, edited in place.

mod edit;

use std::path::{Path, PathBuf};

use serde::Serialize;
use shindan_report::{Finding, Outcome, Standing, Summary};

use super::{App, report};
use crate::{
    args::{BaselineCommand, FromArgs},
    config::{Accepted, PROJECT_FILE, Settings},
    exit::Exit,
    failed::Failed,
    lang::word,
    output::{Output, Rows, say},
    table,
    time::{in_days, today},
};

pub(super) fn run(app: &App, command: BaselineCommand) -> Result<Exit, Failed> {
    match command {
        BaselineCommand::Init(accept) => {
            if let Some(first) = app.plain_settings()?.accepted.first() {
                let sentence = format!("{} accepts findings already", first.origin);
                return Err(Failed::new(Exit::Usage, sentence)
                    .help("add what is new with: shindan baseline update"));
            }
            edit::update(app, &accept, false)
        }
        BaselineCommand::Update { accept, prune } => edit::update(app, &accept, prune),
        BaselineCommand::Check { from, soon } => check(app, &from, soon),
        BaselineCommand::Explain { fingerprint, from } => explain(app, &fingerprint, &from),
    }
}

/// The report that is meant.
fn summary(settings: &Settings, from: &FromArgs) -> Result<Summary, Failed> {
    report::read(&place(settings, from))
}

fn place(settings: &Settings, from: &FromArgs) -> PathBuf {
    let usual = || {
        let directory = settings.report_dir.as_ref().map_or("dast-reports", |dir| &dir.value);
        Path::new(directory).join("summary.json")
    };
    from.from.clone().unwrap_or_else(usual)
}

/// One acceptance, and how it stands.
#[derive(Serialize)]
struct Row {
    fingerprint: String,
    target: Option<String>,
    owner: String,
    until: String,
    state: &'static str,
    origin: String,
}

fn check(app: &App, from: &FromArgs, soon: u64) -> Result<Exit, Failed> {
    let settings = app.plain_settings()?;
    // Without a report nobody knows which ones are used.
    let is_there = from.from.is_some() || place(&settings, from).exists();
    let summary = is_there.then(|| summary(&settings, from)).transpose()?;
    let (today, soon) = (today(), in_days(soon));
    let state = |accepted: &Accepted| {
        let used = summary.as_ref().is_none_or(|summary| is_used(accepted, summary));
        match &accepted.what.until {
            until if *until < today => "expired",
            _ if !used => "unused",
            until if *until <= soon => "ends soon",
            _ => "ok",
        }
    };
    let rows: Vec<_> = settings
        .accepted
        .iter()
        .map(|accepted| Row {
            fingerprint: accepted.what.fingerprint.to_string(),
            target: accepted.what.target.clone(),
            owner: accepted.what.owner.clone(),
            until: accepted.what.until.to_string(),
            state: state(accepted),
            origin: accepted.origin.to_string(),
        })
        .collect();
    app.output.answer(&rows, |rows| {
        Rows::new(&["FINGERPRINT", "TARGET", "OWNER", "UNTIL", "STATE", "WHERE"]).rows(
            rows.iter().map(|row| {
                let target = row.target.clone().unwrap_or_else(|| word("all"));
                vec![
                    row.fingerprint.clone(),
                    target,
                    row.owner.clone(),
                    row.until.clone(),
                    word(row.state),
                    row.origin.clone(),
                ]
            }),
        )
    })?;
    if summary.is_none() {
        say("note: there is no report to compare with, so nobody knows which ones are used");
    }
    let expired = rows.iter().filter(|row| row.state == "expired").count();
    if expired == 0 {
        return Ok(Exit::Ok);
    }
    Err(Failed::new(Exit::Gate, format!("{expired} accepted findings have expired"))
        .help("fix them, or decide again until when they are accepted"))
}

fn is_used(accepted: &Accepted, summary: &Summary) -> bool {
    found(summary).any(|(outcome, finding)| accepts(accepted, outcome, finding))
}

/// Whether an acceptance is about a finding, expired or not.
fn accepts(accepted: &Accepted, outcome: &Outcome, finding: &Finding) -> bool {
    let target = accepted.what.target.as_deref();
    accepted.what.fingerprint == finding.fingerprint
        && target.is_none_or(|target| target == outcome.target.as_raw())
}

fn found(summary: &Summary) -> impl Iterator<Item = (&Outcome, &Finding)> {
    summary.targets.iter().flat_map(|outcome| {
        let findings = outcome.diagnosis.iter().flat_map(|diagnosis| &diagnosis.findings);
        findings.map(move |finding| (outcome, finding))
    })
}

fn explain(app: &App, beginning: &str, from: &FromArgs) -> Result<Exit, Failed> {
    let settings = app.plain_settings()?;
    let summary = summary(&settings, from)?;
    let meant: Vec<_> = found(&summary)
        .filter(|(_, finding)| finding.fingerprint.as_str().starts_with(beginning))
        .collect();
    if meant.is_empty() {
        return Err(Failed::new(
            Exit::Precondition,
            format!("the report shows no finding {beginning}"),
        )
        .help(format!(
            "see what it shows with: shindan report convert {} md",
            place(&settings, from).display()
        )));
    }
    if app.output.is_json() {
        let findings: Vec<_> = meant.iter().map(|(_, finding)| finding).collect();
        Output::json_line(&findings)?;
        return Ok(Exit::Ok);
    }
    let mut lines = Vec::new();
    for (outcome, finding) in meant {
        lines.extend(table::lines(outcome, finding).into_iter().skip(1));
        if let Some(advice) = &finding.advice {
            lines.push(format!("        {}: {}", word("advice"), advice.as_raw()));
        }
        let is_named = settings.targets.iter().any(|one| one.name == outcome.target.as_raw());
        lines.extend(standing(outcome, finding, is_named));
    }
    app.output.lines(&lines)?;
    Ok(Exit::Ok)
}

/// Whether it is accepted, or how it would be.
fn standing(outcome: &Outcome, finding: &Finding, is_named: bool) -> Vec<String> {
    match &finding.standing {
        Standing::Accepted(by) => {
            vec![format!("        accepted until {} by {}: {}", by.until, by.owner, by.reason)]
        }
        Standing::Expired(by) => {
            vec![format!("        was accepted until {} by {}: {}", by.until, by.owner, by.reason)]
        }
        Standing::Open | _ if is_named => vec![
            format!("        to accept it, write into {PROJECT_FILE}:"),
            "        [[accept]]".to_owned(),
            format!("        fingerprint = \"{}\"", finding.fingerprint),
            format!("        target      = \"{}\"", outcome.target.as_raw()),
            format!("        count       = {}", finding.count),
            format!("        severity    = \"{}\"", finding.severity.as_str()),
            "        reason      = \"why\"".to_owned(),
            "        owner       = \"who answers for it\"".to_owned(),
            format!("        until       = {}", in_days(90)),
        ],
        Standing::Open | _ => {
            vec![format!("        to accept it, make a target of {PROJECT_FILE} of it first")]
        }
    }
}
