//! A process that fails or dies at every operation, with and without a loss of power.

use std::{collections::BTreeMap, io};

use shindan_journal::{BeginError, Class, Journal, Phase, RunFile, RunId};

use crate::{
    disk::{Disk, Fault, Unsynced},
    words::{closed, intent, outcome, run_id, sent, state},
};

/// What the process was told to be durable, for each run.
#[derive(Debug, Default)]
struct Told {
    runs: BTreeMap<RunId, Acknowledged>,
    /// What it has tried to remove.
    removed: Option<RunId>,
}

#[derive(Debug, Default)]
struct Acknowledged {
    target: &'static str,
    /// It was tried to write that a start leaves.
    tried: bool,
    /// A start may have left.
    sent: bool,
    /// The last attempt has certainly started nothing, whether that could be written or not.
    nothing: bool,
    ids: Vec<&'static str>,
}

/// Begins runs of all kinds in the way that the crate asks for: what fails is not acted upon.
fn history(disk: &Disk) -> Told {
    let journal = Journal::on(disk.clone());
    let mut told = Told::default();
    let _unsaid = journal.probe();
    if let Some(mut file) = begin(&journal, &mut told, 1, "plain") {
        if send(&mut file, &mut told) {
            conclude(&mut file, &mut told, Class::Started, Some("11"));
        }
        file.release_lock();
        for record in [state("queued"), state("running"), closed(0)] {
            let _unsaid = file.append(&record);
        }
    }
    if let Some(mut file) = begin(&journal, &mut told, 2, "reconciled")
        && send(&mut file, &mut told)
    {
        conclude(&mut file, &mut told, Class::Unknown, None);
        drop(file);
        if let Ok(mut file) = journal.reopen(run_id(2)) {
            conclude(&mut file, &mut told, Class::Found, Some("22"));
            let _unsaid = file.append(&closed(0));
        }
    }
    if let Some(mut file) = begin(&journal, &mut told, 3, "repeated")
        && send(&mut file, &mut told)
        && conclude(&mut file, &mut told, Class::NotStarted, None)
        && send(&mut file, &mut told)
    {
        conclude(&mut file, &mut told, Class::Started, Some("33"));
        conclude(&mut file, &mut told, Class::Duplicate, Some("34"));
    }
    if let Some(mut file) = begin(&journal, &mut told, 4, "lost") {
        send(&mut file, &mut told);
    }
    let unsent = begin(&journal, &mut told, 5, "again").is_some();
    if let Some(mut file) = begin(&journal, &mut told, 6, "again")
        && send(&mut file, &mut told)
    {
        conclude(&mut file, &mut told, Class::Started, Some("66"));
    }
    if unsent {
        told.removed = Some(run_id(5));
        let _unsaid = journal.remove(run_id(5));
    }
    told
}

fn begin(
    journal: &Journal<Disk>,
    told: &mut Told,
    number: u8,
    target: &'static str,
) -> Option<RunFile<Disk>> {
    let file = journal.begin(intent(number, target)).ok()?;
    told.runs.insert(run_id(number), Acknowledged { target, ..Acknowledged::default() });
    Some(file)
}

/// Whether the start may leave.
fn send(file: &mut RunFile<Disk>, told: &mut Told) -> bool {
    let durable = file.append(&sent()).is_ok();
    let run = told.runs.get_mut(&file.id()).expect("it was begun");
    run.tried = true;
    if durable {
        (run.sent, run.nothing) = (true, false);
    }
    durable
}

/// Whether the outcome is durable.
fn conclude(
    file: &mut RunFile<Disk>,
    told: &mut Told,
    class: Class,
    id: Option<&'static str>,
) -> bool {
    let run = told.runs.get_mut(&file.id()).expect("it was begun");
    run.nothing = class == Class::NotStarted;
    let durable = file.append(&outcome(class, id)).is_ok();
    if durable {
        run.ids.extend(id);
    }
    durable
}

