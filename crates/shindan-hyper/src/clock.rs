use std::time::{Duration, SystemTime, UNIX_EPOCH};

use shindan_proto::{Now, Timestamp};

/// What the clocks of this machine show.
///
/// `mono` runs while the machine is suspended on Linux and Android; elsewhere it may stand still then.
pub fn now() -> Now {
    Now { mono: mono(), wall: wall(SystemTime::now()) }
}

fn wall(time: SystemTime) -> Timestamp {
    let ms = |span: Duration| i64::try_from(span.as_millis()).unwrap_or(i64::MAX);
    Timestamp::from_unix_ms(match time.duration_since(UNIX_EPOCH) {
        Ok(since) => ms(since),
        Err(before) => -ms(before.duration()),
    })
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn mono() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    time.try_into().expect("the time since boot is not negative")
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn mono() -> Duration {
    static ORIGIN: std::sync::LazyLock<std::time::Instant> =
        std::sync::LazyLock::new(std::time::Instant::now);
    ORIGIN.elapsed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mono_does_not_go_back() {
        let first = now().mono;
        assert!(now().mono >= first);
    }

    #[test]
    fn the_calendar_has_times_before_1970() {
        assert_eq!(wall(UNIX_EPOCH + Duration::from_millis(1)).unix_ms(), 1);
        assert_eq!(wall(UNIX_EPOCH - Duration::from_millis(1)).unix_ms(), -1);
    }
}
