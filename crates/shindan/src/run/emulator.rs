//! `shindan emulator`: both services on a port of this machine, and the commands that reach the one that runs.

mod change;
mod control;
mod detach;
mod holder;
mod ledger;
mod log;
mod place;
mod start;
mod status;
mod stop;
mod variables;

use control::Control;
use place::Place;
pub(super) use start::serve;

use super::App;
use crate::{args::EmulatorCommand, exit::Exit, failed::Failed};

pub(super) async fn run(app: &App, command: EmulatorCommand) -> Result<Exit, Failed> {
    let place = || Place::open(app.state_dir.as_deref(), &app.environment);
    let control = || Ok::<_, Failed>(Control::of(&app.executor, &place()?.running()?));
    match command {
        EmulatorCommand::Start(args) if args.detach => detach::run(app, &place()?, &args).await,
        EmulatorCommand::Start(args) => start::run(app, &place()?, &args).await,
        EmulatorCommand::Stop => stop::run(app, &place()?).await,
        EmulatorCommand::Status => status::run(app, &place()?).await,
        EmulatorCommand::Env { tools, unset: true } => variables::unset(app, tools),
        EmulatorCommand::Env { tools, unset: false } => {
            variables::export(app, tools, &place()?.running()?)
        }
        EmulatorCommand::Reset => change::reset(&control()?).await,
        EmulatorCommand::Scenario(command) => change::scenario(app, &control()?, command).await,
        EmulatorCommand::Fault(command) => change::fault(app, &control()?, command).await,
        EmulatorCommand::Clock { command } => change::clock(app, &control()?, command).await,
        EmulatorCommand::Ledger { assert } => ledger::run(app, &control()?, assert).await,
        EmulatorCommand::Log { follow } => log::run(app, &control()?, follow).await,
    }
}
