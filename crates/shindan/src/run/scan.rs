//! `shindan scan`: start, follow, judge; one target or many, each for itself.

use std::{slice::from_ref, time::Duration};

use tokio::select;

use super::{
    App,
    fleet::Fleet,
    ownership,
    picked::{self, Picked},
    plan,
    prepare::Prepared,
    signals,
    start::How,
    tell::Telling,
};
use crate::{
    approve::{approved, can_be_asked},
    args::{DryRun, IfBusy, IntentArgs, Rescan, ScanArgs},
    conclusion::Conclusion,
    config::{Flags, Settings, Target},
    exit::Exit,
    failed::Failed,
    intent,
    reports::Reports,
    state::State,
    terms::Terms,
};

pub(super) async fn run(app: &App, args: ScanArgs) -> Result<Exit, Failed> {
    if args.intent.dry_run.is_some() {
        return plan::run(app, args).await;
    }
    let settings = settings(app, &args)?;
    let mut how = How::followed(&args.follow)?;
    (how.policy.detach, how.policy.settle) = (args.detach, args.intent.settle);
    let (yes, dedupe_key) = (args.intent.yes, dedupe_key(app, &args.intent)?);
    let telling = Telling::new(app, Reports::new(&settings, &args.report)?);
    match picked::targets(app, &settings, args)? {
        Picked::One(target) => {
            let targets = from_ref(&*target);
            let fleet = Fleet::new(app, &settings, how, dedupe_key, targets).await?;
            let telling = telling.with_history(&fleet.state);
            telling.begin(&settings, targets)?;
            match alone(&fleet, &target, yes).await {
                Ok(conclusion) => telling.of_one(conclusion),
                Err(failed) => telling.of_none(&settings, targets, failed),
            }
        }
        Picked::Named(targets) => {
            let fleet = Fleet::new(app, &settings, how, dedupe_key, &targets).await?;
            let telling = telling.with_history(&fleet.state);
            telling.begin(&settings, &targets)?;
            match several(&fleet, &targets, yes).await {
                Ok(conclusions) => telling.of_all(&conclusions),
                Err(failed) => telling.of_none(&settings, &targets, failed),
            }
        }
    }
}

async fn several(
    fleet: &Fleet<'_>,
    targets: &[Target],
    yes: bool,
) -> Result<Vec<Conclusion>, Failed> {
    let checked = fleet.check(targets);
    if checked.iter().any(|(_, said)| said.is_ok()) {
        can_be_asked(yes)?;
    }
    let prepared = prepare(fleet, yes, checked).await?;
    approve(fleet, yes, &prepared)?;
    fleet.all(prepared).await
}

/// What holds for a scan or its plan.
pub(super) fn settings(app: &App, args: &ScanArgs) -> Result<Settings, Failed> {
    app.settings(Flags {
        fail_on: args.follow.fail_on,
        wait_timeout: args.follow.wait_timeout,
        if_busy: args.if_busy,
        rescan: args.rescan,
        reuse_within: args.reuse_within,
        max_parallel: args.max_parallel,
        max_billable: args.max_billable,
        min_coverage: args.report.min_coverage,
        report_dir: args.report.report_dir.clone(),
        profile: app.profile.clone(),
    })
}

/// Only a start, always of something new; what it has started goes on by itself.
pub(super) async fn detached(
    app: &App,
    target: Target,
    intent: &IntentArgs,
) -> Result<(Conclusion, State), Failed> {
    let settings = of_something_new(app)?;
    let (how, key) = (How::detached(intent)?, dedupe_key(app, intent)?);
    let fleet = Fleet::new(app, &settings, how, key, from_ref(&target)).await?;
    let conclusion = alone(&fleet, &target, intent.yes).await?;
    Ok((conclusion, fleet.state))
}

