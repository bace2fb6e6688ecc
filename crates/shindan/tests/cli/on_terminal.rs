//! INT and TERM on a terminal, and the question that is asked there.

use std::{fs::File, io::Write, process::Command, thread};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use shindan_journal::{Journal, Phase};

use crate::{
    canned::Asked,
    relay::{Relay, Way},
    support::{Directory, Emulator, Run, Running, SHINDAN, command_after, shindan, the_run},
};

pub(crate) const WSC: &[&str] = &["scan", "--url", "https://shop.example/", "--yes"];
const VADDY: &[&str] = &["scan", "--fqdn", "www.example.jp", "--yes"];

pub(crate) struct Scene {
    emulator: Emulator,
    relay: Relay,
    state: Directory,
    /// What is written here is typed.
    pub(crate) terminal: File,
}

impl Scene {
    /// The binary with a terminal as stdin and stderr.
    fn new(args: &[&str], way: fn(&Asked, bool) -> Way) -> (Self, Running) {
        Self::with(args, &[], way)
    }

    /// The same with more variables.
    pub(crate) fn with(
        args: &[&str],
        more: &[(&str, &str)],
        way: fn(&Asked, bool) -> Way,
    ) -> (Self, Running) {
        let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC);
        let terminal = File::from(terminal.expect("there are terminals"));
        grantpt(&terminal).and_then(|()| unlockpt(&terminal)).expect("it is ours");
        let name = ptsname(&terminal, Vec::new()).expect("it has a name");
        let side = File::options().read(true).write(true).open(name.to_str().expect("ASCII"));
        let side = side.expect("it is unlocked");
        let emulator = Emulator::start("x0");
        let (relay, state) = (Relay::start(&emulator, way), Directory::new());
        let mut command = Command::new(SHINDAN);
        command.args(args).stdin(side.try_clone().expect("it is open")).stderr(side);
        let read = terminal.try_clone().expect("it is open");
        let env = [&relay.env(&emulator, &state), more].concat();
        let running = Running::connect(&mut command, read, &env);
        (Self { emulator, relay, state, terminal }, running)
    }

    fn left(&self, cancels: usize, scans: u64) -> Phase {
        let (wsc, vaddy) = self.emulator.ledger();
        assert_eq!((self.relay.count(Asked::is_cancel), wsc + vaddy), (cancels, scans));
        the_run(&self.state).phase()
    }

    /// The command that was told works, and the scan still runs.
    fn goes_on(&self, run: &Run) {
        self.relay.open();
        let told = command_after(&run.stderr, "follow it again with:");
        let args: Vec<_> =
            told.iter().map(String::as_str).chain(["--wait-timeout", "0s"]).collect();
        shindan(&args, &self.relay.env(&self.emulator, &self.state)).exits(8);
        assert!(matches!(self.left(self.relay.count(Asked::is_cancel), 1), Phase::Started(_)));
    }

    fn sent_nothing(&self) {
        let journal = Journal::open(self.state.path().as_ref()).expect("it can be opened");
        assert!(journal.runs().expect("they can be listed").runs.is_empty());
        // What would be free was asked, and nothing else.
        assert_eq!(self.relay.count(|asked| !asked.is_lookup()), 0);
    }
}

fn both(check: impl Fn(&[&str], &str) + Sync) {
    thread::scope(|scope| {
        scope.spawn(|| check(WSC, "pending"));
        scope.spawn(|| check(VADDY, "scanning"));
    });
}

/// The only test that waits for the end of the countdown.
#[test]
fn the_countdown_ends() {
    both(|args, at| {
        let (scene, running) = Scene::new(args, |_, _| Way::Pass);
        running.wait_for(at);
        running.signal("-INT");
        running.wait_for("follow it again with: shindan attach");
        for left in ["5 s", "4 s", "3 s", "2 s", "1 s"] {
            running.wait_for(&format!("leaving in {left}; Ctrl-C again"));
        }
        let run = running.finish().exits(130).says("nobody waits for");
        assert!(matches!(scene.left(0, 1), Phase::Started(_)));
        scene.goes_on(&run);
    });
}

