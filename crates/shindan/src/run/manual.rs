//! `shindan completions` and `shindan man`.

use std::path::Path;

use clap::CommandFactory;
use clap_complete::env::Shells;

use crate::{
    args::{CommandLine, Shell, word},
    exit::Exit,
    failed::Failed,
    output::{Output, note},
    state::quoted,
};

/// The variable with which a shell asks for completions; see [`crate::complete`].
pub(crate) const COMPLETE: &str = "SHINDAN_COMPLETE";

/// The lines that a shell's profile evaluates.
pub(super) fn completions(shell: Shell) -> Result<Exit, Failed> {
    let shells = Shells::builtins();
    let completer = shells.completer(&word(&shell)).expect("each of them is known");
    let mut lines = Vec::new();
    completer.write_registration(COMPLETE, "shindan", "shindan", "shindan", &mut lines)?;
    Output::text(String::from_utf8_lossy(&lines).trim_end())?;
    Ok(Exit::Ok)
}

/// A page for each command, with the name that `man` looks for.
pub(super) fn pages(out: &Path) -> Result<Exit, Failed> {
    let written = std::fs::create_dir_all(out)
        .and_then(|()| clap_mangen::generate_to(CommandLine::command(), out));
    written.map_err(|error| {
        Failed::new(Exit::Output, format!("the pages cannot be written to {}", quoted(out)))
            .cause(error)
            .help("say --out DIR, a directory that can be written")
    })?;
    note(format!("the pages are in {0}; try: man -l {0}/shindan.1", quoted(out)));
    Ok(Exit::Ok)
}
