//! Bad input: the exit code, what is said, and that nothing was sent or started.

use std::{
    net::TcpListener,
    sync::atomic::Ordering,
    thread,
    time::{Duration, SystemTime},
};

use crate::{
    canned::{Canned, answer, ok},
    support::{Emulator, shindan},
    untrusted::untrusted,
};

const STARTS: [&[&str]; 4] = [
    &["scan", "--url", "https://shop.example/"],
    &["scan", "--project-id", "p"],
    &["wsc", "job", "create", "--url", "https://shop.example/"],
    &["vaddy", "scan", "start", "--fqdn", "www.example.jp"],
];

#[test]
fn no_credentials() {
    let canned = Canned::always(ok("{}"));
    let endpoints = &canned.env()[..2];
    let wsc = "NCLOUD_ACCESS_KEY_ID, then NCLOUD_ACCESS_KEY: not set";
    let secret = "NCLOUD_SECRET_ACCESS_KEY, then NCLOUD_SECRET_KEY: not set";
    for args in [STARTS[0], STARTS[2], &["wsc", "job", "list"], &["wsc", "sign", "GET", "/"]] {
        shindan(args, endpoints).exits(4).says(wsc).says(secret);
    }
    for args in [STARTS[1], STARTS[3], &["vaddy", "scan", "running", "--project-id", "p"]] {
        let run = shindan(args, endpoints).exits(4);
        run.says("VADDY_USER: not set").says("VADDY_TOKEN, then VADDY_AUTH_KEY: not set");
    }
    assert!(canned.asked().is_empty());
}

#[test]
fn no_approval() {
    let canned = Canned::always(ok("{}"));
    for args in STARTS {
        shindan(args, &canned.env()).exits(5).says("--yes");
    }
    assert!(canned.asked().is_empty());
}

#[test]
fn wrong_credentials() {
    let emulator = Emulator::start("real");
    let list = ["wsc", "job", "list"];
    let with = |name, value| emulator.env_with(&[(name, value)]);
    let unknown = with("NCLOUD_ACCESS_KEY_ID", "ACCESSKEY0123456789");
    shindan(&list, &unknown).exits(4).says("the access key looks wrong").says("right to 2 s");
    let secret = with("NCLOUD_SECRET_ACCESS_KEY", "canary-7Jx2PqW9-secret");
    shindan(&list, &secret).exits(4).says("the signature looks wrong").says("right to 2 s");
    let start = [STARTS[0], &["--yes"]].concat();
    shindan(&start, &secret).exits(4).says("the signature looks wrong").says("nothing was started");
    let token = with("VADDY_TOKEN", "canary7Jx2PqW9token");
    let start = [STARTS[3], &["--yes"]].concat();
    let run = shindan(&start, &token).exits(4).says("VADDY_TOKEN").says("nothing was started");
    assert!(!run.stderr.contains("signature") && !run.stderr.contains("clock"), "{run:?}");
    assert_eq!(emulator.ledger(), (0, 0));
}

/// An answer from a machine whose clock is six minutes ahead of ours, and ten seconds for slow tests.
fn from_the_future(status: &str, body: &str) -> String {
    let date = SystemTime::now() + Duration::from_secs(370);
    answer(status, &format!("date: {}\r\n", httpdate::fmt_http_date(date)), body)
}

#[test]
fn a_wrong_clock() {
    const REFUSAL: &str = r#"{"error":{"errorCode":"200","message":"Authentication Failed","details":"Invalid authentication information."}}"#;
    const LIST: &str = r#"{"returnCode":"0","resources":{"total_cnt":0,"total_page_cnt":0,
        "current_start_page":0,"current_end_page":0,"record_data":null}}"#;
    let list = ["wsc", "job", "list"];
    let refusing = || Canned::start(|_, _| from_the_future("401 Unauthorized", REFUSAL));

    let canned = refusing();
    let run = shindan(&[&list[..], &["--no-clock-adjust"]].concat(), &canned.env()).exits(4);
    run.says("the clock looks wrong").says("this machine's clock is 6 min");
    assert_eq!(canned.asked().len(), 1);

    // It was allowed for and refused all the same, so it is something else.
    let canned = refusing();
    let run = shindan(&list, &canned.env()).exits(4);
    run.says("the signature looks wrong").says("this machine's clock is 6 min");
    assert_eq!(canned.asked().len(), 2);

    let canned = Canned::start(|_, before| match before {
        0 => from_the_future("401 Unauthorized", REFUSAL),
        _ => from_the_future("200 OK", LIST),
    });
    shindan(&list, &canned.env()).exits(0).says("note: this machine's clock is 6 min");

    let canned = Canned::always(answer("401 Unauthorized", "", REFUSAL));
    shindan(&list, &canned.env()).exits(4).says("no date");
}

