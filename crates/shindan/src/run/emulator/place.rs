//! Where the other commands find an emulator: a lock for as long as it lives, and a file that says where it answers.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Write as _},
    path::{Path, PathBuf},
    process,
    time::Duration,
};

use serde::{Deserialize, Serialize};
use tokio::time::sleep;

use crate::{environment::Environment, exit::Exit, failed::Failed, state::State};

/// The format of the file.
const FORMAT: u32 = 1;

/// What the file says.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Record {
    format: u32,
    /// The process.
    pub(super) process: u32,
    /// What tells it from every other emulator; no secret.
    pub(super) instance: String,
    /// Where it answers on this machine.
    pub(super) url: String,
    /// The same over TLS.
    pub(super) https_url: Option<String>,
    /// The certificate that clients must trust then.
    pub(super) ca: Option<String>,
    /// The number of the VAddy project that clients are given.
    pub(super) project_number: Option<u64>,
}

impl Record {
    pub(super) fn of_this_process(
        instance: String,
        url: String,
        https_url: Option<String>,
        ca: Option<String>,
        project_number: Option<u64>,
    ) -> Self {
        let process = process::id();
        Self { format: FORMAT, process, instance, url, https_url, ca, project_number }
    }
}

/// A state directory, in which one emulator can run.
#[derive(Debug)]
pub(super) struct Place(State);

/// The place of this process, until it is dropped.
#[derive(Debug)]
pub(super) struct Claim {
    record: PathBuf,
    _lock: File,
}

impl Place {
    pub(super) fn open(named: Option<&Path>, environment: &Environment) -> Result<Self, Failed> {
        State::open(named, environment).map(Self)
    }

    /// The one that runs here; `None` if none does, however the last one ended.
    pub(super) fn find(&self) -> Result<Option<Record>, Failed> {
        match (self.is_held()?, self.read()?) {
            (false, _) => Ok(None),
            (true, Some(record)) => Ok(Some(record)),
            (true, None) => Err(Failed::new(
                Exit::Unavailable,
                "an emulator is just being started or ended here",
            )
            .help("try again in a moment")),
        }
    }

    /// The one that must run here.
    pub(super) fn running(&self) -> Result<Record, Failed> {
        self.find()?.ok_or_else(|| {
            Failed::new(Exit::Unavailable, "no emulator runs in this state directory")
                .cause(self.directory().display())
                .help(format!("start one with: {}", self.command("emulator start --detach")))
        })
    }

    /// Whether one runs here, or is just being started or ended.
    pub(super) fn is_held(&self) -> Result<bool, Failed> {
        // Shared: two that only look do not take each other for an emulator.
        let (path, lock) = self.lock()?;
        is_held(&path, lock.try_lock_shared())
    }

    /// Whether this one runs here; it may have ended without taking its record away, or be ending.
    pub(super) fn is_of(&self, record: &Record) -> Result<bool, Failed> {
        let is_other = |now: &Record| now.instance != record.instance;
        Ok(self.is_held()? && !self.read()?.as_ref().is_some_and(is_other))
    }

    /// Takes the place, and what a dead emulator has left is gone.
    pub(super) async fn claim(&self) -> Result<Claim, Failed> {
        // A command that only looks has the lock for a moment.
        for _ in 0..20 {
            let (path, lock) = self.lock()?;
            if !is_held(&path, lock.try_lock())? {
                if self.read()?.is_some() {
                    fs::remove_file(self.record())
                        .map_err(|error| unusable(&self.record(), error))?;
                }
                return Ok(Claim { record: self.record(), _lock: lock });
            }
            sleep(Duration::from_millis(10)).await;
        }
        let running = self.running()?;
        let sentence = format!(
            "an emulator runs already in this state directory: {}, process {}",
            running.url, running.process
        );
        Err(Failed::new(Exit::Unavailable, sentence)
            .cause(self.directory().display())
            .help(format!("end it with: {}", self.command("emulator stop")))
            .help("or give this one a directory of its own: --state-dir DIR"))
    }

    /// The file for what a detached one writes, empty.
    pub(super) fn make_log(&self) -> Result<(PathBuf, File), Failed> {
        let path = self.directory().join("emulator.log");
        // Two that start at once write to the same one, and each line stays whole.
        let log = private().append(true).create(true).open(&path).and_then(|log| {
            log.set_len(0)?;
            Ok(log)
        });
        log.map_err(|error| unusable(&path, error)).map(|log| (path, log))
    }

    pub(super) fn directory(&self) -> &Path {
        &self.0.directory
    }

    /// A command of this tool that uses the same directory.
    pub(super) fn command(&self, command: &str) -> String {
        self.0.command(command)
    }

    fn record(&self) -> PathBuf {
        self.directory().join("emulator.json")
    }

    /// The file of the lock, not locked yet.
    fn lock(&self) -> Result<(PathBuf, File), Failed> {
        let path = self.directory().join("emulator.lock");
        let file = private().read(true).write(true).create(true).open(&path);
        file.map_err(|error| unusable(&path, error)).map(|file| (path, file))
    }

    /// What the file says, whether it is still true or not.
    pub(super) fn read(&self) -> Result<Option<Record>, Failed> {
        #[derive(Deserialize)]
        struct Format {
            format: u32,
        }
        let path = self.record();
        let json = match fs::read(&path) {
            Ok(json) => json,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(unusable(&path, error)),
        };
        let refused = |why: String| {
            Failed::new(Exit::Output, why)
                .and("it was left as it is")
                .help("look what it is, then move it away, or say --state-dir DIR")
        };
        let shown = path.display();
        let damaged = |error| {
            refused(format!("{shown} cannot be read as the record of an emulator")).cause(error)
        };
        let Format { format } = serde_json::from_slice(&json).map_err(damaged)?;
        if format != FORMAT {
            return Err(refused(format!("{shown} has a format that this version does not know")));
        }
        serde_json::from_slice(&json).map(Some).map_err(damaged)
    }
}

impl Claim {
    /// Lets the others find it.
    pub(super) fn publish(&self, record: &Record) -> Result<(), Failed> {
        let json =
            serde_json::to_vec(record).map_err(|error| Failed::new(Exit::Internal, error))?;
        let new = self.record.with_extension("json.new");
        let written = private().write(true).create(true).truncate(true).open(&new);
        written
            .and_then(|mut file| {
                file.write_all(&json)?;
                file.sync_all()
            })
            .and_then(|()| fs::rename(&new, &self.record))
            .map_err(|error| unusable(&self.record, error))
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        // If it stays, the free lock says that it is of no use.
        let _ = fs::remove_file(&self.record);
    }
}

fn is_held(path: &Path, locked: Result<(), TryLockError>) -> Result<bool, Failed> {
    match locked {
        Ok(()) => Ok(false),
        Err(TryLockError::WouldBlock) => Ok(true),
        Err(TryLockError::Error(error)) => Err(unusable(path, error)),
    }
}

fn unusable(path: &Path, error: io::Error) -> Failed {
    Failed::new(Exit::Output, format!("{} cannot be used", path.display()))
        .cause(error)
        .help("say --state-dir DIR, a directory that can be written")
}

/// Files that their owner alone reads; a symlink in their place is not followed.
fn private() -> OpenOptions {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "only Unix has modes"))]
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        let no_follow = rustix::fs::OFlags::NOFOLLOW.bits().cast_signed();
        options.mode(0o600).custom_flags(no_follow);
    }
    options
}
