//! `start --detach`: serves in another process, and returns when that one answers.

use std::{
    env, fs,
    io::{self, Write as _},
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

use tokio::time::sleep;

use super::{
    super::App,
    place::{Place, Record},
    start::warn,
    variables,
};
use crate::{
    args::EmulatorArgs, environment::SECRETS, exit::Exit, failed::Failed, output::stderr_is_read,
};

/// The longest wait for the first answer.
const LONGEST: Duration = Duration::from_secs(30);

pub(super) async fn run(app: &App, place: &Place, args: &EmulatorArgs) -> Result<Exit, Failed> {
    // If one runs already, its log stays; and a record of a dead process with the new one's number is gone.
    drop(place.claim().await?);
    let (path, log) = place.make_log()?;
    let failed = |error: io::Error| {
        Failed::new(Exit::Internal, "the emulator cannot be started in a process of its own")
            .cause(error)
            .help("start it without --detach")
    };
    let mut command = Command::new(env::current_exe().map_err(failed)?);
    command
        .args(env::args_os().skip(1).filter(|argument| argument != "--detach"))
        .stdin(Stdio::null())
        .stdout(log.try_clone().map_err(failed)?)
        .stderr(log);
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    // Its keys are its own.
    for name in SECRETS {
        command.env_remove(name);
    }
    let mut child = command.spawn().map_err(failed)?;
    let result = announced(app, place, args, &mut child, &path).await;
    if result.is_err() {
        let _ = child.kill();
        let _ = child.wait();
    }
    result
}

async fn announced(
    app: &App,
    place: &Place,
    args: &EmulatorArgs,
    child: &mut Child,
    log: &Path,
) -> Result<Exit, Failed> {
    match first_answer(place, child).await? {
        Begun::Record(record) => {
            if args.expose {
                warn(args.listen);
            }
            variables::announce(app, place, &record)?;
            Ok(Exit::Ok)
        }
        Begun::Ended(status) => {
            let told = fs::read(log).unwrap_or_default();
            if stderr_is_read() {
                // It has escaped everything already.
                let _ = io::stderr().lock().write_all(&told);
            }
            let code = status.code().unwrap_or_default();
            let exit = Exit::ALL.into_iter().find(|exit| i32::from(exit.code()) == code);
            match exit {
                Some(exit) if exit != Exit::Ok => Ok(exit),
                _ => Err(Failed::new(Exit::Internal, "the emulator ended at once").cause(status)),
            }
        }
    }
}

enum Begun {
    Record(Record),
    Ended(ExitStatus),
}

async fn first_answer(place: &Place, child: &mut Child) -> Result<Begun, Failed> {
    let begun = Instant::now();
    loop {
        match place.read()? {
            Some(record) if record.process == child.id() => return Ok(Begun::Record(record)),
            _ => {}
        }
        let ended = child.try_wait();
        if let Some(status) = ended.map_err(|error| Failed::new(Exit::Internal, error))? {
            return Ok(Begun::Ended(status));
        }
        if begun.elapsed() > LONGEST {
            return Err(Failed::new(Exit::Internal, "the emulator does not answer, and was ended")
                .help("start it without --detach"));
        }
        sleep(Duration::from_millis(2)).await;
    }
}
