//! Pipes that are closed or that nobody reads hold up neither a scan nor its record.

use std::{
    io::{self, PipeReader, PipeWriter, Read as _, Write as _},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use rustix::io::ioctl_fionbio;
use shindan_journal::{Journal, Phase};

use crate::{
    relay::{Relay, Way},
    support::{Directory, Emulator, LONGEST, SHINDAN, kill, spawn, the_run},
};

const SCAN: &[&str] = &["scan", "--fqdn", "www.example.jp", "--yes", "--fail-on", "never"];

struct Scene {
    relay: Relay,
    emulator: Emulator,
    state: Directory,
}

impl Scene {
    fn new(clock: &str) -> Self {
        let emulator = Emulator::start(clock);
        Self { relay: Relay::start(&emulator, |_, _| Way::Pass), emulator, state: Directory::new() }
    }

    fn spawn(&self, stdout: impl Into<Stdio>, stderr: impl Into<Stdio>) -> Child {
        let mut command = Command::new(SHINDAN);
        command.args(SCAN).env_clear().envs(self.relay.env(&self.emulator, &self.state));
        spawn(command.stdin(Stdio::null()).stdout(stdout).stderr(stderr))
    }

    fn phase(&self) -> Phase {
        assert_eq!(self.emulator.ledger(), (0, 1));
        the_run(&self.state).phase()
    }

    fn has_closed(&self) -> bool {
        let journal = Journal::open(self.state.path().as_ref()).expect("it can be opened");
        let runs = journal.runs().expect("they can be listed").runs;
        runs.iter().any(|view| matches!(view.run.phase(), Phase::Closed(_)))
    }
}

/// Not one byte more fits into it.
fn full() -> (PipeReader, PipeWriter) {
    let (reader, mut writer) = io::pipe().expect("there are pipes");
    ioctl_fionbio(&writer, true).expect("it is open");
    while writer.write(b"x").is_ok() {}
    ioctl_fionbio(&writer, false).expect("it is open");
    (reader, writer)
}

fn closed() -> PipeWriter {
    io::pipe().expect("there are pipes").1
}

fn until(mut done: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !done() {
        assert!(begun.elapsed() < LONGEST, "it takes too long");
        thread::sleep(Duration::from_millis(5));
    }
}

fn ends(mut child: Child) -> Option<i32> {
    until(|| child.try_wait().expect("it is our child").is_some());
    child.wait().expect("it is our child").code()
}

#[test]
fn stderr_that_nobody_reads() {
    let (scene, (_unread, stderr)) = (Scene::new("x60000000"), full());
    assert_eq!(ends(scene.spawn(Stdio::null(), stderr)), Some(0));
    assert_eq!(scene.phase(), Phase::Closed(0));
}

#[test]
fn a_signal_while_nobody_reads_stderr() {
    let (scene, (_unread, stderr)) = (Scene::new("x0"), full());
    let child = scene.spawn(Stdio::null(), stderr);
    until(|| scene.relay.count(|asked| asked.line.contains("/scan/result?")) > 0);
    kill("-TERM", &child.id().to_string());
    assert_eq!(ends(child), Some(143));
    assert!(matches!(scene.phase(), Phase::Started(_)));
}

#[test]
fn stderr_that_is_closed() {
    let scene = Scene::new("x60000000");
    assert_eq!(ends(scene.spawn(Stdio::null(), closed())), Some(0));
    assert_eq!(scene.phase(), Phase::Closed(0));
}

/// The answer waits for a reader, but nothing else does.
#[test]
fn stdout_that_nobody_reads() {
    let (scene, (mut unread, stdout)) = (Scene::new("x60000000"), full());
    let child = scene.spawn(stdout, Stdio::null());
    until(|| scene.has_closed());
    let mut read = Vec::new();
    unread.read_to_end(&mut read).expect("it is a pipe");
    assert!(String::from_utf8(read).expect("it is UTF-8").contains("TARGET"));
    assert_eq!(ends(child), Some(0));
}

#[test]
fn stdout_that_is_closed() {
    let scene = Scene::new("x60000000");
    assert_eq!(ends(scene.spawn(closed(), Stdio::null())), Some(11));
    assert_eq!(scene.phase(), Phase::Closed(0));
}
