//! Under a shell, as pipelines run it.

use std::{os::unix::process::CommandExt as _, process::Command};

use shindan_journal::Phase;

use crate::{
    relay::{Relay, Way},
    support::{Directory, Emulator, Running, SHINDAN, command_after, shindan, the_run},
};

const SCAN: &[&str] = &["scan", "--url", "https://shop.example/", "--yes"];

/// The shell has become the binary, so that a signal to the one reaches the other.
#[test]
fn with_exec() {
    for (signal, code) in [("-INT", 130), ("-TERM", 143)] {
        let (emulator, state) = (Emulator::start("x0"), Directory::new());
        let relay = Relay::start(&emulator, |_, _| Way::Pass);
        let mut bash = Command::new("/bin/bash");
        bash.args(["-c", r#"exec "$0" "$@""#, SHINDAN]).args(SCAN);
        let running = Running::launch(&mut bash, &relay.env(&emulator, &state));
        running.wait_for("pending");
        running.signal(signal);
        running.finish().exits(code).says("goes on");
        assert!(matches!(the_run(&state).phase(), Phase::Started(_)));
        assert_eq!(emulator.ledger(), (1, 0));
    }
}

/// The shell waits for its command and hands no signal on, and then everything is killed. What was told at the
/// beginning is enough to go on.
#[test]
fn without_exec() {
    let (emulator, state) = (Emulator::start("x0"), Directory::new());
    let relay = Relay::start(&emulator, |_, _| Way::Pass);
    let env = relay.env(&emulator, &state);
    let mut bash = Command::new("/bin/bash");
    bash.args(["-e", "-c", "\"$0\" \"$@\"\necho done", SHINDAN]).args(SCAN).process_group(0);
    let running = Running::launch(&mut bash, &env);
    running.wait_for("pending");
    running.signal("-INT");
    running.signal("-TERM");
    running.signal_group("-KILL");
    let run = running.finish();
    assert!(!run.stderr.contains("nobody waits") && run.stdout.is_empty(), "{run:?}");
    assert!(matches!(the_run(&state).phase(), Phase::Started(_)));
    let told = command_after(&run.stderr, "go on with:");
    let args: Vec<_> = told.iter().map(String::as_str).chain(["--wait-timeout", "0s"]).collect();
    shindan(&args, &env).exits(8).says("pending");
    assert_eq!(emulator.ledger(), (1, 0));
}
