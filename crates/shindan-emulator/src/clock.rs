//! The emulator's own time.

use shindan_proto::Timestamp;
use vaddy_model::UtcTime;

/// How long a job or scan takes from its start to its end, in ms of the emulator's time.
pub const SCAN_MS: i64 = 60_000;

/// The time of jobs and scans: it begins with real time and may run faster.
#[derive(Clone, Debug)]
pub(crate) struct Clock {
    started: Timestamp,
    pub(crate) speed: u32,
}

impl Clock {
    pub(crate) fn new(started: Timestamp) -> Self {
        Self { started, speed: 1 }
    }

    /// What it shows when real time is `now`.
    pub(crate) fn at(&self, now: Timestamp) -> Timestamp {
        self.started.plus_ms(since(self.started, now).saturating_mul(self.speed.into()))
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
    let text = utc(at.plus_ms(9 * 3_600_000)).to_string();
    format!("{} {}", &text[..10], &text[11..19])
}

/// As WSC's reports write it: `2024/07/08 13:12:03`.
pub(crate) fn korean_with_slashes(at: Timestamp) -> String {
    korean(at).replace('-', "/")
}
