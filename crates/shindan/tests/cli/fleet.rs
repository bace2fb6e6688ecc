//! Many targets in one process: each for itself, and one verdict.

use std::str::FromStr;

use crate::{support::Run, team::Team};

/// A scan takes no time.
const CLOCK: &str = "x60000000";

/// Ten sites; three of them fail, each in its own way.
const TEN: &str = r#"
[defaults]
fail-on = "never"
[targets.a]
service = "wsc"
url = "https://a.shop.example/"
tags = ["nightly"]
[targets.b]
service = "wsc"
url = "https://scenario-clean.test/"
[targets.c]
service = "wsc"
url = "https://scenario-findings.test/"
fail-on = "high"
[targets.d]
service = "wsc"
url = "https://scenario-external-server.test/"
[targets.e]
service = "wsc"
url = "https://e.shop.example/"
speed = 3
[targets.f]
service = "vaddy"
project-id = "f"
tags = ["nightly", "vaddy"]
[targets.g]
service = "vaddy"
fqdn = "scenario-incomplete.test"
[targets.h]
service = "vaddy"
project-id = "h"
crawl = "login"
[targets.i]
service = "wsc"
url = "https://scenario-clean.test/again"
fail-on = "any"
[targets.j]
service = "vaddy"
project-id = "f"
"#;

/// How many of them are WSC's.
const SITES: usize = 6;

fn exits(run: &Run) -> Vec<(String, u64)> {
    let verdict = run.json();
    let targets = verdict["targets"].as_array().expect("there are targets").iter();
    let exit = |target: &serde_json::Value| {
        let name = target["target"].as_str().expect("it has a name").to_owned();
        (name, target["exit"].as_u64().expect("it has an exit code"))
    };
    targets.map(exit).collect()
}

#[test]
fn three_of_ten_fail_and_the_others_finish() {
    let team = Team::with(CLOCK, TEN);
    let run = scan(&team, &["--all", "--max-parallel", "10"]).exits(1);
    let found = exits(&run);
    let expected = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"]
        .map(|name| match name {
            "c" => (name, 1),
            "d" => (name, 6),
            "g" => (name, 3),
            _ => (name, 0),
        })
        .map(|(name, exit)| (name.to_owned(), exit));
    assert_eq!(found, expected, "{run:?}");
    assert_eq!(run.json()["result"], "gate");
    // Of two targets in one project, one waits for the other.
    assert_eq!(team.emulator.ledger(), (5, 4));
    assert_eq!(team.machine.runs().len(), 10);
    assert_pace(&team, "/api/v1/");
}

/// WSC was asked at most five times a second, but for the look-up of each target before anybody was asked.
fn assert_pace(team: &Team, path: &str) {
    let requests = team.emulator.get("/_emulator/requests");
    let requests = requests["requests"].as_array().expect("there are requests").iter();
    let times = requests.filter_map(|request| {
        let of_wsc = request["path"].as_str().is_some_and(|asked| asked.starts_with(path));
        of_wsc.then(|| jiff::Timestamp::from_str(request["time"].as_str()?).ok()).flatten()
    });
    let times: Vec<_> = times.collect();
    assert!(times.len() > 20, "{times:?}");
    let (first, last) = (times.iter().min(), times.iter().max());
    let (first, last) = (first.expect("some"), last.expect("some"));
    let took = last.as_millisecond() - first.as_millisecond();
    // What travels for longer than others may come later, so half a second is forgiven.
    let paced = i64::try_from(times.len() - SITES).expect("a few");
    let shortest = paced / 5 * 1_000 - 1_500;
    assert!(took >= shortest, "{} requests in {took} ms", times.len());
}

#[test]
fn some_of_them() {
    let team = Team::with(CLOCK, TEN);
    let run = scan(&team, &["--tag", "nightly"]).exits(0);
    assert_eq!(exits(&run), [("a".to_owned(), 0), ("f".to_owned(), 0)]);
    let run = scan(&team, &["e", "h"]).exits(0);
    assert_eq!(exits(&run), [("e".to_owned(), 0), ("h".to_owned(), 0)]);
    for (args, says) in [
        (&["shop"][..], "there is no target shop"),
        (&["a", "k"], "there is no target k"),
        (&["--tag", "weekly"], "no target has this tag"),
        (&[], "no target is named"),
        (&["a", "--all"], "cannot be used with"),
        (&["a", "--url", "https://a.example/"], "cannot be used with"),
    ] {
        scan(&team, args).exits(2).says(says);
    }
    assert_eq!(team.emulator.ledger(), (2, 2));
    let none = Team::with(CLOCK, "");
    scan(&none, &["--all"]).exits(2).says("config init");
}

