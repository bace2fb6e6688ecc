//! The time as reports and files show it, in UTC, to the second, and spans of it as people read them.

use std::time::Duration;

use jiff::Timestamp;
use shindan_report::Day;

/// `2026-11-21T06:30:00Z`.
pub(crate) fn now() -> String {
    text(Timestamp::now())
}

/// The day that comes so many days after today, in UTC.
pub(crate) fn in_days(days: u64) -> Day {
    let span = Duration::from_secs(days.saturating_mul(24 * 3_600));
    let day = text(Timestamp::now().checked_add(span).unwrap_or(Timestamp::MAX));
    day[..10].parse().expect("a time begins with its day")
}

/// The time that was so long ago.
pub(crate) fn before(span: Duration) -> String {
    text(Timestamp::now().checked_sub(span).unwrap_or(Timestamp::MIN))
}

/// The day that it is now, in UTC: a pipeline's machines have no other.
pub(crate) fn today() -> Day {
    let day = now();
    day[..10].parse().expect("a time begins with its day")
}

/// A time span for people: `8s`, `31m09s`, `4h05m`.
pub(crate) fn seconds(span: Duration) -> String {
    let seconds = span.as_secs();
    match seconds {
        0..60 => format!("{seconds}s"),
        60..3_600 => format!("{}m{:02}s", seconds / 60, seconds % 60),
        _ => format!("{}h{:02}m", seconds / 3_600, seconds / 60 % 60),
    }
}

fn text(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
