use std::{
    io,
    path::{Path, PathBuf},
};

use sha2::{Digest as _, Sha256};

use crate::{
    BeginError, Decoded, Entry, Error, Files, FindError, Holder, Intent, Locked, Record,
    RemoveError, Run, RunFile, RunId, Storage, decode, encode,
};

/// All runs below one state directory.
#[derive(Clone, Debug)]
pub struct Journal<S = Files> {
    storage: S,
}

/// A run as its file shows it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RunView {
    /// Its name.
    pub id: RunId,
    /// Its file.
    pub path: PathBuf,
    /// What is known of it.
    pub run: Run,
    /// What the file says, in its order.
    pub entries: Vec<Entry>,
    /// Where an incomplete last line begins, in bytes; what it was going to say is not known.
    pub torn_tail: Option<usize>,
}

impl RunView {
    /// Where the file is damaged; the rest of it was used.
    pub fn damage(&self) -> impl Iterator<Item = Damage<'_>> {
        self.entries.iter().filter_map(|entry| match entry {
            Entry::Damage { offset } => Some(Damage { file: &self.path, offset: *offset }),
            Entry::Record(_) => None,
        })
    }
}

/// A place in a file that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Damage<'a> {
    /// The file.
    pub file: &'a Path,
    /// Where it begins, in bytes.
    pub offset: usize,
}

impl core::fmt::Display for Damage<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let Self { file, offset } = self;
        write!(f, "{} is damaged at byte {offset}; the rest of it is used", file.display())
    }
}

/// All runs.
#[derive(Debug)]
#[non_exhaustive]
pub struct Runs {
    /// Those that can be read, the oldest first.
    pub runs: Vec<RunView>,
    /// Why others cannot.
    pub unreadable: Vec<Error>,
}

impl Journal {
    /// Opens a state directory, and makes it if it is missing.
    pub fn open(state: &Path) -> Result<Self, Error> {
        let storage = Files::new(state).map_err(|source| Error::Io {
            action: "make directories in",
            path: state.to_owned(),
            source,
        })?;
        Ok(Self { storage })
    }
}

impl<S: Storage> Journal<S> {
    /// On other files.
    pub fn on(storage: S) -> Self {
        Self { storage }
    }

    /// Makes an intent durable, which sends nothing yet; the start has a [`Record::Sent`] of its own.
    ///
    /// The target is locked until [`RunFile::release_lock`] and refused while an earlier start of it has no
    /// outcome. A file that cannot be read refuses every target, because it may hold such a start.
    pub fn begin(&self, intent: Intent) -> Result<RunFile<S>, BeginError> {
        let run = intent.run;
        let lock = self.lock(&intent.target_key, run)?.map_err(BeginError::LockHeld)?;
        let Runs { runs, unreadable } = self.runs()?;
        if let Some(error) = unreadable.into_iter().next() {
            return Err(error.into());
        }
        if let Some(same) = runs.iter().find(|view| view.id == run) {
            let source = io::ErrorKind::AlreadyExists.into();
            return Err(Error::Io { action: "create", path: same.path.clone(), source }.into());
        }
        if let Some(open) = runs.into_iter().find(|view| view.run.blocks(&intent.target_key)) {
            return Err(BeginError::OpenUnknown { run: open.id, path: open.path });
        }
        let file = self.publish(intent)?;
        Ok(RunFile::new(self.storage.clone(), run, file, Some(lock), false))
    }

