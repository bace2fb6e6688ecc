//! Clocks that are wrong, and answers that say when to come back.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode, header};
use shindan_proto::{Error, Now, Step, Timestamp};
use wsc_model::{CreateJob, GetJobs};

use crate::{
    service::wsc,
    world::{World, answer},
};

/// What becomes of the header `Date` on its way.
#[derive(Clone, Copy, Debug, PartialEq)]
enum DateIs {
    Whole,
    Missing,
    Garbage,
    Cached,
    TwoDigits,
}

impl DateIs {
    fn on(self, answer: &mut Response<Bytes>, at: Timestamp) {
        let headers = answer.headers_mut();
        match self {
            Self::Whole => {}
            Self::Missing => {
                headers.remove(header::DATE);
            }
            Self::Garbage => {
                headers.insert(header::DATE, HeaderValue::from_static("yesterday"));
            }
            Self::Cached => {
                headers.insert(header::AGE, HeaderValue::from_static("0"));
            }
            Self::TwoDigits => {
                // `Mon, 08 Jul 2024 04:19:05 GMT` was once `Monday, 08-Jul-24 04:19:05 GMT`.
                let date = at.to_http_date();
                let text = format!(
                    "Monday, {}-{}-{} {} GMT",
                    &date[5..7],
                    &date[8..11],
                    &date[14..16],
                    &date[17..25]
                );
                headers.insert(header::DATE, HeaderValue::from_str(&text).expect("it is ascii"));
            }
        }
    }
}

const WINDOW_MS: i64 = 5 * 60_000;
const DAY_MS: i64 = 24 * 3_600_000;

/// T-SKEW: a start by a client whose calendar is off by this much; how often it was sent, and whether it worked.
fn start(ahead_ms: i64, took: Duration, date: DateIs) -> (u32, bool, u64) {
    let mut world = World::new();
    let now = |elapsed: Duration, world: &World| Now {
        mono: elapsed,
        wall: world.wall().plus_ms(ahead_ms),
    };
    let mut step =
        wsc().call(now(world.elapsed, &world), &CreateJob::new("https://www.example.com"));
    let mut sent = 0;
    for _ in 0..10 {
        step = match step {
            Step::Send(sending) => {
                sent += 1;
                world.pass_until(world.elapsed + took / 2);
                let at = world.wall();
                let mut answer = world.emulator.answer(at, &sending.request);
                date.on(&mut answer, at);
                world.pass_until(world.elapsed + took / 2);
                sending.received(now(world.elapsed, &world), Ok(answer))
            }
            Step::Wait(waiting) => {
                world.pass_until(world.elapsed + waiting.delay);
                waiting.woke(now(world.elapsed, &world))
            }
            Step::Tell(telling) => match telling.event {},
            Step::Done(Ok(_)) => return (sent, true, world.ledger()),
            Step::Done(Err(Error::Unauthenticated { .. })) => return (sent, false, world.ledger()),
            Step::Done(Err(other)) => panic!("{other:?}"),
        };
    }
    panic!("the call does not end");
}

#[test]
fn a_wrong_clock_is_corrected_once_or_the_start_is_refused() {
    let (minute, second) = (60_000, 1_000);
    let offsets = [
        0,
        4 * minute - second,
        4 * minute + second,
        5 * minute - second,
        5 * minute + second,
        60 * minute,
        25 * 60 * minute,
        3_652 * DAY_MS,
    ];
    for offset in offsets.into_iter().flat_map(|offset| [offset, -offset]) {
        for took in [0, 3, 16 * 60].map(Duration::from_secs) {
            for date in
                [DateIs::Whole, DateIs::Missing, DateIs::Garbage, DateIs::Cached, DateIs::TwoDigits]
            {
                let case = format!("{offset} ms, {took:?}, {date:?}");
                let (sent, worked, created) = start(offset, took, date);
                assert!(sent <= 2, "{case}");
                assert_eq!(created, u64::from(worked), "{case}");
                let half = i64::try_from(took.as_millis() / 2).expect("it is short");
                let accepted = (offset - half).abs() <= WINDOW_MS;
                let measurable = matches!(date, DateIs::Whole | DateIs::TwoDigits)
                    && took < Duration::from_secs(15 * 60)
                    && offset.abs() <= DAY_MS;
                assert_eq!(worked, accepted || measurable, "{case}");
                assert_eq!(sent, if worked && !accepted { 2 } else { 1 }, "{case}");
            }
        }
    }
}

