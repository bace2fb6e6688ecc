//! The real `shindan emulator start` under load, faults and abuse, for as long as is wanted: it does not panic, and
//! its memory does not grow.
//!
//! `SHINDAN_SOAK_SECONDS`, `SHINDAN_SOAK_SEED` and `SHINDAN_SOAK_RATE` set how long it runs, what is drawn, and how
//! many requests are sent in a second at most. What each client draws depends on the seed alone, but not how
//! the clients fall upon one another.

#![cfg(target_os = "linux")]

mod child;
mod clients;
mod controls;
#[path = "../killed/draw.rs"]
mod draw;
mod hostile;
mod pace;

use std::{env, sync::Arc, thread, time::Duration};

use child::Child;
use pace::Soak;

/// How many threads abuse the server, and how many clients are well-behaved.
const HOSTILE: u64 = 3;
const CLIENTS: u64 = 12;
/// What the binary writes when it panics.
const PANIC: &str = "internal error at";
/// Memory is compared only after a run that is long enough for it: what is kept is full by then.
const LONG: Duration = Duration::from_secs(600);

#[test]
fn it_lives_through_load_and_faults() {
    let lasts = Duration::from_secs(variable("SHINDAN_SOAK_SECONDS").unwrap_or(3));
    let seed = variable("SHINDAN_SOAK_SEED").unwrap_or(20_261_121);
    let rate = variable("SHINDAN_SOAK_RATE").unwrap_or(200);
    eprintln!("seed {seed}, at most {rate} requests a second, for {} s", lasts.as_secs());
    let mut child = Child::start(&["--clock", "x1000", "--seed", &(seed % 1_000).to_string()]);
    let soak = Arc::new(Soak::new(child.address(), seed, rate, lasts));
    let mut threads = Vec::new();
    for nth in 0..HOSTILE {
        let soak = Arc::clone(&soak);
        threads.push(thread::spawn(move || hostile::run(&soak, CLIENTS + nth)));
    }
    for nth in 0..CLIENTS {
        let soak = Arc::clone(&soak);
        threads.push(thread::spawn(move || clients::run(&soak, nth)));
    }
    threads.push(thread::spawn({
        let soak = Arc::clone(&soak);
        move || controls::run(&soak)
    }));
    let rss = watch(&mut child, &soak);
    for thread in threads {
        thread.join().expect("a client does not panic");
    }
    controls::is_well(soak.address);
    let said = child.end();
    soak.tell_end();
    assert!(!said.contains(PANIC), "the emulator has panicked:\n{said}");
    assert_eq!(soak.doubles(), 0, "a diagnosis was started twice for one intent");
    assert!(soak.has_done_everything(), "nothing was tried of something");
    judge(&rss, lasts);
}

/// Takes its memory every second, in KiB, and tells how it goes every minute.
fn watch(child: &mut Child, soak: &Soak) -> Vec<u64> {
    let (mut rss, mut told) = (Vec::new(), 0);
    while !soak.is_over() {
        thread::sleep(Duration::from_secs(1).min(soak.left()));
        let memory = child.memory();
        rss.push(memory.now);
        let minute = soak.begun.elapsed().as_secs() / 60;
        if minute > told {
            told = minute;
            soak.tell(minute, memory);
        }
    }
    soak.tell(soak.begun.elapsed().as_secs() / 60, child.memory());
    rss
}

/// The first quarter of a run is for warming up. Memory is flat if the median of the last quarter is at most a
/// tenth and 4 MiB above that of the second one.
fn judge(rss: &[u64], lasts: Duration) {
    let quarter = |nth: usize| {
        let mut part = rss[rss.len() * nth / 4..rss.len() * (nth + 1) / 4].to_vec();
        part.sort_unstable();
        part.get(part.len() / 2).copied().unwrap_or_default()
    };
    let [first, warm, third, end] = [0, 1, 2, 3].map(quarter);
    eprintln!("median RSS of the four quarters: {first}, {warm}, {third} and {end} KiB");
    if lasts < LONG {
        eprintln!("too short to judge its memory; that takes {} s", LONG.as_secs());
        return;
    }
    assert!(end <= warm + warm / 10 + 4_096, "memory has grown from {warm} to {end} KiB");
    eprintln!("memory is flat, and nothing has panicked");
}

fn variable(name: &str) -> Option<u64> {
    env::var(name).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{name} is a number")))
}
