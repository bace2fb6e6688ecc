//! `--dry-run`: what would be sent is what is sent then, without its secrets, and nothing is started.

use std::{fs, process::Command};

use crate::{
    canned::{Asked, Canned, NO_JOBS, answer, ok},
    machine::Machine,
    support::{Directory, Emulator},
};

/// Refuses every start, and knows of nothing before.
fn refusing() -> Canned {
    Canned::start(|asked, _| match asked.line.as_str() {
        line if line.starts_with("PUT") => answer(
            "401 Unauthorized",
            "",
            r#"{"error":{"errorCode":"210","message":"Permission Denied"}}"#,
        ),
        _ if asked.is_start() => answer("400 Bad Request", "", r#"{"error_message":"no"}"#),
        line if line.contains("runcheck") => ok(r#"{"running_process":0}"#),
        _ => ok(NO_JOBS),
    })
}

fn the_start(server: &Canned) -> Asked {
    let mut starts = server.asked().into_iter().filter(Asked::is_start);
    let start = starts.next().expect("one was sent");
    assert!(starts.next().is_none());
    start
}

/// The arguments of curl, as a shell reads the command.
fn arguments(printed: &str) -> Vec<String> {
    let script = format!("curl() {{ printf '%s\\0' \"$@\"; }}\n{printed}");
    let run = Command::new("sh").args(["-c", &script]).output().expect("there is a shell");
    assert!(run.status.success() && run.stderr.is_empty(), "{run:?}");
    let text = String::from_utf8(run.stdout).expect("it is UTF-8");
    text.split_terminator('\0').map(str::to_owned).collect()
}

/// What stands behind each option of this name.
fn after<'a>(arguments: &'a [String], option: &str) -> Vec<&'a str> {
    let pairs = arguments.windows(2).filter(|pair| pair[0] == option);
    pairs.map(|pair| pair[1].as_str()).collect()
}

#[test]
fn the_command_is_what_a_start_of_wsc_sends() {
    const HOSTILE: &str = "it's $(exit 3) `exit 4` \"quoted\" \\ and é";
    for command in [&["scan"][..], &["wsc", "job", "create"]] {
        let server = refusing();
        let machine = Machine::new(&server.env());
        let start = ["--url", "https://shop.example/", "--memo", HOSTILE, "--dedupe-key", "k"];
        let start = [command, &start].concat();
        let dry = machine.run(&[&start[..], &["--dry-run=curl"]].concat()).exits(0);
        assert!(server.asked().iter().all(|asked| !asked.is_start()));
        assert!(machine.runs().is_empty());

        let signed = "# string to sign: \"PUT /api/v1/job\\n";
        assert!(dry.stdout.contains(signed) && dry.stdout.contains("ACCE…6789\"\n"), "{dry:?}");
        assert!(!dry.stdout.contains("ACCESSKEY0123456789"), "{dry:?}");
        let arguments = arguments(&dry.stdout);
        assert_eq!(arguments[..3], ["-X", "PUT", &format!("{}/api/v1/job", server.url)]);
        let headers = after(&arguments, "-H");
        assert!(headers.contains(&"x-ncp-apigw-signature-v2: (redacted)"), "{headers:?}");
        assert!(headers.contains(&"x-ncp-iam-access-key: ACCE…6789"), "{headers:?}");

        machine.run(&[&start[..], &["--yes"]].concat()).exits(4);
        assert_eq!(after(&arguments, "--data-raw"), [the_start(&server).body]);
    }
}

#[test]
fn the_command_is_what_a_start_of_vaddy_sends() {
    let v1 = ["--fqdn", "www.example.jp", "--scan-type", "SQLI,XSS", "--crawl", "30"];
    for start in [&["--project-id", "p $(exit 3)'"][..], &v1] {
        let server = refusing();
        let machine = Machine::new(&server.env());
        for command in [&["scan"][..], &["vaddy", "scan", "start"]] {
            let dry = machine.run(&[command, start, &["--dry-run=curl"]].concat()).exits(0);
            assert!(server.asked().iter().all(|asked| !asked.is_start()));
            assert!(!dry.stdout.contains("string to sign"), "{dry:?}");
            let arguments = arguments(&dry.stdout);
            assert!(after(&arguments, "-H").contains(&"x-api-key: (redacted)"), "{arguments:?}");
            if command.len() > 1 {
                machine.run(&[command, start, &["--yes"]].concat()).exits(6);
                assert_eq!(after(&arguments, "--data-raw"), [the_start(&server).body]);
            }
        }
    }
}

#[test]
fn no_secret_of_a_target_is_shown() {
    let project = Directory::new();
    fs::create_dir_all(project.path()).expect("it can be made");
    let file = format!("{}/shindan.toml", project.path());
    let toml = "version = 1\n[targets.shop]\nservice = \"wsc\"\nurl = \"https://shop.example/\"\n\
        header-env = { Cookie = \"SHOP_SESSION\" }\n\
        [targets.old]\nservice = \"vaddy\"\nfqdn = \"www.example.jp\"\n\
        verification-code-env = \"OLD_CODE\"\n";
    fs::write(&file, toml).expect("it can be written");
    let server = refusing();
    let set = [
        ("SHINDAN_CONFIG", &*file),
        ("SHOP_SESSION", "canary-session"),
        ("OLD_CODE", "canaryoldcode"),
    ];
    let machine = Machine::new(&[&server.env()[..], &set].concat());
    for format in ["table", "json"] {
        let run = machine.run(&["scan", "--all", "--dry-run=curl", "--output", format]).exits(0);
        assert!(!run.stdout.contains("canary") && !run.stderr.contains("canary"), "{run:?}");
        assert!(run.stdout.contains("Cookie") && run.stdout.contains("redacted"), "{run:?}");
        assert!(run.stdout.contains("verification_code=%28redacted%29"), "{run:?}");
    }
    let dry = machine.run(&["scan", "--all", "--dry-run=curl", "--output", "json"]).json();
    assert_eq!((&dry[0]["target"], &dry[0]["string_to_sign"]), (&"old".into(), &().into()));
    assert!(dry[1]["curl"].as_str().expect("it is text").starts_with("curl -X PUT "), "{dry}");
}

#[test]
fn without_a_word_it_is_the_plan() {
    let emulator = Emulator::start("x60000000");
    let machine = Machine::new(&emulator.env());
    let url = ["--url", "https://shop.example/"];
    let plan = machine.run(&[&["plan"], &url[..]].concat()).exits(0).stdout;
    for dry in [&["--dry-run"][..], &["--dry-run=plan"], &["--dry-run", "--yes"]] {
        assert_eq!(machine.run(&[&["scan"], &url[..], dry].concat()).exits(0).stdout, plan);
    }
    machine.run(&[&["scan"], &url[..], &["--dry-run=shell"]].concat()).exits(2);
    assert_eq!(emulator.ledger(), (0, 0));
    assert!(machine.runs().is_empty());
    // What is already there needs no request.
    let key = [&["scan", "--fail-on", "never", "--dedupe-key", "k"], &url[..]].concat();
    machine.run(&[&key[..], &["--yes"]].concat()).exits(0);
    let dry = machine.run(&[&key[..], &["--dry-run=curl"]].concat()).exits(0).stdout;
    assert!(dry.contains("): follow ") && !dry.contains("curl"), "{dry}");
    assert_eq!(emulator.ledger(), (1, 0));
}
