//! Runs are found, kept from newer hands, and removed only when they have ended.

use shindan_journal::{
    BeginError, Class, Error, FindError, Journal, Phase, Record, RemoveError, Version, encode,
};

use crate::{
    disk::Disk,
    words::{closed, intent, outcome, run_id, sent, state},
};

fn decided(journal: &Journal<Disk>, number: u8, target: &str) {
    let mut file = journal.begin(intent(number, target)).expect("the target is free");
    for record in [sent(), outcome(Class::Started, Some("1"))] {
        file.append(&record).expect("the disk works");
    }
}

#[test]
fn by_name_beginning_or_time() {
    let journal = Journal::on(Disk::default());
    assert!(journal.latest().unwrap().is_none());
    decided(&journal, 1, "shop");
    decided(&journal, 3, "blog");
    decided(&journal, 2, "shop");
    let ids: Vec<_> = journal.runs().unwrap().runs.iter().map(|view| view.id).collect();
    assert_eq!(ids, [run_id(1), run_id(2), run_id(3)]);
    assert_eq!(journal.latest().unwrap().unwrap().id, run_id(3));
    let name = run_id(2).to_string().to_lowercase();
    assert_eq!(journal.run(&name).unwrap().id, run_id(2));
    assert_eq!(journal.run(&name[..20]).unwrap().id, run_id(2));
    assert!(
        matches!(journal.run(&name[..5]), Err(FindError::Ambiguous { runs, .. }) if runs.len() == 3)
    );
    for missing in ["", "ZZ", &run_id(9).to_string()] {
        assert!(matches!(journal.run(missing), Err(FindError::Missing(_))), "{missing}");
    }
}

#[test]
fn a_run_is_removed_when_it_has_ended_or_started_nothing() {
    use Class::{Accepted, Duplicate, Found, NotStarted, Refused, Started, Unknown};
    let o = outcome;
    let rows = [
        (vec![], true),
        (vec![sent()], false),
        (vec![sent(), o(Unknown, None), closed(7)], false),
        (vec![sent(), o(Unknown, None), closed(7), o(Found, Some("1"))], true),
        (vec![sent(), o(Accepted, None), closed(7)], false),
        (vec![sent(), o(Started, Some("1"))], false),
        (vec![sent(), o(Started, Some("1")), closed(0)], true),
        (vec![sent(), o(Duplicate, None)], false),
        (vec![sent(), o(Duplicate, None), closed(7)], true),
        (vec![sent(), o(Refused, None)], true),
        (vec![sent(), o(NotStarted, None)], true),
        (vec![sent(), o(NotStarted, None), sent()], false),
        (vec![closed(4)], true),
    ];
    for (records, removable) in rows {
        let disk = Disk::default();
        let journal = Journal::on(disk.clone());
        let mut file = journal.begin(intent(1, "shop")).unwrap();
        for record in &records {
            file.append(record).unwrap();
        }
        file.release_lock();
        let removed = journal.remove(run_id(1));
        assert_eq!(removed.is_ok(), removable, "{records:?}: {removed:?}");
        assert!(removable || matches!(removed, Err(RemoveError::Open(_))), "{records:?}");
        assert_eq!(disk.names().is_empty(), removable, "{records:?}");
        assert!(!disk.removed_unlocked(), "{records:?}");
    }
}

#[test]
fn what_a_run_became_before_it_was_locked_counts() {
    let disk = Disk::default();
    let journal = Journal::on(disk.clone());
    drop(journal.begin(intent(1, "shop")).unwrap());
    disk.append_at_next_lock(&format!("{}.jsonl", run_id(1)), encode(&sent()).unwrap());
    assert!(matches!(journal.remove(run_id(1)), Err(RemoveError::Open(_))));
    assert_eq!(journal.latest().unwrap().unwrap().run.phase(), Phase::InFlight);
}

/// Damage may have taken a start, or whose it was.
#[test]
fn a_damaged_run_is_removed_only_after_an_outcome() {
    let name = format!("{}.jsonl", run_id(1));
    let whole = encode(&Record::Intent(Box::new(intent(1, "shop")))).unwrap();
    for left in [&b""[..], &whole[..50], &whole[..whole.len() - 1]] {
        let disk = Disk::default();
        disk.put(&name, left);
        let journal = Journal::on(disk);
        assert!(matches!(journal.remove(run_id(1)), Err(RemoveError::Open(_))), "{left:?}");
        journal
            .reopen(run_id(1))
            .and_then(|mut file| file.append(&outcome(Class::NotStarted, None)))
            .unwrap();
        journal.remove(run_id(1)).unwrap();
    }
}

#[test]
fn a_state_is_written_when_it_changes() {
    let disk = Disk::default();
    let mut file = Journal::on(disk.clone()).begin(intent(1, "shop")).unwrap();
    for text in ["queued", "queued", "running", "running", "queued"] {
        file.append(&state(text)).unwrap();
    }
    let first = Record::Intent(Box::new(intent(1, "shop")));
    let written = [first, state("queued"), state("running"), state("queued")];
    let lines: Vec<_> = written.iter().map(|record| encode(record).unwrap()).collect();
    assert_eq!(disk.bytes(&format!("{}.jsonl", run_id(1))), lines.concat());
}

#[test]
fn a_run_is_not_begun_twice() {
    let journal = Journal::on(Disk::default());
    decided(&journal, 1, "shop");
    let again = journal.begin(intent(1, "blog"));
    assert!(matches!(again, Err(BeginError::Journal(Error::Io { .. }))), "{again:?}");
    assert_eq!(journal.latest().unwrap().unwrap().run.ids(), ["1"]);
}

#[test]
fn a_newer_major_version_is_refused_and_left_untouched() {
    let disk = Disk::default();
    let mut newer = intent(1, "shop");
    newer.version = Version { major: 2, minor: 7 };
    let name = format!("{}.jsonl", run_id(1));
    let mut bytes = encode(&Record::Intent(Box::new(newer))).unwrap();
    bytes.extend(b"whatever a later version writes");
    disk.put(&name, &bytes);
    let journal = Journal::on(disk.clone());
    let error = journal.latest().unwrap_err();
    assert_eq!(error.to_string(), format!("cannot read state/scans/{name}; update this program"));
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert_eq!(source, "the file has format 2.7; this program reads 1 and earlier");
    assert_eq!(journal.runs().unwrap().unreadable.len(), 1);
    assert!(matches!(journal.run("0"), Err(FindError::Journal(Error::Newer { .. }))));
    assert!(matches!(
        journal.reopen(run_id(1)).and_then(|mut file| file.append(&sent())),
        Err(Error::Newer { .. })
    ));
    assert!(matches!(journal.remove(run_id(1)), Err(RemoveError::Journal(Error::Newer { .. }))));
    // It may be an open start of the same target.
    let begun = journal.begin(intent(2, "blog"));
    assert!(matches!(begun, Err(BeginError::Journal(Error::Newer { .. }))), "{begun:?}");
    assert_eq!(disk.bytes(&name), bytes);
    assert_eq!(disk.names(), [name]);
}
