//! Finds out what became of a start whose outcome is unknown; starts nothing.

use shindan_hyper::now;
use shindan_journal::{Class, Phase, RunId, RunView};
use shindan_proto::{LostStart, ScanError, Target, Timestamp, WatchPolicy};

use super::{App, note_clock, note_emulator, signals};
use crate::{
    args::{ReconcileArgs, ScanName},
    conclusion::Case,
    exit::Exit,
    failed::Failed,
    follow::{End, OnSignal, Start, Watch, follow},
    intent,
    output::note,
    run::runs::{Told, table},
    run_log::RunLog,
    service::Service,
    state::{State, note_damage},
    terms::Terms,
};

/// `shindan runs reconcile`.
pub(super) async fn run(app: &App, args: ReconcileArgs) -> Result<Exit, Failed> {
    let state = app.state()?;
    let (mut views, whole) = match &args.run {
        Some(run) => (vec![state.journal.run(run)?], Exit::Ok),
        None => super::runs::views(&state)?,
    };
    if args.run.is_none() {
        views.retain(|view| view.run.is_open_unknown());
    }
    let mut told = Vec::new();
    for view in &views {
        note_damage(view);
        let trouble = match one(app, &state, view, &args).await {
            Ok(()) => None,
            Err(failed) => {
                failed.say();
                Some(failed.exit())
            }
        };
        told.push((Told::of(&state.journal.run(&view.id.to_string())?), trouble));
        if let Some(Exit::Interrupted | Exit::Terminated) = trouble {
            break;
        }
    }
    let rows: Vec<_> = told.iter().map(|(told, _)| told).collect();
    app.output.answer(&rows, |rows| table(rows.iter().copied()))?;
    // One that nobody could be asked about is not decided either.
    let worst = told.iter().map(|(told, trouble)| match trouble {
        _ if told.is_unknown() => trouble.unwrap_or(Exit::Unknown),
        Some(exit) => *exit,
        None => Exit::Ok,
    });
    let worst = worst.chain([whole]);
    Ok(worst.max_by_key(|exit| (*exit == Exit::Unknown, *exit != Exit::Ok)).unwrap_or(Exit::Ok))
}

async fn one(app: &App, state: &State, view: &RunView, args: &ReconcileArgs) -> Result<(), Failed> {
    let by_hand = args.decision.nothing_started || args.decision.found.is_some();
    if by_hand {
        return decide(state, view, args);
    }
    match view.run.intent.as_ref().map(|intent| intent.service.as_str()) {
        Some("wsc") => ask(app, state, &app.wsc().await?, view, args).await,
        Some("vaddy") => ask(app, state, &app.vaddy()?, view, args).await,
        _ => Err(intent_is_lost(state, view)),
    }
}

/// What a person has seen counts like what we have.
fn decide(state: &State, view: &RunView, args: &ReconcileArgs) -> Result<(), Failed> {
    let service = view.run.intent.as_ref().map_or("", |intent| intent.service.as_str());
    // Where the intent is lost, nobody knows how its ids look.
    if let (Some(id), false) = (&args.decision.found, service.is_empty()) {
        format!("{service}:{id}").parse::<ScanName>().map_err(|reason| {
            Failed::new(Exit::Usage, format!("--found cannot be used: {reason}"))
        })?;
    }
    let file = state.journal.claim(view.id).map_err(|error| state.refused(view.id, error))?;
    if !state.journal.run(&view.id.to_string())?.run.is_open_unknown() {
        return Err(Failed::new(Exit::Usage, format!("the outcome of run {} is known", view.id))
            .help(format!("see it with: {}", state.command(&format!("runs show {}", view.id)))));
    }
    let mut log = RunLog::by_hand(file, service);
    match &args.decision.found {
        Some(id) => log.named(Class::Found, id, "a person has said so"),
        None => log.nothing("a person has said so"),
    }
    log.trouble.map_or(Ok(()), |error| Err(error.into()))
}

