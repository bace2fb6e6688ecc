//! Whether an exchange that brought no result is made again: a pure function of what is known.

use core::time::Duration;

use http::{HeaderMap, header};
use shindan_wire::{Effect, FaultKind};

use crate::{Now, Sent, Timestamp};

/// How patiently one operation is called.
#[derive(Clone, Debug)]
#[expect(
    clippy::exhaustive_structs,
    reason = "callers fill in what they want and take the rest from the default"
)]
pub struct RetryPolicy {
    /// Attempts of a read, the first included.
    pub read_attempts: u32,
    /// Attempts of anything else; more than one is made only if the one before was certainly not executed.
    pub change_attempts: u32,
    /// The first delay; it doubles.
    pub first: Duration,
    /// The longest delay that we choose ourselves.
    pub most: Duration,
    /// No attempt begins later than this after the first one.
    pub within: Duration,
    /// Every delay is drawn between zero and its bound from this seed.
    pub seed: u64,
    /// Whether a refusal by a server with another clock makes us adopt that clock.
    pub adopt_clock: bool,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            read_attempts: 5,
            change_attempts: 3,
            first: Duration::from_millis(500),
            most: Duration::from_secs(20),
            within: Duration::from_secs(300),
            seed: 0,
            adopt_clock: true,
        }
    }
}

/// What to do after an attempt without a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a caller must handle each of them")]
pub enum Verdict {
    /// Make another attempt after this delay, with a new signature.
    Retry(Duration),
    /// It was refused, and asking again changes nothing.
    Stop,
    /// It could be asked again, but there was enough of that.
    GiveUp,
    /// It may have been executed: look before anything is sent again.
    Ambiguous,
}

/// What an attempt without a result brought.
#[derive(Clone, Copy, Debug)]
#[expect(
    clippy::exhaustive_enums,
    reason = "there are no other ways to come back from the network"
)]
pub enum CameBack<'a> {
    /// No complete answer.
    Nothing(Sent),
    /// A refusal, with the answer's headers.
    Fault(FaultKind, &'a HeaderMap),
    /// A success that cannot be read.
    Unreadable,
}

/// Skew beyond this explains a refused signature; the service's window is five minutes.
const SKEW_THRESHOLD_MS: i64 = 4 * 60 * 1000;
/// A clock that is further off is not believed.
const SKEW_MOST_MS: i64 = 24 * 60 * 60 * 1000;
/// An exchange that took longer says nothing about the clock.
const MEASURABLE: Duration = Duration::from_secs(15 * 60);
/// How much longer than our own delay a server may make us wait.
const RETRY_AFTER_MARGIN: Duration = Duration::from_secs(60);

/// The retries of one operation.
#[derive(Clone, Debug)]
pub struct Retry {
    policy: RetryPolicy,
    effect: Effect,
    begun: Duration,
    attempts: u32,
    adopted_clock: bool,
    random: u64,
}

impl Retry {
    /// For an operation that begins now; equal seeds give equal delays.
    pub fn new(policy: &RetryPolicy, effect: Effect, now: Now) -> Self {
        Self {
            policy: policy.clone(),
            effect,
            begun: now.mono,
            attempts: 0,
            adopted_clock: false,
            random: policy.seed,
        }
    }

    /// The next attempt had to wait so long for its turn; that is no time of the service's.
    pub fn waited(&mut self, by: Duration) {
        self.begun = self.begun.saturating_add(by);
    }

