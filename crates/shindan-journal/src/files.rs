use std::{
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
};

use crate::{Locked, Storage};

/// The files below a state directory: `scans/`, and `locks/` for the locks.
///
/// Directories are made with mode 0700, files with 0600. A symlink in place of a file is not followed.
#[derive(Clone, Debug)]
pub struct Files {
    scans: PathBuf,
    locks: PathBuf,
}

impl Files {
    /// Makes the directories that are missing, durably.
    pub fn new(state: &Path) -> io::Result<Self> {
        let files = Self { scans: state.join("scans"), locks: state.join("locks") };
        make_dir(&files.scans)?;
        make_dir(&files.locks)?;
        Ok(files)
    }
}

impl Storage for Files {
    type File = File;
    type Lock = File;

    fn create(&self, name: &str, reserve: u64) -> io::Result<File> {
        let file = private().append(true).create_new(true).open(self.path(name))?;
        if let Err(error) = set_aside(&file, reserve) {
            let _gone = fs::remove_file(self.path(name));
            return Err(error);
        }
        Ok(file)
    }

    fn open(&self, name: &str) -> io::Result<File> {
        private().append(true).open(self.path(name))
    }

    fn append(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        file.write_all(bytes)
    }

    fn sync(&self, file: &File) -> io::Result<()> {
        file.sync_data()
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        fs::rename(self.path(from), self.path(to))
    }

    fn sync_dir(&self) -> io::Result<()> {
        sync_dir(&self.scans)
    }

    fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        private().read(true).open(self.path(name))?.read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn list(&self) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.scans)? {
            // A name that is not Unicode is none of ours.
            names.extend(entry?.file_name().into_string());
        }
        Ok(names)
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        fs::remove_file(self.path(name))
    }

    fn lock(&self, name: &str, note: &str) -> io::Result<Locked<File>> {
        let path = self.locks.join(name);
        let mut file = private().read(true).write(true).create(true).open(path)?;
        match file.try_lock() {
            Ok(()) => {
                file.set_len(0)?;
                file.write_all(note.as_bytes())?;
                Ok(Locked::Ours(file))
            }
            Err(TryLockError::WouldBlock) => {
                let mut note = String::new();
                // Some systems lock the bytes too; who holds it is a courtesy.
                let _unread = file.read_to_string(&mut note);
                Ok(Locked::Held(note))
            }
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.scans.join(name)
    }
}

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

/// Makes sure that a full disk is found now and not later.
fn set_aside(file: &File, bytes: u64) -> io::Result<()> {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    {
        use rustix::{fs::FallocateFlags, io::Errno};
        match rustix::fs::fallocate(file, FallocateFlags::KEEP_SIZE, 0, bytes) {
            Err(Errno::OPNOTSUPP | Errno::NOSYS) => {}
            done => return Ok(done?),
        }
    }
    // Where nothing can be reserved, at least it would have fit.
    let probe = vec![0; usize::try_from(bytes).map_err(io::Error::other)?];
    let mut writer = file;
    writer.write_all(&probe)?;
    file.sync_data()?;
    file.set_len(0)
}

/// A directory with all above it; each new name is durable before anything is put below it.
fn make_dir(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    let above = path.parent().filter(|above| !above.as_os_str().is_empty());
    let above = above.unwrap_or(Path::new("."));
    make_dir(above)?;
    #[cfg_attr(not(unix), expect(unused_mut, reason = "only Unix has modes"))]
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    match builder.create(path) {
        // Another process was faster.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => {}
        done => done?,
    }
    sync_dir(above)
}

#[cfg(unix)]
fn sync_dir(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "on Unix it can fail")]
fn sync_dir(_path: &Path) -> io::Result<()> {
    Ok(())
}
