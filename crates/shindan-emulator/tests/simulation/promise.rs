//! What must hold in every history.

use std::time::Duration;

use bytes::Bytes;
use http::Response;
use shindan_proto::{Ending, Event, EventOf, Failure, Outcome, ScanError, Scanner};

use crate::{
    service::Service,
    world::{Fate, Kind, World},
};

/// How long a start may not be repeated after one whose fate is unknown.
const SETTLE: Duration = Duration::from_secs(60);

/// What a start's attempt must be taken for: the classes of the design.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    NotSent,
    Rejected,
    Accepted,
    Unknown,
}

/// What one client has sent and was told.
#[expect(clippy::struct_excessive_bools, reason = "each is something that has happened or has not")]
pub(crate) struct Story {
    pub(crate) cancel_asked: bool,
    /// Starts that were sent, whatever became of them.
    pub(crate) starts: u32,
    may_repeat: bool,
    intended: bool,
    attempt: Option<(Class, Duration)>,
    accepted: bool,
    cancel_unclear: bool,
    cancel_accepted: bool,
}

impl Story {
    pub(crate) fn new(may_repeat: bool) -> Self {
        Self {
            cancel_asked: false,
            starts: 0,
            may_repeat,
            intended: false,
            attempt: None,
            accepted: false,
            cancel_unclear: false,
            cancel_accepted: false,
        }
    }

    /// P-1, before a request leaves.
    pub(crate) fn sent(&mut self, kind: Kind, now: Duration) {
        match kind {
            Kind::Start => {
                self.starts += 1;
                assert!(self.intended, "a start left before the driver was told");
                match self.attempt {
                    None | Some((Class::NotSent | Class::Rejected, _)) => {}
                    Some((Class::Accepted, _)) => panic!("a start was repeated that was accepted"),
                    Some((Class::Unknown, before)) => {
                        assert!(self.may_repeat, "a start was repeated whose fate is unknown");
                        assert!(
                            now.saturating_sub(before) >= SETTLE,
                            "a start was repeated without a look"
                        );
                        self.may_repeat = false;
                    }
                }
                self.attempt = Some((Class::Unknown, now));
            }
            Kind::Cancel => {
                assert!(self.cancel_asked, "nobody wanted the end");
                assert!(!self.cancel_unclear, "a cancel was repeated without a look");
                assert!(!self.cancel_accepted, "a cancel was repeated that was accepted");
            }
            Kind::Read => {}
        }
    }

    pub(crate) fn answered(
        &mut self,
        kind: Kind,
        fate: Fate,
        got: &Result<Response<Bytes>, Failure>,
    ) {
        let class = class(fate, got);
        match kind {
            Kind::Start => {
                let attempt = self.attempt.as_mut().expect("it was sent");
                attempt.0 = class;
                self.accepted |= class == Class::Accepted;
            }
            Kind::Cancel => {
                self.cancel_unclear = class == Class::Unknown;
                self.cancel_accepted = class == Class::Accepted;
            }
            Kind::Read if class == Class::Accepted => self.cancel_unclear = false,
            Kind::Read => {}
        }
    }

    /// P-1, as the driver is told of it.
    pub(crate) fn told<S: Scanner>(&mut self, event: &EventOf<S>) {
        let class = self.attempt.map(|(class, _)| class);
        match event {
            Event::Starting(_) => self.intended = true,
            Event::Started(_) | Event::Accepted => assert_eq!(class, Some(Class::Accepted)),
            Event::Unknown => {
                assert_eq!(class, Some(Class::Unknown));
                self.intended = false;
            }
            Event::Canceling => assert!(self.cancel_asked, "nobody wanted the end"),
            Event::Busy | Event::Found(_) | Event::Running(_) | Event::Unreachable | _ => {}
        }
    }

