//! Which requests may be answered with what somebody else was answered, over whole flows under faults.

use core::time::Duration;
use std::collections::BTreeMap;

use proptest::{prelude::*, sample::select, test_runner::RngSeed};
use shindan_emulator::{Emulator, FaultRule, When};
use shindan_proto::{
    Ending, Event, EventOf, Now, Outcome, Scanner, Sending, Step, Target, WatchPolicy,
};
use vaddy_model::Vaddy;
use wsc_model::{CreateJob, Wsc};

use crate::{
    client::{Client, Keyed, START, base},
    faults::rule,
    flows::{v2, vaddy_scan, wsc_scan},
};

/// Longer than a signature is accepted.
const LONG_TURN: Duration = Duration::from_secs(20 * 60);

/// A flow's driver that looks at what may be shared.
struct Looker {
    emulator: Emulator,
    mono: Duration,
    /// When a scan was known first.
    known: Option<Duration>,
    canceling: bool,
    /// When each request was answered the last time.
    answered: BTreeMap<Vec<u8>, Duration>,
    shared: u32,
    /// How often a request waits for its turn before it is sent.
    turns: u32,
}

impl Looker {
    fn new(others: u32, rules: Vec<FaultRule>, turns: u32) -> Self {
        let mut client = Client::new();
        for other in 0..others {
            client.get(&CreateJob::new(&format!("http://other-{other}")));
        }
        client.emulator.set_faults(rules).expect("the rules can be played");
        Self {
            emulator: client.emulator,
            mono: Duration::ZERO,
            known: None,
            canceling: false,
            answered: BTreeMap::new(),
            shared: 0,
            turns,
        }
    }

    fn now(&self) -> Now {
        let ms = self.mono.as_millis().try_into().expect("a short test");
        Now { mono: self.mono, wall: START.plus_ms(ms) }
    }

    fn start<S: Scanner>(&mut self, auth: S, scan: S::Scan, cancel_at: u32) -> Outcome<S> {
        let policy = WatchPolicy { retry_unstarted: true, ..WatchPolicy::default() };
        let mut step = Target::new(base(), auth).start(self.now(), scan, policy);
        let (mut rests, mut turns) = (0, 0);
        loop {
            step = match step {
                Step::Send(sending) if turns < self.turns => {
                    turns += 1;
                    self.mono += LONG_TURN;
                    sending.waited(self.now())
                }
                Step::Send(sending) => {
                    turns = 0;
                    self.look(&sending);
                    let request = &sending.request;
                    let same = [request.uri().to_string().as_bytes(), request.body()].concat();
                    self.mono += Duration::from_millis(100);
                    let answer = self.emulator.answer(self.now().wall, request);
                    self.answered.insert(same, self.mono);
                    sending.received(self.now(), Ok(answer))
                }
                Step::Wait(waiting) => {
                    self.mono += waiting.delay;
                    rests += 1;
                    if rests == cancel_at {
                        waiting.cancel(self.now())
                    } else {
                        waiting.woke(self.now())
                    }
                }
                Step::Tell(telling) => {
                    self.hear::<S>(&telling.event);
                    telling.told(self.now())
                }
                Step::Done(outcome) => return outcome,
            };
        }
    }

    fn hear<S: Scanner>(&mut self, event: &EventOf<S>) {
        match event {
            Event::Starting(_) => self.known = None,
            Event::Started(_) | Event::Found(_) => self.known = Some(self.mono),
            Event::Canceling => self.canceling = true,
            Event::Busy
            | Event::Accepted
            | Event::Unknown
            | Event::Running(_)
            | Event::Unreachable
            | Event::CancelAccepted
            | _ => {}
        }
    }

    /// Only a watch that nobody has asked to end takes what others were answered, and nothing that is older than
    /// itself or than what it was answered before.
    fn look<T, E>(&mut self, sending: &Sending<T, E>) {
        let Some(share) = sending.share else { return };
        self.shared += 1;
        let request = &sending.request;
        let what = format!("{} {:?}", request.uri(), request.body());
        let known = self.known.unwrap_or_else(|| panic!("nothing is known yet: {what}"));
        assert!(!self.canceling, "it is being ended: {what}");
        assert!(request.uri().path().starts_with("/api/v1/jobs"), "{what}");
        assert!(!what.contains("AAAA") && !what.contains("report"), "it is not all jobs': {what}");
        assert!(share <= self.mono.saturating_sub(known), "it may be older than the watch: {what}");
        let same = [request.uri().to_string().as_bytes(), request.body()].concat();
        if let Some(answered) = self.answered.get(&same) {
            assert!(
                share <= self.mono.saturating_sub(*answered),
                "it may be what it was served before: {what}"
            );
        }
    }
}

/// A fixed seed: a red run is red again on every machine, so nothing has to be written down.
fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 128,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(10_000),
        ..ProptestConfig::default()
    }
}

fn fault() -> impl Strategy<Value = FaultRule> {
    let operation = select(&["wsc.createJob", "wsc.getJobs", "wsc.searchJobs", "wsc.getReport"]);
    let nth = prop::collection::vec(1_u64..8, 1..4);
    (operation, select(&[429_u16, 500, 503]), nth, any::<bool>()).prop_map(
        |(operation, status, nth, executed)| FaultRule {
            when: When::Nth(nth),
            executed: Some(executed),
            ..rule(operation, status)
        },
    )
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn what_decides_about_a_start_is_asked_for_by_itself(
        rules in prop::collection::vec(fault(), 0..3),
        others in select(&[0_u32, 5, 250]),
        cancel_at in 0_u32..9,
    ) {
        let mut looker = Looker::new(others, rules, 0);
        looker.start(Wsc::key(), wsc_scan(0), cancel_at);
    }
}

#[test]
fn a_watch_of_the_list_shares_and_others_do_not() {
    let mut looker = Looker::new(250, Vec::new(), 0);
    let outcome = looker.start(Wsc::key(), wsc_scan(0), 0);
    assert!(matches!(outcome.result, Ok(Ending::Finished(_))), "{outcome:?}");
    assert!(looker.shared > 3, "{}", looker.shared);
    let mut looker = Looker::new(0, Vec::new(), 0);
    let outcome = looker.start(Vaddy::key(), vaddy_scan(v2()), 0);
    assert!(matches!(outcome.result, Ok(Ending::Finished(_))), "{outcome:?}");
    assert_eq!(looker.shared, 0);
}

/// The emulator refuses signatures that are older than five minutes.
#[test]
fn what_has_waited_for_its_turn_is_signed_anew() {
    let mut looker = Looker::new(0, Vec::new(), 2);
    let outcome = looker.start(Wsc::key(), wsc_scan(0), 0);
    assert!(matches!(outcome.result, Ok(Ending::Finished(_))), "{outcome:?}");
    looker.emulator.assert_billed(1);
}
