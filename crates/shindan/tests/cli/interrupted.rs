//! INT and TERM without a terminal: what is said and recorded, and that the scan goes on.

use std::thread;

use shindan_journal::{Class, Phase};

use crate::{
    canned::Asked,
    relay::{Relay, Way},
    support::{Directory, Emulator, Run, Running, command_after, shindan, the_run},
};

const WSC: &[&str] = &["scan", "--url", "https://shop.example/", "--yes"];
const VADDY: &[&str] = &["scan", "--fqdn", "www.example.jp", "--yes", "--output", "json"];
const WSC_DETACHED: &[&str] = &["wsc", "job", "create", "--url", "https://shop.example/", "--yes"];
const VADDY_DETACHED: &[&str] = &["vaddy", "scan", "start", "--project-id", "p", "--yes"];
const ALL: [&[&str]; 4] = [WSC, VADDY, WSC_DETACHED, VADDY_DETACHED];
const SIGNALS: [(&str, i32); 2] = [("-INT", 130), ("-TERM", 143)];

/// A start that is interrupted.
struct Round {
    emulator: Emulator,
    relay: Relay,
    state: Directory,
    run: Run,
}

impl Round {
    /// Sends the first signal when `reached` returns, and each other one when the one before it was seen.
    fn new(
        args: &[&str],
        way: fn(&Asked, bool) -> Way,
        reached: impl Fn(&Relay, &Running),
        signals: &[&str],
    ) -> Self {
        let (emulator, state) = (Emulator::start("x0"), Directory::new());
        let relay = Relay::start(&emulator, way);
        let running = Running::spawn(args, &relay.env(&emulator, &state));
        reached(&relay, &running);
        for (n, signal) in signals.iter().enumerate() {
            if n > 0 {
                running.wait_for("waiting up to 4 s for the answer");
            }
            running.signal(signal);
        }
        let run = running.finish();
        assert_eq!(relay.count(Asked::is_cancel), 0, "{run:?}");
        Self { emulator, relay, state, run }
    }

    /// Checks what was left, and returns the phase of the run's start. Nobody holds its lock.
    fn left(&self, code: i32, scans: u64) -> Phase {
        assert_eq!(self.run.code, code, "{:?}", self.run);
        let (wsc, vaddy) = self.emulator.ledger();
        assert_eq!(wsc + vaddy, scans, "{:?}", self.run);
        the_run(&self.state).phase()
    }

    /// Runs the command that was told after `text`, with everything passing.
    fn go_on(&self, text: &str, more: &[&str]) -> Run {
        self.relay.open();
        let told = command_after(&self.run.stderr, text);
        let args: Vec<_> = told.iter().map(String::as_str).chain(more.iter().copied()).collect();
        shindan(&args, &self.relay.env(&self.emulator, &self.state))
    }
}

/// Runs each of them at the same time: most of them wait for an answer that never comes.
fn at_once<T: Send>(rounds: impl IntoIterator<Item = T>, check: impl Fn(T) + Sync) {
    thread::scope(|scope| {
        for round in rounds {
            let check = &check;
            scope.spawn(move || check(round));
        }
    });
}

fn all_with_signals() -> impl Iterator<Item = (&'static [&'static str], &'static str, i32)> {
    ALL.into_iter().flat_map(|args| SIGNALS.map(|(signal, code)| (args, signal, code)))
}

/// The first question is never answered.
#[test]
fn before_a_start() {
    at_once(all_with_signals(), |(args, signal, code)| {
        let asked = |relay: &Relay, _: &Running| relay.wait_for(|asked| !asked.is_lookup());
        let way = |asked: &Asked, _| if asked.is_lookup() { Way::Pass } else { Way::Never };
        let round = Round::new(args, way, asked, &[signal]);
        assert!(round.run.stderr.contains("before anything was started"), "{:?}", round.run);
        assert_eq!(round.left(code, 0), Phase::NotStarted);
        round.go_on("go on with:", &[]).exits(6).says("has started nothing");
    });
}

/// The start is carried out and never answered, so the process has to end by itself.
#[test]
fn while_a_start_is_on_its_way() {
    let ways = [&["-INT"][..], &["-TERM"], &["-INT", "-INT"], &["-INT", "-TERM"]];
    at_once(
        ALL.into_iter().flat_map(|args| ways.map(|signals| (args, signals))),
        |(args, signals)| {
            let way = |asked: &Asked, _| if asked.is_start() { Way::Mute } else { Way::Pass };
            let sent = |relay: &Relay, _: &Running| relay.wait_for(Asked::is_start);
            let round = Round::new(args, way, sent, signals);
            assert!(round.run.stderr.contains("do not start it again"), "{:?}", round.run);
            assert_eq!(round.left(7, 1), Phase::Unknown);
            // It did not wait until the connection was given up.
            let [outcome] = &the_run(&round.state).outcomes[..] else { panic!("not one outcome") };
            assert_eq!(outcome.evidence, "interrupted before the answer");
            reconciled(&round, args);
            assert_eq!(round.relay.count(Asked::is_start), 1);
        },
    );
}

/// The answer comes after the signal, and is not lost.
#[test]
fn while_a_start_is_answered() {
    for (args, code) in [(VADDY, 130), (VADDY_DETACHED, 0), (WSC, 130), (WSC_DETACHED, 130)] {
        let (emulator, state) = (Emulator::start("x0"), Directory::new());
        let way = |asked: &Asked, _| if asked.is_start() { Way::Later } else { Way::Pass };
        let relay = Relay::start(&emulator, way);
        let running = Running::spawn(args, &relay.env(&emulator, &state));
        relay.wait_for(Asked::is_start);
        running.signal("-INT");
        running.wait_for("on its way");
        relay.open();
        running.finish().exits(code);
        let class = the_run(&state).outcomes[0].class;
        let known = if args[0] == "wsc" || args == WSC { Class::Accepted } else { Class::Started };
        assert_eq!(class, known, "{args:?}");
    }
}