/// What such a start would come to.
pub(super) async fn foreseen(
    app: &App,
    target: &Target,
    intent: &IntentArgs,
    dry_run: DryRun,
) -> Result<Exit, Failed> {
    let settings = of_something_new(app)?;
    let (how, key) = (How::detached(intent)?, dedupe_key(app, intent)?);
    let fleet = Fleet::new(app, &settings, how, key, from_ref(target)).await?;
    plan::foresee(&fleet, from_ref(target), dry_run).await
}

fn of_something_new(app: &App) -> Result<Settings, Failed> {
    app.settings(Flags {
        if_busy: Some(IfBusy::Fail),
        rescan: Some(Rescan::Never),
        reuse_within: Some(Duration::ZERO),
        profile: app.profile.clone(),
        ..Flags::default()
    })
}

async fn alone(fleet: &Fleet<'_>, target: &Target, yes: bool) -> Result<Conclusion, Failed> {
    let checked = fleet.check(from_ref(target));
    for (_, said) in &checked {
        said.clone()?;
    }
    can_be_asked(yes)?;
    let mut prepared = prepare(fleet, yes, checked).await?;
    approve(fleet, yes, &prepared)?;
    let prepared = prepared.pop().expect("as many are prepared as were checked");
    match prepared.said {
        Ok(ready) => fleet.one(target, ready).await,
        Err(failed) => {
            Ok(Conclusion::of_nothing(target, &Terms::of(fleet.settings, target), failed))
        }
    }
}

/// Where a question comes next, a signal ends the process by itself, as it does then.
async fn prepare<'t>(
    fleet: &Fleet<'_>,
    yes: bool,
    checked: Vec<(&'t Target, Result<(), Failed>)>,
) -> Result<Vec<Prepared<'t>>, Failed> {
    if !yes {
        return fleet.prepare(checked).await;
    }
    let mut signals = signals()?;
    select! {
        prepared = fleet.prepare(checked) => prepared,
        signal = signals.next() => {
            Err(Failed::new(signal, "interrupted before anything was started"))
        }
    }
}

/// Asks about everything that is started, and about hosts that nobody was asked about before.
fn approve(fleet: &Fleet<'_>, yes: bool, prepared: &[Prepared<'_>]) -> Result<(), Failed> {
    let starts = prepared.iter().filter_map(|one| {
        let ready = one.said.as_ref().ok().filter(|ready| ready.starts())?;
        Some((one.target, ready.is_charged()))
    });
    let starts: Vec<_> = starts.collect();
    if starts.is_empty() {
        return Ok(());
    }
    let targets = starts.iter().map(|(target, _)| *target);
    let hosts = ownership::unsaid(&fleet.state, fleet.settings, targets)?;
    let whose: Vec<_> =
        hosts.iter().map(|host| format!("Is {host} yours to be scanned?")).collect();
    approved(yes, &[&[question(&starts)], &whose[..]].concat())?;
    ownership::keep(&fleet.state, &fleet.app.environment, hosts)
}

/// What is asked before anything is started: the targets, and whether each is charged.
fn question(starts: &[(&Target, bool)]) -> String {
    let charged = starts.iter().filter(|(_, charged)| *charged).count();
    let names: Vec<_> = starts.iter().map(|(target, _)| target.title()).collect();
    let names = names.join(", ");
    match (starts.len(), charged) {
        (1, 0) => format!("Start 1 scan of {names}?"),
        (1, _) => format!("Start 1 billable scan of {names}?"),
        (all, charged) if all == charged => format!("Start {all} billable scans of {names}?"),
        (all, 0) => format!("Start {all} scans of {names}?"),
        (all, charged) => format!("Start {all} scans, {charged} of them billable, of {names}?"),
    }
}

/// Said, or given by the pipeline that this runs in.
pub(super) fn dedupe_key(app: &App, intent: &IntentArgs) -> Result<Option<String>, Failed> {
    if intent.dedupe_key.is_some() {
        return Ok(intent.dedupe_key.clone());
    }
    intent::key_of_pipeline(&app.environment)
}
