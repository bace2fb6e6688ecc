//! What a shell offers where a target or a run is named.

use std::ffi::{OsStr, OsString};

use clap::CommandFactory;
use clap_complete::{CompletionCandidate, env::CompleteEnv};

use crate::{args::CommandLine, config, environment::Environment, run::COMPLETE, state::State};

/// Answers a shell that asks for completions; whether one did.
pub(crate) fn answered(arguments: &[OsString]) -> bool {
    let here = std::env::current_dir().ok();
    let complete = CompleteEnv::with_factory(CommandLine::command).var(COMPLETE);
    complete.try_complete(arguments, here.as_deref()).unwrap_or(true)
}

/// Targets of the nearest file.
pub(crate) fn targets(begun: &OsStr) -> Vec<CompletionCandidate> {
    let environment = Environment::of_process();
    let found =
        std::env::current_dir().ok().and_then(|here| config::found(None, &here, &environment).ok());
    let settings = found.and_then(|found| {
        config::Settings::new(config::Flags::default(), &environment, &found).ok()
    });
    let targets = settings.into_iter().flat_map(|settings| settings.targets);
    let offer = |target: config::Target| {
        let help = target.summary();
        CompletionCandidate::new(target.name).help(Some(help.into()))
    };
    let offered = targets.map(offer);
    offered.filter(|offer| begins(offer, begun)).collect()
}

/// Runs of the usual state directory, the newest first.
pub(crate) fn runs(begun: &OsStr) -> Vec<CompletionCandidate> {
    let state = State::open(None, &Environment::of_process());
    let runs = state.ok().and_then(|state| state.journal.runs().ok());
    let runs = runs.into_iter().flat_map(|runs| runs.runs.into_iter().rev());
    let offer = |view: shindan_journal::RunView| {
        let target = view.run.intent.map(|intent| intent.target);
        CompletionCandidate::new(view.id.to_string()).help(target.map(Into::into))
    };
    runs.map(offer).filter(|offer| begins(offer, begun)).collect()
}

fn begins(offer: &CompletionCandidate, begun: &OsStr) -> bool {
    offer.get_value().as_encoded_bytes().starts_with(begun.as_encoded_bytes())
}
