//! From a URI to a connection: TCP, and TLS with the rules of trust that it needs.

use std::{
    future::Future,
    pin::Pin,
    sync::{Arc, OnceLock},
    task::{Context, Poll},
};

use http::{Uri, uri::Scheme};
use hyper_rustls::{HttpsConnector, MaybeHttpsStream};
use hyper_util::{client::legacy::connect::HttpConnector, rt::TokioIo};
use rustls::{ClientConfig, crypto::ring};
use rustls_platform_verifier::BuilderVerifierExt as _;
use tokio::net::TcpStream;
use tower_service::Service;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Makes connections for hyper's client.
#[derive(Clone)]
pub(crate) struct Connector {
    tcp: HttpConnector,
    trust: Trust,
}

impl Connector {
    pub(crate) fn new(trust: Trust) -> Self {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        Self { tcp, trust }
    }
}

impl Service<Uri> for Connector {
    type Response = MaybeHttpsStream<TokioIo<TcpStream>>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.tcp.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        if uri.scheme() == Some(&Scheme::HTTP) {
            let connecting = self.tcp.call(uri);
            return Box::pin(async { Ok(MaybeHttpsStream::Http(connecting.await?)) });
        }
        match self.trust.config() {
            Ok(config) => HttpsConnector::from((self.tcp.clone(), config)).call(uri),
            Err(error) => Box::pin(async { Err(error.into()) }),
        }
    }
}

/// Whose certificates are accepted: made when the first https connection needs it, because asking
/// the operating system takes longer than everything else at the start of a process.
#[derive(Clone)]
pub(crate) struct Trust(Arc<OnceLock<Arc<ClientConfig>>>);

impl Trust {
    pub(crate) fn platform() -> Self {
        Self(Arc::default())
    }

    pub(crate) fn given(mut config: ClientConfig) -> Self {
        // An offer of HTTP/2 could be accepted.
        config.alpn_protocols.clear();
        Self(Arc::new(OnceLock::from(Arc::new(config))))
    }

    fn config(&self) -> Result<Arc<ClientConfig>, rustls::Error> {
        if let Some(config) = self.0.get() {
            return Ok(Arc::clone(config));
        }
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_platform_verifier()?
            .with_no_client_auth();
        Ok(Arc::clone(self.0.get_or_init(|| Arc::new(config))))
    }
}
