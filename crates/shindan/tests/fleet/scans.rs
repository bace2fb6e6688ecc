//! The scans, how they are started, and how each is waited for.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use futures_util::{StreamExt, stream};
use ncp_sign::Credential;
use shindan_hyper::{Executor, now};
use shindan_proto::{
    Base, Ending, Event, NcpKey, Scanner, Target, VaddyKey, VaddyProject, VaddyScanId, WatchPolicy,
};
use tokio::task::JoinSet;
use vaddy_model::v2::StartScan;
use wsc_model::{CreateJob, InstanceNo};

/// Of so many targets one is VAddy's, where each scan is asked about by itself.
const ONE_OF_VADDY: usize = 20;
/// The emulator knows no more projects at a time.
const MOST_PROJECTS: usize = 900;
/// How many are started side by side.
const SIDE_BY_SIDE: usize = 16;

/// What one account has started at each service.
struct Account {
    executor: Executor,
    wsc: Target<NcpKey>,
    jobs: Vec<InstanceNo>,
    vaddy: Target<VaddyKey>,
    scans: Vec<VaddyScanId>,
}

/// What the watches have seen.
#[derive(Default)]
pub(crate) struct Seen {
    /// Scans that run.
    pub(crate) scans: AtomicUsize,
    /// How often one of them was seen.
    pub(crate) polls: AtomicUsize,
}

pub(crate) struct Fleet(Vec<Account>);

impl Fleet {
    pub(crate) async fn start(emulators: &[SocketAddr], targets: usize) -> Self {
        let accounts = emulators.len();
        let executor = Executor::new();
        let scans = (targets / ONE_OF_VADDY).min(MOST_PROJECTS);
        let share = |all: usize, nth: usize| all * (nth + 1) / accounts - all * nth / accounts;
        let mut fleet = Vec::new();
        for (nth, &emulator) in emulators.iter().enumerate() {
            let account = Account::new(&executor, emulator, nth);
            let (jobs, scans) = (share(targets - scans, nth), share(scans, nth));
            fleet.push(account.with(jobs, scans, nth).await);
        }
        Self(fleet)
    }

    pub(crate) fn jobs(&self) -> usize {
        self.0.iter().map(|account| account.jobs.len()).sum()
    }

    pub(crate) fn scans(&self) -> usize {
        self.0.iter().map(|account| account.scans.len()).sum()
    }

    /// Follows all of them; each says what is wrong with its end.
    pub(crate) fn watch(self, counts: &Arc<Seen>) -> JoinSet<Option<String>> {
        let mut watches = JoinSet::new();
        for account in self.0 {
            let executor = Arc::new(account.executor.for_account());
            for (id, seed) in account.jobs.into_iter().zip(0..) {
                let (executor, wsc) = (Arc::clone(&executor), account.wsc.clone());
                watches.spawn(follow(executor, wsc, id, seed, Arc::clone(counts)));
            }
            let executor = Arc::new(account.executor.for_account());
            for (id, seed) in account.scans.into_iter().zip(0..) {
                let (executor, vaddy) = (Arc::clone(&executor), account.vaddy.clone());
                watches.spawn(follow(executor, vaddy, id, seed, Arc::clone(counts)));
            }
        }
        watches
    }
}

impl Account {
    fn new(executor: &Executor, emulator: SocketAddr, nth: usize) -> Self {
        let base: Base = format!("http://{emulator}").parse().expect("loopback is accepted");
        let credential = Credential::new(&format!("AKFLEET{nth}"), "SKEXAMPLE");
        let user = VaddyKey::new(&format!("user-{nth}"), "0123456789abcdef");
        Self {
            executor: executor.clone(),
            wsc: Target::new(base.clone(), NcpKey::new(credential.expect("it is well-formed"))),
            jobs: Vec::new(),
            vaddy: Target::new(base, user.expect("it is well-formed")),
            scans: Vec::new(),
        }
    }

    /// Without a pace: it is the waiting that is measured.
    async fn with(mut self, jobs: usize, scans: usize, account: usize) -> Self {
        let create = |nth| {
            let job = CreateJob::new(&format!("https://shop-{account}-{nth}.test/"));
            let step = self.wsc.call(now(), &job);
            async {
                let created = self.executor.run(step, |_| {}).await.expect("it is created");
                created.instance_no().expect("it is named")
            }
        };
        let jobs = stream::iter((0..jobs).map(create)).buffered(SIDE_BY_SIDE).collect().await;
        let start = |nth| {
            let project_id = format!("fleet-{account}-{nth}");
            let step = self.vaddy.call(now(), &StartScan::new(&project_id));
            async {
                let started = self.executor.run(step, |_| {}).await.expect("it is started");
                let project = VaddyProject::V2 { project_id };
                VaddyScanId { project, scan_id: started.value.scan_id }
            }
        };
        let scans = stream::iter((0..scans).map(start)).buffered(SIDE_BY_SIDE).collect().await;
        (self.jobs, self.scans) = (jobs, scans);
        self
    }
}

async fn follow<S: Scanner>(
    executor: Arc<Executor>,
    service: Target<S>,
    id: S::Id,
    seed: u64,
    counts: Arc<Seen>,
) -> Option<String> {
    let (mut was_running, mut trouble) = (false, None);
    // Their rests differ, as those of different processes do.
    let policy = WatchPolicy { seed, ..WatchPolicy::default() };
    let outcome = executor.run(service.attach(now(), id, policy), |event| {
        if !matches!(event, Event::Running(_)) {
            trouble = Some(format!("{event:?}"));
            return;
        }
        counts.polls.fetch_add(1, Ordering::Relaxed);
        if !was_running {
            was_running = true;
            counts.scans.fetch_add(1, Ordering::Relaxed);
        }
    });
    let outcome = outcome.await;
    match outcome.result {
        Ok(Ending::Finished(_)) if was_running => trouble,
        other => Some(format!("{:?}: {other:?}", outcome.id)),
    }
}
