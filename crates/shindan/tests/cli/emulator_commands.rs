//! The commands that look at an emulator that runs, and change it.

use std::{
    fs,
    io::{Read as _, Write as _},
    net::TcpStream,
};

use ncp_sign::{Credential, sign};
use serde_json::json;
use shindan_emulator::keys;
use shindan_hyper::now;

use crate::{emulator_lives::Detached, machine::Machine, support::Directory};

#[test]
fn what_tools_read() {
    let emulator = Detached::start(&["--clock", "x60000"]);
    let url = emulator.url();
    let wsc = emulator.run(&["env", "wsc"]).exits(0);
    assert_eq!(wsc.stderr, "");
    for name in ["NCLOUD_ACCESS_KEY_ID", "NCLOUD_ACCESS_KEY"] {
        assert!(wsc.stdout.contains(&format!("export {name}={}\n", keys::WSC_ACCESS_KEY)));
    }
    for name in ["NCLOUD_API_GW", "WSC_ENDPOINT"] {
        assert!(wsc.stdout.contains(&format!("export {name}={url}\n")));
    }
    assert!(!wsc.stdout.contains("VADDY"));
    let vaddy = emulator.run(&["env", "vaddy"]).exits(0).says("go-vaddy insists on https");
    assert!(vaddy.stdout.ends_with("\nunset VADDY_HOST VADDY_FQDN VADDY_VERIFICATION_CODE\n"));
    assert!(!vaddy.stdout.contains("NCLOUD"));
    // A host that is set would be a v1 project, and both are an error.
    emulator.shell("VADDY_HOST=h; export VADDY_HOST; exec $0 scan --yes").exits(2);
    let script = "VADDY_HOST=h; export VADDY_HOST\neval \"$($0 emulator env vaddy)\"
        $0 scan --yes && $0 emulator env --output json
        eval \"$($0 emulator env --unset)\"; $0 emulator stop; export -p";
    let run = emulator.shell(script).exits(0);
    let (_, rest) = run.stdout.split_once('{').expect("the variables as json");
    let (all, left) = rest.split_once('}').expect("its end");
    assert!(all.contains(r#""VADDY_HOST":null"#) && all.contains(keys::VADDY_KEY), "{all}");
    // One was set before all this.
    let left = left.replace("NCLOUD_METADATA_API_ENDPOINT", "");
    assert!(!left.contains("VADDY") && !left.contains("NCLOUD") && !left.contains("WSC"), "{left}");
    // It needs no emulator.
    emulator.run(&["env", "all", "--unset"]).exits(0);
    emulator.run(&["env"]).exits(9);
}

#[cfg(target_os = "linux")]
#[test]
fn what_tools_read_over_tls() {
    let emulator = Detached::start(&["--clock", "x60000", "--tls"]);
    let run = emulator.shell("$0 scan --yes && $0 wsc job list --output json").exits(0);
    assert_eq!(run.stderr.matches("go-vaddy").count(), 0, "{run:?}");
    let env = emulator.ask(&["env"]);
    let ca = env["SSL_CERT_FILE"].as_str().expect("a text");
    assert!(ca.starts_with(emulator.0.state()) && ca.ends_with("ca.pem"), "{ca}");
    let https = emulator.ask(&["status"])["https_url"].as_str().map(str::to_owned);
    assert_eq!(Some(format!("https://{}", env["VADDY_API_SERVER"].as_str().unwrap())), https);
}

#[test]
fn scenarios() {
    let emulator = Detached::start(&["--clock", "x60000"]);
    let list = emulator.run(&["scenario", "list"]).exits(0).stdout;
    assert!(list.contains("rescan-expired") && list.contains("all others"), "{list}");
    emulator.run(&["scenario", "set", "incomplet"]).exits(2).says("did you mean incomplete?");
    let odd = "https://shop.example/a b?c=%2F&d=é";
    emulator.run(&["scenario", "set", "canceled", "--target", odd]).exits(0);
    let set = emulator.ask(&["scenario", "set", "incomplete"]);
    assert_eq!((&set["all"], &set["targets"]), (&json!("incomplete"), &json!({ odd: "canceled" })));
    emulator.shell("exec $0 scan --yes").exits(3).says("63%");
    let left = emulator.ask(&["scenario", "clear", "--target", odd]);
    assert_eq!((&left["all"], &left["targets"]), (&json!("incomplete"), &json!({})));
    emulator.run(&["scenario", "clear"]).exits(0);
    emulator.shell("exec $0 scan --yes").exits(0);
}

#[test]
fn faults() {
    let emulator = Detached::start(&[]);
    let unknown = ["fault", "set", "--operation", "wsc.getJob", "--status", "500"];
    emulator.run(&unknown).exits(2).says("did you mean wsc.getJobs?").says("fault operations");
    let operations = emulator.run(&["fault", "operations"]).exits(0).stdout;
    assert!(operations.contains("vaddy.v2.startScan"), "{operations}");

    emulator
        .run(&["fault", "set", "--operation=wsc.getJobs", "--nth=1,3", "--status=500"])
        .exits(0);
    emulator.shell("exec $0 wsc job list").exits(0);
    let rules = emulator.ask(&["fault", "list"]);
    let rule = json!({ "operation": "wsc.getJobs", "nth": [1, 3], "status": 500, "counted": 2, "played": 1 });
    assert_eq!(rules, json!({ "faults": [rule] }));
    let table = emulator.run(&["fault", "list"]).exits(0).stdout;
    assert!(table.contains("1,3") && table.contains("status=500"), "{table}");

    let every = ["fault", "set", "--operation=wsc.getJobs", "--every=2", "--delivery=truncate"];
    emulator.run(&[&every[..], &["--after=10", "--executed=true"]].concat()).exits(0);
    let rule = &emulator.ask(&["fault", "list"])["faults"][0];
    let expected = json!([2, "truncate", 10, true]);
    assert_eq!(json!([rule["every"], rule["delivery"], rule["after"], rule["executed"]]), expected);

    let directory = Directory::new();
    fs::create_dir(directory.path()).expect("it can be made");
    let file = format!("{}/rules.json", directory.path());
    let both =
        r#"[{"operation":"wsc.getJobs","status":503},{"operation":"wsc.getReport","code":901}]"#;
    fs::write(&file, both).expect("it can be written");
    let set = emulator.ask(&["fault", "set", &format!("@{file}")]);
    assert_eq!(set, emulator.ask(&["fault", "set", both]));
    assert_eq!(set["faults"].as_array().map(Vec::len), Some(2));
    emulator.run(&["fault", "set", "@/nowhere"]).exits(2).says("/nowhere");
    for wrong in
        [&["--nth=1"][..], &["[]", "--status=500"], &["{"], &["--operation=a", "--delivery=b"], &[]]
    {
        emulator.run(&[&["fault", "set"], wrong].concat()).exits(2);
    }
    assert_eq!(emulator.ask(&["fault", "clear"]), json!({ "faults": [] }));
}

#[test]
fn the_clock() {
    let emulator = Detached::start(&["--clock", "manual"]);
    emulator.shell("exec $0 scan --yes --detach").exits(0);
    let phase = |emulator: &Detached| {
        let shown = emulator.shell("exec $0 attach --latest --wait-timeout 0s");
        shown.code
    };
    assert_eq!(phase(&emulator), 8);
    let before = emulator.ask(&["clock"]);
    assert_eq!(before["time"], emulator.ask(&["clock", "show"])["time"]);
    assert_ne!(before["time"], emulator.ask(&["clock", "advance", "15m"])["time"]);
    assert_eq!(phase(&emulator), 0);
    assert_eq!(emulator.ask(&["clock", "set", "polls:3"])["mode"], "polls:3");
    emulator.run(&["clock", "set", "60"]).exits(2).says("a clock is real");
    emulator.run(&["clock", "set", "x4000000000"]).exits(2).says("the fastest clock");
    emulator.run(&["clock", "advance", "15x"]).exits(2).says("an advance is");
}

#[test]
fn the_ledger_and_a_reset() {
    let emulator = Detached::start(&["--clock", "x60000"]);
    let scan =
        "$0 scan --yes --output json && exec $0 scan --yes --url https://scenario-clean.test/";
    emulator.shell(scan).exits(0);
    emulator.run(&["ledger", "--assert", "2"]).exits(0);
    let wrong = emulator.run(&["ledger", "--assert", "1"]).exits(1);
    assert!(wrong.stdout.contains("vaddy.v2.startScan"), "{wrong:?}");
    let ledger = emulator.ask(&["ledger"]);
    assert_eq!(ledger["calls"].as_array().map(Vec::len), Some(2));
    assert_eq!(emulator.ask(&["status"])["billed"], 2);
    emulator.run(&["reset"]).exits(0);
    emulator.run(&["ledger", "--assert", "0"]).exits(0);
}

/// Sends a request as it is, and reads the head of its answer.
fn send(url: &str, request: &str) -> String {
    let mut stream = TcpStream::connect(&url["http://".len()..]).expect("it listens");
    stream.write_all(request.as_bytes()).expect("it reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers");
    answer
}

#[test]
fn a_refused_signature_is_explained() {
    let emulator = Detached::start(&[]);
    emulator.run(&["log"]).exits(0).says("nothing was asked yet");
    let wrong = "NCLOUD_SECRET_ACCESS_KEY=canary-secret $0 wsc job list";
    emulator.shell(wrong).exits(4);
    let timestamp = now().wall.unix_ms().cast_unsigned();
    let credential = Credential::new(keys::WSC_ACCESS_KEY, keys::WSC_SECRET_KEY).expect("a pair");
    // The query is left out of what is signed.
    let signature = sign("GET", "/api/v1/jobs", timestamp, &credential);
    let (key, signature) = (keys::WSC_ACCESS_KEY, signature.as_str());
    let request = format!(
        "GET /api/v1/jobs?page=1 HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
         x-ncp-apigw-timestamp: {timestamp}\r\nx-ncp-iam-access-key: {key}\r\n\
         x-ncp-apigw-signature-v2: {signature}\r\n\r\n"
    );
    assert!(send(&emulator.url(), &request).starts_with("HTTP/1.1 401"));
    // Also where the published key is set, and is no secret.
    let log = emulator.shell("exec $0 emulator log").exits(0).stdout;
    for text in [
        "unexplained: check the secret key first",
        "query-left-out: sign the query",
        &format!(r#"expected  "GET /api/v1/jobs?page=1\n{timestamp}\n{key}""#),
        &format!(r#"received  "GET /api/v1/jobs\n{timestamp}\n{key}""#),
        r"differs is 16, counted from 0: '?' was expected, '\n' received",
    ] {
        assert!(log.contains(text), "no {text:?} in {log}");
    }
    let json = emulator.ask(&["log"]);
    assert_eq!(json["requests"][1]["lesson"]["differs_at"], 16);
    for shown in [log, json.to_string()] {
        assert!(!shown.contains("canary") && !shown.contains(keys::WSC_SECRET_KEY), "{shown}");
        assert!(!shown.contains(signature), "{shown}");
    }
    assert_eq!(emulator.ask(&["status"])["refused_signatures"], 2);
    assert_eq!(emulator.ask(&["status"])["turned_away"], 0);
    assert!(send(&emulator.url(), "garbage\r\n\r\n").starts_with("HTTP/1.1 400"));
    assert_eq!(emulator.ask(&["status"])["turned_away"], 1);
}

#[test]
fn what_clients_write_cannot_act_on_a_terminal() {
    let emulator = Detached::start(&[]);
    let following = emulator.0.spawn(&["emulator", "log", "--follow"]);
    let body = "%1b%5b31m%0aforged=x&action=start";
    let request = format!(
        "POST /v2/scan HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: {}\r\n\
         content-type: application/x-www-form-urlencoded\r\n\r\n{body}",
        body.len()
    );
    send(&emulator.url(), &request);
    following.wait_for_stdout("\\u{1b}[31m\\u{a}forged");
    let log = emulator.run(&["log"]).exits(0).stdout;
    let json = emulator.run(&["log", "--output", "json"]).exits(0).stdout;
    assert!(json.contains("\\u001b[31m\\nforged"), "{json}");
    for shown in [log, json] {
        assert!(!shown.contains('\u{1b}') && !shown.contains("\nforged"), "{shown}");
    }
    emulator.run(&["stop"]).exits(0);
    following.finish().exits(9).says("does not answer");
}

#[test]
fn none_that_runs() {
    let machine = Machine::new(&[]);
    for command in [
        &["reset"][..],
        &["scenario", "list"],
        &["fault", "clear"],
        &["clock"],
        &["ledger"],
        &["log", "--follow"],
    ] {
        let run = machine.run(&[&["emulator"], command].concat()).exits(9);
        assert!(run.says("no emulator runs in this state directory").stdout.is_empty());
    }
    // An eval of nothing succeeds, and the next command would meet the real service.
    assert_eq!(machine.run(&["emulator", "env", "vaddy"]).exits(9).stdout, "false\n");
}
