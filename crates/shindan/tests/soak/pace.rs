//! What all clients share: where the emulator is, how fast they may be, and what has happened.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use crate::child::Memory;

pub(crate) struct Soak {
    pub(crate) address: SocketAddr,
    pub(crate) seed: u64,
    pub(crate) begun: Instant,
    lasts: Duration,
    /// Between two requests.
    step: Duration,
    /// When the next request may leave.
    next: Mutex<Instant>,
    counts: Mutex<BTreeMap<String, u64>>,
}

/// What must have happened even in a short run.
const EVERYTHING: [&str; 4] = ["requests of clients", "abuses", "control calls", "faults"];
const DOUBLES: &str = "doubles";

impl Soak {
    pub(crate) fn new(address: SocketAddr, seed: u64, rate: u64, lasts: Duration) -> Self {
        let begun = Instant::now();
        let step = Duration::from_secs(1) / u32::try_from(rate.max(1)).unwrap_or(u32::MAX);
        let counts = Mutex::default();
        Self { address, seed, begun, lasts, step, next: Mutex::new(begun), counts }
    }

    pub(crate) fn left(&self) -> Duration {
        self.lasts.saturating_sub(self.begun.elapsed())
    }

    pub(crate) fn is_over(&self) -> bool {
        self.left().is_zero()
    }

    /// How long a request must wait until it may leave.
    pub(crate) fn turn(&self) -> Duration {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let turn = (*next).max(now);
        *next = turn + self.step;
        turn - now
    }

    pub(crate) fn count(&self, what: &str, times: u64) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        *counts.entry(what.to_owned()).or_default() += times;
    }

    pub(crate) fn tell(&self, minute: u64, memory: Memory) {
        let [clients, abuses, controls, faults] = EVERYTHING.map(|what| self.of(what));
        eprintln!(
            "minute {minute}: {} requests ({clients} of clients, {abuses} abuses, {controls} control calls), \
             {faults} faults, RSS {} KiB, at most {} KiB",
            clients + abuses + controls,
            memory.now,
            memory.most,
        );
    }

    pub(crate) fn tell_end(&self) {
        for (what, times) in self.counts.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            eprintln!("{times:>9} {what}");
        }
    }

    pub(crate) fn double(&self) {
        self.count(DOUBLES, 1);
    }

    pub(crate) fn doubles(&self) -> u64 {
        self.of(DOUBLES)
    }

    pub(crate) fn has_done_everything(&self) -> bool {
        EVERYTHING.iter().all(|what| self.of(what) > 0)
    }

    fn of(&self, what: &str) -> u64 {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.get(what).copied().unwrap_or_default()
    }
}
