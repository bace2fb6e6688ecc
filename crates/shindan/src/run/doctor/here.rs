//! What is looked at on this machine.

use std::path::Path;

use shindan_journal::BeginError;

use super::{
    super::{App, runs::Told},
    Check, Status,
};
use crate::{
    config::{PROJECT_FILE, Settings},
    credentials,
    exit::Exit,
    failed::Failed,
    state::State,
};

/// What a scan writes is far smaller, in MiB.
const LITTLE_SPACE_MIB: u64 = 64;

/// The project's file and the user's.
pub(super) fn files(app: &App, settings: &Result<Settings, Failed>) -> Vec<Check> {
    let settings = match settings {
        Ok(settings) => settings,
        Err(failed) => return vec![Check::failed(("here", "settings"), failed)],
    };
    let Ok(found) = app.found() else { return Vec::new() };
    let project = match &found.project {
        Some(project) => Check::ok(
            ("here", "project file"),
            format!("{}: {} targets", project.path.display(), settings.targets.len()),
        ),
        None => Check::skipped(
            ("here", "project file"),
            format!("there is no {PROJECT_FILE} here or above"),
            "make one with: shindan config init",
        ),
    };
    let user =
        found.user.map(|user| Check::ok(("here", "user file"), format!("{}", user.path.display())));
    [project].into_iter().chain(user).collect()
}

/// Whether other tools of NAVER Cloud would find the same keys.
pub(super) fn ncloud_file(app: &App) -> Check {
    let name = ("here", "~/.ncloud");
    match credentials::differences(&app.environment) {
        Ok(None) => Check::ok(name, "there is no ~/.ncloud/configure"),
        Ok(Some(differences)) if differences.is_empty() => {
            Check::ok(name, "NAVER Cloud's other tools read ~/.ncloud/configure as this one does")
        }
        Ok(Some(differences)) => Check::warning(
            name,
            format!(
                "NAVER Cloud's other tools read ~/.ncloud/configure differently: {}",
                differences.join("; ")
            ),
            "for those tools set NCLOUD_ACCESS_KEY_ID and NCLOUD_SECRET_ACCESS_KEY, or keep one section and a key without a =",
        ),
        // It may not be needed at all; who needs it fails with its keys.
        Err(failed) => {
            Check { status: Status::Warning, exit: Exit::Ok, ..Check::failed(name, &failed) }
        }
    }
}

/// Where runs are kept, and those of which nobody knows what became of them.
pub(super) fn state(app: &App) -> Vec<Check> {
    let name = ("here", "state");
    let state = match app.state() {
        Ok(state) => state,
        Err(failed) => return vec![Check::failed(name, &failed)],
    };
    if let Err(failed) = state.probe() {
        return vec![Check::failed(name, &failed)];
    }
    let at = state.directory.display();
    let directory = match free_mib(&state.directory) {
        Some(mib) if mib < LITTLE_SPACE_MIB => Check::warning(
            name,
            format!("{at} can be written and locked, but only {mib} MiB are free"),
            "make room: nothing is started that cannot be recorded",
        ),
        Some(mib) => Check::ok(name, format!("{at} can be written and locked, {mib} MiB are free")),
        None => Check::ok(name, format!("{at} can be written and locked")),
    };
    std::iter::once(directory).chain(runs(&state)).collect()
}

fn runs(state: &State) -> Vec<Check> {
    let name = ("here", "runs");
    let all = match state.journal.runs() {
        Ok(all) => all,
        Err(error) => return vec![Check::failed(name, &error.into())],
    };
    let count = all.runs.len();
    let open = all.runs.iter().filter(|view| Told::of(view).is_unknown());
    // A process that is about to find out has the lock.
    let open =
        open.filter(|view| !matches!(state.journal.claim(view.id), Err(BeginError::LockHeld(_))));
    let open = open.map(|view| {
        let reconcile = state.command(&format!("runs reconcile {}", view.id));
        Check::warning(
            name,
            format!("nobody knows what became of the start of run {}", view.id),
            format!("find out with: {reconcile}"),
        )
    });
    let unreadable = all.unreadable.into_iter().map(|error| Check::failed(name, &error.into()));
    let mut checks: Vec<_> = open.chain(unreadable).collect();
    if checks.is_empty() {
        checks.push(Check::ok(name, format!("{count} runs, of none is the start unknown")));
    }
    checks
}

#[cfg(unix)]
fn free_mib(directory: &Path) -> Option<u64> {
    let of = rustix::fs::statvfs(directory).ok()?;
    Some(of.f_bavail.saturating_mul(of.f_frsize) >> 20)
}

#[cfg(not(unix))]
fn free_mib(_: &Path) -> Option<u64> {
    None
}
