use std::{net::SocketAddr, path::PathBuf};

use clap::{
    Args, Subcommand, ValueEnum,
    builder::{PossibleValue, PossibleValuesParser, TypedValueParser},
};
use serde::Serialize;
use shindan_emulator::{Clock, Lang, Scenario};

use super::value::text;

#[derive(Debug, Subcommand)]
pub(crate) enum EmulatorCommand {
    /// Serve until INT or TERM; prints where, and the variables that a client needs, for a shell's eval.
    ///
    /// One emulator runs for each state directory (--state-dir); the other commands find it there. It is gone with its
    /// process, however that ends.
    Start(Box<EmulatorArgs>),
    /// End the one that runs; it is no error if none does.
    Stop,
    /// Where it answers, what its clock shows, and how much was asked of it. Exit code 9 if none runs.
    Status,
    /// Print the variables that the vendors' own tools read, for a shell: eval "$(shindan emulator env vaddy)"
    ///
    /// wsc: the keys under both names that NAVER's tools know, and NCLOUD_API_GW, so that none of them sends the
    /// pretend keys to the real cloud; WSC_ENDPOINT for shindan itself.
    ///
    /// vaddy: a pretend user, key and v2 project. VADDY_HOST is unset, because go-vaddy would scan a v1 project
    /// whenever it is set. go-vaddy insists on https: start the emulator with --tls.
    ///
    /// Where https is served, SSL_CERT_FILE and NODE_EXTRA_CA_CERTS name the certificate authority. SSL_CERT_FILE
    /// replaces the roots of the system: other tools in that shell trust no other host until it is unset.
    ///
    /// If there is nothing to print, it prints false, so that the eval fails and what comes after && does not meet the
    /// real service.
    Env {
        /// For whose tools.
        #[arg(value_enum, default_value_t = Tools::All)]
        tools: Tools,
        /// Print what takes them back; needs no emulator.
        #[arg(long)]
        unset: bool,
    },
    /// Forget everything that was started and asked, with scenarios and faults; the clock goes on as it was set.
    Reset,
    /// How targets behave.
    #[command(subcommand)]
    Scenario(ScenarioCommand),
    /// Calls that fail on purpose.
    #[command(subcommand)]
    Fault(FaultCommand),
    /// The time of jobs and scans; without a command, what it shows.
    Clock {
        #[command(subcommand)]
        command: Option<ClockCommand>,
    },
    /// What was started, by whom, and what would have been charged.
    Ledger {
        /// Exit code 1 if not exactly so many were charged.
        #[arg(long, value_name = "NUMBER")]
        assert: Option<u64>,
    },
    /// What clients asked for, the newest 1,000, and why a signature was refused.
    Log {
        /// Go on with what is asked from now on, until INT; with --output json one object a line.
        #[arg(short, long)]
        follow: bool,
    },
}

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub(crate) struct EmulatorArgs {
    /// Where to listen: an address of this machine; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    pub(crate) listen: SocketAddr,
    /// Listen on an address that other machines reach, like 0.0.0.0:8080. They can use both services, so see the scans
    /// in them and start others; control calls and the page answer this machine alone.
    #[arg(long)]
    pub(crate) expose: bool,
    /// Return as soon as it answers, and let it go on by itself; it writes to emulator.log in the state directory.
    #[arg(long)]
    pub(crate) detach: bool,
    /// How the time of scans runs: real, x60 (sixty times as fast), manual (it stands still until it is
    /// advanced), or polls:3 (a scan has ended when it was asked for three times).
    #[arg(long, value_name = "CLOCK", default_value = "real")]
    pub(crate) clock: Clock,
    /// Gives jobs, scans and findings other numbers; the same seed gives the same ones.
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    pub(crate) seed: u32,
    /// How every target behaves; a host that is called scenario-NAME.test behaves so without it.
    #[arg(long, value_name = "NAME", value_parser = scenarios())]
    pub(crate) scenario: Option<Scenario>,
    /// Also serve HTTPS, for clients that insist on it; the certificate authority is kept in this directory [default:
    /// the state directory]
    #[arg(long, value_name = "DIR", num_args = 0..=1)]
    #[expect(clippy::option_option, reason = "it can be absent, alone, or with a directory")]
    pub(crate) tls: Option<Option<PathBuf>>,
    /// Where to listen for HTTPS [default: a free port of the address of --listen]
    #[arg(long, value_name = "ADDRESS", requires = "tls")]
    pub(crate) tls_listen: Option<SocketAddr>,
    /// Accept every user and key, and not only the published ones. The signature of another access key is not
    /// verified.
    #[arg(long)]
    pub(crate) accept_any_key: bool,
    /// The language of WSC's status texts.
    #[arg(long, value_enum, default_value_t = Language::En)]
    pub(crate) status_lang: Language,
    /// Send WSC's own errors with HTTP 200, as older documents have it.
    #[arg(long)]
    pub(crate) errors_in_200: bool,
    /// Keep so many jobs and as many scans, the newest ones.
    #[arg(long, value_name = "NUMBER", default_value_t = 1_000)]
    pub(crate) keep: u32,
    /// Let WSC's createJob answer with the job's number; what it really answers is not documented.
    #[arg(long)]
    pub(crate) created_numbers: bool,
}

