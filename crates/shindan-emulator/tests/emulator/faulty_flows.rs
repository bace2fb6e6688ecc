//! Whole flows against a service that fails on purpose.

use core::time::Duration;

use bytes::Bytes;
use http::Response;
use shindan_emulator::{Delivery, Emulator, FaultRule, When};
use shindan_proto::{
    Ending, Failure, Now, Outcome, ScanError, Scanner, Sent, Step, Target, Token, VaddyProject,
    VaddyScan, WatchPolicy, WscScan,
};
use vaddy_model::Vaddy;
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

    /// What a driver has in its hands after a delivery like this.
    fn delivered(answer: Response<Bytes>) -> Result<Response<Bytes>, Failure> {
        match answer.extensions().get::<Delivery>() {
            None => Ok(answer),
            Some(_) => Err(Failure::new(Sent::Perhaps, "the answer does not arrive whole")),
        }
    }

    fn start<S: Scanner>(&mut self, auth: S, scan: S::Scan) -> Outcome<S> {
        let mut step = Target::new(base(), auth).start(self.now(), scan, WatchPolicy::default());
        loop {
            step = match step {
                Step::Send(sending) => {
                    self.mono += Duration::from_millis(100);
                    let answer = self.emulator.answer(self.now().wall, &sending.request);
                    sending.received(self.now(), Self::delivered(answer))
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

fn vaddy_scan() -> VaddyScan {
    let project = VaddyProject::V2 { project_id: "0a1b2c3d4e5f607".to_owned() };
    VaddyScan { project, project_number: None, crawl_id: None, scan_type: None }
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

#[test]
fn a_lost_answer_to_a_start_is_paid_once_and_found() {
    let reset = Delivery::Reset { after: 0 };
    for lost in [
        FaultRule { delivery: Some(reset), ..FaultRule::new("wsc.createJob") },
        FaultRule { executed: Some(true), ..rule("wsc.createJob", 504) },
        FaultRule { executed: Some(true), ..rule("wsc.createJob", 502) },
        FaultRule {
            executed: Some(true),
            body: Some("<html>".to_owned()),
            ..FaultRule::new("wsc.createJob")
        },
    ] {
        let mut world = World::new(vec![lost]);
        let outcome = world.start(Wsc::key(), wsc_scan());
        assert!(matches!(outcome.result, Ok(Ending::Finished(_))), "{outcome:?}");
        assert_eq!(outcome.id.unwrap().as_str(), "1234567890");
        world.emulator.assert_billed(1);
        let run = &world.emulator.start_calls().next().unwrap().run;
        assert_eq!(run.as_deref(), Some(&*Token::from_bytes([1; 16]).to_string()));
    }
}

#[test]
fn a_start_that_was_not_executed_is_not_called_started() {
    let unavailable = rule("wsc.createJob", 503);
    let mut world = World::new(vec![unavailable]);
    let outcome = world.start(Wsc::key(), wsc_scan());
    assert!(matches!(outcome.result, Err(ScanError::NotStarted)), "{outcome:?}");
    world.emulator.assert_billed(0);
}

#[test]
fn a_flaky_vaddy_is_sat_out() {
    let flaky = FaultRule { when: When::Every(2), ..rule("vaddy.v2.getScanResult", 503) };
    let mut world = World::new(vec![flaky]);
    let outcome = world.start(Vaddy::key(), vaddy_scan());
    assert!(matches!(outcome.result, Ok(Ending::Finished(_))), "{outcome:?}");
    world.emulator.assert_billed(1);
    let lost = FaultRule { executed: Some(true), ..rule("vaddy.v2.startScan", 504) };
    let mut world = World::new(vec![lost]);
    let outcome = world.start(Vaddy::key(), vaddy_scan());
    assert!(outcome.result.is_err(), "nobody can prove whose scan it is: {outcome:?}");
    world.emulator.assert_billed(1);
}
