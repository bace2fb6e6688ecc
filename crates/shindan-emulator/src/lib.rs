//! WSC and VAddy in memory: what their documents say, answered from the same types that a client uses.
//!
//! [`Emulator::answer`] is a function of its state, a time and a request: no sockets, no clock, no
//! randomness. So it is a test double, the other half of a simulation and, behind the feature
//! `server`, a server on a loopback port.
//!
//! Signatures and keys are checked, jobs and scans advance through the documented states, and what
//! would cost money is counted in the [`Ledger`]. What the vendors do not document had to be invented:
//! it is called *assumed* where it is decided, and the texts of refusals stand in one table per service
//! (`wsc/faults.rs`, `vaddy/texts.rs`). Nothing here was compared with the live services.
//!
//! ```
//! use bytes::Bytes;
//! use shindan_emulator::{Emulator, keys};
//! use shindan_proto::{Authorize, Base, NcpKey, Timestamp, decode, encode};
//! use wsc_model::{CreateJob, GetJobs};
//!
//! let started = Timestamp::from_unix_ms(1_720_411_923_000);
//! let mut emulator = Emulator::new(started);
//! let base: Base = "http://127.0.0.1".parse()?;
//! let key = NcpKey::new(ncp_sign::Credential::new(keys::WSC_ACCESS_KEY, keys::WSC_SECRET_KEY)?);
//!
//! let mut create = encode(&base, &CreateJob::new("http://your-domain"))?;
//! key.authorize(&mut create, started);
//! decode::<CreateJob>(emulator.answer(started, &create))?;
//! assert_eq!(emulator.ledger().wsc_created, 1);
//!
//! let later = started.plus_ms(shindan_emulator::SCAN_MS);
//! let mut list = encode(&base, &GetJobs::new(10, 1))?;
//! key.authorize(&mut list, later);
//! let page = decode::<GetJobs>(emulator.answer(later, &list))?;
//! assert_eq!(page.resources.record_data[0].status, "diagnostic completed");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![expect(
    refining_impl_trait_internal,
    reason = "all operations but the lists of jobs answer with their own response type"
)]

mod answers;
mod arguments;
mod builder;
mod clock;
mod control;
mod delivery;
mod evidence;
mod faults;
pub mod keys;
mod ledger;
mod loose;
mod newest;
mod numbers;
mod operation;
mod plot;
mod redact;
mod requests;
mod route;
mod scenario;
#[cfg(feature = "server")]
mod server;
mod state;
mod text;
mod vaddy;
mod wsc;

pub use builder::Builder;
pub use clock::{Clock, InvalidClock, SCAN_MS};
pub use delivery::Delivery;
pub use evidence::Evidence;
pub use faults::{FaultRule, InvalidFault, When};
pub use ledger::{Ledger, StartCall};
pub use operation::Operation;
pub use requests::{LoggedRequest, NearMiss, UnreadField};
pub use scenario::{Scenario, UnknownScenario};
#[cfg(feature = "server")]
pub use server::Server;
pub use state::{InvalidSnapshot, Saved, Standing};
pub use wsc::{Cause, Lang, Lesson};

use core::time::Duration;
use std::collections::VecDeque;

use arguments::arguments;
use bytes::Bytes;
use clock::{HttpDate, Time};
use control::Host;
use faults::Faults;
use http::{HeaderName, HeaderValue, Request, Response, StatusCode, header};
use plot::{Plot, Refusal, Scene};
use requests::{Log, Seen};
use scenario::Scenarios;
use shindan_proto::Timestamp;
use state::Snapshots;

/// Stands in every answer.
const MARK: HeaderName = HeaderName::from_static("x-shindan-emulator");

/// Both services, with everything that was ever started in them.
#[derive(Clone, Debug)]
pub struct Emulator {
    time: Time,
    date: HttpDate,
    scenarios: Scenarios,
    /// How many requests a scenario might have refused.
    turns: u64,
    faults: Faults,
    log: Log,
    starts: VecDeque<StartCall>,
    snapshots: Snapshots,
    loose: bool,
    host: Host,
    wsc: wsc::Service,
    vaddy: vaddy::Service,
}

impl Emulator {
    /// Everything as usual, until something else is set.
    pub fn builder() -> Builder {
        let started = Timestamp::from_unix_ms(0);
        Builder(Self {
            time: Time::new(started),
            date: HttpDate::default(),
            scenarios: Scenarios::default(),
            turns: 0,
            faults: Faults::default(),
            log: Log::default(),
            starts: VecDeque::new(),
            snapshots: Snapshots::new(),
            loose: false,
            host: Host::default(),
            wsc: wsc::Service::new(),
            vaddy: vaddy::Service::new(started),
        })
    }

    /// Empty services, whose own time begins at `started` and runs like real time.
    pub fn new(started: Timestamp) -> Self {
        Self::builder().build(started)
    }