/// Two calls of one target: the second has adopted a clock while the first was on its way.
#[test]
fn a_clock_that_another_call_has_adopted_explains_a_refusal_too() {
    let mut world = World::new();
    let now = |world: &World| Now { mono: world.elapsed, wall: world.wall().plus_ms(3_600_000) };
    let target = wsc();
    let mut calls = Vec::new();
    for _ in 0..2 {
        let Step::Send(sending) = target.call(now(&world), &GetJobs::new(10, 1)) else {
            panic!("a call sends first")
        };
        let answer = world.emulator.answer(world.wall(), &sending.request);
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
        calls.push((sending, answer));
    }
    for (sending, answer) in calls {
        let Step::Wait(waiting) = sending.received(now(&world), Ok(answer)) else {
            panic!("a refusal that the clock explains is not final")
        };
        assert_eq!(waiting.delay, Duration::ZERO);
        let Step::Send(sending) = waiting.woke(now(&world)) else { panic!("it is sent again") };
        let answer = world.emulator.answer(world.wall(), &sending.request);
        assert!(matches!(sending.received(now(&world), Ok(answer)), Step::Done(Ok(_))));
    }
    assert_eq!(target.skew_ms(), -3_600_000);
}

/// T-429: the rest before the second attempt of a start, or nothing if there is none.
fn rest_after(code: &'static str, retry_after: Option<&str>) -> Option<Duration> {
    let world = World::new();
    let now = Now { mono: world.elapsed, wall: world.wall() };
    let Step::Send(sending) = wsc().call(now, &CreateJob::new("https://www.example.com")) else {
        panic!("a call sends first")
    };
    let mut refusal = answer(StatusCode::TOO_MANY_REQUESTS, code);
    let date = HeaderValue::from_str(&world.wall().to_http_date()).expect("it is ascii");
    refusal.headers_mut().insert(header::DATE, date);
    if let Some(text) = retry_after {
        let text = HeaderValue::from_str(text).expect("it is ascii");
        refusal.headers_mut().insert(header::RETRY_AFTER, text);
    }
    match sending.received(now, Ok(refusal)) {
        Step::Wait(waiting) => Some(waiting.delay),
        Step::Done(Err(Error::Fault(_))) => None,
        other @ (Step::Send(_) | Step::Tell(_) | Step::Done(_)) => panic!("{other:?}"),
    }
}

#[test]
fn the_three_codes_of_a_429_are_told_apart() {
    const QUOTA: &str = r#"{"error":{"errorCode":"400","message":"Quota Exceeded"}}"#;
    const THROTTLE: &str = r#"{"error":{"errorCode":"410","message":"Throttle Limited"}}"#;
    const RATE: &str = r#"{"error":{"errorCode":"420","message":"Rate Limited"}}"#;
    let soon = World::new().wall().plus_ms(9_000).to_http_date();
    let past = World::new().wall().plus_ms(-9_000).to_http_date();
    let seconds = Duration::from_secs;
    for code in [THROTTLE, RATE] {
        let ours = rest_after(code, None).expect("it is tried again");
        assert!(ours <= Duration::from_millis(500), "{ours:?}");
        for (asked, rest) in [
            ("7", seconds(7)),
            (&soon, seconds(9)),
            (&past, ours),
            ("1000000000", ours + seconds(60)),
            ("soon", ours),
        ] {
            assert_eq!(rest_after(code, Some(asked)), Some(rest), "{code} {asked}");
        }
    }
    for asked in [None, Some("7"), Some(soon.as_str())] {
        assert_eq!(rest_after(QUOTA, asked), None, "{asked:?}");
    }
}

/// Every request is signed when it leaves, however long it has waited for its turn.
#[test]
fn a_signature_is_as_old_as_its_attempt() {
    let mut world = World::new();
    let now = |world: &World| Now { mono: world.elapsed, wall: world.wall() };
    let mut step = wsc().call(now(&world), &GetJobs::new(10, 1));
    for _ in 0..4 {
        let Step::Send(sending) = step else { panic!("{step:?}") };
        assert_eq!(signed_at(&sending.request), world.wall().unix_ms().to_string());
        let busy = answer(StatusCode::SERVICE_UNAVAILABLE, "");
        let Step::Wait(waiting) = sending.received(now(&world), Ok(busy)) else {
            panic!("a read is tried again")
        };
        world.pass_until(world.elapsed + waiting.delay + Duration::from_secs(40));
        step = waiting.woke(now(&world));
    }
}

fn signed_at(request: &Request<Bytes>) -> &str {
    let header = request.headers().get("x-ncp-apigw-timestamp").expect("it is signed");
    header.to_str().expect("it is digits")
}