    /// Attempts judged so far.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Judges an attempt that was begun at `sent` and ended at `now`. `skew_ms` is what the request
    /// was signed with; it is replaced if the server's clock explains the refusal.
    ///
    /// The HTTP method plays no part.
    pub fn judge(
        &mut self,
        sent: Now,
        now: Now,
        came_back: CameBack<'_>,
        skew_ms: &mut i64,
    ) -> Verdict {
        self.attempts += 1;
        let read = self.effect == Effect::Read;
        match came_back {
            CameBack::Nothing(Sent::Never) => self.again(now, None),
            CameBack::Nothing(Sent::Perhaps) if read => self.again(now, None),
            CameBack::Fault(FaultKind::Throttled, headers) => self.again(now, retry_after(headers)),
            CameBack::Fault(FaultKind::Server | FaultKind::CatchAll, headers) if read => {
                self.again(now, retry_after(headers))
            }
            CameBack::Fault(FaultKind::Unauthenticated, headers) => {
                self.adopt_clock(server_ahead_ms(sent, now, headers), skew_ms)
            }
            CameBack::Fault(FaultKind::Quota | FaultKind::Forbidden | FaultKind::Refused, _) => {
                Verdict::Stop
            }
            CameBack::Fault(FaultKind::Unrecognized, _) | CameBack::Unreadable if read => {
                Verdict::Stop
            }
            CameBack::Nothing(Sent::Perhaps)
            | CameBack::Fault(
                FaultKind::Server | FaultKind::CatchAll | FaultKind::Unrecognized,
                _,
            )
            | CameBack::Unreadable => Verdict::Ambiguous,
        }
    }

    fn adopt_clock(&mut self, measured: Option<i64>, skew_ms: &mut i64) -> Verdict {
        let believable = measured.filter(|ms| {
            ms.abs() <= SKEW_MOST_MS && ms.saturating_sub(*skew_ms).abs() > SKEW_THRESHOLD_MS
        });
        match believable {
            Some(measured) if self.policy.adopt_clock && !self.adopted_clock => {
                self.adopted_clock = true;
                *skew_ms = measured;
                Verdict::Retry(Duration::ZERO)
            }
            _ => Verdict::Stop,
        }
    }

    fn again(&mut self, now: Now, asked: Option<Duration>) -> Verdict {
        let most = if self.effect == Effect::Read {
            self.policy.read_attempts
        } else {
            self.policy.change_attempts
        };
        if self.attempts >= most {
            return Verdict::GiveUp;
        }
        let doublings = (self.attempts - 1).min(20);
        let bound = self.policy.first.saturating_mul(1 << doublings).min(self.policy.most);
        let ours = fraction(bound, &mut self.random);
        let delay = asked.map_or(ours, |asked| asked.clamp(ours, ours + RETRY_AFTER_MARGIN));
        let begins = now.mono.saturating_sub(self.begun) + delay;
        if begins > self.policy.within { Verdict::GiveUp } else { Verdict::Retry(delay) }
    }
}

/// A duration between zero and the bound.
pub(crate) fn fraction(bound: Duration, random: &mut u64) -> Duration {
    // splitmix64
    *random = random.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *random;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^= z >> 31;
    let nanos = bound.as_nanos() * u128::from(z) / u128::from(u64::MAX);
    Duration::from_nanos(nanos.try_into().unwrap_or(u64::MAX))
}

/// How far the server's clock is ahead of ours in ms: its `Date` less the middle of the exchange.
///
/// Nothing, if the answer comes from a cache, has no readable `Date` or took longer than 15 minutes.
pub(crate) fn server_ahead_ms(sent: Now, now: Now, headers: &HeaderMap) -> Option<i64> {
    if headers.contains_key(header::AGE) || now.mono.saturating_sub(sent.mono) > MEASURABLE {
        return None;
    }
    let half: i64 = (now.mono.saturating_sub(sent.mono) / 2).as_millis().try_into().ok()?;
    Some(date(headers)?.unix_ms() - sent.wall.plus_ms(half).unix_ms())
}

/// A date is read against the answer's own `Date`, so that our clock plays no part.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let ms = Timestamp::from_http_date(text)?.unix_ms() - date(headers)?.unix_ms();
    Some(Duration::from_millis(ms.try_into().unwrap_or(0)))
}

/// What the server's clock showed when it answered.
pub(crate) fn date(headers: &HeaderMap) -> Option<Timestamp> {
    Timestamp::from_http_date(headers.get(header::DATE)?.to_str().ok()?)
}
