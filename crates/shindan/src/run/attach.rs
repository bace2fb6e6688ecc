//! `shindan attach`: follow again what was started before.

use std::time::Instant;

use shindan_hyper::now;
use shindan_journal::RunView;
use shindan_proto::{Target, Token, VaddyProject, VaddyScanId};

use super::{
    App, note_clock, note_emulator, reconcile,
    runs::begun_at,
    signals,
    start::{How, finish},
    tell::Telling,
};
use crate::{
    args::{AttachArgs, FailOn, ScanName, word},
    conclusion::{Case, Conclusion},
    config::{Flags, Settings},
    exit::Exit,
    failed::Failed,
    follow::{Start, Watch, follow},
    output::note,
    project,
    reports::Reports,
    run_log::RunLog,
    service::Service,
    state::{State, note_damage},
    terms::{Terms, subject},
};

pub(super) async fn run(app: &App, args: AttachArgs) -> Result<Exit, Failed> {
    let mut how = How::followed(&args.follow)?;
    how.policy.settle = args.settle;
    let settings = app.settings(Flags {
        fail_on: args.follow.fail_on,
        min_coverage: args.report.min_coverage,
        report_dir: args.report.report_dir.clone(),
        profile: app.profile.clone(),
        ..Flags::default()
    })?;
    let telling = Telling::new(app, Reports::new(&settings, &args.report)?);
    // What nothing here has started has no history here.
    let telling = match &args.what {
        Some(ScanName::Wsc(_) | ScanName::Vaddy(_)) => telling,
        Some(ScanName::Run(_)) | None => telling.with_history(&app.state()?),
    };
    let conclusion = conclude(app, &settings, args, how).await?;
    telling.of_one(conclusion)
}

async fn conclude(
    app: &App,
    settings: &Settings,
    args: AttachArgs,
    how: How,
) -> Result<Conclusion, Failed> {
    let said = args.follow.fail_on;
    match args.what {
        Some(ScanName::Wsc(no)) => {
            follow_id(app, settings, &app.wsc().await?, no, gate(said), how).await
        }
        Some(ScanName::Vaddy(scan_id)) => {
            let named = project::named(&args.project, &app.environment)?;
            let option = match &named {
                Some(VaddyProject::V1 { fqdn, .. }) => format!(" --fqdn {fqdn}"),
                // A v2 scan is found by its id alone.
                Some(VaddyProject::V2 { .. }) | None => String::new(),
            };
            let project = named.unwrap_or(VaddyProject::V2 { project_id: String::new() });
            let id = VaddyScanId { project, scan_id };
            let option = option + &gate(said);
            follow_id(app, settings, &app.vaddy()?, id, option, how).await
        }
        Some(ScanName::Run(run)) => {
            let state = app.state()?;
            let view = state.journal.run(&run)?;
            follow_run(app, settings, &state, view, how).await
        }
        None => {
            let state = app.state()?;
            let view = state.journal.latest()?.ok_or_else(|| {
                Failed::new(Exit::Precondition, "there is no run yet")
                    .help("start one with: shindan scan")
            })?;
            follow_run(app, settings, &state, view, how).await
        }
    }
}

/// The gate that was said, as an option of the command that goes on.
fn gate(said: Option<FailOn>) -> String {
    said.map_or_else(String::new, |gate| format!(" --fail-on {}", word(&gate)))
}

async fn follow_run(
    app: &App,
    settings: &Settings,
    state: &State,
    view: RunView,
    how: How,
) -> Result<Conclusion, Failed> {
    note_damage(&view);
    match view.run.intent.as_ref().map(|intent| intent.service.as_str()) {
        Some("wsc") => follow_run_of(app, settings, state, &app.wsc().await?, view, how).await,
        Some("vaddy") => follow_run_of(app, settings, state, &app.vaddy()?, view, how).await,
        _ => Err(reconcile::intent_is_lost(state, &view)),
    }
}

