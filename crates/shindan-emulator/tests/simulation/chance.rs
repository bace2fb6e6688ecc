//! Where everything that may go one way or another is decided.

use std::time::Duration;

use crate::world::{Fate, Kind};

/// Decides; what it does not decide goes its usual way.
pub(crate) trait Chance {
    fn fate(&mut self, kind: Kind) -> Fate;

    /// Whether something on the way sends a start a second time.
    fn replayed(&mut self) -> bool {
        false
    }

    fn latency(&mut self) -> Duration {
        Duration::from_millis(50)
    }

    /// Whether somebody asks for the end at this exchange or rest.
    fn cancel(&mut self) -> bool {
        false
    }

    /// How long the machine sleeps instead of waking up in time.
    fn oversleep(&mut self) -> Duration {
        Duration::ZERO
    }

    /// By how much the machine's calendar is set anew, in ms.
    fn calendar_jump(&mut self) -> i64 {
        0
    }
}

/// Everything works.
pub(crate) struct Luck;

impl Chance for Luck {
    fn fate(&mut self, _kind: Kind) -> Fate {
        Fate::Works
    }
}

pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        let mut random = Self(seed ^ 0x9e37_79b9_7f4a_7c15);
        random.below(1);
        random
    }

    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        // xorshift64*
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % bound.max(1)
    }

    pub(crate) fn per_cent(&mut self, chance: u64) -> bool {
        self.below(100) < chance
    }

    pub(crate) fn seconds(&mut self, bound: u64) -> Duration {
        Duration::from_secs(self.below(bound))
    }

    pub(crate) fn one_of<T: Copy>(&mut self, of: &[T]) -> T {
        of[usize::try_from(self.below(of.len() as u64)).expect("it is an index")]
    }

    /// When a client dies.
    pub(crate) fn steps(&mut self) -> u32 {
        // Most of what can be lost is lost early.
        let bound = self.one_of(&[16, 60]);
        u32::try_from(self.below(bound)).expect("it is small")
    }
}
