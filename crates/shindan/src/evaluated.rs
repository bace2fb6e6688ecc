//! What a shell makes of a command that it evaluates and that has failed.

use std::{
    ffi::OsString,
    io::{self, Write as _},
};

use crate::exit::Exit;

/// Prints `false` if these arguments ask for variables that a shell is to evaluate, as text and not as JSON.
///
/// An `eval` of nothing succeeds, and what comes after it would meet the real service.
pub(crate) fn refuse(arguments: &[OsString], exit: Exit) {
    let words = arguments.iter().skip_while(|word| *word != "emulator").skip(1);
    let has = |name: &str| words.clone().any(|word| word == name);
    // What was to be --detach may be misspelled.
    let is_evaluated = has("env") || has("--detach") || exit == Exit::Usage && has("start");
    let is_json = arguments.iter().any(|word| word == "--output=json")
        || arguments.windows(2).any(|pair| pair[0] == "--output" && pair[1] == "json");
    if is_evaluated && !is_json {
        // What has failed before is what must be told.
        let _ = io::stdout().write_all(b"false\n");
    }
}
