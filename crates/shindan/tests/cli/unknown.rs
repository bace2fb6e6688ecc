//! A start of which nobody knows whether it was executed, until somebody finds out.

use shindan_journal::Phase;

use crate::{
    canned::{Canned, ok},
    lossy::{Lists, Lossy},
    machine::Machine,
};

/// Without any time to settle nothing is concluded from what the lists do not show.
const SCANS: [(&[&str], &str, i32); 2] = [
    (
        &["scan", "--yes", "--settle", "0s", "--wait-timeout", "0s", "--url", "https://a.example/"],
        "11",
        8,
    ),
    (&["scan", "--yes", "--settle", "0s", "--wait-timeout", "0s", "--project-id", "p"], "7-b1", 0),
];

/// A server that has lost its answer to a start, and the machine that has sent it.
fn lost(scan: &[&str]) -> (Lossy, Machine) {
    let server = Lossy::start();
    server.manner().lists = Lists::Unreadable;
    let machine = Machine::new(&server.env());
    let run = machine.run(&[scan, &["--output", "json"]].concat()).exits(7);
    let run = run.says("nobody knows").says("shindan runs reconcile ");
    assert_eq!((&run.json()["result"], &run.json()["exit"]), (&"unknown".into(), &7.into()));
    assert_eq!(machine.last().run.phase(), Phase::Unknown);
    (server, machine)
}

#[test]
fn it_blocks_its_target_and_no_other() {
    for (scan, _, code) in SCANS {
        let (server, machine) = lost(scan);
        let listed = machine.run(&["runs", "list", "--output", "json"]).exits(0);
        let listed = listed.says("shindan runs reconcile").json();
        assert_eq!(listed[0]["state"], "unknown");
        let run = listed[0]["run"].as_str().unwrap().to_owned();
        let asked = server.canned.asked().len();
        let refused = machine.run(scan).exits(5).says(&run);
        refused.says(&format!("shindan runs reconcile {run}"));
        assert_eq!((server.canned.asked().len(), server.starts()), (asked, 1));

        server.names_scans();
        let mut other = scan.to_vec();
        *other.last_mut().unwrap() = if code == 8 { "https://b.example/" } else { "q" };
        machine.run(&other).exits(code);
    }
}

#[test]
fn it_is_found() {
    for (scan, id, code) in SCANS {
        let (server, machine) = lost(scan);
        server.manner().lists = Lists::TheScan;
        let reconcile = ["runs", "reconcile", "--settle", "1s", "--output", "json"];
        let told = machine.run(&reconcile).exits(0).json();
        assert_eq!((&told[0]["state"], &told[0]["scans"][0]), (&"started".into(), &id.into()));
        machine.run(&reconcile).exits(0);
        machine.run(&["attach", "--latest", "--wait-timeout", "0s"]).exits(code);
        assert_eq!(server.starts(), 1);
    }
}

/// `attach` looks by itself.
#[test]
fn it_is_found_by_attach() {
    for (scan, id, code) in SCANS {
        let (server, machine) = lost(scan);
        server.manner().lists = Lists::TheScan;
        let attach = ["attach", "--latest", "--settle", "1s", "--wait-timeout", "0s"];
        machine.run(&attach).exits(code).says(&format!("found as {id}"));
        assert_eq!((machine.last().run.ids(), server.starts()), (vec![id], 1));
    }
}

#[test]
fn it_is_not_there() {
    for (scan, id, code) in SCANS {
        let (server, machine) = lost(scan);
        let run = machine.last().id.to_string();
        // While nothing can be read, nothing is concluded.
        let reconcile = ["runs", "reconcile", &run, "--settle", "1s", "--output", "json"];
        machine.run(&reconcile).exits(7);
        assert_eq!(machine.last().run.phase(), Phase::Unknown);
        machine.run(scan).exits(5);

        server.manner().lists = Lists::Nothing;
        assert_eq!(machine.run(&reconcile).exits(0).json()[0]["state"], "not started");
        machine.run(&["attach", &run]).exits(6).says("has started nothing");

        server.names_scans();
        machine.run(scan).exits(code);
        assert_eq!((machine.last().run.ids(), server.starts()), (vec![id], 2));
    }
}

#[test]
fn a_person_decides() {
    for (scan, id, code) in SCANS {
        let (server, machine) = lost(scan);
        let (run, asked) = (machine.last().id.to_string(), server.canned.asked().len());
        for wrong in ["../x", "1 2", "\n", ""] {
            machine.run(&["runs", "reconcile", &run, "--found", wrong]).exits(2).says("--found");
            assert_eq!(machine.last().run.phase(), Phase::Unknown);
        }
        machine.run(&["runs", "reconcile", "--nothing-started"]).exits(2);
        machine.run(&["runs", "reconcile", &run, "--found", id]).exits(0);
        machine.run(&["runs", "reconcile", &run, "--nothing-started"]).exits(2).says("is known");
        assert_eq!(machine.last().run.phase(), Phase::Started(id.to_owned()));
        assert_eq!(server.canned.asked().len(), asked);
        server.manner().lists = Lists::TheScan;
        machine.run(&["attach", &run, "--wait-timeout", "0s"]).exits(code);

        let (server, machine) = lost(scan);
        let run = machine.last().id.to_string();
        machine.run(&["runs", "reconcile", &run, "--nothing-started"]).exits(0);
        server.names_scans();
        machine.run(scan).exits(code);
        assert_eq!(server.starts(), 2);
    }
}

#[test]
fn another_account_is_not_asked() {
    let other = Canned::always(ok("{}"));
    for (scan, ..) in SCANS {
        let (server, machine) = lost(scan);
        let (run, files) = (machine.last().id.to_string(), machine.files());
        let asked = server.canned.asked().len();
        for (set, says) in [
            (["NCLOUD_ACCESS_KEY_ID", "VADDY_USER"].map(|name| (name, "somebody")), "account"),
            (["WSC_ENDPOINT", "VADDY_API_SERVER"].map(|name| (name, &other.url[..])), &other.url),
        ] {
            for command in [&["runs", "reconcile", "--settle", "1s"][..], &["attach", &run]] {
                machine.run_with(command, &set).exits(2).says(&run).says(says);
            }
        }
        assert_eq!((server.canned.asked().len(), machine.files()), (asked, files));
    }
    assert!(other.asked().is_empty());
}
