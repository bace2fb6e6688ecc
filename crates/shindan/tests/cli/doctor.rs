//! `doctor`: each thing that can be in the way, what is said of it, and that asking costs nothing.

use std::{fs, net::TcpListener, os::unix::fs::PermissionsExt};

use serde_json::Value;
use shindan_journal::Record;

use crate::{
    canned::{Canned, NO_JOBS, answer, ok},
    machine::Machine,
    support::{Directory, Emulator, Run, shindan},
};

fn doctor(env: &[(&str, &str)]) -> Run {
    shindan(&["doctor", "--output", "json"], env)
}

/// What was found by one check.
fn check<'v>(told: &'v Value, of: &str, name: &str) -> &'v Value {
    let all = told["checks"].as_array().expect("there are checks");
    let found = all.iter().find(|one| one["of"] == of && one["name"] == name);
    found.unwrap_or_else(|| panic!("no {of} {name} in {told}"))
}

fn is(told: &Value, name: (&str, &str), status: &str, says: &str) {
    let found = check(told, name.0, name.1);
    assert_eq!(found["status"], status, "{found}");
    assert!(found["says"].as_str().expect("it is text").contains(says), "{found}");
    let mended = status == "ok" || found["help"].as_array().is_some_and(|help| !help.is_empty());
    assert!(mended, "nothing says what to do: {found}");
}

#[test]
fn a_machine_on_which_all_is_well() {
    let emulator = Emulator::start("x60000000");
    let machine = Machine::new(&emulator.env_with(&[("VADDY_PROJECT_ID", "p")]));
    let told = machine.run(&["doctor", "--output", "json"]).exits(0).json();
    for (of, name, says) in [
        ("here", "state", "can be written and locked"),
        ("here", "runs", "0 runs"),
        ("wsc", "keys", "…"),
        ("wsc", "endpoint", "is an emulator"),
        ("wsc", "proxy", "asked directly"),
        ("wsc", "dns", "is 127.0.0.1"),
        ("wsc", "connection", "there was an answer"),
        ("wsc", "clock", "right to 2 s"),
        ("wsc", "permission", "could be listed"),
        ("vaddy", "endpoint", "is an emulator"),
        ("vaddy", "permission", "project p could be asked for"),
    ] {
        is(&told, (of, name), "ok", says);
    }
    is(&told, ("wsc", "addresses"), "skipped", "no address");
    is(&told, ("vaddy", "addresses"), "skipped", "fixed addresses");
    assert_eq!(told["exit"], 0);
    let table = machine.run(&["doctor"]).exits(0).stdout;
    assert!(table.starts_with("STATUS   OF     CHECK"), "{table}");
    assert!(table.contains("help: "), "{table}");
    assert_eq!(emulator.ledger(), (0, 0));
    assert!(machine.runs().is_empty());
}

#[test]
fn a_service_without_keys_is_left_out_if_the_other_has_some() {
    let server = Canned::always(ok(NO_JOBS));
    let [wsc, _, key, secret, ..] = server.env();
    let told = doctor(&[wsc, key, secret]).exits(0).json();
    is(&told, ("vaddy", "keys"), "skipped", "there are none");
    is(&told, ("wsc", "permission"), "ok", "");
    let told = doctor(&[]).exits(4).json();
    is(&told, ("vaddy", "keys"), "failed", "no credentials for VAddy");
    is(&told, ("wsc", "keys"), "failed", "no credentials for NAVER Cloud");
    // Half a pair was meant to be one.
    let told = doctor(&[wsc, key, secret, ("VADDY_USER", "u")]).exits(4).json();
    is(&told, ("vaddy", "keys"), "failed", "other half");
}

#[test]
fn what_a_service_answers() {
    let long_ago = "date: Sat, 21 Nov 2015 12:00:00 GMT\r\n";
    let unknown = r#"{"error":{"errorCode":"200","message":"Authentication Failed","details":"Client ID does not exist."}}"#;
    let forbidden = r#"{"error":{"errorCode":"210","message":"Permission Denied"}}"#;
    for (reply, exit, status, says) in [
        (answer("401 Unauthorized", "", unknown), 4, "failed", "access key looks wrong"),
        (answer("401 Unauthorized", "", forbidden), 4, "failed", "Permission Denied"),
        (answer("200 OK", "", "<html>"), 10, "failed", "markup"),
        (answer("200 OK", long_ago, NO_JOBS), 0, "ok", "could be listed"),
    ] {
        let server = Canned::always(reply);
        let [wsc, _, key, secret, ..] = server.env();
        let told = doctor(&[wsc, key, secret]).exits(exit).json();
        is(&told, ("wsc", "permission"), status, says);
        is(&told, ("wsc", "connection"), "ok", "");
        let clock = if says == "could be listed" { "warning" } else { "skipped" };
        is(&told, ("wsc", "clock"), clock, "");
        assert!(server.asked().iter().all(|asked| !asked.is_start()));
    }
}

