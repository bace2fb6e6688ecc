//! Whether a file would be taken by whom it is for: the rules that they apply, not only the published schemas.
//!
//! A file can be valid by its schema and be refused all the same: a SARIF with a URL as its place is valid, and
//! GitHub refuses the whole upload.

mod defectdojo;
mod github;
mod gitlab;

use core::str::FromStr;

use serde_json::Value;

use crate::Untrusted;

/// Who is to take the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Checked {
    /// GitHub code scanning: SARIF.
    GitHub,
    /// GitLab: a DAST report.
    GitLab,
    /// `DefectDojo`: generic findings.
    DefectDojo,
}

impl Checked {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::GitHub, Self::GitLab, Self::DefectDojo];

    /// One word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::GitHub => "github",
            Self::GitLab => "gitlab",
            Self::DefectDojo => "defectdojo",
        }
    }
}

impl FromStr for Checked {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is = |one: &Self| one.as_str() == text;
        Self::ALL.into_iter().find(is).ok_or("it is none of: github, gitlab, defectdojo")
    }
}

/// What is wrong with the file, a line each, safe to be shown on a terminal; nothing if it would be taken.
pub fn check(text: &str, as_what: Checked) -> Vec<String> {
    let mut faults = Faults::default();
    match serde_json::from_str::<Value>(text) {
        Err(error) => faults.add("the file", format!("is not JSON: {error}")),
        Ok(value) if !value.is_object() => faults.add("the file", "is not a JSON object"),
        Ok(value) => match as_what {
            Checked::GitHub => github::check(&value, text.len(), &mut faults),
            Checked::GitLab => gitlab::check(&value, &mut faults),
            Checked::DefectDojo => defectdojo::check(&value, &mut faults),
        },
    }
    faults.0
}

/// What is wrong, and where.
#[derive(Default)]
struct Faults(Vec<String>);

impl Faults {
    fn add(&mut self, at: impl AsRef<str>, what: impl AsRef<str>) {
        let line = Untrusted::new(format!("{} {}", at.as_ref(), what.as_ref()));
        self.0.push(line.for_terminal());
    }

    /// Adds it unless it holds.
    fn unless(&mut self, holds: bool, at: impl AsRef<str>, what: impl AsRef<str>) {
        if !holds {
            self.add(at, what);
        }
    }

    /// The text at this pointer, which has to be there and not to be empty.
    fn text<'a>(&mut self, value: &'a Value, pointer: &str, at: &str) -> Option<&'a str> {
        let found = value.pointer(pointer).and_then(Value::as_str).filter(|text| !text.is_empty());
        self.unless(
            found.is_some(),
            format!("{at}{pointer}"),
            "has to be a text that is not empty",
        );
        found
    }

    /// The list at this pointer, which has to be there.
    fn list<'a>(&mut self, value: &'a Value, pointer: &str, at: &str) -> &'a [Value] {
        let found = value.pointer(pointer).and_then(Value::as_array);
        self.unless(found.is_some(), format!("{at}{pointer}"), "has to be a list");
        found.map(Vec::as_slice).unwrap_or_default()
    }
}
