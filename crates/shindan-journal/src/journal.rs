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
    /// Where an incomplete last line begins, in bytes; it was never acknowledged, and is ignored.
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

    /// Makes an intent durable. Nothing may be sent before this has returned.
    ///
    /// The target is locked until [`RunFile::release_lock`], and refused while an earlier start of it has no
    /// outcome. A file that cannot be read refuses every target, because it may hold such a start.
    pub fn begin(&self, intent: Intent) -> Result<RunFile<S>, BeginError> {
        let run = intent.run;
        let lock = self.lock(&intent.target_key, run)?;
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

    /// Opens a run that was begun before, in order to append; its target is not locked.
    pub fn reopen(&self, id: RunId) -> Result<RunFile<S>, Error> {
        self.file(id, None)
    }

    /// Like [`reopen`](Self::reopen), with the lock of its target: to reconcile a start that no living process
    /// is at work on. A run that lost its intent has no target to lock.
    pub fn claim(&self, id: RunId) -> Result<RunFile<S>, BeginError> {
        let view = self.view(id)?;
        let key = view.run.intent.map(|intent| intent.target_key);
        let lock = key.map(|key| self.lock(&key, id)).transpose()?;
        Ok(self.file(id, lock)?)
    }

    /// Appends one record to a run that was begun before.
    pub fn append_to(&self, id: RunId, record: &Record) -> Result<(), Error> {
        self.reopen(id)?.append(record)
    }

    /// Removes the file of a closed run.
    pub fn remove(&self, id: RunId) -> Result<(), RemoveError> {
        if !matches!(self.view(id)?.run.phase(), crate::Phase::Closed(_)) {
            return Err(RemoveError::Open(id));
        }
        let name = file_name(id);
        Ok(self.storage.remove(&name).map_err(|source| self.io("remove", &name, source))?)
    }

    fn file(&self, id: RunId, lock: Option<S::Lock>) -> Result<RunFile<S>, Error> {
        let name = file_name(id);
        let torn = self.view(id)?.torn_tail.is_some();
        let file = self.storage.open(&name).map_err(|source| self.io("open", &name, source))?;
        Ok(RunFile::new(self.storage.clone(), id, file, lock, torn))
    }

    fn lock(&self, target_key: &str, run: RunId) -> Result<S::Lock, BeginError> {
        // A hash, because a target's key may be longer than a file's name.
        let hash = Sha256::digest(target_key.as_bytes());
        let short = hash.first_chunk().expect("SHA-256 has 32 bytes");
        let name = format!("{:032x}", u128::from_be_bytes(*short));
        let holder = Holder { pid: std::process::id(), run };
        match self.storage.lock(&name, &holder.note()) {
            Ok(Locked::Ours(lock)) => Ok(lock),
            Ok(Locked::Held(note)) => Err(BeginError::LockHeld(Holder::from_note(&note))),
            Err(source) => Err(self.io("lock a target in", "", source).into()),
        }
    }

    /// A run's file has its name only once its intent is durable. So a file without one is damaged, and not
    /// the rest of a start that was never made.
    fn publish(&self, intent: Intent) -> Result<S::File, Error> {
        let name = file_name(intent.run);
        let fail = |source| self.io("create", &name, source);
        let line = encode(&Record::Intent(Box::new(intent))).map_err(fail)?;
        let reserve = RESERVE + u64::try_from(line.len()).expect("a length fits into 64 bits");
        let provisional = format!("{name}.new");
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

    fn ids(&self) -> Result<Vec<RunId>, Error> {
        let names = self.storage.list().map_err(|source| self.io("list", "", source))?;
        let ids = names.iter().filter_map(|name| name.strip_suffix(SUFFIX)?.parse().ok());
        Ok(ids.collect())
    }

    fn view(&self, id: RunId) -> Result<RunView, Error> {
        let name = file_name(id);
        let bytes = self.storage.read(&name).map_err(|source| self.io("read", &name, source))?;
        let path = self.storage.path(&name);
        let Decoded { entries, torn_tail } =
            decode(&bytes).map_err(|source| Error::Newer { path: path.clone(), source })?;
        Ok(RunView { id, path, run: Run::fold(&entries), entries, torn_tail })
    }

    fn io(&self, action: &'static str, name: &str, source: io::Error) -> Error {
        Error::Io { action, path: self.storage.path(name), source }
    }
}

/// What a run may add to its intent without asking for disk: a few hundred records.
const RESERVE: u64 = 64 * 1024;

const SUFFIX: &str = ".jsonl";

fn file_name(id: RunId) -> String {
    format!("{id}{SUFFIX}")
}
