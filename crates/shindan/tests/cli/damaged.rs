//! Files that have suffered, and files of a later program.

use std::fs;

use shindan_journal::{Class, Outcome, Phase, Record, encode};

use crate::{
    machine::{Machine, damage},
    support::Emulator,
};

const SCAN: [&str; 6] =
    ["scan", "--yes", "--fail-on=never", "--rescan=never", "--url", "https://shop.example/"];

/// The middle of a file is lost, and with it nothing that stands beside it.
#[test]
fn in_the_middle() {
    let emulator = Emulator::start("x60000000");
    let machine = Machine::new(&emulator.env());
    machine.run(&SCAN).exits(0);
    let view = machine.last();
    machine.run(&[&SCAN[..5], &["https://other.example/"]].concat()).exits(0);
    let at = damage(&view, "sent");
    let (run, files) = (view.id.to_string(), machine.files());
    let place = format!("{} is damaged at byte {at}", view.path.display());

    let listed = machine.run(&["runs", "list", "--output", "json"]).exits(0).says(&place).json();
    assert_eq!((&listed[0]["damaged_at"][0], &listed[0]["state"]), (&at.into(), &"ended".into()));
    assert_eq!(
        (&listed[1]["damaged_at"], &listed[1]["state"]),
        (&[0; 0][..].into(), &"ended".into())
    );
    let show = ["runs", "show", &run, "--output", "json"];
    let shown = machine.run(&show).exits(0).says(&place).json();
    assert_eq!(shown["records"][0]["type"], "intent");
    assert_eq!(shown["records"][1]["type"], "outcome");
    machine.run(&["runs", "export"]).exits(0).says(&place);
    machine.run(&["runs", "reconcile", &run]).exits(0).says(&place);
    assert_eq!(machine.files(), files);

    machine.run(&["attach", &run, "--fail-on", "never"]).exits(0).says(&place);
    let grown = fs::read(&view.path).unwrap();
    assert!(files.iter().any(|(path, old)| *path == view.path && grown.starts_with(old)));
    machine.run(&SCAN).exits(0);
    assert_eq!(emulator.ledger(), (3, 0));
}

/// What has become of the start is lost, so the start may have worked.
#[test]
fn in_the_outcome() {
    let emulator = Emulator::start("x60000000");
    let machine = Machine::new(&emulator.env());
    machine.run(&SCAN).exits(0);
    let (view, asked) = (machine.last(), emulator.ledger());
    let ids = view.run.ids().concat();
    // It was accepted, and then found.
    damage(&view, "outcome");
    damage(&view, "outcome");
    assert_eq!(machine.last().run.phase(), Phase::InFlight);
    machine.run(&SCAN).exits(5).says("shindan runs reconcile");
    assert_eq!(emulator.ledger(), asked);
    machine.run(&["runs", "reconcile", "--settle", "1s"]).exits(0).says("is damaged at byte");
    assert_eq!(machine.last().run.ids(), [ids]);
    machine.run(&SCAN).exits(0);
    assert_eq!(emulator.ledger(), (2, 0));
}

/// Nobody knows for which target a start was that has lost its intent: none is started before a person decides.
#[test]
fn in_the_intent() {
    let emulator = Emulator::start("x60000000");
    let machine = Machine::new(&emulator.env());
    machine.recorded(
        1_795_000_000_000,
        "shop.example",
        &[Record::Sent { at_ms: 1, baseline_ids: Vec::new() }],
    );
    let view = machine.last();
    let at = damage(&view, "intent");
    let run = view.id.to_string();
    machine.run(&SCAN).exits(5).says(&run);
    let place = format!("{} is damaged at byte {at}", view.path.display());
    for command in [&["runs", "reconcile"][..], &["attach", &run]] {
        machine.run(command).exits(11).says(&place).says("--nothing-started");
    }
    let elsewhere = Machine::new(&emulator.env());
    let place = ["attach", &run, "--state-dir", machine.state()];
    let told = format!("shindan runs reconcile {run} --state-dir {} --found ID", machine.state());
    elsewhere.run(&place).exits(11).says(&told);
    let listed = machine.run(&["runs", "list", "--output", "json"]).exits(0).json();
    assert_eq!((&listed[0]["state"], &listed[0]["target"]), (&"in flight".into(), &().into()));
    machine.run(&["runs", "reconcile", &run, "--nothing-started"]).exits(0);
    machine.run(&SCAN).exits(0);
    assert_eq!(emulator.ledger(), (1, 0));
}

