//! Carries out [`shindan_proto`]'s steps: hyper and tokio for the exchanges, rustls for trust.
//!
//! It decides nothing. What is sent, how often, and whether it may be sent again is decided by the
//! flow; this crate makes exactly one HTTP exchange for each [`Sending`](shindan_proto::Sending),
//! keeps its limits, and says [`Sent::Never`](shindan_proto::Sent::Never) only when no connection
//! came about. HTTP/1.1 only; it follows no redirect, decompresses nothing, keeps no cookie and never
//! sends a request twice. Plain http stays on this machine; https goes through a proxy if the
//! [`Network`] has one, and is encrypted from here to the service all the same.
//!
//! ```no_run
//! use shindan_hyper::{Executor, now};
//! use shindan_proto::{Target, VaddyKey};
//! use vaddy_model::v2::CheckRunning;
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let key = VaddyKey::new("user", "key")?;
//! let vaddy = Target::new("https://api.vaddy.net".parse()?, key);
//! let executor = Executor::new();
//! let running = executor.run(vaddy.call(now(), &CheckRunning::new("example.com")), |_| {}).await?;
//! println!("{running:?}");
//! # Ok(())
//! # }
//! ```

mod account;
mod clock;
mod connect;
mod exchange;
mod host;
mod network;
mod no_proxy;
mod proxy;
mod run;
mod trouble;
mod trust;
mod tunnel;

use std::sync::Arc;

use bytes::Bytes;
use http_body_util::Full;
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use rustls::ClientConfig;
use shindan_proto::Limits;

use crate::{account::Account, connect::Connector, trust::Trust};

pub use clock::now;
pub use network::Network;
pub use no_proxy::{NeverMatches, NoProxy};
pub use proxy::{Proxy, ProxyError};
pub use trust::{RootsError, roots_from_pem};

/// Makes exchanges and rests; it needs a tokio runtime with time and I/O. Clones share connections.
#[derive(Clone, Debug)]
pub struct Executor {
    pooled: Client<Connector, Full<Bytes>>,
    fresh: Client<Connector, Full<Bytes>>,
    network: Arc<Network>,
    account: Option<Arc<Account>>,
}

impl Executor {
    /// Uses no proxy and trusts whom the operating system trusts; that is looked up with the first
    /// https request.
    pub fn new() -> Self {
        Self::with_network(Network::default())
    }

    /// Reaches the services as this says.
    pub fn with_network(mut network: Network) -> Self {
        let trust = Trust::platform_and(std::mem::take(&mut network.extra_roots));
        Self::trusting(network, trust)
    }

    /// Uses no proxy and trusts as this configuration says.
    pub fn with_tls(config: ClientConfig) -> Self {
        Self::trusting(Network::default(), Trust::given(config))
    }

    /// The same connections for all flows of one account at a service: they send at most 5 requests a second, starts
    /// and cancels first, and those that ask for the same share the answer where their flows let them. Each call
    /// makes one for another account; its clones are the same account's.
    #[must_use]
    pub fn for_account(&self) -> Self {
        Self { account: Some(Arc::default()), ..self.clone() }
    }

    fn trusting(network: Network, trust: Trust) -> Self {
        let network = Arc::new(network);
        let connector = Connector::new(Arc::clone(&network), trust);
        let mut client = Client::builder(TokioExecutor::new());
        client
            // Whether a request is sent again is for the flow to decide.
            .retry_canceled_requests(false)
            // All flows ask for the same size of head, so it can be a property of the connection.
            .http1_max_buf_size(Limits::READ.head_bytes)
            .http1_max_headers(MAX_HEADERS);
        let pooled = client.build(connector.clone());
        let fresh = client.pool_max_idle_per_host(0).build(connector);
        Self { pooled, fresh, network, account: None }
    }
}

impl Default for Executor {
    fn default() -> Self {
        Self::new()
    }
}

/// How many headers an answer may have.
const MAX_HEADERS: usize = 100;
