//! A server, the client's own executor, and the time that both live in.

use core::{fmt, time::Duration};
use std::mem::take;

use shindan_emulator::{Emulator, Ledger, Server, Standing, keys};
use shindan_hyper::{Executor, now};
use shindan_proto::{
    Ending, NcpKey, Now, Outcome, ScanError, Scanner, Step, Target, Token, VaddyKey, VaddyProject,
    VaddyScan, WatchPolicy, WscScan,
};
use tokio::time::{Instant, sleep};
use wsc_model::CreateJob;

/// Whose flow it is, and how it names what it scans.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Service {
    Wsc,
    /// Its number is not known, so that a lost scan cannot be named.
    VaddyV1,
    /// With its number.
    VaddyV2,
}

pub(crate) const SERVICES: [Service; 3] = [Service::Wsc, Service::VaddyV1, Service::VaddyV2];

/// How a start has ended, without what it brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Finished,
    Stopped,
    Failed,
    Refused,
    Busy,
    NotStarted,
    Unknown,
    Duplicate,
    Missing,
    Lost,
    Deadline,
}

/// What was seen of a start.
pub(crate) struct Played {
    pub(crate) end: End,
    pub(crate) ledger: Ledger,
    /// The only job or scan, if there is one.
    standing: Option<Standing>,
    /// The name by which the client knows it.
    id: Option<String>,
    /// For whoever looks at a failure.
    outcome: String,
}

pub(crate) struct World {
    pub(crate) server: Server,
    executor: Executor,
    begun: Instant,
    /// How much of the time was given to the emulator.
    given: Duration,
}

impl World {
    pub(crate) async fn new(emulator: Emulator) -> Self {
        let server = Server::start(([127, 0, 0, 1], 0).into(), emulator)
            .await
            .expect("loopback has free ports");
        let (begun, given) = (Instant::now(), Duration::ZERO);
        Self { server, executor: Executor::new(), begun, given }
    }

    /// Starts a scan of the host, follows it to its end and reads its report.
    pub(crate) async fn play(
        &mut self,
        service: Service,
        host: &str,
        cancel_at: Duration,
    ) -> Played {
        match service {
            Service::Wsc => {
                let key = ncp_sign::Credential::new(keys::WSC_ACCESS_KEY, keys::WSC_SECRET_KEY);
                let job = CreateJob::new(&format!("https://{host}/"));
                let scan = WscScan { job, token: Token::from_bytes([7; 16]) };
                let key = NcpKey::new(key.expect("the published keys are valid"));
                self.start(key, scan, cancel_at).await
            }
            Service::VaddyV1 => {
                let fqdn = host.to_owned();
                let project = VaddyProject::V1 { fqdn, verification_code: None };
                self.start_vaddy(project, None, cancel_at).await
            }
            Service::VaddyV2 => {
                let project_id = host.to_owned();
                let number =
                    self.server.with(|emulator| emulator.vaddy_project_number(&project_id));
                self.start_vaddy(VaddyProject::V2 { project_id }, number, cancel_at).await
            }
        }
    }

    async fn start_vaddy(
        &mut self,
        project: VaddyProject,
        project_number: Option<u64>,
        cancel_at: Duration,
    ) -> Played {
        let key = VaddyKey::new(keys::VADDY_USER, keys::VADDY_KEY);
        let scan = VaddyScan { project, project_number, crawl_id: None, scan_type: None };
        self.start(key.expect("the published keys are valid"), scan, cancel_at).await
    }

