//! Whose a host is: a person says once that it may be scanned, and that is kept.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::Path,
};

use serde::{Deserialize, Serialize};
use shindan_journal::{RunView, Subject};

use crate::{
    config::{Settings, Target},
    environment::Environment,
    exit::Exit,
    failed::Failed,
    reports::private,
    run_log::now_ms,
    state::State,
};

const NAME: &str = "hosts.json";

/// What was said of the hosts.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Hosts {
    hosts: BTreeMap<String, Said>,
}

/// Who has said so, by the name of the login, and when, in Unix ms.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    by: Option<String>,
    at_ms: i64,
}

/// The hosts of which nobody has said yet that they may be scanned: no list of allowed hosts covers them, nothing
/// was ever started there from here, and nobody was asked.
pub(super) fn unsaid<'t>(
    state: &State,
    settings: &Settings,
    targets: impl Iterator<Item = &'t Target>,
) -> Result<BTreeSet<String>, Failed> {
    // Whoever is not on such a list is refused.
    if !settings.allowed_hosts.is_empty() {
        return Ok(BTreeSet::new());
    }
    let mut hosts: BTreeSet<_> =
        targets.filter_map(Target::host).map(|host| lower(&host)).collect();
    if hosts.is_empty() {
        return Ok(hosts);
    }
    let scanned = state.journal.runs()?.runs;
    for host in scanned.iter().filter_map(scanned_host) {
        hosts.remove(&host);
    }
    if !hosts.is_empty() {
        let said = read(&state.directory.join(NAME))?;
        hosts.retain(|host| !said.hosts.contains_key(host));
    }
    Ok(hosts)
}

/// Keeps what was said, before anything is started.
pub(super) fn keep(
    state: &State,
    environment: &Environment,
    hosts: BTreeSet<String>,
) -> Result<(), Failed> {
    if hosts.is_empty() {
        return Ok(());
    }
    let path = state.directory.join(NAME);
    let mut all = read(&path)?;
    let by = environment.first(&["USER", "LOGNAME", "USERNAME"])?.map(|(_, name)| name.to_owned());
    for host in hosts {
        all.hosts.insert(host, Said { by: by.clone(), at_ms: now_ms() });
    }
    let json =
        serde_json::to_vec_pretty(&all).map_err(|error| Failed::new(Exit::Internal, error))?;
    private(&path, &json).map_err(|error| {
        Failed::new(
            Exit::Output,
            format!("{} cannot be written; nothing was started", path.display()),
        )
        .cause(error)
        .help("say --state-dir DIR, a directory that can be written")
    })
}

fn scanned_host(view: &RunView) -> Option<String> {
    if view.run.ids().is_empty() {
        return None;
    }
    match &view.run.intent.as_ref()?.scan {
        Subject::Wsc { url } => Some(lower(url.parse::<http::Uri>().ok()?.host()?)),
        Subject::VaddyV1 { fqdn, .. } => fqdn.split(':').next().map(lower),
        Subject::VaddyV2 { .. } | _ => None,
    }
}

fn lower(host: &str) -> String {
    host.to_ascii_lowercase()
}

/// A file that cannot be read is kept as it is.
fn read(path: &Path) -> Result<Hosts, Failed> {
    let unread = |cause: String| {
        Failed::new(Exit::Output, format!("{} cannot be read; nothing was started", path.display()))
            .cause(cause)
            .help("mend it, or move it away and say again whose the hosts are")
    };
    match fs::read(path) {
        Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| unread(error.to_string())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Hosts::default()),
        Err(error) => Err(unread(error.to_string())),
    }
}
