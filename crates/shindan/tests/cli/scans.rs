//! Whole scans, and what a script sees of them.

use std::{collections::BTreeSet, thread};

use crate::{
    canned::{Canned, ok},
    support::{Directory, Emulator, shindan},
};

#[test]
fn the_demo_needs_nothing() {
    let reports = Directory::new();
    let demo = ["demo", "--report-dir", reports.path()];
    let run = shindan(&demo, &[]).exits(0);
    assert!(run.stdout.starts_with("TARGET"), "{run:?}");
    assert!(run.stdout.contains("exit 1 (gate)") && run.stdout.contains("✗ incomplete"), "{run:?}");
    let page = format!("{}/index.html", reports.path());
    assert!(run.stdout.contains(&page), "{run:?}");
    assert!(std::fs::read_to_string(&page).expect("it was written").contains("shop"));
    assert!(
        run.stdout.contains("scans started: wsc 1, vaddy 1 · refused signatures: 0"),
        "{run:?}"
    );
    let told = shindan(&[&demo[..], &["--output", "json"]].concat(), &[]).exits(0).json();
    let scans = &told["targets"];
    assert_eq!((&scans[0]["service"], &scans[1]["service"]), (&"wsc".into(), &"vaddy".into()));
}

/// The code is what the report says, for sites with and without findings.
#[test]
fn a_wsc_scan_is_judged() {
    let emulator = Emulator::start("x60000000");
    let mut codes = BTreeSet::new();
    for n in 0..8 {
        let url = format!("https://site-{n}.example/");
        let run = emulator
            .run(&["scan", "--url", &url, "--memo", "nightly", "--yes", "--output", "json"]);
        let told = run.json();
        let high = told["report"]["Classify_byRisk_Level"]["High"].as_u64().expect("a number");
        assert_eq!(run.code, i32::from(high > 0), "{run:?}");
        assert_eq!((&told["exit"], &told["report"]["Login_Info"]), (&run.code.into(), &"".into()));
        assert!(told["report"]["Memo"].as_str().expect("text").starts_with("nightly [scan:"));
        codes.insert(run.code);
    }
    assert_eq!((codes, emulator.ledger()), (BTreeSet::from([0, 1]), (8, 0)));

    let any = ["scan", "--url", "https://site-8.example/", "--yes", "--fail-on", "never"];
    assert!(emulator.run(&any).exits(0).stdout.starts_with("TARGET"));
}

#[test]
fn a_vaddy_scan_is_judged() {
    let emulator = Emulator::start("x60000000");
    let judge = |n: u32| {
        let project = format!("project-{n}");
        let run = emulator.run(&["scan", "--project-id", &project, "--yes", "--output", "json"]);
        let alerts = run.json()["report"]["alert_count"].as_u64().expect("a number");
        assert_eq!(run.code, i32::from(alerts > 0), "{run:?}");
        run.code
    };
    let codes: BTreeSet<i32> = thread::scope(|scope| {
        let judged: Vec<_> = (0..8).map(|n| scope.spawn(move || judge(n))).collect();
        judged.into_iter().map(|code| code.join().expect("it is judged")).collect()
    });
    assert_eq!((codes, emulator.ledger()), (BTreeSet::from([0, 1]), (0, 8)));
}

/// The vendor's own client has no flags at all.
#[test]
fn the_variables_of_go_vaddy_are_enough() {
    let emulator = Emulator::start("x60000000");
    let scan = |project, crawl| {
        let env = emulator.env_with(&[
            project,
            ("VADDY_CRAWL", crawl),
            ("VADDY_SCAN_TYPE", "SQLI,XSS"),
            ("VADDY_VERIFICATION_CODE", ""),
        ]);
        let run = shindan(&["scan", "--yes", "--fail-on", "never", "--output", "json"], &env);
        let report = &run.exits(0).json()["report"];
        assert_eq!(report["scan_list"].as_array().map(Vec::len), Some(2));
        assert_eq!(report["crawl_label"], "login and cart");
    };
    thread::scope(|scope| {
        scope.spawn(|| scan(("VADDY_PROJECT_ID", "project-0"), "login"));
        scope.spawn(|| scan(("VADDY_HOST", "www.example.jp"), "login and cart"));
        scope.spawn(|| scan(("VADDY_FQDN", "www2.example.jp"), "cart"));
    });
    assert_eq!(emulator.ledger(), (0, 3));
}

