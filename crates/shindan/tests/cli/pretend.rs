//! A run against an emulator says so, wherever it is looked at; a run against anything else does not.

use serde_json::{Value, json};

use crate::{
    canned::{Canned, answer, ok},
    machine::Machine,
    support::{Emulator, Run},
};

const NOTE: &str = "is an emulator; nothing was really scanned";
const PROJECT: [&str; 4] = ["scan", "--yes", "--project-id", "p"];

#[track_caller]
fn notes(run: &Run, times: usize) {
    assert_eq!(run.stderr.matches(NOTE).count(), times, "{run:?}");
}

/// What is told of the only run by `runs show` and by `runs list`.
fn told(machine: &Machine) -> [Value; 2] {
    let run = machine.last().id.to_string();
    let shown = machine.run(&["runs", "show", &run, "--output", "json"]).exits(0).json();
    let listed = machine.run(&["runs", "list", "--output", "json"]).exits(0).json();
    [shown["emulated"].clone(), listed[0]["emulated"].clone()]
}

#[test]
fn a_run_against_an_emulator() {
    for scan in [&PROJECT[..], &["scan", "--yes", "--url", "https://scenario-clean.test/"]] {
        let emulator = Emulator::start("x60000000");
        let machine = Machine::new(&emulator.env());
        let detached = machine.run(&[scan, &["--detach", "--output", "json"]].concat()).exits(0);
        notes(&detached, 1);
        assert_eq!(detached.json()["emulated"], true);
        // It is known as soon as anything is: nobody has looked at it again.
        assert_eq!(told(&machine), [json!(true), json!(true)]);
        let attached = machine.run(&["attach", "--latest", "--output", "json"]).exits(0);
        notes(&attached, 1);
        assert_eq!(attached.json()["emulated"], true);
        assert_eq!(told(&machine), [json!(true), json!(true)]);
        let run = machine.last().id.to_string();
        for command in [&["attach", "--latest"][..], &["runs", "list"], &["runs", "show", &run]] {
            let run = machine.run(command).exits(0);
            assert!(run.stdout.contains("(emulator)"), "{run:?}");
        }
    }
}

#[test]
fn a_run_that_an_emulator_refuses() {
    let emulator = Emulator::start_with(&["--scenario", "busy"], 7);
    let machine = Machine::new(&emulator.env());
    notes(&machine.run(&[&PROJECT[..], &["--if-busy", "fail"]].concat()).exits(6), 1);
    assert_eq!(told(&machine), [json!(true), json!(true)]);
}

/// One answer of an emulator is enough, whoever gives the others.
#[test]
fn a_run_against_something_else() {
    const STARTED: &str = r#"{"scan_id":"1-a"}"#;
    for (emulated, header) in [(false, ""), (true, "X-Shindan-Emulator: 1\r\n")] {
        let server = Canned::start(move |asked, _| {
            if asked.is_start() {
                answer("200 OK", header, STARTED)
            } else {
                ok(r#"{"running_process":0}"#)
            }
        });
        let machine = Machine::new(&server.env());
        let scan = [&PROJECT[..], &["--detach", "--output", "json"]].concat();
        let run = machine.run(&scan).exits(0);
        notes(&run, usize::from(emulated));
        assert_eq!(run.json()["emulated"], emulated);
        assert_eq!(told(&machine), [json!(emulated), json!(emulated)]);
        let file = std::fs::read_to_string(machine.last().path).expect("it is there");
        assert_eq!(file.contains("emulated"), emulated, "{file}");
    }
}
