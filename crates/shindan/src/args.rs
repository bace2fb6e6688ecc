//! The command line.

#![expect(clippy::doc_markdown, reason = "these comments are printed as they are, as help")]

mod auth;
mod config;
mod network;
mod runs;
mod scan;
mod vaddy;
mod value;
mod wsc;

pub(crate) use auth::AuthCommand;
pub(crate) use config::ConfigCommand;
pub(crate) use network::NetworkArgs;
pub(crate) use runs::{AttachArgs, PruneArgs, ReconcileArgs, RunsCommand};
pub(crate) use scan::{
    FailOn, FollowArgs, IfBusy, IntentArgs, JobArgs, OnInterrupt, ProjectArgs, Rescan, ScanArgs,
    Service, StartArgs,
};
pub(crate) use vaddy::{CrawlCommand, OneScan, Order, ScanCommand, VaddyCommand};
pub(crate) use value::{
    CrawlChoice, HostPattern, ScanName, at_least_one, choice, crawl, digits, host, host_pattern,
    known, scan_type, scan_types, site, site_url, span, span_text, text, variable, word,
};
pub(crate) use wsc::{JobCommand, SearchArgs, SignArgs, WscCommand};

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};
use shindan_emulator::{Clock, Scenario};

/// Runs web security scans on NAVER Cloud WSC and VAddy, and never starts a paid one twice.
///
/// Keys come from variables or files, never from an argument: NCLOUD_ACCESS_KEY_ID and
/// NCLOUD_SECRET_ACCESS_KEY, ~/.ncloud/configure or the role of the server for WSC, VADDY_USER and VADDY_TOKEN for
/// VAddy.
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
    /// The project's file, instead of the nearest shindan.toml upwards from here [variable: SHINDAN_CONFIG]
    #[arg(short, long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// The section of ~/.ncloud/configure with NAVER Cloud's keys [variables: SHINDAN_PROFILE, NCLOUD_PROFILE]
    #[arg(long, global = true, value_name = "NAME", value_parser = text)]
    pub(crate) profile: Option<String>,
    /// Where what was started is kept [variable: SHINDAN_STATE_DIR] [default: $XDG_STATE_HOME/shindan or
    /// ~/.local/state/shindan]
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) state_dir: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) network: NetworkArgs,
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
    /// With which keys the services are asked.
    #[command(subcommand)]
    Auth(AuthCommand),
    /// What is set, and where.
    #[command(subcommand)]
    Config(ConfigCommand),
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

#[derive(Debug, Subcommand)]
pub(crate) enum EmulatorCommand {
    /// Serve until INT or TERM; prints its URL and then the variables that a client needs.
    Start {
        /// Where to listen: an address of this machine; port 0 takes a free one.
        #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
        listen: SocketAddr,
        /// How the time of scans runs: real, x60 (sixty times as fast), manual (it stands still until it is
        /// advanced), or polls:3 (a scan has ended when it was asked for three times).
        #[arg(long, value_name = "CLOCK", default_value = "real")]
        clock: Clock,
        /// Gives jobs, scans and findings other numbers; the same seed gives the same ones.
        #[arg(long, value_name = "NUMBER", default_value_t = 0)]
        seed: u32,
        /// How every target behaves, like incomplete or flaky; a host that is called scenario-NAME.test behaves so
        /// without it.
        #[arg(long, value_name = "NAME")]
        scenario: Option<Scenario>,
        /// Also serve HTTPS, for clients that insist on it; the certificate authority is kept in this directory.
        #[arg(long, value_name = "DIR")]
        tls: Option<PathBuf>,
    },
}