#[test]
fn both_versions_at_once_are_refused() {
    let canned = Canned::always(ok("{}"));
    let both = [("VADDY_HOST", "h"), ("VADDY_PROJECT_ID", "p")];
    let env = [&canned.env()[..], &both].concat();
    shindan(&["scan", "--yes"], &env).exits(2).says("VADDY_HOST").says("VADDY_PROJECT_ID");
    let both = [("VADDY_FQDN", "h"), ("VADDY_PROJECT_ID", "p")];
    let env = [&canned.env()[..], &both].concat();
    let run = shindan(&["scan", "--yes"], &env).exits(2).says("VADDY_FQDN");
    assert!(!run.stderr.contains("VADDY_HOST"), "{run:?}");
    shindan(&["scan", "--yes", "--fqdn", "h", "--project-id", "p"], &canned.env()).exits(2);
    shindan(&["scan", "--yes"], &canned.env()).exits(2).says("--url");
    shindan(&["scan", "--yes", "--service", "wsc"], &canned.env()).exits(2).says("--url");
    shindan(&["scan", "--yes", "--service", "vaddy"], &canned.env())
        .exits(2)
        .says("VADDY_PROJECT_ID");
    for mixed in [
        &["--project-id", "p", "--memo", "for WSC alone"][..],
        &["--project-id", "p", "--speed", "3"],
        &["--url", "https://shop.example/", "--project-id", "p"],
        &["--url", "https://shop.example/", "--crawl", "1"],
        &["--url", "https://shop.example/", "--service", "vaddy"],
        &["--fqdn", "h", "--service", "wsc"],
    ] {
        let run = shindan(&[&["scan", "--yes"], mixed].concat(), &canned.env()).exits(2);
        assert!(run.stderr.contains("--url"), "{run:?}");
    }
    shindan(&["vaddy", "scan", "list"], &canned.env()).exits(2).says("VADDY_PROJECT_NUMBER");
    assert!(canned.asked().is_empty());
}

#[test]
fn a_label_is_looked_up() {
    let emulator = Emulator::start("x60000000");
    let scan = ["scan", "--project-id", "p", "--yes", "--crawl"];
    emulator.run(&[&scan[..], &["no such label"]].concat()).exits(6).says("nothing was started");
    assert_eq!(emulator.ledger(), (0, 0));

    // The newest of three on two pages, of which one comes twice; its start is refused.
    let canned = Canned::start(|asked, _| match asked.line.as_str() {
        line if line.contains("page=2") => ok(
            r#"{"total":31,"page":2,"limit":30,"items":[{"id":7,"label":"a\u001b[2J","start":"2024-01-01T00:00:00+0000"}]}"#,
        ),
        line if line.starts_with("GET /v2/crawl") => ok(
            r#"{"total":31,"page":1,"limit":30,"items":[{"id":7,"label":"a","start":"2024-01-01T00:00:00+0000"},
                {"id":9,"label":"aa","start":"2024-03-01T00:00:00+0000"},{"id":8,"label":null,"start":null}]}"#,
        ),
        line if line.contains("runcheck") => ok(r#"{"running_process":0}"#),
        _ => ok(r#"{"error_message":"no"}"#),
    });
    let start = ["vaddy", "scan", "start", "--project-id", "p", "--crawl", "a", "--yes"];
    let run = shindan(&start, &canned.env()).says("3 crawls").says("taking the newest, 9");
    assert!(!run.stderr.contains('\u{1b}'), "{run:?}");
    let asked = canned.asked();
    assert_eq!(asked.len(), 4);
    assert!(asked[3].body.contains("crawl_id=9"), "{asked:?}");
}

#[test]
fn the_longest_wait() {
    let emulator = Emulator::start("x0");
    let wsc = ["scan", "--url", "https://shop.example/", "--yes", "--wait-timeout", "0s"];
    emulator.run(&wsc).exits(8).says("follow it again with: shindan attach ");
    let vaddy = ["scan", "--project-id", "p", "--yes", "--wait-timeout", "0s", "--output", "json"];
    let run = emulator.run(&vaddy).exits(8).says("follow it again with: shindan attach ");
    assert_eq!(run.json()["exit"], 8);
    assert!(run.stderr.contains(run.json()["scan"].as_str().expect("an id")));
    assert_eq!(emulator.ledger(), (1, 1));
}

/// Only a report that is whole and has nothing in it passes.
#[test]
fn what_is_not_finished_does_not_pass() {
    for (result, code) in [
        (r#"{"status":"finish","scan_count":57,"alert_count":0,"complete":100}"#, 0),
        (r#"{"status":"finish","scan_count":"57","alert_count":"0","complete":"100"}"#, 0),
        (r#"{"status":"finish","scan_count":57,"alert_count":2,"complete":100}"#, 1),
        (r#"{"status":"finish","scan_count":57,"alert_count":2,"complete":80}"#, 1),
        (r#"{"status":"finish","scan_count":57,"alert_count":0,"complete":80}"#, 3),
        (r#"{"status":"finish","scan_count":57,"alert_count":0}"#, 3),
        (r#"{"status":"finish","scan_count":57,"complete":100}"#, 3),
        (r#"{"status":"finish","scan_count":0,"alert_count":0,"complete":100}"#, 3),
        (r#"{"status":"finish","alert_count":0,"complete":100}"#, 3),
        (r#"{"status":"finish"}"#, 3),
        (r#"{"status":"canceled"}"#, 3),
        (
            r#"{"status":"finish","scan_id":"9-b","scan_count":57,"alert_count":0,"complete":100}"#,
            3,
        ),
        (r#"{"status":"finish","scan_count":-1,"alert_count":0,"complete":100}"#, 10),
        (r#"{"status":"paused"}"#, 8),
    ] {
        let canned = Canned::start(move |asked, _| match asked.line.as_str() {
            line if line.contains("runcheck") => ok(r#"{"running_process":0}"#),
            "POST /v2/scan" => ok(r#"{"scan_id":"1-837b5f9f"}"#),
            _ => ok(result),
        });
        let args = ["scan", "--project-id", "p", "--yes", "--wait-timeout", "0s"];
        let run = shindan(&args, &canned.env());
        assert_eq!(run.code, code, "{result}: {run:?}");
    }
}
