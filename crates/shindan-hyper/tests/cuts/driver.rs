//! One start of a scan over the proxy: real exchanges, and rests that take no time.

use std::{mem::take, time::Duration};

use bytes::Bytes;
use http::{Request, Response};
use shindan_emulator::{Clock, Emulator, Server, keys};
use shindan_hyper::{Executor, now};
use shindan_proto::{
    Ending, EventOf, Failure, Limits, NcpKey, Now, Outcome, ScanError, Scanner, Sent, Step, Target,
    Token, VaddyKey, VaddyProject, VaddyScan, WatchPolicy, WscScan,
};
use wsc_model::CreateJob;

use crate::proxy::{At, Cut, Fate, How, Proxy};

/// What is started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Service {
    /// Its answer says no more than that the job was created.
    Wsc,
    /// Its answer names the job.
    WscNaming,
    /// A project whose number nobody knows, so that a lost scan cannot be named.
    VaddyV1,
    /// A project with its number.
    VaddyV2,
}

/// A start, and what the network does to it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Case {
    pub(crate) service: Service,
    /// The first start breaks here.
    pub(crate) cut: Option<Cut>,
    /// Connections end as soon as they have carried an answer.
    pub(crate) hang_up: Option<How>,
    /// Starts take a connection of their own, as the flow wants it.
    pub(crate) fresh: bool,
    /// How long a client waits for a start that does not go on.
    pub(crate) patience: Duration,
    /// A driver may rest for longer than it is asked to: it takes fewer exchanges.
    pub(crate) shortest_rest: Duration,
}

/// What was seen of a start.
#[derive(Debug)]
pub(crate) struct History {
    pub(crate) end: End,
    /// Scans in the emulator's ledger.
    pub(crate) ledger: u64,
    /// Exchanges of a start, without those of which the executor says that nothing left.
    pub(crate) sent: usize,
    /// Whole starts that came to the proxy.
    pub(crate) heard: usize,
    /// The length of the first start, in bytes.
    pub(crate) request: usize,
    /// The length of its answer, in bytes.
    pub(crate) answer: usize,
    /// What has become of the cut.
    pub(crate) fate: Option<Fate>,
}

/// How a start ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// The scan is known and was followed to its end.
    Followed,
    /// Nobody knows.
    Unknown,
}

/// A history takes milliseconds; one that takes so long has stopped.
const STUCK: Duration = Duration::from_secs(60);

impl Case {
    pub(crate) fn new(service: Service) -> Self {
        Self {
            service,
            cut: None,
            hang_up: None,
            fresh: true,
            patience: Duration::from_millis(50),
            shortest_rest: Duration::from_secs(30),
        }
    }

    pub(crate) async fn play(self) -> History {
        let history = tokio::time::timeout(STUCK, async {
            let mut world = World::new(self).await;
            let end = world.start().await;
            world.history(end).await
        });
        history.await.unwrap_or_else(|_| panic!("{self:?} does not end"))
    }
}

struct World {
    case: Case,
    server: Server,
    proxy: Proxy,
    executor: Executor,
    /// How long the flow has rested.
    rested: Duration,
    /// The cut that is still to be made.
    cut: Option<Cut>,
    sent: usize,
    answer: usize,
}

impl World {
    async fn new(case: Case) -> Self {
        let emulator = Emulator::builder().clock(Clock::Manual);
        let emulator = match case.service {
            Service::WscNaming => emulator.created_numbers(),
            Service::Wsc | Service::VaddyV1 | Service::VaddyV2 => emulator,
        };
        let server = emulator.start().await.expect("loopback has free ports");
        let proxy = Proxy::before(server.addr()).await;
        if let Some(how) = case.hang_up {
            proxy.hang_up(how);
        }
        let executor = Executor::new();
        let (rested, cut) = (Duration::ZERO, case.cut);
        Self { case, server, proxy, executor, rested, cut, sent: 0, answer: 0 }
    }

    async fn start(&mut self) -> End {
        match self.case.service {
            Service::Wsc | Service::WscNaming => {
                let key = ncp_sign::Credential::new(keys::WSC_ACCESS_KEY, keys::WSC_SECRET_KEY);
                let key = NcpKey::new(key.expect("the published key is valid"));
                let job = CreateJob::new("https://www.example.com");
                self.run(key, WscScan { job, token: Token::from_bytes([7; 16]) }).await
            }
            Service::VaddyV1 => {
                let fqdn = "www.example.jp".to_owned();
                self.vaddy(VaddyProject::V1 { fqdn, verification_code: None }, None).await
            }
            Service::VaddyV2 => {
                let project_id = "0a1b2c3d4e5f607".to_owned();
                let number =
                    self.server.with(|emulator| emulator.vaddy_project_number(&project_id));
                assert!(number.is_some());
                self.vaddy(VaddyProject::V2 { project_id }, number).await
            }
        }
    }

