use std::{io, path::PathBuf};

/// The file operations that a journal needs, few enough for a test to make each of them fail.
///
/// Files are named within one directory. Clones are handles to the same files.
pub trait Storage: Clone {
    /// An open file.
    type File;
    /// A lock; dropping it, and the death of its process, let go of it.
    type Lock;

    /// Makes a new, empty file with this many bytes reserved on disk; fails if there is one.
    fn create(&self, name: &str, reserve: u64) -> io::Result<Self::File>;
    /// Opens a file in order to append.
    fn open(&self, name: &str) -> io::Result<Self::File>;
    /// Writes at the end. A failure may leave a part of the bytes.
    fn append(&self, file: &mut Self::File, bytes: &[u8]) -> io::Result<()>;
    /// Makes the bytes of a file durable.
    fn sync(&self, file: &Self::File) -> io::Result<()>;
    /// Gives a file another name.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;
    /// Makes the names durable.
    fn sync_dir(&self) -> io::Result<()>;
    /// A whole file.
    fn read(&self, name: &str) -> io::Result<Vec<u8>>;
    /// The names of all files.
    fn list(&self) -> io::Result<Vec<String>>;
    /// Removes a file.
    fn remove(&self, name: &str) -> io::Result<()>;
    /// Takes a lock and leaves a note for those who come too late.
    fn lock(&self, name: &str, note: &str) -> io::Result<Locked<Self::Lock>>;
    /// Where a file is, for messages.
    fn path(&self, name: &str) -> PathBuf;
}

/// Whether a lock was free.
#[derive(Debug)]
#[expect(clippy::exhaustive_enums, reason = "a lock is ours or it is not")]
pub enum Locked<Lock> {
    /// Now it is ours.
    Ours(Lock),
    /// Somebody else has it, and has left this note; empty if it cannot be read.
    Held(String),
}
