//! `[[accept]]` tables added and taken out; everything else in the file stays as somebody wrote it.

use std::{collections::BTreeSet, fs, path::Path};

use shindan_report::{Diagnosis, Finding, Outcome, Standing, Summary, accept::holds};
use toml_edit::{ArrayOfTables, DocumentMut, Item, Table, TomlError, Value, value};

use super::{super::App, accepts, found, is_used, summary};
use crate::{
    args::AcceptArgs,
    config::{Accepted, Source},
    exit::Exit,
    failed::Failed,
    output::say,
    reports::whole,
    state::quoted,
    time::today,
};

pub(super) fn update(app: &App, accept: &AcceptArgs, prune: bool) -> Result<Exit, Failed> {
    let settings = app.plain_settings()?;
    let (summary, today) = (summary(&settings, &accept.from)?, today());
    if accept.until < today {
        return Err(Failed::new(Exit::Usage, format!("{} is over", accept.until))
            .help("say a day to come, like --until 2027-01-31"));
    }
    let project = app.found()?.project.ok_or_else(|| {
        Failed::new(Exit::Usage, "there is no shindan.toml to write into")
            .help("make one with: shindan config init")
    })?;
    let path = &project.path;
    let text = fs::read_to_string(path).map_err(|error| unwritten(path, error))?;
    let mut document: DocumentMut = text.parse().map_err(|error| unwritten(path, error))?;
    let tables = document.entry("accept").or_insert(Item::ArrayOfTables(ArrayOfTables::new()));
    let Some(tables) = tables.as_array_of_tables_mut() else {
        return Err(Failed::new(
            Exit::Usage,
            format!("accept in {} is not written as [[accept]]", quoted(path)),
        )
        .help("write each one as a table of its own"));
    };
    // The settings are in the order of the file.
    let mut renewed = 0_u32;
    for (table, accepted) in tables.iter_mut().zip(&settings.accepted) {
        let lapsed = found(&summary).find(|(outcome, finding)| {
            accepts(accepted, outcome, finding) && !holds(finding, &accepted.what, &today)
        });
        if let Some((_, finding)) = lapsed {
            fill(table, accept, finding).map_err(|error| unwritten(path, error))?;
            renewed += 1;
        }
    }
    let is_gone =
        |accepted| prune && !is_used(accepted, &summary) && was_looked_for(accepted, &summary);
    let gone: Vec<_> = settings.accepted.iter().map(is_gone).collect();
    let mut at = gone.iter();
    tables.retain(|_| !at.next().copied().unwrap_or_default());
    let named = |target: &str| settings.targets.iter().any(|one| one.name == target);
    let (mut added, mut strangers) = (0_u32, BTreeSet::new());
    for (outcome, finding) in found(&summary) {
        let is_said = settings.accepted.iter().any(|accepted| accepts(accepted, outcome, finding));
        if !named(outcome.target.as_raw()) {
            // Without its name it would be accepted wherever it is found.
            strangers.insert(outcome.target.as_raw());
            continue;
        }
        if is_said || !matches!(finding.standing, Standing::Open) {
            continue;
        }
        let mut table = Table::new();
        table["fingerprint"] = value(finding.fingerprint.as_str());
        table["target"] = value(outcome.target.as_raw());
        fill(&mut table, accept, finding).map_err(|error| unwritten(path, error))?;
        tables.push(table);
        added += 1;
    }
    let new = document.to_string();
    // What would not be read again is not written.
    Source::parse(path.clone(), new.clone())?;
    if new != text {
        whole(path, new.as_bytes()).map_err(|error| unwritten(path, error))?;
    }
    for stranger in strangers {
        say(format!("note: {stranger} is no target of this file, so nothing of it is accepted"));
    }
    if summary.targets.iter().any(|outcome| outcome.emulated) {
        say("note: an emulator has played these findings");
    }
    let removed = gone.iter().filter(|gone| **gone).count();
    say(format!(
        "{}: {added} findings accepted, {renewed} accepted again, {removed} taken out",
        quoted(path)
    ));
    Ok(Exit::Ok)
}

/// What is accepted of a finding, by whom, and until when.
fn fill(table: &mut Table, accept: &AcceptArgs, finding: &Finding) -> Result<(), TomlError> {
    if finding.count > 1 {
        table["count"] = value(i64::try_from(finding.count).unwrap_or(i64::MAX));
    }
    table["severity"] = value(finding.severity.as_str());
    table["reason"] = value(&accept.reason);
    table["owner"] = value(&accept.owner);
    table["until"] = Item::Value(accept.until.as_str().parse::<Value>()?);
    Ok(())
}

/// Whether the scans that could show it were whole: what was not looked for may still be there.
fn was_looked_for(accepted: &Accepted, summary: &Summary) -> bool {
    let target = accepted.what.target.as_deref();
    let is_meant =
        |outcome: &&Outcome| target.is_none_or(|target| target == outcome.target.as_raw());
    let mut meant = summary.targets.iter().filter(is_meant).peekable();
    meant.peek().is_some()
        && meant.all(|outcome| outcome.diagnosis.as_ref().is_some_and(Diagnosis::is_whole))
}

fn unwritten(path: &Path, error: impl std::fmt::Display) -> Failed {
    Failed::new(Exit::Output, format!("{} cannot be written", quoted(path)))
        .cause(error)
        .help("let it be written, or say --config FILE")
}