async fn ask<S: Service>(
    app: &App,
    state: &State,
    target: &Target<S>,
    view: &RunView,
    args: &ReconcileArgs,
) -> Result<(), Failed> {
    let scan = recall(app, state, target, view)?;
    let run = view.id;
    let again = state.command(&format!("runs reconcile {run}"));
    let case = Case {
        name: view.run.intent.as_ref().map_or_else(String::new, |intent| intent.target.clone()),
        subject: String::new(),
        run: Some(run),
        attach: state.command(&format!("attach {run}")),
        reconcile: again.clone(),
        what_runs: S::what_runs(&scan),
        attached: true,
        token: None,
        skips: false,
        terms: Terms::usual(""),
    };
    let policy = WatchPolicy {
        settle: args.settle,
        within: Some(args.wait_timeout),
        ..WatchPolicy::default()
    };
    let number = S::remark(&scan);
    let unknown = || {
        let failed =
            Failed::new(Exit::Unknown, format!("nobody knows yet what run {run} has started"))
                .help(format!("try again later with: {again}"))
                .help(format!(
                    "or look into the console, then say: {again} --found ID, or --nothing-started"
                ));
        number.into_iter().fold(failed, Failed::help)
    };
    let left = look(app, state, target, &case, scan, &policy).await;
    note_emulator(target);
    match left? {
        Some(End::Signal { signal, .. }) => Err(Failed::new(signal, "interrupted")),
        Some(_) if read(state, run)?.run.is_open_unknown() => Err(unknown()),
        _ => Ok(()),
    }
}

/// Looks for what an unknown start has left, and records it. `None` if the outcome is decided now.
pub(super) async fn look<S: Service>(
    app: &App,
    state: &State,
    target: &Target<S>,
    case: &Case,
    scan: S::Scan,
    policy: &WatchPolicy,
) -> Result<Option<End<S>>, Failed> {
    let Some(run) = case.run else { return Ok(None) };
    if !read(state, run)?.run.is_open_unknown() {
        return Ok(None);
    }
    let mut signals = signals()?;
    let file = state.journal.claim(run).map_err(|error| state.refused(run, error))?;
    // Read only now: before the lock was ours, another process may have found out.
    let view = read(state, run)?;
    let (Some(intent), true) = (&view.run.intent, view.run.is_open_unknown()) else {
        return Ok(None);
    };
    note(format!("{}: nobody knows whether it was started; looking for what it left", case.name));
    let lost = LostStart {
        before: view.run.baseline_ids.iter().filter_map(|id| S::id(&scan, id)).collect(),
        // If that record is lost, the intent is older.
        sent: Timestamp::from_unix_ms(view.run.sent_at_ms.unwrap_or(intent.at_ms)),
        accepted: view.run.phase() == Phase::Accepted,
        scan,
    };
    let watch = Watch {
        name: case.name.clone(),
        resume: case.reconcile.clone(),
        start: Start::Unknown,
        usual: None,
        on_signal: OnSignal::Leave,
    };
    let mut log = RunLog::new(file, target);
    let step = target.reconcile(now(), lost, policy);
    let end = follow(&app.executor, step, watch, Some(&mut log), &mut signals).await;
    note_clock(target);
    if let Some(error) = log.trouble {
        return Err(error.into());
    }
    let found = |end: &End<S>| matches!(end, End::Outcome(outcome) if matches!(outcome.result, Err(ScanError::Detached)));
    Ok(Some(end).filter(|end| !found(end)))
}

fn read(state: &State, run: RunId) -> Result<RunView, Failed> {
    Ok(state.journal.run(&run.to_string())?)
}

/// What was to be scanned, if it was for the service and the account that are set now.
pub(super) fn recall<S: Service>(
    app: &App,
    state: &State,
    target: &Target<S>,
    view: &RunView,
) -> Result<S::Scan, Failed> {
    let intent = view.run.intent.as_ref().ok_or_else(|| intent_is_lost(state, view))?;
    let scan = S::recall(intent, &app.environment)?.ok_or_else(|| intent_is_lost(state, view))?;
    let account = intent::account(target);
    if intent::target_key(target, &account, &scan) == intent.target_key {
        return Ok(scan);
    }
    let mut failed =
        Failed::new(Exit::Usage, format!("run {} belongs to another account or endpoint", view.id));
    if intent.endpoint != target.base().to_string() {
        failed = failed.cause(format!(
            "it was made at {}, and {} is set",
            intent.endpoint,
            target.base()
        ));
    }
    if intent.account != account {
        failed = failed.cause("it was made with the keys of another account");
    }
    Err(failed.help("set the variables that it was started with"))
}

pub(super) fn intent_is_lost(state: &State, view: &RunView) -> Failed {
    Failed::new(Exit::Output, format!("what run {} was to start cannot be read", view.id))
        .cause(view.path.display())
        .help("look into the service's console")
        .help(format!(
            "then say: {} --found ID, or --nothing-started",
            state.command(&format!("runs reconcile {}", view.id))
        ))
}
