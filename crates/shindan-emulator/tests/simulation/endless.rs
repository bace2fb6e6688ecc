//! Waits without an end, and many clients at once.

use std::{cmp::Reverse, collections::BinaryHeap, time::Duration};

use shindan_proto::{Failure, Now, ScanError, Sent, Step, VaddyKey, VaddyScanId, WatchPolicy};
use vaddy_model::ScanId;

use crate::{
    service::{Begun, v1_scan, vaddy},
    world::{BEGUN, answer},
};

const SCANNING: &str = r#"{"status":"scanning"}"#;

fn id() -> VaddyScanId {
    let scan_id = ScanId::new("1-837b5f9f").expect("it is letters, digits and hyphens");
    VaddyScanId { project: v1_scan().project, scan_id }
}

fn now(elapsed: Duration) -> Now {
    let ms = elapsed.as_millis().try_into().expect("a simulation is short");
    Now { mono: elapsed, wall: BEGUN.plus_ms(ms) }
}

/// T-FOREVER: thirty days of "scanning" end at the deadline, and every poll was the slowest that it may be.
#[test]
fn a_scan_that_never_ends_is_left_at_the_deadline() {
    let month = Duration::from_secs(30 * 24 * 3_600);
    let policy = WatchPolicy { within: Some(month), ..WatchPolicy::default() };
    let mut step = vaddy().attach(now(Duration::ZERO), id(), policy);
    let (mut elapsed, mut polls) = (Duration::ZERO, 0u32);
    let outcome = loop {
        step = match step {
            Step::Send(sending) => {
                polls += 1;
                assert!(polls < 60_000, "it is polled too often");
                sending.received(now(elapsed), Ok(answer(http::StatusCode::OK, SCANNING)))
            }
            Step::Wait(waiting) => {
                elapsed += waiting.delay;
                waiting.woke(now(elapsed))
            }
            Step::Tell(telling) => telling.told(now(elapsed)),
            Step::Done(outcome) => break outcome,
        };
    };
    assert!(matches!(outcome.result, Err(ScanError::Deadline)), "{outcome:?}");
    assert_eq!(elapsed, month);
    // 60 s apart, give or take a tenth.
    assert!((39_000..48_200).contains(&polls), "{polls} polls");
}

/// T-STORM: many clients of one target, and an outage of ten minutes.
#[test]
fn an_outage_makes_no_storm() {
    const CLIENTS: u64 = 1_000;
    let outage = 600..1_200;
    let target = vaddy();
    let mut asleep: BinaryHeap<Reverse<(Duration, u64)>> = BinaryHeap::new();
    let mut steps: Vec<Option<Begun<VaddyKey>>> = Vec::new();
    for client in 0..CLIENTS {
        // They have not begun all at once.
        let begun = Duration::from_millis(client * 20);
        let policy = WatchPolicy {
            within: Some(Duration::from_secs(1_800)),
            seed: client,
            ..WatchPolicy::default()
        };
        steps.push(Some(target.attach(now(begun), id(), policy)));
        asleep.push(Reverse((begun, client)));
    }
    let mut requests = vec![0u32; 200];
    while let Some(Reverse((elapsed, client))) = asleep.pop() {
        let slot = &mut steps[usize::try_from(client).expect("it is an index")];
        let mut step = slot.take().expect("a client that is asleep has a step");
        if let Step::Wait(waiting) = step {
            step = waiting.woke(now(elapsed));
        }
        loop {
            step = match step {
                Step::Send(sending) => {
                    requests[usize::try_from(elapsed.as_secs() / 10).expect("it is an index")] += 1;
                    let out = outage.contains(&elapsed.as_secs());
                    let got = if out {
                        Err(Failure::new(Sent::Perhaps, "reset"))
                    } else {
                        Ok(answer(http::StatusCode::OK, SCANNING))
                    };
                    sending.received(now(elapsed), got)
                }
                Step::Tell(telling) => telling.told(now(elapsed)),
                Step::Wait(waiting) => {
                    asleep.push(Reverse((elapsed + waiting.delay, client)));
                    *slot = Some(Step::Wait(waiting));
                    break;
                }
                Step::Done(outcome) => {
                    assert!(matches!(outcome.result, Err(ScanError::Deadline)), "{outcome:?}");
                    break;
                }
            };
        }
    }
    // Ten seconds each: the polls of a steady watch are 20 s apart.
    let steady = requests[30..59].iter().max().expect("it is not empty");
    for (index, count) in requests.iter().enumerate().take(150).skip(60) {
        assert!(
            f64::from(*count) <= 1.2 * f64::from(*steady),
            "{count} at {index}0 s: {requests:?}"
        );
    }
}
