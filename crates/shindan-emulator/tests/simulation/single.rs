//! Single histories that the trees and the dice do not reach.

use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use shindan_emulator::Emulator;
use shindan_proto::{
    Ending, Event, EventOf, Failure, Now, Outcome, ScanError, Scanner, Sent, Step, Token, WscScan,
};
use wsc_model::{CreateJob, InstanceNo};

use crate::{
    service::{Begun, policy, start_wsc, v2_scan, vaddy, wsc, wsc_scan},
    world::{Kind, World, answer, usual},
};

type Got = Result<Response<Bytes>, Failure>;

/// Drives a flow over a network that is given; an end is wished for at the events that `cancels` says.
pub(crate) fn drive<S: Scanner>(
    world: &mut World,
    begin: impl FnOnce(Now) -> Begun<S>,
    mut cancels: impl FnMut(&EventOf<S>) -> bool,
    mut network: impl FnMut(&mut World, &Request<Bytes>) -> Got,
) -> Outcome<S> {
    let now = |world: &World| Now { mono: world.elapsed, wall: world.wall() };
    let mut step = begin(now(world));
    for _ in 0..5_000 {
        step = match step {
            Step::Send(sending) => {
                let got = network(world, &sending.request);
                sending.received(now(world), got)
            }
            Step::Wait(waiting) => {
                world.pass_until(world.elapsed + waiting.delay);
                waiting.woke(now(world))
            }
            Step::Tell(telling) if cancels(&telling.event) => telling.cancel(now(world)),
            Step::Tell(telling) => telling.told(now(world)),
            Step::Done(outcome) => return outcome,
        };
    }
    panic!("the flow does not end");
}

/// Nobody wishes for an end.
pub(crate) fn never<E>(_event: &E) -> bool {
    false
}

#[expect(clippy::unnecessary_wraps, reason = "it is one of the things that a network does")]
pub(crate) fn works(world: &mut World, request: &Request<Bytes>) -> Got {
    Ok(world.emulator.answer(world.wall(), request))
}

pub(crate) fn lost() -> Got {
    Err(Failure::new(Sent::Perhaps, "reset"))
}

/// The window in which a lost start may show itself opens when its outcome becomes unknown.
#[test]
fn a_start_that_is_executed_after_the_longest_attempt_is_found() {
    let mut world = World::new();
    let mut late = None;
    let outcome = drive(
        &mut world,
        |now| start_wsc(now, false),
        never,
        |world, request| {
            if Kind::of(request) == Kind::Start {
                world.pass_until(world.elapsed + Duration::from_secs(90));
                late = Some((world.elapsed + Duration::from_secs(60), request.clone()));
                return lost();
            }
            if let Some((_, start)) = late.take_if(|(when, _)| *when <= world.elapsed) {
                // The signature was good when the service took the request in.
                let accepted = world.wall().plus_ms(-60_000);
                world.emulator.answer(accepted, &start);
            }
            works(world, request)
        },
    );
    assert!(matches!(outcome.result, Ok(Ending::Finished(_))), "{outcome:?}");
}

#[test]
fn a_wish_to_end_that_comes_while_a_lost_start_is_looked_for_is_granted() {
    let mut world = World::of(Emulator::builder());
    let mut away = 0;
    let outcome = drive(
        &mut world,
        |now| start_wsc(now, false),
        |event| matches!(event, Event::Unknown),
        |world, request| {
            if Kind::of(request) == Kind::Start {
                away = 2;
                world.emulator.answer(world.wall(), request);
                return lost();
            }
            if away > 0 {
                away -= 1;
                return lost();
            }
            works(world, request)
        },
    );
    assert!(matches!(outcome.result, Ok(Ending::Stopped)), "{outcome:?}");
}

/// The service allows one scan at a time, so its refusal of a second start is the trace of the first.
#[test]
fn a_refused_repetition_leads_to_the_scan_that_was_started() {
    let mut world = World::new();
    let scan = v2_scan(&mut world);
    let mut first: Option<Request<Bytes>> = None;
    let outcome = drive(
        &mut world,
        |now| vaddy().start(now, scan, policy(true)),
        never,
        |world, request| {
            if Kind::of(request) == Kind::Start {
                let Some(first) = &first else {
                    first = Some(request.clone());
                    return lost();
                };
                world.emulator.answer(world.wall(), first);
                let refusal = world.emulator.answer(world.wall(), request);
                assert_eq!(refusal.status(), StatusCode::BAD_REQUEST);
                return Ok(refusal);
            }
            works(world, request)
        },
    );
    assert!(matches!(outcome.result, Ok(Ending::Finished(_))), "{outcome:?}");
    assert_eq!(world.ledger(), 1);
}

