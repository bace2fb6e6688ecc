//! A disk in memory: it fails where it is told to, and knows what a loss of power would leave.

use std::{cell::RefCell, collections::BTreeMap, io, path::PathBuf, rc::Rc};

use shindan_journal::{Locked, Storage};

#[derive(Clone, Debug, Default)]
pub(crate) struct Disk(Rc<RefCell<Inner>>);

#[derive(Clone, Debug, Default)]
struct Inner {
    files: Vec<Bytes>,
    names: BTreeMap<String, usize>,
    durable_names: BTreeMap<String, usize>,
    locks: BTreeMap<String, String>,
    operations: usize,
    fault: Option<Fault>,
    room: Option<u64>,
    at_next_lock: Option<(String, Vec<u8>)>,
    removed_unlocked: bool,
    dead: bool,
}

#[derive(Clone, Debug, Default)]
struct Bytes {
    all: Vec<u8>,
    synced: usize,
}

/// What goes wrong, and when.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fault {
    /// The operation, counted from 0.
    pub(crate) at: usize,
    /// How much of it is done nevertheless: this many bytes of an append, and other things if it is not 0.
    pub(crate) done: usize,
    /// Nothing works afterwards either: the process is dead.
    pub(crate) fatal: bool,
    /// What the system says.
    pub(crate) kind: io::ErrorKind,
}

/// What is left of bytes that were not synced when the power went.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Unsynced {
    /// At most this many of the bytes of each file.
    Kept(usize),
    /// The length of the file and none of the bytes.
    Zeros,
}

impl Disk {
    pub(crate) fn failing(fault: Fault) -> Self {
        let disk = Self::default();
        disk.0.borrow_mut().fault = Some(fault);
        disk
    }

    /// No file can have more than this many bytes reserved.
    pub(crate) fn with_room(bytes: u64) -> Self {
        let disk = Self::default();
        disk.0.borrow_mut().room = Some(bytes);
        disk
    }

    /// Another process goes on with this file just before the next lock is taken.
    pub(crate) fn append_at_next_lock(&self, name: &str, bytes: Vec<u8>) {
        self.0.borrow_mut().at_next_lock = Some((name.to_owned(), bytes));
    }

    /// Whether a file was ever removed while nothing was locked.
    pub(crate) fn removed_unlocked(&self) -> bool {
        self.0.borrow().removed_unlocked
    }

    pub(crate) fn operations(&self) -> usize {
        self.0.borrow().operations
    }

    /// The most bytes of a file that were not synced.
    pub(crate) fn unsynced(&self) -> usize {
        let inner = self.0.borrow();
        inner.files.iter().map(|file| file.all.len() - file.synced).max().unwrap_or(0)
    }

    /// The next process, on the same machine.
    pub(crate) fn after_kill(&self) -> Self {
        let mut inner = self.0.borrow().clone();
        (inner.locks, inner.fault, inner.dead) = (BTreeMap::new(), None, false);
        Self(Rc::new(RefCell::new(inner)))
    }

    /// The next process, after a loss of power.
    pub(crate) fn after_power_loss(&self, unsynced: Unsynced, new_names: bool) -> Self {
        let next = self.after_kill();
        let mut inner = next.0.borrow_mut();
        for file in &mut inner.files {
            match unsynced {
                Unsynced::Kept(most) => file.all.truncate(file.synced + most),
                Unsynced::Zeros => file.all[file.synced..].fill(0),
            }
            file.synced = file.all.len();
        }
        if !new_names {
            inner.names = inner.durable_names.clone();
        }
        drop(inner);
        next
    }

    pub(crate) fn bytes(&self, name: &str) -> Vec<u8> {
        let inner = self.0.borrow();
        inner.files[inner.names[name]].all.clone()
    }

    pub(crate) fn put(&self, name: &str, bytes: &[u8]) {
        let mut inner = self.0.borrow_mut();
        let index = inner.files.len();
        inner.files.push(Bytes { all: bytes.to_vec(), synced: bytes.len() });
        inner.names.insert(name.to_owned(), index);
        inner.durable_names.insert(name.to_owned(), index);
    }

