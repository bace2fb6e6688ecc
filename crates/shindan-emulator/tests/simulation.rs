//! Flows, emulator and virtual time over a network that is a number generator.
//!
//! In every history: at most one scan for one intent, the driver is told before a start leaves, no
//! start is denied or forgotten, and every flow ends.

use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode, header};
use shindan_emulator::{Emulator, keys};
use shindan_proto::{
    Base, Ending, Event, EventOf, Failure, NcpKey, Now, Outcome, RetryPolicy, ScanError, Scanner,
    Sent, Step, Target, Timestamp, Token, VaddyKey, VaddyProject, VaddyScan, WatchPolicy, WscScan,
};
use wsc_model::CreateJob;

/// What becomes of one exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// It works.
    Works,
    /// The connection fails: certainly not sent.
    NoConnection,
    /// The request is lost on its way.
    RequestLost,
    /// It is executed, and the answer is lost.
    AnswerLost,
    /// A gateway gives up; the service executes it some time later.
    Late,
    /// The gateway refuses for now.
    Throttled,
    /// The service fails without having done anything.
    Unavailable,
}

const FATES: [Fate; 7] = [
    Fate::Works,
    Fate::NoConnection,
    Fate::RequestLost,
    Fate::AnswerLost,
    Fate::Late,
    Fate::Throttled,
    Fate::Unavailable,
];

const BEGUN: Timestamp = Timestamp::from_unix_ms(1_720_412_345_000);

/// The world: one clock, one emulator, and requests that are still on their way.
struct World {
    elapsed: Duration,
    emulator: Emulator,
    on_the_way: Vec<(Duration, Request<Bytes>)>,
    starting_told: bool,
    starts_seen: u64,
}

impl World {
    fn new() -> Self {
        Self {
            elapsed: Duration::ZERO,
            emulator: Emulator::new(BEGUN),
            on_the_way: Vec::new(),
            starting_told: false,
            starts_seen: 0,
        }
    }

    fn now(&self) -> Now {
        Now { mono: self.elapsed, wall: self.wall() }
    }

    fn wall(&self) -> Timestamp {
        wall_at(self.elapsed)
    }

    /// What was on its way arrives at its own time.
    fn pass(&mut self, time: Duration) {
        self.elapsed += time;
        let due: Vec<_> = self.on_the_way.extract_if(.., |(at, _)| *at <= self.elapsed).collect();
        for (at, request) in due {
            self.emulator.answer(wall_at(at), &request);
        }
    }

    fn exchange(
        &mut self,
        request: &Request<Bytes>,
        fate: Fate,
    ) -> Result<Response<Bytes>, Failure> {
        if is_start(request) {
            assert!(self.starting_told, "a start left before the driver was told");
            self.starts_seen += 1;
        }
        self.pass(Duration::from_millis(50));
        let perhaps = || Failure::new(Sent::Perhaps, "reset");
        match fate {
            Fate::Works => Ok(self.emulator.answer(self.wall(), request)),
            Fate::NoConnection => Err(Failure::new(Sent::Never, "refused")),
            Fate::RequestLost => Err(perhaps()),
            Fate::AnswerLost => {
                self.emulator.answer(self.wall(), request);
                Err(perhaps())
            }
            Fate::Late => {
                self.on_the_way.push((self.elapsed + Duration::from_secs(40), request.clone()));
                Ok(status(
                    StatusCode::GATEWAY_TIMEOUT,
                    r#"{"error":{"errorCode":"510","message":"Endpoint Timeout"}}"#,
                ))
            }
            Fate::Throttled => {
                let mut answer = status(
                    StatusCode::TOO_MANY_REQUESTS,
                    r#"{"error":{"errorCode":"410","message":"Throttle Limited"}}"#,
                );
                answer
                    .headers_mut()
                    .insert(header::RETRY_AFTER, header::HeaderValue::from_static("3"));
                Ok(answer)
            }
            Fate::Unavailable => Ok(status(StatusCode::SERVICE_UNAVAILABLE, "<html>busy</html>")),
        }
    }

    fn ledger(&self) -> u64 {
        let ledger = self.emulator.ledger();
        ledger.wsc_created + ledger.vaddy_started
    }
}

fn wall_at(elapsed: Duration) -> Timestamp {
    BEGUN.plus_ms(elapsed.as_millis().try_into().expect("a simulation is short"))
}

fn status(status: StatusCode, body: &'static str) -> Response<Bytes> {
    let mut answer = Response::new(Bytes::from_static(body.as_bytes()));
    *answer.status_mut() = status;
    answer
}

fn is_start(request: &Request<Bytes>) -> bool {
    let action = b"action=start";
    request.uri().path() == "/api/v1/job"
        || request.body().windows(action.len()).any(|window| window == action)
}

/// Drives a flow to its end; `fate` decides each exchange, and the steps are bounded.
fn drive<S: Scanner>(
    world: &mut World,
    mut step: Step<Outcome<S>, EventOf<S>>,
    mut fate: impl FnMut() -> Fate,
) -> Outcome<S> {
    for _ in 0..5_000 {
        step = match step {
            Step::Send(sending) => {
                let got = world.exchange(&sending.request, fate());
                sending.received(world.now(), got)
            }
            Step::Wait(waiting) => {
                world.pass(waiting.delay);
                waiting.woke(world.now())
            }
            Step::Tell(telling) => {
                world.starting_told |= matches!(telling.event, Event::Starting);
                telling.told(world.now())
            }
            Step::Done(outcome) => return outcome,
        };
    }
    panic!("the flow does not end");
}

