//! Answers that are no answers: never a success, never printed as they came.

use std::{sync::Mutex, thread};

use crate::{
    canned::{Canned, answer, ok},
    support::{Directory, Run, shindan},
};

const LIST: [&str; 3] = ["wsc", "job", "list"];
const RUNNING: [&str; 5] = ["vaddy", "scan", "running", "--project-id", "p"];
const START: [&str; 6] = ["vaddy", "scan", "start", "--project-id", "p", "--yes"];

/// What must not be seen of a body.
const BODY: &str = "canary-body";

fn unread(run: Run) -> Run {
    assert!(!run.stderr.contains(BODY) && run.stdout.is_empty(), "{run:?}");
    run
}

#[test]
fn no_answer_to_a_read() {
    let html = format!("<html><body>{BODY}</body></html>");
    for (canned, code, says) in [
        (ok(&html), 10, "http 200"),
        (ok(""), 10, "http 200"),
        (
            ok(
                r#"{"returnCode":"0","resources":{"total_cnt":1,"record_data":[{"memo":"canary-body""#,
            ),
            10,
            "http 200",
        ),
        (ok(r#"{"returnCode":"0","resources":null}"#), 10, "http 200"),
        (ok(&format!("[\"{BODY}\"]")), 10, "http 200"),
        (answer("404 Not Found", "", &html), 10, "http 404"),
        (
            answer("302 Found", "location: http://127.0.0.1:1/\r\n", &html),
            10,
            "redirects are not followed",
        ),
        (
            ok(r#"{"error":{"errorCode":"200","message":"Authentication Failed"}}"#),
            10,
            "a refusal of the key",
        ),
        (answer("204 No Content", "", ""), 10, "http 204"),
        (ok(r#"{"returnCode":"1","returnMessage":"Failure","resources":null}"#), 10, "Failure"),
    ] {
        let canned = Canned::always(canned);
        unread(shindan(&LIST, &canned.env())).exits(code).says(says);
        assert_eq!(canned.asked().len(), 1);
    }
    for (canned, code, says) in [
        (ok(&html), 10, "http 200"),
        (ok(r#"{"running_process":null}"#), 10, "running_process"),
        (ok(r#"{"error_message":"no such project"}"#), 10, "no such project"),
        (
            answer("400 Bad Request", "", r#"{"error_message":"no such project"}"#),
            6,
            "no such project",
        ),
    ] {
        let canned = Canned::always(canned);
        unread(shindan(&RUNNING, &canned.env())).exits(code).says(says);
    }
}

/// These are asked again before they are believed.
#[test]
fn a_service_that_fails() {
    let html = format!("<html><body>{BODY}</body></html>");
    let cut = format!("HTTP/1.1 200 OK\r\ncontent-length: 999\r\n\r\n{html}");
    thread::scope(|scope| {
        for (canned, code, says) in [
            (answer("502 Bad Gateway", "", &html), 9, "http 502"),
            (ok(r#"{"error":{"errorCode":901,"message":"API Call Fail"}}"#), 6, "code 901"),
            (cut, 9, "127.0.0.1"),
            (BODY.to_owned(), 9, "127.0.0.1"),
        ] {
            scope.spawn(move || {
                let canned = Canned::always(canned);
                unread(shindan(&LIST, &canned.env())).exits(code).says(says);
                assert_eq!(canned.asked().len(), 5, "{says}");
            });
        }
    });
}

/// Nothing is started where nothing can be read.
#[test]
fn no_answer_before_a_start() {
    let canned = Canned::always(ok("<html>canary-body</html>"));
    for start in [
        ["scan", "--url", "https://shop.example/", "--yes"],
        ["scan", "--project-id", "p", "--yes"],
    ] {
        unread(shindan(&start, &canned.env())).exits(10).says("nothing was started");
    }
    assert!(canned.asked().iter().all(|asked| !asked.line.starts_with("PUT")));
    assert!(canned.asked().iter().all(|asked| !asked.body.contains("action=start")));
}

/// A start is sent once, whatever comes back.
#[test]
fn no_answer_to_a_start() {
    for canned in [
        ok("<html>canary-body</html>"),
        ok(""),
        ok(r#"{"scan_id":null}"#),
        ok(r#"{"error_message":"Scan has already been running"}"#),
        answer("500 Internal Server Error", "", "canary-body"),
        answer("504 Gateway Timeout", "", ""),
        String::new(),
        "HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{\"scan_id\":\"1-".to_owned(),
    ] {
        let told = canned.clone();
        let server = Canned::start(move |asked, _| match &asked.line {
            line if line.contains("runcheck") => ok(r#"{"running_process":0}"#),
            _ => told.clone(),
        });
        let run = unread(shindan(&START, &server.env()));
        run.exits(7).says("shindan runs reconcile ").says("do not start it again");
        let starts = server.asked().iter().filter(|asked| asked.line.starts_with("POST")).count();
        assert_eq!(starts, 1, "{canned}");
    }
}

/// A cancel whose outcome is unknown is not sent again either.
#[test]
fn no_answer_to_a_cancel() {
    for (canned, code) in [
        (ok("<html>canary-body</html>"), 10),
        (answer("500 Internal Server Error", "", ""), 9),
        (
            answer(
                "400 Bad Request",
                "",
                r#"{"error":{"errorCode":901,"message":"API Call Fail"}}"#,
            ),
            6,
        ),
    ] {
        let server = Canned::always(canned);
        unread(shindan(&["wsc", "job", "cancel", "1"], &server.env())).exits(code).says("look");
        assert_eq!(server.asked().len(), 1);
    }
}

/// Somebody on the way sent the PUT twice.
#[test]
fn a_duplicate_is_told_with_its_ids() {
    let memo = Mutex::new(String::new());
    let server = Canned::start(move |asked, _| {
        if asked.line.starts_with("PUT") {
            let body: serde_json::Value = serde_json::from_str(&asked.body).expect("json");
            *memo.lock().expect("nobody panics with it") =
                body["Memo"].as_str().expect("text").to_owned();
            return ok(r#"{"returnCode":"0","resources":{"instanceNo":"11"}}"#);
        }
        let memo = memo.lock().expect("nobody panics with it").clone();
        let jobs = if memo.is_empty() {
            "null".to_owned()
        } else {
            format!(
                r#"[{{"instanceNo":"11","memo":"{memo}"}},{{"instanceNo":"12","memo":"{memo}"}}]"#
            )
        };
        ok(&format!(
            r#"{{"returnCode":"0","resources":{{"total_cnt":2,"total_page_cnt":1,"current_start_page":1,"current_end_page":1,"record_data":{jobs}}}}}"#
        ))
    });
    for start in [
        &["scan", "--url", "https://shop.example/", "--yes"][..],
        &["wsc", "job", "create", "--url", "https://shop.example/", "--yes"],
    ] {
        shindan(start, &server.env())
            .exits(7)
            .says("scan 11")
            .says("scan 12")
            .says("do not start it again");
    }
}

/// What a service says reaches a terminal escaped, and a script unchanged.
#[test]
fn text_cannot_act() {
    let hostile = r"\u001b[2J\u0007\r\nerror: forged \u009b31m \u202e \u200b \udb40\udc41 \ue000";
    let said =
        format!(r#"{{"error":{{"errorCode":"100","message":"{hostile}","details":"{hostile}"}}}}"#);
    let acts = |text: &str| {
        text.chars().any(|c| {
            (c.is_control() && c != '\n') || "\u{202e}\u{200b}\u{e0041}\u{e000}".contains(c)
        })
    };
    let server = Canned::always(answer("400 Bad Request", "", &said));
    let run = shindan(&LIST, &server.env()).exits(6).says(r"\u{1b}[2J").says(r"\u{202e}");
    assert!(!acts(&run.stderr), "{run:?}");
    assert_eq!(run.stderr.lines().filter(|line| line.starts_with("error: ")).count(), 1);

    let list = format!(
        r#"{{"returnCode":"0","resources":{{"total_cnt":1,"total_page_cnt":1,"current_start_page":1,
            "current_end_page":1,"record_data":[{{"instanceNo":"1","status":"{hostile}","memo":"{hostile}"}}]}}}}"#
    );
    let server = Canned::always(ok(&list));
    let table = shindan(&LIST, &server.env()).exits(0).stdout;
    assert!(!acts(&table) && table.lines().count() == 2, "{table}");
    let json = shindan(&["wsc", "job", "list", "--output", "json"], &server.env()).exits(0);
    assert!(!acts(&json.stdout), "{json:?}");
    let memo =
        json.json()["resources"]["record_data"][0]["memo"].as_str().expect("text").to_owned();
    assert!(memo.contains("\u{1b}[2J") && memo.contains('\u{e0041}'), "{memo:?}");
}

/// A server, or something in front of it, answers with what it was asked.
#[test]
fn an_echo_of_secrets_is_not_shown() {
    let signature = "canary/7Jx2PqW9+".repeat(3)[..43].to_owned() + "=";
    let echo = format!(
        "ACCESSKEY0123456789 {signature} canary7Jx2PqW9token canary-code {}",
        "x".repeat(400)
    );
    let says = [
        format!(r#"{{"error":{{"errorCode":"100","message":"{echo}","details":"{echo}"}}}}"#),
        format!(r#"{{"error_message":"{echo}"}}"#),
    ];
    for (args, says) in [
        (&LIST[..], &says[0]),
        (&RUNNING, &says[1]),
        (&["scan", "--url", "https://shop.example/", "--yes", "--output", "json"], &says[0]),
        (&["scan", "--project-id", "p", "--yes", "--output", "json"], &says[1]),
    ] {
        let server = Canned::always(answer("400 Bad Request", "", says));
        let env = [&server.env()[..], &[("VADDY_VERIFICATION_CODE", "canary-code")]].concat();
        let run = shindan(args, &env).exits(6).says("(redacted) (redacted) (redacted) (redacted)");
        for text in [&run.stdout, &run.stderr] {
            for secret in ["canary", "ACCESSKEY0123456789"] {
                assert!(!text.contains(secret), "{run:?}");
            }
            assert!(!text.contains(&"x".repeat(300)), "{run:?}");
        }
        assert_eq!(run.stderr.matches("the service says").count(), 1, "{run:?}");
    }

    let list = format!(
        r#"{{"returnCode":"0","resources":{{"total_cnt":1,"total_page_cnt":1,"current_start_page":1,
            "current_end_page":1,"record_data":[{{"instanceNo":"1","memo":"{echo}"}}]}}}}"#
    );
    let server = Canned::always(ok(&list));
    for output in ["table", "json"] {
        let run = shindan(&[&LIST[..], &["--output", output]].concat(), &server.env()).exits(0);
        assert!(!run.stdout.contains("ACCESSKEY0123456789"), "{run:?}");
    }
}

/// The cookies of the scanned site come back in its report.
#[test]
fn the_cookies_of_a_report_are_not_shown() {
    let server = Canned::always(ok(
        r#"{"returnCode":"0","resources":{"Login_Info":"JSESSIONID=canary-cookie","Scanned_Domain_List":["a"],
            "Classify_byRisk_Level":{"Total":0,"High":0,"Medium":0,"Low":0}}}"#,
    ));
    for output in ["json", "table"] {
        let args = ["wsc", "job", "report", "1", "--output", output];
        let run = shindan(&args, &server.env()).exits(0);
        assert!(!run.stdout.contains("canary-cookie") && !run.stderr.contains("canary-cookie"));
    }
}

/// An element that cannot be read is left out of a list, and told.
#[test]
fn a_list_with_a_broken_element() {
    let server = Canned::always(ok(
        r#"{"returnCode":"0","resources":{"total_cnt":2,"total_page_cnt":1,"current_start_page":1,
            "current_end_page":1,"record_data":[{"instanceNo":"1"},{"instanceNo":"canary-body"}]}}"#,
    ));
    let run = shindan(&[&LIST[..], &["--output", "json"]].concat(), &server.env()).exits(10);
    assert_eq!(run.json()["resources"]["record_data"].as_array().map(Vec::len), Some(1));
    let run = run.says("record_data[1]");
    assert!(!run.stderr.contains(BODY), "{run:?}");
}

/// `shindan wsc job list | true`
#[cfg(unix)]
#[test]
fn a_reader_that_has_gone() {
    let server = Canned::start(|asked, _| match asked.line.as_str() {
        line if line.starts_with("POST") => ok(r#"{"scan_id":"1-837b5f9f"}"#),
        line if line.contains("result?") => {
            ok(r#"{"status":"finish","scan_count":57,"alert_count":0,"complete":100}"#)
        }
        line if line.contains("runcheck") => ok(r#"{"running_process":0}"#),
        _ => ok(
            r#"{"returnCode":"0","resources":{"total_cnt":0,"total_page_cnt":0,"current_start_page":0,"current_end_page":0}}"#,
        ),
    });
    for (args, told) in [
        (&LIST[..], &["error: "][..]),
        (&START, &["p: started as 1-837b5f9f", "; the scan 1-837b5f9f was started"]),
        (
            &["scan", "--project-id", "p", "--yes"],
            &["p: started as 1-837b5f9f", "; the scan 1-837b5f9f was started"],
        ),
    ] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let state = Directory::new();
        let left = std::process::Command::new(env!("CARGO_BIN_EXE_shindan"))
            .args(args)
            .env_clear()
            .env("SHINDAN_STATE_DIR", state.path())
            .envs(server.env())
            .stdout(writer)
            .output()
            .unwrap();
        assert_eq!(left.status.code(), Some(11), "{left:?}");
        let stderr = String::from_utf8(left.stderr).unwrap();
        assert!(told.iter().all(|told| stderr.contains(told)), "{stderr}");
    }
}
