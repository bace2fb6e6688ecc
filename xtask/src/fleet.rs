//! Thousands of scans that are waited for in one process, against the real emulator in another one.

use xshell::{Shell, cmd};

use crate::{Result, files};

/// In the release profile, because memory and CPU time are what is looked at.
pub(crate) fn run(targets: &str, accounts: Option<&str>) -> Result {
    let shell = Shell::new()?;
    shell.change_dir(files::root());
    let test =
        cmd!(shell, "cargo test --release --locked --package shindan --test fleet -- --nocapture")
            .env("SHINDAN_FLEET_TARGETS", number(targets)?.to_string());
    let test = match accounts {
        Some(accounts) => test.env("SHINDAN_FLEET_ACCOUNTS", number(accounts)?.to_string()),
        None => test,
    };
    Ok(test.run()?)
}

fn number(text: &str) -> Result<u32> {
    text.parse().map_err(|_| format!("{text:?} is not a number; write it with digits alone").into())
}
