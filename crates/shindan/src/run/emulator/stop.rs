//! `stop`: ends the process that holds the lock.

use std::time::{Duration, Instant};

use tokio::time::sleep;

use super::place::{Place, Record};
use crate::{exit::Exit, failed::Failed, output::note};

/// The longest wait for its end.
const LONGEST: Duration = Duration::from_secs(10);

pub(super) async fn run(place: &Place) -> Result<Exit, Failed> {
    let Some(record) = place.find()? else {
        note("no emulator runs in this state directory");
        return Ok(Exit::Ok);
    };
    end(&record)?;
    let begun = Instant::now();
    while place.is_held()? {
        if begun.elapsed() > LONGEST {
            let sentence = format!("the emulator, process {}, does not end", record.process);
            return Err(Failed::new(Exit::Unavailable, sentence)
                .help(format!("end it with: kill -9 {}", record.process)));
        }
        sleep(Duration::from_millis(5)).await;
    }
    note(format!("the emulator on {} was ended", record.url));
    Ok(Exit::Ok)
}

#[cfg(unix)]
fn end(record: &Record) -> Result<(), Failed> {
    use rustix::{
        io::Errno,
        process::{Pid, Signal, kill_process},
    };
    let process = i32::try_from(record.process).ok().and_then(Pid::from_raw);
    let ended = process.map(|process| kill_process(process, Signal::TERM));
    match ended {
        // It was faster.
        Some(Ok(()) | Err(Errno::SRCH)) => Ok(()),
        Some(Err(error)) => {
            let sentence = format!("process {} cannot be ended", record.process);
            Err(Failed::new(Exit::Unavailable, sentence).cause(error))
        }
        None => Err(Failed::new(Exit::Output, "the record of the emulator names no process")),
    }
}

#[cfg(not(unix))]
fn end(record: &Record) -> Result<(), Failed> {
    let sentence = format!("process {} takes no signal of another on this system", record.process);
    Err(Failed::new(Exit::Unavailable, sentence)
        .help("press Ctrl-C where it runs, or end its process"))
}
