//! How a [`Summary`] is written down: one module for each format, each a function from a summary to a text.

mod common;
mod csv;
mod defectdojo;
mod github;
mod gitlab_dast;
mod json;
mod jsonl;
mod junit;
mod sarif;
mod sarif_github;

use core::str::FromStr;

use crate::{Lang, Summary};

pub use csv::csv;
pub use defectdojo::defectdojo;
pub use github::{annotations, outputs, started};
pub use gitlab_dast::{DastVersion, gitlab_dast};
pub use json::{ReadError, SCHEMA, json, read};
pub use jsonl::jsonl;
pub use junit::junit;
pub use sarif::sarif;
pub use sarif_github::sarif_github;

/// A format of a whole file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// All of it, for every other format to be made from.
    Json,
    /// One event on each line.
    Jsonl,
    /// SARIF 2.1.0 with everything that a scan of a site can tell.
    Sarif,
    /// SARIF that GitHub's code scanning takes: every finding in a file of the project.
    SarifGithub,
    /// `JUnit` XML: every category that was tested is a test case.
    Junit,
    /// GitLab's DAST report, in a version of its schema.
    GitlabDast(DastVersion),
    /// `DefectDojo`'s generic findings.
    Defectdojo,
    /// One finding on each line, for a spreadsheet.
    Csv,
}

impl Format {
    /// All of them, each in its usual version.
    pub fn all() -> [Self; 8] {
        [
            Self::Json,
            Self::Jsonl,
            Self::Sarif,
            Self::SarifGithub,
            Self::Junit,
            Self::GitlabDast(DastVersion::default()),
            Self::Defectdojo,
            Self::Csv,
        ]
    }

    /// One word for it, never translated.
    pub const fn as_str(&self) -> &'static str {
        self.row().0
    }

    /// What the file is called in a folder of reports.
    pub const fn file_name(&self) -> &'static str {
        self.row().1
    }

    /// The whole file. Formats for machines are the same in every language.
    pub fn render(&self, summary: &Summary, _lang: Lang) -> String {
        match self {
            Self::Json => json(summary),
            Self::Jsonl => jsonl(summary),
            Self::Sarif => sarif(summary),
            Self::SarifGithub => sarif_github(summary),
            Self::Junit => junit(summary),
            Self::GitlabDast(version) => gitlab_dast(summary, *version),
            Self::Defectdojo => defectdojo(summary),
            Self::Csv => csv(summary),
        }
    }

    const fn row(&self) -> (&'static str, &'static str) {
        match self {
            Self::Json => ("json", "summary.json"),
            Self::Jsonl => ("jsonl", "events.jsonl"),
            Self::Sarif => ("sarif", "results.sarif"),
            Self::SarifGithub => ("sarif-github", "github.sarif"),
            Self::Junit => ("junit", "junit.xml"),
            Self::GitlabDast(_) => ("gitlab-dast", "gl-dast-report.json"),
            Self::Defectdojo => ("defectdojo", "defectdojo.json"),
            Self::Csv => ("csv", "findings.csv"),
        }
    }
}

impl FromStr for Format {
    type Err = String;

    /// `gitlab-dast@15.0.7` is another version than the usual one.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some(version) = text.strip_prefix("gitlab-dast@") {
            return Ok(Self::GitlabDast(version.parse()?));
        }
        let known = Self::all().into_iter().find(|format| format.as_str() == text);
        known.ok_or_else(|| {
            let names = Self::all().map(|format| format.as_str());
            format!("it is none of: {}", names.join(", "))
        })
    }
}
