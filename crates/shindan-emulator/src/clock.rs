//! The emulator's own time.

use core::{fmt, str::FromStr, time::Duration};

use http::HeaderValue;
use shindan_proto::Timestamp;
use vaddy_model::UtcTime;

/// How long a job or scan takes from its start to its end, in ms of the emulator's time.
pub const SCAN_MS: i64 = 60_000;

/// How the time of jobs and scans runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a control page has a button for each")]
pub enum Clock {
    /// So many times as fast as real time; 0 stops it.
    Times(u32),
    /// It stands still until it is advanced.
    Manual,
    /// It stands still, and a job or scan has ended when it was asked for so many times: a WSC job by a list
    /// that shows it, a VAddy scan by a call for its result. One that takes longer is asked for more often.
    Polls(u32),
}

impl Clock {
    /// As fast as real time.
    pub const REAL: Self = Self::Times(1);
}

impl FromStr for Clock {
    type Err = InvalidClock;

    /// Reads `real`, `x60`, `manual` and `polls:3`.
    fn from_str(text: &str) -> Result<Self, InvalidClock> {
        let number = |text: &str| {
            let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
            digits.then(|| text.parse().ok()).flatten().ok_or(InvalidClock)
        };
        match (text, text.strip_prefix('x'), text.strip_prefix("polls:")) {
            ("real", ..) => Ok(Self::REAL),
            ("manual", ..) => Ok(Self::Manual),
            (_, Some(factor), _) => number(factor).map(Self::Times),
            (_, _, Some(polls)) => number(polls).map(Self::Polls),
            _ => Err(InvalidClock),
        }
    }
}

impl fmt::Display for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Times(1) => f.write_str("real"),
            Self::Times(factor) => write!(f, "x{factor}"),
            Self::Manual => f.write_str("manual"),
            Self::Polls(polls) => write!(f, "polls:{polls}"),
        }
    }
}

/// The text is no clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InvalidClock;

impl fmt::Display for InvalidClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "a clock is real, x60 (times as fast), manual, or polls:3 (ended at the third poll)",
        )
    }
}

impl core::error::Error for InvalidClock {}

/// The time of jobs and scans: it begins with real time and goes on as its clock says.
#[derive(Clone, Debug)]
pub(crate) struct Time {
    /// When the clock was set, in real time, and what it showed then.
    set_at: Timestamp,
    showed: Timestamp,
    clock: Clock,
}

impl Time {
    pub(crate) fn new(started: Timestamp) -> Self {
        Self { set_at: started, showed: started, clock: Clock::REAL }
    }

    pub(crate) fn clock(&self) -> Clock {
        self.clock
    }

    /// What it shows when real time is `now`.
    pub(crate) fn at(&self, now: Timestamp) -> Timestamp {
        let speed = match self.clock {
            Clock::Times(factor) => factor,
            Clock::Manual | Clock::Polls(_) => 0,
        };
        self.showed.plus_ms(since(self.set_at, now).saturating_mul(speed.into()))
    }

    /// From now on it runs in another way; it does not jump.
    pub(crate) fn set(&mut self, now: Timestamp, clock: Clock) {
        *self = Self { set_at: now, showed: self.at(now), clock };
    }

    /// It jumps forward.
    pub(crate) fn advance(&mut self, by: Duration) {
        self.showed = self.showed.plus_ms(i64::try_from(by.as_millis()).unwrap_or(i64::MAX));
    }

    /// The same clock, going on from what it showed at `then` as if it had been stopped until `now`.
    pub(crate) fn resumed(&self, then: Timestamp, now: Timestamp) -> Self {
        Self { set_at: now, showed: self.at(then), clock: self.clock }
    }

    /// The same clock from the very beginning.
    pub(crate) fn with(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }
}

/// How far a job or scan got on because it was asked for. Setting another clock takes nothing of it away.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Polled {
    before_ms: i64,
    polls: u32,
    /// How many polls make a whole scan, since `before_ms`.
    of: u32,
}

impl Polled {
    /// What time this stands for.
    pub(crate) fn ms(self) -> i64 {
        self.before_ms + i64::from(self.polls) * SCAN_MS / i64::from(self.of.max(1))
    }

    /// The same after one poll more; only [`Clock::Polls`] counts it.
    pub(crate) fn next(self, clock: Clock) -> Self {
        match clock {
            Clock::Times(_) | Clock::Manual => self,
            Clock::Polls(of) if of == self.of => {
                Self { polls: self.polls.saturating_add(1), ..self }
            }
            Clock::Polls(of) => Self { before_ms: self.ms(), polls: 1, of },
        }
    }
}

/// The header `Date`, written once a second.
#[derive(Clone, Debug, Default)]
pub(crate) struct HttpDate(Option<(i64, HeaderValue)>);

impl HttpDate {
    pub(crate) fn at(&mut self, now: Timestamp) -> HeaderValue {
        let second = now.unix_ms().div_euclid(1_000);
        if let Some((written, date)) = &self.0
            && *written == second
        {
            return date.clone();
        }
        let date = HeaderValue::from_str(&now.to_http_date()).expect("a date is visible ascii");
        self.0.insert((second, date)).1.clone()
    }
}

/// Milliseconds from `earlier` to `later`.
pub(crate) fn since(earlier: Timestamp, later: Timestamp) -> i64 {
    later.unix_ms().saturating_sub(earlier.unix_ms())
}

/// As VAddy writes it.
pub(crate) fn utc(at: Timestamp) -> UtcTime {
    UtcTime::from_unix_seconds(at.unix_ms().div_euclid(1_000))
}

/// As WSC's lists write it: `2024-07-08 13:12:03`. They name no zone; that it is Korea's is assumed.
pub(crate) fn korean(at: Timestamp) -> String {
    let mut text = utc(at.plus_ms(9 * 3_600_000)).to_string();
    text.truncate(19);
    text.replace_range(10..11, " ");
    text
}

/// As WSC's reports write it: `2024/07/08 13:12:03`.
pub(crate) fn korean_with_slashes(at: Timestamp) -> String {
    korean(at).replace('-', "/")
}
