//! `/_emulator/stop`

use serde::Deserialize;

use super::{Answered, Call, Refusal, json, views};
use crate::Emulator;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    instance: String,
}

/// Only who knows which emulator this is can end it: a port that was another's may be its own by now.
pub(super) fn answer(emulator: &mut Emulator, call: &Call<'_>) -> Answered {
    call.only("POST")?;
    let wanted: Wanted = call.read(r#"{"instance":"ABCD"}"#)?;
    if emulator.host.instance != Some(wanted.instance) {
        return Err(Refusal::bad("this is another emulator; it was not ended"));
    }
    emulator.host.stopped = true;
    Ok(json(&views::health(emulator)))
}
