//! `/_emulator/clock`

use core::time::Duration;

use serde::{Deserialize, Serialize};
use shindan_proto::Timestamp;

use super::{Answered, Call, Refusal, json};
use crate::{Clock, Emulator, text::rfc_3339};

/// The fastest clock that can be asked for: a day passes in less than a second.
const FASTEST: u32 = 100_000;
/// The first day of the year 9000: times after 9999 cannot be written.
const LATEST: Timestamp = Timestamp::from_unix_ms(221_845_392_000_000);

#[derive(Serialize)]
struct Shown {
    /// `real`, `x60`, `manual` or `polls:3`.
    mode: String,
    /// What the clock of jobs and scans shows.
    time: String,
    /// Real time.
    real: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    mode: Option<String>,
    speed: Option<u32>,
    advance: Option<String>,
}

pub(super) fn answer(emulator: &mut Emulator, call: &Call<'_>) -> Answered {
    match call.method {
        "GET" => {}
        "POST" => set(emulator, call)?,
        _ => return Err(Refusal::Method("GET, POST")),
    }
    Ok(json(&Shown {
        mode: emulator.clock().to_string(),
        time: rfc_3339(emulator.time.at(call.now)),
        real: rfc_3339(call.now),
    }))
}

/// Reads everything before it changes anything.
fn set(emulator: &mut Emulator, call: &Call<'_>) -> Result<(), Refusal> {
    let wanted: Wanted = call.read(r#"{"mode":"manual"}, {"speed":60} or {"advance":"15m"}"#)?;
    let clock = match (wanted.mode, wanted.speed) {
        (Some(_), Some(_)) => return Err(Refusal::bad("give a mode or a speed, not both")),
        (Some(mode), None) => Some(mode.parse::<Clock>().map_err(Refusal::bad)?),
        (None, speed) => speed.map(Clock::Times),
    };
    if matches!(clock, Some(Clock::Times(factor)) if factor > FASTEST) {
        return Err(Refusal::Bad(format!("the fastest clock is x{FASTEST}")));
    }
    let advance = wanted.advance.as_deref().map(duration).transpose()?;
    if clock.is_none() && advance.is_none() {
        return Err(Refusal::bad("give a mode, a speed or an advance"));
    }
    let by_ms = advance.map_or(0, |by| i64::try_from(by.as_millis()).unwrap_or(i64::MAX));
    if emulator.time.at(call.now).plus_ms(by_ms) > LATEST {
        return Err(Refusal::bad("the clock goes to the year 9000; advance it less"));
    }
    if let Some(clock) = clock {
        emulator.set_clock(call.now, clock);
    }
    if let Some(by) = advance {
        emulator.advance(by);
    }
    Ok(())
}

/// Reads `500ms`, `90s`, `15m`, `2h` and `60d`.
fn duration(text: &str) -> Result<Duration, Refusal> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_lowercase());
    let unit_ms = match &text[digits.len()..] {
        "ms" => Some(1),
        "s" => Some(1_000),
        "m" => Some(60_000),
        "h" => Some(3_600_000),
        "d" => Some(86_400_000),
        _ => None,
    };
    let count = digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse::<u64>().ok());
    let ms = unit_ms.zip(count.flatten()).and_then(|(unit, count)| count.checked_mul(unit));
    ms.map(Duration::from_millis)
        .ok_or_else(|| Refusal::bad("an advance is 500ms, 90s, 15m, 2h or 60d"))
}
