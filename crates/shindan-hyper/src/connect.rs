//! From a URI to a connection: TCP, through the proxy if there is one, and TLS within it.

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use http::{Uri, uri::Scheme};
use hyper_rustls::{HttpsConnector, MaybeHttpsStream};
use hyper_util::{client::legacy::connect::HttpConnector, rt::TokioIo};
use tokio::net::TcpStream;
use tower_service::Service;

use crate::{Network, trouble::Said, trust::Trust, tunnel};

type BoxError = Box<dyn std::error::Error + Send + Sync>;
type Connecting<T> = Pin<Box<dyn Future<Output = Result<T, BoxError>> + Send>>;

/// Makes connections for hyper's client.
#[derive(Clone)]
pub(crate) struct Connector {
    line: Line,
    trust: Trust,
}

impl Connector {
    pub(crate) fn new(network: Arc<Network>, trust: Trust) -> Self {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        Self { line: Line { tcp, network }, trust }
    }
}

impl Service<Uri> for Connector {
    type Response = MaybeHttpsStream<TokioIo<TcpStream>>;
    type Error = BoxError;
    type Future = Connecting<Self::Response>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.line.poll_ready(cx)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        if uri.scheme() == Some(&Scheme::HTTP) {
            let connecting = self.line.call(uri);
            return Box::pin(async { Ok(MaybeHttpsStream::Http(connecting.await?)) });
        }
        match self.trust.config() {
            Ok(config) => HttpsConnector::from((self.line.clone(), config)).call(uri),
            Err(error) => {
                let why = format!(
                    "no certificate can be verified: {error}; name a file of authorities in SSL_CERT_FILE"
                );
                Box::pin(async { Err(Said(why).into()) })
            }
        }
    }
}

/// A connection to the target, over which nothing was said yet.
#[derive(Clone)]
struct Line {
    tcp: HttpConnector,
    network: Arc<Network>,
}

impl Service<Uri> for Line {
    type Response = TokioIo<TcpStream>;
    type Error = BoxError;
    type Future = Connecting<Self::Response>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.tcp.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        if let Some(proxy) = self.network.proxy_for(&uri) {
            let opening = tunnel::open(self.tcp.clone(), proxy.clone(), uri);
            return Box::pin(async { Ok(opening.await?) });
        }
        let connecting = self.tcp.call(uri);
        Box::pin(async { Ok(connecting.await?) })
    }
}
