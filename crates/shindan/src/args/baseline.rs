use std::path::PathBuf;

use clap::{Args, Subcommand};
use shindan_report::Day;

use super::value::{digits, text};
use crate::config::accept::day;

/// Which findings somebody answers for.
#[derive(Debug, Subcommand)]
pub(crate) enum BaselineCommand {
    /// Accept everything that a report shows as open: add it to a shindan.toml that accepts nothing yet.
    Init(AcceptArgs),
    /// Accept what is open and not yet accepted; everything else in shindan.toml stays as it is.
    Update {
        #[command(flatten)]
        accept: AcceptArgs,
        /// Take out what the report does not show any more.
        #[arg(long)]
        prune: bool,
    },
    /// Fail if an acceptance has expired; tell which ones are not used, and which end soon.
    Check {
        #[command(flatten)]
        from: FromArgs,
        /// How many days before its end one is told of.
        #[arg(long, value_name = "DAYS", value_parser = digits, default_value = "14")]
        soon: u64,
    },
    /// Tell what is known of a finding, and how it would be accepted.
    Explain {
        /// The beginning of its fingerprint.
        #[arg(value_name = "FINGERPRINT", value_parser = text)]
        fingerprint: String,
        #[command(flatten)]
        from: FromArgs,
    },
}

/// For what, by whom, and how long.
#[derive(Debug, Args)]
pub(crate) struct AcceptArgs {
    /// Why they are accepted.
    #[arg(long, value_name = "TEXT", value_parser = text)]
    pub(crate) reason: String,
    /// Who answers for them.
    #[arg(long, value_name = "NAME", value_parser = text)]
    pub(crate) owner: String,
    /// The last day on which they are accepted, like 2027-01-31.
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub(crate) until: Day,
    #[command(flatten)]
    pub(crate) from: FromArgs,
}

/// Which report.
#[derive(Debug, Args)]
pub(crate) struct FromArgs {
    /// The summary.json of a run [default: the one in the directory of the reports]
    #[arg(long, value_name = "FILE")]
    pub(crate) from: Option<PathBuf>,
}
