//! Whole lives of scans, driven by the client's own flows.

use core::time::Duration;

use shindan_emulator::{Clock, Delivery, Emulator, SCAN_MS};
use shindan_proto::{
    Ending, Event, Failure, Now, Outcome, ScanError, Scanner, Sent, Step, Target, Timestamp, Token,
    VaddyProject, VaddyScan, WatchPolicy, WscScan,
};
use vaddy_model::Vaddy;
use wsc_model::{CreateJob, GetJobs, Wsc};

use crate::client::{Keyed, START, base};

/// How long a request and an answer travel.
const TRIP: Duration = Duration::from_millis(50);
pub(crate) const NEVER: Duration = Duration::MAX;
/// No flow takes longer.
const LONGEST: Duration = Duration::from_secs(24 * 3_600);

/// An emulator, and the one time that it and its client live in.
pub(crate) struct World {
    pub(crate) emulator: Emulator,
    pub(crate) mono: Duration,
    /// How far the client's calendar is ahead, in ms.
    client_ahead_ms: i64,
}

impl World {
    pub(crate) fn new(emulator: Emulator) -> Self {
        Self { emulator, mono: Duration::ZERO, client_ahead_ms: 0 }
    }

    pub(crate) fn server_now(&self) -> Timestamp {
        START.plus_ms(self.mono.as_millis().try_into().expect("a short test"))
    }

    pub(crate) fn now(&self) -> Now {
        Now { mono: self.mono, wall: self.server_now().plus_ms(self.client_ahead_ms) }
    }

    /// Carries a flow out; at the first rest after `cancel_at` it is asked to end.
    pub(crate) fn drive<T, E>(
        &mut self,
        mut step: Step<T, E>,
        mut cancel_at: Duration,
        mut see: impl FnMut(&E),
    ) -> T {
        loop {
            assert!(self.mono < LONGEST, "the flow does not end");
            step = match step {
                Step::Send(sending) => {
                    self.mono += TRIP;
                    let answer = self.emulator.answer(self.server_now(), &sending.request);
                    self.mono += TRIP;
                    // What does not arrive whole does not arrive.
                    let cut = answer.extensions().get::<Delivery>().is_some();
                    let lost = || Failure::new(Sent::Perhaps, "cut off");
                    let got = if cut { Err(lost()) } else { Ok(answer) };
                    sending.received(self.now(), got)
                }
                Step::Wait(waiting) if self.mono >= cancel_at => {
                    cancel_at = NEVER;
                    waiting.cancel(self.now())
                }
                Step::Wait(waiting) => {
                    self.mono += waiting.delay;
                    waiting.woke(self.now())
                }
                Step::Tell(telling) => {
                    see(&telling.event);
                    telling.told(self.now())
                }
                Step::Done(result) => return result,
            };
        }
    }

    /// The outcome of a start and how often the flow announced one.
    pub(crate) fn start<S: Scanner>(
        &mut self,
        auth: S,
        scan: S::Scan,
        cancel_at: Duration,
    ) -> (Outcome<S>, u32) {
        let mut starts = 0;
        let step = Target::new(base(), auth).start(self.now(), scan, WatchPolicy::default());
        let outcome = self.drive(step, cancel_at, |event| {
            starts += u32::from(matches!(event, Event::Starting(_)));
        });
        (outcome, starts)
    }
}

pub(crate) fn wsc_scan(token: u8) -> WscScan {
    WscScan { job: CreateJob::new("http://site"), token: Token::from_bytes([token; 16]) }
}

pub(crate) fn vaddy_scan(project: VaddyProject) -> VaddyScan {
    VaddyScan { project, project_number: None, crawl_id: None, scan_type: None }
}

pub(crate) fn v2() -> VaddyProject {
    VaddyProject::V2 { project_id: "0a1b2c3d4e5f607".to_owned() }
}

