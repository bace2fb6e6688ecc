//! `shindan scan`: start, follow, judge; one target or many, each for itself.

use std::slice::from_ref;

use super::{
    App,
    fleet::Fleet,
    picked::{self, Picked},
    start::How,
};
use crate::{
    approve::approved,
    args::{IfBusy, IntentArgs, ScanArgs},
    conclusion::Conclusion,
    config::{Flags, Target},
    exit::Exit,
    failed::Failed,
    intent,
    state::State,
};

pub(super) async fn run(app: &App, args: ScanArgs) -> Result<Exit, Failed> {
    let settings = app.settings(Flags {
        fail_on: args.follow.fail_on,
        wait_timeout: args.follow.wait_timeout,
        if_busy: args.if_busy,
        max_parallel: args.max_parallel,
        max_billable: args.max_billable,
        profile: app.profile.clone(),
        ..Flags::default()
    })?;
    let mut how = How::followed(&args.follow)?;
    (how.policy.detach, how.policy.settle) = (args.detach, args.intent.settle);
    let (yes, dedupe_key) = (args.intent.yes, dedupe_key(app, &args.intent)?);
    match picked::targets(app, &settings, args)? {
        Picked::One(target) => {
            let fleet = Fleet::new(app, &settings, how, dedupe_key, from_ref(&target)).await?;
            app.told(alone(&fleet, &target, yes).await?)
        }
        Picked::Named(targets) => {
            let fleet = Fleet::new(app, &settings, how, dedupe_key, &targets).await?;
            let checked = fleet.check(&targets)?;
            let meant = checked.iter().filter(|(_, said)| said.is_ok());
            let meant: Vec<_> = meant.map(|(target, _)| *target).collect();
            if !meant.is_empty() {
                approved(yes, &question(&meant))?;
            }
            fleet.all(checked).await
        }
    }
}

/// Only a start; what it has started goes on by itself.
pub(super) async fn detached(
    app: &App,
    target: Target,
    intent: &IntentArgs,
) -> Result<(Conclusion, State), Failed> {
    let settings = app.settings(Flags {
        if_busy: Some(IfBusy::Fail),
        profile: app.profile.clone(),
        ..Flags::default()
    })?;
    let (how, key) = (How::detached(intent)?, dedupe_key(app, intent)?);
    let fleet = Fleet::new(app, &settings, how, key, from_ref(&target)).await?;
    let conclusion = alone(&fleet, &target, intent.yes).await?;
    Ok((conclusion, fleet.state))
}

async fn alone(fleet: &Fleet<'_>, target: &Target, yes: bool) -> Result<Conclusion, Failed> {
    for (_, said) in fleet.check(from_ref(target))? {
        said?;
    }
    approved(yes, &question(&[target]))?;
    fleet.one(target).await
}

/// What is asked before anything is started.
fn question(targets: &[&Target]) -> String {
    let billable = targets.iter().filter(|target| target.is_billable()).count();
    let what = match (targets.len(), billable) {
        (1, 0) => "1 scan".to_owned(),
        (1, _) => "1 billable scan".to_owned(),
        (all, billable) if all == billable => format!("{all} billable scans"),
        (all, 0) => format!("{all} scans"),
        (all, billable) => format!("{all} scans, {billable} of them billable,"),
    };
    let names: Vec<_> = targets.iter().map(|target| target.title()).collect();
    format!("Start {what} of {}?", names.join(", "))
}

/// Said, or given by the pipeline that this runs in.
fn dedupe_key(app: &App, intent: &IntentArgs) -> Result<Option<String>, Failed> {
    if intent.dedupe_key.is_some() {
        return Ok(intent.dedupe_key.clone());
    }
    intent::key_of_pipeline(&app.environment)
}
