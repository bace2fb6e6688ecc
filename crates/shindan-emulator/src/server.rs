//! The emulator on a loopback port: plain HTTP/1.1, one port for both services.

use core::{convert::Infallible, net::SocketAddr, time::Duration};
use std::{
    io,
    sync::{Arc, Mutex, PoisonError},
    time::SystemTime,
};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode, Uri, header, uri::Authority};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use shindan_proto::{Timestamp, is_loopback};
use tokio::{
    net::{TcpListener, TcpStream},
    task::{AbortHandle, JoinSet},
    time,
};
use vaddy_model::Vaddy;
use wsc_model::Site;

use crate::Emulator;

/// The longest request body, in bytes.
const MOST_BODY: usize = 1 << 20;
/// The longest wait for a request's head, so also how long a connection may idle: longer than the
/// rests of a client that polls.
const SLOWEST_HEAD: Duration = Duration::from_secs(30);
/// The longest wait for a request's body.
const SLOWEST_BODY: Duration = Duration::from_secs(10);

/// A running emulator; dropping it ends it and closes its connections.
#[derive(Debug)]
pub struct Server {
    addr: SocketAddr,
    emulator: Arc<Mutex<Emulator>>,
    accepting: AbortHandle,
}

impl Server {
    /// Listens on a loopback address; port 0 takes any free one. Call it inside a tokio runtime.
    ///
    /// Another address is an error: whoever reaches the port may read and change everything in it.
    pub async fn start(listen: SocketAddr, emulator: Emulator) -> io::Result<Self> {
        if !listen.ip().is_loopback() {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "the emulator listens on loopback addresses only; use 127.0.0.1 or [::1]",
            ));
        }
        let listener = TcpListener::bind(listen).await?;
        let addr = listener.local_addr()?;
        let emulator = Arc::new(Mutex::new(emulator.with_log(true)));
        let accepting = tokio::spawn(accept(listener, Arc::clone(&emulator))).abort_handle();
        Ok(Self { addr, emulator, accepting })
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
        look(&mut self.emulator.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// Owns the connections, so that they end with it.
async fn accept(listener: TcpListener, emulator: Arc<Mutex<Emulator>>) {
    let mut connections = JoinSet::new();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                connections.spawn(serve(stream, Arc::clone(&emulator)));
            }
            // Out of file handles, most likely: others may be closed soon.
            Err(_) => time::sleep(Duration::from_millis(50)).await,
        }
        while connections.try_join_next().is_some() {}
    }
}

async fn serve(stream: TcpStream, emulator: Arc<Mutex<Emulator>>) {
    let service = service_fn(|request| {
        let emulator = Arc::clone(&emulator);
        async move { Ok::<_, Infallible>(exchange(request, &emulator).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(SLOWEST_HEAD)
        .serve_connection(TokioIo::new(stream), service)
        .await;
    // A client that breaks off is its own affair.
    drop(connection);
}

async fn exchange(request: Request<Incoming>, emulator: &Mutex<Emulator>) -> Response<Full<Bytes>> {
    let (head, body) = request.into_parts();
    if head.headers.contains_key(header::ORIGIN) {
        return refused(StatusCode::FORBIDDEN, "requests of web pages are refused");
    }
    if !is_ours(&head.uri, &head.headers) {
        return refused(
            StatusCode::MISDIRECTED_REQUEST,
            "the host is neither this machine nor a vendor's",
        );
    }
    let body = match time::timeout(SLOWEST_BODY, Limited::new(body, MOST_BODY).collect()).await {
        Ok(Ok(body)) => body.to_bytes(),
        Ok(Err(error)) if error.is::<LengthLimitError>() => {
            return refused(StatusCode::PAYLOAD_TOO_LARGE, "a body has at most 1 MiB");
        }
        Ok(Err(_)) => return refused(StatusCode::BAD_REQUEST, "the body cannot be read"),
        Err(_) => return refused(StatusCode::REQUEST_TIMEOUT, "the body took too long"),
    };
    let request = Request::from_parts(head, body);
    let mut emulator = emulator.lock().unwrap_or_else(PoisonError::into_inner);
    emulator.answer(wall_clock(), &request).map(Full::new)
}

/// Whether the request names a loopback host or one of the vendors', which keeps out web pages that
/// have rebound their own name to this machine.
fn is_ours(uri: &Uri, headers: &HeaderMap) -> bool {
    let mut hosts = headers.get_all(header::HOST).iter();
    let host = match (hosts.next(), hosts.next()) {
        (Some(host), None) => host.to_str().ok().and_then(|host| host.parse::<Authority>().ok()),
        _ => None,
    };
    host.as_ref().is_some_and(is_our_host) && uri.authority().is_none_or(is_our_host)
}

fn is_our_host(authority: &Authority) -> bool {
    let host = authority.host();
    let vendors = [Site::Public, Site::Gov, Site::Fin].map(Site::base_url);
    let mut names =
        vendors.iter().chain([&Vaddy::BASE_URL]).filter_map(|url| url.strip_prefix("https://"));
    !authority.as_str().contains('@')
        && (is_loopback(host) || names.any(|name| host.eq_ignore_ascii_case(name)))
}

fn refused(status: StatusCode, why: &'static str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from_static(why.as_bytes())));
    *response.status_mut() = status;
    response.headers_mut().insert("x-shindan-emulator", HeaderValue::from_static("1"));
    response
}

#[expect(clippy::disallowed_methods, reason = "a server is where real time comes in")]
fn wall_clock() -> Timestamp {
    let since_1970 = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_unix_ms(since_1970.as_millis().try_into().unwrap_or(i64::MAX))
}
