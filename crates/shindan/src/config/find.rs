//! Which files are read.

use std::path::{Path, PathBuf};

use super::Source;
use crate::{environment::Environment, exit::Exit, failed::Failed, state::quoted};

/// The project's file.
pub(crate) const PROJECT_FILE: &str = "shindan.toml";
/// The user's file, below the directory for configuration.
const USER_FILE: &str = "shindan/config.toml";

/// The two files, as far as they are there.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) project: Option<Source>,
    pub(crate) user: Option<Source>,
}

impl Found {
    /// The stronger one first.
    pub(super) fn sources(&self) -> impl Iterator<Item = &Source> {
        self.project.iter().chain(&self.user)
    }
}

/// Reads the file that was named, or the nearest one upwards from a directory; and the user's.
pub(crate) fn found(
    named: Option<&Path>,
    from: &Path,
    environment: &Environment,
) -> Result<Found, Failed> {
    let project = match named.or_else(|| environment.path("SHINDAN_CONFIG")) {
        Some(path) => Some(Source::read(path)?.ok_or_else(|| {
            Failed::new(Exit::Usage, format!("there is no file {}", quoted(path)))
                .help("make one with: shindan config init")
        })?),
        None => upwards(from)?,
    };
    let user = user_file(environment).map(|path| Source::read(&path)).transpose()?.flatten();
    let of_project = |user: &&Source| !user.file.targets.is_empty() || !user.file.accept.is_empty();
    if let Some(user) = user.as_ref().filter(of_project) {
        return Err(Failed::new(
            Exit::Usage,
            format!(
                "{} has targets or accepted findings, and they belong to a project",
                quoted(&user.path)
            ),
        )
        .help(format!("move them into a {PROJECT_FILE}")));
    }
    Ok(Found { project, user })
}

/// Where the user's file is, whether it is there or not.
fn user_file(environment: &Environment) -> Option<PathBuf> {
    let below = |name, rest: &str| Some(environment.path(name)?.join(rest));
    below("XDG_CONFIG_HOME", USER_FILE)
        .filter(|path| path.is_absolute())
        .or_else(|| Some(below("HOME", ".config")?.join(USER_FILE)))
        .or_else(|| below("APPDATA", USER_FILE))
        .filter(|path| path.is_absolute())
}

fn upwards(from: &Path) -> Result<Option<Source>, Failed> {
    for directory in from.ancestors() {
        if let Some(source) = Source::read(&directory.join(PROJECT_FILE))? {
            return Ok(Some(source));
        }
    }
    Ok(None)
}
