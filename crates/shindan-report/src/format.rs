//! How a [`Summary`] is written down: one module for each format, each a function from a summary to a text.

mod csv;
mod github;
mod json;
mod jsonl;

use core::str::FromStr;

use crate::{Lang, Summary};

pub use csv::csv;
pub use github::{annotations, outputs, started};
pub use json::{ReadError, SCHEMA, json, read};
pub use jsonl::jsonl;

/// A format of a whole file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// All of it, for every other format to be made from.
    Json,
    /// One event on each line.
    Jsonl,
    /// One finding on each line, for a spreadsheet.
    Csv,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Json, Self::Jsonl, Self::Csv];

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
            Self::Csv => csv(summary),
        }
    }

    const fn row(&self) -> (&'static str, &'static str) {
        match self {
            Self::Json => ("json", "summary.json"),
            Self::Jsonl => ("jsonl", "events.jsonl"),
            Self::Csv => ("csv", "findings.csv"),
        }
    }
}

impl FromStr for Format {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let known = Self::ALL.into_iter().find(|format| format.as_str() == text);
        known.ok_or_else(|| {
            let names = Self::ALL.map(|format| format.as_str());
            format!("it is none of: {}", names.join(", "))
        })
    }
}
