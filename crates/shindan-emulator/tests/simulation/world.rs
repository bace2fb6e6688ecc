//! The world: one clock, one emulator, and requests that are still on their way.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use shindan_emulator::{Builder, Clock, Emulator};
use shindan_proto::{Failure, Sent, Timestamp};

pub(crate) const BEGUN: Timestamp = Timestamp::from_unix_ms(1_720_412_345_000);

/// How much faster than real time scans run here: one takes 20 seconds.
const SPEED: u32 = 3;

/// Services of that speed.
pub(crate) fn usual() -> Builder {
    Emulator::builder().clock(Clock::Times(SPEED))
}

/// What becomes of one exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
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
    /// It is executed, and something on the way answers with a page of its own.
    Garbled,
}

impl Fate {
    pub(crate) const OF_A_CHANGE: [Self; 8] = [
        Self::Works,
        Self::NoConnection,
        Self::RequestLost,
        Self::AnswerLost,
        Self::Late,
        Self::Unavailable,
        Self::Garbled,
        Self::Throttled,
    ];

    /// A read leaves nothing behind, so where it is lost and when it is executed makes no difference: these
    /// are all the histories that can be told apart.
    pub(crate) const OF_A_READ: [Self; 6] = [
        Self::Works,
        Self::NoConnection,
        Self::AnswerLost,
        Self::Unavailable,
        Self::Garbled,
        Self::Throttled,
    ];
}

/// What a request would do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Start,
    Cancel,
    Read,
}

impl Kind {
    pub(crate) fn of(request: &Request<Bytes>) -> Self {
        let has = |text: &[u8]| request.body().windows(text.len()).any(|window| window == text);
        match *request.method() {
            Method::PUT => Self::Start,
            Method::PATCH => Self::Cancel,
            _ if has(b"action=start") => Self::Start,
            _ if has(b"action=cancel") => Self::Cancel,
            _ => Self::Read,
        }
    }
}

pub(crate) struct World {
    pub(crate) elapsed: Duration,
    pub(crate) emulator: Emulator,
    /// How long after a gateway gave up a request is executed.
    pub(crate) lateness: Duration,
    /// How long a list does not show what was started.
    lag: Duration,
    pub(crate) replays: u64,
    /// Scans that somebody else has started.
    foreign: u64,
    on_the_way: Vec<(Duration, Request<Bytes>)>,
    /// What the lists still show.
    past: Vec<(Duration, Emulator)>,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::of(usual())
    }

    pub(crate) fn of(emulator: Builder) -> Self {
        Self {
            elapsed: Duration::ZERO,
            emulator: emulator.build(BEGUN),
            lateness: Duration::from_secs(40),
            lag: Duration::ZERO,
            replays: 0,
            foreign: 0,
            on_the_way: Vec::new(),
            past: Vec::new(),
        }
    }

    /// The service's calendar.
    pub(crate) fn wall(&self) -> Timestamp {
        at(self.elapsed)
    }

    /// Time goes on, and what was on its way arrives at its own time.
    pub(crate) fn pass_until(&mut self, then: Duration) {
        self.elapsed = self.elapsed.max(then);
        let due: Vec<_> = self.on_the_way.extract_if(.., |(at, _)| *at <= self.elapsed).collect();
        for (when, request) in due {
            self.execute(when, &request);
        }
    }

    pub(crate) fn exchange(
        &mut self,
        request: &Request<Bytes>,
        fate: Fate,
        replayed: bool,
    ) -> Result<Response<Bytes>, Failure> {
        if replayed && matches!(fate, Fate::Works | Fate::AnswerLost | Fate::Garbled) {
            self.replays += 1;
            self.execute(self.elapsed, request);
        }
        let lost = || Err(Failure::new(Sent::Perhaps, "reset"));
        match fate {
            Fate::Works => Ok(self.execute(self.elapsed, request)),
            Fate::NoConnection => Err(Failure::new(Sent::Never, "refused")),
            Fate::RequestLost => lost(),
            Fate::AnswerLost => {
                self.execute(self.elapsed, request);
                lost()
            }
            Fate::Garbled => {
                self.execute(self.elapsed, request);
                Ok(answer(StatusCode::OK, "<html>please log in</html>"))
            }
            Fate::Late => {
                self.on_the_way.push((self.elapsed + self.lateness, request.clone()));
                Ok(answer(
                    StatusCode::GATEWAY_TIMEOUT,
                    r#"{"error":{"errorCode":"510","message":"Endpoint Timeout"}}"#,
                ))
            }
            Fate::Throttled => {
                let mut refusal = answer(
                    StatusCode::TOO_MANY_REQUESTS,
                    r#"{"error":{"errorCode":"410","message":"Throttle Limited"}}"#,
                );
                refusal.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("3"));
                Ok(refusal)
            }
            Fate::Unavailable => Ok(answer(StatusCode::SERVICE_UNAVAILABLE, "<html>busy</html>")),
        }
    }

    /// Scans that the clients have started.
    pub(crate) fn ledger(&self) -> u64 {
        self.started() - self.foreign
    }

    /// Somebody else's request, past every network.
    pub(crate) fn execute_foreign(&mut self, request: &Request<Bytes>) -> Response<Bytes> {
        let before = self.started();
        let answer = self.execute(self.elapsed, request);
        self.foreign += self.started() - before;
        answer
    }

    fn started(&self) -> u64 {
        let ledger = self.emulator.ledger();
        ledger.wsc_created + ledger.vaddy_started
    }

    fn execute(&mut self, when: Duration, request: &Request<Bytes>) -> Response<Bytes> {
        if self.lag.is_zero() {
            return self.emulator.answer(at(when), request);
        }
        let mut seen = self.past.iter().rev().filter(|(since, _)| *since + self.lag <= when);
        if let Some((_, emulator)) = seen.next().filter(|_| is_list(request)) {
            return emulator.clone().answer(at(when), request);
        }
        let before = self.started();
        let answer = self.emulator.answer(at(when), request);
        if self.started() != before || Kind::of(request) == Kind::Cancel {
            self.past.push((when, self.emulator.clone()));
        }
        answer
    }

    /// From now on lists show what is started only after this time.
    pub(crate) fn let_lists_lag(&mut self, lag: Duration) {
        self.past.push((self.elapsed, self.emulator.clone()));
        self.elapsed += lag;
        self.lag = lag;
    }
}

pub(crate) fn answer(status: StatusCode, body: &'static str) -> Response<Bytes> {
    let mut answer = Response::new(Bytes::from_static(body.as_bytes()));
    *answer.status_mut() = status;
    answer
}

fn at(elapsed: Duration) -> Timestamp {
    BEGUN.plus_ms(elapsed.as_millis().try_into().expect("a simulation is short"))
}

fn is_list(request: &Request<Bytes>) -> bool {
    matches!(request.uri().path(), "/api/v1/jobs" | "/api/v1/jobs/search" | "/v2/scan/results/list")
}
