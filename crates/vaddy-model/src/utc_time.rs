use core::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use shindan_wire::{FromLoose, lenient};

/// An instant in whole seconds, written `2014-06-12T11:11:11+0000`.
///
/// The offset has no colon, so it is not RFC 3339; `Z` and other offsets are read as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct UtcTime(i64);

impl UtcTime {
    /// From seconds since 1970. Years 0 to 9999 can be written; another becomes the nearest of them.
    pub const fn from_unix_seconds(seconds: i64) -> Self {
        Self(seconds)
    }

    /// Seconds since 1970.
    pub const fn unix_seconds(self) -> i64 {
        self.0
    }
}

impl fmt::Display for UtcTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.clamp(WRITABLE.start, WRITABLE.end - 1);
        let (days, seconds) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
        let (year, month, day) = civil_from_days(days);
        let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
        // A list has many times, and `write!` would take longer than all the rest of it.
        let mut text = *b"0000-00-00T00:00:00+0000";
        let pairs = [year / 100, year % 100, month, day, hour, minute, second];
        for (at, pair) in [0, 2, 5, 8, 11, 14, 17].into_iter().zip(pairs) {
            text[at] += u8::try_from(pair / 10).unwrap_or_default();
            text[at + 1] += u8::try_from(pair % 10).unwrap_or_default();
        }
        f.write_str(str::from_utf8(&text).expect("digits are text"))
    }
}

impl FromLoose for UtcTime {
    const EXPECTED: &'static str = "a time like 2014-06-12T11:11:11+0000";

    fn from_text(text: &str) -> Option<Self> {
        let (local, zone) = text.split_at_checked(19)?;
        let shape = |i, b: u8| match i {
            4 | 7 => b == b'-',
            10 => b == b'T',
            13 | 16 => b == b':',
            _ => b.is_ascii_digit(),
        };
        if !local.bytes().enumerate().all(|(i, b)| shape(i, b)) {
            return None;
        }
        let number = |from, to| local[from..to].parse::<i64>().ok();
        let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
        let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
        let days = days_from_civil(year, month, day);
        if civil_from_days(days) != (year, month, day) || hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let seconds = days * 86_400 + hour * 3_600 + minute * 60 + second - offset_seconds(zone)?;
        // In UTC an offset can push it out of the years that can be written.
        WRITABLE.contains(&seconds).then_some(Self(seconds))
    }
}

impl Serialize for UtcTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for UtcTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        lenient::req(deserializer)
    }
}

/// The years 0 to 9999.
const WRITABLE: core::ops::Range<i64> = -62_167_219_200..253_402_300_800;

/// Reads `Z`, `+0900` or `+09:00`.
fn offset_seconds(zone: &str) -> Option<i64> {
    if zone == "Z" {
        return Some(0);
    }
    let digits = zone.strip_prefix(['+', '-'])?.replacen(':', "", 1);
    if digits.len() != 4 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes) = (digits[..2].parse::<i64>().ok()?, digits[2..].parse::<i64>().ok()?);
    let seconds = hours * 3_600 + minutes * 60;
    (hours < 24 && minutes < 60).then_some(if zone.starts_with('-') { -seconds } else { seconds })
}

// The Gregorian calendar in eras of 400 years that begin in March, so that a leap day ends a year.

fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let march_year = if month <= 2 { year - 1 } else { year };
    let era = march_year.div_euclid(400);
    let year_of_era = march_year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn both_spellings_are_read() {
        for text in
            ["2014-06-12T11:11:11+0000", "2014-06-12T11:11:11Z", "2014-06-12T20:11:11+09:00"]
        {
            assert_eq!(UtcTime::from_text(text), Some(UtcTime(1_402_571_471)), "{text}");
        }
    }

    #[test]
    fn other_texts_are_not() {
        for text in [
            "",
            "2014-06-12",
            "2014-06-12 11:11:11+0000",
            "2014-06-12T11:11:11",
            "2014-02-30T11:11:11Z",
            "2014-13-01T11:11:11Z",
            "2014-06-12T24:00:00Z",
            "2014-06-12T11:11:11+0",
            "2014-06-12T11:11:11+2400",
            "+014-06-12T11:11:11Z",
            "2014-06-12T11:11:1\u{e9}Z",
            "0000-01-01T00:59:59+0100",
            "9999-12-31T23:00:00-0100",
        ] {
            assert_eq!(UtcTime::from_text(text), None, "{text}");
        }
    }

    proptest! {
        /// `jiff` is the foreign judge of the calendar.
        #[test]
        fn agrees_with_a_calendar_library(seconds in -62_135_596_800i64..253_402_300_799) {
            let ours = UtcTime(seconds).to_string();
            let theirs = jiff::Timestamp::from_second(seconds).unwrap();
            prop_assert_eq!(&ours, &theirs.strftime("%Y-%m-%dT%H:%M:%S+0000").to_string());
            prop_assert_eq!(UtcTime::from_text(&ours), Some(UtcTime(seconds)));
        }
    }
}
