//! `shindan doctor`: what would be in the way of a scan, and what to do about it. Costs nothing and starts
//! nothing.

mod call;
mod here;
mod service;

use futures_util::future::join;
use serde::Serialize;
use shindan_hyper::Network;

use super::App;
use crate::{exit::Exit, failed::Failed, lang::said, output::Rows};

#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "lowercase")]
enum Status {
    Ok,
    Warning,
    Failed,
    Skipped,
}

/// One thing that was looked at.
#[derive(Serialize)]
struct Check {
    of: &'static str,
    name: &'static str,
    status: Status,
    says: String,
    /// What to do, if it is not ok.
    help: Vec<String>,
    #[serde(skip)]
    exit: Exit,
}

/// What a check is about, and its name.
type Name = (&'static str, &'static str);

#[derive(Serialize)]
struct Checked {
    exit: u8,
    result: &'static str,
    checks: Vec<Check>,
}

/// Exits as the worst of what has failed; warnings are no failure.
pub(super) async fn run(app: &App, network: Result<Network, Failed>) -> Result<Exit, Failed> {
    let settings = app.plain_settings();
    let mut checks = here::files(app, &settings);
    checks.push(here::ncloud_file(app));
    match (&settings, &network) {
        (Ok(settings), Ok(network)) => {
            let keys = service::Keys::look_up(app, settings).await;
            let (wsc, vaddy) = join(
                service::wsc(app, settings, network, &keys),
                service::vaddy(app, settings, network, &keys),
            )
            .await;
            checks.extend(wsc.into_iter().chain(vaddy));
        }
        (_, Err(failed)) => checks.push(Check::failed(("here", "network"), failed)),
        (Err(_), Ok(_)) => {
            let why = "the services are not asked while a setting is wrong";
            checks.push(Check::skipped(("here", "services"), why, "mend the setting first"));
        }
    }
    checks.extend(here::state(app));
    let exit = Exit::worst(checks.iter().map(|check| check.exit));
    let checked = Checked { exit: exit.code(), result: exit.name(), checks };
    app.output.answer(&checked, |checked| {
        Rows::new(&["STATUS", "OF", "CHECK", "RESULT"])
            .rows(checked.checks.iter().flat_map(Check::rows))
            .wide()
    })?;
    Ok(exit)
}

impl Check {
    fn new((of, name): Name, status: Status, says: impl Into<String>) -> Self {
        Self { of, name, status, says: says.into(), help: Vec::new(), exit: Exit::Ok }
    }

    fn ok(name: Name, says: impl Into<String>) -> Self {
        Self::new(name, Status::Ok, says)
    }

    fn skipped(name: Name, why: impl Into<String>, help: impl Into<String>) -> Self {
        Self { help: vec![help.into()], ..Self::new(name, Status::Skipped, why) }
    }

    fn warning(name: Name, says: impl Into<String>, help: impl Into<String>) -> Self {
        Self { help: vec![help.into()], ..Self::new(name, Status::Warning, says) }
    }

    fn failed(name: Name, failed: &Failed) -> Self {
        let said: Vec<_> = failed.sentences().collect();
        let help = failed.helps().to_vec();
        Self { help, exit: failed.exit(), ..Self::new(name, Status::Failed, said.join("; ")) }
    }

    fn rows(&self) -> Vec<Vec<String>> {
        let status = match self.status {
            Status::Ok => "ok",
            Status::Warning => "warning",
            Status::Failed => "failed",
            Status::Skipped => "skipped",
        };
        let cells = [status, self.of, self.name, &self.says].map(said).to_vec();
        let help = self.help.iter().map(|help| {
            let help = said(&format!("help: {help}"));
            vec![String::new(), String::new(), String::new(), help]
        });
        std::iter::once(cells).chain(help).collect()
    }
}
