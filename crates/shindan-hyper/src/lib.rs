//! Carries out [`shindan_proto`]'s steps: hyper and tokio for the exchanges, rustls for trust.
//!
//! It decides nothing. What is sent, how often, and whether it may be sent again is decided by the
//! flow; this crate makes exactly one HTTP exchange for each [`Sending`](shindan_proto::Sending),
//! keeps its limits, and says [`Sent::Never`](shindan_proto::Sent::Never) only when no connection
//! came about. HTTP/1.1 only; it follows no redirect, decompresses nothing, keeps no cookie, uses no
//! proxy and never sends a request twice. Plain http stays on this machine.
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

mod clock;
mod connect;
mod exchange;
mod run;
mod trouble;

use bytes::Bytes;
use http_body_util::Full;
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use rustls::ClientConfig;
use shindan_proto::Limits;

use crate::connect::{Connector, Trust};

pub use clock::now;

/// Makes exchanges and rests; it needs a tokio runtime with time and I/O. Clones share connections.
#[derive(Clone, Debug)]
pub struct Executor {
    pooled: Client<Connector, Full<Bytes>>,
    fresh: Client<Connector, Full<Bytes>>,
}

impl Executor {
    /// Trusts whom the operating system trusts; that is looked up with the first https request.
    pub fn new() -> Self {
        Self::trusting(Trust::platform())
    }

    /// Trusts as this configuration says: for a private certificate authority, and for tests.
    pub fn with_tls(config: ClientConfig) -> Self {
        Self::trusting(Trust::given(config))
    }

    fn trusting(trust: Trust) -> Self {
        let connector = Connector::new(trust);
        let mut client = Client::builder(TokioExecutor::new());
        client
            // Whether a request is sent again is for the flow to decide.
            .retry_canceled_requests(false)
            // All flows ask for the same size of head, so it can be a property of the connection.
            .http1_max_buf_size(Limits::READ.head_bytes)
            .http1_max_headers(MAX_HEADERS);
        let pooled = client.build(connector.clone());
        let fresh = client.pool_max_idle_per_host(0).build(connector);
        Self { pooled, fresh }
    }
}

impl Default for Executor {
    fn default() -> Self {
        Self::new()
    }
}

/// How many headers an answer may have.
const MAX_HEADERS: usize = 100;
