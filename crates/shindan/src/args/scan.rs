use std::time::Duration;

use clap::{Args, ValueEnum};
use clap_complete::ArgValueCompleter;
use vaddy_model::ScanType;
use wsc_model::{Speed, UserAgent};

use crate::complete::targets;

use super::{
    CrawlChoice, ReportArgs,
    value::{at_least_one, crawl, digits, host, known, scan_type, site_url, span, text},
};

#[derive(Debug, Args)]
pub(crate) struct ScanArgs {
    /// Targets of shindan.toml.
    #[arg(value_name = "TARGET", value_parser = text, add = ArgValueCompleter::new(targets), conflicts_with_all = ["service", "url", "project_id", "fqdn", "crawl", "scan_type", "all"])]
    pub(crate) targets: Vec<String>,
    /// All targets of shindan.toml.
    #[arg(long, conflicts_with_all = ["service", "url", "project_id", "fqdn", "crawl", "scan_type"])]
    pub(crate) all: bool,
    /// The targets of shindan.toml with this tag; can be repeated.
    #[arg(long, value_name = "TAG", value_parser = text, conflicts_with_all = ["targets", "all", "service", "url", "project_id", "fqdn", "crawl", "scan_type"])]
    pub(crate) tag: Vec<String>,
    /// The service; taken from the other options or the VADDY_ variables if it is not given.
    #[arg(long, value_enum)]
    pub(crate) service: Option<Service>,
    /// The URL of a site on NAVER Cloud that WSC scans. Every scan is charged.
    #[arg(long, value_parser = site_url)]
    pub(crate) url: Option<String>,
    /// Leave as soon as the scan exists.
    #[arg(long)]
    pub(crate) detach: bool,
    /// How many targets are scanned at a time [variable: SHINDAN_MAX_PARALLEL] [default: 4]
    #[arg(long, value_name = "NUMBER", value_parser = at_least_one)]
    pub(crate) max_parallel: Option<u64>,
    /// What is done while another scan of a VAddy project runs; WSC runs many at a time, so it is never busy [variable: SHINDAN_IF_BUSY] [default: wait]
    #[arg(long, value_enum, value_name = "ACTION")]
    pub(crate) if_busy: Option<IfBusy>,
    /// Whether a free repetition of an earlier WSC diagnosis is taken [variable: SHINDAN_RESCAN] [default: auto]
    #[arg(long, value_enum, value_name = "WHEN")]
    pub(crate) rescan: Option<Rescan>,
    /// Judge a scan again that has finished here within this time, with the same options, instead of a new one
    /// [variable: SHINDAN_REUSE_WITHIN] [default: 0s]
    #[arg(long, value_name = "DURATION", value_parser = span)]
    pub(crate) reuse_within: Option<Duration>,
    /// How many charged scans this run may start; a smaller limit in a file holds all the same [variable:
    /// SHINDAN_MAX_BILLABLE_PER_RUN]
    #[arg(long, value_name = "NUMBER", value_parser = digits)]
    pub(crate) max_billable: Option<u64>,
    #[command(flatten)]
    pub(crate) follow: FollowArgs,
    #[command(flatten)]
    pub(crate) intent: IntentArgs,
    #[command(flatten)]
    pub(crate) report: ReportArgs,
    #[command(flatten)]
    pub(crate) job: JobArgs,
    #[command(flatten)]
    pub(crate) start: StartArgs,
}

/// How a scan is followed and judged.
#[derive(Debug, Args)]
pub(crate) struct FollowArgs {
    /// From which risk on a finding fails the scan; VAddy names no risk, so any alert does [default: high, or what
    /// the run was started with]
    #[arg(long, value_enum, value_name = "RISK")]
    pub(crate) fail_on: Option<FailOn>,
    /// How long to wait for the end, like 90s, 15m or 4h; the scan goes on after it [default: 6h]
    #[arg(long, value_name = "DURATION", value_parser = span)]
    pub(crate) wait_timeout: Option<Duration>,
    /// What INT and TERM do to the scan. On a terminal, INT counts down before it detaches.
    #[arg(long, value_enum, value_name = "ACTION", default_value_t = OnInterrupt::Detach)]
    pub(crate) on_interrupt: OnInterrupt,
}

