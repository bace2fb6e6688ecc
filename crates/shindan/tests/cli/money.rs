//! What is charged, what is free, and what is taken instead of a new scan.

use std::{fs, time::Duration};

use serde_json::{Value, json};
use shindan_journal::{Class, Closed, Outcome, Phase, Record};

use crate::{
    canned::{Asked, Canned, answer, ok},
    machine::Machine,
    relay::{Relay, Way},
    support::{Directory, Emulator, Run, Running},
};

/// An emulator in which a scan has ended when it is asked for, and no day goes by.
fn scene() -> (Emulator, Machine) {
    let emulator = Emulator::start("polls:1");
    let machine = Machine::new(&emulator.env());
    (emulator, machine)
}

fn scan(machine: &Machine, url: &str, other: &[&str]) -> Run {
    let args = ["scan", "--yes", "--fail-on", "never", "--output", "json", "--url", url];
    machine.run(&[&args, other].concat())
}

fn id(run: &Run) -> String {
    run.json()["scan"].as_str().expect("a scan").to_owned()
}

/// A site that the emulator's usual rules hold for: two repetitions are free.
const SHOP: &str = "https://shop.example/";

#[test]
fn two_repetitions_are_free_and_then_none_is() {
    let (emulator, machine) = scene();
    let master = id(&scan(&machine, SHOP, &[]).exits(0));
    for _ in 0..2 {
        let run = scan(&machine, SHOP, &["--max-billable", "0"]).exits(0);
        assert_ne!(id(&run), master);
        let intent = machine.last().run.intent.expect("it is whole");
        assert_eq!(intent.repeats.as_deref(), Some(&*master));
        assert_eq!(machine.last().run.phase(), Phase::Closed(0));
    }
    assert_eq!((emulator.ledger(), emulator.repeated()), ((1, 0), 2));
    let refused = scan(&machine, SHOP, &["--rescan", "require"]).exits(5);
    refused.says("WSC offers no free repetition").says(&master);
    scan(&machine, SHOP, &["--max-billable", "0"]).exits(5).says("the budget of 0 charged scans");
    assert_eq!((machine.runs().len(), emulator.ledger()), (3, (1, 0)));
    // Then a new one is charged, and may be repeated again.
    scan(&machine, SHOP, &[]).exits(0);
    scan(&machine, SHOP, &["--rescan", "require"]).exits(0);
    assert_eq!((emulator.ledger(), emulator.repeated()), ((2, 0), 3));
    // Where nobody wants it, nothing is looked up.
    scan(&machine, SHOP, &["--rescan", "never"]).exits(0);
    assert_eq!((emulator.ledger(), emulator.repeated()), ((3, 0), 3));
}

#[test]
fn the_emulators_scenarios() {
    let (emulator, machine) = scene();
    for (name, repeated, says) in [
        ("free-rescan", 4, ""),
        ("rescan-expired", 0, "free is over"),
        ("rescan-used-up", 0, "none is left"),
    ] {
        let (emulator_before, url) =
            (emulator.repeated(), format!("https://scenario-{name}.test/"));
        scan(&machine, &url, &["--rescan=require"]).exits(5).says("no finished diagnosis");
        scan(&machine, &url, &[]).exits(0);
        for _ in 0..4 {
            let run = scan(&machine, &url, &["--rescan=require"]);
            if repeated == 0 {
                run.exits(5).says(says)
            } else {
                run.exits(0)
            };
        }
        assert_eq!(emulator.repeated() - emulator_before, repeated, "{name}");
    }
    assert_eq!(emulator.ledger(), (3, 0));
}

/// A scan that is run again by its pipeline finds the first one, whether that was free or not.
#[test]
fn the_same_key_comes_first() {
    let (emulator, machine) = scene();
    let keyed = |machine: &Machine, key| {
        id(&scan(machine, SHOP, &["--rescan", "auto", "--dedupe-key", key]).exits(0))
    };
    let first = keyed(&machine, "1");
    assert_eq!(keyed(&machine, "1"), first);
    let [second, third] = ["2", "3"].map(|key| keyed(&machine, key));
    assert_eq!((emulator.ledger(), emulator.repeated()), ((1, 0), 2));
    for (key, of) in [("1", &first), ("2", &second), ("3", &third)] {
        let args = ["--rescan", "require", "--max-billable", "0", "--dedupe-key", key];
        let run = scan(&machine, SHOP, &args).exits(0).says("nothing is started now");
        assert_eq!(id(&run), *of);
        // Only the memo tells another machine, which asks for what is offered first.
        let elsewhere = Machine::new(&emulator.env());
        assert_eq!(keyed(&elsewhere, key), *of);
    }
    assert_eq!((emulator.ledger(), emulator.repeated()), ((1, 0), 2));
}

