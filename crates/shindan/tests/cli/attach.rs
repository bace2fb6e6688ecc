//! `attach`: a scan that is followed again, from its run or from its name alone.

use crate::{
    machine::Machine,
    support::{Directory, Emulator},
};

const SCANS: [&[&str]; 3] =
    [&["--url", "https://shop.example/"], &["--project-id", "p"], &["--fqdn", "www.example.jp"]];

/// Nobody has passed a gate before it is attached to.
#[test]
fn a_detached_scan_is_judged_later() {
    let emulator = Emulator::start("x60000000");
    for (n, target) in SCANS.into_iter().enumerate() {
        let machine = Machine::new(&emulator.env());
        let scan = [&["scan", "--yes", "--detach", "--output", "json"], target].concat();
        let told = machine.run(&scan).exits(0).json();
        assert_eq!((&told["result"], &told["exit"]), (&"detached".into(), &0.into()), "{told}");
        let (run, id) = (told["run"].as_str().unwrap(), told["scan"].as_str().unwrap());
        let listed = machine.run(&["runs", "list", "--output", "json"]).exits(0).json();
        assert_eq!((&listed[0]["state"], &listed[0]["scans"][0]), (&"started".into(), &id.into()));
        assert_eq!(listed[0]["exit"], serde_json::Value::Null);

        let judge = ["--fail-on", "never", "--output", "json"];
        for what in [run, &run[..20].to_lowercase(), "--latest"] {
            let judged = machine.run(&[&["attach", what], &judge[..]].concat()).exits(0).json();
            assert_eq!((&judged["result"], &judged["run"]), (&"pass".into(), &run.into()));
            assert_eq!((&judged["scan"], judged["report"].is_object()), (&id.into(), true));
        }
        let shown = machine.run(&["runs", "show", run, "--output", "json"]).exits(0).json();
        assert_eq!((&shown["state"], &shown["exit"]), (&"ended".into(), &0.into()), "{shown}");

        // On another machine there is no run, but the service knows its scan.
        let elsewhere = Machine::new(&emulator.env());
        let name = format!("{}:{id}", if n == 0 { "wsc" } else { "vaddy" });
        let project = if n == 2 { target } else { &[] };
        let judged =
            elsewhere.run(&[&["attach", &name], &judge[..], project].concat()).exits(0).json();
        assert_eq!((&judged["result"], &judged["scan"]), (&"pass".into(), &id.into()));
        elsewhere.run(&["attach", run]).exits(6).says("shindan runs list");
        elsewhere.run(&["attach", "--latest"]).exits(6).says("there is no run yet");
    }
    assert_eq!(emulator.ledger(), (1, 2));
}

#[test]
fn an_id_that_the_service_does_not_know() {
    let emulator = Emulator::start("real");
    let machine = Machine::new(&emulator.env());
    for attach in [
        &["attach", "wsc:99"][..],
        &["attach", "vaddy:1-99"],
        &["attach", "vaddy:1-99", "--project-id", "p"],
        &["attach", "vaddy:1-99", "--fqdn", "www.example.jp"],
    ] {
        let run = machine.run(attach).exits(6);
        assert!(!run.stderr.contains("may still run"), "{run:?}");
        assert!(!run.stderr.contains("follow it again"), "{run:?}");
    }
    assert!(machine.runs().is_empty());
    for (wrong, says) in [
        ("wsc:x", "1 to 20 digits"),
        ("vaddy:../x", "vaddy:../x"),
        ("other:1", "neither a run"),
        ("", "empty"),
    ] {
        machine.run(&["attach", wrong]).exits(2).says(says);
    }
}

/// What is said to follow a scan again does so, without what only this shell knows.
#[test]
fn the_command_that_is_told() {
    let emulator = Emulator::start("x0");
    for target in SCANS {
        let machine = Machine::new(&emulator.env());
        let place = Directory::new();
        let scan = [&["scan", "--yes", "--detach", "--state-dir", place.path()], target].concat();
        let told = machine.run(&[&scan[..], &["--output", "json"]].concat()).exits(0).json();
        let service = told["service"].as_str().expect("a service");
        let name = format!("{service}:{}", told["scan"].as_str().expect("an id"));
        let project = if target[0] == "--url" { &[] } else { target };
        for attach in [
            &[&["attach", &name], project].concat()[..],
            &["attach", "--latest", "--state-dir", place.path()],
        ] {
            let wait = ["--wait-timeout", "0s"];
            let run = machine.run(&[attach, &wait].concat()).exits(8);
            let again = run.stderr.split("follow it again with: shindan ").nth(1);
            let again = again.and_then(|rest| rest.lines().next()).expect("a command");
            machine.run(&again.split_whitespace().chain(wait).collect::<Vec<_>>()).exits(8);
        }
    }
}