/// A record that cannot be read, on a page that names the token.
const HALF_A_RECORD: &str = r#"{"returnCode":"0","returnDesc":"","returnMessage":"","resources":{"total_cnt":1,"total_page_cnt":1,"current_start_page":1,"current_end_page":1,"record_data":[{"instanceNo":"?","memo":"[scan:HHHHHHHHHHHHHHHH]"}]}}"#;

#[test]
fn a_record_that_may_be_ours_and_cannot_be_read_forbids_a_start_unless_the_token_is_new() {
    for fresh in [false, true] {
        let token =
            if fresh { Token::from_random_bytes([7; 16]) } else { Token::from_bytes([7; 16]) };
        let scan = WscScan { token, ..wsc_scan() };
        let mut world = World::of(usual().created_numbers());
        let mut starts = 0;
        let outcome = drive(
            &mut world,
            |now| wsc().start(now, scan, policy(false)),
            never,
            |world, request| {
                starts += u32::from(Kind::of(request) == Kind::Start);
                if starts == 0 {
                    Ok(answer(StatusCode::OK, HALF_A_RECORD))
                } else {
                    works(world, request)
                }
            },
        );
        assert_eq!(starts, u32::from(fresh));
        assert_eq!(matches!(outcome.result, Err(ScanError::Refused(_))), !fresh, "{outcome:?}");
    }
}

/// A job without a memo that appears after the start may be the start's: nobody denies it, nobody adopts it.
#[test]
fn a_new_job_of_the_same_site_that_says_nothing_about_its_start_leaves_it_open() {
    let mut world = World::new();
    let outcome = drive(
        &mut world,
        |now| start_wsc(now, true),
        never,
        |world, request| {
            if Kind::of(request) == Kind::Start {
                world.emulator.answer(world.wall(), request);
                return lost();
            }
            works(world, request).map(without_memo)
        },
    );
    assert!(matches!(outcome.result, Err(ScanError::Unknown)), "{outcome:?}");
    assert_eq!(world.ledger(), 1);
}

#[test]
fn a_repetition_whose_record_has_no_memo_is_found_under_the_job_that_it_repeats() {
    let mut world = World::new();
    let first = drive(&mut world, |now| start_wsc(now, false), never, works);
    let master: InstanceNo = first.id.expect("it is named by the list");
    let mut job = CreateJob::new("https://www.example.com");
    job.master_instance_no = Some(master.clone());
    let scan = WscScan { job, token: Token::from_bytes([8; 16]) };
    let outcome = drive(
        &mut world,
        |now| wsc().start(now, scan, policy(true)),
        never,
        |world, request| {
            if Kind::of(request) == Kind::Start {
                world.emulator.answer(world.wall(), request);
                return lost();
            }
            works(world, request).map(without_memo)
        },
    );
    assert!(matches!(outcome.result, Ok(Ending::Finished(_))), "{outcome:?}");
    assert_ne!(outcome.id, Some(master));
    assert_eq!(world.emulator.ledger().wsc_repeated, 1);
}

/// The answer of a service that shows no memo.
pub(crate) fn without_memo(answer: Response<Bytes>) -> Response<Bytes> {
    answer.map(|body| {
        let text = String::from_utf8(body.to_vec()).expect("it is json");
        text.replace("[scan:", "[was:").into()
    })
}

/// A page of somebody else's in the middle of a watch is an outage, not the end.
#[test]
fn a_login_page_does_not_end_a_watch() {
    let mut world = World::new();
    let mut polls = 0;
    let outcome = drive(
        &mut world,
        |now| start_wsc(now, false),
        never,
        |world, request| {
            polls += 1;
            if (6..12).contains(&polls) {
                return Ok(answer(StatusCode::OK, "<html>please log in</html>"));
            }
            works(world, request)
        },
    );
    assert!(matches!(outcome.result, Ok(Ending::Finished(_))), "{outcome:?}");
}
