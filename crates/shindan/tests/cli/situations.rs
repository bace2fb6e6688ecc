//! The situations of VAddy's own client, each with its variables and no file: our exit code beside theirs.
//! docs/go-vaddy.md has the same table.

use std::thread;

use crate::{
    canned::{Canned, answer, ok},
    support::shindan,
};

/// Where the table is printed.
const DOCUMENT: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/go-vaddy.md"));

type Reply = (&'static str, &'static str);

const CLEAN: Reply =
    ("200 OK", r#"{"status":"finish","scan_count":57,"alert_count":0,"complete":100}"#);
const STARTED: Reply = ("200 OK", r#"{"scan_id":"1-837b5f9f"}"#);
const CRAWLS: Reply = (
    "200 OK",
    r#"{"total":1,"page":1,"limit":30,"items":[{"id":30,"label":"login","start_time":"2026-01-01T00:00:00+0000","end_time":"2026-01-01T00:10:00+0000"}]}"#,
);
const REFUSED: Reply = ("400 Bad Request", r#"{"error_message":"no"}"#);
const WRONG_KEY: Reply = ("401 Unauthorized", "");
const BROKEN: Reply = ("500 Internal Server Error", "");

struct Situation {
    name: &'static str,
    /// Besides the user, the token and a v2 project.
    variables: &'static [(&'static str, &'static str)],
    start: Reply,
    result: Reply,
    crawls: Reply,
    /// Whether the end is not waited for; otherwise it comes at once.
    at_once: bool,
    theirs: &'static str,
    ours: i32,
}

const USUAL: Situation = Situation {
    name: "",
    variables: &[],
    start: STARTED,
    result: CLEAN,
    crawls: CRAWLS,
    at_once: false,
    theirs: "1",
    ours: 0,
};

const LABEL: &[(&str, &str)] = &[("VADDY_CRAWL", "login")];

const fn finished(
    name: &'static str,
    body: &'static str,
    theirs: &'static str,
    ours: i32,
) -> Situation {
    Situation { name, result: ("200 OK", body), theirs, ours, ..USUAL }
}

const SITUATIONS: [Situation; 24] = [
    Situation { name: "finish, no alerts, complete", theirs: "0", ours: 0, ..USUAL },
    finished(
        "finish, no alerts, 80% complete",
        r#"{"status":"finish","scan_count":57,"alert_count":0,"complete":80}"#,
        "0",
        3,
    ),
    finished(
        "finish, `scan_count` 0",
        r#"{"status":"finish","scan_count":0,"alert_count":0,"complete":100}"#,
        "0",
        3,
    ),
    finished(
        "finish, all counters null",
        r#"{"status":"finish","scan_count":null,"alert_count":null,"complete":null}"#,
        "0",
        3,
    ),
    finished(
        "finish, alerts",
        r#"{"status":"finish","scan_count":57,"alert_count":2,"complete":100}"#,
        "1",
        1,
    ),
    finished(
        "finish, alerts, 80% complete",
        r#"{"status":"finish","scan_count":57,"alert_count":2,"complete":80}"#,
        "1",
        1,
    ),
    finished("canceled", r#"{"status":"canceled"}"#, "1", 3),
    Situation { name: "start refused (400)", start: REFUSED, ours: 6, ..USUAL },
    Situation { name: "start refused (401)", start: WRONG_KEY, ours: 4, ..USUAL },
    Situation { name: "start fails (500)", start: BROKEN, ours: 7, ..USUAL },
    Situation {
        name: "crawl search refused (400)",
        variables: LABEL,
        crawls: REFUSED,
        ours: 6,
        ..USUAL
    },
    Situation {
        name: "crawl search refused (401)",
        variables: LABEL,
        crawls: WRONG_KEY,
        ours: 4,
        ..USUAL
    },
    Situation {
        name: "crawl search fails (500)",
        variables: LABEL,
        crawls: BROKEN,
        ours: 9,
        ..USUAL
    },
    Situation {
        name: "no crawl has the label",
        variables: LABEL,
        crawls: ("200 OK", r#"{"total":0,"page":1,"limit":30,"items":[]}"#),
        ours: 6,
        ..USUAL
    },
    Situation {
        name: "crawl search with total > 0 and no items",
        variables: LABEL,
        crawls: ("200 OK", r#"{"total":1,"page":1,"limit":30,"items":[]}"#),
        theirs: "2 (panic)",
        ours: 6,
        ..USUAL
    },
    Situation { name: "result refused (400)", result: REFUSED, ours: 6, ..USUAL },
    Situation { name: "result refused (401)", result: WRONG_KEY, ours: 4, ..USUAL },
    Situation {
        name: "result keeps failing (500) until `--wait-timeout`",
        result: BROKEN,
        at_once: true,
        ours: 8,
        ..USUAL
    },
    Situation {
        name: "result cannot be read until `--wait-timeout`",
        result: ("200 OK", "<html>"),
        at_once: true,
        ours: 10,
        ..USUAL
    },
    Situation {
        name: "time limit",
        result: ("200 OK", r#"{"status":"scanning"}"#),
        at_once: true,
        ours: 8,
        ..USUAL
    },
    Situation { name: "no token", variables: &[("VADDY_TOKEN", "")], ours: 4, ..USUAL },
    Situation { name: "no project", variables: &[("VADDY_PROJECT_ID", "")], ours: 2, ..USUAL },
    Situation {
        name: "`VADDY_HOST` and `VADDY_PROJECT_ID`",
        variables: &[("VADDY_HOST", "www.example.jp")],
        theirs: "as of the v1 project",
        ours: 2,
        ..USUAL
    },
    Situation {
        name: "empty `VADDY_HOST` and `VADDY_PROJECT_ID`",
        variables: &[("VADDY_HOST", "")],
        theirs: "as of v1 without a host",
        ours: 0,
        ..USUAL
    },
];

impl Situation {
    /// Runs it, and returns the exit code and how many starts were sent.
    fn run(&'static self) -> (i32, usize) {
        let server = Canned::start(|asked, _| {
            let (status, body) = match asked.line.as_str() {
                line if line.contains("runcheck") => ("200 OK", r#"{"running_process":0}"#),
                line if line.contains("/crawl") => self.crawls,
                _ if asked.is_start() => self.start,
                _ => self.result,
            };
            if status == "200 OK" { ok(body) } else { answer(status, "", body) }
        });
        let theirs = [
            ("VADDY_API_SERVER", &*server.url),
            ("VADDY_USER", "alice"),
            ("VADDY_TOKEN", "canary7Jx2PqW9token"),
            ("VADDY_PROJECT_ID", "6eb1f9fcbdb6a5a"),
        ];
        let wait: &[&str] = if self.at_once { &["--wait-timeout", "0s"] } else { &[] };
        let run =
            shindan(&[&["scan", "--yes"], wait].concat(), &[&theirs, self.variables].concat());
        assert!(!run.stderr.contains("panicked"), "{}: {run:?}", self.name);
        let asked = server.asked();
        assert!(asked.iter().all(|asked| asked.line.contains(" /v2/")), "{}: {asked:?}", self.name);
        (run.code, asked.iter().filter(|asked| asked.is_start()).count())
    }

    /// As the document has it.
    fn row(&self) -> String {
        format!("| {} | {} | {} |", self.name, self.theirs, self.ours)
    }
}

#[test]
fn every_situation_of_the_vendors_client() {
    let runs: Vec<_> = thread::scope(|scope| {
        let runs: Vec<_> = SITUATIONS.iter().map(|one| scope.spawn(|| one.run())).collect();
        runs.into_iter().map(|run| run.join().expect("it runs")).collect()
    });
    let wrong = SITUATIONS.iter().zip(&runs).filter(|(one, (code, _))| one.ours != *code);
    let wrong: Vec<_> = wrong.map(|(one, run)| (one.name, one.ours, run)).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    // Never more than one, whatever the service says.
    assert!(runs.iter().all(|(_, starts)| *starts <= 1), "{runs:?}");
}

#[test]
fn the_document_has_the_same_table() {
    let rows: Vec<_> = SITUATIONS.iter().map(Situation::row).collect();
    let rows = rows.join("\n");
    assert!(DOCUMENT.contains(&rows), "docs/go-vaddy.md must have:\n{rows}");
}
