//! `shindan config`: what is set, and where.

use std::{fs::OpenOptions, io::Write, path::PathBuf};

use serde::Serialize;

use super::App;
use crate::{
    args::ConfigCommand,
    config::{PROJECT_FILE, SCHEMA, Shown, Source},
    exit::Exit,
    failed::Failed,
    output::{Output, Rows, note},
};

/// A project's file to begin with: every line holds, the others are examples.
const EXAMPLE: &str = include_str!("../config/example.toml");

pub(super) fn run(app: &App, command: &ConfigCommand) -> Result<Exit, Failed> {
    match command {
        ConfigCommand::Init => init()?,
        ConfigCommand::Check => check(app)?,
        ConfigCommand::Show { origin } => show(app, *origin)?,
        ConfigCommand::Schema => Output::text(SCHEMA.trim_end())?,
        ConfigCommand::Path => path(app)?,
    }
    Ok(Exit::Ok)
}

fn init() -> Result<(), Failed> {
    let written = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(PROJECT_FILE)
        .and_then(|mut file| file.write_all(EXAMPLE.as_bytes()));
    written.map_err(|error| {
        Failed::new(Exit::Output, format!("{PROJECT_FILE} cannot be written here"))
            .cause(error)
            .help("an existing file is never overwritten; edit it, or go to another directory")
    })?;
    note(format!("{PROJECT_FILE} is written; say what to scan, then try: shindan config check"));
    Ok(())
}

fn check(app: &App) -> Result<(), Failed> {
    let settings = app.plain_settings()?;
    let found = app.found()?;
    match &found.project {
        Some(project) => {
            note(format!(
                "{} is right: {} targets",
                project.path.display(),
                settings.targets.len()
            ));
        }
        None => note(format!(
            "there is no {PROJECT_FILE} here or above; make one with: shindan config init"
        )),
    }
    Ok(())
}

#[derive(Serialize)]
struct Row {
    name: String,
    value: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<String>,
}

fn show(app: &App, origin: bool) -> Result<(), Failed> {
    let settings = app.plain_settings()?;
    let row = |shown: Shown<'_>| Row {
        name: shown.name,
        value: shown.value,
        origin: origin.then(|| shown.origin.to_string()),
    };
    let rows: Vec<Row> = settings.shown().into_iter().map(row).collect();
    app.output.answer(&rows, |rows| {
        let header: &[&str] = if origin { &["NAME", "VALUE", "FROM"] } else { &["NAME", "VALUE"] };
        Rows::new(header).rows(rows.iter().map(|row| {
            let value = row.value.clone().unwrap_or_else(|| "-".to_owned());
            [row.name.clone(), value].into_iter().chain(row.origin.clone()).collect()
        }))
    })
}

#[derive(Serialize)]
struct Paths {
    project: Option<PathBuf>,
    user: Option<PathBuf>,
}

fn path(app: &App) -> Result<(), Failed> {
    let found = app.found()?;
    let path = |source: &Source| source.path.clone();
    let paths =
        Paths { project: found.project.as_ref().map(path), user: found.user.as_ref().map(path) };
    app.output.answer(&paths, |paths| {
        let named = [("project", &paths.project), ("user", &paths.user)];
        Rows::new(&["FILE", "PATH"]).rows(named.into_iter().map(|(name, path)| {
            let path = path.as_ref().map_or("-".to_owned(), |path| path.display().to_string());
            vec![name.to_owned(), path]
        }))
    })
}
