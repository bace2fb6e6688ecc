//! Files that are not runs: what a probe makes, and what a death in the middle leaves.

use std::io;

use shindan_journal::{BeginError, Error, Journal};

use crate::{
    disk::{Disk, Fault},
    private::Folder,
    words::{T, intent, run_id},
};

fn scans(folder: &Folder) -> Vec<String> {
    let entries = std::fs::read_dir(folder.path().join("scans")).expect("it was made");
    let names = entries.map(|entry| entry.expect("it is there").file_name());
    names.map(|name| name.into_string().expect("it is ours")).collect()
}

#[test]
fn a_probe_leaves_nothing() {
    let folder = Folder::new("probe");
    let journal = Journal::open(folder.path()).unwrap();
    journal.probe().unwrap();
    assert_eq!(scans(&folder), Vec::<String>::new());
    assert!(journal.latest().unwrap().is_none());
    std::fs::remove_dir(folder.path().join("scans")).unwrap();
    let text = journal.probe().unwrap_err().to_string();
    assert!(text.starts_with("cannot create a file in "), "{text}");
    assert!(text.ends_with("check the state directory"), "{text}");
}

#[cfg(unix)]
#[test]
fn a_probe_follows_no_symlink() {
    let folder = Folder::new("probe-symlink");
    let journal = Journal::open(folder.path()).unwrap();
    let outside = folder.path().join("outside");
    let planted = folder.path().join("scans/probe-0.new");
    std::os::unix::fs::symlink(&outside, planted).unwrap();
    journal.probe().unwrap();
    assert!(!outside.exists());
    assert_eq!(scans(&folder), ["probe-0.new"]);
}

#[test]
fn a_probe_finds_what_begin_would() {
    let full = Journal::on(Disk::with_room(4096));
    let found = full.probe();
    let is_full = |error: &Error| matches!(error, Error::Io { source, .. } if source.kind() == io::ErrorKind::StorageFull);
    assert!(found.as_ref().is_err_and(is_full), "{found:?}");
    let begun = full.begin(intent(1, "shop"));
    assert!(matches!(&begun, Err(BeginError::Journal(error)) if is_full(error)), "{begun:?}");

    let roomy = Disk::with_room(1 << 20);
    Journal::on(roomy.clone()).probe().unwrap();
    Journal::on(roomy.clone()).begin(intent(1, "shop")).unwrap();
}

#[test]
fn a_probe_that_fails_or_dies_anywhere() {
    let whole = Disk::default();
    Journal::on(whole.clone()).probe().unwrap();
    assert_eq!(whole.operations(), 3);
    for (at, done, fatal) in [0, 1, 2]
        .into_iter()
        .flat_map(|at| [0, usize::MAX].map(|done| (at, done)))
        .flat_map(|(at, done)| [false, true].map(|fatal| (at, done, fatal)))
    {
        let fault = Fault { at, done, fatal, kind: io::ErrorKind::ReadOnlyFilesystem };
        let disk = Disk::failing(fault);
        assert!(Journal::on(disk.clone()).probe().is_err(), "{fault:?}");
        let next = disk.after_kill();
        let journal = Journal::on(next.clone());
        let left = next.names();
        // A file that a dead process left is in nobody's way, and is not taken for one's own.
        journal.probe().unwrap();
        assert_eq!(next.names(), left, "{fault:?}");
        assert!(journal.runs().unwrap().runs.is_empty(), "{fault:?}");
        assert_eq!(journal.sweep(i64::MIN).unwrap(), left.len(), "{fault:?}");
        assert_eq!(next.names(), Vec::<String>::new(), "{fault:?}");
    }
}

#[test]
fn only_old_provisional_files_are_swept() {
    let disk = Disk::default();
    let journal = Journal::on(disk.clone());
    let provisional = |number| format!("{}.jsonl.new", run_id(number));
    let run = format!("{}.jsonl", run_id(1));
    for name in ["notes.new", "probe-0.new", "probe-0", &run, &provisional(3), &provisional(5)] {
        disk.put(name, b"");
    }
    assert_eq!(journal.sweep(T + 5).unwrap(), 2);
    let mut kept = [provisional(5), run, "notes.new".to_owned(), "probe-0".to_owned()];
    kept.sort();
    assert_eq!(disk.names(), kept);
    assert_eq!(journal.sweep(T + 5).unwrap(), 0);
    assert_eq!(journal.sweep(T + 6).unwrap(), 1);
}

#[test]
fn a_sweep_that_fails_says_which_file() {
    // After the list.
    let fault = Fault { at: 1, done: 0, fatal: false, kind: io::ErrorKind::PermissionDenied };
    let disk = Disk::failing(fault);
    disk.put("probe-0.new", b"");
    let journal = Journal::on(disk);
    let text = journal.sweep(0).unwrap_err().to_string();
    assert_eq!(text, "cannot remove state/scans/probe-0.new; check the state directory");
    assert_eq!(journal.sweep(0).unwrap(), 1);
}
