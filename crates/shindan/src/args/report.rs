use std::{fmt, path::PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use shindan_report::format::Format;

use super::value::{percent, text};

/// Reports without a scan.
#[derive(Debug, Subcommand)]
pub(crate) enum ReportCommand {
    /// Write other formats from a summary.json.
    Convert {
        /// The summary.json of a run.
        #[arg(value_name = "FILE")]
        from: PathBuf,
        /// Formats, like html=report.html; one without a path is printed.
        #[arg(value_name = "FORMAT[=PATH]", value_parser = wanted, required = true)]
        to: Vec<Wanted>,
    },
    /// Tell what is new and what is fixed between two runs.
    Diff {
        /// The summary.json of the earlier run.
        before: PathBuf,
        /// The summary.json of the later run.
        after: PathBuf,
    },
    /// Join the summaries of several runs; of a target that is in several, the latest run holds.
    Merge {
        /// Each a summary.json.
        #[arg(value_name = "FILE", required = true)]
        from: Vec<PathBuf>,
        /// Formats, like json=all.json; without any, the json is printed.
        #[arg(long, value_name = "FORMAT[=PATH]", value_parser = wanted)]
        to: Vec<Wanted>,
    },
    /// Return what the run of a summary.json has returned, and never 0 for a scan that has not finished; for other
    /// files, find what GitHub or GitLab would refuse.
    Check {
        /// A summary.json, a SARIF file for GitHub, or a GitLab report.
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// What it is, if its content does not say it.
        #[arg(long = "as", value_enum, value_name = "KIND")]
        kind: Option<Kind>,
        /// Return 0 where only the gate has failed.
        #[arg(long)]
        exit_zero: bool,
    },
}

/// What a file is checked as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// A summary.json.
    Summary,
    /// SARIF for GitHub code scanning.
    Github,
    /// A DAST report for GitLab.
    Gitlab,
}

/// What is left behind for others, and what the process returns.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Reports")]
pub(crate) struct ReportArgs {
    /// Write a report, like html=report.html; without a path it goes into the directory of the reports. Can be
    /// repeated. Formats: json, jsonl, sarif, sarif-github, junit, gitlab-dast, defectdojo, md, csv, html, and github
    /// for annotations, job summary and outputs of GitHub Actions.
    #[arg(long, value_name = "FORMAT[=PATH]", value_parser = wanted)]
    pub(crate) report: Vec<Wanted>,
    /// The directory of the reports; the formats of shindan.toml are written there, or json, html, junit and
    /// sarif-github [variable: SHINDAN_REPORT_DIR] [default: dast-reports]
    #[arg(long, value_name = "DIR", value_parser = text)]
    pub(crate) report_dir: Option<String>,
    /// How much has to be scanned, in per cent; less is incomplete [variable: SHINDAN_MIN_COVERAGE] [default: 100]
    #[arg(long, value_name = "PERCENT", value_parser = percent)]
    pub(crate) min_coverage: Option<u32>,
    /// Return 0 where only the gate has failed. Everything else keeps its code.
    #[arg(long)]
    pub(crate) exit_zero: bool,
    /// Keep what the service sent beside the reports, without secrets; what cannot be read is always kept.
    #[arg(long)]
    pub(crate) raw_report: bool,
}

/// One report that is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// A file.
    File(Format, Option<PathBuf>),
    /// What GitHub Actions reads.
    Github,
}

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Github => f.write_str("github"),
            Self::File(format, None) => f.write_str(format.as_str()),
            Self::File(format, Some(path)) => write!(f, "{}={}", format.as_str(), path.display()),
        }
    }
}

/// A format, and where its file goes.
pub(crate) fn wanted(text: &str) -> Result<Wanted, String> {
    let (format, path) =
        text.split_once('=').map_or((text, None), |(format, path)| (format, Some(path)));
    match (format, path) {
        ("github", None) => Ok(Wanted::Github),
        ("github", Some(_)) => {
            Err("github has no file; the runner names its files itself".to_owned())
        }
        (_, Some("-")) => Err("- is no file; shindan report convert FILE FORMAT prints".to_owned()),
        (_, Some("")) => Err("there is no path after the =".to_owned()),
        (_, path) => {
            let format = format.parse::<Format>()?;
            Ok(Wanted::File(format, path.map(PathBuf::from)))
        }
    }
}
