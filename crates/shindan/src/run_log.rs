//! What one process writes into the journal about the scan that it starts or follows.

use std::{env, fmt::Display, fs::OpenOptions, io::Write};

use shindan_hyper::now;
use shindan_journal::{Class, Closed, Error, Outcome, Record, RunFile, RunId, State, scan_id_line};
use shindan_proto::{self as proto, Event, EventOf, ScanError, Target};

use crate::{exit::Exit, log, output::note, secrets::quote, service::Service};

/// A run's open file.
pub(crate) struct RunLog {
    file: RunFile,
    service: String,
    /// Whether an emulator has answered so far.
    is_emulated: Box<dyn Fn() -> bool>,
    /// Why the last record that could not be written was not.
    pub(crate) trouble: Option<Error>,
}

impl RunLog {
    /// What a target answers is written down.
    pub(crate) fn new<S: Service>(file: RunFile, target: &Target<S>) -> Self {
        let target = target.clone();
        let is_emulated = Box::new(move || target.is_emulated());
        Self { file, service: S::NAME.to_owned(), is_emulated, trouble: None }
    }

    /// What a person says is written down.
    pub(crate) fn by_hand(file: RunFile, service: &str) -> Self {
        Self { file, service: service.to_owned(), is_emulated: Box::new(|| false), trouble: None }
    }

    pub(crate) fn run(&self) -> RunId {
        self.file.id()
    }

    /// Nothing may be sent if this fails.
    pub(crate) fn sent(&mut self, before: &[impl Display]) -> Result<(), Error> {
        let baseline_ids = before.iter().map(ToString::to_string).collect();
        self.file.append(&Record::Sent { at_ms: now_ms(), baseline_ids })
    }

    /// What an event says about the start; before anything else is done with it.
    pub(crate) fn event<S: Service>(&mut self, event: &EventOf<S>) {
        match event {
            Event::Started(id) => {
                self.named(Class::Started, id, "the service named it");
            }
            Event::Found(id) => self.named(Class::Found, id, "it was found at the service"),
            Event::Accepted => {
                self.outcome(Class::Accepted, None, Vec::new(), "the service accepted the start");
            }
            Event::Unknown => {
                self.outcome(Class::Unknown, None, Vec::new(), "the answer did not say");
            }
            Event::Running(state) => {
                self.append(&Record::State(State {
                    text: quote(&S::phase(state)),
                    at_ms: now_ms(),
                }));
            }
            Event::Busy
            | Event::Starting(_)
            | Event::Unreachable
            | Event::Canceling
            | Event::CancelAccepted
            | _ => {}
        }
    }

    /// Certainly nothing was started.
    pub(crate) fn nothing(&mut self, evidence: &str) {
        self.outcome(Class::NotStarted, None, Vec::new(), evidence);
    }

    /// It has left, and nobody waits for the answer.
    pub(crate) fn unknown(&mut self, evidence: &str) {
        self.outcome(Class::Unknown, None, Vec::new(), evidence);
    }

    /// What the end of a flow says about the start.
    pub(crate) fn end<S: Service>(&mut self, outcome: &proto::Outcome<S>) {
        let mut decided = |class, evidence| {
            self.outcome(class, None, Vec::new(), evidence);
        };
        match &outcome.result {
            Err(ScanError::Refused(_)) => decided(Class::Refused, "the start was refused"),
            Err(ScanError::Busy) => decided(Class::NotStarted, "another scan runs"),
            Err(ScanError::Charged) => decided(Class::NotStarted, "it would not have been free"),
            Err(ScanError::Canceled) => decided(Class::NotStarted, "interrupted before the start"),
            Err(ScanError::NotStarted) => {
                decided(Class::NotStarted, "it was looked for and is not there");
            }
            Err(ScanError::Unknown) => decided(Class::Unknown, "it could not be found out"),
            Err(ScanError::Duplicate(ids)) => {
                let ids = ids.iter().map(ToString::to_string).collect();
                self.outcome(Class::Duplicate, None, ids, "more than one carries the intent");
            }
            Ok(_) | Err(_) => {}
        }
    }

    /// A scan that is known; its id must not be lost.
    pub(crate) fn named(&mut self, class: Class, id: &impl Display, evidence: &str) {
        let id = id.to_string();
        if !self.outcome(class, Some(id.clone()), Vec::new(), evidence) {
            self.last_resort(&id);
        }
    }

    /// The run has ended, whatever it has left.
    pub(crate) fn closed(&mut self, exit: Exit) {
        let verdict = exit.name().to_owned();
        let (exit_code, emulated) = (exit.code(), (self.is_emulated)());
        self.append(&Record::Closed(Closed { verdict, exit_code, emulated, at_ms: now_ms() }));
    }

    /// Whether it was written.
    pub(crate) fn outcome(
        &mut self,
        class: Class,
        id: Option<String>,
        ids: Vec<String>,
        evidence: &str,
    ) -> bool {
        let evidence = evidence.to_owned();
        let emulated = (self.is_emulated)();
        let outcome = Outcome { class, id, ids, evidence, emulated, at_ms: now_ms() };
        let written = self.append(&Record::Outcome(outcome));
        // While nobody knows, nobody else may start.
        if written && !matches!(class, Class::Unknown | Class::Accepted) {
            self.file.release_lock();
        }
        written
    }

    fn append(&mut self, record: &Record) -> bool {
        let written = self.file.append(record);
        let done = written.is_ok();
        self.trouble = written.err().or(self.trouble.take());
        done
    }

    /// Without a journal, the id is said where somebody may find it.
    fn last_resort(&self, id: &str) {
        let line = scan_id_line(&self.service, id);
        let path = env::temp_dir().join(format!("shindan-{}.txt", self.run()));
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let kept = options.open(&path).and_then(|mut file| {
            writeln!(file, "{line}")?;
            file.sync_all()
        });
        // The file comes first: nobody may read stderr.
        if log::is_json() {
            log::object("error", &line, &[]);
        } else {
            log::write(&line);
        }
        if kept.is_ok() {
            note(format!(
                "note: the journal cannot be written; the scan's id is kept in {}; follow it with: shindan attach {}:{id}",
                path.display(),
                self.service
            ));
        }
    }
}

pub(crate) fn now_ms() -> i64 {
    now().wall.unix_ms()
}
