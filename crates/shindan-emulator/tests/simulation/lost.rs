//! What a killed client leaves, and how the next process on its machine looks for its scan.

use shindan_proto::{
    Event, EventOf, LostStart, NcpKey, Outcome, ScanError, Scanner, Target, Timestamp, VaddyKey,
    VaddyScan, WscScan,
};

use crate::{
    chance::Chance,
    drive::{Client, drive},
    promise::denies,
    service::{Service, policy, vaddy, wsc, wsc_scan},
    world::World,
};

/// What one client wants.
pub(crate) struct Intent<S: Scanner> {
    pub(crate) target: Target<S>,
    pub(crate) scan: S::Scan,
    /// Whether it starts once more after the proof that the first start was not executed.
    pub(crate) repeat: bool,
    /// Whether the service shows what was started to whoever asks for it later.
    pub(crate) can_be_found: bool,
}

impl<S: Scanner> Intent<S> {
    pub(crate) fn client(&self, world: &World) -> Client<S> {
        let begin = |now| self.target.start(now, self.scan.clone(), policy(self.repeat));
        Client::new(world, self.repeat, begin)
    }
}

pub(crate) fn on_wsc(repeat: bool) -> Intent<NcpKey> {
    Intent::<NcpKey> { target: wsc(), scan: wsc_scan(), repeat, can_be_found: true }
}

pub(crate) fn on_vaddy(scan: VaddyScan, repeat: bool) -> Intent<VaddyKey> {
    let can_be_found = scan.project_number.is_some();
    Intent::<VaddyKey> { target: vaddy(), scan, repeat, can_be_found }
}

/// The same token from another machine, which knows nothing.
pub(crate) fn elsewhere(scan: WscScan) -> Intent<NcpKey> {
    Intent::<NcpKey> { scan, ..on_wsc(false) }
}

/// The journal: what a client was told, and when.
pub(crate) struct Record<S: Scanner> {
    /// What was there before the first start, when that was about to leave, and how far the calendar was ahead.
    sent: Option<(Vec<S::Id>, Timestamp, i64)>,
    accepted: bool,
    id: Option<S::Id>,
}

impl<S: Scanner> Default for Record<S> {
    fn default() -> Self {
        Self { sent: None, accepted: false, id: None }
    }
}

impl<S: Scanner> Record<S> {
    /// How far a calendar was set since the start was about to leave, in ms.
    pub(crate) fn set_by_ms(&self, ahead_ms: i64) -> i64 {
        self.sent.as_ref().map_or(0, |(_, _, then)| ahead_ms - then)
    }

    pub(crate) fn note(&mut self, event: &EventOf<S>, wall: Timestamp, ahead_ms: i64) {
        match event {
            Event::Starting(before) => {
                self.sent.get_or_insert_with(|| (before.clone(), wall, ahead_ms));
            }
            Event::Started(id) | Event::Found(id) => self.id = Some(id.clone()),
            Event::Accepted => self.accepted = true,
            Event::Busy
            | Event::Unknown
            | Event::Running(_)
            | Event::Unreachable
            | Event::Canceling
            | Event::CancelAccepted
            | _ => {}
        }
    }

    fn lost(&self, scan: &S::Scan) -> Option<LostStart<S>> {
        let (before, sent, _) = self.sent.clone()?;
        Some(LostStart { scan: scan.clone(), before, sent, accepted: self.accepted })
    }
}

/// What the record of a dead client says without a look, or the client that has to be asked for it.
#[expect(clippy::large_enum_variant, reason = "there is one per death")]
pub(crate) enum Left<S: Scanner> {
    Known(Outcome<S>),
    Lost(Client<S>),
}

/// Reads the record of a dead client.
pub(crate) fn left<S: Scanner>(world: &World, dead: Client<S>) -> Left<S> {
    let (id, result) = match (&dead.record.id, &dead.record.sent) {
        (Some(id), _) => (Some(id.clone()), ScanError::Detached),
        (None, Some(_)) => return Left::Lost(dead),
        (None, None) => {
            assert_eq!(dead.story.starts, 0, "a start has left that no record knows");
            assert_eq!(world.ledger(), 0, "a scan was started that no record knows");
            (None, ScanError::Canceled)
        }
    };
    Left::Known(Outcome { id, result: Err(result) })
}

/// Looks for what a dead client has started: who has looked, and the outcome unless it was killed in its turn.
pub(crate) fn reconcile<S: Service>(
    world: &mut World,
    dead: Client<S>,
    intent: &Intent<S>,
    jump_ms: i64,
    dies_at: Option<u32>,
    chance: &mut dyn Chance,
) -> (Client<S>, Option<Outcome<S>>) {
    let mut client = dead.reborn(world, jump_ms, |now, record| {
        let lost = record.lost(&intent.scan).expect("a start was recorded");
        intent.target.reconcile(now, lost, &policy(intent.repeat))
    });
    client.dies_at = dies_at;
    let mut ended = None;
    let mut killed = drive(world, vec![client], chance, |world, client, outcome| {
        client.story.check(world, &outcome);
        assert_eq!(client.story.starts, 0, "who looks for a start must not start");
        assert!(client.record.id == outcome.id, "a scan was found that the driver was not told of");
        assert!(!(client.record.accepted && denies(&outcome)), "what was accepted was denied");
        ended = Some((client, Some(outcome)));
    });
    ended.unwrap_or_else(|| (killed.pop().expect("it has ended or was killed"), None))
}
