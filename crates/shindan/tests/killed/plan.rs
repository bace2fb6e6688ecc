//! What one round does, drawn as a whole before it begins.

use std::time::Duration;

use crate::draw::Draw;

#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) service: Service,
    pub(crate) command: Command,
    /// Whether all starts of the round have the same `--dedupe-key`, and so are one intent.
    pub(crate) key: bool,
    /// What the service does with the first start that reaches it; later ones are simply answered.
    pub(crate) fate: Fate,
    /// When the start is killed.
    pub(crate) kill: Kill,
    pub(crate) then: Then,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Service {
    /// `named`: a created job's number is in the answer.
    Wsc { named: bool },
    /// Without a project number a lost scan cannot be found.
    VaddyV1,
    /// With a project number.
    VaddyV2,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Command {
    Scan,
    ScanDetached,
    /// `wsc job create` or `vaddy scan start`.
    Operation,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Answered,
    /// Never executed, and the connection is closed.
    Dropped,
    /// Executed, and the connection is closed.
    Unanswered,
    /// The connection is closed, and then it is executed.
    Late,
    /// Executed, and something in between answers.
    BadGateway,
}

/// When a process is killed: this long after something that happens only with it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kill {
    pub(crate) since: Since,
    pub(crate) after: Duration,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Since {
    /// 0 is the spawn; after that each arrival of a request and each answer counts.
    Event(usize),
    /// The arrival of its first start.
    Start,
}

/// What is done after the kill.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Then {
    /// `runs reconcile`, and first one that is killed itself.
    Reconcile(Option<Kill>),
    /// `attach --latest`.
    Attach,
    /// The same start at once.
    Again,
    /// The same start on another machine, which has no journal. WSC with a key.
    Elsewhere,
}

impl Plan {
    pub(crate) fn draw(draw: &mut Draw) -> Self {
        let service = draw.pick(&[
            Service::Wsc { named: true },
            Service::Wsc { named: false },
            Service::VaddyV1,
            Service::VaddyV2,
        ]);
        let key = draw.one_in(2);
        Self {
            service,
            command: draw.pick(&[Command::Scan, Command::ScanDetached, Command::Operation]),
            key,
            fate: fate(draw),
            kill: kill(draw),
            then: then(draw, key && matches!(service, Service::Wsc { .. })),
        }
    }
}

fn fate(draw: &mut Draw) -> Fate {
    match draw.below(10) {
        0..2 => Fate::Dropped,
        2 => Fate::Unanswered,
        3 => Fate::Late,
        4 => Fate::BadGateway,
        _ => Fate::Answered,
    }
}

/// The whole life is covered, and the time around the start more densely.
fn kill(draw: &mut Draw) -> Kill {
    match draw.below(10) {
        0..4 => Kill { since: Since::Start, after: draw.ms(60) },
        4..9 => early(draw, 13),
        _ => Kill { since: Since::Event(0), after: draw.ms(1_500) },
    }
}

fn early(draw: &mut Draw, events: u64) -> Kill {
    let event = usize::try_from(draw.below(events)).expect("it is small");
    Kill { since: Since::Event(event), after: draw.ms(30) }
}

fn then(draw: &mut Draw, elsewhere: bool) -> Then {
    match draw.below(4) {
        0 if draw.one_in(2) => Then::Reconcile(Some(early(draw, 7))),
        0 => Then::Reconcile(None),
        1 => Then::Attach,
        2 if elsewhere => Then::Elsewhere,
        _ => Then::Again,
    }
}