#[test]
fn our_own_rules_stop_one_and_not_the_others() {
    let team = Team::with(
        CLOCK,
        r#"
[defaults]
fail-on = "never"
[budget]
max-billable-per-run = 2
[scope]
allowed-hosts = ["*.shop.example", "w.example"]
[targets.a]
service = "wsc"
url = "https://elsewhere.example/"
[targets.b]
service = "wsc"
url = "https://b.shop.example/"
[targets.c]
service = "vaddy"
fqdn = "w.example"
environment = "production"
[targets.d]
service = "wsc"
url = "https://d.shop.example/"
[targets.e]
service = "wsc"
url = "https://e.shop.example/"
"#,
    );
    let run = scan(&team, &["--all"]).exits(5);
    let run =
        run.says("a: elsewhere.example is not one of the allowed-hosts").says("shindan.toml:8");
    let run = run.says("c: c is used in production").says("e: the budget of 2 charged scans");
    let expected = [("a", 5), ("b", 0), ("c", 5), ("d", 0), ("e", 5)];
    assert_eq!(exits(&run), expected.map(|(name, exit)| (name.to_owned(), exit)));
    assert_eq!(team.emulator.ledger(), (2, 0));
    // What stands in no target is bound by the same rules.
    for args in [
        &["scan", "--yes", "--url", "https://elsewhere.example/"][..],
        &["wsc", "job", "create", "--yes", "--url", "https://elsewhere.example/"],
        &["scan", "--yes", "--max-billable", "0", "--url", "https://f.shop.example/"],
    ] {
        team.machine.run(args).exits(5);
    }
    assert_eq!(team.emulator.ledger(), (2, 0));
}

#[test]
fn a_budget_for_a_day() {
    let team = Team::with(CLOCK, "[budget]\nmax-billable-per-day = 1\n");
    let scan = |url: &str| team.machine.run(&["scan", "--yes", "--url", url]);
    scan("https://scenario-external-server.test/").exits(6);
    scan("https://scenario-clean.test/").exits(0);
    scan("https://b.example/").exits(5).says("the budget of 1 charged scans");
    assert_eq!(team.emulator.ledger(), (1, 0));
}

#[test]
fn one_services_keys_are_missing() {
    let team = Team::with(CLOCK, TEN);
    let args = ["scan", "--yes", "--output", "json", "a", "f"];
    let run = team.machine.run_with(&args, &[("VADDY_TOKEN", "")]).exits(4);
    assert_eq!(exits(&run), [("a".to_owned(), 0), ("f".to_owned(), 4)]);
    assert_eq!(team.emulator.ledger(), (1, 0));
}

#[test]
fn variables_of_a_target() {
    let team = Team::with(
        CLOCK,
        r#"
[defaults]
fail-on = "never"
[services.vaddy]
user-env = "OUR_USER"
token-env = "OUR_TOKEN"
[targets.a]
service = "wsc"
url = "https://a.example/"
header-env = { Cookie = "A_SESSION" }
[targets.b]
service = "vaddy"
fqdn = "b.example"
verification-code-env = "B_CODE"
"#,
    );
    let run =
        scan(&team, &["--all"]).exits(2).says("a: target a wants A_SESSION, which is not set");
    run.says("OUR_USER: not set").says("OUR_TOKEN: not set");
    let env = team.emulator.env();
    let of = |name| env.iter().find(|(known, _)| *known == name).expect("it is printed").1;
    let set = [
        ("OUR_USER", of("VADDY_USER")),
        ("OUR_TOKEN", of("VADDY_TOKEN")),
        ("A_SESSION", "canary-session"),
        ("B_CODE", "canary-code"),
    ];
    let args = ["scan", "--yes", "--output", "json", "--all"];
    let run = team.machine.run_with(&args, &set).exits(0);
    assert!(!format!("{run:?}").contains("canary"), "{run:?}");
    assert_eq!(team.emulator.ledger(), (1, 1));
}

fn scan(team: &Team, args: &[&str]) -> Run {
    team.machine.run(&[&["scan", "--yes", "--output", "json"], args].concat())
}
