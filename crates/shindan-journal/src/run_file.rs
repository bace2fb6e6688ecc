use core::fmt;

use crate::{Error, Files, Record, RunId, State, Storage, encode};

/// The open file of one run.
pub struct RunFile<S: Storage = Files> {
    storage: S,
    id: RunId,
    file: S::File,
    lock: Option<S::Lock>,
    /// The last line may have no end.
    torn: bool,
    state: Option<String>,
}

impl<S: Storage> RunFile<S> {
    pub(crate) fn new(
        storage: S,
        id: RunId,
        file: S::File,
        lock: Option<S::Lock>,
        torn: bool,
    ) -> Self {
        Self { storage, id, file, lock, torn, state: None }
    }

    /// The run.
    pub fn id(&self) -> RunId {
        self.id
    }

    /// Makes a record durable; a state that is the same as the last one here is left out.
    ///
    /// After an error the record may be there or not, and more can be appended.
    pub fn append(&mut self, record: &Record) -> Result<(), Error> {
        if let Record::State(State { text, .. }) = record
            && self.state.as_ref() == Some(text)
        {
            return Ok(());
        }
        self.write(record).map_err(|source| Error::Io {
            action: "write",
            path: self.storage.path(&format!("{}.jsonl", self.id)),
            source,
        })?;
        if let Record::State(State { text, .. }) = record {
            self.state = Some(text.clone());
        }
        Ok(())
    }

    /// Lets others start the same target; to be called once the outcome is durable.
    pub fn release_lock(&mut self) {
        self.lock = None;
    }

    fn write(&mut self, record: &Record) -> std::io::Result<()> {
        let mut line = encode(record)?;
        if core::mem::replace(&mut self.torn, true) {
            line.insert(0, b'\n');
        }
        self.storage.append(&mut self.file, &line)?;
        self.torn = false;
        self.storage.sync(&self.file)
    }
}

impl<S: Storage> fmt::Debug for RunFile<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunFile")
            .field("id", &self.id)
            .field("locked", &self.lock.is_some())
            .finish_non_exhaustive()
    }
}
