use core::time::Duration;

use shindan_wire::{Effect, FaultKind};

use crate::{Sent, retry::CameBack};

/// An attempt, for whoever keeps a log: what was tried and what came of it, and nothing of what was sent or received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Traffic {
    /// The vendor's name for the operation.
    pub operation: &'static str,
    /// What a second execution would do.
    pub effect: Effect,
    /// Which attempt of the operation it is, from 1 on.
    pub attempt: u32,
    /// How far it has come.
    pub stage: Stage,
}

/// How far an attempt has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "an attempt leaves and comes back")]
pub enum Stage {
    /// Its request is signed and waits for its turn.
    Leaves,
    /// It is over.
    Back {
        /// The HTTP status, if there was a whole answer.
        status: Option<u16>,
        /// What the answer means.
        outcome: &'static str,
        /// From the signature to the end of the answer.
        took: Duration,
        /// The delay before the next attempt, if there will be one.
        again_in: Option<Duration>,
    },
}

/// What came back, in a word.
pub(crate) const fn outcome(came_back: CameBack<'_>) -> &'static str {
    match came_back {
        CameBack::Nothing(Sent::Never) => "not sent",
        CameBack::Nothing(Sent::Perhaps) => "no answer",
        CameBack::Unreadable => "unreadable",
        CameBack::Fault(kind, _) => match kind {
            FaultKind::Throttled => "throttled",
            FaultKind::Quota => "quota used up",
            FaultKind::Unauthenticated => "not authenticated",
            FaultKind::Forbidden => "forbidden",
            FaultKind::Refused => "refused",
            FaultKind::Server => "failed",
            FaultKind::CatchAll => "failed or refused",
            FaultKind::Unrecognized => "not recognized",
        },
    }
}
