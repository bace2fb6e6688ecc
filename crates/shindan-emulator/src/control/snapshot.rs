//! `/_emulator/snapshot` and `/_emulator/snapshot/{name}`: PUT saves, POST goes back, GET only looks.

use serde::Serialize;

use super::{Answered, Call, Refusal, json};
use crate::{Emulator, InvalidSnapshot, Saved};

#[derive(Serialize)]
struct Snapshots {
    snapshots: Vec<Saved>,
}

pub(super) fn answer(emulator: &mut Emulator, call: &Call<'_>) -> Answered {
    let Some(name) = call.rest else {
        call.only("GET")?;
        return Ok(json(&Snapshots { snapshots: emulator.saved().collect() }));
    };
    match call.method {
        "GET" => {}
        "PUT" => emulator.save(call.now, name).map_err(refusal)?,
        "POST" => emulator.restore(call.now, name).map_err(refusal)?,
        "DELETE" if emulator.forget(name) => {
            return Ok(json(&Snapshots { snapshots: emulator.saved().collect() }));
        }
        "DELETE" => return Err(refusal(InvalidSnapshot::Unknown)),
        _ => return Err(Refusal::Method("GET, PUT, POST, DELETE")),
    }
    let saved = emulator.saved().find(|saved| saved.name == name);
    saved.map(|saved| json(&saved)).ok_or_else(|| refusal(InvalidSnapshot::Unknown))
}

fn refusal(error: InvalidSnapshot) -> Refusal {
    match error {
        InvalidSnapshot::Unknown => Refusal::NotFound(error.to_string()),
        InvalidSnapshot::Name | InvalidSnapshot::TooMany => Refusal::bad(error),
    }
}
