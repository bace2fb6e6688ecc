//! The variables of the process: read once, here, and handed down.

use std::{collections::BTreeMap, ffi::OsString, fmt, path::Path};

use shindan_emulator::keys;

use crate::{exit::Exit, failed::Failed, secrets};

/// Every variable that is looked at.
const NAMES: [&str; 33] = [
    "BUILD_ID",
    "CI_JOB_NAME",
    "CI_PIPELINE_ID",
    "CI_SERVER_URL",
    "GITHUB_JOB",
    "GITHUB_REPOSITORY",
    "GITHUB_RUN_ID",
    "GITHUB_SERVER_URL",
    "HOME",
    "JENKINS_URL",
    "JOB_NAME",
    "LOCALAPPDATA",
    "NCLOUD_ACCESS_KEY",
    "NCLOUD_ACCESS_KEY_ID",
    "NCLOUD_API_GW",
    "NCLOUD_SECRET_ACCESS_KEY",
    "NCLOUD_SECRET_KEY",
    "NCLOUD_SITE",
    "SHINDAN_STATE_DIR",
    "VADDY_API_SERVER",
    "VADDY_AUTH_KEY",
    "VADDY_CRAWL",
    "VADDY_CRAWL_ID",
    "VADDY_FQDN",
    "VADDY_HOST",
    "VADDY_PROJECT_ID",
    "VADDY_PROJECT_NUMBER",
    "VADDY_SCAN_TYPE",
    "VADDY_TOKEN",
    "VADDY_USER",
    "VADDY_VERIFICATION_CODE",
    "WSC_ENDPOINT",
    "XDG_STATE_HOME",
];

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
pub(crate) struct Environment(BTreeMap<&'static str, OsString>);

impl Environment {
    pub(crate) fn of_process() -> Self {
        let environment = Self::from(|name| std::env::var_os(name));
        let secrets = SECRETS.iter().filter_map(|name| environment.0.get(name)?.to_str());
        // The emulator's is published, and stands in the texts that it explains a signature with.
        secrets::keep(secrets.filter(|secret| *secret != keys::WSC_ACCESS_KEY));
        environment
    }

    pub(crate) fn from(read: impl Fn(&str) -> Option<OsString>) -> Self {
        let set = NAMES.iter().filter_map(|name| Some((*name, read(name)?)));
        Self(set.filter(|(_, value)| !value.is_empty()).collect())
    }

    /// The first of these names that is set.
    pub(crate) fn first(
        &self,
        names: &[&'static str],
    ) -> Result<Option<(&'static str, &str)>, Failed> {
        let Some((name, value)) = names.iter().find_map(|name| self.0.get_key_value(name)) else {
            return Ok(None);
        };
        match value.to_str() {
            Some(value) => Ok(Some((name, value))),
            None => Err(Failed::new(Exit::Usage, format!("{name} is not valid UTF-8"))
                .help(format!("set {name} again"))),
        }
    }

    /// A path.
    pub(crate) fn path(&self, name: &str) -> Option<&Path> {
        self.0.get(name).map(Path::new)
    }

    /// The first of these names that is set, read as something.
    pub(crate) fn read<T>(
        &self,
        names: &[&'static str],
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
        f.debug_set().entries(self.0.keys()).finish()
    }
}