    pub(crate) fn names(&self) -> Vec<String> {
        self.0.borrow().names.keys().cloned().collect()
    }

    /// Does as much of an operation as its fate allows.
    fn operate<T>(&self, work: impl FnOnce(&mut Inner, usize) -> io::Result<T>) -> io::Result<T> {
        let mut inner = self.0.borrow_mut();
        if inner.dead {
            return Err(io::ErrorKind::Other.into());
        }
        let number = inner.operations;
        inner.operations += 1;
        match inner.fault.filter(|fault| fault.at == number) {
            None => work(&mut inner, usize::MAX),
            Some(fault) => {
                if fault.done > 0 {
                    let _done = work(&mut inner, fault.done);
                }
                inner.dead = fault.fatal;
                Err(fault.kind.into())
            }
        }
    }
}

fn known(names: &BTreeMap<String, usize>, name: &str) -> io::Result<usize> {
    names.get(name).copied().ok_or_else(|| io::ErrorKind::NotFound.into())
}

impl Storage for Disk {
    type File = usize;
    type Lock = Lock;

    fn create(&self, name: &str, reserve: u64) -> io::Result<usize> {
        self.operate(|inner, _| {
            if inner.names.contains_key(name) {
                return Err(io::ErrorKind::AlreadyExists.into());
            }
            if inner.room.is_some_and(|room| reserve > room) {
                return Err(io::ErrorKind::StorageFull.into());
            }
            inner.files.push(Bytes::default());
            inner.names.insert(name.to_owned(), inner.files.len() - 1);
            Ok(inner.files.len() - 1)
        })
    }

    fn open(&self, name: &str) -> io::Result<usize> {
        self.operate(|inner, _| known(&inner.names, name))
    }

    fn append(&self, file: &mut usize, bytes: &[u8]) -> io::Result<()> {
        self.operate(|inner, most| {
            inner.files[*file].all.extend(bytes.iter().take(most));
            Ok(())
        })
    }

    fn sync(&self, file: &usize) -> io::Result<()> {
        self.operate(|inner, _| {
            inner.files[*file].synced = inner.files[*file].all.len();
            Ok(())
        })
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.operate(|inner, _| {
            let index = known(&inner.names, from)?;
            inner.names.remove(from);
            inner.names.insert(to.to_owned(), index);
            Ok(())
        })
    }

    fn sync_dir(&self) -> io::Result<()> {
        self.operate(|inner, _| {
            inner.durable_names = inner.names.clone();
            Ok(())
        })
    }

    fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        self.operate(|inner, _| Ok(inner.files[known(&inner.names, name)?].all.clone()))
    }

    fn list(&self) -> io::Result<Vec<String>> {
        self.operate(|inner, _| Ok(inner.names.keys().cloned().collect()))
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        self.operate(|inner, _| {
            known(&inner.names, name)?;
            inner.names.remove(name);
            inner.removed_unlocked |= inner.locks.is_empty();
            Ok(())
        })
    }

    fn lock(&self, name: &str, note: &str) -> io::Result<Locked<Lock>> {
        let other = self.0.borrow_mut().at_next_lock.take();
        if let Some((name, bytes)) = other {
            self.append(&mut self.open(&name)?, &bytes)?;
        }
        if let Some(held) = self.operate(|inner, _| Ok(inner.locks.get(name).cloned()))? {
            return Ok(Locked::Held(held));
        }
        // Only now: what could not be locked is not locked.
        self.0.borrow_mut().locks.insert(name.to_owned(), note.to_owned());
        Ok(Locked::Ours(Lock { disk: self.clone(), name: name.to_owned() }))
    }

    fn path(&self, name: &str) -> PathBuf {
        PathBuf::from("state/scans").join(name)
    }
}

#[derive(Debug)]
pub(crate) struct Lock {
    disk: Disk,
    name: String,
}

impl Drop for Lock {
    fn drop(&mut self) {
        self.disk.0.borrow_mut().locks.remove(&self.name);
    }
}
