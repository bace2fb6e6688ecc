//! `shindan runs`: what was started from here.

use serde::Serialize;
use shindan_journal::{Entry, Journal, Phase, Record, RemoveError, RunView};

use super::{App, reconcile};
use crate::{
    args::{PruneArgs, RunsCommand},
    exit::Exit,
    failed::Failed,
    lang::word,
    output::{Output, Rows, figure, note, played},
    run_log::now_ms,
    state::{State, note_damage},
};

pub(super) async fn run(app: &App, command: RunsCommand) -> Result<Exit, Failed> {
    match command {
        RunsCommand::List => list(app),
        RunsCommand::Show { run } => show(app, &run),
        RunsCommand::Reconcile(args) => reconcile::run(app, args).await,
        RunsCommand::Export { run } => export(app, &run),
        RunsCommand::Prune(args) => prune(app, &args),
    }
}

/// A run, as it is told about.
#[derive(Debug, Serialize)]
pub(super) struct Told {
    run: String,
    begun: String,
    service: Option<String>,
    target: Option<String>,
    scans: Vec<String>,
    state: &'static str,
    exit: Option<u8>,
    emulated: bool,
    damaged_at: Vec<usize>,
    #[serde(skip)]
    unknown: bool,
}

impl Told {
    pub(super) fn of(view: &RunView) -> Self {
        let (intent, phase) = (view.run.intent.as_ref(), view.run.phase());
        Self {
            run: view.id.to_string(),
            begun: begun_at(view),
            service: intent.map(|intent| intent.service.clone()),
            target: intent.map(|intent| intent.target.clone()),
            scans: view.run.ids().into_iter().map(str::to_owned).collect(),
            state: match phase {
                Phase::Intended => "not sent",
                Phase::InFlight => "in flight",
                Phase::Unknown => "unknown",
                Phase::Accepted => "accepted",
                Phase::Started(_) => "started",
                Phase::Refused => "refused",
                Phase::NotStarted => "not started",
                Phase::Duplicate => "duplicate",
                Phase::Closed(_) => "ended",
            },
            exit: if let Phase::Closed(exit) = phase { Some(exit) } else { None },
            emulated: view.run.is_emulated(),
            damaged_at: view.damage().map(|damage| damage.offset).collect(),
            unknown: view.run.is_open_unknown() || phase == Phase::Duplicate,
        }
    }

    /// The service, and whether it was played.
    fn service(&self) -> String {
        played(&figure(self.service.as_ref()), self.emulated)
    }

    /// Whether it has to be looked at before its target is started again.
    pub(super) fn is_unknown(&self) -> bool {
        self.unknown
    }
}

pub(super) fn table<'a>(runs: impl IntoIterator<Item = &'a Told>) -> Rows {
    Rows::new(&["RUN", "BEGUN", "SERVICE", "TARGET", "SCAN", "STATE", "EXIT"]).rows(
        runs.into_iter().map(|told| {
            let scans = (!told.scans.is_empty()).then(|| told.scans.join(", "));
            vec![
                told.run.clone(),
                told.begun.clone(),
                told.service(),
                figure(told.target.as_ref()),
                figure(scans),
                word(told.state),
                figure(told.exit),
            ]
        }),
    )
}

fn list(app: &App) -> Result<Exit, Failed> {
    let state = app.state()?;
    let (views, whole) = views(&state)?;
    views.iter().for_each(note_damage);
    let told: Vec<_> = views.iter().map(Told::of).collect();
    app.output.answer(&told, |told| table(told))?;
    if views.iter().any(|view| view.run.is_open_unknown()) {
        note(format!("find out about the unknown ones with: {}", state.command("runs reconcile")));
    }
    Ok(whole)
}

