//! Every command once, in both forms of output.

use std::{thread, time::Duration};

use crate::support::{Emulator, shindan};

/// The nineteen commands that stand for one operation each, some of which are in both versions of VAddy.
#[test]
fn every_operation_of_wsc() {
    let emulator = Emulator::start("real");
    let create = ["wsc", "job", "create", "--url", "https://shop.example/", "--yes"];
    let created = emulator.run(&[&create[..], &["--output", "json"]].concat()).exits(0).json();
    let no = created["instanceNo"].as_str().expect("a number as text").to_owned();
    let token = created["token"].as_str().expect("a token").to_owned();
    assert_eq!(emulator.ledger(), (1, 0));

    let list = emulator.run(&["wsc", "job", "list", "--output", "json"]).exits(0).json();
    assert_eq!(list["resources"]["record_data"][0]["instanceNo"], no.as_str());
    let table =
        emulator.run(&["wsc", "job", "list", "--limit", "1", "--page", "1"]).exits(0).stdout;
    assert!(
        table.starts_with("NO") && table.contains(&no) && table.contains("https://shop.example/")
    );

    for search in [&["--memo", &token][..], &["--url", "shop"], &["--memo", &token, "--limit", "5"]]
    {
        let args = [&["wsc", "job", "search", "--output", "json"], search].concat();
        assert_eq!(emulator.run(&args).exits(0).json()["resources"]["total_cnt"], 1, "{search:?}");
    }
    let none = emulator.run(&["wsc", "job", "search", "--status-code", "5", "--output", "json"]);
    assert_eq!(none.exits(0).json()["resources"]["total_cnt"], 0);

    // Its URLs are collected two seconds after the creation, and from then on it can be stopped.
    for _ in 0..200 {
        let running =
            emulator.run(&["wsc", "job", "search", "--status-code", "13", "--output", "json"]);
        if running.json()["resources"]["total_cnt"] == 1 {
            break;
        }
        thread::sleep(Duration::from_millis(100));
    }
    let stopped = emulator.run(&["wsc", "job", "stop", &no, "--output", "json"]).exits(0).json();
    assert_eq!(stopped["returnCode"], "0");

    let frozen = Emulator::start("x0");
    let table = frozen.run(&create).exits(0).stdout;
    let no = table.lines().nth(1).and_then(|row| row.split_whitespace().next()).expect("a row");
    let canceled = frozen.run(&["wsc", "job", "cancel", no]).exits(0).stdout;
    assert!(canceled.contains("canceled"), "{canceled}");

    let fast = Emulator::start("x60000000");
    let created = fast.run(&[&create[..], &["--output", "json"]].concat()).exits(0).json();
    let no = created["instanceNo"].as_str().expect("a number as text");
    let report = fast.run(&["wsc", "job", "report", no, "--output", "json"]).exits(0).json();
    assert!(report["resources"]["Classify_byRisk_Level"]["Total"].is_u64());
    assert_eq!(report["resources"]["Login_Info"], "");
    let table = fast.run(&["wsc", "job", "report", no]).exits(0).stdout;
    assert!(table.contains("domains scanned"), "{table}");
}

