//! Random draws that depend on nothing but the seed and the number of the round.

use std::time::Duration;

/// A splitmix64 generator.
#[derive(Debug)]
pub(crate) struct Draw(u64);

impl Draw {
    pub(crate) fn new(seed: u64, round: u64) -> Self {
        let mut rounds = Self(seed);
        Self(rounds.next() ^ round.wrapping_mul(0xd6e8_feb8_6659_fd93))
    }

    /// Less than `end`.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    pub(crate) fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    /// Less than this many milliseconds, in microseconds.
    pub(crate) fn ms(&mut self, end: u64) -> Duration {
        Duration::from_micros(self.below(end * 1_000))
    }

    pub(crate) fn pick<T: Copy>(&mut self, all: &[T]) -> T {
        let place = self.below(all.len() as u64);
        all[usize::try_from(place).expect("it is a place in memory")]
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}
