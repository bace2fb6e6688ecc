//! The command line.

#![expect(clippy::doc_markdown, reason = "these comments are printed as they are, as help")]

mod emulator;
mod runs;
mod scan;
mod vaddy;
mod value;
mod wsc;

pub(crate) use emulator::{
    ClockCommand, EmulatorArgs, EmulatorCommand, FaultArgs, FaultCommand, ScenarioCommand, Tools,
};
pub(crate) use runs::{AttachArgs, PruneArgs, ReconcileArgs, RunsCommand};
pub(crate) use scan::{
    FailOn, FollowArgs, IntentArgs, JobArgs, OnInterrupt, ProjectArgs, ScanArgs, Service, StartArgs,
};
pub(crate) use vaddy::{CrawlCommand, OneScan, Order, ScanCommand, VaddyCommand};
pub(crate) use value::{CrawlChoice, ScanName, crawl, digits, host, scan_types, text};
pub(crate) use wsc::{JobCommand, SearchArgs, SignArgs, WscCommand};

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Runs web security scans on NAVER Cloud WSC and VAddy, and never starts a paid one twice.
///
/// Keys come from the environment, never from an argument: NCLOUD_ACCESS_KEY_ID and
/// NCLOUD_SECRET_ACCESS_KEY for WSC, VADDY_USER and VADDY_TOKEN for VAddy.
#[derive(Debug, Parser)]
#[command(name = "shindan", version, disable_help_subcommand = true)]
pub(crate) struct CommandLine {
    #[command(subcommand)]
    pub(crate) command: Command,
    #[command(flatten)]
    pub(crate) global: Global,
}

#[derive(Debug, Args)]
pub(crate) struct Global {
    /// How the answer is printed on stdout; everything else goes to stderr.
    #[arg(long, global = true, value_enum, value_name = "FORMAT", default_value_t = Format::Table)]
    pub(crate) output: Format,
    /// Fail if the clock is off, and do not adopt the service's clock.
    #[arg(long, global = true)]
    pub(crate) no_clock_adjust: bool,
    /// Where what was started is kept [variable: SHINDAN_STATE_DIR] [default: $XDG_STATE_HOME/shindan or
    /// ~/.local/state/shindan]
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) state_dir: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Table,
    /// The service's answer, for scripts.
    Json,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Scan two pretend sites against the embedded emulator: no account, no network, a few seconds.
    Demo,
    /// Start a scan, follow it to its end and judge its report.
    Scan(Box<ScanArgs>),
    /// Follow a scan that was started before, to its end, and judge its report.
    Attach(AttachArgs),
    /// What was started from here, and what became of it.
    #[command(subcommand)]
    Runs(RunsCommand),
    /// The operations of NAVER Cloud Web Security Checker, one by one.
    #[command(subcommand)]
    Wsc(WscCommand),
    /// The operations of VAddy, one by one.
    #[command(subcommand)]
    Vaddy(VaddyCommand),
    /// A pretend WSC and VAddy on a port of this machine.
    #[command(subcommand)]
    Emulator(EmulatorCommand),
}
