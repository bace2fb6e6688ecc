//! Two processes and one target.

use std::{sync::mpsc, thread, time::Duration};

use shindan_journal::Phase;

use crate::{
    lossy::{Lists, Lossy, is_start},
    machine::Machine,
    support::{Emulator, Running},
};

const SCANS: [&[&str]; 2] = [
    &["scan", "--yes", "--wait-timeout", "0s", "--url", "https://shop.example/"],
    &["scan", "--yes", "--wait-timeout", "0s", "--project-id", "p"],
];

/// The first one is held at its first question, so nothing of its start has left.
#[test]
fn two_starts_of_one_target() {
    for (scan, code) in SCANS.into_iter().zip([8, 0]) {
        let (release, held) = mpsc::channel::<()>();
        let server = Lossy::holding(move |asked| {
            if !asked.is_lookup() {
                let _dropped = held.recv();
            }
        });
        server.names_scans();
        let machine = Machine::new(&server.env());
        let first = machine.spawn(scan);
        let asked = || server.canned.asked().iter().filter(|asked| !asked.is_lookup()).count();
        while asked() == 0 {
            thread::sleep(Duration::from_millis(5));
        }
        let run = machine.last().id;
        // Nothing can be looked up while the server is held, and nobody has to know what is free.
        let refused = machine.run_with(scan, &[("SHINDAN_RESCAN", "never")]).exits(5);
        let refused = refused.says(&format!("process {} (run {run})", first.id()));
        refused.says(&format!("shindan attach {run}"));
        assert_eq!((asked(), machine.runs().len()), (1, 1));
        drop(release);
        first.finish().exits(code);
        assert_eq!(server.starts(), 1);
        // The lock is free again: VAddy would take another scan now.
        machine.run(&[scan, &["--detach"]].concat()).exits(0);
    }
}

/// Only a start is kept from a target, and not everybody for as long as its scan runs.
#[test]
fn the_target_is_free_once_the_scan_has_a_name() {
    let emulator = Emulator::start("x0");
    let machine = Machine::new(&emulator.env());
    let scan = ["scan", "--yes", "--url", "https://shop.example/"];
    let first = machine.spawn(&scan);
    first.wait_for("found as");
    machine.run(&[&scan[..], &["--detach"]].concat()).exits(0);
    machine.run(&["attach", "--latest", "--wait-timeout", "0s"]).exits(8);
    let run = machine.runs()[0].id.to_string();
    machine.run(&["attach", &run, "--wait-timeout", "0s"]).exits(8);
    drop(first);
    assert_eq!(emulator.ledger(), (2, 0));
}

/// Its outcome is for the process that has sent it.
#[test]
fn a_start_that_is_on_its_way_is_left_alone() {
    for (scan, code) in SCANS.into_iter().zip([8, 0]) {
        let (release, held) = mpsc::channel();
        let server = Lossy::held_at_start(held);
        let machine = Machine::new(&server.env());
        let first = spawn_until_held(&machine, &server, scan);
        let (run, asked, files) = (machine.last().id, server.canned.asked(), machine.files());
        let run = run.to_string();
        let holder = format!("process {} (run {run})", first.id());
        for other in [
            &["runs", "reconcile", "--settle", "1s"][..],
            &["runs", "reconcile", &run, "--found", "12"],
            &["runs", "reconcile", &run, "--nothing-started"],
            &["attach", &run],
        ] {
            let refused = machine.run(other).exits(5).says(&holder);
            assert!(!refused.stderr.contains(&format!("shindan attach {run}")), "{refused:?}");
        }
        let refused = machine.run(&["runs", "prune", "--older-than", "0s"]).exits(0);
        refused.says("0 of 1 runs");
        assert_eq!((server.canned.asked().len(), machine.files()), (asked.len(), files));
        drop(release);
        first.finish().exits(code);
        assert!(machine.last().run.ids() == ["11"] || machine.last().run.ids() == ["7-b1"]);
    }
}

/// Nobody holds the lock of a process that is dead, but its start may have worked.
#[test]
fn a_start_whose_process_was_killed() {
    for (scan, service) in SCANS.into_iter().zip(["wsc", "vaddy"]) {
        let (release, held) = mpsc::channel();
        let server = Lossy::held_at_start(held);
        let machine = Machine::new(&server.env());
        let first = spawn_until_held(&machine, &server, scan);
        first.signal("-KILL");
        first.finish().exits(-1);
        assert_eq!(machine.last().run.phase(), Phase::InFlight);
        drop(release);
        machine.run(scan).exits(5).says("shindan runs reconcile");
        server.manner().lists = Lists::TheScan;
        machine.run(&["runs", "reconcile", "--settle", "1s"]).exits(0);
        let id = if service == "wsc" { "11" } else { "7-b1" };
        assert_eq!(machine.last().run.phase(), Phase::Started(id.to_owned()));
        assert_eq!(server.canned.asked().iter().filter(|asked| is_start(asked)).count(), 1);
    }
}

/// Its start is on its way, and the server does not answer.
fn spawn_until_held(machine: &Machine, server: &Lossy, scan: &[&str]) -> Running {
    let running = machine.spawn(scan);
    while server.starts() == 0 {
        thread::sleep(Duration::from_millis(5));
    }
    running
}
