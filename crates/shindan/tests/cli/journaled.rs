//! What is on disk, and when.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use shindan_journal::{Entry, Phase, Record, RunView};

use crate::{machine::Machine, support::Emulator};

const SCANS: [&[&str]; 3] = [
    &["scan", "--yes", "--url", "https://shop.example/"],
    &["scan", "--yes", "--project-id", "p"],
    &["scan", "--yes", "--fqdn", "www.example.jp"],
];

fn kinds(view: &RunView) -> Vec<&'static str> {
    let mut kinds: Vec<_> = view
        .entries
        .iter()
        .map(|entry| match entry {
            Entry::Record(Record::Intent(_)) => "intent",
            Entry::Record(Record::Sent { .. }) => "sent",
            // The emulator's WSC does not name the job that it has made, as in the vendor's examples.
            Entry::Record(Record::Outcome(outcome)) if outcome.id.is_none() => "accepted",
            Entry::Record(Record::Outcome(_)) => "named",
            Entry::Record(Record::State(_)) => "state",
            Entry::Record(Record::Closed(_)) => "closed",
            Entry::Record(_) | Entry::Damage { .. } => panic!("{entry:?}"),
        })
        .collect();
    kinds.dedup();
    kinds
}

#[test]
fn a_run_from_its_name_to_its_end() {
    let emulator = Emulator::start("x60000000");
    for scan in SCANS {
        let machine = Machine::new(&emulator.env());
        let scan = [scan, &["--fail-on", "never", "--output", "json"]].concat();
        let told = machine.run(&scan).exits(0);
        let view = machine.last();
        let (run, json) = (view.id.to_string(), told.json());
        assert!(told.stderr.starts_with(&format!("run {run}: ")), "{told:?}");
        assert_eq!((&json["run"], &json["result"]), (&run.as_str().into(), &"pass".into()));
        let mut kinds = kinds(&view);
        kinds.retain(|kind| !["accepted", "state"].contains(kind));
        assert_eq!(kinds, ["intent", "sent", "named", "closed"]);
        assert_eq!(view.run.phase(), Phase::Closed(0));
        assert_eq!(view.run.ids(), [json["scan"].as_str().unwrap()]);
    }
}

/// What is said may be the last that a process does.
#[test]
fn the_id_is_kept_before_it_is_said() {
    let emulator = Emulator::start("x0");
    for (scan, named) in SCANS.into_iter().zip(["found as", "started as", "started as"]) {
        let machine = Machine::new(&emulator.env());
        let running = machine.spawn(scan);
        running.wait_for(named);
        running.signal("-KILL");
        let told = running.finish().exits(-1).stderr;
        let run = machine.last().id.to_string();
        let shown = machine.run(&["runs", "show", &run, "--output", "json"]).exits(0).json();
        assert_eq!(shown["state"], "started");
        let id = shown["scans"][0].as_str().expect("an id");
        assert!(told.contains(&format!("{named} {id} ")), "{told}");
        machine.run(&["attach", &run, "--wait-timeout", "0s"]).exits(8);
    }
    assert_eq!(emulator.ledger(), (1, 2));
}

/// A start that was refused blocks nobody, and is said to have started nothing.
#[test]
fn a_start_that_was_refused() {
    let emulator = Emulator::start("x60000000");
    let wrong = [
        ("NCLOUD_SECRET_ACCESS_KEY", "canary-7Jx2PqW9-secret"),
        ("VADDY_TOKEN", "canary7Jx2PqW9token"),
    ];
    for scan in SCANS {
        let machine = Machine::new(&emulator.env());
        // What is free is not looked up, so that the start itself is refused.
        machine.run_with(scan, &[&wrong[..], &[("SHINDAN_RESCAN", "never")]].concat()).exits(4);
        assert!(matches!(machine.last().run.phase(), Phase::Intended | Phase::Refused));
        machine.run(&[scan, &["--fail-on", "never"]].concat()).exits(0);
        assert_eq!(machine.runs().len(), 2);
    }
}

fn below(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).expect("it is there");
    let entries = entries.map(|entry| entry.expect("it is read").path());
    let deeper = |path: PathBuf| {
        let below = if path.is_dir() { below(&path) } else { Vec::new() };
        [vec![path], below].concat()
    };
    entries.flat_map(deeper).collect()
}

/// Not even in another form that a search would miss: the fingerprint of an account is a hash.
#[test]
fn no_secret_is_kept_and_nobody_else_reads() {
    let emulator = Emulator::start("x60000000");
    let code = [("VADDY_VERIFICATION_CODE", "canary-code-7Jx2PqW9")];
    let machine = Machine::new(&emulator.env_with(&code));
    for scan in SCANS {
        machine.run(&[scan, &["--fail-on", "never", "--dedupe-key", "k"]].concat()).exits(0);
    }
    let wrong = [
        ("NCLOUD_ACCESS_KEY_ID", "CANARYACCESS7Jx2PqW9"),
        ("NCLOUD_SECRET_ACCESS_KEY", "canary-7Jx2PqW9-secret"),
        ("VADDY_USER", "canary-user-7Jx2PqW9"),
        ("VADDY_TOKEN", "canary7Jx2PqW9token"),
    ];
    for scan in SCANS {
        machine.run_with(scan, &wrong).exits(4);
    }
    let names = ["NCLOUD_ACCESS_KEY_ID", "NCLOUD_SECRET_ACCESS_KEY", "VADDY_USER", "VADDY_TOKEN"];
    let env = machine.env();
    let own = env.iter().filter(|(name, _)| names.contains(name));
    let canaries: Vec<_> = own.chain(&wrong).chain(&code).map(|(_, value)| *value).collect();
    assert_eq!(canaries.len(), 9);
    let state = PathBuf::from(machine.state());
    let paths = [vec![state.clone()], below(&state)].concat();
    assert!(paths.iter().filter(|path| path.is_file()).count() >= 6);
    for path in paths {
        let mode = fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, if path.is_dir() { 0o700 } else { 0o600 }, "{}", path.display());
        let Ok(bytes) = fs::read(&path) else { continue };
        let text = String::from_utf8(bytes).unwrap() + &path.display().to_string();
        for canary in &canaries {
            assert!(!text.contains(canary), "{canary} in {}", path.display());
        }
    }
    // The wall of the export is the same.
    let exported = machine.run(&["runs", "export"]).exits(0).stdout;
    assert!(canaries.iter().all(|canary| !exported.contains(canary)), "{exported}");
}
