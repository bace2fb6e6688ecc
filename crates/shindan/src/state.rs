//! Where runs are kept, and what is said when they cannot be.

use std::path::{Path, PathBuf};

use shindan_journal::{BeginError, Error, FindError, Journal, Phase, RunId, RunView};

use crate::{environment::Environment, exit::Exit, failed::Failed, output::note};

/// The journal, and how a later command names its directory.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) journal: Journal,
    pub(crate) directory: PathBuf,
    option: String,
}

impl State {
    /// Opens the directory that was named, or the usual one.
    pub(crate) fn open(named: Option<&Path>, environment: &Environment) -> Result<Self, Failed> {
        let directory = match named.or_else(|| environment.path("SHINDAN_STATE_DIR")) {
            Some(directory) => directory.to_owned(),
            None => usual(environment).ok_or_else(|| {
                Failed::new(Exit::Output, "there is no place to keep what is started; nothing was sent")
                    .cause("looked at --state-dir, then SHINDAN_STATE_DIR, XDG_STATE_HOME and HOME: none names an absolute directory")
                    .help("say --state-dir DIR")
            })?,
        };
        let option = named.map_or_else(String::new, |dir| format!(" --state-dir {}", quoted(dir)));
        Ok(Self { journal: Journal::open(&directory)?, directory, option })
    }

    /// Whether a run could be begun now: before anything is sent.
    pub(crate) fn probe(&self) -> Result<(), Failed> {
        self.journal.probe().map_err(|error| Failed::from(error).and("nothing was sent"))
    }

    /// How many charged scans were begun since a time in Unix ms, or may have been.
    pub(crate) fn charged_since(&self, since_ms: i64) -> Result<u64, Failed> {
        let runs = self.journal.runs()?.runs;
        let charged = runs.iter().filter(|view| {
            let of_wsc = view.run.intent.as_ref().is_none_or(|intent| intent.service == "wsc");
            let nothing =
                matches!(view.run.phase(), Phase::Intended | Phase::Refused | Phase::NotStarted);
            let free = view.run.intent.as_ref().is_some_and(|intent| intent.repeats.is_some());
            // What was found was charged to the run that had started it.
            let whole = view.torn_tail.is_none() && view.damage().next().is_none();
            let found = whole && view.run.sent_at_ms.is_none();
            of_wsc && !nothing && !free && !found && view.id.at_ms() >= since_ms
        });
        Ok(charged.count().try_into().unwrap_or(u64::MAX))
    }

    /// A command of this tool that uses the same directory.
    pub(crate) fn command(&self, command: &str) -> String {
        format!("shindan {command}{}", self.option)
    }
}

fn usual(environment: &Environment) -> Option<PathBuf> {
    let below = |name, rest: &str| Some(environment.path(name)?.join(rest));
    below("XDG_STATE_HOME", "shindan")
        .filter(|directory| directory.is_absolute())
        .or_else(|| below("HOME", ".local/state/shindan"))
        .or_else(|| below("LOCALAPPDATA", "shindan"))
        .filter(|directory| directory.is_absolute())
}

/// As a shell reads it.
pub(crate) fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"/._-+:,@%=\\".contains(&b);
    if text.bytes().all(plain) { text } else { shell_word(&text) }
}

/// A word of a shell's command that is this text, whatever is in it.
pub(crate) fn shell_word(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// Says where a run's file is damaged.
pub(crate) fn note_damage(view: &RunView) {
    for damage in view.damage() {
        note(format!("note: {damage}"));
    }
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        let failed = Self::new(Exit::Output, &error).sources(&error);
        match error {
            // What it holds would not be seen from another directory, and might be started again.
            Error::Io { action: "read" | "list" | "open", .. } => failed
                .help("let it be read again, or look into the service's console before you start anything"),
            Error::Io { .. } => failed.help("say --state-dir DIR, a directory that can be written"),
            Error::Newer { .. } | _ => failed,
        }
    }
}

impl From<FindError> for Failed {
    fn from(error: FindError) -> Self {
        match error {
            FindError::Journal(error) => error.into(),
            error @ FindError::Missing(_) => {
                Self::new(Exit::Precondition, error).help("list them with: shindan runs list")
            }
            error @ (FindError::Ambiguous { .. } | _) => {
                Self::new(Exit::Usage, error).help("list them with: shindan runs list")
            }
        }
    }
}

impl State {
    /// Why this run was not begun or claimed.
    pub(crate) fn refused(&self, run: RunId, error: BeginError) -> Failed {
        match error {
            BeginError::Journal(error) => Failed::from(error).and("nothing was sent"),
            BeginError::LockHeld(holder) => {
                let failed = Failed::new(Exit::Refused, BeginError::LockHeld(holder));
                // Nobody can follow the run itself before that process lets go of it.
                match holder {
                    Some(holder) if holder.run != run => failed.help(format!(
                        "follow that one with: {}",
                        self.command(&format!("attach {}", holder.run))
                    )),
                    _ => failed,
                }
            }
            BeginError::OpenUnknown { run, path } => {
                let reconcile = self.command(&format!("runs reconcile {run}"));
                Failed::new(Exit::Refused, BeginError::OpenUnknown { run, path })
                    .help(format!("find out what became of it with: {reconcile}"))
            }
            error => Failed::new(Exit::Internal, error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usual_of(set: &[(&str, &str)]) -> Option<PathBuf> {
        let environment = Environment::from(set.iter().copied());
        usual(&environment)
    }

    #[test]
    fn the_usual_directory_is_absolute() {
        let home = ("HOME", "/a");
        assert_eq!(usual_of(&[]), None);
        assert_eq!(usual_of(&[home]), Some("/a/.local/state/shindan".into()));
        assert_eq!(usual_of(&[("XDG_STATE_HOME", "/x"), home]), Some("/x/shindan".into()));
        assert_eq!(
            usual_of(&[("XDG_STATE_HOME", "x"), home]),
            Some("/a/.local/state/shindan".into())
        );
        assert_eq!(usual_of(&[("HOME", "a")]), None);
    }

    #[test]
    fn a_shell_reads_the_same_path() {
        assert_eq!(quoted(Path::new("/a/b-c_1.d")), "/a/b-c_1.d");
        assert_eq!(quoted(Path::new("a b'c$(d)")), r"'a b'\''c$(d)'");
    }
}