/// Two targets of one url: the second is not charged for what the first has used up.
#[test]
fn an_offer_that_is_gone_is_not_paid_for() {
    let (emulator, machine) = scene();
    scan(&machine, SHOP, &[]).exits(0);
    scan(&machine, SHOP, &[]).exits(0);
    let project = Directory::new();
    fs::create_dir_all(project.path()).expect("it can be made");
    let file = format!("{}/shindan.toml", project.path());
    let target = |name| format!("[targets.{name}]\nservice = \"wsc\"\nurl = \"{SHOP}\"\n");
    let b = target("b") + "rescan = \"auto\"\n";
    fs::write(&file, ["version = 1\n", &target("a"), &b].concat()).expect("it is ours");
    let args = ["scan", "--yes", "--all", "--fail-on=never", "--output=json", "--config", &file];
    let run = machine.run(&args).exits(5).says("does not offer the free repetition any more");
    let targets = run.json()["targets"].clone();
    let exits = [0, 1].map(|at| targets[at]["exit"].as_u64().expect("an exit"));
    assert!(exits == [0, 5] || exits == [5, 0], "{exits:?}");
    assert_eq!((emulator.ledger(), emulator.repeated()), ((1, 0), 2));
    let phases: Vec<_> = machine.runs().iter().map(|view| view.run.phase()).collect();
    assert!(phases.contains(&Phase::NotStarted), "{phases:?}");
    // What the command line says comes before what a target says.
    machine.run(&[&args[..], &["--rescan", "require"]].concat()).exits(5).says("none is left");
    assert_eq!((emulator.ledger(), emulator.repeated()), ((1, 0), 2));
}

