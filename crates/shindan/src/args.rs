//! The command line.

#![expect(clippy::doc_markdown, reason = "these comments are printed as they are, as help")]

mod auth;
mod baseline;
mod config;
mod emulator;
mod network;
mod report;
mod runs;
mod scan;
mod vaddy;
mod value;
mod wsc;

pub(crate) use auth::AuthCommand;
pub(crate) use baseline::{AcceptArgs, BaselineCommand, FromArgs};
pub(crate) use config::ConfigCommand;
pub(crate) use emulator::{
    ClockCommand, EmulatorArgs, EmulatorCommand, FaultArgs, FaultCommand, ScenarioCommand, Tools,
};
pub(crate) use network::NetworkArgs;
pub(crate) use report::{Kind, ReportArgs, ReportCommand, Wanted, wanted};
pub(crate) use runs::{AttachArgs, PruneArgs, ReconcileArgs, RunsCommand};
pub(crate) use scan::{
    DryRun, FailOn, FollowArgs, IfBusy, IntentArgs, JobArgs, OnInterrupt, ProjectArgs, Rescan,
    ScanArgs, Service, StartArgs,
};
pub(crate) use vaddy::{CrawlCommand, OneScan, Order, ScanCommand, VaddyCommand};
pub(crate) use value::{
    CrawlChoice, HostPattern, ScanName, at_least_one, choice, crawl, digits, host, host_pattern,
    known, percent, project_path, scan_type, scan_types, site, site_url, span, span_text, text,
    variable, word,
};
pub(crate) use wsc::{JobCommand, SearchArgs, SignArgs, WscCommand};

use std::path::PathBuf;

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};
use shindan_emulator::Scenario;

use crate::{
    lang::Lang,
    log::LogFormat,
    progress::{Color, Progress},
};

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
    /// Write only errors, verdicts and questions to stderr: no progress and no notes.
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
    /// Write to stderr what every attempt came to, never what it carried; -vv also when it leaves [variable:
    /// SHINDAN_VERBOSE]
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub(crate) verbose: u8,
    /// How notes, errors and logs are written to stderr [variable: SHINDAN_LOG_FORMAT] [default: text]
    #[arg(long, global = true, value_enum, value_name = "FORMAT")]
    pub(crate) log_format: Option<LogFormat>,
    /// How a scan that runs is shown on stderr [variable: SHINDAN_PROGRESS] [default: auto]
    #[arg(long, global = true, value_enum, value_name = "HOW")]
    pub(crate) progress: Option<Progress>,
    /// Whether the live lines on a terminal are colored; nothing else is [variable: NO_COLOR]
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value_t = Color::Auto)]
    pub(crate) color: Color,
    /// The language of messages, and of reports if none is set for them; names, JSON and help stay English [variable:
    /// SHINDAN_LANG] [default: auto]
    #[arg(long, global = true, value_enum, value_name = "LANGUAGE")]
    pub(crate) lang: Option<Lang>,
    /// Fail if the clock is off, and do not adopt the service's clock.
    #[arg(long, global = true)]
    pub(crate) no_clock_adjust: bool,
    /// The project's file, instead of the nearest shindan.toml upwards from here [variable: SHINDAN_CONFIG]
    #[arg(short, long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// The section of ~/.ncloud/configure with NAVER Cloud's keys [variables: SHINDAN_PROFILE, NCLOUD_PROFILE]
    #[arg(long, global = true, value_name = "NAME", value_parser = text)]
    pub(crate) profile: Option<String>,
    /// Run the command against an emulator of its own that ends with it; every target behaves like the scenario
    /// [variable: SHINDAN_EMULATOR]
    #[arg(long, global = true, value_name = "SCENARIO", num_args = 0..=1, require_equals = true)]
    #[expect(clippy::option_option, reason = "not said, said alone, said with a scenario")]
    pub(crate) emulator: Option<Option<Scenario>>,
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

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Shell {
    Bash,
    Zsh,
    Fish,
    Powershell,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Scan two pretend sites against the embedded emulator: no account, no network, a few seconds.
    Demo {
        /// Where its reports go.
        #[arg(long, value_name = "DIR", default_value = "demo-reports")]
        report_dir: PathBuf,
    },
    /// Start a scan, follow it to its end and judge its report.
    Scan(Box<ScanArgs>),
    /// What `scan` with the same arguments would do, and what of it is charged. Starts nothing.
    Plan(Box<ScanArgs>),
    /// Follow a scan that was started before, to its end, and judge its report.
    Attach(AttachArgs),
    /// What was started from here, and what became of it.
    #[command(subcommand)]
    Runs(RunsCommand),
    /// With which keys the services are asked.
    #[command(subcommand)]
    Auth(AuthCommand),
    /// What would be in the way of a scan, and what to do about it; costs nothing and starts nothing.
    Doctor,
    /// What is set, and where.
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Make other reports from a saved one, compare, join and check them; asks no service.
    #[command(subcommand)]
    Report(ReportCommand),
    /// The findings that somebody answers for until a day; asks no service.
    #[command(subcommand)]
    Baseline(BaselineCommand),
    /// The operations of NAVER Cloud Web Security Checker, one by one.
    #[command(subcommand)]
    Wsc(WscCommand),
    /// The operations of VAddy, one by one.
    #[command(subcommand)]
    Vaddy(VaddyCommand),
    /// A pretend WSC and VAddy on a port of this machine.
    #[command(subcommand)]
    Emulator(EmulatorCommand),
    /// Print what a shell needs to complete commands, targets and runs.
    Completions { shell: Shell },
    /// Write the manual pages, one for each command.
    Man {
        /// Where to; it is made if it is not there.
        #[arg(long, value_name = "DIR", default_value = ".")]
        out: PathBuf,
    },
    /// Explain a topic, or a command.
    Help {
        /// A topic, or the words of a command.
        #[arg(value_name = "TOPIC|COMMAND")]
        what: Vec<String>,
    },
}
