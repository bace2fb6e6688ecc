//! `[[accept]]` tables added and taken out; everything else in the file stays as somebody wrote it.

use std::{fs, path::Path};

use shindan_report::Standing;
use toml_edit::{ArrayOfTables, DocumentMut, Item, Table, Value, value};

use super::{super::App, accepts, found, is_used, summary};
use crate::{
    args::AcceptArgs, config::Source, exit::Exit, failed::Failed, output::say, reports::whole,
    state::quoted,
};

pub(super) fn update(app: &App, accept: &AcceptArgs, prune: bool) -> Result<Exit, Failed> {
    let settings = app.plain_settings()?;
    let summary = summary(&settings, &accept.from)?;
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
    let mut unused = Vec::new();
    if prune {
        // The settings are in the order of the file.
        unused = settings.accepted.iter().map(|accepted| !is_used(accepted, &summary)).collect();
        let mut at = unused.iter();
        tables.retain(|_| !at.next().copied().unwrap_or_default());
    }
    let named = |target: &str| settings.targets.iter().any(|one| one.name == target);
    let mut added = 0_u32;
    for (outcome, finding) in found(&summary) {
        let is_said = settings.accepted.iter().any(|accepted| accepts(accepted, outcome, finding));
        if is_said || !matches!(finding.standing, Standing::Open) {
            continue;
        }
        let mut table = Table::new();
        table["fingerprint"] = value(finding.fingerprint.as_str());
        let target = outcome.target.as_raw();
        if named(target) {
            table["target"] = value(target);
        }
        if finding.count > 1 {
            table["count"] = value(i64::try_from(finding.count).unwrap_or(i64::MAX));
        }
        table["reason"] = value(&accept.reason);
        table["owner"] = value(&accept.owner);
        let until =
            accept.until.as_str().parse::<Value>().map_err(|error| unwritten(path, error))?;
        table["until"] = Item::Value(until);
        tables.push(table);
        added += 1;
    }
    let text = document.to_string();
    // What would not be read again is not written.
    Source::parse(path.clone(), text.clone())?;
    whole(path, text.as_bytes()).map_err(|error| unwritten(path, error))?;
    let removed = unused.iter().filter(|unused| **unused).count();
    say(format!("{}: {added} findings accepted, {removed} taken out", quoted(path)));
    Ok(Exit::Ok)
}

fn unwritten(path: &Path, error: impl std::fmt::Display) -> Failed {
    Failed::new(Exit::Output, format!("{} cannot be written", quoted(path)))
        .cause(error)
        .help("let it be written, or say --config FILE")
}
