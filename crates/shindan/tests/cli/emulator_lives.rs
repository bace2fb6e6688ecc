//! `emulator start`, `status` and `stop`: one emulator in a state directory, however the last one ended.

use std::{
    fs::{self, File},
    net::TcpListener,
    os::unix::fs::PermissionsExt as _,
    path::PathBuf,
    process::Command,
};

use serde_json::{Value, json};

use crate::{
    machine::Machine,
    support::{Run, Running, SHINDAN, kill, spawn},
};

/// A machine on which an emulator can run by itself; it ends with its owner.
pub(crate) struct Detached(pub(crate) Machine);

impl Detached {
    pub(crate) fn start(options: &[&str]) -> Self {
        let detached = Self(Machine::new(&[]));
        detached.0.run(&[&["emulator", "start", "--detach"], options].concat()).exits(0);
        detached
    }

    /// One of the commands of `emulator`.
    pub(crate) fn run(&self, command: &[&str]) -> Run {
        self.0.run(&[&["emulator"], command].concat())
    }

    /// The same, and its answer.
    pub(crate) fn ask(&self, command: &[&str]) -> Value {
        self.run(&[command, &["--output", "json"]].concat()).exits(0).json()
    }

    pub(crate) fn url(&self) -> String {
        self.ask(&["status"])["url"].as_str().expect("a text").to_owned()
    }

    /// In a shell that has evaluated what `emulator env` prints; `$0` is the tool.
    pub(crate) fn shell(&self, script: &str) -> Run {
        let script = format!("eval \"$($0 emulator env)\"\n{script}");
        let mut command = Command::new("sh");
        Running::launch(command.args(["-c", &script, SHINDAN]), &self.0.env()).finish()
    }

    fn file(&self, name: &str) -> PathBuf {
        PathBuf::from(self.0.state()).join(name)
    }
}

impl Drop for Detached {
    fn drop(&mut self) {
        let stop = ["emulator", "stop", "--state-dir", self.0.state()];
        let _ = Command::new(SHINDAN).args(stop).output();
    }
}

#[test]
fn detached_used_and_stopped() {
    let machine = Detached(Machine::new(&[]));
    let script = "eval \"$($0 emulator start --detach --clock x60000)\"
        set -e
        $0 scan --yes --project-id p
        $0 emulator ledger --assert 1
        $0 emulator stop
        $0 scan --yes --project-id p";
    let mut shell = Command::new("sh");
    let run = Running::launch(shell.args(["-c", script, SHINDAN]), &machine.0.env()).finish();
    let run = run.exits(9).says("was ended").says("no usable answer");
    assert!(run.stdout.contains("would have been charged: 1 (wsc 0, vaddy 1)"), "{run:?}");
    machine.run(&["status"]).exits(9).says("shindan emulator start --detach");
    let status = machine.run(&["status", "--output", "json"]).exits(9).json();
    assert_eq!(status, serde_json::json!({ "running": false }));
    machine.run(&["stop"]).exits(0).says("no emulator runs");
    assert!(!machine.file("emulator.json").exists());
}

#[test]
fn one_in_the_foreground_is_stopped() {
    let machine = Detached(Machine::new(&[]));
    let running = machine.0.spawn(&["emulator", "start", "--output", "json"]);
    running.wait_for_stdout("\n");
    let status = machine.ask(&["status"]);
    assert_eq!((&status["running"], &status["process"]), (&true.into(), &running.id().into()));
    machine.run(&["stop"]).exits(0);
    let record = running.finish().exits(0).json();
    assert_eq!((&record["url"], &record["process"]), (&status["url"], &status["process"]));
}

