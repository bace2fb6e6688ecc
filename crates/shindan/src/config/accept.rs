//! `[[accept]]`: findings that somebody answers for until a day.

use shindan_report::{Acceptance, Day, Fingerprint};
use toml::Spanned;

use super::{
    Origin, Source,
    file::{self, Text},
};
use crate::{
    args::{at_least_one, text},
    failed::Failed,
};

/// One of them, and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Accepted {
    pub(crate) what: Acceptance,
    pub(crate) origin: Origin,
}

/// All of a file. Nothing is accepted without a reason, somebody who answers for it, and a last day.
pub(super) fn all(source: &Source) -> Result<Vec<Accepted>, Failed> {
    source.file.accept.iter().map(|said| read(source, said)).collect()
}

fn read(source: &Source, said: &Spanned<file::Accept>) -> Result<Accepted, Failed> {
    let table = said.get_ref();
    let wrong = |key: &str| source.wrong(said.span(), format!("this [[accept]] has no {key}"));
    let required = |key, value: &Option<Text>| value.clone().ok_or_else(|| wrong(key));
    let fingerprint = required("fingerprint", &table.fingerprint)?;
    let fingerprint: Fingerprint =
        source.read_as(&fingerprint, |text| text.parse().map_err(str::to_owned))?;
    let until = source.read_as(&required("until", &table.until)?, day)?;
    let reason = source.read_as(&required("reason", &table.reason)?, text)?;
    let owner = source.read_as(&required("owner", &table.owner)?, text)?;
    let mut what = Acceptance::new(fingerprint, reason, owner, until);
    if let Some(target) = &table.target {
        let named = source.read_as(target, text)?;
        if !source.file.targets.contains_key(&named) {
            let why = format!("there is no target {named} in this file");
            return Err(source.wrong(target.span(), why));
        }
        what.target = Some(named);
    }
    if let Some(count) = &table.count {
        what.count = source.read_as(count, at_least_one)?;
    }
    if let Some(severity) = &table.severity {
        let read = |text: &str| text.parse().map_err(|why: &str| why.to_owned());
        what.severity = Some(source.read_as(severity, read)?);
    }
    Ok(Accepted { what, origin: source.origin(&said.span()) })
}

/// A day, as a file or an option says it.
pub(crate) fn day(text: &str) -> Result<Day, String> {
    text.parse().map_err(str::to_owned)
}
