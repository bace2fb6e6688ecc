//! Every sequence of fates over the first exchanges; after that everything works.
//!
//! The sequences are a tree that grows only where an exchange happens: a flow that has ended asks for no
//! more fates.

use shindan_proto::{NcpKey, VaddyKey, VaddyScan};

use crate::{
    chance::Chance,
    drive::{Client, drive},
    promise::{Truth, check_ledger},
    service::{Service, policy, start_wsc, v1_scan, v2_scan, vaddy},
    world::{Fate, Kind, World, usual},
};

/// How many exchanges are tried in every way.
const EXCHANGES: usize = 7;
/// The same after a wish to end, which comes at each of the first steps.
const EXCHANGES_WITH_CANCEL: usize = 4;
const STEPS_WITH_CANCEL: u32 = 24;

const ALONE: Truth = Truth { intents: 1, clients: 1, settled: true, fair: true };

/// A path from the root of the tree to a leaf: which of how many branches was taken.
pub(crate) struct Path {
    taken: Vec<(usize, usize)>,
    depth: usize,
    most: usize,
    /// VAddy does not document that it throttles; it is the last of the fates.
    throttles: bool,
    cancel_in: Option<u32>,
}

impl Path {
    /// The first one, which lets the first `most` exchanges work.
    pub(crate) fn new(most: usize, throttles: bool) -> Self {
        Self { taken: Vec::new(), depth: 0, most, throttles, cancel_in: None }
    }

    /// Goes to the next leaf; whether there is one.
    pub(crate) fn next(&mut self) -> bool {
        self.depth = 0;
        while let Some((branch, branches)) = self.taken.pop() {
            if branch + 1 < branches {
                self.taken.push((branch + 1, branches));
                return true;
            }
        }
        false
    }

    pub(crate) fn fates(&self) -> Vec<usize> {
        self.taken.iter().map(|(branch, _)| *branch).collect()
    }
}

impl Chance for Path {
    fn fate(&mut self, kind: Kind) -> Fate {
        // A wish to end is what is tried there, so what was before it works.
        if self.depth == self.most || self.cancel_in.is_some() {
            return Fate::Works;
        }
        let fates: &[Fate] = match kind {
            Kind::Read => &Fate::OF_A_READ,
            Kind::Start | Kind::Cancel => &Fate::OF_A_CHANGE,
        };
        let fates = if self.throttles { fates } else { &fates[..fates.len() - 1] };
        if self.depth == self.taken.len() {
            self.taken.push((0, fates.len()));
        }
        let fate = fates[self.taken[self.depth].0];
        self.depth += 1;
        fate
    }

    fn cancel(&mut self) -> bool {
        let now = self.cancel_in == Some(0);
        self.cancel_in = self.cancel_in.and_then(|steps| steps.checked_sub(1));
        now
    }
}

/// Runs a client through every leaf; how many there were, and how many steps they took.
fn every_sequence<S: Service>(
    most: usize,
    throttles: bool,
    cancel_in: Option<u32>,
    client: impl Fn(&mut World) -> Client<S>,
) -> (u64, u64) {
    let mut path = Path::new(most, throttles);
    let (mut sequences, mut steps) = (0, 0);
    loop {
        path.cancel_in = cancel_in;
        let ran = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let mut world = World::new();
            let client = client(&mut world);
            let mut outcomes = Vec::new();
            drive(&mut world, vec![client], &mut path, |world, client, outcome| {
                client.story.check(world, &outcome);
                steps += u64::from(client.steps);
                outcomes.push(outcome);
            });
            check_ledger(&mut world, ALONE, &outcomes);
        }));
        assert!(ran.is_ok(), "sequence {:?}, cancel {cancel_in:?}", path.fates());
        sequences += 1;
        if !path.next() {
            return (sequences, steps);
        }
    }
}

#[expect(clippy::print_stdout, reason = "the figures of a run, shown on demand")]
fn every_sequence_and_cancel<S: Service>(
    name: &str,
    throttles: bool,
    client: impl Fn(&mut World) -> Client<S>,
) {
    let (sequences, steps) = every_sequence(EXCHANGES, throttles, None, &client);
    let (mut more, mut more_steps) = (0, 0);
    for cancel_in in 0..STEPS_WITH_CANCEL {
        let (sequences, steps) =
            every_sequence(EXCHANGES_WITH_CANCEL, throttles, Some(cancel_in), &client);
        (more, more_steps) = (more + sequences, more_steps + steps);
    }
    println!(
        "{name}: {sequences} sequences in {steps} steps, {more} with a cancel in {more_steps}"
    );
}

#[test]
fn on_wsc_whose_answers_name_no_job() {
    every_sequence_and_cancel("wsc", true, |world| {
        Client::<NcpKey>::new(world, true, |now| start_wsc(now, true))
    });
}

#[test]
fn on_wsc_whose_answers_name_the_job() {
    every_sequence_and_cancel("wsc, named", true, |world| {
        *world = World::of(usual().created_numbers());
        Client::<NcpKey>::new(world, false, |now| start_wsc(now, false))
    });
}

#[test]
fn on_vaddy_v1() {
    every_sequence_and_cancel("vaddy v1", false, |world| on_vaddy(world, false, v1_scan()));
}

#[test]
fn on_vaddy_v2() {
    every_sequence_and_cancel("vaddy v2", false, |world| {
        let scan = v2_scan(world);
        on_vaddy(world, true, scan)
    });
}

fn on_vaddy(world: &World, repeat: bool, scan: VaddyScan) -> Client<VaddyKey> {
    Client::new(world, repeat, |now| vaddy().start(now, scan, policy(repeat)))
}
