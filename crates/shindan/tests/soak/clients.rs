//! Clients that behave well: whole flows and single calls, through our executor.

use std::{mem::take, time::Duration};

use bytes::Bytes;
use http::{Request, Response};
use ncp_sign::Credential;
use shindan_emulator::{Scenario, keys};
use shindan_hyper::{Executor, now};
use shindan_proto::{
    Authorize, Ending, Failure, Limits, NcpKey, Now, Outcome, ScanError, Scanner, Step, Target,
    Token, VaddyKey, VaddyProject, VaddyScan, WatchPolicy, WscScan, encode,
};
use shindan_wire::Endpoint;
use tokio::time::{sleep, timeout};
use vaddy_model::{ScanId, v1, v2};
use wsc_model::{CreateJob, GetJobs, GetReport, InstanceNo, SearchJobs};

use crate::{draw::Draw, pace::Soak};

/// Longer than a healthy answer takes.
const PATIENCE: Duration = Duration::from_millis(500);
/// A flow rests so long at most in real time; its own time passes as it wants.
const LONGEST_REST: Duration = Duration::from_millis(20);

/// One client, until the end.
pub(crate) fn run(soak: &Soak, nth: u64) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime can be built").block_on(async {
        let mut client = Client::new(soak, nth);
        // What it does at the end is dropped.
        let _ = timeout(soak.left(), client.live()).await;
    });
}

struct Client<'a> {
    soak: &'a Soak,
    draw: Draw,
    executor: Executor,
    wsc: Target<NcpKey>,
    vaddy: Target<VaddyKey>,
    wsc_key: NcpKey,
    /// How long its flows have rested beyond real time.
    rested: Duration,
}

impl<'a> Client<'a> {
    fn new(soak: &'a Soak, nth: u64) -> Self {
        let base = || format!("http://{}", soak.address).parse().expect("loopback is accepted");
        let credential = Credential::new(keys::WSC_ACCESS_KEY, keys::WSC_SECRET_KEY);
        let wsc_key = NcpKey::new(credential.expect("the published keys are valid"));
        let vaddy_key = VaddyKey::new(keys::VADDY_USER, keys::VADDY_KEY);
        Self {
            soak,
            draw: Draw::new(soak.seed, nth),
            executor: Executor::new(),
            wsc: Target::new(base(), wsc_key.clone()),
            vaddy: Target::new(base(), vaddy_key.expect("the published keys are valid")),
            wsc_key,
            rested: Duration::ZERO,
        }
    }

    async fn live(&mut self) {
        let (wsc, vaddy) = (self.wsc.clone(), self.vaddy.clone());
        loop {
            match self.draw.below(12) {
                0..=2 => self.scan_wsc().await,
                3..=5 => self.scan_vaddy().await,
                6 => self.call(&wsc, &GetJobs::new(10, 1)).await,
                7 => {
                    let mut search = SearchJobs::new(10, 1);
                    search.search_keyword = self.host();
                    self.call(&wsc, &search).await;
                }
                8 => {
                    let number = 1_234_567_890 + self.draw.below(2_000);
                    let number = InstanceNo::new(&number.to_string()).expect("it is a number");
                    self.call(&wsc, &GetReport::new(number)).await;
                }
                9 => self.large_start().await,
                10 => {
                    let (host, id) = (self.host(), ScanId::new("1-5f0c7a4e").expect("it is an id"));
                    self.call(&vaddy, &v1::GetScanResult::new(id, &host)).await;
                    self.call(&vaddy, &v1::CheckRunning::new(&host)).await;
                }
                _ => {
                    let (host, number) = (self.host(), self.draw.below(9_999));
                    self.call(&vaddy, &v2::SearchCrawls::new(&host)).await;
                    self.call(&vaddy, &v2::ListResults::new(number)).await;
                }
            }
        }
    }

    /// A target: one of a few, one that is called after a scenario, or one that nobody has named before.
    fn host(&mut self) -> String {
        match self.draw.below(4) {
            0 | 1 => format!("shop-{}.test", self.draw.below(40)),
            2 => format!("scenario-{}.test", self.draw.pick(&Scenario::ALL)),
            _ => format!("new-{:016x}.test", self.draw.below(u64::MAX)),
        }
    }