/// What makes two starts the same, and who says that one may be made.
#[derive(Debug, Args)]
pub(crate) struct IntentArgs {
    /// Start without asking.
    #[arg(short, long)]
    pub(crate) yes: bool,
    /// The same key, for the same target and options, means the same scan: what was started with it before is taken
    /// instead of a new one, for WSC also on another machine. In GitHub Actions, GitLab CI and Jenkins it is made from the run and
    /// the job if it is not given.
    #[arg(long, value_name = "TEXT", value_parser = text)]
    pub(crate) dedupe_key: Option<String>,
    /// Start nothing: print what would be done, like `plan`, or the request that would start each scan as a curl
    /// command, with secrets masked.
    #[arg(long, value_enum, value_name = "HOW", num_args = 0..=1, require_equals = true, default_missing_value = "plan")]
    pub(crate) dry_run: Option<DryRun>,
    /// How long a start whose outcome is unknown is looked for before it counts as not made.
    #[arg(long, value_name = "DURATION", value_parser = span, default_value = "90s")]
    pub(crate) settle: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum DryRun {
    /// What would be done, and what of it is charged.
    Plan,
    /// The request that would start each scan, as a command for a shell.
    Curl,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum OnInterrupt {
    /// Leave; the scan goes on.
    Detach,
    /// Ask the service to end the scan.
    Cancel,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Service {
    /// NAVER Cloud Web Security Checker.
    Wsc,
    /// VAddy.
    Vaddy,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOn {
    /// High risk.
    #[default]
    High,
    /// Medium or high risk.
    Medium,
    /// Low, medium or high risk.
    Low,
    /// Anything.
    Any,
    /// Nothing: only an incomplete scan fails.
    Never,
}

impl From<FailOn> for shindan_report::verdict::FailOn {
    fn from(gate: FailOn) -> Self {
        match gate {
            FailOn::High => Self::High,
            FailOn::Medium => Self::Medium,
            FailOn::Low => Self::Low,
            FailOn::Any => Self::Any,
            FailOn::Never => Self::Never,
        }
    }
}

/// What is done while another scan of a VAddy project runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum IfBusy {
    /// Wait for its end, then start.
    #[default]
    Wait,
    /// Start nothing, and count the target as left out.
    Skip,
    /// Start nothing, and fail.
    Fail,
    /// Follow it instead of a new one, if it was started from here: VAddy does not name a scan that runs.
    Attach,
}

/// Whether a free repetition of an earlier diagnosis is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Rescan {
    /// Where the service offers one.
    #[default]
    Auto,
    /// Never: always a new one.
    Never,
    /// Always: nothing is started that is charged.
    Require,
}

/// How a WSC job is set up.
#[derive(Debug, Args)]
#[command(next_help_heading = "WSC")]
pub(crate) struct JobArgs {
    /// A note that the lists of jobs show.
    #[arg(long, requires = "url", value_name = "TEXT", value_parser = text)]
    pub(crate) memo: Option<String>,
    /// What to look for: ALL, or the vendor's keywords joined by commas.
    #[arg(long, requires = "url", value_name = "LIST", value_delimiter = ',', value_parser = text, default_value = "ALL")]
    pub(crate) vuln_items: Vec<String>,
    /// As what the scanner appears: "PC Chrome", "PC IE", Android or iPhone.
    #[arg(long, requires = "url", value_name = "BROWSER", value_parser = |t: &str| known(t, UserAgent::is_known, UserAgent::KNOWN), default_value = "PC Chrome")]
    pub(crate) user_agent: UserAgent,
    /// How fast: 1 is normal, 3 is fast.
    #[arg(long, requires = "url", value_name = "1-3", value_parser = |t: &str| known(t, Speed::is_known, Speed::KNOWN), default_value = "1")]
    pub(crate) speed: Speed,
    /// A URL to leave out; can be repeated.
    #[arg(long, requires = "url", value_name = "URL", value_parser = site_url)]
    pub(crate) exclude_url: Vec<String>,
}

/// What a VAddy scan replays.
#[derive(Debug, Args)]
#[command(next_help_heading = "VAddy")]
pub(crate) struct StartArgs {
    #[command(flatten)]
    pub(crate) project: ProjectArgs,
    /// The crawl to replay, by its id or by a part of its label [variable: VADDY_CRAWL]
    #[arg(long, value_name = "ID|LABEL", value_parser = crawl)]
    pub(crate) crawl: Option<CrawlChoice>,
    /// What to look for, like SQLI,XSS; everything in the plan if not given [variable: VADDY_SCAN_TYPE]
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = scan_type)]
    pub(crate) scan_type: Vec<ScanType>,
}

/// Which VAddy project.
#[derive(Debug, Args)]
#[command(next_help_heading = "VAddy")]
pub(crate) struct ProjectArgs {
    /// A v2 project's id [variable: VADDY_PROJECT_ID]
    #[arg(long, value_name = "ID", value_parser = text, conflicts_with = "fqdn")]
    pub(crate) project_id: Option<String>,
    /// A v1 project's host; its code is taken from VADDY_VERIFICATION_CODE [variable: VADDY_HOST]
    #[arg(long, value_name = "HOST", value_parser = host)]
    pub(crate) fqdn: Option<String>,
}