/// All of them, because nothing runs yet that could be asked for its list.
fn scenarios() -> impl TypedValueParser<Value = Scenario> {
    let value = |scenario: Scenario| PossibleValue::new(scenario.name()).help(scenario.meaning());
    PossibleValuesParser::new(Scenario::ALL.map(value)).try_map(|name| name.parse::<Scenario>())
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Language {
    Ko,
    Ja,
    En,
}

impl From<Language> for Lang {
    fn from(language: Language) -> Self {
        match language {
            Language::Ko => Self::Ko,
            Language::Ja => Self::Ja,
            Language::En => Self::En,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Tools {
    /// NAVER's.
    Wsc,
    /// VAddy's.
    Vaddy,
    /// Both.
    All,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ScenarioCommand {
    /// List the scenarios, and for whom they are set.
    List,
    /// Let a target, or all that have none of their own, behave like this from the next scan on.
    Set {
        /// A scenario, like incomplete.
        #[arg(value_parser = text)]
        name: String,
        /// A start URL or its host, a VAddy project's id or host.
        #[arg(long, value_parser = text)]
        target: Option<String>,
    },
    /// Let a target, or all, behave as usual again.
    Clear {
        /// As it was set.
        #[arg(long, value_parser = text)]
        target: Option<String>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum FaultCommand {
    /// List the rules, how many calls each has counted, and how many of them failed.
    List,
    /// List the operations that can fail.
    Operations,
    /// Set rules in place of all that were set before, and count from the beginning.
    ///
    /// One rule by options:   shindan emulator fault set --operation wsc.getReport --nth 1,2 --status 500
    ///
    /// Any number as JSON:    shindan emulator fault set '[{"operation":"vaddy.v2.startScan","delivery":"reset"}]'
    #[command(verbatim_doc_comment)]
    Set(Box<FaultArgs>),
    /// Take all rules away.
    Clear,
}

#[derive(Debug, Args)]
pub(crate) struct FaultArgs {
    /// A JSON list of rules, or @FILE with one.
    #[arg(
        value_name = "JSON|@FILE",
        required_unless_present = "operation",
        conflicts_with = "FaultRule"
    )]
    pub(crate) rules: Option<String>,
    #[command(flatten)]
    pub(crate) rule: FaultRule,
}

/// The fields of a rule in JSON have the names of these options.
#[derive(Debug, Args, Serialize)]
#[command(next_help_heading = "One rule")]
pub(crate) struct FaultRule {
    /// Whose calls fail, like wsc.getReport.
    #[arg(long, value_name = "NAME")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) operation: Option<String>,
    /// Which calls, from 1 on; all if neither this nor --every is given.
    #[arg(long, value_name = "NUMBERS", value_delimiter = ',')]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) nth: Option<Vec<u64>>,
    /// Every so many calls.
    #[arg(long, value_name = "NUMBER", conflicts_with = "nth")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) every: Option<u64>,
    /// Only calls with this text in their path or in an argument.
    #[arg(long, value_name = "TEXT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) target: Option<String>,
    /// The HTTP status.
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<u16>,
    /// A documented code of WSC or its gateway.
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) code: Option<u32>,
    /// VAddy's text for a 400 or 404.
    #[arg(long, value_name = "TEXT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) message: Option<String>,
    /// A body in place of the service's.
    #[arg(long, value_name = "TEXT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) body: Option<String>,
    /// The header Retry-After.
    #[arg(long, value_name = "SECONDS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) retry_after: Option<u32>,
    /// How the answer arrives, if not whole.
    #[arg(long, value_name = "HOW", value_parser = ["reset", "truncate", "stall", "drip", "huge"])]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) delivery: Option<String>,
    /// After so many bytes of the body it is reset, cut or stalled.
    #[arg(long, value_name = "BYTES", requires = "delivery")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) after: Option<u64>,
    /// Whether the call is carried out before it fails [default: only if its own answer is delivered]
    #[arg(long, value_name = "BOOL")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) executed: Option<bool>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ClockCommand {
    /// What it shows.
    Show,
    /// Let it run in another way from now on: real, x60, manual, or polls:3.
    Set {
        /// A clock, as for start.
        clock: Clock,
    },
    /// Let it jump forward, whatever the clock.
    Advance {
        /// By how much: 500ms, 90s, 15m, 2h or 60d.
        by: String,
    },
}
