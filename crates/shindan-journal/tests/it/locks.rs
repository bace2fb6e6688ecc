//! One start of a target at a time, in one process and in two.

use std::{
    env,
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Command, Stdio},
};

use shindan_journal::{BeginError, Class, Holder, Journal, RemoveError, RunFile};

use crate::{
    private::Folder,
    words::{closed, intent, outcome, run_id, sent},
};

const STATE: &str = "SHINDAN_JOURNAL_TEST_STATE";

fn held_by(result: Result<RunFile, BeginError>) -> Option<Holder> {
    match result {
        Err(BeginError::LockHeld(holder)) => holder,
        other => panic!("the lock is held: {other:?}"),
    }
}

#[test]
fn in_one_process() {
    let folder = Folder::new("one-process");
    let (one, two) = (Journal::open(folder.path()).unwrap(), Journal::open(folder.path()).unwrap());
    let mut file = one.begin(intent(1, "shop")).unwrap();
    let error = two.begin(intent(2, "shop")).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "process {} (run {}) starts a scan of this target; wait until its outcome is known",
            std::process::id(),
            run_id(1)
        )
    );
    two.begin(intent(3, "blog")).unwrap();

    file.append(&outcome(Class::Started, Some("1"))).unwrap();
    assert!(held_by(two.begin(intent(4, "shop"))).is_some(), "until it is let go");
    file.release_lock();
    two.begin(intent(5, "shop")).unwrap();
    file.append(&closed(0)).unwrap();
}

/// A start that nobody concluded is not free again when its process ends.
#[test]
fn a_lock_that_is_gone_does_not_free_an_unknown_start() {
    let folder = Folder::new("gone");
    let journal = Journal::open(folder.path()).unwrap();
    journal.begin(intent(1, "shop")).unwrap().append(&sent()).unwrap();
    let error = journal.begin(intent(2, "shop")).unwrap_err();
    assert!(matches!(error, BeginError::OpenUnknown { run, .. } if run == run_id(1)), "{error:?}");
}

#[test]
fn a_start_that_never_left_frees_its_target_with_its_process() {
    let folder = Folder::new("never-left");
    let journal = Journal::open(folder.path()).unwrap();
    drop(journal.begin(intent(1, "shop")).unwrap());
    journal.begin(intent(2, "shop")).unwrap();
}

/// Whatever its phase: it may be about to start.
#[test]
fn a_run_at_work_is_not_removed() {
    let folder = Folder::new("at-work");
    let journal = Journal::open(folder.path()).unwrap();
    let held = |removed| matches!(removed, Err(RemoveError::LockHeld(Some(_))));
    let mut file = journal.begin(intent(1, "shop")).unwrap();
    assert!(held(journal.remove(run_id(1))), "intended");
    let error = journal.remove(run_id(1)).unwrap_err().to_string();
    let expected = format!(
        "process {} (run {}) starts a scan of this target; remove the run once its outcome is known",
        std::process::id(),
        run_id(1)
    );
    assert_eq!(error, expected);
    for record in [sent(), outcome(Class::Refused, None), closed(5)] {
        file.append(&record).unwrap();
        assert!(held(journal.remove(run_id(1))), "{record:?}");
    }
    file.release_lock();
    journal.remove(run_id(1)).unwrap();
    assert!(journal.latest().unwrap().is_none());
    // The lock is not kept.
    journal.begin(intent(2, "shop")).unwrap();
}

/// The test below starts this one in another process; alone it does nothing.
#[test]
fn other_process() {
    if let Some(state) = env::var_os(STATE) {
        let journal = Journal::open(Path::new(&state)).unwrap();
        let mut file = journal.begin(intent(1, "shop")).unwrap();
        file.append(&sent()).unwrap();
        let _unsent = journal.begin(intent(3, "blog")).unwrap();
        std::io::stdout().write_all(b"\nholding\n").unwrap();
        std::io::stdin().lines().next();
        // As if it were killed: nothing is put in order.
        std::process::abort();
    }
}

#[test]
fn in_two_processes() {
    let folder = Folder::new("two-processes");
    let journal = Journal::open(folder.path()).unwrap();
    let mut other = Command::new(env::current_exe().unwrap())
        .args(["--exact", "locks::other_process", "--nocapture"])
        .env(STATE, folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(other.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap() == "holding"), "the other process has begun");

    let holder = held_by(journal.begin(intent(2, "shop"))).unwrap();
    assert_eq!((holder.pid, holder.run), (other.id(), run_id(1)));
    assert_eq!(held_by(journal.claim(run_id(1))), Some(holder));
    let removed = journal.remove(run_id(3));
    let by_other = |holder: &Holder| (holder.pid, holder.run) == (other.id(), run_id(3));
    assert!(
        matches!(&removed, Err(RemoveError::LockHeld(Some(holder))) if by_other(holder)),
        "{removed:?}"
    );

    drop(other.stdin.take());
    other.wait().unwrap();
    let error = journal.begin(intent(2, "shop")).unwrap_err();
    assert!(matches!(error, BeginError::OpenUnknown { run, .. } if run == run_id(1)), "{error:?}");

    journal.remove(run_id(3)).unwrap();
    let mut claimed = journal.claim(run_id(1)).unwrap();
    assert!(held_by(journal.begin(intent(2, "shop"))).is_some());
    claimed.append(&outcome(Class::NotStarted, None)).unwrap();
    claimed.release_lock();
    journal.begin(intent(2, "shop")).unwrap();
}