    /// Every run, as far as it can be read.
    pub fn runs(&self) -> Result<Runs, Error> {
        let mut ids = self.ids()?;
        ids.sort_unstable();
        let mut all = Runs { runs: Vec::new(), unreadable: Vec::new() };
        for id in ids {
            match self.view(id) {
                Ok(view) => all.runs.push(view),
                // Removed by another process since it was listed.
                Err(Error::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => {}
                Err(error) => all.unreadable.push(error),
            }
        }
        Ok(all)
    }

    /// The run whose name is this, or begins with it.
    pub fn run(&self, text: &str) -> Result<RunView, FindError> {
        let start = text.to_ascii_uppercase();
        let mut ids = self.ids()?;
        ids.retain(|id| !start.is_empty() && id.to_string().starts_with(&start));
        ids.sort_unstable();
        match ids[..] {
            [] => Err(FindError::Missing(text.to_owned())),
            [id] => Ok(self.view(id)?),
            _ => Err(FindError::Ambiguous { text: text.to_owned(), runs: ids }),
        }
    }

    /// The run that was begun last; one that cannot be read is an error and is not passed over.
    pub fn latest(&self) -> Result<Option<RunView>, Error> {
        self.ids()?.into_iter().max().map(|id| self.view(id)).transpose()
    }

    /// Opens a run that was begun before, in order to append; its target is not locked, so nothing may be
    /// sent for it.
    pub fn reopen(&self, id: RunId) -> Result<RunFile<S>, Error> {
        self.file(id, None)
    }

    /// Like [`reopen`](Self::reopen), with the lock of its target: to reconcile a start that no living process
    /// is at work on. A run that lost its intent has no target to lock.
    pub fn claim(&self, id: RunId) -> Result<RunFile<S>, BeginError> {
        let lock = self.lock_target(id)?.map_err(BeginError::LockHeld)?;
        Ok(self.file(id, lock)?)
    }

    /// Removes the file of a run that is closed, or that has certainly started nothing. Its target is locked
    /// meanwhile, so that a run that a living process is about to start is not removed.
    pub fn remove(&self, id: RunId) -> Result<(), RemoveError> {
        let _lock = self.lock_target(id)?.map_err(RemoveError::LockHeld)?;
        // Read only now: before the lock was ours, the run may have gone on.
        if !self.view(id)?.run.phase().is_over() {
            return Err(RemoveError::Open(id));
        }
        let name = file_name(id);
        Ok(self.storage.remove(&name).map_err(|source| self.io("remove", &name, source))?)
    }

    /// Fails if no run could be begun now: where nothing can be locked or written, or the disk is full.
    pub fn probe(&self) -> Result<(), Error> {
        let locked = self.storage.lock("probe", "");
        locked.map_err(|source| self.io("lock a target in", "", source))?;
        let name = self.create_probe().map_err(|source| self.io("create a file in", "", source))?;
        match self.storage.remove(&name) {
            // Another process has swept it away.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            done => done.map_err(|source| self.io("remove", &name, source)),
        }
    }

    /// Removes what processes left that died while they began a run, or probed, and returns how many files
    /// that were. A run that was named at `before_ms` (Unix ms) or later may be about to begin, and is kept.
    pub fn sweep(&self, before_ms: i64) -> Result<usize, Error> {
        let mut removed = 0;
        for name in self.names()? {
            let Some(provisional) = name.strip_suffix(PROVISIONAL) else { continue };
            let old = run_id(provisional).is_some_and(|id| id.at_ms() < before_ms);
            // A probe is over at once, and does not miss its file.
            if !old && !provisional.starts_with(PROBE) {
                continue;
            }
            match self.storage.remove(&name) {
                Ok(()) => removed += 1,
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(source) => return Err(self.io("remove", &name, source)),
            }
        }
        Ok(removed)
    }

    fn file(&self, id: RunId, lock: Option<S::Lock>) -> Result<RunFile<S>, Error> {
        let name = file_name(id);
        let torn = self.view(id)?.torn_tail.is_some();
        let file = self.storage.open(&name).map_err(|source| self.io("open", &name, source))?;
        Ok(RunFile::new(self.storage.clone(), id, file, lock, torn))
    }

    /// The lock of a run's target, or who holds it. A run that lost its intent has no target to lock.
    fn lock_target(&self, id: RunId) -> Result<Result<Option<S::Lock>, Option<Holder>>, Error> {
        let key = self.view(id)?.run.intent.map(|intent| intent.target_key);
        let lock = key.map(|key| self.lock(&key, id)).transpose()?;
        Ok(lock.transpose())
    }

    fn lock(&self, target_key: &str, run: RunId) -> Result<Result<S::Lock, Option<Holder>>, Error> {
        // A hash, because a target's key may be longer than a file's name.
        let hash = Sha256::digest(target_key.as_bytes());
        let short = hash.first_chunk().expect("SHA-256 has 32 bytes");
        let name = format!("{:032x}", u128::from_be_bytes(*short));
        let holder = Holder { pid: std::process::id(), run };
        match self.storage.lock(&name, &holder.note()) {
            Ok(Locked::Ours(lock)) => Ok(Ok(lock)),
            Ok(Locked::Held(note)) => Ok(Err(Holder::from_note(&note))),
            Err(source) => Err(self.io("lock a target in", "", source)),
        }
    }

    /// A run's file has its name only once its intent is durable. So a file without one is damaged, and not
    /// the rest of a start that was never made.
    fn publish(&self, intent: Intent) -> Result<S::File, Error> {
        let name = file_name(intent.run);
        let fail = |source| self.io("create", &name, source);
        let line = encode(&Record::Intent(Box::new(intent))).map_err(fail)?;
        let reserve = RESERVE + u64::try_from(line.len()).expect("a length fits into 64 bits");
        let provisional = format!("{name}{PROVISIONAL}");
        let mut file = self.storage.create(&provisional, reserve).map_err(fail)?;
        let named = (|| {
            self.storage.append(&mut file, &line)?;
            self.storage.sync(&file)?;
            self.storage.rename(&provisional, &name)?;
            self.storage.sync_dir()
        })();
        named.map_err(|source| {
            // Nothing has been sent: a rest of it would only be in the way of the next start.
            let _gone = self.storage.remove(&provisional).or_else(|_| self.storage.remove(&name));
            fail(source)
        })?;
        Ok(file)
    }

    /// Under the first name that nobody has: two processes may probe at once, or one may have died in it.
    fn create_probe(&self) -> io::Result<String> {
        for number in 0..1000 {
            let name = format!("{PROBE}{number}{PROVISIONAL}");
            match self.storage.create(&name, RESERVE) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                done => return done.map(|_file| name),
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }

    fn ids(&self) -> Result<Vec<RunId>, Error> {
        Ok(self.names()?.iter().filter_map(|name| run_id(name)).collect())
    }

    fn names(&self) -> Result<Vec<String>, Error> {
        self.storage.list().map_err(|source| self.io("list", "", source))
    }

    fn view(&self, id: RunId) -> Result<RunView, Error> {
        let name = file_name(id);
        let bytes = self.storage.read(&name).map_err(|source| self.io("read", &name, source))?;
        let path = self.storage.path(&name);
        let decoded =
            decode(&bytes).map_err(|source| Error::Newer { path: path.clone(), source })?;
        let run = Run::fold(&decoded);
        let Decoded { entries, torn_tail } = decoded;
        Ok(RunView { id, path, run, entries, torn_tail })
    }

    fn io(&self, action: &'static str, name: &str, source: io::Error) -> Error {
        Error::Io { action, path: self.storage.path(name), source }
    }
}

/// What a run may add to its intent without asking for disk: a few hundred records.
const RESERVE: u64 = 64 * 1024;

const SUFFIX: &str = ".jsonl";

/// Ends the name of a file that is not yet a run.
const PROVISIONAL: &str = ".new";

/// Begins the names of files that show whether files can be made.
const PROBE: &str = "probe-";

fn run_id(name: &str) -> Option<RunId> {
    let id = name.strip_suffix(SUFFIX)?.parse().ok()?;
    (file_name(id) == name).then_some(id)
}

fn file_name(id: RunId) -> String {
    format!("{id}{SUFFIX}")
}