#[test]
fn a_lookup_that_cannot_be_read_starts_nothing() {
    const REFUSED: &str = r#"{"error":{"errorCode":"200","message":"Authentication Failed"}}"#;
    let page = |record: &str| {
        format!(
            r#"{{"returnCode":"0","resources":{{"total_cnt":1,"total_page_cnt":1,"current_start_page":1,
                "current_end_page":1,"record_data":[{record}]}}}}"#
        )
    };
    let job = |more: &str| {
        page(&format!(
            r#"{{"instanceNo":"11","start_url":"{SHOP}","start_date":"2026-11-21 17:00:00",{more}}}"#
        ))
    };
    for (looked_up, code) in [
        (ok("<html>"), 10),
        (ok(&page(r#"{"instanceNo":"x"}"#)), 10),
        (answer("401 Unauthorized", "", REFUSED), 4),
        // No offer that we know: it would be charged, which is more than the budget allows.
        (ok(&job(r#""result_button":"report","rescan_button":"maybe""#)), 5),
        (ok(&job(r#""result_button":"terminate","rescan_button":"possible""#)), 5),
    ] {
        let told = looked_up.clone();
        let canned = Canned::start(move |asked, _| {
            if asked.is_lookup() {
                told.clone()
            } else {
                ok(r#"{"returnCode":"0","resources":{"instanceNo":"12"}}"#)
            }
        });
        let machine = Machine::new(&canned.env());
        scan(&machine, SHOP, &["--max-billable", "0"]).exits(code).says("nothing was started");
        assert!(canned.asked().iter().all(Asked::is_lookup), "{looked_up}");
        assert!(machine.runs().is_empty());
    }
}

#[test]
fn a_report_is_judged_again() {
    let (emulator, machine) = scene();
    let fails = "https://scenario-findings.test/";
    let first = id(&scan(&machine, fails, &["--rescan", "never"]).exits(0));
    let reuse = ["--rescan", "never", "--reuse-within", "1h"];
    let run = scan(&machine, fails, &reuse).exits(0).says("judged again");
    assert_eq!(id(&run), first);
    // By another gate.
    let args = ["scan", "--yes", "--url", fails, "--fail-on", "high"];
    machine.run(&[&args[..], &reuse].concat()).exits(1);
    assert_eq!(emulator.ledger(), (1, 0));
    // What was only followed makes nothing younger, and other options are another scan.
    assert_eq!(machine.last().run.outcomes[0].class, Class::Found);
    scan(&machine, fails, &[&reuse[..], &["--speed", "3"]].concat()).exits(0);
    scan(&machine, fails, &["--rescan", "never"]).exits(0);
    scan(&machine, fails, &["--rescan", "never", "--reuse-within", "0s"]).exits(0);
    assert_eq!(emulator.ledger(), (4, 0));
    machine.run(&["scan", "--yes", "--project-id", "p", "--fail-on=never"]).exits(0);
    let again = ["scan", "--yes", "--project-id", "p", "--fail-on=never", "--reuse-within=1h"];
    machine.run(&again).exits(0).says("judged again");
    assert_eq!(emulator.ledger(), (4, 1));
}

#[test]
fn an_incomplete_scan_is_not_judged_again() {
    let (emulator, machine) = scene();
    let url = "https://scenario-incomplete.test/";
    for scans in 1..=2 {
        let args = ["--rescan", "never", "--reuse-within", "1h"];
        scan(&machine, url, &args).exits(3);
        assert_eq!(emulator.ledger(), (scans, 0));
    }
}

/// The journal of a run like the last one, which ended so long ago with this exit code.
fn aged(machine: &Machine, age: Duration, exit_code: u8) {
    let view = machine.last();
    let mut intent = view.run.intent.clone().expect("it is whole");
    fs::remove_file(&view.path).expect("it is ours");
    let age = i64::try_from(age.as_millis()).expect("it is short");
    let (now, then) = (intent.at_ms, intent.at_ms - age);
    intent.run = shindan_journal::RunId::new(then, [7; 10]);
    intent.at_ms = then;
    let id = view.run.ids().first().map(|id| (*id).to_owned());
    let (class, ids, evidence) = (Class::Started, Vec::new(), "it was named".to_owned());
    let mut file = machine.journal().begin(intent).expect("nothing is in its way");
    let at_ms = now - age;
    for record in [
        Record::Sent { at_ms, baseline_ids: Vec::new() },
        Record::Outcome(Outcome { class, id, ids, evidence, at_ms, emulated: false }),
        Record::Closed(Closed { verdict: "ok".to_owned(), exit_code, at_ms, emulated: false }),
    ] {
        file.append(&record).expect("it can be written");
    }
}

#[test]
fn an_old_report_is_not_judged_again() {
    let (emulator, machine) = scene();
    let args = ["--rescan", "never", "--reuse-within", "6h"];
    let hour = Duration::from_secs(3_600);
    for (age, exit, starts) in [(5 * hour, 0, 0), (5 * hour, 1, 0), (7 * hour, 0, 1), (hour, 3, 1)]
    {
        let url = format!("https://h{}e{exit}.example/", age.as_secs());
        scan(&machine, &url, &args).exits(0);
        aged(&machine, age, exit);
        let (before, _) = emulator.ledger();
        scan(&machine, &url, &args).exits(0);
        assert_eq!(emulator.ledger().0 - before, starts, "{age:?} {exit}");
    }
}

#[test]
fn what_counts_against_the_budget_of_a_day() {
    let emulator = Emulator::start("polls:1");
    let env = emulator.env_with(&[("SHINDAN_MAX_BILLABLE_PER_DAY", "2")]);
    let machine = Machine::new(&env);
    scan(&machine, SHOP, &[]).exits(0);
    // Neither what is free nor what is followed.
    let free = id(&scan(&machine, SHOP, &[]).exits(0));
    assert_eq!(id(&scan(&machine, SHOP, &["--reuse-within", "1h"]).exits(0)), free);
    scan(&machine, "https://b.example/", &["--dedupe-key", "k"]).exits(0);
    scan(&machine, "https://b.example/", &["--dedupe-key", "k"]).exits(0);
    scan(&machine, "https://c.example/", &[]).exits(5).says("the budget of 2 charged scans");
    assert_eq!((emulator.ledger(), emulator.repeated()), ((2, 0), 1));

    // Yesterday's do not count any more.
    let machine = Machine::new(&emulator.env_with(&[("SHINDAN_MAX_BILLABLE_PER_DAY", "1")]));
    scan(&machine, "https://d.example/", &[]).exits(0);
    scan(&machine, "https://e.example/", &[]).exits(5);
    aged(&machine, Duration::from_secs(24 * 3_600 + 60), 0);
    scan(&machine, "https://e.example/", &[]).exits(0);
}

#[test]
fn a_busy_project_is_left_out() {
    let emulator = Emulator::start("x60000000");
    let machine = Machine::new(&emulator.env());
    let args = ["scan", "--yes", "--fqdn", "scenario-busy.test", "--output", "json"];
    let run = machine.run(&[&args[..], &["--if-busy", "skip"]].concat()).exits(3);
    let told = run.says("left out").json();
    assert_eq!((&told["result"], &told["scan"]), (&"skipped".into(), &Value::Null));
    assert_eq!(machine.last().run.phase(), Phase::NotStarted);
    machine.run(&[&args[..], &["--if-busy", "fail"]].concat()).exits(6);
    let run = machine.run(&[&args[..], &["--if-busy", "attach"]].concat()).exits(6);
    run.says("it was not started from here");
    assert_eq!(emulator.ledger(), (0, 0));
}

#[test]
fn the_scan_that_runs_is_followed() {
    let emulator = Emulator::start("x0");
    for project in [["--project-id", "p"], ["--fqdn", "www.example.jp"]] {
        let machine = Machine::new(&emulator.env());
        let args = [&["scan", "--yes", "--output", "json"], &project[..]].concat();
        let first = id(&machine.run(&[&args[..], &["--detach"]].concat()).exits(0));
        let attach = [&args[..], &["--if-busy", "attach", "--wait-timeout", "0s"]].concat();
        let run = machine.run(&attach).exits(8).says("nothing is started now");
        assert_eq!(id(&run), first);
        // Another machine cannot know which one it is.
        Machine::new(&emulator.env()).run(&attach).exits(6).says("shindan attach vaddy:ID");
    }
    assert_eq!(emulator.ledger(), (0, 2));
}

#[test]
fn whose_a_host_is_is_kept() {
    let emulator = Emulator::start("x60000000");
    let machine = Machine::new(&emulator.env_with(&[("USER", "alice")]));
    let file = format!("{}/hosts.json", machine.state());
    scan(&machine, "https://Shop.example/", &[]).exits(0);
    let said: Value = serde_json::from_slice(&fs::read(&file).expect("it is there")).expect("json");
    assert_eq!(said["hosts"]["shop.example"]["by"], "alice", "{said}");
    assert!(said["hosts"]["shop.example"]["at_ms"].is_i64(), "{said}");
    let mode = std::os::unix::fs::MetadataExt::mode(&fs::metadata(&file).expect("it is there"));
    assert_eq!(mode & 0o777, 0o600);
    // It is asked once, whatever became of the start.
    let external = "https://scenario-external-server.test/";
    let whose = |url: &str| {
        let plan = machine.run(&["plan", "--output", "json", "--url", url]).exits(0);
        plan.json()["whose"].clone()
    };
    assert_eq!(whose(external)[0], "scenario-external-server.test");
    scan(&machine, external, &[]).exits(6);
    assert_eq!((whose(external), whose("https://SHOP.example/x")), (json!([]), json!([])));
    // A damaged file is kept, and nothing is started; what was scanned before is not asked about.
    fs::write(&file, "{\"hosts\":").expect("it is ours");
    scan(&machine, "https://b.example/", &[]).exits(11).says("hosts.json");
    machine.run(&["vaddy", "scan", "start", "--yes", "--fqdn", "b.example"]).exits(11);
    assert_eq!(fs::read(&file).expect("it is there"), b"{\"hosts\":");
    assert_eq!((machine.runs().len(), emulator.ledger()), (2, (1, 0)));
    scan(&machine, "https://shop.example/other", &[]).exits(0);
    machine.run(&["scan", "--yes", "--project-id", "p", "--fail-on=never"]).exits(0);
}

/// The answer to a start that was free is lost, and its job is found under the one that it repeats.
#[test]
fn a_lost_repetition_is_found() {
    let (emulator, state) = (Emulator::start("polls:1"), Directory::new());
    let way = |asked: &Asked, started| {
        if asked.is_start() && started { Way::Mute } else { Way::Pass }
    };
    let relay = Relay::start(&emulator, way);
    let env = relay.env(&emulator, &state);
    let scan = ["scan", "--yes", "--fail-on", "never", "--url", SHOP];
    Running::spawn(&scan, &env).finish().exits(0);
    let second = Running::spawn(&scan, &env);
    relay.wait_for_more(Asked::is_start, 1);
    second.signal("-TERM");
    second.wait_for("waiting up to 4 s for the answer");
    second.signal("-TERM");
    second.finish().exits(7).says("shindan runs reconcile");
    relay.open();
    Running::spawn(&scan, &env).finish().exits(5).says("shindan runs reconcile");
    Running::spawn(&["plan", "--url", SHOP], &env).finish().exits(5);
    Running::spawn(&["runs", "reconcile", "--settle", "1s"], &env).finish().exits(0);
    Running::spawn(&["attach", "--latest", "--fail-on", "never"], &env).finish().exits(0);
    assert_eq!((emulator.ledger(), emulator.repeated()), ((1, 0), 1));
}

#[test]
fn interrupted_while_it_is_looked_up() {
    for (signal, code) in [("-INT", 130), ("-TERM", 143)] {
        let (emulator, state) = (Emulator::start("x0"), Directory::new());
        let way = |asked: &Asked, _| if asked.is_lookup() { Way::Later } else { Way::Pass };
        let relay = Relay::start(&emulator, way);
        let env = relay.env(&emulator, &state);
        let running = Running::spawn(&["scan", "--yes", "--url", SHOP], &env);
        relay.wait_for(Asked::is_lookup);
        running.signal(signal);
        running.finish().exits(code).says("before anything was started");
        relay.open();
        assert_eq!((relay.count(|asked| !asked.is_lookup()), emulator.ledger()), (0, (0, 0)));
    }
}
