//! From arguments to a command, or to an exit code.

use std::{
    ffi::OsString,
    io::{self, Write},
};

use clap::{
    Parser,
    error::{ContextKind, ContextValue},
};

use crate::{args::CommandLine, exit::Exit, log, terminal::escape};

/// What is repeated of an argument, in characters.
const LONGEST: usize = 300;

pub(crate) fn parse(arguments: &[OsString]) -> Result<CommandLine, Exit> {
    let mut error = match CommandLine::try_parse_from(arguments) {
        Ok(line) => return Ok(line),
        Err(error) => error,
    };
    if !error.use_stderr() {
        let help = error.render().to_string();
        let written = io::stdout().write_all(help.as_bytes());
        return Err(if written.is_ok() { Exit::Ok } else { Exit::Output });
    }
    for kind in [ContextKind::InvalidValue, ContextKind::InvalidArg] {
        if let Some(ContextValue::String(value)) = error.get(kind) {
            // A value with an @ may be a URL with a password, and a long one hides what is wrong.
            let hidden = value.contains('@') || value.chars().count() > LONGEST;
            let shown = if hidden { "(not shown)".to_owned() } else { escape(value) };
            error.insert(kind, ContextValue::String(shown));
        }
    }
    let rendered = error.render().to_string();
    if wants_json(arguments) {
        log::object("error", rendered.trim_end(), &[("exit", Exit::Usage.code().into())]);
    } else {
        let _ = io::stderr().write_all(rendered.as_bytes());
    }
    Err(Exit::Usage)
}

/// As far as that can be told of arguments that cannot be read.
fn wants_json(arguments: &[OsString]) -> bool {
    let mut pairs = arguments.windows(2);
    pairs.any(|pair| pair[0] == "--log-format" && pair[1] == "json")
        || arguments.iter().any(|argument| argument == "--log-format=json")
        || std::env::var_os("SHINDAN_LOG_FORMAT").is_some_and(|format| format == "json")
}
