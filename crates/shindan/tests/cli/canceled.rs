//! `--on-interrupt cancel` without a terminal: the service is asked once, and nobody waits for long.

use std::thread;

use shindan_journal::Phase;

use crate::{
    canned::Asked,
    relay::{Relay, Way},
    support::{Directory, Emulator, Running, shindan, the_run},
};

const WSC: &[&str] =
    &["scan", "--url", "https://shop.example/", "--yes", "--on-interrupt", "cancel"];
const VADDY: &[&str] = &["scan", "--fqdn", "www.example.jp", "--yes", "--on-interrupt", "cancel"];
const SIGNALS: [(&str, i32); 2] = [("-INT", 130), ("-TERM", 143)];

struct Scene {
    emulator: Emulator,
    relay: Relay,
    state: Directory,
}

impl Scene {
    fn new(way: fn(&Asked, bool) -> Way) -> Self {
        let emulator = Emulator::start("x0");
        Self { relay: Relay::start(&emulator, way), emulator, state: Directory::new() }
    }

    fn spawn(&self, args: &[&str]) -> Running {
        Running::spawn(args, &self.relay.env(&self.emulator, &self.state))
    }

    /// The scan that was started has ended, after so many cancels.
    fn ended(&self, cancels: usize) {
        assert_eq!(self.relay.count(Asked::is_cancel), cancels);
        self.relay.open();
        let env = self.relay.env(&self.emulator, &self.state);
        shindan(&["attach", "--latest"], &env).exits(3).says("ended early");
        self.started_once();
    }

    /// The scan that was started goes on.
    fn goes_on(&self) {
        self.relay.open();
        let env = self.relay.env(&self.emulator, &self.state);
        shindan(&["attach", "--latest", "--wait-timeout", "0s"], &env).exits(8);
        self.started_once();
    }

    fn started_once(&self) {
        assert!(matches!(the_run(&self.state).phase(), Phase::Started(_) | Phase::Closed(3)));
        assert_eq!(self.relay.count(Asked::is_start), 1);
        let (wsc, vaddy) = self.emulator.ledger();
        assert_eq!(wsc + vaddy, 1);
    }
}

fn at_once(check: impl Fn(&[&str], &str, &str, i32) + Sync) {
    thread::scope(|scope| {
        for (args, at) in [(WSC, "pending"), (VADDY, "scanning")] {
            for (signal, code) in SIGNALS {
                let check = &check;
                scope.spawn(move || check(args, at, signal, code));
            }
        }
    });
}

#[test]
fn while_waiting() {
    at_once(|args, at, signal, code| {
        let scene = Scene::new(|_, _| Way::Pass);
        let running = scene.spawn(args);
        running.wait_for(at);
        running.signal(signal);
        running.finish().exits(code).says("agreed to end");
        scene.ended(1);
    });
}

/// It is followed by `attach`, which cancels in the same way.
#[test]
fn while_followed_again() {
    let scene = Scene::new(|_, _| Way::Pass);
    scene.spawn(&["vaddy", "scan", "start", "--project-id", "p", "--yes"]).finish().exits(0);
    let running = scene.spawn(&["attach", "--latest", "--on-interrupt", "cancel"]);
    running.wait_for("scanning");
    running.signal("-TERM");
    running.finish().exits(143).says("agreed to end");
    scene.ended(1);
}

#[test]
fn without_an_answer() {
    at_once(|args, at, signal, code| {
        let way = |asked: &Asked, _| if asked.is_cancel() { Way::Never } else { Way::Pass };
        let scene = Scene::new(way);
        let running = scene.spawn(args);
        running.wait_for(at);
        running.signal(signal);
        running.finish().exits(code).says("has not agreed to end").says("shindan attach");
        assert_eq!(scene.relay.count(Asked::is_cancel), 1);
        scene.goes_on();
    });
}

/// While a question is not answered the service cannot be asked for anything, and nothing else is said.
#[test]
fn while_nothing_is_answered() {
    let scene = Scene::new(
        |asked, started| {
            if started && !asked.is_start() { Way::Never } else { Way::Pass }
        },
    );
    let running = scene.spawn(VADDY);
    scene.relay.wait_for(|asked| asked.line.contains("/scan/result?"));
    running.signal("-INT");
    running.finish().exits(130).says("has not agreed to end").says("shindan attach");
    assert_eq!(scene.relay.count(Asked::is_cancel), 0);
    scene.goes_on();
}

#[test]
fn a_second_signal_leaves() {
    at_once(|args, at, signal, code| {
        let way = |asked: &Asked, _| if asked.is_cancel() { Way::Never } else { Way::Pass };
        let scene = Scene::new(way);
        let running = scene.spawn(args);
        running.wait_for(at);
        running.signal(signal);
        scene.relay.wait_for(Asked::is_cancel);
        running.signal("-TERM");
        running.finish().exits(code);
        assert_eq!(scene.relay.count(Asked::is_cancel), 1);
        scene.goes_on();
    });
}

/// The answer comes after the signal, and the scan that it names is ended.
#[test]
fn while_a_start_is_answered() {
    at_once(|args, _, signal, code| {
        let way = |asked: &Asked, _| if asked.is_start() { Way::Later } else { Way::Pass };
        let scene = Scene::new(way);
        let running = scene.spawn(args);
        scene.relay.wait_for(Asked::is_start);
        running.signal(signal);
        running.wait_for("asking the service");
        scene.relay.open();
        running.finish().exits(code).says("agreed to end");
        scene.ended(1);
    });
}

#[test]
fn while_a_start_is_on_its_way() {
    at_once(|args, _, signal, _| {
        let way = |asked: &Asked, _| if asked.is_start() { Way::Never } else { Way::Pass };
        let scene = Scene::new(way);
        let running = scene.spawn(args);
        scene.relay.wait_for(Asked::is_start);
        running.signal(signal);
        running.finish().exits(7).says("do not start it again");
        assert_eq!(the_run(&scene.state).phase(), Phase::Unknown);
        assert_eq!((scene.relay.count(Asked::is_cancel), scene.emulator.ledger()), (0, (0, 0)));
    });
}

/// There is nothing to end, so nobody has to wait for anything.
#[test]
fn before_a_start() {
    at_once(|args, _, signal, code| {
        let scene = Scene::new(|asked, _| if asked.is_lookup() { Way::Pass } else { Way::Never });
        let running = scene.spawn(args);
        scene.relay.wait_for(|asked| !asked.is_lookup());
        running.signal(signal);
        let run = running.finish().exits(code).says("before anything was started");
        assert!(!run.stderr.contains("asking the service"), "{run:?}");
        assert_eq!(the_run(&scene.state).phase(), Phase::NotStarted);
        assert_eq!(scene.emulator.ledger(), (0, 0));
    });
}
