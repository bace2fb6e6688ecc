//! `stop`: lets the emulator that holds the lock end itself. A process that only has its number is left alone.

use std::time::{Duration, Instant};

use http::Method;
use serde_json::json;
use tokio::time::sleep;

use super::{
    super::App,
    control::Control,
    place::{Place, Record},
};
use crate::{exit::Exit, failed::Failed, output::note};

/// The longest wait for its end, if it was told to, and if it may have ended in the middle of the call.
const LONGEST: Duration = Duration::from_secs(10);
const A_MOMENT: Duration = Duration::from_secs(1);

pub(super) async fn run(app: &App, place: &Place) -> Result<Exit, Failed> {
    // Again where the record was one of a dead emulator, and another is just being started.
    loop {
        let Some(record) = place.find()? else {
            note("no emulator runs in this state directory");
            return Ok(Exit::Ok);
        };
        let body = json!({ "instance": record.instance }).to_string();
        let told = Control::of(&app.executor, &record).call(Method::POST, "stop", body).await;
        let longest = if told.is_ok() { LONGEST } else { A_MOMENT };
        let begun = Instant::now();
        while place.is_of(&record)? {
            if begun.elapsed() > longest {
                return Err(by_hand(&record, told.as_ref().err()));
            }
            sleep(Duration::from_millis(5)).await;
        }
        if told.is_ok() {
            note(format!("the emulator on {} was ended", record.url));
            return Ok(Exit::Ok);
        }
    }
}

fn by_hand(record: &Record, why: Option<&Failed>) -> Failed {
    let failed =
        Failed::new(Exit::Unavailable, "the emulator of this state directory does not end");
    let failed = why.into_iter().flat_map(Failed::sentences).fold(failed, Failed::cause);
    failed.help(format!(
        "look whether process {} is a shindan, and end it by hand, or what else holds emulator.lock",
        record.process
    ))
}
