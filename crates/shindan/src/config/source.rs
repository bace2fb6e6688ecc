//! A configuration file, and what is said of a place in it.

use std::{
    fmt::Display,
    fs, io,
    ops::Range,
    path::{Path, PathBuf},
};

use super::{
    Origin,
    file::{File, Text, Texts},
};
use crate::{exit::Exit, failed::Failed, state::quoted};

/// A file that is larger is no configuration, in bytes.
const MOST_BYTES: u64 = 1 << 20;
/// The only version of the format so far.
const VERSION: &str = "1";

/// A file that was read.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    pub(crate) path: PathBuf,
    text: String,
    pub(super) file: File,
}

impl Source {
    /// Reads it; `None` if there is no such file.
    pub(super) fn read(path: &Path) -> Result<Option<Self>, Failed> {
        let unreadable = |error: &dyn Display| {
            Failed::new(Exit::Usage, format!("{} cannot be read", quoted(path)))
                .cause(error)
                .help("let it be read, or say --config FILE")
        };
        match fs::metadata(path) {
            Ok(of) if of.len() > MOST_BYTES => {
                return Err(unreadable(&format!("it has more than {MOST_BYTES} bytes")));
            }
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(unreadable(&error)),
        }
        let text = fs::read_to_string(path).map_err(|error| unreadable(&error))?;
        Self::parse(path.to_owned(), text).map(Some)
    }

    /// Reads a file's text.
    pub(crate) fn parse(path: PathBuf, text: String) -> Result<Self, Failed> {
        let parsed: Result<File, _> = toml::from_str(&text);
        let mut source = Self { path, text, file: File::default() };
        source.file = parsed.map_err(|error| {
            let failed = source.wrong(error.span().unwrap_or_default(), error.message());
            match meant(error.message()) {
                Some(name) => failed.help(format!("did you mean {name}?")),
                None => failed,
            }
        })?;
        match &source.file.version {
            Some(version) if version.get_ref().0 == VERSION => Ok(source),
            Some(version) => {
                let why = format!("this program reads version {VERSION} of the file");
                Err(source.wrong(version.span(), why))
            }
            None => Err(source.wrong(0..0, format!("version = {VERSION} is missing"))),
        }
    }

    /// Why a place in the file cannot be used.
    pub(super) fn wrong(&self, at: Range<usize>, why: impl Display) -> Failed {
        let (line, column) = self.place(at.start);
        // The line itself is not shown: somebody may have written a key into it.
        Failed::new(Exit::Usage, format!("{}:{line}:{column}: {why}", self.path.display()))
    }

    /// A value, read as something; an error names its place.
    pub(super) fn read_as<T>(
        &self,
        value: &Text,
        read: impl FnOnce(&str) -> Result<T, String>,
    ) -> Result<T, Failed> {
        read(&value.get_ref().0).map_err(|why| self.wrong(value.span(), why))
    }

    /// A list of values.
    pub(super) fn all_as<T>(
        &self,
        values: &Texts,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Vec<T>, Failed> {
        values.iter().map(|value| self.read_as(value, &read)).collect()
    }

    /// Who set what stands there.
    pub(super) fn origin(&self, at: &Range<usize>) -> Origin {
        Origin::Line(self.path.clone(), self.place(at.start).0)
    }

    /// Line and column of a byte, both from 1 on; the column counts characters.
    fn place(&self, at: usize) -> (usize, usize) {
        let before = self.text.get(..at).unwrap_or(&self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        (line, column)
    }
}

/// The known name that is most like the unknown one, if one is.
fn meant(message: &str) -> Option<&str> {
    let mut names = message.strip_prefix("unknown field ")?.split('`').skip(1).step_by(2);
    let unknown = names.next()?;
    nearest(unknown, names)
}

/// The candidate that is most like a name, if one is like it.
pub(crate) fn nearest<'a>(
    name: &str,
    candidates: impl Iterator<Item = &'a str>,
) -> Option<&'a str> {
    const ALIKE: f64 = 0.7;
    let rated = candidates.map(|candidate| (strsim::jaro_winkler(name, candidate), candidate));
    let alike = rated.filter(|(alike, _)| *alike >= ALIKE);
    alike.max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, candidate)| candidate)
}
