//! INT and TERM: what is said, and that the scan goes on.

use std::{net::TcpListener, sync::mpsc, thread, time::Duration};

use crate::{
    canned::{Asked, Canned, ok},
    support::{Directory, Emulator, Running, shindan},
};

/// The command that is told, with the state directory that it needs.
#[test]
fn while_waiting() {
    let emulator = Emulator::start("x0");
    let state = Directory::new();
    let env = emulator.env_with(&[("SHINDAN_STATE_DIR", state.path())]);
    let wsc = ["scan", "--url", "https://shop.example/", "--yes"];
    let vaddy = ["scan", "--fqdn", "www.example.jp", "--yes", "--output", "json"];
    for (args, at, signal, code) in
        [(&wsc[..], "pending", "-INT", 130), (&vaddy, "scanning", "-TERM", 143)]
    {
        let running = Running::spawn(args, &env);
        running.wait_for(at);
        running.signal(signal);
        let run = running.finish().exits(code).says("goes on");
        let told = run.stderr.split("follow it again with: shindan ").nth(1);
        let told = told.and_then(|rest| rest.lines().next()).expect("a command");
        let again: Vec<_> = told.split_whitespace().chain(["--wait-timeout", "0s"]).collect();
        shindan(&again, &env).exits(8).says(at);
    }
    assert_eq!(emulator.ledger(), (1, 1));
}

/// A server that never answers a start.
fn silent() -> Canned {
    Canned::start(|asked, _| {
        while is_start(asked) {
            thread::park();
        }
        if asked.line.contains("runcheck") {
            return ok(r#"{"running_process":0}"#);
        }
        ok(
            r#"{"returnCode":"0","resources":{"total_cnt":0,"total_page_cnt":0,"current_start_page":0,"current_end_page":0}}"#,
        )
    })
}

fn is_start(asked: &Asked) -> bool {
    asked.line.starts_with("PUT") || asked.body.contains("action=start")
}

#[test]
fn while_a_start_is_on_its_way() {
    let starts = [
        &["scan", "--url", "https://shop.example/", "--yes"][..],
        &["scan", "--project-id", "p", "--yes"],
        &["wsc", "job", "create", "--url", "https://shop.example/", "--yes"],
        &["vaddy", "scan", "start", "--project-id", "p", "--yes"],
    ];
    // Each of them waits four seconds for an answer.
    thread::scope(|scope| {
        for args in starts {
            scope.spawn(|| {
                let server = silent();
                let started = || server.asked().iter().filter(|asked| is_start(asked)).count();
                let running = Running::spawn(args, &server.env());
                while started() == 0 {
                    thread::sleep(Duration::from_millis(5));
                }
                running.signal("-INT");
                running.wait_for("waiting up to 4 s");
                running.finish().exits(7).says("nobody knows").says("do not start it again");
                assert_eq!(started(), 1);
            });
        }
    });
}

/// The answer comes after the signal, and is not lost.
#[test]
fn while_a_start_is_answered() {
    for (args, code) in [
        (&["scan", "--project-id", "p", "--yes"][..], 130),
        (&["vaddy", "scan", "start", "--project-id", "p", "--yes"], 0),
    ] {
        let (release, held) = mpsc::channel();
        let server = Canned::start(move |asked, _| {
            if is_start(asked) {
                held.recv().expect("it is released");
                return ok(r#"{"scan_id":"1-837b5f9f"}"#);
            }
            ok(r#"{"running_process":0,"status":"scanning"}"#)
        });
        let running = Running::spawn(args, &server.env());
        while !server.asked().iter().any(is_start) {
            thread::sleep(Duration::from_millis(5));
        }
        running.signal("-INT");
        running.wait_for("on its way");
        release.send(()).expect("it is held");
        let run = running.finish().exits(code);
        assert!(format!("{run:?}").contains("1-837b5f9f"), "{run:?}");
    }
}

/// Nobody has to wait for the answer.
#[test]
fn twice_while_a_start_is_on_its_way() {
    let server = silent();
    let running = Running::spawn(&["scan", "--project-id", "p", "--yes"], &server.env());
    while !server.asked().iter().any(is_start) {
        thread::sleep(Duration::from_millis(5));
    }
    running.signal("-INT");
    running.wait_for("on its way");
    running.signal("-TERM");
    running.finish().exits(7);
}

/// The start was answered, and nothing is awaited that could say more about it.
#[test]
fn while_an_unknown_start_is_looked_for() {
    let server = Canned::start(|asked, _| match asked {
        asked if is_start(asked) => ok("<html>"),
        asked if asked.line.contains("runcheck") => ok(r#"{"running_process":0}"#),
        _ => ok(
            r#"{"returnCode":"0","resources":{"total_cnt":0,"total_page_cnt":0,"current_start_page":0,"current_end_page":0}}"#,
        ),
    });
    let running =
        Running::spawn(&["scan", "--url", "https://shop.example/", "--yes"], &server.env());
    running.wait_for("looking for what it left");
    running.signal("-INT");
    let run = running.finish().exits(7).says("nobody knows").says("do not start it again");
    assert!(!run.stderr.contains("waiting up to"), "{run:?}");
}

#[test]
fn before_a_start() {
    // Nobody accepts on this port, so the first question is never answered.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let env = [
        ("VADDY_API_SERVER", url.as_str()),
        ("VADDY_USER", "alice"),
        ("VADDY_TOKEN", "canary7Jx2PqW9token"),
    ];
    let running = Running::spawn(&["scan", "--project-id", "p", "--yes"], &env);
    let (connection, _) = listener.accept().unwrap();
    running.signal("-INT");
    running.finish().exits(130).says("before anything was started");
    drop(connection);
}
