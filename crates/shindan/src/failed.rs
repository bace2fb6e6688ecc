//! Why a command did not do what it was asked, as a person and a script see it.

use std::{
    error::Error,
    fmt::Display,
    io::{self, Write},
    iter::successors,
};

use shindan_proto::{Base, Cause, Error as CallError};
use shindan_wire::{Effect, FaultKind};

use crate::{
    exit::Exit, explain::Explain, lang, log, output::stderr_is_read, progress, secrets::redact,
    terminal::escape,
};

/// One sentence, its causes, what to do next, and the exit code.
#[derive(Clone, Debug)]
pub(crate) struct Failed {
    exit: Exit,
    sentence: String,
    causes: Vec<String>,
    help: Vec<String>,
}

impl Failed {
    pub(crate) fn new(exit: Exit, sentence: impl Display) -> Self {
        Self { exit, sentence: sentence.to_string(), causes: Vec::new(), help: Vec::new() }
    }

    pub(crate) fn cause(mut self, cause: impl Display) -> Self {
        self.causes.push(cause.to_string());
        self
    }

    pub(crate) fn help(mut self, next: impl Display) -> Self {
        self.help.push(next.to_string());
        self
    }

    /// Says what the error's sources say.
    pub(crate) fn sources(self, error: &dyn Error) -> Self {
        chain(error).into_iter().fold(self, Self::cause)
    }

    /// Says more about what it means for the caller.
    pub(crate) fn and(mut self, consequence: &str) -> Self {
        self.sentence = format!("{}; {consequence}", self.sentence);
        self
    }

    /// Names a scan that is there all the same.
    pub(crate) fn started(self, id: impl Display) -> Self {
        self.and(&format!("the scan {id} was started"))
    }

    pub(crate) fn exit(&self) -> Exit {
        self.exit
    }

    /// What happened and why, without what to do about it.
    pub(crate) fn sentences(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.sentence).chain(&self.causes).map(String::as_str)
    }

    /// What to do about it.
    pub(crate) fn helps(&self) -> &[String] {
        &self.help
    }

    /// On stderr, of one target of many.
    pub(crate) fn say_of(&self, target: &str) {
        let sentence = format!("{target}: {}", self.sentence);
        Self { sentence, ..self.clone() }.say();
    }

    /// On stderr, if somebody reads it.
    pub(crate) fn say(&self) {
        if log::is_json() {
            let all = |texts: &[String]| texts.iter().map(|text| redact(text)).collect();
            log::object(
                "error",
                &self.sentence,
                &[
                    ("causes", all(&self.causes)),
                    ("help", all(&self.help)),
                    ("exit", self.exit.code().into()),
                ],
            );
        } else if stderr_is_read() {
            let mut lines = Vec::new();
            self.print(&mut lines);
            // In one piece: a pipe that takes a line takes these.
            let _ = progress::aside(|| io::stderr().lock().write_all(&lines));
        }
    }

    /// Every line is ours or escaped; an error while an error is written has nowhere to go.
    pub(crate) fn print(&self, to: &mut impl Write) {
        let lines = [
            ("error: ", std::slice::from_ref(&self.sentence)),
            ("  ", &self.causes),
            ("help: ", &self.help),
        ];
        for (label, texts) in lines {
            for text in texts {
                let _ = writeln!(
                    to,
                    "{}",
                    escape(&format!("{}{}", lang::said(label), lang::said(text)))
                );
            }
        }
    }

    /// An operation that brought no result.
    ///
    /// `skew_ms` is the difference between the clocks that the last attempt allowed for.
    pub(crate) fn call<F: Explain>(
        base: &Base,
        effect: Effect,
        skew_ms: i64,
        error: &CallError<F>,
    ) -> Self {
        let start = matches!(effect, Effect::Once | Effect::Billed);
        let host = base.origin().split_once("://").map_or(base.origin(), |(_, host)| host);
        let failed = match error {
            CallError::Encode(reason) => return Self::new(Exit::Usage, reason),
            CallError::Transport { attempts, .. } => {
                // The first cause says whether it was sent, which nobody has to know here.
                let causes = chain(error).split_off(1).join(": ");
                let sentence =
                    format!("no usable answer from {host} after {attempts} attempts: {causes}");
                return Self::new(Exit::Unavailable, sentence)
                    .help("check the network, the name and the endpoint, then try again");
            }
            CallError::Unauthenticated { fault, server_ahead_ms } => {
                let (cause, help) = fault.unauthenticated(*server_ahead_ms, skew_ms);
                Self::new(Exit::Auth, "the service did not accept the credentials")
                    .cause(cause)
                    .help(help)
            }
            CallError::Ambiguous(cause) if start => {
                Self::new(Exit::Unknown, "nobody knows whether it was started").cause(cause)
            }
            CallError::Ambiguous(cause) => {
                let exit = match cause {
                    Cause::Failure(_) => Exit::Unavailable,
                    Cause::Fault(fault) => exit_of(fault.kind()),
                    Cause::Decode(_) => Exit::Contract,
                };
                Self::new(exit, "it is not known whether it was done")
                    .cause(cause)
                    .help("look before you send it again")
            }
            CallError::Fault(fault) | CallError::GaveUp { fault, .. } => {
                Self::new(exit_of(fault.kind()), error)
            }
            CallError::Decode(_) => Self::new(Exit::Contract, error)
                .help("check that the endpoint is the service and not something in front of it"),
            CallError::Canceled => Self::new(Exit::Interrupted, error),
            error => Self::new(Exit::Internal, error),
        };
        let mut failed = chain(error).into_iter().fold(failed, Self::cause);
        failed.causes.dedup();
        let Some(fault) = error.fault() else { return failed };
        let failed = fault.says().into_iter().fold(failed, Self::cause);
        fault.help().into_iter().fold(failed, Self::help)
    }
}

/// What the error's sources say.
fn chain(error: &dyn Error) -> Vec<String> {
    let sources = successors(error.source(), |&cause: &&dyn Error| cause.source());
    sources.map(ToString::to_string).collect()
}

fn exit_of(kind: FaultKind) -> Exit {
    match kind {
        FaultKind::Unauthenticated | FaultKind::Forbidden => Exit::Auth,
        FaultKind::Refused | FaultKind::Quota | FaultKind::CatchAll => Exit::Precondition,
        FaultKind::Throttled | FaultKind::Server => Exit::Unavailable,
        FaultKind::Unrecognized => Exit::Contract,
    }
}

/// The result cannot be written: most often, its reader has gone.
impl From<io::Error> for Failed {
    fn from(error: io::Error) -> Self {
        Self::new(Exit::Output, "the result cannot be written to stdout").cause(error)
    }
}
