//! Drives one or more flows to their ends, in the order of their times.

use std::time::Duration;

use bytes::Bytes;
use http::Response;
use shindan_proto::{EventOf, Failure, Now, Outcome, Scanner, Sending, Step, Waiting};

use crate::{
    chance::Chance,
    lost::Record,
    promise::Story,
    world::{Kind, World},
};

/// More than any flow here needs.
const MOST_STEPS: u32 = 5_000;

/// A client: its flow, its calendar, and what it has been told.
pub(crate) struct Client<S: Scanner> {
    born: Duration,
    at: Duration,
    next: Next<S>,
    /// How far its calendar is ahead of the service's, in ms.
    pub(crate) ahead_ms: i64,
    pub(crate) story: Story,
    pub(crate) steps: u32,
    /// The step before which it is killed.
    pub(crate) dies_at: Option<u32>,
    /// What outlives it.
    pub(crate) record: Record<S>,
}

type Answer = Result<Response<Bytes>, Failure>;

enum Next<S: Scanner> {
    Step(Step<Outcome<S>, EventOf<S>>),
    Arriving(Sending<Outcome<S>, EventOf<S>>, Answer),
    Waking(Waiting<Outcome<S>, EventOf<S>>),
    Gone,
}

impl<S: Scanner> Client<S> {
    /// `begin` makes the flow at the client's time.
    pub(crate) fn new(
        world: &World,
        may_repeat: bool,
        begin: impl FnOnce(Now) -> Step<Outcome<S>, EventOf<S>>,
    ) -> Self {
        Self::on_machine(world, 0, Record::default(), may_repeat, |now, _| begin(now))
    }

    /// A new process on the machine of this dead one, whose calendar was set meanwhile.
    pub(crate) fn reborn(
        self,
        world: &World,
        jump_ms: i64,
        begin: impl FnOnce(Now, &Record<S>) -> Step<Outcome<S>, EventOf<S>>,
    ) -> Self {
        Self::on_machine(world, self.ahead_ms + jump_ms, self.record, false, begin)
    }

    fn on_machine(
        world: &World,
        ahead_ms: i64,
        record: Record<S>,
        may_repeat: bool,
        begin: impl FnOnce(Now, &Record<S>) -> Step<Outcome<S>, EventOf<S>>,
    ) -> Self {
        let now = Now { mono: Duration::ZERO, wall: world.wall().plus_ms(ahead_ms) };
        Self {
            born: world.elapsed,
            at: world.elapsed,
            next: Next::Step(begin(now, &record)),
            ahead_ms,
            story: Story::new(may_repeat),
            steps: 0,
            dies_at: None,
            record,
        }
    }

    fn now(&self, world: &World) -> Now {
        let wall = world.wall().plus_ms(self.ahead_ms);
        Now { mono: world.elapsed.saturating_sub(self.born), wall }
    }

    /// Carries out what is next; the outcome, once there is one.
    fn go_on(&mut self, world: &mut World, chance: &mut dyn Chance) -> Option<Outcome<S>> {
        self.steps += 1;
        assert!(self.steps < MOST_STEPS, "the flow does not end");
        self.ahead_ms += chance.calendar_jump();
        let now = self.now(world);
        self.next = match std::mem::replace(&mut self.next, Next::Gone) {
            Next::Step(Step::Send(mut sending)) => {
                if chance.cancel() {
                    self.story.cancel_asked = true;
                    sending.ask_cancel();
                }
                let kind = Kind::of(&sending.request);
                let fate = chance.fate(kind);
                let replayed = kind == Kind::Start && chance.replayed();
                self.story.sent(kind, world.elapsed);
                let got = world.exchange(&sending.request, fate, replayed);
                self.story.answered(kind, fate, &got);
                self.at += chance.latency();
                Next::Arriving(sending, got)
            }
            Next::Step(Step::Wait(waiting)) if chance.cancel() => {
                self.story.cancel_asked = true;
                Next::Step(waiting.cancel(now))
            }
            Next::Step(Step::Wait(waiting)) => {
                self.at += waiting.delay + chance.oversleep();
                Next::Waking(waiting)
            }
            Next::Step(Step::Tell(telling)) => {
                self.story.told::<S>(&telling.event);
                self.record.note(&telling.event, now.wall, self.ahead_ms);
                Next::Step(telling.told(now))
            }
            Next::Step(Step::Done(outcome)) => return Some(outcome),
            Next::Arriving(sending, got) => Next::Step(sending.received(now, got)),
            Next::Waking(waiting) => Next::Step(waiting.woke(now)),
            Next::Gone => unreachable!("a client is carried on until its outcome"),
        };
        None
    }
}

/// Drives clients to their ends and hands each outcome over at its own time; those that were killed are returned.
pub(crate) fn drive<S: Scanner>(
    world: &mut World,
    clients: Vec<Client<S>>,
    chance: &mut dyn Chance,
    mut done: impl FnMut(&mut World, Client<S>, Outcome<S>),
) -> Vec<Client<S>> {
    let (mut clients, mut dead) = (clients, Vec::new());
    while let Some(first) = (0..clients.len()).min_by_key(|&index| clients[index].at) {
        world.pass_until(clients[first].at);
        if clients[first].dies_at == Some(clients[first].steps) {
            dead.push(clients.swap_remove(first));
        } else if let Some(outcome) = clients[first].go_on(world, chance) {
            done(world, clients.swap_remove(first), outcome);
        }
    }
    dead
}
