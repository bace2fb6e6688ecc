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

/// Whether a target may be scanned at all.
pub(super) fn check(settings: &Settings, target: &Target) -> Result<(), Failed> {
    in_scope(settings, target)?;
    not_in_use(target)
}

/// How many charged scans may be started.
pub(super) struct Budget<'a>(Vec<Limit<'a>>);

/// One of its limits.
pub(super) struct Limit<'a> {
    /// For how long it counts: `run` or `day`.
    pub(super) of: &'static str,
    /// How many there are already.
    pub(super) used: u64,
    pub(super) most: &'a Setting<u64>,
}

impl<'a> Budget<'a> {
    /// What the journal leaves of it.
    pub(super) fn new(state: &State, settings: &'a Settings) -> Result<Self, Failed> {
        let mut limits = Vec::new();
        limits.extend(settings.max_billable_per_run.as_ref().map(|most| Limit {
            of: "run",
            used: 0,
            most,
        }));
        if let Some(most) = &settings.max_billable_per_day {
            let since = now_ms().saturating_sub(DAY_MS);
            limits.push(Limit { of: "day", used: state.charged_since(since)?, most });
        }
        Ok(Self(limits))
    }

    /// Takes one charged scan out of every limit, or none out of any.
    pub(super) fn take(&mut self) -> Result<(), Failed> {
        if let Some(limit) = self.0.iter().find(|limit| limit.used >= limit.most.value) {
            return Err(over_budget(limit.most));
        }
        for limit in &mut self.0 {
            limit.used += 1;
        }
        Ok(())
    }

    pub(super) fn limits(&self) -> &[Limit<'a>] {
        &self.0
    }
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
