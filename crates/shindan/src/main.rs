//! The `shindan` binary: a shell around [`shindan::main_with`].

use std::{
    env,
    io::{self, Write},
    panic,
    process::{self, ExitCode},
};

use shindan::exit::Exit;

fn main() -> ExitCode {
    panic::set_hook(Box::new(|panic| {
        // Where, and not what: a message may quote a value.
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        process::exit(shindan::panicked(env::args_os(), &place).code().into());
    }));
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            let _ = writeln!(io::stderr(), "error: the runtime cannot be started: {error}");
            return Exit::Internal.code().into();
        }
    };
    let exit = runtime.block_on(shindan::main_with(env::args_os()));
    // A name look-up that hangs must not hold back the end.
    runtime.shutdown_background();
    exit.code().into()
}