    /// Lets the time of jobs and scans run in another way from now on; it does not jump.
    pub fn set_clock(&mut self, now: Timestamp, clock: Clock) {
        self.time.set(now, clock);
    }

    /// How the time of jobs and scans runs.
    pub fn clock(&self) -> Clock {
        self.time.clock()
    }

    /// Lets the time of jobs and scans jump forward, whatever the clock.
    pub fn advance(&mut self, by: Duration) {
        self.time.advance(by);
    }

    /// Sets how a target behaves from its next scan on, or how all do; `None` takes a scenario away.
    ///
    /// A target is what a client names: a start URL or its host, a VAddy project's id or host. A job or scan
    /// keeps the scenario that it was created with. A request follows the scenario of the job, scan or target
    /// that it names, and if that has none, or it names none, the one for all: so a list of jobs is an answer
    /// of the one for all, and each record in it is one of its job.
    pub fn set_scenario(&mut self, target: Option<&str>, scenario: Option<Scenario>) {
        self.scenarios.set(target, scenario);
    }

    /// The scenarios that were set, with their targets; the one for all has none.
    pub fn scenarios(&self) -> impl Iterator<Item = (Option<&str>, Scenario)> {
        self.scenarios.list()
    }

    /// Answers one request.
    ///
    /// `now` is real time between the years 1970 and 9999: the signature window and the header `Date`
    /// go by it, jobs and scans by the emulator's own time.
    pub fn answer(&mut self, now: Timestamp, request: &Request<Bytes>) -> Response<Bytes> {
        let (now, mut response) = match control::answer(self, now, request) {
            Some(response) => (now, response),
            None => self.exchange(now, request),
        };
        response.headers_mut().insert(header::DATE, self.date.at(now));
        response.headers_mut().insert(MARK, HeaderValue::from_static("1"));
        response
    }

    /// Answers what belongs to a service, and says what that service's clock shows.
    fn play(&mut self, now: Timestamp, request: &Request<Bytes>) -> (Timestamp, Response<Bytes>) {
        let is_wsc = is_wsc(request);
        let scenario = if is_wsc {
            self.wsc.scenario(&self.scenarios, request)
        } else {
            self.vaddy.scenario(&self.scenarios, request)
        };
        let plot = Plot::of(scenario);
        let refusal = plot.refusals.next(&mut self.turns);
        let (at, clock) = (self.time.at(now), self.time.clock());
        let (now, scene) = (now.plus_ms(plot.ahead_ms), Scene { at, clock, scenario, refusal });
        let mut response = if is_wsc {
            self.wsc.answer(now, &scene, request)
        } else {
            self.vaddy.answer(&scene, request)
        };
        let is_throttled = response.status() == StatusCode::TOO_MANY_REQUESTS;
        if refusal == Some(Refusal::Throttled) && is_throttled {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
        }
        if self.loose {
            loose::loosen(response.body_mut());
        }
        plot.answers.change(&mut response);
        (now, response)
    }

    /// The number of a VAddy v2 project, which the real service shows in its console's address;
    /// `None` if there is no such project.
    pub fn vaddy_project_number(&mut self, project_id: &str) -> Option<u64> {
        self.vaddy.project_number(project_id)
    }

    /// Answers for one of the services: counts, fails on purpose, and writes down, if it is to.
    fn exchange(
        &mut self,
        now: Timestamp,
        request: &Request<Bytes>,
    ) -> (Timestamp, Response<Bytes>) {
        let documented = vaddy::wire::as_documented(request);
        let request = if is_wsc(request) { request } else { &*documented };
        if !self.log.keeps && self.faults.is_empty() {
            return self.execute(now, request);
        }
        let arguments = arguments(request);
        let operation = Operation::of(request, &arguments);
        let strike = operation.and_then(|of| self.faults.strike(of, request, &arguments));
        let refused = self.wsc.refused_signatures;
        let fault = strike.is_some();
        let (served, answer) = match strike {
            Some(strike) => {
                let own = strike.executed.then(|| self.execute(now, request).1);
                (now, strike.answer(own))
            }
            None => self.execute(now, request),
        };
        if self.log.keeps {
            let was_refused = self.wsc.refused_signatures > refused;
            let lesson = was_refused.then(|| self.wsc.explain(served, request)).flatten();
            let seen = Seen { now, arguments: &arguments, operation, fault, lesson };
            self.log.add(request, &answer, seen);
        }
        (served, answer)
    }

    /// Lets a service carry a request out, as its target's scenario has it.
    fn execute(
        &mut self,
        now: Timestamp,
        request: &Request<Bytes>,
    ) -> (Timestamp, Response<Bytes>) {
        let before = self.ledger();
        let played = self.play(now, request);
        self.note_start(now, request, before);
        played
    }
}

fn is_wsc(request: &Request<Bytes>) -> bool {
    request.uri().path().starts_with("/api/")
}
