//! One file per group of commands, and what they share.

mod attach;
mod auth;
mod baseline;
mod busy;
mod config;
mod crawl;
mod demo;
mod doctor;
mod dry_run;

mod emulator;
mod fleet;
mod free;
mod guard;
mod help;
mod manual;
mod order;
mod outlook;
mod ownership;
mod picked;
mod plan;
mod played;
mod prepare;
mod reconcile;
mod report;
mod runs;
mod scan;
mod sign;
mod start;
mod tell;
mod vaddy;
mod wsc;

pub(crate) use manual::COMPLETE;

use std::path::PathBuf;

use serde::Serialize;
use shindan_hyper::{Executor, Network, now};
use shindan_proto::{Answer, Authorize, NcpKey, Paged, RetryPolicy, Target, Token, VaddyKey};
use shindan_wire::{Api, Endpoint};

use crate::{
    args::{AuthCommand, Command, CommandLine, Global, RunsCommand, WscCommand, choice, digits},
    config::{Flags, Found, Settings},
    credentials,
    environment::Environment,
    exit::Exit,
    explain::{Explain, clock},
    failed::Failed,
    lang::{self, Lang},
    log::{self, LogFormat, watched},
    network::network,
    output::{Output, Rows, be_quiet, note},
    progress::{self, Progress},
    signals::Signals,
    state::State,
    terminal::print_into_a_ci_log,
};

/// Runs the command.
pub(crate) async fn run(line: CommandLine) -> Result<Exit, Failed> {
    if line.global.quiet {
        be_quiet();
    }
    let environment = Environment::of_process();
    manners(&line.global, &environment)?;
    // These ask no service, so a network that is set wrongly is not in their way.
    let offline = match &line.command {
        Command::Demo { .. }
        | Command::Auth(_)
        | Command::Config(_)
        | Command::Report(_)
        | Command::Baseline(_)
        | Command::Emulator(_)
        | Command::Completions { .. }
        | Command::Man { .. }
        | Command::Help { .. } => true,
        Command::Runs(command) => !matches!(command, RunsCommand::Reconcile(_)),
        Command::Wsc(command) => matches!(command, WscCommand::Sign(_)),
        Command::Scan(_)
        | Command::Plan(_)
        | Command::Attach(_)
        | Command::Vaddy(_)
        | Command::Doctor => false,
    };
    let network =
        if offline { Ok(Network::default()) } else { network(line.global.network, &environment) };
    // The doctor tells of a network that is set wrongly, among other things.
    if let (Err(failed), false) = (&network, matches!(line.command, Command::Doctor)) {
        return Err(failed.clone());
    }
    let executor = Executor::with_network(network.clone().unwrap_or_default());
    let mut app = App {
        environment,
        output: Output::new(line.global.output),
        executor,
        adopt_clock: !line.global.no_clock_adjust,
        state_dir: line.global.state_dir,
        config: line.global.config,
        profile: line.global.profile,
    };
    let has_its_own = matches!(&line.command, Command::Demo { .. } | Command::Emulator(_));
    let _played =
        if has_its_own { None } else { played::start(&mut app, line.global.emulator).await? };
    match line.command {
        Command::Demo { report_dir } => demo::run(&app, &report_dir).await,
        Command::Scan(args) => scan::run(&app, *args).await,
        Command::Plan(args) => plan::run(&app, *args).await,
        Command::Attach(args) => attach::run(&app, args).await,
        Command::Auth(AuthCommand::Status) => auth::status(&app).await,
        Command::Doctor => doctor::run(&app, network).await,
        Command::Config(command) => config::run(&app, &command),
        Command::Runs(command) => runs::run(&app, command).await,
        Command::Wsc(WscCommand::Job(command)) => wsc::run(&app, command).await,
        Command::Wsc(WscCommand::Sign(args)) => sign::run(&app, &args).await,
        Command::Vaddy(command) => vaddy::run(&app, command).await,
        Command::Report(command) => report::run(&app, command),
        Command::Baseline(command) => baseline::run(&app, command),
        Command::Completions { shell } => manual::completions(shell),
        Command::Man { out } => manual::pages(&out),
        Command::Help { what } => help::run(&what),
        Command::Emulator(command) => emulator::run(&app, command).await,
    }
}

/// How people and scripts are spoken to.
fn manners(global: &Global, environment: &Environment) -> Result<(), Failed> {
    let format = match global.log_format {
        Some(format) => Some(format),
        None => environment.read(&["SHINDAN_LOG_FORMAT"], choice)?,
    };
    let format = format.unwrap_or(LogFormat::Text);
    log::tell(format, global.verbose);
    if global.verbose == 0
        && let Some(verbose) = environment.read(&["SHINDAN_VERBOSE"], digits)?
    {
        log::tell(format, u8::try_from(verbose).unwrap_or(u8::MAX));
    }
    let shown = match global.progress {
        Some(shown) => Some(shown),
        None => environment.read(&["SHINDAN_PROGRESS"], choice)?,
    };
    let shown = if global.quiet { Progress::None } else { shown.unwrap_or(Progress::Auto) };
    progress::show(shown, global.color, environment);
    let lang = match global.lang {
        Some(lang) => Some(lang),
        None => environment.read(&["SHINDAN_LANG"], choice)?,
    };
    lang::speak(lang.unwrap_or(Lang::Auto), environment);
    // GitHub, GitLab and others say so; Azure, Jenkins and TeamCity have their own words.
    let ci = ["CI", "GITHUB_ACTIONS", "TF_BUILD", "JENKINS_URL", "TEAMCITY_VERSION"];
    if environment.first(&ci)?.is_some() {
        print_into_a_ci_log();
    }
    Ok(())
}

