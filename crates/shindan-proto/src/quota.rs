//! How many more retries all calls of a target may make together.

use core::sync::atomic::{AtomicU32, Ordering};

use shindan_wire::Effect;

use crate::{Sent, retry::CameBack};

/// A full bucket.
const FULL: u32 = 500;
/// What a retry takes out of it.
const RETRY: u32 = 5;
/// What a retry takes after no answer at all: the other side may be drowning.
const RETRY_UNANSWERED: u32 = 10;
/// What a success puts back.
const SUCCESS: u32 = 1;

/// Two buckets, so that no number of failed polls keeps a start or a cancel from being tried again.
#[derive(Debug)]
pub(crate) struct Quota {
    reads: AtomicU32,
    changes: AtomicU32,
}

impl Default for Quota {
    fn default() -> Self {
        Self { reads: AtomicU32::new(FULL), changes: AtomicU32::new(FULL) }
    }
}

impl Quota {
    /// Pays for a retry; whether there was enough left.
    pub(crate) fn pay(&self, effect: Effect, came_back: CameBack<'_>) -> bool {
        let cost = match came_back {
            CameBack::Nothing(Sent::Perhaps) => RETRY_UNANSWERED,
            CameBack::Nothing(Sent::Never) | CameBack::Fault(..) | CameBack::Unreadable => RETRY,
        };
        let pay = |left: u32| left.checked_sub(cost);
        self.bucket(effect).fetch_update(Ordering::Relaxed, Ordering::Relaxed, pay).is_ok()
    }

    pub(crate) fn refill(&self, effect: Effect) {
        let refill = |left: u32| Some((left + SUCCESS).min(FULL));
        let bucket = self.bucket(effect);
        bucket
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, refill)
            .expect("a bucket can always be filled");
    }

    fn bucket(&self, effect: Effect) -> &AtomicU32 {
        match effect {
            Effect::Read => &self.reads,
            Effect::Converge | Effect::Once | Effect::Billed => &self.changes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn retries(quota: &Quota, effect: Effect, came_back: CameBack<'_>) -> usize {
        (0..1_000).take_while(|_| quota.pay(effect, came_back)).count()
    }

    #[test]
    fn reads_leave_the_bucket_of_changes_alone() {
        let quota = Quota::default();
        assert_eq!(retries(&quota, Effect::Read, CameBack::Nothing(Sent::Perhaps)), 50);
        assert_eq!(retries(&quota, Effect::Read, CameBack::Nothing(Sent::Never)), 0);
        assert_eq!(retries(&quota, Effect::Billed, CameBack::Nothing(Sent::Never)), 100);
        assert_eq!(retries(&quota, Effect::Converge, CameBack::Unreadable), 0);
    }

    #[test]
    fn five_successes_pay_for_a_retry_and_a_bucket_does_not_overflow() {
        let quota = Quota::default();
        quota.refill(Effect::Read);
        assert_eq!(retries(&quota, Effect::Read, CameBack::Nothing(Sent::Never)), 100);
        for enough in [false, false, false, false, true] {
            quota.refill(Effect::Read);
            assert_eq!(quota.pay(Effect::Read, CameBack::Nothing(Sent::Never)), enough);
        }
    }
}