    async fn scan_wsc(&mut self) {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&self.draw.below(u64::MAX).to_le_bytes());
        bytes[8..].copy_from_slice(&self.draw.below(u64::MAX).to_le_bytes());
        let job = CreateJob::new(&format!("https://{}/", self.host()));
        let scan = WscScan { job, token: Token::from_bytes(bytes) };
        let target = self.wsc.clone();
        let outcome = self.scan(&target, scan).await;
        // Of VAddy's scans nobody knows whose they are.
        if matches!(outcome.result, Err(ScanError::Duplicate(_))) {
            self.soak.double();
        }
    }

    async fn scan_vaddy(&mut self) {
        let (host, is_v1) = (self.host(), self.draw.one_in(2));
        let project = if is_v1 {
            VaddyProject::V1 { fqdn: host, verification_code: None }
        } else {
            VaddyProject::V2 { project_id: host }
        };
        let scan = VaddyScan { project, project_number: None, crawl_id: None, scan_type: None };
        let target = self.vaddy.clone();
        self.scan(&target, scan).await;
    }

    async fn scan<S: Scanner>(&mut self, target: &Target<S>, scan: S::Scan) -> Outcome<S> {
        let policy =
            WatchPolicy { within: Some(Duration::from_secs(1_200)), ..WatchPolicy::default() };
        let cancel_at = self.draw.one_in(4).then(|| self.draw.below(20));
        let step = target.start(self.now(), scan, policy);
        let outcome = self.drive(step, cancel_at).await;
        self.soak.count(&format!("scans: {}", ending(&outcome)), 1);
        outcome
    }

    async fn call<A: Authorize, E: Endpoint<Api = A::Api>>(
        &mut self,
        target: &Target<A>,
        operation: &E,
    ) {
        let step = target.call(self.now(), operation);
        let result = self.drive(step, None).await;
        let how = if result.is_ok() { "calls: answered" } else { "calls: refused or lost" };
        self.soak.count(how, 1);
    }

    /// A start with much in it, most of which must not be kept.
    async fn large_start(&mut self) {
        let mut job = CreateJob::new("https://large.test/");
        job.memo = Some("m".repeat(self.draw.below(40_000).try_into().unwrap_or_default()));
        let mut request = encode(self.wsc.base(), &job).expect("it can be sent");
        self.wsc_key.authorize(&mut request, now().wall);
        // Whatever comes is fine.
        let _ = self.exchange(request, Limits::CHANGE).await;
    }

    /// Carries a flow out; at this step it is asked to end.
    async fn drive<T, E>(&mut self, mut step: Step<T, E>, cancel_at: Option<u64>) -> T {
        for nth in 0.. {
            step = match step {
                Step::Send(mut sending) => {
                    let got = self.exchange(take(&mut sending.request), sending.limits).await;
                    sending.received(self.now(), got)
                }
                Step::Wait(waiting) => {
                    sleep(waiting.delay.min(LONGEST_REST)).await;
                    self.rested += waiting.delay.saturating_sub(LONGEST_REST);
                    if cancel_at.is_some_and(|at| nth >= at) {
                        waiting.cancel(self.now())
                    } else {
                        waiting.woke(self.now())
                    }
                }
                Step::Tell(telling) => telling.told(self.now()),
                Step::Done(result) => return result,
            };
        }
        unreachable!("a flow ends");
    }

    async fn exchange(
        &self,
        request: Request<Bytes>,
        mut limits: Limits,
    ) -> Result<Response<Bytes>, Failure> {
        sleep(self.soak.turn()).await;
        (limits.first_byte, limits.idle, limits.total) = (PATIENCE, PATIENCE, 4 * PATIENCE);
        self.soak.count("requests of clients", 1);
        self.executor.exchange(request, limits).await
    }

    fn now(&self) -> Now {
        let now = now();
        Now { mono: now.mono + self.rested, ..now }
    }
}

/// How it ended, in a word.
fn ending<S: Scanner>(outcome: &Outcome<S>) -> &'static str {
    match &outcome.result {
        Ok(Ending::Finished(_)) => "finished",
        Ok(Ending::Stopped) => "stopped",
        Ok(Ending::Failed(_)) => "failed",
        Err(ScanError::Refused(_)) => "refused",
        Err(ScanError::Busy) => "busy",
        Err(ScanError::NotStarted) => "not started",
        Err(ScanError::Canceled) => "canceled before the start",
        Err(ScanError::Unknown) => "unknown",
        Err(ScanError::Duplicate(_)) => "more than one",
        Err(ScanError::Missing) => "missing",
        Err(ScanError::Lost(_)) => "lost",
        Err(ScanError::Deadline) => "still running",
        Err(_) => "without an end",
    }
}