/// The answer says nothing, and what could say more is never answered.
#[test]
fn while_an_unknown_start_is_looked_for() {
    at_once(all_with_signals(), |(args, signal, _)| {
        let way = |asked: &Asked, started| match started {
            _ if asked.is_start() => Way::Instead("<html>"),
            true => Way::Never,
            false => Way::Pass,
        };
        let looking = |_: &Relay, running: &Running| running.wait_for("looking for what it left");
        let round = Round::new(args, way, looking, &[signal]);
        assert!(!round.run.stderr.contains("waiting up to"), "{:?}", round.run);
        assert_eq!(round.left(7, 1), Phase::Unknown);
        reconciled(&round, args);
    });
}

/// WSC's list finds the token; VAddy's lists name a scan only when it has ended, and here none ever ends.
fn reconciled(round: &Round, args: &[&str]) {
    let wsc = args == WSC || args == WSC_DETACHED;
    let more = ["--settle", "1s", "--wait-timeout", "1s"];
    round.go_on("find out with:", &more).exits(if wsc { 0 } else { 7 });
    let phase = the_run(&round.state).phase();
    assert!(if wsc { matches!(phase, Phase::Started(_)) } else { phase == Phase::Unknown });
}

/// The scan exists, but its number is not known yet.
#[test]
fn while_a_number_is_looked_for() {
    let rounds = [WSC, WSC_DETACHED].map(|args| SIGNALS.map(|(signal, code)| (args, signal, code)));
    at_once(rounds.into_iter().flatten(), |(args, signal, code)| {
        let way = |_: &Asked, started| if started { Way::Never } else { Way::Pass };
        let looking = |_: &Relay, running: &Running| running.wait_for("looking for its number");
        let round = Round::new(args, way, looking, &[signal]);
        assert_eq!(round.left(code, 1), Phase::Accepted);
        let more = ["--wait-timeout", "0s", "--settle", "1s"];
        round.go_on("follow it again with:", &more).exits(8).says("pending");
    });
}

#[test]
fn while_waiting() {
    let rounds = [(WSC, "pending"), (VADDY, "scanning")];
    let rounds = rounds.map(|round| SIGNALS.map(|(signal, code)| (round, signal, code)));
    at_once(rounds.into_iter().flatten(), |((args, at), signal, code)| {
        let polled = |_: &Relay, running: &Running| running.wait_for(at);
        let round = Round::new(args, |_, _| Way::Pass, polled, &[signal]);
        assert!(matches!(round.left(code, 1), Phase::Started(_)));
        assert!(round.run.stderr.contains("goes on"), "{:?}", round.run);
        round.go_on("follow it again with:", &["--wait-timeout", "0s"]).exits(8).says(at);
    });
}

/// `attach` and `runs reconcile`, while they look for what a killed process has left.
#[test]
fn while_a_lost_start_is_looked_for() {
    let commands = [(WSC, "attach"), (VADDY, "attach"), (WSC, "reconcile"), (VADDY, "reconcile")];
    let rounds = commands.map(|round| SIGNALS.map(|(signal, code)| (round, signal, code)));
    at_once(rounds.into_iter().flatten(), |((args, command), signal, code)| {
        let way = |asked: &Asked, started| match started {
            _ if asked.is_start() => Way::Mute,
            true => Way::Never,
            false => Way::Pass,
        };
        let sent = |relay: &Relay, _: &Running| relay.wait_for(Asked::is_start);
        let round = Round::new(args, way, sent, &["-KILL"]);
        assert_eq!(round.left(-1, 1), Phase::InFlight);
        let env = round.relay.env(&round.emulator, &round.state);
        let again = match command {
            "attach" => Running::spawn(&["attach", "--latest"], &env),
            _ => Running::spawn(&["runs", "reconcile"], &env),
        };
        again.wait_for("looking for what it left");
        again.signal(signal);
        again.finish().exits(if command == "attach" { 7 } else { code });
        assert_eq!(the_run(&round.state).phase(), Phase::InFlight);
    });
}

/// `attach`, while its first question is not answered, and between two.
#[test]
fn while_a_scan_is_followed_again() {
    let ways: [fn(&Asked, bool) -> Way; 2] = [
        |_, _| Way::Pass,
        |asked, _| if asked.line.contains("result?") { Way::Never } else { Way::Pass },
    ];
    at_once(
        ways.into_iter().flat_map(|way| SIGNALS.map(|(signal, code)| (way, signal, code))),
        |(way, signal, code)| {
            let (emulator, state) = (Emulator::start("x0"), Directory::new());
            let relay = Relay::start(&emulator, way);
            let env = relay.env(&emulator, &state);
            shindan(VADDY_DETACHED, &env).exits(0);
            let polled = |asked: &Asked| asked.line.contains("result?");
            for named in [true, false] {
                let id = the_run(&state).ids()[0].to_owned();
                let before = relay.count(polled);
                let what = if named { format!("vaddy:{id}") } else { "--latest".to_owned() };
                let running = Running::spawn(&["attach", &what], &env);
                relay.wait_for_more(polled, before);
                running.signal(signal);
                running.finish().exits(code).says("goes on");
                assert!(matches!(the_run(&state).phase(), Phase::Started(_)));
            }
            relay.open();
            shindan(&["attach", "--latest", "--wait-timeout", "0s"], &env).exits(8);
            assert_eq!(emulator.ledger(), (0, 1));
        },
    );
}