/// The last record was cut off while it was written.
#[test]
fn at_the_end() {
    let emulator = Emulator::start("x60000000");
    let machine = Machine::new(&emulator.env());
    machine.run(&[&SCAN[..], &["--detach"]].concat()).exits(0);
    let view = machine.last();
    let mut bytes = fs::read(&view.path).unwrap();
    bytes.extend(b"0000002a 1234");
    fs::write(&view.path, &bytes).unwrap();
    let run = view.id.to_string();
    machine.run(&["runs", "show", &run]).exits(0).says("its last record is not whole");
    machine.run(&["attach", &run, "--fail-on", "never"]).exits(0);
    assert!(fs::read(&view.path).unwrap().starts_with(&bytes));
    assert_eq!(machine.last().run.phase(), Phase::Closed(0));
}

/// It may hold the unknown start of any target.
#[test]
fn of_a_later_program() {
    let emulator = Emulator::start("x60000000");
    let machine = Machine::new(&emulator.env());
    machine.run(&SCAN).exits(0);
    let started = machine.recorded(
        1_795_000_000_000,
        "a.example",
        &[Record::Outcome(Outcome {
            class: Class::Unknown,
            id: None,
            ids: Vec::new(),
            evidence: String::new(),
            emulated: false,
            at_ms: 1,
        })],
    );
    let later = machine.recorded(1_795_000_000_001, "b.example", &[]);
    let view = machine.journal().run(&later.to_string()).unwrap();
    let [shindan_journal::Entry::Record(Record::Intent(intent))] = &view.entries[..] else {
        panic!("{view:?}")
    };
    let mut intent = intent.clone();
    intent.version.major += 1;
    fs::write(&view.path, encode(&Record::Intent(intent)).unwrap()).unwrap();
    let (files, path) = (machine.files(), view.path.display().to_string());
    let (later, started) = (later.to_string(), started.to_string());

    let listed = machine.run(&["runs", "list", "--output", "json"]).exits(11).says(&path);
    assert_eq!(listed.json().as_array().map(Vec::len), Some(2));
    let listed = listed.says("update this program").says("format 2.");
    assert!(!listed.stderr.contains("can be written"), "{listed:?}");
    assert_eq!(machine.run(&["runs", "export"]).exits(11).says(&path).stdout.lines().count(), 2);
    machine.run(&["runs", "show", &started]).exits(0);
    machine.run(&["runs", "show", &later]).exits(11).says(&path);
    machine.run(&["attach", &later]).exits(11).says(&path);
    machine.run(&["runs", "reconcile", &later]).exits(11).says(&path);
    machine.run(&["runs", "prune", "--older-than", "0s", "--dry-run"]).exits(11).says(&path);
    machine.run(&["runs", "reconcile", &started, "--nothing-started"]).exits(0);
    // Of those that can be read, none is unknown any more.
    machine.run(&["runs", "reconcile"]).exits(11).says(&path);
    let ledger = emulator.ledger();
    for start in [
        &SCAN[..],
        &["scan", "--yes", "--project-id", "p"],
        &["wsc", "job", "create", "--yes", "--url", "https://c.example/"],
        &["vaddy", "scan", "start", "--yes", "--project-id", "p"],
    ] {
        machine.run(start).exits(11).says(&path).says("nothing was sent");
    }
    assert_eq!(emulator.ledger(), ledger);
    let same = |at: &str| {
        let of = |files: &[(std::path::PathBuf, Vec<u8>)]| {
            files.iter().find(|(path, _)| path.to_str() == Some(at)).cloned()
        };
        (of(&files), of(&machine.files()))
    };
    let (before, after) = same(&path);
    assert!(before.is_some() && before == after);
}
