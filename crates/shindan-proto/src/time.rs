use core::time::Duration;

/// What two clocks show at one instant; a driver takes it after every exchange and rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "drivers build it")]
pub struct Now {
    /// A clock that never goes back, from any origin; it should run while the machine is suspended.
    pub mono: Duration,
    /// The calendar.
    pub wall: Timestamp,
}

/// When a start left, on both clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SentAt {
    now: Now,
    /// How long before `now`.
    age: Duration,
    own_clock: bool,
}

impl SentAt {
    /// It is about to leave.
    pub(crate) fn now(now: Now) -> Self {
        Self { now, age: Duration::ZERO, own_clock: true }
    }

    /// Another process has sent it: of the two clocks, only the calendar is the same.
    pub(crate) fn long_ago(sent: Timestamp, now: Now) -> Self {
        let age_ms = now.wall.unix_ms().saturating_sub(sent.unix_ms());
        let age = Duration::from_millis(u64::try_from(age_ms).unwrap_or(0));
        Self { now, age, own_clock: false }
    }

    /// How long ago it was.
    pub(crate) fn elapsed(self, now: Now) -> Duration {
        now.mono.saturating_sub(self.now.mono).saturating_add(self.age)
    }

    /// What the calendar showed.
    pub(crate) fn wall(self) -> Timestamp {
        self.now.wall.plus_ms(i64::try_from(self.age.as_millis()).map_or(i64::MIN, |age| -age))
    }

    /// Whether the age was measured by a clock that nobody sets.
    pub(crate) fn is_measured(self) -> bool {
        self.own_clock
    }
}

const END_OF_9999_MS: i64 = 253_402_300_799_999;

/// Milliseconds since 1970-01-01 UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From milliseconds since 1970.
    pub const fn from_unix_ms(ms: i64) -> Self {
        Self(ms)
    }

    /// Milliseconds since 1970.
    pub const fn unix_ms(self) -> i64 {
        self.0
    }

    /// This much later, or earlier if it is negative.
    #[must_use]
    pub const fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// Reads an HTTP date, which has whole seconds; dates before 1970 are not read.
    pub fn from_http_date(text: &str) -> Option<Self> {
        let time = httpdate::parse_http_date(text).ok()?;
        let since = time.duration_since(std::time::UNIX_EPOCH).ok()?;
        Some(Self(since.as_millis().try_into().ok()?))
    }

    /// Writes it as an HTTP date; what such a date cannot say becomes the nearest that it can.
    pub fn to_http_date(self) -> String {
        let since = Duration::from_millis(self.0.clamp(0, END_OF_9999_MS).unsigned_abs());
        httpdate::fmt_http_date(std::time::UNIX_EPOCH + since)
    }
}