async fn follow_run_of<S: Service>(
    app: &App,
    settings: &Settings,
    state: &State,
    target: &Target<S>,
    view: RunView,
    mut how: How,
) -> Result<Conclusion, Failed> {
    let scan = reconcile::recall(app, state, target, &view)?;
    let run = view.id;
    let intent = view.run.intent.as_ref();
    let name = intent.map_or_else(String::new, |intent| intent.target.clone());
    note(format!("run {run}: {} scan of {name}, begun {}", S::NAME, begun_at(&view)));
    let subject = intent.map(|intent| subject(&intent.scan).to_owned()).unwrap_or_default();
    let case = Case {
        terms: Terms::recalled(settings, intent),
        name,
        subject,
        run: Some(run),
        attach: state.command(&format!("attach {run}")),
        reconcile: state.command(&format!("runs reconcile {run}")),
        what_runs: S::what_runs(&scan),
        attached: true,
        token: own_token(&view),
        skips: false,
    };
    // The service has named it, so a list that does not show it is no more than an outage.
    how.policy.unseen = how.policy.outage;
    let begun = Instant::now();
    if let Some(end) = reconcile::look(app, state, target, &case, scan.clone(), &how.policy).await?
    {
        note_emulator(target);
        return Ok(Conclusion::draw(&case, target, end, begun.elapsed()));
    }
    let known = state.journal.run(&run.to_string())?.run;
    let ids: Vec<_> = known.ids().into_iter().filter_map(|id| S::id(&scan, id)).collect();
    match &ids[..] {
        [id] => {
            let log = RunLog::new(state.journal.reopen(run)?, target);
            follow_scan(app, target, id.clone(), case, Some(log), how).await
        }
        [] if known.ids().is_empty() => {
            Err(Failed::new(Exit::Precondition, format!("run {run} has started nothing")).help(
                format!("see what it did with: {}", state.command(&format!("runs show {run}"))),
            ))
        }
        [] => Err(Failed::new(Exit::Output, format!("what run {run} has started cannot be read"))
            .help(format!("see it with: {}", state.command(&format!("runs show {run}"))))),
        ids => {
            let failed = Failed::new(Exit::Unknown, format!("run {run} has more than one scan"));
            let failed = ids.iter().fold(failed, |failed, id| failed.cause(format!("scan {id}")));
            Err(failed.help(format!("follow one of them with: shindan attach {}:ID", S::NAME)))
        }
    }
}

/// A scan that somebody names, with the options that this takes; nothing is recorded of it.
async fn follow_id<S: Service>(
    app: &App,
    settings: &Settings,
    target: &Target<S>,
    id: S::Id,
    options: String,
    how: How,
) -> Result<Conclusion, Failed> {
    let attach = format!("shindan attach {}:{id}{options}", S::NAME);
    let case = Case {
        name: id.to_string(),
        subject: id.to_string(),
        run: None,
        reconcile: attach.clone(),
        what_runs: attach.clone(),
        attach,
        attached: true,
        token: None,
        skips: false,
        terms: Terms::plain(settings, ""),
    };
    follow_scan(app, target, id, case, None, how).await
}

async fn follow_scan<S: Service>(
    app: &App,
    target: &Target<S>,
    id: S::Id,
    case: Case,
    mut log: Option<RunLog>,
    how: How,
) -> Result<Conclusion, Failed> {
    let begun = Instant::now();
    let watch = Watch {
        name: case.name.clone(),
        resume: case.attach.clone(),
        start: Start::Known(id.clone()),
        usual: None,
        on_signal: how.on_signal,
    };
    let step = target.attach(now(), id, how.policy);
    let end = follow(&app.executor, step, watch, log.as_mut(), &mut signals()?).await;
    note_clock(target);
    note_emulator(target);
    let conclusion = Conclusion::draw(&case, target, end, begun.elapsed());
    Ok(match log {
        Some(log) => finish(log, conclusion),
        None => conclusion,
    })
}

/// The mark of a start that this run has sent itself. What a repetition's report shows is not documented.
fn own_token(view: &RunView) -> Option<Token> {
    let intent = view.run.intent.as_ref().filter(|intent| intent.repeats.is_none())?;
    view.run.sent_at_ms?;
    intent.token.parse().ok()
}