#[test]
fn a_second_one_is_refused() {
    let first = Detached::start(&[]);
    let status = first.ask(&["status"]);
    let log = fs::read(first.file("emulator.log")).expect("it is there");
    for (start, stdout) in [(&["start"][..], ""), (&["start", "--detach"], "false\n")] {
        let refused = first.run(start).exits(9).says(&first.url());
        assert_eq!(refused.says(&format!("process {}", status["process"])).stdout, stdout);
    }
    assert_eq!(first.ask(&["status"])["process"], status["process"]);
    assert_eq!(fs::read(first.file("emulator.log")).expect("it is there"), log);
    // Nobody else reads them.
    for name in ["emulator.json", "emulator.log", "emulator.lock"] {
        let mode = fs::metadata(first.file(name)).expect("it is there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    // In another directory there is room.
    assert_ne!(Detached::start(&[]).url(), first.url());
}

#[test]
fn of_those_that_start_at_once_one_runs() {
    let machine = Detached(Machine::new(&[]));
    let all = [(); 6].map(|()| machine.0.spawn(&["emulator", "start", "--detach"]));
    let runs = all.map(Running::finish);
    let started: Vec<_> = runs.iter().filter(|run| run.code == 0).collect();
    let [one] = &started[..] else { panic!("not exactly one: {runs:?}") };
    assert!(one.stdout.contains(&machine.url()), "{one:?}");
    assert!(runs.iter().all(|run| run.code == 0 || run.code == 9), "{runs:?}");
}

#[test]
fn a_port_that_is_taken() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("there are ports");
    let taken = listener.local_addr().expect("it listens");
    // Who also has the port of IPv6 is still one; not every machine has that.
    let _both = TcpListener::bind(("::1", taken.port()));
    let taken = taken.to_string();
    let machine = Detached(Machine::new(&[]));
    for options in [&[][..], &["--detach"]] {
        let start = [&["start", "--listen", &taken], options].concat();
        let refused = machine.run(&start).exits(9).says(&format!("{taken} is taken by "));
        if cfg!(target_os = "linux") {
            refused.says(&format!("process {}", std::process::id()));
        }
    }
    let tls = ["start", "--tls", "--tls-listen", &taken];
    machine.run(&tls).exits(9).says(&format!("{taken} is taken by "));
    let emulator = Detached::start(&[]);
    let url = emulator.url();
    let taken = url.strip_prefix("http://").expect("a url");
    machine.run(&["start", "--listen", taken]).exits(9).says("is taken by an emulator");
}

#[test]
fn a_record_that_cannot_be_read_is_kept() {
    let newer = r#"{"format":2,"process":1,"url":"http://127.0.0.1:1"}"#;
    for record in ["", "\0garbage", newer, r#"{"format":1}"#, r#"{"format":"1"}"#] {
        let machine = Detached(Machine::new(&[]));
        machine.run(&["stop"]).exits(0);
        let file = machine.file("emulator.json");
        fs::write(&file, record).expect("it can be written");
        for command in [&["start"][..], &["start", "--detach"], &["status"], &["stop"], &["log"]] {
            machine.run(command).exits(11).says("emulator.json").says("it was left as it is");
        }
        assert_eq!(fs::read_to_string(file).expect("it is there"), record);
    }
}

/// A record of a dead emulator whose process number and port are others' by now, while something has the lock.
#[test]
fn who_only_has_its_number_or_its_port_is_left_alone() {
    let other = Detached::start(&[]);
    for url in ["http://127.0.0.1:1", &other.url()] {
        let machine = Detached(Machine::new(&[]));
        machine.run(&["stop"]).exits(0);
        let mut stranger = spawn(Command::new("sleep").arg("60"));
        let stale =
            json!({ "format": 1, "process": stranger.id(), "instance": "ABCD", "url": url });
        fs::write(machine.file("emulator.json"), stale.to_string()).expect("it can be written");
        let lock = File::open(machine.file("emulator.lock")).expect("it is there");
        lock.lock().expect("it is free");
        let stop = machine.run(&["stop"]);
        let ended = stranger.try_wait().expect("it is ours");
        stranger.kill().expect("it is ours");
        stranger.wait().expect("it is ours");
        assert_eq!(ended, None, "{stop:?}");
        stop.exits(9).says(&format!("process {}", stranger.id())).says("by hand");
        drop(lock);
        machine.run(&["stop"]).exits(0).says("no emulator runs");
    }
    other.ask(&["status"]);
}

/// Else `eval "$(shindan emulator env bogus)" && shindan scan --yes` would meet the real service.
#[test]
fn who_evaluates_a_failure_does_not_go_on() {
    let machine = Detached(Machine::new(&[]));
    for command in [
        &["env", "bogus"][..],
        &["env", "wsc", "vaddy"],
        &["start", "--detach", "--status-lang", "xx"],
        &["start", "--detach", "--seed", "-1"],
        &["start", "--detach", "--scenario", "foo"],
        &["start", "--detach", "--clok", "x60"],
        &["start", "--detatch"],
        &["strat", "--detach"],
    ] {
        assert_eq!(machine.run(command).exits(2).stdout, "false\n", "{command:?}");
        let json = [&["--output", "json", "emulator"], command].concat();
        assert_eq!(machine.0.run(&json).exits(2).stdout, "", "{command:?}");
    }
    for other in
        [&["emulator", "status", "--bogus"][..], &["scan", "--detach", "--bogus"], &["bogus"]]
    {
        assert_eq!(machine.0.run(other).exits(2).stdout, "");
    }
}

/// Its keys are none of the emulator's.
#[cfg(target_os = "linux")]
#[test]
fn a_detached_one_is_given_no_secrets() {
    let machine = Detached(Machine::new(&[]));
    let secrets = ["NCLOUD_SECRET_KEY", "NCLOUD_ACCESS_KEY_ID", "VADDY_TOKEN", "VADDY_AUTH_KEY"];
    let env = secrets.map(|name| (name, "canary"));
    machine.0.run_with(&["emulator", "start", "--detach"], &env).exits(0);
    let process = machine.ask(&["status"])["process"].to_string();
    let given = fs::read(format!("/proc/{process}/environ")).expect("it runs");
    let given = String::from_utf8_lossy(&given);
    assert!(given.contains("SHINDAN_STATE_DIR=") && !given.contains("canary"), "{given}");
}

#[test]
fn a_killed_one_leaves_nothing_that_blocks() {
    let machine = Detached::start(&[]);
    let process = machine.ask(&["status"])["process"].to_string();
    kill("-KILL", &process);
    // Not our child: when it is gone, only its lock says.
    assert!((0..1_000).any(|_| machine.run(&["status"]).code == 9), "it still runs");
    assert!(machine.file("emulator.json").exists());
    machine.run(&["status"]).exits(9).says("no emulator runs");
    machine.run(&["stop"]).exits(0);
    machine.run(&["start", "--detach"]).exits(0);
    assert_ne!(machine.ask(&["status"])["process"].to_string(), process);
}

#[test]
fn a_child_that_fails_is_told_about() {
    let machine = Detached(Machine::new(&[]));
    let file = std::env::current_exe().expect("this test has a file");
    let file = file.to_str().expect("its path is Unicode");
    let tls = ["start", "--detach", "--tls", file];
    let run = machine.run(&tls).exits(11).says("error: the emulator cannot serve https");
    assert_eq!(run.stdout, "false\n");
    machine.run(&["status"]).exits(9);
}

#[test]
fn an_exposed_one_is_warned_about() {
    for options in [&["--detach"][..], &["--detach", "--tls"]] {
        let machine = Detached(Machine::new(&[]));
        let start = [&["start", "--expose", "--listen", "0.0.0.0:0"], options].concat();
        let run =
            machine.run(&start).exits(0).says("warning: other machines can use both services");
        assert!(!run.stdout.contains("0.0.0.0"), "{run:?}");
        assert!(machine.url().starts_with("http://127.0.0.1:"));
    }
}