    /// A start that was proved not to have been executed is made once more, so that a wrong proof costs a second scan.
    async fn start<S: Scanner>(&mut self, key: S, scan: S::Scan, cancel_at: Duration) -> Played {
        let base = self.server.url().parse().expect("loopback is accepted");
        let policy = WatchPolicy {
            within: Some(Duration::from_secs(1_200)),
            outage: Duration::from_secs(300),
            retry_unstarted: true,
            ..WatchPolicy::default()
        };
        let step = Target::new(base, key).start(self.now(), scan, policy);
        let outcome = self.drive(step, cancel_at).await;
        self.server.with(|emulator| {
            let mut standings = emulator.standings(now().wall);
            let ledger = emulator.ledger();
            assert_eq!(standings.len() as u64, ledger.billed(), "{outcome:?}");
            Played {
                end: end(&outcome),
                ledger,
                standing: standings.pop(),
                id: outcome.id.as_ref().map(ToString::to_string),
                outcome: format!("{outcome:.600?}"),
            }
        })
    }

    /// Carries a flow out; at the first rest after `cancel_at` it is asked to end.
    async fn drive<T, E>(&mut self, mut step: Step<T, E>, mut cancel_at: Duration) -> T {
        loop {
            step = match step {
                Step::Send(mut sending) => {
                    let request = take(&mut sending.request);
                    let got = self.executor.exchange(request, sending.limits).await;
                    self.give_time();
                    sending.received(self.now(), got)
                }
                Step::Wait(waiting) if self.begun.elapsed() >= cancel_at => {
                    cancel_at = Duration::MAX;
                    waiting.cancel(self.now())
                }
                Step::Wait(waiting) => {
                    sleep(waiting.delay).await;
                    self.give_time();
                    waiting.woke(self.now())
                }
                Step::Tell(telling) => telling.told(self.now()),
                Step::Done(result) => return result,
            };
        }
    }

    /// The calendar is the machine's, because the server's is.
    fn now(&self) -> Now {
        Now { mono: self.begun.elapsed(), wall: now().wall }
    }

    /// The emulator's clock shows what has passed here.
    fn give_time(&mut self) {
        let elapsed = self.begun.elapsed();
        self.server.with(|emulator| emulator.advance(elapsed.saturating_sub(self.given)));
        self.given = elapsed;
    }
}

impl Played {
    /// Nothing was paid twice, and the outcome says no more than what is so.
    pub(crate) fn assert_honest(&self, case: &dyn fmt::Debug) {
        let standing = self.standing.as_ref();
        let state = standing.map(|standing| &*standing.state);
        assert!(self.ledger.billed() <= 1, "{case:?}: paid twice: {self:?}");
        let honest = match self.end {
            End::Finished => matches!(state, Some("diagnostic completed" | "finish")),
            End::Stopped => {
                matches!(state, Some("diagnostic canceled" | "job stopped" | "canceled"))
            }
            End::Failed | End::Lost | End::Deadline | End::Unknown => true,
            End::Refused | End::Busy | End::NotStarted | End::Missing => standing.is_none(),
            End::Duplicate => false,
        };
        assert!(honest, "{case:?}: {self:?}");
        let named =
            self.id.as_ref().is_none_or(|id| standing.is_some_and(|of| id.ends_with(&of.id)));
        assert!(named, "{case:?}: another scan is named: {self:?}");
    }
}

impl fmt::Debug for Played {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} of {:?}: {}", self.end, self.standing, self.outcome)
    }
}

fn end<S: Scanner>(outcome: &Outcome<S>) -> End {
    match &outcome.result {
        Ok(Ending::Finished(_)) => End::Finished,
        Ok(Ending::Stopped) => End::Stopped,
        Ok(Ending::Failed(_)) => End::Failed,
        Err(ScanError::Refused(_)) => End::Refused,
        Err(ScanError::Busy) => End::Busy,
        Err(ScanError::NotStarted) => End::NotStarted,
        Err(ScanError::Unknown) => End::Unknown,
        Err(ScanError::Duplicate(_)) => End::Duplicate,
        Err(ScanError::Missing) => End::Missing,
        Err(ScanError::Lost(_)) => End::Lost,
        Err(ScanError::Deadline) => End::Deadline,
        Err(other) => panic!("a start does not end like this: {other:?}"),
    }
}