#[test]
fn a_service_that_cannot_be_reached() {
    let unused = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let url = format!("http://{}", unused.local_addr().expect("it is bound"));
    drop(unused);
    let keys = [("VADDY_USER", "u"), ("VADDY_TOKEN", "canary")];
    let env = [&keys[..], &[("VADDY_API_SERVER", &url), ("VADDY_HOST", "h")]].concat();
    let told = doctor(&env).exits(9).json();
    is(&told, ("vaddy", "connection"), "failed", "no usable answer");
    is(&told, ("vaddy", "permission"), "skipped", "no answer");
    // Without a project there is nothing to ask for.
    let told = doctor(&env[..3]).exits(0).json();
    is(&told, ("vaddy", "permission"), "skipped", "no project");
    let both = [&env[..], &[("VADDY_PROJECT_ID", "p")]].concat();
    is(&doctor(&both).exits(2).json(), ("vaddy", "project"), "failed", "only one can be");
    // No name has such a label, so no name server is asked.
    let nowhere = format!("https://{}.invalid", "a".repeat(64));
    let env = [&keys[..], &[("VADDY_API_SERVER", &*nowhere)]].concat();
    is(&doctor(&env).exits(9).json(), ("vaddy", "dns"), "failed", "no address");
}

#[test]
fn a_service_that_never_answers() {
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let url = format!("http://{}", silent.local_addr().expect("it is bound"));
    let keys = [("VADDY_USER", "u"), ("VADDY_TOKEN", "canary"), ("VADDY_PROJECT_ID", "p")];
    let told = doctor(&[&keys[..], &[("VADDY_API_SERVER", &url)]].concat()).exits(9).json();
    is(&told, ("vaddy", "connection"), "failed", "no usable answer within 10s");
}

#[test]
fn settings_that_do_not_fit_together() {
    let server = Canned::always(ok(NO_JOBS));
    let keys = &server.env()[2..4];
    // The proxy is there, so that nobody outside is asked, and it refuses.
    let proxy = ("HTTPS_PROXY", server.url.as_str());
    let gateway = ("NCLOUD_API_GW", "https://ncloud.apigw.gov-ntruss.com");
    let env = [keys, &[proxy, gateway, ("NCLOUD_SITE", "public")]].concat();
    let run = doctor(&env);
    let told = run.json();
    is(&told, ("wsc", "endpoint"), "warning", "NCLOUD_API_GW names the gov cloud");
    is(&told, ("wsc", "proxy"), "ok", "asked through 127.0.0.1:");
    is(&told, ("wsc", "dns"), "ok", "is 127.0.0.1");

    let env = [keys, &[("HTTPS_PROXY", "socks5://proxy.example:1")]].concat();
    let told = doctor(&env).exits(2).json();
    is(&told, ("here", "network"), "failed", "HTTPS_PROXY");
    assert!(server.asked().iter().all(|asked| asked.line.starts_with("CONNECT")));

    let told = doctor(&[("SHINDAN_CONFIG", "/no/such/shindan.toml")]).exits(2).json();
    is(&told, ("here", "settings"), "failed", "there is no file");
    is(&told, ("here", "services"), "skipped", "not asked");
}

#[test]
fn how_other_tools_read_the_vendors_file() {
    let home = Directory::new();
    let folder = format!("{}/.ncloud", home.path());
    fs::create_dir_all(&folder).expect("it can be made");
    let path = format!("{folder}/configure");
    let section =
        "ncloud_access_key_id = AAAA0123456789AAAA\nncloud_secret_access_key = canary==\n";
    let server = Canned::always(ok(NO_JOBS));
    let env = [("HOME", home.path()), server.env()[0]];
    for (text, status, says) in [
        (section.replace("canary==", "canary"), "ok", "as this one does"),
        (section.to_owned(), "warning", "contains a ="),
        (format!("{section}[ci]\n{section}"), "warning", "the last one, ci"),
    ] {
        fs::write(&path, text).expect("it can be written");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("it is ours");
        let run = doctor(&env).exits(0);
        assert!(!run.stdout.contains("canary"), "{run:?}");
        is(&run.json(), ("here", "~/.ncloud"), status, says);
        is(&run.json(), ("wsc", "keys"), "ok", "section DEFAULT");
    }
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).expect("it is ours");
    is(&doctor(&env).exits(4).json(), ("wsc", "keys"), "failed", "read by others");
}

#[test]
fn a_start_of_which_nothing_is_known() {
    let server = Canned::always(ok(NO_JOBS));
    let [wsc, _, key, secret, ..] = server.env();
    let machine = Machine::new(&[wsc, key, secret]);
    let sent = Record::Sent { at_ms: 1_800_000_000_000, baseline_ids: Vec::new() };
    let run = machine.recorded(1_800_000_000_000, "shop.example", &[sent]);
    let before = machine.files();
    let told = machine.run(&["doctor", "--output", "json"]).exits(0).json();
    is(&told, ("here", "runs"), "warning", &run.to_string());
    let help = check(&told, "here", "runs")["help"].to_string();
    assert!(help.contains(&format!("runs reconcile {run}")), "{help}");
    assert_eq!(machine.files(), before);
}

#[test]
fn a_state_directory_that_cannot_be_written() {
    let file = std::env::current_exe().expect("this test has a file");
    let file = file.to_str().expect("its path is Unicode");
    let server = Canned::always(ok(NO_JOBS));
    let [wsc, _, key, secret, ..] = server.env();
    let told = doctor(&[wsc, key, secret, ("SHINDAN_STATE_DIR", file)]).exits(11).json();
    is(&told, ("here", "state"), "failed", "cannot");
}
