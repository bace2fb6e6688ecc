//! Connections, from their beginning to their end.

use core::{error::Error, time::Duration};
use std::sync::Arc;

use http::{Request, Response};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    task::JoinSet,
    time,
};

use super::{
    Shared,
    deliver::{Faulty, deliver},
    exchange::{Body, exchange},
    guard::Peer,
};

/// The longest wait for a request's head, so also how long a connection may idle: longer than the
/// rests of a client that polls.
const SLOWEST_HEAD: Duration = Duration::from_secs(30);
/// The largest head of a request, in bytes. It is read in steps, so that one of up to twice the size may get
/// through.
const MOST_HEAD: usize = 64 << 10;
/// How many headers a request may have.
const MOST_HEADERS: usize = 100;

/// What bytes come and go through.
pub(super) trait Line: AsyncRead + AsyncWrite + Unpin + Send + 'static {
    /// How URLs begin that lead here.
    const SCHEME: &'static str;

    /// What is below.
    fn tcp(&self) -> &TcpStream;
}

impl Line for TcpStream {
    const SCHEME: &'static str = "http";

    fn tcp(&self) -> &TcpStream {
        self
    }
}

/// Owns the connections, so that they end with it. `open` shakes hands, where that is needed.
pub(super) async fn accept<L: Line, F>(
    listener: TcpListener,
    shared: Arc<Shared>,
    open: impl Fn(TcpStream) -> F,
) where
    F: Future<Output = Option<L>> + Send + 'static,
{
    let mut connections = JoinSet::new();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => match Arc::clone(&shared.places).try_acquire_owned() {
                Ok(place) => {
                    // Without it answers only arrive later.
                    let _ = stream.set_nodelay(true);
                    let (opening, shared) = (open(stream), Arc::clone(&shared));
                    connections.spawn(async move {
                        match opening.await {
                            Some(line) => serve_shared(line, &shared).await,
                            None => shared.turn_away(),
                        }
                        drop(place);
                    });
                }
                Err(_) => shared.turn_away(),
            },
            // Out of file handles, most likely: others may be closed soon.
            Err(_) => time::sleep(Duration::from_millis(50)).await,
        }
        while connections.try_join_next().is_some() {}
    }
}

async fn serve_shared<L: Line>(line: L, shared: &Arc<Shared>) {
    // One that is gone already has none.
    let Ok(address) = line.tcp().peer_addr() else { return };
    let peer = Peer { ip: address.ip(), scheme: L::SCHEME };
    if serve(line, |request| exchange(request, shared, peer)).await == Ended::Unreadable {
        shared.turn_away();
    }
}

/// How a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// The request was too slow, too large or not HTTP.
    Unreadable,
    /// Otherwise; a client that breaks off is its own affair.
    Otherwise,
}

/// Answers requests until the connection ends.
pub(super) async fn serve<F>(line: impl Line, answer: impl Fn(Request<Incoming>) -> F) -> Ended
where
    F: Future<Output = Result<Response<Body>, Faulty>>,
{
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(SLOWEST_HEAD)
        .max_buf_size(MOST_HEAD)
        .max_headers(MOST_HEADERS)
        .serve_connection(TokioIo::new(line), service_fn(answer));
    let Err(error) = (&mut connection).await else { return Ended::Otherwise };
    let parts = connection.into_parts();
    if let Some(faulty) = error.source().and_then(|cause| cause.downcast_ref::<Faulty>()) {
        deliver(parts.io.into_inner(), faulty).await;
    }
    // The time of a connection that only idles is up, too, but nothing of a request has come.
    if error.is_parse() || error.is_timeout() && !parts.read_buf.is_empty() {
        Ended::Unreadable
    } else {
        Ended::Otherwise
    }
}
