//! What our own rules say before anything is sent: scope, use, budget.

use crate::{
    args::HostPattern,
    config::{Setting, Settings, Stage, Target, What},
    exit::Exit,
    failed::Failed,
    run_log::now_ms,
    state::State,
};

const DAY_MS: i64 = 24 * 3_600 * 1_000;

/// Whether each of the targets may be scanned, in their order.
pub(super) fn check(
    state: &State,
    settings: &Settings,
    targets: &[Target],
) -> Result<Vec<Result<(), Failed>>, Failed> {
    let mut left = left(state, settings)?;
    Ok(targets
        .iter()
        .map(|target| {
            in_scope(settings, target)?;
            not_in_use(target)?;
            if target.is_billable() {
                for (left, limit) in &mut left {
                    *left = left.checked_sub(1).ok_or_else(|| over_budget(limit))?;
                }
            }
            Ok(())
        })
        .collect())
}

/// How many charged scans each limit still allows, and the limit.
fn left<'a>(state: &State, settings: &'a Settings) -> Result<Vec<(u64, &'a Setting<u64>)>, Failed> {
    let mut left = Vec::new();
    left.extend(settings.max_billable_per_run.as_ref().map(|limit| (limit.value, limit)));
    if let Some(limit) = &settings.max_billable_per_day {
        let since = now_ms().saturating_sub(DAY_MS);
        let charged = state.charged_since(since)?;
        left.push((limit.value.saturating_sub(charged), limit));
    }
    Ok(left)
}

fn over_budget(limit: &Setting<u64>) -> Failed {
    Failed::new(
        Exit::Refused,
        format!("the budget of {} charged scans is used up; nothing was started", limit.value),
    )
    .cause(format!("it was set by {}", limit.origin))
    .help("raise the limit there, or scan less")
}

/// A v2 project of VAddy has no host that we know; the service has checked whose it is.
fn in_scope(settings: &Settings, target: &Target) -> Result<(), Failed> {
    let Some(host) = target.host() else { return Ok(()) };
    let outside = |hosts: &&Setting<Vec<HostPattern>>| {
        !hosts.value.iter().any(|pattern| pattern.matches(&host))
    };
    match settings.allowed_hosts.iter().find(outside) {
        None => Ok(()),
        Some(hosts) => Err(Failed::new(
            Exit::Refused,
            format!("{host} is not one of the allowed-hosts; nothing was started"),
        )
        .cause(format!("they were set by {}", hosts.origin))
        .help("add the host there if it is yours to be scanned")),
    }
}

fn not_in_use(target: &Target) -> Result<(), Failed> {
    match (&target.what, target.stage) {
        (What::Vaddy(_), Some(Stage::Production)) => Err(Failed::new(
            Exit::Refused,
            format!(
                "{} is used in production, and VAddy changes what it scans; nothing was started",
                target.name
            ),
        )
        .cause(format!("it was set by {}", target.origin))
        .help("scan a copy of it")),
        (What::Wsc(_) | What::Vaddy(_), _) => Ok(()),
    }
}
