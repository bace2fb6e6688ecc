use clap::{Args, Subcommand};
use wsc_model::InstanceNo;

use super::{
    IntentArgs, JobArgs,
    value::{method, path_and_query, site_url, text},
};

#[derive(Debug, Subcommand)]
pub(crate) enum WscCommand {
    /// Jobs: the scans of the account.
    #[command(subcommand)]
    Job(JobCommand),
    /// Print what is signed for a request, and the signature.
    Sign(SignArgs),
}

#[derive(Debug, Subcommand)]
pub(crate) enum JobCommand {
    /// List the jobs, newest first.
    List(PageArgs),
    /// Find jobs by URL, by memo or by state.
    Search(SearchArgs),
    /// Start a job and do not wait for it. Every job is charged.
    Create {
        /// The URL of a site on NAVER Cloud.
        #[arg(long, value_parser = site_url)]
        url: String,
        #[command(flatten)]
        intent: IntentArgs,
        // The last: what follows would stand under its heading.
        #[command(flatten)]
        job: Box<JobArgs>,
    },
    /// Cancel a job that has not begun.
    Cancel {
        /// The job's number.
        no: InstanceNo,
    },
    /// Stop a job that runs.
    Stop {
        /// The job's number.
        no: InstanceNo,
    },
    /// Print the report of a job that has finished.
    Report {
        /// The job's number.
        no: InstanceNo,
    },
}

#[derive(Debug, Args)]
pub(crate) struct PageArgs {
    /// Jobs per page.
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) limit: u32,
    /// The page, from 1.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) page: u32,
}

#[derive(Debug, Args)]
pub(crate) struct SearchArgs {
    /// A part of the URL.
    #[arg(long, value_name = "TEXT", value_parser = text, conflicts_with = "memo")]
    pub(crate) url: Option<String>,
    /// A part of the memo.
    #[arg(long, value_name = "TEXT", value_parser = text)]
    pub(crate) memo: Option<String>,
    /// The state: 2 or 12 waiting, 3 or 13 running, 4 finished, 5 or 15 failed, 91 canceled, 93 stopped.
    #[arg(long, value_name = "CODE")]
    pub(crate) status_code: Option<u16>,
    #[command(flatten)]
    pub(crate) page: PageArgs,
}

#[derive(Debug, Args)]
pub(crate) struct SignArgs {
    /// The method, like GET.
    #[arg(value_parser = method)]
    pub(crate) method: String,
    /// Path and query exactly as they are sent, like /api/v1/jobs?limit=10&page=1
    #[arg(value_parser = path_and_query)]
    pub(crate) uri: String,
    /// The time in milliseconds since 1970; now if it is not given.
    #[arg(long, value_name = "MS")]
    pub(crate) timestamp: Option<u64>,
}
