//! Generated files, and walks over the tree.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::Result;

/// Whether a generator writes what differs, or fails on it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Write,
    Check,
}

/// The workspace.
pub(crate) fn root() -> PathBuf {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().expect("xtask is a folder of the workspace").to_owned()
}

/// Makes a generated file what it should be, or says which command does.
pub(crate) fn ensure(path: &Path, contents: &str, mode: Mode, command: &str) -> Result {
    if fs::read_to_string(path).is_ok_and(|found| found == contents) {
        return Ok(());
    }
    let name = path.strip_prefix(root()).unwrap_or(path).display();
    if mode == Mode::Check {
        return Err(format!("{name} is out of date; run `cargo xtask {command}`").into());
    }
    eprintln!("wrote {name}");
    Ok(fs::write(path, contents)?)
}

/// The entries of a folder, sorted.
pub(crate) fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

/// Every file below a folder, without build output and version control, sorted.
pub(crate) fn files_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in entries(folder)? {
        let name = path.file_name().unwrap_or_default();
        if !path.is_dir() {
            files.push(path);
        } else if name != "target" && name != ".git" {
            files.extend(files_below(&path)?);
        }
    }
    Ok(files)
}

/// What stands before a suffix in a path's file name, or nothing if it has another.
pub(crate) fn case_of<'a>(path: &'a Path, suffix: &str) -> Option<&'a str> {
    path.file_name()?.to_str()?.strip_suffix(suffix)
}

/// `createJob` to `create_job`, `v2.startScan` to `v2/start_scan`.
pub(crate) fn folder_of(operation: &str) -> String {
    let mut folder = String::new();
    for letter in operation.chars() {
        match letter {
            '.' => folder.push('/'),
            upper if upper.is_ascii_uppercase() => {
                folder.push('_');
                folder.push(upper.to_ascii_lowercase());
            }
            other => folder.push(other),
        }
    }
    folder
}