fn show(app: &App, run: &str) -> Result<Exit, Failed> {
    let state = app.state()?;
    let view = state.journal.run(run)?;
    note_damage(&view);
    if view.torn_tail.is_some() {
        note("note: its last record is not whole");
    }
    app.output.answer(&Exported::of(&view), |exported| {
        let records = exported.records.iter().map(|record| {
            let json = serde_json::to_string(record).unwrap_or_default();
            vec![String::new(), json]
        });
        let told = Told::of(&view);
        Rows::new(&["RUN", ""])
            .rows([
                vec!["run".to_owned(), told.run.clone()],
                vec!["begun".to_owned(), told.begun.clone()],
                vec!["service".to_owned(), told.service()],
                vec!["target".to_owned(), figure(told.target)],
                vec!["scan".to_owned(), told.scans.join(", ")],
                vec!["state".to_owned(), word(told.state)],
                vec!["file".to_owned(), view.path.display().to_string()],
                vec!["records".to_owned(), exported.records.len().to_string()],
            ])
            .rows(records)
    })?;
    if view.run.is_open_unknown() {
        let reconcile = state.command(&format!("runs reconcile {}", view.id));
        note(format!("find out what became of it with: {reconcile}"));
    }
    Ok(Exit::Ok)
}

/// A run with everything that its file says.
#[derive(Serialize)]
struct Exported<'a> {
    #[serde(flatten)]
    told: Told,
    records: Vec<&'a Record>,
}

impl<'a> Exported<'a> {
    fn of(view: &'a RunView) -> Self {
        let records = view.entries.iter().filter_map(|entry| match entry {
            Entry::Record(Record::Other) | Entry::Damage { .. } => None,
            Entry::Record(record) => Some(record),
        });
        Self { told: Told::of(view), records: records.collect() }
    }
}

fn export(app: &App, runs: &[String]) -> Result<Exit, Failed> {
    let state = app.state()?;
    let (views, whole) = if runs.is_empty() {
        views(&state)?
    } else {
        let views: Result<_, _> = runs.iter().map(|run| state.journal.run(run)).collect();
        (views?, Exit::Ok)
    };
    for view in &views {
        note_damage(view);
        Output::json_line(&Exported::of(view))?;
    }
    Ok(whole)
}

fn prune(app: &App, args: &PruneArgs) -> Result<Exit, Failed> {
    let state = app.state()?;
    let age = i64::try_from(args.older_than.as_millis()).unwrap_or(i64::MAX);
    let before_ms = now_ms().saturating_sub(age);
    let (views, whole) = views(&state)?;
    let mut removed = Vec::new();
    for view in views.iter().filter(|view| view.id.at_ms() < before_ms) {
        if view.run.phase().is_over() && (args.dry_run || remove(&state.journal, view)?) {
            removed.push(Told::of(view));
        }
    }
    if !args.dry_run {
        state.journal.sweep(before_ms)?;
    }
    app.output.answer(&removed, |removed| table(removed))?;
    let (gone, all) = (removed.len(), views.len());
    note(if args.dry_run {
        format!("{gone} of {all} runs would be removed")
    } else {
        format!("{gone} of {all} runs removed")
    });
    Ok(whole)
}

/// Whether it is gone; one that goes on is kept.
fn remove(journal: &Journal, view: &RunView) -> Result<bool, Failed> {
    match journal.remove(view.id) {
        Ok(()) => Ok(true),
        Err(RemoveError::Journal(error)) => Err(error.into()),
        Err(kept) => {
            note(format!("note: {kept}"));
            Ok(false)
        }
    }
}

/// Every run that can be read, and the exit code of those that cannot.
pub(super) fn views(state: &State) -> Result<(Vec<RunView>, Exit), Failed> {
    let runs = state.journal.runs()?;
    let whole = if runs.unreadable.is_empty() { Exit::Ok } else { Exit::Output };
    for error in runs.unreadable {
        Failed::from(error).say();
    }
    Ok((runs.runs, whole))
}

/// In UTC.
pub(super) fn begun_at(view: &RunView) -> String {
    let time = jiff::Timestamp::from_millisecond(view.id.at_ms());
    let time = time.unwrap_or(jiff::Timestamp::MAX);
    format!("{time:.0}")
}
