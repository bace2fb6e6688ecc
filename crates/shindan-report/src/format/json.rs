use core::{error::Error, fmt};

use serde::Deserialize;

use crate::{Summary, sink::json_visible};

/// The JSON Schema of [`json`].
pub const SCHEMA: &str = include_str!("json/schema.json");

/// The summary itself, indented. What could act in a terminal is escaped, so that the file can be shown in one.
pub fn json(summary: &Summary) -> String {
    let json = serde_json::to_string_pretty(summary).expect("a summary is json");
    json.lines().map(|line| json_visible(line) + "\n").collect()
}

/// Reads what [`json`] has written, also with fields that are not known.
pub fn read(text: &str) -> Result<Summary, ReadError> {
    #[derive(Deserialize)]
    struct Versioned {
        schema: u64,
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let Versioned { schema } = serde_json::from_str(text).map_err(ReadError::Json)?;
    if schema != u64::from(Summary::SCHEMA) {
        return Err(ReadError::Schema(schema));
    }
    serde_json::from_str(text).map_err(ReadError::Json)
}

/// Why a text was not taken for a summary.
#[derive(Debug)]
#[non_exhaustive]
pub enum ReadError {
    /// It has a schema that is not known here.
    Schema(u64),
    /// It is no JSON, lacks a field, or has a value or a word that is not known here.
    Json(serde_json::Error),
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Schema(schema) => write!(
                f,
                "the summary has schema {schema}, and only schema {} can be read here; use the version of shindan that wrote it",
                Summary::SCHEMA
            ),
            Self::Json(_) => f.write_str(
                "this cannot be read as a summary; take the summary.json that this or an older version of shindan wrote",
            ),
        }
    }
}

impl Error for ReadError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Schema(_) => None,
            Self::Json(error) => Some(error),
        }
    }
}
