//! The emulator on ports of this machine: HTTP/1.1 for both services, and the same over TLS.

#[cfg(feature = "tls")]
mod authority;
mod connection;
mod deliver;
mod events;
mod exchange;
mod guard;
mod page;
#[cfg(feature = "tls")]
mod tls;

use core::{future::ready, net::SocketAddr, time::Duration};
use std::{
    io,
    net::Ipv4Addr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use connection::accept;
use events::MOST_LISTENERS;
use exchange::wall_clock;
use tokio::{
    net::TcpListener,
    sync::{Notify, Semaphore},
    task::AbortHandle,
};

use crate::{Builder, Emulator};

/// How many connections are open at once, on all ports. More are closed as soon as they are made.
const MOST_CONNECTIONS: usize = 256;

/// A running emulator; dropping it ends it and closes its connections.
///
/// A test takes one of its own, with a state of its own on a port of its own. This one fails if the
/// pipeline pays twice when it is run again:
///
/// ```
/// use core::time::Duration;
///
/// use shindan_emulator::{Clock, Emulator, keys};
/// use shindan_hyper::{Executor, now};
/// use shindan_proto::{NcpKey, Target, Token, WatchPolicy, WscScan};
/// use wsc_model::{CreateJob, GetJobs};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let server = Emulator::builder().clock(Clock::Manual).start().await?;
/// let credential = ncp_sign::Credential::new(keys::WSC_ACCESS_KEY, keys::WSC_SECRET_KEY)?;
/// let wsc = Target::new(server.url().parse()?, NcpKey::new(credential));
///
/// for _run in 0..2 {
///     let token = Token::from_bytes([7; 16]);
///     let scan = WscScan { job: CreateJob::new("http://your-domain"), token };
///     let policy = WatchPolicy { detach: true, ..WatchPolicy::default() };
///     Executor::new().run(wsc.start(now(), scan, policy), |_| {}).await;
/// }
/// server.assert_billed(1);
///
/// server.advance(Duration::from_secs(60));
/// let jobs = Executor::new().run(wsc.call(now(), &GetJobs::new(10, 1)), |_| {}).await?;
/// assert_eq!(jobs.resources.record_data[0].status, "diagnostic completed");
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Server {
    addr: SocketAddr,
    #[cfg(feature = "tls")]
    exposed: bool,
    shared: Arc<Shared>,
    accepting: Vec<AbortHandle>,
    #[cfg(feature = "tls")]
    https: Option<tls::Https>,
}

/// What all connections share.
#[derive(Debug)]
struct Shared {
    emulator: Mutex<Emulator>,
    places: Arc<Semaphore>,
    turned_away: AtomicU64,
    /// Wakes who listens to events.
    news: Notify,
    listeners: Arc<Semaphore>,
    /// Wakes who waits for the end.
    stopped: Notify,
    /// How often something was changed other than by a request to a service.
    changes: AtomicU64,
}

impl Server {
    /// Listens on a loopback address; port 0 takes any free one. Call it inside a tokio runtime.
    ///
    /// Another address is an error: whoever reaches the port may read and change everything in it.
    pub async fn start(listen: SocketAddr, emulator: Emulator) -> io::Result<Self> {
        Self::listen(listen, emulator, false).await
    }

    /// Like [`start`](Self::start), on any address: whoever reaches it can use both services. Control calls and
    /// the page are still for this machine alone, and requests must name this machine or a vendor's host.
    pub async fn start_exposed(listen: SocketAddr, emulator: Emulator) -> io::Result<Self> {
        Self::listen(listen, emulator, true).await
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The base URL of both services: `http://127.0.0.1:PORT`, without a trailing slash.
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// Looks at the emulator or changes it; requests wait meanwhile.
    pub fn with<T>(&self, look: impl FnOnce(&mut Emulator) -> T) -> T {
        let seen = self.shared.with(look);
        self.shared.change();
        seen
    }

    /// Lets the time of jobs and scans jump forward, whatever the clock.
    pub fn advance(&self, by: Duration) {
        self.with(|emulator| emulator.advance(by));
    }

    /// Panics with the list of calls if not exactly so many diagnoses and scans were charged.
    #[track_caller]
    pub fn assert_billed(&self, expected: u64) {
        self.shared.lock().assert_billed(expected);
    }

    /// How many requests and connections were closed because they were too slow, too large, too many or not
    /// HTTP. A head that cannot be read gets a bare 400, 414 or 431, the only answers without
    /// `x-shindan-emulator`.
    pub fn turned_away(&self) -> u64 {
        self.shared.turned_away.load(Ordering::Relaxed)
    }

    /// Waits until a call to `/_emulator/stop` has named its [`instance`](Builder::instance). It answers until it is
    /// dropped.
    pub async fn stopped(&self) {
        self.shared.stopped.notified().await;
    }

    async fn listen(listen: SocketAddr, emulator: Emulator, exposed: bool) -> io::Result<Self> {
        let listener = bind(listen, exposed).await?;
        let addr = listener.local_addr()?;
        let shared = Arc::new(Shared {
            emulator: Mutex::new(emulator.with_log(true)),
            places: Arc::new(Semaphore::new(MOST_CONNECTIONS)),
            turned_away: AtomicU64::new(0),
            news: Notify::new(),
            listeners: Arc::new(Semaphore::new(MOST_LISTENERS)),
            stopped: Notify::new(),
            changes: AtomicU64::new(0),
        });
        let plain = accept(listener, Arc::clone(&shared), |stream| ready(Some(stream)));
        let accepting = vec![tokio::spawn(plain).abort_handle()];
        Ok(Self {
            addr,
            #[cfg(feature = "tls")]
            exposed,
            shared,
            accepting,
            #[cfg(feature = "tls")]
            https: None,
        })
    }
}

impl Builder {
    /// Serves it on any free port of 127.0.0.1, with a time of its own that begins now. Call it inside a
    /// tokio runtime.
    pub async fn start(self) -> io::Result<Server> {
        Server::start((Ipv4Addr::LOCALHOST, 0).into(), self.build(wall_clock())).await
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.accepting.iter().for_each(AbortHandle::abort);
    }
}

impl Shared {
    fn with<T>(&self, look: impl FnOnce(&mut Emulator) -> T) -> T {
        look(&mut self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, Emulator> {
        self.emulator.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells who listens that something may have changed.
    fn change(&self) {
        self.changes.fetch_add(1, Ordering::Relaxed);
        self.news.notify_waiters();
    }

    fn turn_away(&self) {
        self.turned_away.fetch_add(1, Ordering::Relaxed);
    }
}

async fn bind(listen: SocketAddr, exposed: bool) -> io::Result<TcpListener> {
    if !exposed && !listen.ip().is_loopback() {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "the emulator listens on loopback addresses only; use 127.0.0.1 or [::1]",
        ));
    }
    TcpListener::bind(listen).await
}
