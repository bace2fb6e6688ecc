//! The real emulator under load, faults and abuse, for as many minutes as are wanted.

use xshell::{Shell, cmd};

use crate::{Result, files};

/// In the release profile, because its memory is what is looked at.
pub(crate) fn run(options: &[&str]) -> Result {
    let shell = Shell::new()?;
    shell.change_dir(files::root());
    let mut test =
        cmd!(shell, "cargo test --release --locked --package shindan --test soak -- --nocapture");
    let mut timed = false;
    for option in options.chunks(2) {
        test = match *option {
            ["--minutes", minutes] => {
                timed = true;
                test.env("SHINDAN_SOAK_SECONDS", (number(minutes)? * 60).to_string())
            }
            ["--seed", seed] => test.env("SHINDAN_SOAK_SEED", number(seed)?.to_string()),
            ["--rate", rate] => test.env("SHINDAN_SOAK_RATE", number(rate)?.to_string()),
            _ => return Err(format!("soak has no option {option:?}; say --minutes N").into()),
        };
    }
    if !timed {
        return Err("say how long it is to run: soak --minutes N".into());
    }
    Ok(test.run()?)
}

/// Less than any number that overflows.
fn number(text: &str) -> Result<u64> {
    let number = text.parse::<u32>();
    number.map(Into::into).map_err(|_| {
        format!("{text:?} is not a number below 2^32; write it with digits alone").into()
    })
}
