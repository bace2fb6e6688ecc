//! The real binary, killed at a random time, round after round: no scan is started twice, and none is lost.
//!
//! `SHINDAN_KILL_ROUNDS` and `SHINDAN_KILL_SEED` set how many rounds there are and what they draw, and
//! `SHINDAN_KILL_ROUND` plays one of them alone and tells what happened. What a round does depends on the seed and
//! its number, but not where exactly its kill falls.

#![cfg(unix)]

mod draw;
mod plan;
mod process;
mod promises;
mod round;
mod server;

use std::{
    collections::{BTreeMap, BTreeSet},
    env, panic,
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::Instant,
};

use promises::Broken;
use round::{Round, Window};

/// Most of a round is waiting.
const AT_ONCE: usize = 24;
/// How many failed rounds are told in full.
const TOLD: usize = 3;

#[test]
fn a_killed_start_is_neither_doubled_nor_lost() {
    let seed = variable("SHINDAN_KILL_SEED").unwrap_or(20_261_121);
    let rounds = match variable("SHINDAN_KILL_ROUND") {
        Some(round) => round..round + 1,
        None => 0..variable("SHINDAN_KILL_ROUNDS").unwrap_or(200),
    };
    let (begun, total, next) =
        (Instant::now(), rounds.end - rounds.start, AtomicU64::new(rounds.start));
    let played = Mutex::new(Tally { tell_all: total == 1, ..Tally::default() });
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= rounds.end {
                        return;
                    }
                    let round = panic::catch_unwind(|| Round::play(seed, number));
                    let mut tally = played.lock().expect("nobody panics with it");
                    match round {
                        Ok(round) => tally.add(&round),
                        Err(_) => {
                            tally.failed.insert(number);
                        }
                    }
                }
            });
        }
    });
    let tally = played.into_inner().expect("nobody panics with it");
    let seconds = begun.elapsed().as_secs_f64();
    eprintln!("{total} rounds with seed {seed} in {seconds:.1} s; the kill fell");
    for (window, count) in &tally.windows {
        eprintln!("{count:>6} {window}");
    }
    eprintln!("{:>6} doubles, {} lost, {} false claims", tally.doubles, tally.lost, tally.claims);
    for (broken, rounds) in &tally.broken {
        eprintln!("{:>6} {broken:?}, first in round {:?}", rounds.len(), rounds.first());
    }
    for story in &tally.stories {
        eprintln!("{story}");
    }
    let met = |window| tally.windows.contains_key(&window);
    let all = [Window::BeforeSent, Window::InFlight { executed: true }, Window::AfterOutcome];
    assert!(
        total < 100 || all.into_iter().all(met),
        "the kills miss where they would tell something"
    );
    let failed = tally.failed;
    assert!(failed.is_empty(), "seed {seed}, rounds {failed:?}");
}

fn variable(name: &str) -> Option<u64> {
    env::var(name).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{name} is a number")))
}

#[derive(Default)]
struct Tally {
    windows: BTreeMap<Window, usize>,
    doubles: usize,
    lost: usize,
    claims: usize,
    /// In which rounds.
    broken: BTreeMap<Broken, BTreeSet<u64>>,
    failed: BTreeSet<u64>,
    /// Not only what failed.
    tell_all: bool,
    stories: Vec<String>,
}

impl Tally {
    fn add(&mut self, round: &Round) {
        *self.windows.entry(round.window).or_default() += 1;
        let any = |kind: fn(&Broken) -> bool| usize::from(round.broken.iter().any(kind));
        self.doubles += any(|broken| matches!(broken, Broken::Double(_)));
        self.lost += any(|broken| matches!(broken, Broken::Lost(_)));
        self.claims += any(|broken| matches!(broken, Broken::Claim(_)));
        for broken in &round.broken {
            self.broken.entry(broken.clone()).or_default().insert(round.number);
        }
        if !round.broken.is_empty() {
            self.failed.insert(round.number);
        }
        if (self.tell_all || !round.broken.is_empty()) && self.stories.len() < TOLD {
            self.stories.push(format!("{:?}\n{round:?}", round.broken));
        }
    }
}
