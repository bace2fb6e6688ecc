use clap::{Args, Subcommand, ValueEnum};
use vaddy_model::{CrawlId, ScanId};

use super::{IntentArgs, ProjectArgs, StartArgs, value::text};

#[derive(Debug, Subcommand)]
pub(crate) enum VaddyCommand {
    /// Scans of a project.
    #[command(subcommand)]
    Scan(ScanCommand),
    /// Recorded crawls of a project: what a scan replays.
    #[command(subcommand)]
    Crawl(CrawlCommand),
}

#[derive(Debug, Subcommand)]
pub(crate) enum ScanCommand {
    /// Start a scan and do not wait for it.
    Start {
        #[command(flatten)]
        intent: IntentArgs,
        // The last: what follows would stand under its heading.
        #[command(flatten)]
        start: Box<StartArgs>,
    },
    /// Cancel a scan.
    Cancel(OneScan),
    /// Print how a scan stands or what it found.
    Result(OneScan),
    /// Print how many scans run in the project.
    Running(ProjectArgs),
    /// List the newest results of the project.
    List(NumberArgs),
}

#[derive(Debug, Args)]
pub(crate) struct OneScan {
    /// The scan's id.
    pub(crate) id: ScanId,
    #[command(flatten)]
    pub(crate) project: ProjectArgs,
}

#[derive(Debug, Args)]
pub(crate) struct NumberArgs {
    /// The project's number from the console's URL, not its id [variable: VADDY_PROJECT_NUMBER]
    #[arg(long, value_name = "NUMBER")]
    pub(crate) project_number: Option<u64>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum CrawlCommand {
    /// List the crawls of the project.
    List {
        /// A part of the label.
        #[arg(long, value_name = "TEXT", value_parser = text)]
        label: Option<String>,
        /// The page, from 1.
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
        page: Option<u64>,
        /// The order; newest first if not given.
        #[arg(long, value_enum)]
        sort: Option<Order>,
        #[command(flatten)]
        project: ProjectArgs,
    },
    /// Delete a crawl.
    Delete {
        /// The crawl's id.
        crawl_id: CrawlId,
        #[command(flatten)]
        number: NumberArgs,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Order {
    /// Oldest first.
    Asc,
    /// Newest first.
    Desc,
}