/// P-2, as far as a flow without a journal can keep it.
fn check<S: Scanner>(world: &mut World, outcome: &Outcome<S>) {
    // Whatever is still on its way arrives.
    world.pass(Duration::from_secs(600));
    let started = world.ledger();
    assert!(started <= 1, "{started} scans for one intent: {outcome:?}");
    match &outcome.result {
        Ok(Ending::Finished(_)) => assert_eq!(started, 1, "finished what was never started"),
        Ok(ending) => panic!("nobody has ended the scan: {ending:?}"),
        Err(
            ScanError::Refused(_) | ScanError::NotStarted | ScanError::Busy | ScanError::Canceled,
        ) => {
            assert_eq!(started, 0, "a scan was denied: {outcome:?}");
        }
        Err(ScanError::Unknown | ScanError::Duplicate(_)) => {}
        Err(_) => assert!(outcome.id.is_some(), "a scan was forgotten: {outcome:?}"),
    }
}

/// With and without one more start after the proof that the first one was not executed.
fn policy(retry_unstarted: bool) -> WatchPolicy {
    WatchPolicy {
        within: Some(Duration::from_secs(3_600)),
        retry_unstarted,
        ..WatchPolicy::default()
    }
}

fn wsc(world: &mut World, retry_unstarted: bool, fate: impl FnMut() -> Fate) {
    let credential = ncp_sign::Credential::new(keys::WSC_ACCESS_KEY, keys::WSC_SECRET_KEY);
    let key = NcpKey::new(credential.expect("the published key is valid"));
    let target = Target::new(base("https://wsc.apigw.ntruss.com"), key);
    let scan = WscScan {
        job: CreateJob::new("https://www.example.com"),
        token: Token::from_bytes([7; 16]),
    };
    let outcome = drive(world, target.start(world.now(), scan, policy(retry_unstarted)), fate);
    check(world, &outcome);
}

fn vaddy(
    world: &mut World,
    project: VaddyProject,
    number: Option<u64>,
    fate: impl FnMut() -> Fate,
) {
    let retry_unstarted = number.is_some();
    let key = VaddyKey::new(keys::VADDY_USER, keys::VADDY_KEY).expect("the published key is valid");
    let target = Target::new(base("https://api.vaddy.net"), key)
        .with_policy(RetryPolicy { seed: 1, ..RetryPolicy::default() });
    let scan = VaddyScan { project, project_number: number, crawl_id: None, scan_type: None };
    let outcome = drive(world, target.start(world.now(), scan, policy(retry_unstarted)), fate);
    check(world, &outcome);
}

fn base(url: &str) -> Base {
    url.parse().expect("a vendor's host is an endpoint")
}

/// A v1 project whose number nobody knows.
fn v1(world: &mut World, fate: impl FnMut() -> Fate) {
    let project = VaddyProject::V1 { fqdn: "www.example.jp".to_owned(), verification_code: None };
    vaddy(world, project, None, fate);
}

/// A v2 project with its number.
fn v2(world: &mut World, fate: impl FnMut() -> Fate) {
    let project_id = "0a1b2c3d4e5f607".to_owned();
    let number = world.emulator.vaddy_project_number(&project_id);
    assert!(number.is_some());
    vaddy(world, VaddyProject::V2 { project_id }, number, fate);
}

/// The first exchanges take every sequence of fates, the rest works.
fn every_sequence(exchanges: u32, run: impl Fn(&mut World, &mut dyn FnMut() -> Fate)) {
    for code in 0..FATES.len().pow(exchanges) {
        let mut rest = code;
        let mut left = exchanges;
        let mut fate = || {
            let fate = if left == 0 { Fate::Works } else { FATES[rest % FATES.len()] };
            left = left.saturating_sub(1);
            rest /= FATES.len();
            fate
        };
        let ran = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            run(&mut World::new(), &mut fate);
        }));
        assert!(ran.is_ok(), "sequence {code} of {exchanges} exchanges");
    }
}

#[test]
fn every_sequence_of_four_fates_keeps_the_promise_on_wsc() {
    every_sequence(4, |world, fate| wsc(world, true, fate));
}

#[test]
fn every_sequence_of_four_fates_keeps_the_promise_on_vaddy() {
    every_sequence(4, |world, fate| v1(world, fate));
    every_sequence(4, |world, fate| v2(world, fate));
}

#[test]
#[expect(clippy::disallowed_methods, reason = "another seed may be given to look elsewhere")]
fn random_histories_keep_the_promise() {
    let seed = std::env::var("SHINDAN_SIMULATION_SEED")
        .map_or(20_261_121, |seed| seed.parse().expect("a seed is a number"));
    for history in 0..1_000u64 {
        let mut random = Random(seed ^ history.wrapping_mul(0x9e37_79b9));
        // From a good network to one that hardly works.
        let bad = random.below(90);
        let mut fate = move || {
            if random.below(100) < bad {
                FATES[usize::try_from(random.below(7)).expect("it is below 7")]
            } else {
                Fate::Works
            }
        };
        let ran = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| match history % 3 {
            0 => wsc(&mut World::new(), false, &mut fate),
            1 => v1(&mut World::new(), &mut fate),
            _ => v2(&mut World::new(), &mut fate),
        }));
        assert!(ran.is_ok(), "history {history} of seed {seed}");
    }
}

struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        // xorshift64*
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % bound.max(1)
    }
}
