//! How a [`Summary`] is written down: one module for each format, each a function from a summary to a text.

mod common;
mod csv;
mod defectdojo;
mod github;
mod gitlab_dast;
mod html;
mod json;
mod jsonl;
mod junit;
mod markdown;
mod sarif;
mod sarif_github;
mod texts;
mod view;

use core::str::FromStr;

use crate::{Lang, Summary};

pub use csv::csv;
pub use defectdojo::defectdojo;
pub use github::{annotations, outputs, started};
pub use gitlab_dast::{DastVersion, gitlab_dast};
pub use html::html;
pub use json::{ReadError, SCHEMA, json, read};
pub use jsonl::jsonl;
pub use junit::junit;
pub use markdown::markdown;
pub use sarif::sarif;
pub use sarif_github::{FALLBACK, sarif_github};

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
    /// A comment of a pull request, or the summary of a job.
    Md,
    /// One finding on each line, for a spreadsheet.
    Csv,
    /// One page for people.
    Html,
}

impl Format {
    /// All of them, each in its usual version.
    pub fn all() -> [Self; 10] {
        [
            Self::Json,
            Self::Jsonl,
            Self::Sarif,
            Self::SarifGithub,
            Self::Junit,
            Self::GitlabDast(DastVersion::default()),
            Self::Defectdojo,
            Self::Md,
            Self::Csv,
            Self::Html,
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
    pub fn render(&self, summary: &Summary, lang: Lang) -> String {
        match self {
            Self::Json => json(summary),
            Self::Jsonl => jsonl(summary),
            Self::Sarif => sarif(summary),
            Self::SarifGithub => sarif_github(summary),
            Self::Junit => junit(summary),
            Self::GitlabDast(version) => gitlab_dast(summary, *version),
            Self::Defectdojo => defectdojo(summary),
            Self::Md => markdown(summary, lang),
            Self::Csv => csv(summary),
            Self::Html => html(summary, lang),
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
            Self::Md => ("md", "summary.md"),
            Self::Csv => ("csv", "findings.csv"),
            Self::Html => ("html", "index.html"),
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
