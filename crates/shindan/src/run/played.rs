//! `--emulator`: the command runs against a throw-away emulator, and leaves nothing behind.

use std::{env, fs, net::Ipv4Addr, path::PathBuf, process};

use shindan_emulator::{Clock, Emulator, Scenario, Server, keys};
use shindan_hyper::now;

use super::{App, emulator};
use crate::{failed::Failed, output::note};

/// A scan takes a minute of the emulator's time.
const CLOCK: Clock = Clock::Times(360);

/// The emulator, and what is recorded about it, until the command has ended.
pub(super) struct Played {
    _server: Server,
    state: Option<PathBuf>,
}

/// Starts an emulator and points the command at it, if that was said.
#[expect(clippy::option_option, reason = "not said, said alone, said with a scenario")]
pub(super) async fn start(
    app: &mut App,
    said: Option<Option<Scenario>>,
) -> Result<Option<Played>, Failed> {
    let said = match said {
        Some(scenario) => Some(scenario),
        None => app.environment.read(&["SHINDAN_EMULATOR"], scenario)?.map(Some),
    };
    let Some(scenario) = said else { return Ok(None) };
    let mut builder = Emulator::builder().clock(CLOCK);
    if let Some(scenario) = scenario {
        builder = builder.scenario(None, scenario);
    }
    let any_port = (Ipv4Addr::LOCALHOST, 0).into();
    let emulator = builder.build(now().wall);
    let server = emulator::serve(&app.executor, any_port, false, emulator).await?;
    let url = server.url();
    note(format!("emulator on {url} for this command alone; nothing is really scanned"));
    for (name, value) in [
        ("NCLOUD_ACCESS_KEY_ID", keys::WSC_ACCESS_KEY),
        ("NCLOUD_SECRET_ACCESS_KEY", keys::WSC_SECRET_KEY),
        ("WSC_ENDPOINT", &url),
        ("VADDY_USER", keys::VADDY_USER),
        ("VADDY_TOKEN", keys::VADDY_KEY),
        ("VADDY_API_SERVER", &url),
    ] {
        app.environment.set(name, value);
    }
    // What nobody can attach to later is not worth a record, unless somebody asks for one.
    let mut state = None;
    if app.state_dir.is_none() && app.environment.path("SHINDAN_STATE_DIR").is_none() {
        let folder = env::temp_dir().join(format!("shindan-emulator-{}", process::id()));
        app.state_dir = Some(folder.clone());
        state = Some(folder);
    }
    Ok(Some(Played { _server: server, state }))
}

fn scenario(name: &str) -> Result<Scenario, String> {
    name.parse().map_err(|error: shindan_emulator::UnknownScenario| error.to_string())
}

impl Drop for Played {
    fn drop(&mut self) {
        if let Some(state) = &self.state {
            let _ = fs::remove_dir_all(state);
        }
    }
}
