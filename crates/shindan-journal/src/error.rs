use std::{io, path::PathBuf};

use crate::{Newer, RunId};

/// Why a journal cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The state directory or a file in it cannot be used.
    #[error("cannot {action} {}; check the state directory", .path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// With what.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A later major version has written the file; it is left as it is.
    #[error("cannot read {}; update this program", .path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// The versions.
        source: Newer,
    },
}

/// Why a run was not begun, and nothing sent, or why it was not claimed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BeginError {
    /// Another process starts a scan of the same target at this moment.
    #[error("{} starts a scan of this target; wait until its outcome is known", holder(*.0))]
    LockHeld(Option<Holder>),
    /// What became of an earlier start of the same target is not known.
    #[error("the outcome of run {run} of this target is unknown; reconcile it before another start ({})", .path.display())]
    OpenUnknown {
        /// The earlier run.
        run: RunId,
        /// Its file.
        path: PathBuf,
    },
    /// The journal cannot be used.
    #[error(transparent)]
    Journal(#[from] Error),
}

/// Who holds a lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Holder {
    /// The process.
    pub pid: u32,
    /// The run that it starts.
    pub run: RunId,
}

impl Holder {
    pub(crate) fn note(self) -> String {
        format!("{} {}\n", self.pid, self.run)
    }

    pub(crate) fn from_note(note: &str) -> Option<Self> {
        let (pid, run) = note.trim_end().split_once(' ')?;
        Some(Self { pid: pid.parse().ok()?, run: run.parse().ok()? })
    }
}

fn holder(holder: Option<Holder>) -> String {
    holder.map_or_else(
        || "another process".to_owned(),
        |Holder { pid, run }| format!("process {pid} (run {run})"),
    )
}

/// Why there is not one run of this name.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FindError {
    /// None has a name that begins like this.
    #[error("there is no run {0:?}; look at the list of runs")]
    Missing(String),
    /// More than one has.
    #[error("{text:?} begins the names of {} runs; give more of it", .runs.len())]
    Ambiguous {
        /// What was searched for.
        text: String,
        /// The runs.
        runs: Vec<RunId>,
    },
    /// The journal cannot be used.
    #[error(transparent)]
    Journal(#[from] Error),
}

/// Why a run was not removed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RemoveError {
    /// A scan was started and the run has not ended, or the outcome of its start is not known.
    #[error("run {0} is not closed; attach to it or reconcile it first")]
    Open(RunId),
    /// Another process is at work on this run, or on another one of the same target.
    #[error("{} starts a scan of this target; remove the run once its outcome is known", holder(*.0))]
    LockHeld(Option<Holder>),
    /// The journal cannot be used.
    #[error(transparent)]
    Journal(#[from] Error),
}
