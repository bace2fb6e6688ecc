//! What `plan` foresees is what `scan` does, and it costs nothing.

use std::fs;

use serde_json::Value;

use crate::{
    machine::Machine,
    support::{Emulator, Run},
    team::Team,
};

/// A scan has ended when it was asked for once, and no offer expires meanwhile.
const CLOCK: &str = "polls:1";

const TARGETS: &str = r#"
[defaults]
fail-on = "never"
[budget]
max-billable-per-run = 2
[scope]
allowed-hosts = ["*.shop.example", "*.test"]
[targets.admin]
service = "vaddy"
project-id = "admin"
crawl = "login"
[targets.api]
service = "wsc"
url = "https://scenario-rescan-used-up.test/"
[targets.app]
service = "vaddy"
fqdn = "scenario-busy.test"
[targets.blog]
service = "wsc"
url = "https://blog.shop.example/"
[targets.live]
service = "vaddy"
fqdn = "live.shop.example"
environment = "production"
[targets.new]
service = "wsc"
url = "https://new.shop.example/"
[targets.other]
service = "wsc"
url = "https://other.example/"
[targets.shop]
service = "wsc"
url = "https://www.shop.example/"
reuse-within = "1h"
[targets.last]
service = "wsc"
url = "https://last.shop.example/"
"#;

fn one<'v>(plan: &'v Value, name: &str) -> &'v Value {
    let all = plan["targets"].as_array().expect("there are targets");
    all.iter().find(|target| target["target"] == name).expect("it is planned")
}

#[test]
fn every_outlook_and_every_guard() {
    let team = Team::with(CLOCK, TARGETS);
    for name in ["api", "blog", "shop"] {
        team.machine.run(&["scan", "--yes", name]).exits(0);
    }
    let (before, files) = (team.emulator.ledger(), team.machine.files());
    // Without --yes and without a terminal: nobody has to be asked.
    let run = plan(&team, &["--all", "--if-busy", "skip"]).exits(5);
    let plan = run.json();
    for (name, would, charged, exit) in [
        ("admin", "start", false, 0),
        ("api", "start", true, 0),
        ("app", "nothing", false, 3),
        ("blog", "repeat", false, 0),
        ("last", "start", true, 0),
        ("live", "nothing", false, 5),
        ("new", "nothing", false, 5),
        ("other", "nothing", false, 5),
        ("shop", "judge again", false, 0),
    ] {
        let target = one(&plan, name);
        assert_eq!(target["would"], would, "{target}");
        assert_eq!(target["charged"], charged, "{target}");
        assert_eq!(target["exit"], exit, "{target}");
    }
    assert_eq!((&plan["charged"], &plan["budget"][0]["taken"]), (&2.into(), &2.into()));
    let why = |name: &str| one(&plan, name)["because"].to_string();
    assert!(why("api").contains("none is left"), "{plan}");
    assert!(why("admin").contains("match"), "{plan}");
    assert!(why("new").contains("the budget of 2 charged scans"), "{plan}");
    assert!(why("other").contains("allowed-hosts"), "{plan}");
    assert!(why("live").contains("production"), "{plan}");
    assert_eq!((before, files), (team.emulator.ledger(), team.machine.files()));
    assert_eq!(team.emulator.repeated(), 0);

    // What is foreseen is what is done.
    team.machine.run(&["scan", "--yes", "--all", "--if-busy", "skip"]).exits(5);
    assert_eq!((team.emulator.ledger(), team.emulator.repeated()), ((5, 1), 1));
}

#[test]
fn a_table_of_eighty_columns() {
    let team = Team::with(CLOCK, TARGETS);
    team.machine.run(&["scan", "--yes", "blog"]).exits(0);
    let run = team.machine.run(&["plan", "admin", "api", "blog"]).exits(0);
    let lines: Vec<_> = run.stdout.lines().collect();
    // How long the name of a file is, is not for us to say.
    let ours = lines.iter().filter(|line| !line.starts_with("budget for a run: 1 of 2 ("));
    let widest = ours.map(|line| line.chars().count());
    assert!(widest.max() <= Some(80), "{}", run.stdout);
    assert_eq!(lines[0], "TARGET  SERVICE  WOULD   SCAN        CHARGED");
    assert!(lines[2].starts_with("api     wsc      start   -           yes"), "{}", run.stdout);
    assert!(run.stdout.contains("charged: 1 of 3; nothing was started"), "{}", run.stdout);
}

#[test]
fn what_stands_in_no_file() {
    let emulator = Emulator::start("x60000000");
    let machine = Machine::new(&emulator.env());
    let plan = |args: &[&str]| machine.run(&[&["plan", "--output", "json"], args].concat());
    let run = plan(&["--url", "https://shop.example/"]).exits(0);
    assert_eq!(run.json()["targets"][0]["charged"], true);
    assert_eq!(run.json()["whose"][0], "shop.example");
    plan(&["--url", "https://shop.example/", "--rescan", "require"]).exits(5);
    plan(&["--url", "https://shop.example/", "--max-billable", "0"]).exits(5);
    plan(&["--fqdn", "scenario-busy.test", "--if-busy", "fail"]).exits(6);
    plan(&["--fqdn", "scenario-busy.test", "--if-busy", "wait"]).exits(0);
    plan(&["--project-id", "p", "--crawl", "no such label"]).exits(6);
    plan(&[]).exits(2);
    assert_eq!(emulator.ledger(), (0, 0));
    assert!(machine.runs().is_empty());
    assert!(!fs::exists(format!("{}/hosts.json", machine.state())).expect("it can be looked for"));
}

fn plan(team: &Team, args: &[&str]) -> Run {
    team.machine.run(&[&["plan", "--output", "json"], args].concat())
}
