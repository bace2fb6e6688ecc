//! How long a flow rests when a service asks for it. `tests/plays` has every fault over the wire.

use core::time::Duration;

use shindan_emulator::{Emulator, FaultRule, When};
use shindan_proto::{Ending, Now, Outcome, Scanner, Step, Target, Token, WatchPolicy, WscScan};
use wsc_model::{CreateJob, Wsc};

use crate::{
    client::{Keyed, START, base},
    faults::{client_with, rule},
};

struct World {
    emulator: Emulator,
    mono: Duration,
    rests: Vec<Duration>,
}

impl World {
    fn new(rules: Vec<FaultRule>) -> Self {
        Self { emulator: client_with(rules).emulator, mono: Duration::ZERO, rests: Vec::new() }
    }

    fn now(&self) -> Now {
        let ms = self.mono.as_millis().try_into().expect("a short test");
        Now { mono: self.mono, wall: START.plus_ms(ms) }
    }

    fn start<S: Scanner>(&mut self, auth: S, scan: S::Scan) -> Outcome<S> {
        let mut step = Target::new(base(), auth).start(self.now(), scan, WatchPolicy::default());
        loop {
            step = match step {
                Step::Send(sending) => {
                    self.mono += Duration::from_millis(100);
                    let answer = self.emulator.answer(self.now().wall, &sending.request);
                    sending.received(self.now(), Ok(answer))
                }
                Step::Wait(waiting) => {
                    self.mono += waiting.delay;
                    self.rests.push(waiting.delay);
                    waiting.woke(self.now())
                }
                Step::Tell(telling) => telling.told(self.now()),
                Step::Done(outcome) => return outcome,
            };
        }
    }
}

fn wsc_scan() -> WscScan {
    WscScan { job: CreateJob::new("http://site"), token: Token::from_bytes([1; 16]) }
}

#[test]
fn a_throttle_in_the_middle_of_a_watch_is_waited_out() {
    for operation in ["wsc.getJobs", "wsc.searchJobs"] {
        let throttle = FaultRule {
            when: When::Nth(vec![3, 4]),
            retry_after: Some(37),
            ..rule(operation, 429)
        };
        let mut world = World::new(vec![throttle]);
        let outcome = world.start(Wsc::key(), wsc_scan());
        assert!(matches!(outcome.result, Ok(Ending::Finished(_))), "{operation}: {outcome:?}");
        let (_, counted, played) = world.emulator.faults().next().unwrap();
        if played > 0 {
            let waited = world.rests.iter().any(|rest| *rest >= Duration::from_secs(37));
            assert!(counted > 4 && waited, "{operation}: {:?}", world.rests);
        }
        assert!(operation != "wsc.searchJobs" || played == 2, "the watch asks more often");
        world.emulator.assert_billed(1);
    }
}
