//! `-v` and `--log-format json`: what is sent and received, and nothing of what it carries.

use std::{fs, io::Write, net::TcpListener, thread};

use serde_json::Value;

use crate::{
    canned::{Canned, NO_JOBS, answer, ok, read},
    support::{Directory, Emulator, Run, shindan},
};

const RUNNING: [&str; 5] = ["vaddy", "scan", "running", "--project-id", "p"];

/// Every line of stderr, which is one object with a time, a level and a message.
fn objects(run: &Run) -> Vec<Value> {
    let object = |line: &str| {
        let object: Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("{run:?}"));
        let time = object["time"].as_str().unwrap_or_default();
        assert!(time.len() == "2026-11-21T00:00:00.000Z".len() && time.ends_with('Z'), "{line}");
        let level = object["level"].as_str().unwrap_or_default();
        assert!(["error", "info", "debug", "trace"].contains(&level), "{line}");
        assert!(object["message"].as_str().is_some_and(|message| !message.is_empty()), "{line}");
        object
    };
    run.stderr.lines().map(object).collect()
}

fn of<'a>(objects: &'a [Value], level: &str) -> Vec<&'a Value> {
    objects.iter().filter(|object| object["level"] == level).collect()
}

#[test]
fn every_attempt_is_told_with_its_wait() {
    let canned = Canned::start(|_, before| match before {
        0 | 1 => answer("503 Service Unavailable", "", ""),
        _ => ok(r#"{"running_process":0}"#),
    });
    let json = ["--log-format", "json", "-v"];
    let run = shindan(&[&json, &RUNNING[..]].concat(), &canned.env()).exits(0);
    let objects = objects(&run);
    let attempts = of(&objects, "debug");
    let told: Vec<_> = attempts
        .iter()
        .map(|attempt| {
            assert_eq!(attempt["effect"], "read");
            assert!(attempt["ms"].is_u64() && attempt["operation"].is_string(), "{attempt}");
            (
                attempt["attempt"].as_u64(),
                attempt["status"].as_u64(),
                attempt["outcome"].as_str().unwrap_or_default(),
                attempt["again_in_ms"].is_u64(),
            )
        })
        .collect();
    let failed = |number| (Some(number), Some(503), "failed", true);
    assert_eq!(told, [failed(1), failed(2), (Some(3), Some(200), "done", false)]);
    assert!(of(&objects, "trace").is_empty());

    let run = shindan(&[&["-vv"], &RUNNING[..]].concat(), &canned.env()).exits(0);
    let lines: Vec<_> = run.stderr.lines().collect();
    assert_eq!(lines.len(), 2, "{run:?}");
    assert!(lines[0].contains(" trace: request leaves operation="), "{run:?}");
    assert!(
        lines[1].ends_with(|c: char| c.is_ascii_digit()) && lines[1].contains(" outcome=done ")
    );
}

#[test]
fn an_attempt_that_was_not_sent_has_no_status() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let url = format!("http://{}", listener.local_addr().expect("it is bound"));
    drop(listener);
    let env = [("VADDY_API_SERVER", &*url), ("VADDY_USER", "u"), ("VADDY_TOKEN", "canary")];
    let start = ["vaddy", "scan", "start", "--project-id", "p", "--yes"];
    let run = shindan(&[&["-v", "--log-format", "json"], &start[..]].concat(), &env).exits(9);
    let objects = objects(&run);
    let attempts = of(&objects, "debug");
    let attempts: Vec<_> = attempts.iter().filter(|one| one["outcome"] == "not sent").collect();
    assert!(!attempts.is_empty(), "{run:?}");
    assert!(attempts.iter().all(|attempt| attempt.get("status").is_none()), "{run:?}");
    let [error] = &of(&objects, "error")[..] else { panic!("{run:?}") };
    assert_eq!(error["exit"], 9);
    assert!(error["help"].as_array().is_some_and(|help| !help.is_empty()), "{error}");
}

#[test]
fn a_scan_is_told_with_its_ids_and_states() {
    let emulator = Emulator::start("x60000000");
    let args = ["-v", "--log-format", "json", "scan", "--yes", "--project-id", "demo"];
    let run = emulator.run(&args);
    let objects = objects(&run);
    let states: Vec<_> = objects.iter().filter(|object| object.get("state").is_some()).collect();
    assert!(states.iter().all(|state| state["run"].as_str().is_some_and(|run| run.len() == 26)));
    assert_eq!(states[0]["state"], "starting");
    let started = states.iter().find(|state| state.get("scan").is_some()).expect("it is named");
    let id = started["scan"].as_str().expect("a text");
    assert!(run.stdout.contains(id), "{run:?}");
}