#[test]
fn a_second_int_ends_the_scan() {
    both(|args, at| {
        let (scene, running) = Scene::new(args, |_, _| Way::Pass);
        running.wait_for(at);
        running.signal("-INT");
        running.wait_for("leaving in 5 s");
        running.signal("-INT");
        let run = running.finish().exits(3).says("asking the service").says("ended early");
        assert!(run.stderr.contains("agreed to end it"), "{run:?}");
        assert_eq!(scene.left(1, 1), Phase::Closed(3));
    });
}

#[test]
fn a_third_int_leaves() {
    both(|args, at| {
        let way = |asked: &Asked, _| if asked.is_cancel() { Way::Never } else { Way::Pass };
        let (scene, running) = Scene::new(args, way);
        running.wait_for(at);
        running.signal("-INT");
        running.wait_for("leaving in 5 s");
        running.signal("-INT");
        scene.relay.wait_for(Asked::is_cancel);
        running.signal("-INT");
        let run = running.finish().exits(130).says("has not agreed to end");
        assert_eq!(scene.relay.count(Asked::is_cancel), 1);
        scene.goes_on(&run);
    });
}

#[test]
fn term_leaves() {
    both(|args, at| {
        for first in [None, Some("-INT")] {
            let (scene, running) = Scene::new(args, |_, _| Way::Pass);
            running.wait_for(at);
            if let Some(first) = first {
                running.signal(first);
                running.wait_for("leaving in 5 s");
            }
            running.signal("-TERM");
            let run = running.finish().exits(if first.is_none() { 143 } else { 130 });
            assert_eq!(run.stderr.contains("leaving in"), first.is_some(), "{run:?}");
            assert_eq!(scene.relay.count(Asked::is_cancel), 0);
            scene.goes_on(&run);
        }
    });
}

/// The first signal ends the scan, and nobody leaves before it has ended.
#[test]
fn int_may_mean_to_end_the_scan() {
    both(|args, at| {
        let args: Vec<_> = args.iter().copied().chain(["--on-interrupt", "cancel"]).collect();
        let (scene, running) = Scene::new(&args, |_, _| Way::Pass);
        running.wait_for(at);
        running.signal("-INT");
        running.finish().exits(3).says("agreed to end it").says("ended early");
        assert_eq!(scene.left(1, 1), Phase::Closed(3));
    });
}

/// Nothing is started while a countdown would run, so there is none.
#[test]
fn before_a_start() {
    both(|args, _| {
        let way = |asked: &Asked, _| if asked.is_lookup() { Way::Pass } else { Way::Later };
        let (scene, running) = Scene::new(args, way);
        scene.relay.wait_for(|asked| !asked.is_lookup());
        running.signal("-INT");
        let run = running.finish().exits(130).says("before anything was started");
        scene.relay.open();
        assert!(!run.stderr.contains("goes on") && !run.stderr.contains("leaving in"), "{run:?}");
        assert_eq!(scene.left(0, 0), Phase::NotStarted);
    });
}

#[test]
fn the_question() {
    let args = &WSC[..3];
    let question =
        "Start 1 billable scan of shop.example?\r\nIs shop.example yours to be scanned? [y/N]";
    thread::scope(|scope| {
        scope.spawn(|| {
            let detached = [args, &["--detach"]].concat();
            let (mut scene, running) = Scene::new(&detached, |_, _| Way::Pass);
            running.wait_for(question);
            scene.terminal.write_all(b"y\n").expect("it is open");
            running.finish().exits(0);
            assert!(matches!(scene.left(0, 1), Phase::Started(_)));
        });
        scope.spawn(|| {
            let (mut scene, running) = Scene::new(args, |_, _| Way::Pass);
            running.wait_for(question);
            scene.terminal.write_all(b"n\n").expect("it is open");
            running.finish().exits(5).says("the answer was not yes");
            scene.sent_nothing();
        });
        for signal in ["-INT", "-TERM"] {
            scope.spawn(move || {
                let (scene, running) = Scene::new(args, |_, _| Way::Pass);
                running.wait_for(question);
                running.signal(signal);
                // It dies of the signal.
                running.finish().exits(-1);
                scene.sent_nothing();
            });
        }
    });
}