#[test]
fn a_wrong_number() {
    let canned = Canned::always(ok("{}"));
    for no in ["1/../../x", "%2e%2e", "", "123456789012345678901", "1\n", "..", "-1", "１"] {
        for command in ["report", "cancel", "stop"] {
            shindan(&["wsc", "job", command, no], &canned.env()).exits(2);
        }
    }
    for id in ["1/../../x", "%2e%2e", "", "1\r\nx: y"] {
        for command in ["result", "cancel"] {
            shindan(&["vaddy", "scan", command, id], &canned.env()).exits(2);
        }
    }
    assert!(canned.asked().is_empty());
}

#[test]
fn a_character_that_acts_in_any_parameter() {
    let canned = Canned::always(ok("{}"));
    for character in ["\r", "\n", "\u{1b}", "\u{7f}", "\u{85}"] {
        for (name, args) in [
            ("NCLOUD_SECRET_ACCESS_KEY", ["wsc", "job", "list"]),
            ("NCLOUD_ACCESS_KEY_ID", ["wsc", "job", "list"]),
            ("VADDY_TOKEN", ["vaddy", "scan", "running"]),
            ("VADDY_USER", ["vaddy", "scan", "running"]),
        ] {
            let text = format!("a{character}b");
            let env = [&canned.env()[..], &[(name, &text)]].concat();
            shindan(&args, &env).exits(4).says(name);
        }
    }
    for character in ["\r", "\n", "\u{1b}", "\u{7f}", "\u{85}", "\u{202e}", "\u{200b}", "\u{e0041}"]
    {
        let text = format!("a{character}b");
        let url = format!("https://shop.example/{character}b");
        let wsc = |option| [STARTS[0], &["--yes", option, &text]].concat();
        let vaddy = |option| ["scan", "--yes", option, &text];
        for args in [
            &["scan", "--yes", "--url", &url][..],
            &["wsc", "job", "create", "--yes", "--url", &url],
            &[STARTS[0], &["--yes", "--exclude-url", &url]].concat(),
            &wsc("--memo"),
            &wsc("--vuln-items"),
            &wsc("--user-agent"),
            &wsc("--speed"),
            &vaddy("--project-id"),
            &vaddy("--fqdn"),
            &[STARTS[1], &["--yes", "--crawl", &text]].concat(),
            &[STARTS[1], &["--yes", "--scan-type", &text]].concat(),
            &["wsc", "job", "search", "--memo", &text],
            &["wsc", "job", "search", "--url", &text],
            &["vaddy", "crawl", "list", "--project-id", "p", "--label", &text],
        ] {
            let run = shindan(args, &canned.env()).exits(2);
            let shown = run.stderr.replace('\n', "");
            assert!(!shown.contains(char::is_control), "{args:?}: {run:?}");
            assert!(!shown.contains(character), "{args:?}: {run:?}");
        }
        for name in ["VADDY_PROJECT_ID", "VADDY_HOST", "VADDY_FQDN"] {
            let env = [&canned.env()[..], &[(name, &text)]].concat();
            shindan(&["scan", "--yes"], &env).exits(2).says(name);
        }
        for name in ["VADDY_CRAWL", "VADDY_CRAWL_ID", "VADDY_SCAN_TYPE", "VADDY_PROJECT_NUMBER"] {
            let env = [&canned.env()[..], &[(name, &text)]].concat();
            shindan(&["scan", "--yes", "--project-id", "p"], &env).exits(2).says(name);
        }
        for name in ["WSC_ENDPOINT", "NCLOUD_SITE"] {
            let env = [&canned.env()[1..], &[(name, &text)]].concat();
            shindan(&["wsc", "job", "list"], &env).exits(2).says(name);
        }
    }
    assert!(canned.asked().is_empty());
}

#[test]
fn a_host_that_is_none() {
    let canned = Canned::always(ok("{}"));
    for host in ["https://www.example.jp/", "www.example.jp x", "$(id)", "h:0", &"a".repeat(254)] {
        shindan(&["scan", "--yes", "--fqdn", host], &canned.env()).exits(2).says("not a host name");
        let env = [&canned.env()[..], &[("VADDY_HOST", host)]].concat();
        shindan(&["scan", "--yes"], &env).exits(2).says("VADDY_HOST").says("not a host name");
    }
    assert!(canned.asked().is_empty());
}