/// What every command has at hand.
struct App {
    environment: Environment,
    output: Output,
    executor: Executor,
    adopt_clock: bool,
    state_dir: Option<PathBuf>,
    config: Option<PathBuf>,
    profile: Option<String>,
}

impl App {
    async fn wsc(&self) -> Result<Target<NcpKey>, Failed> {
        let (found, base) = credentials::wsc(&self.environment, &self.plain_settings()?).await?;
        Ok(watched(Target::new(base, NcpKey::new(found.keys))).with_policy(self.policy()?))
    }

    fn vaddy(&self) -> Result<Target<VaddyKey>, Failed> {
        let (found, base) = credentials::vaddy(&self.environment, &self.plain_settings()?)?;
        Ok(watched(Target::new(base, found.keys)).with_policy(self.policy()?))
    }

    /// The files that say what is set.
    fn found(&self) -> Result<Found, Failed> {
        let here = std::env::current_dir().map_err(|error| {
            Failed::new(Exit::Usage, "the current directory cannot be read").cause(error)
        })?;
        crate::config::found(self.config.as_deref(), &here, &self.environment)
    }

    /// What is set for this run.
    fn settings(&self, flags: Flags) -> Result<Settings, Failed> {
        Settings::new(flags, &self.environment, &self.found()?)
    }

    /// What is set, as far as options for all commands go.
    fn plain_settings(&self) -> Result<Settings, Failed> {
        self.settings(Flags { profile: self.profile.clone(), ..Flags::default() })
    }

    fn state(&self) -> Result<State, Failed> {
        State::open(self.state_dir.as_deref(), &self.environment)
    }

    fn policy(&self) -> Result<RetryPolicy, Failed> {
        Ok(RetryPolicy { seed: seed()?, adopt_clock: self.adopt_clock, ..RetryPolicy::default() })
    }

    /// One operation, to its answer.
    async fn call<A, E>(
        &self,
        target: &Target<A>,
        operation: &E,
    ) -> Result<Answer<E::Response>, Failed>
    where
        A: Authorize<Api: Api<Fault: Explain>>,
        E: Endpoint<Api = A::Api>,
    {
        let result = self.executor.run(target.call(now(), operation), |_| {}).await;
        note_clock(target);
        let answer = result
            .map_err(|error| Failed::call(target.base(), E::EFFECT, target.skew_ms(), &error))?;
        for part in &answer.rejected {
            note(format!("note: {} cannot be read and is left out: {}", part.at, part.reason));
        }
        Ok(answer)
    }

    /// Everything that is listed, page after page, and whether all of it could be read.
    async fn all<A, E>(&self, target: &Target<A>, list: E) -> Result<(Vec<E::Item>, bool), Failed>
    where
        A: Authorize<Api: Api<Fault: Explain>>,
        E: Paged<Api = A::Api>,
    {
        let (mut next, mut all, mut whole) = (Some(list), Vec::new(), true);
        while let Some(list) = next {
            let answer = self.call(target, &list).await?;
            whole &= answer.rejected.is_empty();
            next = list.next(&answer.value);
            all.extend(E::items(answer.value));
        }
        Ok((all, whole))
    }

    /// One operation, and its answer on stdout.
    async fn show<A, E>(
        &self,
        target: &Target<A>,
        operation: &E,
        table: impl FnOnce(&E::Response) -> Rows,
    ) -> Result<Exit, Failed>
    where
        A: Authorize<Api: Api<Fault: Explain>>,
        E: Endpoint<Api = A::Api, Response: Serialize>,
    {
        let answer = self.call(target, operation).await?;
        self.output.answer(&answer.value, table)?;
        // What was read is told, but it is not all that there is.
        Ok(if answer.rejected.is_empty() { Exit::Ok } else { Exit::Contract })
    }
}

/// Says so if the service's clock had to be adopted.
fn note_clock<A: Authorize>(target: &Target<A>) {
    if target.skew_ms() != 0 {
        let off = clock(Some(target.skew_ms()));
        note(format!("note: {off}; it was allowed for, but set the clock"));
    }
}

/// Says so if nothing was really scanned.
fn note_emulator<A: Authorize>(target: &Target<A>) {
    if target.is_emulated() {
        note(format!("note: {} is an emulator; nothing was really scanned", target.base()));
    }
}

fn signals() -> Result<Signals, Failed> {
    Signals::new().map_err(|error| {
        Failed::new(Exit::Internal, "signals cannot be received; nothing was started").cause(error)
    })
}

fn seed() -> Result<u64, Failed> {
    getrandom::u64().map_err(no_randomness)
}

/// A new intent to scan.
fn token() -> Result<Token, Failed> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(no_randomness)?;
    Ok(Token::from_random_bytes(bytes))
}

fn no_randomness(error: getrandom::Error) -> Failed {
    Failed::new(Exit::Internal, "the system gives no random numbers; nothing was started")
        .cause(error)
}
