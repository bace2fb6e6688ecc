//! A place where nothing can be kept: exit 11, before anything is sent.

use std::{
    fs,
    io::{self, Write},
    process::Command,
};

use crate::{
    canned::{Asked, Canned, NO_JOBS, ok},
    lossy::Lossy,
    machine::Machine,
    support::{Directory, Run, Running, shindan},
};

const STARTS: [&[&str]; 4] = [
    &["scan", "--yes", "--url", "https://shop.example/"],
    &["scan", "--yes", "--project-id", "p", "--crawl", "a label"],
    &["wsc", "job", "create", "--yes", "--url", "https://shop.example/"],
    &["vaddy", "scan", "start", "--yes", "--fqdn", "www.example.jp", "--crawl", "a label"],
];

fn refused(run: Run) {
    run.exits(11).says("--state-dir");
}

#[test]
fn a_place_that_is_none() {
    let canned = Canned::always(ok("{}"));
    let file = Directory::new();
    fs::write(file.path(), "").unwrap();
    let without_scans = Directory::new();
    fs::create_dir(without_scans.path()).unwrap();
    fs::write(format!("{}/scans", without_scans.path()), "").unwrap();
    for start in STARTS {
        for place in [file.path(), without_scans.path(), "/dev/null/x", "/proc/shindan"] {
            if place.starts_with("/proc") && !fs::exists("/proc/self").unwrap() {
                continue;
            }
            let with = [start, &["--state-dir", place]].concat();
            refused(shindan(&with, &canned.env()).says(place));
            let env = [&canned.env()[..], &[("SHINDAN_STATE_DIR", place)]].concat();
            refused(shindan(start, &env).says(place));
        }
        let env = [&canned.env()[..], &[("SHINDAN_STATE_DIR", "")]].concat();
        refused(shindan(start, &env).says("HOME").says("nothing was sent"));
        let env = [&env[..], &[("HOME", "not/absolute"), ("XDG_STATE_HOME", "neither")]].concat();
        refused(shindan(start, &env).says("nothing was sent"));
    }
    for command in [&["runs", "list"][..], &["runs", "export"], &["attach", "--latest"]] {
        refused(shindan(command, &[("SHINDAN_STATE_DIR", file.path())]));
        refused(shindan(command, &[("SHINDAN_STATE_DIR", "")]));
    }
    assert!(canned.asked().is_empty());
    assert_eq!(fs::read(file.path()).unwrap(), b"");
    fs::remove_file(file.path()).unwrap();
}

/// Runs a command with a file system of its own, or says why that cannot be done here.
fn mounted(options: &str, args: &[&str], canned: &Canned) -> Option<Run> {
    let place = Directory::new();
    fs::create_dir(place.path()).expect("the name is free");
    let own = ["unshare", "-rm"];
    let mut can = Command::new(own[0]);
    can.args([own[1], "mount", "-t", "tmpfs", "x", place.path()]);
    if !can.output().is_ok_and(|output| output.status.success()) {
        // Straight to the terminal: what a test prints is shown only if it fails.
        let _ = writeln!(
            io::stderr(),
            "skipped: nobody may mount a file system of their own here, so no disk is full"
        );
        return None;
    }
    let mount = format!(r#"mount -t tmpfs -o {options} x {} && exec "$@""#, place.path());
    let env = [&canned.env()[..], &[("SHINDAN_STATE_DIR", place.path())]].concat();
    Some(Running::under(&[&own[..], &["sh", "-c", &mount, "sh"]].concat(), args, &env).finish())
}

#[test]
fn a_disk_that_cannot_be_written_or_is_full() {
    let canned = Canned::always(ok("{}"));
    for start in STARTS {
        for (options, says) in [("ro", "Read-only"), ("size=32k", "No space")] {
            let Some(run) = mounted(options, start, &canned) else { return };
            refused(run.says(says));
        }
    }
    assert!(canned.asked().is_empty());
}

/// No file may grow.
#[test]
fn a_limit_of_files() {
    let canned = Canned::always(ok(NO_JOBS));
    for start in [STARTS[0], &STARTS[1][..4], STARTS[2], &STARTS[3][..6]] {
        let place = Directory::new();
        let env = [&canned.env()[..], &[("SHINDAN_STATE_DIR", place.path())]].concat();
        let limit = ["sh", "-c", r#"trap '' XFSZ; ulimit -f 0; exec "$@""#, "sh"];
        refused(Running::under(&limit, start, &env).finish());
    }
    // What is free was asked, and nothing else.
    assert!(canned.asked().iter().all(Asked::is_lookup));
}

/// The start has worked, and its outcome cannot be written: its id is said and kept elsewhere, and the wait goes on.
#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_fails_after_the_start() {
    for (scan, service, id) in [
        (&["scan", "--yes", "--project-id", "p"][..], "vaddy", "7-b1"),
        (&["vaddy", "scan", "start", "--yes", "--project-id", "p"], "vaddy", "7-b1"),
        (&["scan", "--yes", "--detach", "--url", "https://shop.example/"], "wsc", "11"),
        (&["wsc", "job", "create", "--yes", "--url", "https://shop.example/"], "wsc", "11"),
    ] {
        let (release, held) = std::sync::mpsc::channel();
        let server = Lossy::held_at_start(held);
        let machine = Machine::new(&server.env());
        let elsewhere = Directory::new();
        fs::create_dir(elsewhere.path()).unwrap();
        let env = [&machine.env()[..], &[("TMPDIR", elsewhere.path())]].concat();
        let args = [scan, &["--output", "json"]].concat();
        let ignoring = ["sh", "-c", r#"trap '' XFSZ; exec "$@""#, "sh"];
        let running = Running::under(&ignoring, &args, &env);
        while server.starts() == 0 {
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        // The run's file is longer already; a file with one line is not.
        let limit = ["--fsize=100", "--pid", &running.id().to_string()];
        assert!(Command::new("prlimit").args(limit).status().unwrap().success());
        drop(release);
        let run = running.finish().exits(11);
        let line = format!("SCAN-ID service={service} id={id}\n");
        assert!(run.stderr.contains(&line), "{run:?}");
        let started = run.stderr.find("started as").expect("it is said");
        assert!(run.stderr.find(&line) < Some(started), "{run:?}");
        let kept = fs::read_dir(elsewhere.path()).unwrap().next().expect("a file").unwrap().path();
        assert_eq!(fs::read_to_string(&kept).unwrap(), line);
        assert!(run.stderr.contains(kept.to_str().unwrap()), "{run:?}");
        assert!(run.stdout.contains(id), "{run:?}");
        // As far as the journal goes, nobody knows; a person does.
        let name = machine.last().id.to_string();
        machine.run(scan).exits(5);
        machine.run(&["runs", "reconcile", &name, "--found", id]).exits(0);
        assert_eq!((machine.last().run.ids(), server.starts()), (vec![id], 1));
    }
}