#[test]
fn a_url_that_is_too_long() {
    let canned = Canned::always(ok("{}"));
    let long = "a".repeat(2_000);
    let url = format!("https://shop.example/{long}");
    let run = shindan(&["scan", "--yes", "--url", &url], &canned.env()).exits(2);
    assert!(!run.says("2,000 characters").stderr.contains(&long));
    assert!(canned.asked().is_empty());
}

#[test]
fn an_unknown_number() {
    let emulator = Emulator::start("real");
    for command in ["report", "cancel", "stop"] {
        let run = emulator.run(&["wsc", "job", command, "99"]).exits(6);
        run.says("code 901").says("API Call Fail").says("wsc job list");
    }
    emulator.run(&["vaddy", "scan", "result", "1-99"]).exits(6).says("scan_id not found");
    emulator.run(&["vaddy", "scan", "running", "--project-id", "unknown-1"]).exits(6);
    let canned =
        Canned::always(answer("400 Bad Request", "", r#"{"error_message":"not match project"}"#));
    for args in
        [["scan", "list", "--project-number", "1"], ["crawl", "delete", "1", "--project-number=1"]]
    {
        let run = shindan(&[&["vaddy"], &args[..]].concat(), &canned.env()).exits(6);
        run.says("it is not the project id");
    }
}

#[test]
fn an_endpoint_that_is_not_safe() {
    for endpoint in [
        "http://wsc.example",
        "http://127.0.0.1.example.com",
        "https://user:canary-7Jx2PqW9-secret@127.0.0.1",
        "https://127.0.0.1/?a=canary-7Jx2PqW9-secret",
        "ftp://127.0.0.1",
    ] {
        let canned = Canned::always(ok("{}"));
        for (name, args) in [("WSC_ENDPOINT", STARTS[0]), ("VADDY_API_SERVER", STARTS[1])] {
            let env = [&canned.env()[2..], &[(name, endpoint)]].concat();
            shindan(&[args, &["--yes"]].concat(), &env).exits(2).says(name);
        }
    }
    let canned = Canned::always(ok("{}"));
    for option in ["--url", "--exclude-url"] {
        let args =
            [STARTS[0], &["--yes", option, "https://user:canary-7Jx2PqW9-secret@a/"]].concat();
        shindan(&args, &canned.env()).exits(2);
    }
    assert!(canned.asked().is_empty());
}

#[test]
fn nobody_answers() {
    // A port that was free a moment ago.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let closed = listener.local_addr().unwrap().to_string();
    drop(listener);
    let (untrusted, asked) = untrusted();
    let canned = Canned::always(ok("{}"));
    let keys = &canned.env()[2..];
    thread::scope(|scope| {
        for (endpoint, host, cause) in [
            (format!("http://{closed}"), closed.as_str(), "nobody listens"),
            ("https://shindan.invalid".to_owned(), "shindan.invalid", ""),
            (format!("https://{untrusted}"), untrusted.as_str(), "is not trusted"),
        ] {
            for (name, args) in [("WSC_ENDPOINT", STARTS[0]), ("VADDY_API_SERVER", STARTS[1])] {
                let endpoint = endpoint.clone();
                scope.spawn(move || {
                    let env = [keys, &[(name, endpoint.as_str())]].concat();
                    let run = shindan(&[args, &["--yes"]].concat(), &env).exits(9);
                    let error = run.stderr.lines().find(|line| line.starts_with("error: "));
                    let error = error.expect("a line");
                    for part in ["no usable answer", host, cause, "nothing was started"] {
                        assert!(error.contains(part), "no {part:?} in {error}");
                    }
                    assert!(!error.contains("sent"), "{error}");
                });
            }
        }
    });
    assert_eq!(asked.load(Ordering::Relaxed), 0);
}

#[test]
fn vaddy_runs_one_scan_at_a_time() {
    let emulator = Emulator::start("x0");
    let start = ["vaddy", "scan", "start", "--project-id", "p", "--yes"];
    emulator.run(&start).exits(0);
    let run = emulator.run(&start).exits(6).says("nothing was started");
    run.says("shindan vaddy scan running --project-id p");
    let scan = [STARTS[1], &["--yes", "--if-busy", "fail"]].concat();
    emulator.run(&scan).exits(6).says("nothing was started");
    assert_eq!(emulator.ledger(), (0, 1));
}