#[test]
fn wsc_to_the_end() {
    for emulator in [
        Emulator::new(START),
        Emulator::builder().created_numbers().build(START),
        Emulator::builder().loose().build(START),
        Emulator::builder().faults_in_200().clock(Clock::Times(60)).build(START),
    ] {
        let mut world = World::new(emulator);
        let (outcome, starts) = world.start(Wsc::key(), wsc_scan(1), NEVER);
        let Ok(Ending::Finished(report)) = outcome.result else { panic!("{outcome:?}") };
        assert_eq!(report.classify_by_risk_level.total, Some(2));
        assert_eq!(outcome.id.unwrap().as_str(), "1234567890");
        let ledger = world.emulator.ledger();
        assert_eq!((starts, ledger.wsc_created, ledger.refused_signatures), (1, 1, 0));

        // The same intent again finds what is there and pays nothing.
        let (again, starts) = world.start(Wsc::key(), wsc_scan(1), NEVER);
        assert!(matches!(again.result, Ok(Ending::Finished(_))), "{again:?}");
        assert_eq!((starts, world.emulator.ledger().wsc_created), (0, 1));
    }
}

#[test]
fn wsc_ended_by_its_client() {
    // Once while the job waits and can be canceled, once while it runs and must be stopped.
    for cancel_at in [Duration::ZERO, Duration::from_secs(20)] {
        let mut world = World::new(Emulator::builder().created_numbers().build(START));
        let (outcome, _) = world.start(Wsc::key(), wsc_scan(2), cancel_at);
        assert!(matches!(outcome.result, Ok(Ending::Stopped)), "{outcome:?}");
        assert!(world.mono < Duration::from_millis(SCAN_MS.unsigned_abs()), "{:?}", world.mono);
    }
}

/// The header `Date` is all that a client needs to find out that its own clock is wrong.
/// Assumed (wsc.signature): a refusal has a header `Date`, by which a client finds out how wrong its
/// clock is.
#[test]
fn wsc_with_a_wrong_clock() {
    for ahead_ms in [-3_600_000, 360_000] {
        let mut world = World::new(Emulator::new(START));
        world.client_ahead_ms = ahead_ms;
        let target = Target::new(base(), Wsc::key());
        let step = target.call(world.now(), &GetJobs::new(10, 1));
        world.drive(step, NEVER, |_| {}).unwrap();
        assert_eq!(world.emulator.ledger().refused_signatures, 1);
        assert!((target.skew_ms() + ahead_ms).abs() <= 1_000, "{}", target.skew_ms());
    }
}

#[test]
fn vaddy_to_the_end() {
    let v1 = VaddyProject::V1 { fqdn: "www.example.jp".to_owned(), verification_code: None };
    for project in [v1, v2()] {
        for emulator in [Emulator::new(START), Emulator::builder().loose().build(START)] {
            let mut world = World::new(emulator);
            let (outcome, starts) = world.start(Vaddy::key(), vaddy_scan(project.clone()), NEVER);
            let Ok(Ending::Finished(result)) = outcome.result else { panic!("{outcome:?}") };
            assert_eq!(result.complete, Some(100));
            assert_eq!((starts, world.emulator.ledger().vaddy_started), (1, 1));
        }
    }
}

#[test]
fn vaddy_ended_by_its_client() {
    let mut world = World::new(Emulator::new(START));
    let (outcome, _) = world.start(Vaddy::key(), vaddy_scan(v2()), Duration::from_secs(20));
    assert!(matches!(outcome.result, Ok(Ending::Stopped)), "{outcome:?}");
    let (next, _) = world.start(Vaddy::key(), vaddy_scan(v2()), NEVER);
    assert!(matches!(next.result, Ok(Ending::Finished(_))), "{next:?}");
}

#[test]
fn vaddy_is_busy() {
    let mut world = World::new(Emulator::new(START));
    let target = Target::new(base(), Vaddy::key());
    let detached = WatchPolicy { detach: true, ..WatchPolicy::default() };
    let step = target.start(world.now(), vaddy_scan(v2()), detached);
    let outcome = world.drive(step, NEVER, |_| {});
    assert!(matches!(outcome.result, Err(ScanError::Detached)), "{outcome:?}");
    let (outcome, starts) = world.start(Vaddy::key(), vaddy_scan(v2()), NEVER);
    assert!(matches!(outcome.result, Err(ScanError::Busy)), "{outcome:?}");
    assert_eq!((starts, world.emulator.ledger().vaddy_started), (0, 1));
}
