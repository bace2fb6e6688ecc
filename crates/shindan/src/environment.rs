//! The variables of the process: read once, here, and handed down. `shindan help environment` lists them.

use std::{
    collections::BTreeMap,
    ffi::{OsStr, OsString},
    fmt,
    path::Path,
};

use shindan_emulator::keys;

use crate::{exit::Exit, failed::Failed, secrets};

/// Those that are never shown, whatever a server makes of them.
pub(crate) const SECRETS: [&str; 7] = [
    "NCLOUD_ACCESS_KEY",
    "NCLOUD_ACCESS_KEY_ID",
    "NCLOUD_SECRET_ACCESS_KEY",
    "NCLOUD_SECRET_KEY",
    "VADDY_AUTH_KEY",
    "VADDY_TOKEN",
    "VADDY_VERIFICATION_CODE",
];

/// The variables that were set and not empty.
pub(crate) struct Environment(BTreeMap<OsString, OsString>);

impl Environment {
    pub(crate) fn of_process() -> Self {
        let environment = Self::from(std::env::vars_os());
        let secrets = SECRETS.iter().filter_map(|name| environment.path(name)?.to_str());
        // The emulator's is published, and stands in the texts that it explains a signature with.
        secrets::keep(secrets.filter(|secret| *secret != keys::WSC_ACCESS_KEY));
        environment
    }

    pub(crate) fn from<T: Into<OsString>>(set: impl IntoIterator<Item = (T, T)>) -> Self {
        let set = set.into_iter().map(|(name, value)| (name.into(), value.into()));
        Self(set.filter(|(_, value): &(_, OsString)| !value.is_empty()).collect())
    }

    /// As if it had been set.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.0.insert(name.into(), value.into());
    }

    /// The first of these names that is set.
    pub(crate) fn first<'n>(&self, names: &[&'n str]) -> Result<Option<(&'n str, &str)>, Failed> {
        let set = names.iter().find_map(|name| Some((*name, self.0.get(OsStr::new(name))?)));
        let Some((name, value)) = set else { return Ok(None) };
        match value.to_str() {
            Some(value) => Ok(Some((name, value))),
            None => Err(Failed::new(Exit::Usage, format!("{name} is not valid UTF-8"))
                .help(format!("set {name} again"))),
        }
    }

    /// A path.
    pub(crate) fn path(&self, name: &str) -> Option<&Path> {
        self.0.get(OsStr::new(name)).map(Path::new)
    }

    /// The first of these names that is set, read as something.
    pub(crate) fn read<T>(
        &self,
        names: &[&str],
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Option<T>, Failed> {
        let Some((name, value)) = self.first(names)? else { return Ok(None) };
        match read(value) {
            Ok(value) => Ok(Some(value)),
            Err(reason) => {
                Err(Failed::new(Exit::Usage, format!("{name} cannot be used: {reason}"))
                    .help(format!("set {name} again, or unset it")))
            }
        }
    }
}

/// The values may be keys.
impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Environment").finish_non_exhaustive()
    }
}
