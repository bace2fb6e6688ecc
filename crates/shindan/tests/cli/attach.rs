//! `attach`: a scan that is followed again, from its run or from its name alone.

use crate::{
    canned::{Canned, ok},
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

/// What fails a scan was said when it was started.
#[test]
fn the_gate_is_not_forgotten() {
    let emulator = Emulator::start("x60000000");
    let machine = Machine::new(&emulator.env());
    let scan = ["scan", "--yes", "--rescan=never", "--url", "https://site-1.example/", "--fail-on"];
    machine.run(&[&scan[..], &["any", "--detach"]].concat()).exits(0);
    machine.run(&["attach", "--latest"]).exits(1).says("exit 1 (gate)");
    machine.run(&["attach", "--latest", "--fail-on", "high"]).exits(0);
    machine.run(&[&scan[..], &["high", "--detach"]].concat()).exits(0);
    machine.run(&["attach", "--latest"]).exits(0);
}

/// The service has named it, so a list that does not show it yet proves nothing, and the run goes on.
#[test]
fn a_scan_that_is_not_listed_yet() {
    let lists = |total| {
        ok(&format!(
            r#"{{"returnCode":"0","resources":{{"total_cnt":{total},"total_page_cnt":0,"current_start_page":0,"current_end_page":0,"record_data":[]}}}}"#
        ))
    };
    for total in [0, 5] {
        let server = Canned::start(move |asked, _| {
            if asked.is_start() {
                ok(r#"{"returnCode":"0","resources":{"instanceNo":"11"}}"#)
            } else {
                lists(total)
            }
        });
        let machine = Machine::new(&server.env());
        machine.run(&["scan", "--yes", "--detach", "--url", "https://shop.example/"]).exits(0);
        let attached = machine.run(&["attach", "--latest", "--wait-timeout", "0s"]);
        assert!([8, 10].contains(&attached.code), "{attached:?}");
        let listed = machine.run(&["runs", "list", "--output", "json"]).exits(0).json();
        assert_eq!(
            (&listed[0]["state"], &listed[0]["scans"][0]),
            (&"started".into(), &"11".into())
        );
        machine.run(&["runs", "prune", "--older-than", "0s"]).exits(0).says("0 of 1 runs removed");
    }
}