#[test]
fn without_them_nothing_changes() {
    let canned = Canned::always(ok(r#"{"running_process":0}"#));
    let run = shindan(&RUNNING, &canned.env()).exits(0);
    assert_eq!(run.stderr, "");
    let set = [("SHINDAN_LOG_FORMAT", ""), ("SHINDAN_VERBOSE", "0")];
    let run = shindan(&RUNNING, &[&canned.env()[..], &set].concat()).exits(0);
    assert_eq!(run.stderr, "");
    let set = [("SHINDAN_LOG_FORMAT", "json"), ("SHINDAN_VERBOSE", "2")];
    let run = shindan(&RUNNING, &[&canned.env()[..], &set].concat()).exits(0);
    assert_eq!(objects(&run).len(), 2, "{run:?}");
    let set = [("SHINDAN_VERBOSE", "much")];
    shindan(&RUNNING, &[&canned.env()[..], &set].concat()).exits(2).says("SHINDAN_VERBOSE");
}

#[test]
fn whatever_goes_wrong_is_an_object() {
    let json = ["--log-format", "json"];
    let set = [("SHINDAN_LOG_FORMAT", "json")];
    for (args, env, code) in [
        (&["--log-format", "json", "scna"][..], &[][..], 2),
        (&["--log-format=json", "scan", "--no-such-option"], &[], 2),
        (&["scna"], &set, 2),
        (&["auth", "status"], &set, 4),
        (&["attach", "--latest"], &set, 6),
        (&["config", "check"], &set, 0),
        (&["help", "nothing"], &set, 2),
        (&["emulator", "stop"], &set, 0),
        (&["emulator", "status"], &set, 9),
        (
            &["scan", "--url", "https://shop.example/"],
            &[("SHINDAN_LOG_FORMAT", "json"), ("SHINDAN_LANG", "de")],
            2,
        ),
        (&["--emulator=auth-bad", "scan", "--yes", "--url", "https://shop.example/"], &set, 4),
    ] {
        let run = shindan(args, env).exits(code);
        let objects = objects(&run);
        let errors = of(&objects, "error");
        assert!(code == 0 || !objects.is_empty(), "{run:?}");
        for error in errors.iter().filter(|error| error.get("exit").is_some()) {
            assert_eq!(error["exit"], code, "{run:?}");
        }
    }
    assert_eq!(shindan(&[&json, &["--version"][..]].concat(), &[]).stderr, "");
}

/// What a server may make of everything that it was sent, or of starts alone.
fn echoes(status: &'static str, starts: bool) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let url = format!("http://{}", listener.local_addr().expect("it is bound"));
    thread::spawn(move || {
        for mut stream in listener.incoming().filter_map(Result::ok) {
            let Some((head, asked)) = read(&stream) else { continue };
            // What is looked up before a start is told, so that the start is sent.
            if starts && !asked.is_start() {
                let wsc = asked.line.contains("/jobs");
                let found = if wsc { NO_JOBS } else { r#"{"running_process":0}"# };
                let _ = stream.write_all(ok(found).as_bytes());
                continue;
            }
            // The end of the head first: there stand the keys, and a quote is short.
            let head: Vec<_> = head.lines().rev().collect();
            let said = Value::from(format!("\u{1b}]0;{}{}\u{202e}", asked.body, head.join("\n")));
            let body = format!(
                r#"{{"error":{{"errorCode":"100","message":{said}}},"error_message":{said}}}"#
            );
            let _ = stream.write_all(
                answer(status, &format!("x-echo: {}\r\n", asked.line), &body).as_bytes(),
            );
        }
    });
    url
}

#[test]
fn no_secret_and_no_control_character_at_any_verbosity() {
    let file = Directory::new();
    fs::create_dir_all(file.path()).expect("it can be made");
    let path = format!("{}/shindan.toml", file.path());
    let text = "version = 1\n[targets.shop]\nservice = \"wsc\"\n\
        url = \"https://shop.example/\"\nheader-env = { Cookie = \"SHOP_SESSION\" }\n";
    fs::write(&path, text).expect("it can be written");
    let statuses = ["400 Bad Request", "401 Unauthorized", "503 Service Unavailable", "200 OK"];
    thread::scope(|scope| {
        for status in statuses {
            let path = &path;
            scope.spawn(move || nothing_is_seen_of(status, path));
        }
    });
}

fn nothing_is_seen_of(status: &'static str, path: &str) {
    let (lists, starts) = (echoes(status, false), echoes(status, true));
    let to = |url| [("WSC_ENDPOINT", url), ("VADDY_API_SERVER", url)];
    let (lists, starts) = (to(&*lists), to(&*starts));
    let env = [
        ("NCLOUD_ACCESS_KEY_ID", "CANARYACCESS0123456789"),
        ("NCLOUD_SECRET_ACCESS_KEY", "canary-\"secret\"-7Jx2"),
        ("VADDY_USER", "alice"),
        ("VADDY_TOKEN", "canary7Jx2PqW9token"),
        ("SHOP_SESSION", "canary-\"session\"-7Jx2"),
        ("HTTPS_PROXY", "http://user:canary-password@127.0.0.1:9"),
    ];
    // Only a v1 project has a code.
    let code = [&env[..], &[("VADDY_VERIFICATION_CODE", "canary-code-7Jx2")]].concat();
    let within = ["--yes", "--wait-timeout", "2s", "--settle", "1s"];
    for (args, env, url) in [
        (vec!["wsc", "job", "list"], &env[..], lists),
        (vec!["help", "canary-\"secret\"-7Jx2"], &env, lists),
        (RUNNING.to_vec(), &env, lists),
        ([&["scan", "--url", "https://shop.example/"], &within[..]].concat(), &env, starts),
        ([&["scan", "--fqdn", "www.example.jp"], &within[..]].concat(), &code, starts),
        ([&["-c", path, "scan", "--all", "--rescan", "never"], &within[..]].concat(), &env, starts),
    ] {
        for format in ["text", "json"] {
            let log = ["-vvv", "--log-format", format, "--lang", "ja"];
            let run = shindan(&[&log, &args[..]].concat(), &[env, &url].concat());
            let shown = format!("{}{}", run.stdout, run.stderr);
            assert!(!shown.to_lowercase().contains("canary"), "{args:?} {shown}");
            let of_base64 = |c: char| !c.is_ascii_alphanumeric() && !"+/=".contains(c);
            let signed = |word: &str| word.len() == 44 && word.ends_with('=');
            assert!(!shown.split(of_base64).any(signed), "{args:?} {shown}");
            assert!(!shown.contains(['\u{1b}', '\u{202e}']), "{args:?} {shown}");
            if format == "json" {
                assert!(!objects(&run).is_empty(), "{run:?}");
            }
        }
    }
}
