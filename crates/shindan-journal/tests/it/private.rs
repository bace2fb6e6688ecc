//! Real files: who may read them, and what is not followed.

use std::{
    fs,
    path::{Path, PathBuf},
};

use shindan_journal::{Class, Journal};

use crate::words::{intent, outcome, run_id, sent};

/// A directory that is gone after the test.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        let path =
            std::env::temp_dir().join(format!("shindan-journal-{}-{name}", std::process::id()));
        fs::create_dir(&path).expect("the name is new");
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed is in nobody's way.
        let _gone = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn a_run_survives_its_process() {
    let folder = Folder::new("survives");
    let journal = Journal::open(&folder.path().join("a/b")).unwrap();
    let mut file = journal.begin(intent(1, "shop")).unwrap();
    file.append(&sent()).unwrap();
    file.append(&outcome(Class::Started, Some("1"))).unwrap();
    drop(file);
    journal
        .reopen(run_id(1))
        .and_then(|mut file| file.append(&outcome(Class::Duplicate, Some("2"))))
        .unwrap();
    let later = Journal::open(&folder.path().join("a/b")).unwrap();
    let view = later.run(&run_id(1).to_string()).unwrap();
    assert_eq!(view.run.ids(), ["1", "2"]);
    assert_eq!((view.damage().count(), view.torn_tail), (0, None));
    let names: Vec<_> = fs::read_dir(folder.path().join("a/b/scans")).unwrap().collect();
    assert_eq!(names.len(), 1);
}

#[test]
fn what_is_there_is_not_written_over() {
    let folder = Folder::new("there");
    let journal = Journal::open(folder.path()).unwrap();
    let there = folder.path().join(format!("scans/{}.jsonl.new", run_id(1)));
    fs::write(&there, "somebody's").unwrap();
    assert!(journal.begin(intent(1, "shop")).is_err());
    assert_eq!(fs::read(there).unwrap(), b"somebody's");
}

#[test]
fn an_unusable_directory_is_named() {
    let folder = Folder::new("unusable");
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let state = file.join("state");
    let error = Journal::open(&state).unwrap_err();
    let expected =
        format!("cannot make directories in {}; check the state directory", state.display());
    assert_eq!(error.to_string(), expected);
    assert!(std::error::Error::source(&error).is_some());

    let journal = Journal::open(&folder.path().join("state")).unwrap();
    fs::remove_dir(folder.path().join("state/scans")).unwrap();
    let text = journal.begin(intent(1, "shop")).unwrap_err().to_string();
    assert!(text.contains("scans") && text.ends_with("check the state directory"), "{text}");
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};

    use shindan_journal::{BeginError, Error, Record, encode};

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::symlink_metadata(path).expect("it is there").permissions().mode() & 0o777
    }

    #[test]
    fn only_the_owner_reads_it() {
        let folder = Folder::new("modes");
        let state = folder.path().join("state");
        let journal = Journal::open(&state).unwrap();
        let _file = journal.begin(intent(1, "shop")).unwrap();
        for path in [state.clone(), state.join("scans"), state.join("locks")] {
            assert_eq!(mode(&path), 0o700, "{path:?}");
        }
        for folder in ["scans", "locks"] {
            for entry in fs::read_dir(state.join(folder)).unwrap() {
                let path = entry.unwrap().path();
                assert_eq!(mode(&path), 0o600, "{path:?}");
            }
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn space_is_reserved_and_not_part_of_the_file() {
        let folder = Folder::new("reserved");
        let journal = Journal::open(folder.path()).unwrap();
        let _file = journal.begin(intent(1, "shop")).unwrap();
        let data = fs::metadata(folder.path().join(format!("scans/{}.jsonl", run_id(1)))).unwrap();
        assert!(data.blocks() * 512 >= 64 * 1024, "{} blocks", data.blocks());
        assert!(data.len() < 4096, "{}", data.len());
    }

    #[test]
    fn a_symlink_is_not_followed() {
        let folder = Folder::new("symlinks");
        let journal = Journal::open(folder.path()).unwrap();
        let scans = folder.path().join("scans");
        let outside = folder.path().join("outside");
        let line = encode(&Record::Intent(Box::new(intent(1, "shop")))).unwrap();
        fs::write(&outside, &line).unwrap();

        let planted = scans.join(format!("{}.jsonl", run_id(1)));
        symlink(&outside, &planted).unwrap();
        let all = journal.runs().unwrap();
        assert!(all.runs.is_empty());
        assert!(all.unreadable[0].to_string().contains(planted.to_str().unwrap()));
        assert!(journal.reopen(run_id(1)).and_then(|mut file| file.append(&sent())).is_err());
        let begun = journal.begin(intent(2, "shop"));
        assert!(matches!(begun, Err(BeginError::Journal(Error::Io { .. }))), "{begun:?}");
        fs::remove_file(planted).unwrap();

        symlink(&outside, scans.join(format!("{}.jsonl.new", run_id(3)))).unwrap();
        assert!(journal.begin(intent(3, "shop")).is_err());

        let lock = {
            let mut file = journal.begin(intent(4, "shop")).unwrap();
            file.append(&outcome(Class::Refused, None)).unwrap();
            fs::read_dir(folder.path().join("locks")).unwrap().next().unwrap().unwrap().path()
        };
        fs::remove_file(&lock).unwrap();
        symlink(&outside, &lock).unwrap();
        assert!(journal.begin(intent(5, "shop")).is_err());
        assert_eq!(fs::read(&outside).unwrap(), line);
    }
}
