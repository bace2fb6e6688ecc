//! The real binary under SIGKILL, for as many rounds as are wanted.

use xshell::{Shell, cmd};

use crate::{Result, files};

/// In the profile of the tests: a round waits far longer than it computes, and a release build takes minutes.
pub(crate) fn run(rounds: &str, seed: Option<&str>) -> Result {
    let shell = Shell::new()?;
    shell.change_dir(files::root());
    let mut test =
        cmd!(shell, "cargo test --locked --package shindan --test killed -- --nocapture")
            .env("SHINDAN_KILL_ROUNDS", number(rounds)?);
    if let Some(seed) = seed {
        test = test.env("SHINDAN_KILL_SEED", number(seed)?);
    }
    Ok(test.run()?)
}

fn number(text: &str) -> Result<&str> {
    match text.parse::<u64>() {
        Ok(_) => Ok(text),
        Err(_) => Err(format!("{text:?} is not a number; write it with digits alone").into()),
    }
}