#[test]
fn every_operation_of_vaddy() {
    for project in [["--project-id", "6eb1f9fcbdb6a5a"], ["--fqdn", "www.example.jp"]] {
        let emulator = Emulator::start("real");
        let run =
            |args: &[&str]| emulator.run(&[args, &project[..], &["--output", "json"]].concat());

        let crawls =
            run(&["vaddy", "crawl", "list", "--label", "login", "--page", "1", "--sort", "asc"]);
        let crawl = crawls.exits(0).json()["items"][0]["id"].to_string();
        assert_eq!(run(&["vaddy", "scan", "running"]).exits(0).json()["running_process"], 0);
        let started =
            run(&["vaddy", "scan", "start", "--crawl", &crawl, "--scan-type", "SQLI,XSS", "--yes"]);
        let scan = started.exits(0).json()["scan_id"].as_str().expect("an id").to_owned();
        assert_eq!(emulator.ledger(), (0, 1));
        assert_eq!(run(&["vaddy", "scan", "running"]).exits(0).json()["running_process"], 1);
        assert_eq!(run(&["vaddy", "scan", "result", &scan]).exits(0).json()["status"], "scanning");
        assert_eq!(
            run(&["vaddy", "scan", "cancel", &scan]).exits(0).json()["scan_id"],
            scan.as_str()
        );
        assert_eq!(run(&["vaddy", "scan", "result", &scan]).exits(0).json()["status"], "canceled");

        // The number is the beginning of the id.
        let number = scan.split('-').next().expect("a number");
        let list = ["vaddy", "scan", "list", "--project-number", number];
        let listed = emulator.run(&[&list[..], &["--output", "json"]].concat()).exits(0).json();
        assert_eq!(listed["items"][0]["status"], "Cancel");
        let delete = ["vaddy", "crawl", "delete", &crawl];
        let numbered = emulator.env_with(&[("VADDY_PROJECT_NUMBER", number)]);
        let deleted = shindan(&[&delete[..], &["--output", "json"]].concat(), &numbered);
        assert_eq!(deleted.exits(0).json()["message"], "ok");

        for table in [
            emulator.run(&[&["vaddy", "scan", "running"][..], &project].concat()),
            emulator.run(&[&["vaddy", "crawl", "list"][..], &project].concat()),
            emulator.run(&[&["vaddy", "scan", "result", &scan][..], &project].concat()),
            emulator.run(&list),
        ] {
            assert!(!table.exits(0).stdout.starts_with('{'));
        }
    }
}

/// The vendor's own example of a signature.
#[test]
fn sign_shows_what_is_signed() {
    let env = [("NCLOUD_ACCESS_KEY_ID", "access"), ("NCLOUD_SECRET_ACCESS_KEY", "canary-secret")];
    let args = ["wsc", "sign", "get", "/cluster/kubeconfig", "--timestamp", "1668407407855"];
    let signed = shindan(&[&args[..], &["--output", "json"]].concat(), &env).exits(0);
    assert_eq!(signed.json()["message"], "GET /cluster/kubeconfig\n1668407407855\na…s");
    let signature = signed.json()["headers"][2][1].as_str().expect("base64").to_owned();
    assert_eq!(signature.len(), 44);
    let table = shindan(&args, &env).exits(0).says("keep it secret");
    assert!(table.stdout.contains(&signature) && !table.stdout.contains("access\n"));
    shindan(&["wsc", "sign", "GET", "/"], &env).exits(0);
}

#[test]
fn help_and_version_go_to_stdout() {
    for args in
        [&["--help"][..], &["scan", "--help"], &["--version"], &["wsc", "job", "create", "--help"]]
    {
        let run = shindan(args, &[]).exits(0);
        assert!(run.stderr.is_empty() && !run.stdout.is_empty(), "{run:?}");
    }
    for args in [
        &["scan", "--help"][..],
        &["wsc", "job", "create", "-h"],
        &["vaddy", "scan", "start", "-h"],
        &["vaddy", "crawl", "list", "-h"],
    ] {
        // What is not for one service alone does not stand under its name.
        let help = shindan(args, &[]).exits(0).stdout;
        let named = help.find("\nWSC:").or(help.find("\nVAddy:")).expect("a heading");
        for option in ["--yes", "--fail-on", "--wait-timeout", "--label", "--page", "--sort"] {
            assert!(!help[named..].contains(option), "{option}: {help}");
        }
    }
    let run = shindan(&[], &[]).exits(2);
    assert!(run.stdout.is_empty(), "{run:?}");
}

#[cfg(unix)]
#[test]
fn the_emulator_ends_with_a_signal() {
    for signal in ["-INT", "-TERM"] {
        let emulator = Emulator::start("real");
        assert!(emulator.url.starts_with("http://127.0.0.1:"));
        emulator.stop(signal).exits(0);
    }
    shindan(&["emulator", "start", "--listen", "0.0.0.0:0"], &[]).exits(2);
    shindan(&["emulator", "start", "--listen", "192.0.2.1:0"], &[]).exits(2);
}
