use std::time::Duration;

use clap::{Args, Subcommand};
use clap_complete::ArgValueCompleter;

use crate::complete::runs;

use super::{
    FollowArgs, ProjectArgs, ReportArgs,
    value::{ScanName, span, text},
};

#[derive(Debug, Args)]
pub(crate) struct AttachArgs {
    /// A run, by the beginning of its id, or a scan: wsc:NUMBER or vaddy:ID.
    #[arg(value_name = "RUN|SERVICE:ID", add = ArgValueCompleter::new(runs), required_unless_present = "latest")]
    pub(crate) what: Option<ScanName>,
    /// The run that was begun last.
    #[arg(long, conflicts_with = "what")]
    pub(crate) latest: bool,
    #[command(flatten)]
    pub(crate) follow: FollowArgs,
    /// How long a start whose outcome is unknown is looked for before it counts as not made.
    #[arg(long, value_name = "DURATION", value_parser = span, default_value = "90s")]
    pub(crate) settle: Duration,
    // The last ones: what follows would stand under their headings.
    #[command(flatten)]
    pub(crate) report: ReportArgs,
    #[command(flatten)]
    pub(crate) project: ProjectArgs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RunsCommand {
    /// List the runs, the oldest first.
    List,
    /// Print what is known of a run.
    Show {
        /// The beginning of its id.
        #[arg(add = ArgValueCompleter::new(runs))]
        run: String,
    },
    /// Find out what became of starts whose outcome is unknown; starts nothing.
    Reconcile(ReconcileArgs),
    /// Print runs with all their records, one JSON object a line.
    Export {
        /// The beginnings of their ids; all runs if none is given.
        run: Vec<String>,
    },
    /// Remove old runs. One whose scan may still run, or whose start is unknown, is never removed. A VAddy scan is
    /// no longer found by the --dedupe-key of a run that was.
    Prune(PruneArgs),
}

#[derive(Debug, Args)]
pub(crate) struct ReconcileArgs {
    /// The beginning of a run's id; all runs whose start is unknown if none is given.
    pub(crate) run: Option<String>,
    /// How long is looked for what a start has left before it counts as not made.
    #[arg(long, value_name = "DURATION", value_parser = span, default_value = "90s")]
    pub(crate) settle: Duration,
    /// How long to wait for the end of a VAddy scan that may be the one: its id is not to be had before.
    #[arg(long, value_name = "DURATION", value_parser = span, default_value = "15m")]
    pub(crate) wait_timeout: Duration,
    #[command(flatten)]
    pub(crate) decision: Decision,
}

/// What a person has seen in the service's console.
#[derive(Debug, Args)]
#[group(multiple = false)]
#[command(next_help_heading = "Decide by hand, after a look into the service's console")]
pub(crate) struct Decision {
    /// The start has left this scan.
    #[arg(long, requires = "run", value_name = "ID", value_parser = text)]
    pub(crate) found: Option<String>,
    /// The start has left nothing. If that is wrong, the next start is the second one.
    #[arg(long, requires = "run")]
    pub(crate) nothing_started: bool,
}

#[derive(Debug, Args)]
pub(crate) struct PruneArgs {
    /// How old, like 720h.
    #[arg(long, value_name = "DURATION", value_parser = span, default_value = "720h")]
    pub(crate) older_than: Duration,
    /// Only say what would be removed.
    #[arg(long)]
    pub(crate) dry_run: bool,
}