    /// What the outcome alone can break, at its own time.
    pub(crate) fn check<S: Service>(&self, world: &mut World, outcome: &Outcome<S>) {
        let standing = outcome.id.as_ref().map(|id| S::has_finished(world, id));
        match &outcome.result {
            // P-3
            Ok(Ending::Finished(_)) => {
                assert_eq!(standing, Some(Some(true)), "what has not finished counts as finished");
            }
            Ok(Ending::Stopped) => assert!(self.cancel_asked, "nobody has ended the scan"),
            Ok(Ending::Failed(reason)) => panic!("no scan fails here: {reason}"),
            Err(ScanError::Canceled) => assert!(self.cancel_asked, "nobody wanted the end"),
            Err(ScanError::Missing | ScanError::Lost(_) | ScanError::Deadline) => {
                assert!(outcome.id.is_some(), "a scan was forgotten: {outcome:?}");
            }
            Err(
                ScanError::NotStarted
                | ScanError::Refused(_)
                | ScanError::Busy
                | ScanError::Duplicate(_)
                | ScanError::Unknown
                | _,
            ) => {}
        }
        assert_ne!(standing, Some(None), "a scan was made up: {outcome:?}");
        assert!(!(self.accepted && denies(outcome)), "an accepted start was denied: {outcome:?}");
    }
}

fn class(fate: Fate, got: &Result<Response<Bytes>, Failure>) -> Class {
    match (fate, got) {
        (Fate::NoConnection, _) => Class::NotSent,
        (Fate::Works, Ok(answer)) if answer.status().is_success() => Class::Accepted,
        // Only WSC documents that it throttles; on VAddy nothing is.
        (Fate::Works | Fate::Throttled, _) => Class::Rejected,
        (
            Fate::RequestLost | Fate::AnswerLost | Fate::Late | Fate::Unavailable | Fate::Garbled,
            _,
        ) => Class::Unknown,
    }
}

/// Whether an outcome says that nothing was started.
pub(crate) fn denies<S: Scanner>(outcome: &Outcome<S>) -> bool {
    matches!(
        outcome.result,
        Err(ScanError::Refused(_) | ScanError::NotStarted | ScanError::Busy | ScanError::Canceled)
    )
}

/// Whether an outcome tells its reader to look before anything is started again.
fn warns<S: Scanner>(outcome: &Outcome<S>) -> bool {
    matches!(outcome.result, Err(ScanError::Unknown | ScanError::Duplicate(_)))
}

/// What the history was made of.
#[derive(Clone, Copy)]
pub(crate) struct Truth {
    pub(crate) intents: u64,
    pub(crate) clients: u64,
    /// What a start leaves shows itself within the time that a client looks for it.
    pub(crate) settled: bool,
    /// The network lets a client read what is there.
    pub(crate) fair: bool,
}

/// P-2, over all clients, after everything that was on its way has arrived.
pub(crate) fn check_ledger<S: Service>(world: &mut World, truth: Truth, outcomes: &[Outcome<S>]) {
    world.pass_until(world.elapsed + Duration::from_secs(600));
    let started = world.ledger();
    assert!(started <= truth.clients + world.replays, "{started} scans: {outcomes:?}");
    if !truth.settled {
        return;
    }
    let mut known: Vec<&S::Id> = Vec::new();
    for id in outcomes.iter().filter_map(|outcome| outcome.id.as_ref()) {
        if !known.contains(&id) {
            known.push(id);
        }
    }
    let warned = outcomes.iter().any(warns);
    // More scans than intents were sent twice by somebody else: one of them is known, and a look shows the others.
    let mine = started.min(truth.intents);
    assert!(warned || known.len() as u64 >= mine, "{started} scans, known {known:?}: {outcomes:?}");
    let seen = warned || started <= truth.intents || !truth.fair;
    assert!(seen, "{started} scans, and no warning: {outcomes:?}");
    let denied = outcomes.len() == 1 && denies(&outcomes[0]);
    assert!(!denied || started == 0, "a scan was denied: {outcomes:?}");
}