    async fn vaddy(&mut self, project: VaddyProject, project_number: Option<u64>) -> End {
        let key = VaddyKey::new(keys::VADDY_USER, keys::VADDY_KEY);
        let scan = VaddyScan { project, project_number, crawl_id: None, scan_type: None };
        self.run(key.expect("the published key is valid"), scan).await
    }

    /// A start that was proved not to have been executed is made once more, so that a wrong proof costs a second scan.
    async fn run<S: Scanner>(&mut self, key: S, scan: S::Scan) -> End {
        let base = format!("http://{}", self.proxy.addr()).parse().expect("loopback is accepted");
        let policy = WatchPolicy {
            quick: Duration::from_secs(70),
            retry_unstarted: true,
            ..WatchPolicy::default()
        };
        let outcome = self.drive(Target::new(base, key).start(self.now(), scan, policy)).await;
        match (&outcome.id, &outcome.result) {
            (Some(_), Ok(Ending::Finished(_))) => End::Followed,
            (None, Err(ScanError::Unknown)) => End::Unknown,
            _ => panic!("{:?}: {outcome:?}", self.case),
        }
    }

    async fn drive<S: Scanner>(&mut self, mut step: Step<Outcome<S>, EventOf<S>>) -> Outcome<S> {
        loop {
            step = match step {
                Step::Send(mut sending) => {
                    let request = take(&mut sending.request);
                    let got = self.exchange(request, sending.limits).await;
                    sending.received(self.now(), got)
                }
                Step::Wait(waiting) => {
                    self.rest(waiting.delay).await;
                    waiting.woke(self.now())
                }
                Step::Tell(telling) => telling.told(self.now()),
                Step::Done(outcome) => return outcome,
            };
        }
    }

    fn now(&self) -> Now {
        let now = now();
        Now { mono: now.mono + self.rested, ..now }
    }

    async fn exchange(
        &mut self,
        request: Request<Bytes>,
        mut limits: Limits,
    ) -> Result<Response<Bytes>, Failure> {
        if !self.case.service.is_start(request.uri().path(), request.body()) {
            return self.executor.exchange(request, limits).await;
        }
        limits.fresh_connection = self.case.fresh;
        if let Some(cut) = self.cut.take() {
            self.proxy.arm(cut);
            if cut.how == How::Stall {
                limits.first_byte = self.case.patience;
                limits.idle = self.case.patience;
            }
        }
        let got = self.executor.exchange(request, limits).await;
        let never = got.as_ref().is_err_and(|failure| failure.sent() == Sent::Never);
        self.sent += usize::from(!never);
        self.answer = self.proxy.answer();
        got
    }

    /// Time passes for the flow and for the emulator, but not for us.
    async fn rest(&mut self, delay: Duration) {
        let rest = delay.max(self.case.shortest_rest);
        self.rested += rest;
        self.server.advance(rest);
        self.proxy.pass(self.rested);
        if self.is_cut()
            && !matches!(self.case.cut, Some(Cut { at: At::Late(by), .. }) if by > self.rested)
        {
            self.proxy.fate().await;
        }
    }

    fn is_cut(&self) -> bool {
        self.case.cut.is_some() && self.cut.is_none()
    }

    /// The starts that came to the proxy.
    fn heard(&self) -> Vec<Vec<u8>> {
        let mut heard = self.proxy.heard();
        heard.retain(|request| {
            let path = request.split(|byte| *byte == b' ').nth(1).unwrap_or_default();
            self.case.service.is_start(&String::from_utf8_lossy(path), request)
        });
        heard
    }

    async fn history(self, end: End) -> History {
        // Whatever is still on its way arrives.
        self.proxy.pass(Duration::MAX);
        let fate = if self.is_cut() { Some(self.proxy.fate().await) } else { None };
        let heard = self.heard();
        let ledger = self.server.with(|emulator| emulator.ledger());
        History {
            end,
            ledger: ledger.wsc_created + ledger.vaddy_started,
            sent: self.sent,
            heard: heard.len(),
            request: heard.first().map_or(0, Vec::len),
            answer: self.answer,
            fate,
        }
    }
}

impl Service {
    fn is_start(self, path: &str, request: &[u8]) -> bool {
        let action = b"action=start";
        match self {
            Self::Wsc | Self::WscNaming => path == "/api/v1/job",
            Self::VaddyV1 | Self::VaddyV2 => {
                request.windows(action.len()).any(|window| window == action)
            }
        }
    }
}
