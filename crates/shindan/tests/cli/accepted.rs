//! Findings that somebody answers for: what passes because of them, and how they get into the file.

use std::fs;

use serde_json::Value;

use crate::{
    reports::{CLOCK, TARGETS, scan, summary, target},
    support::Directory,
    team::Team,
};

/// The fingerprints of findings that close the gate.
fn high(summary: &Value, name: &str) -> Vec<String> {
    let findings =
        target(summary, name)["diagnosis"]["findings"].as_array().expect("a list").iter();
    let high = findings.filter(|finding| finding["severity"] == "high");
    high.map(|finding| finding["fingerprint"].as_str().expect("text").to_owned()).collect()
}

#[test]
fn what_is_accepted_passes_until_its_last_day() {
    let team = Team::with(CLOCK, TARGETS);
    let reports = Directory::new();
    let one = |more: &[&str]| {
        let args = ["scan", "found", "--yes", "--rescan", "never", "--report-dir", reports.path()];
        team.machine.run(&[&args[..], more].concat())
    };
    one(&[]).exits(1);
    let found = high(&summary(&reports), "found");
    assert!(!found.is_empty());
    let accept = |until: &str, count: usize| {
        let tables = found.iter().take(count).map(|fingerprint| {
            format!("[[accept]]\nfingerprint = \"{fingerprint}\"\ntarget = \"found\"\ncount = 99\nreason = \"r\"\nowner = \"o\"\nuntil = {until}\n")
        });
        team.write(&format!("{TARGETS}{}", tables.collect::<String>()));
    };
    accept("2999-12-31", found.len());
    one(&[]).exits(0);
    let accepted = summary(&reports);
    assert_eq!(accepted["exit"]["code"], 0);
    let github = fs::read_to_string(format!("{}/github.sarif", reports.path())).unwrap();
    assert!(found.iter().all(|fingerprint| !github.contains(fingerprint)));
    // All but one.
    accept("2999-12-31", found.len() - 1);
    one(&[]).exits(1);
    accept("2026-01-31", found.len());
    let run = one(&[]).exits(1);
    assert!(run.stdout.contains("acceptance EXPIRED"), "{}", run.stdout);
}

#[test]
fn so_many_alerts_pass_until_their_last_day() {
    let project = |more: &str| {
        format!("[targets.admin]\nservice = \"vaddy\"\nfqdn = \"scenario-findings.test\"\n{more}")
    };
    let team = Team::with(CLOCK, &project(""));
    let run = || team.machine.run(&["scan", "--all", "--yes"]);
    run().exits(1);
    team.write(&project("max-alerts = 1000\nmax-alerts-until = 2999-12-31\n"));
    run().exits(0);
    team.write(&project("max-alerts = 1000\nmax-alerts-until = 2026-01-31\n"));
    run().exits(1);
    team.write(&project("max-alerts = 1000\n"));
    run().exits(2).says("max-alerts-until");
}

#[test]
fn only_targets_of_the_file_can_be_accepted() {
    let team = Team::with(CLOCK, TARGETS);
    let reports = Directory::new();
    let url = ["scan", "--yes", "--url", "https://scenario-findings.test/else"];
    team.machine.run(&[&url[..], &["--report-dir", reports.path()]].concat()).exits(1);
    let saved = format!("{}/summary.json", reports.path());
    let said = ["--reason", "r", "--owner", "o", "--until", "2999-12-31", "--from", &saved];
    let before = team.read();
    let run = team.machine.run(&[&["baseline", "init"], &said[..]].concat()).exits(0);
    run.says("is no target of this file");
    assert_eq!(team.read(), before);
}

#[test]
fn the_baseline_is_written_into_the_file_and_nothing_else_of_it_changes() {
    let with_comments = format!("# Ours.\n{TARGETS}\n# The end.\n");
    let team = Team::with(CLOCK, &with_comments);
    let reports = Directory::new();
    scan(&team, &reports, &[]).exits(1);
    let saved = format!("{}/summary.json", reports.path());
    let said = ["--reason", "known", "--owner", "kim", "--until", "2999-12-31", "--from", &saved];
    let baseline = |args: &[&str]| team.machine.run(&[&["baseline"], args].concat());
    baseline(&[&["init"], &said[..]].concat()).exits(0);
    let file = team.read();
    assert!(file.contains("# Ours.") && file.contains("# The end."), "{file}");
    assert!(file.contains("[[accept]]") && file.contains("until = 2999-12-31"), "{file}");
    baseline(&[&["init"], &said[..]].concat()).exits(2).says("accepts findings already");
    baseline(&[&["update"], &said[..]].concat()).exits(0).says("0 findings accepted");
    assert_eq!(team.read(), file);
    baseline(&["check", "--from", &saved]).exits(0);
    let fingerprint = high(&summary(&reports), "found").remove(0);
    let run = baseline(&["explain", &fingerprint[..6], "--from", &saved]).exits(0);
    assert!(run.stdout.contains(&fingerprint), "{}", run.stdout);
    team.machine.run(&["scan", "found", "--yes"]).exits(0);
    team.write(&file.replace("2999-12-31", "2026-01-31").replacen("version = 1", "", 1));
    baseline(&["check", "--from", &saved]).exits(1).says("have expired");
    baseline(&[
        "update",
        "--reason",
        "r",
        "--owner",
        "o",
        "--until",
        "2026-01-31",
        "--from",
        &saved,
    ])
    .exits(2)
    .says("is over");
    let known = high(&summary(&reports), "found").len();
    assert!(known > 0);
    baseline(&[&["update", "--prune"], &said[..]].concat())
        .exits(0)
        .says("accepted again, 0 taken out");
    baseline(&["check", "--from", &saved]).exits(0);
}