/// What a later process must find.
fn check(disk: &Disk, told: &Told, case: &str) {
    let journal = Journal::on(disk.clone());
    journal.sweep(i64::MAX).expect("the disk works again");
    let names = disk.names();
    assert!(names.iter().all(|name| name.strip_suffix(".jsonl").is_some()), "{case}: {names:?}");
    let all = journal.runs().expect("the disk works again");
    assert!(all.unreadable.is_empty(), "{case}: {:?}", all.unreadable);
    for (number, (id, acknowledged)) in (100..).zip(&told.runs) {
        let Some(view) = all.runs.iter().find(|view| view.id == *id) else {
            assert_eq!(told.removed, Some(*id), "{case}: {id} is lost");
            continue;
        };
        let run = &view.run;
        let target = acknowledged.target;
        assert_eq!(
            run.intent.as_ref().map(|intent| intent.target.as_str()),
            Some(target),
            "{case}"
        );
        for known in &acknowledged.ids {
            assert!(run.ids().contains(known), "{case}: {known} of {target} is lost");
        }
        let intended = run.phase() == Phase::Intended;
        assert!(!(intended && acknowledged.sent), "{case}: the start of {target} is forgotten");
        assert!(intended || acknowledged.tried, "{case}: {target} is blocked for nothing");
        if intended {
            let again = journal.begin(intent(number, target));
            let refused = matches!(again, Err(BeginError::OpenUnknown { run, .. }) if run == *id);
            assert!(!refused, "{case}: {target} is blocked for nothing");
        }
        if acknowledged.sent && acknowledged.ids.is_empty() && !acknowledged.nothing {
            let again = journal.begin(intent(number, target));
            let refused = matches!(again, Err(BeginError::OpenUnknown { run, .. }) if run == *id);
            assert!(refused || !run.ids().is_empty(), "{case}: {target} could be paid twice");
        }
    }
}

fn faults(at: usize, fatal: bool) -> Vec<Fault> {
    let fault = |done| Fault { at, done, fatal, kind: io::ErrorKind::Other };
    // Nothing is done, a byte, the part of a line in which a frame is cut anywhere, everything.
    [0, 1, 5, 17, 18, 60, usize::MAX].map(fault).into()
}

fn operations() -> usize {
    let disk = Disk::default();
    let told = history(&disk);
    assert_eq!(told.runs.len(), 6);
    check(&disk.after_kill(), &told, "without a fault");
    disk.operations()
}

#[test]
fn killed_at_every_operation() {
    let operations = operations();
    let mut cases = 0;
    for fault in (0..operations).flat_map(|at| faults(at, true)) {
        let disk = Disk::failing(fault);
        let told = history(&disk);
        check(&disk.after_kill(), &told, &format!("killed, {fault:?}"));
        cases += 1;
    }
    assert!(cases >= 300, "{cases} cases of {operations} operations");
}

#[test]
fn without_power_at_every_operation_and_byte() {
    let mut cases = 0;
    for fault in (0..operations()).flat_map(|at| faults(at, true)) {
        let disk = Disk::failing(fault);
        let told = history(&disk);
        let kept = (0..=disk.unsynced()).map(Unsynced::Kept);
        for unsynced in kept.chain([Unsynced::Zeros]) {
            for new_names in [false, true] {
                let case = format!("without power, {fault:?}, {unsynced:?}, {new_names}");
                check(&disk.after_power_loss(unsynced, new_names), &told, &case);
                cases += 1;
            }
        }
    }
    assert!(cases >= 5_000, "{cases} cases");
}

/// A full or failing disk that recovers: what is written later is not lost to a line that was torn before.
#[test]
fn goes_on_after_a_fault_at_every_operation() {
    for fault in (0..operations()).flat_map(|at| faults(at, false)) {
        let disk = Disk::failing(fault);
        let told = history(&disk);
        assert!(told.runs.len() >= 5, "one fault spoils one run: {fault:?}");
        check(&disk.after_kill(), &told, &format!("recovered, {fault:?}"));
        let kept = disk.after_power_loss(Unsynced::Kept(0), false);
        check(&kept, &told, &format!("recovered, then without power, {fault:?}"));
    }
}

#[test]
fn a_full_disk_is_found_before_the_intent() {
    // After the lock and the list.
    let full = Fault { at: 2, done: 0, fatal: false, kind: io::ErrorKind::StorageFull };
    let disk = Disk::failing(full);
    let journal = Journal::on(disk.clone());
    let error = journal.begin(intent(1, "shop")).unwrap_err();
    let text = error.to_string();
    assert!(text.contains(&run_id(1).to_string()), "{text}");
    assert!(text.ends_with("check the state directory"), "{text}");
    assert_eq!(disk.names(), Vec::<String>::new());
    journal.begin(intent(2, "shop")).unwrap();
}

/// What is left of a start that was never made is not in the way of the next one.
#[test]
fn a_begin_that_failed_can_be_repeated() {
    let whole = Disk::default();
    let _file = Journal::on(whole.clone()).begin(intent(1, "shop")).unwrap();
    for fault in (0..whole.operations()).flat_map(|at| faults(at, false)) {
        let journal = Journal::on(Disk::failing(fault));
        assert!(journal.begin(intent(1, "shop")).is_err(), "{fault:?}");
        assert!(journal.latest().unwrap().is_none(), "{fault:?}");
    }
}
