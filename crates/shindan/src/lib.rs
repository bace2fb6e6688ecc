//! The `shindan` tool as a function, its command line and its exit codes.
//!
//! The binary is a shell around [`main_with`]; the other items are there so that documents can be
//! made from them.

mod approve;
mod args;
mod complete;
mod conclusion;
mod config;
mod credentials;
mod environment;
mod evaluated;
pub mod exit;
mod explain;
mod failed;
mod follow;
mod github;
mod history;
mod intent;
mod lang;
mod log;
mod network;
mod output;
mod parse;
mod progress;
mod project;
mod raw;
mod reports;
mod run;
mod run_log;
mod secrets;
mod service;
mod signals;
mod state;
mod table;
mod terminal;
mod terms;
mod time;

use std::ffi::OsString;

use clap::CommandFactory;

use crate::exit::Exit;

/// Runs the tool with these arguments, of which the first is its name, and with the variables of the
/// process. It needs a tokio runtime with time and I/O.
pub async fn main_with(arguments: impl IntoIterator<Item = OsString>) -> Exit {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    if complete::answered(&arguments) {
        return Exit::Ok;
    }
    let exit = match parse::parse(&arguments) {
        Ok(line) => run::run(line).await.unwrap_or_else(|failed| {
            failed.say();
            failed.exit()
        }),
        Err(exit) => exit,
    };
    if exit != Exit::Ok {
        evaluated::refuse(&arguments, exit);
    }
    exit
}

/// What is left to do after a panic, with the same arguments: a shell that evaluates what the tool prints must not
/// go on.
pub fn panicked(arguments: impl IntoIterator<Item = OsString>, place: &str) -> Exit {
    log::panicked(place);
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    evaluated::refuse(&arguments, Exit::Internal);
    Exit::Internal
}

/// The JSON Schema of `shindan.toml`, for editors.
pub const fn config_schema() -> &'static str {
    config::SCHEMA
}

/// The command line, for its reference.
pub fn command() -> clap::Command {
    args::CommandLine::command()
}
