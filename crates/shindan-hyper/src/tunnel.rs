//! A connection through a proxy, which is asked for it with CONNECT.

use std::pin::pin;

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Uri, header};
use http_body_util::Empty;
use hyper::client::conn::http1;
use hyper_util::{client::legacy::connect::HttpConnector, rt::TokioIo};
use shindan_proto::Limits;
use tokio::{net::TcpStream, select};
use tower_service::Service as _;

use crate::{
    MAX_HEADERS, Proxy,
    trouble::{self, Peer, Said},
};

/// Opens a connection that ends at the target; the caller limits how long it may take. Without one, nothing was
/// sent to the target.
pub(crate) async fn open(
    mut tcp: HttpConnector,
    proxy: Proxy,
    target: Uri,
) -> Result<TokioIo<TcpStream>, Said> {
    let itself = Peer::of(&proxy.uri(), None);
    let connected = tcp.call(proxy.uri()).await.map_err(|error| {
        Said(format!("the proxy cannot be reached: {}", trouble::of_tcp(&itself, &error)))
    })?;
    let failed = |error| Said(format!("the proxy failed: {}", trouble::of_http(&itself, &error)));
    let (mut sender, connection) = http1::Builder::new()
        .max_buf_size(Limits::READ.head_bytes)
        .max_headers(MAX_HEADERS)
        .handshake(connected)
        .await
        .map_err(failed)?;
    let mut connection = pin!(connection.without_shutdown());
    let mut answer = pin!(sender.send_request(connect(&proxy, &target)));
    let (answer, ended) = select! {
        biased;
        answer = &mut answer => (answer, None),
        ended = &mut connection => (answer.await, Some(ended)),
    };
    let status = answer.map_err(failed)?.status();
    if !status.is_success() {
        let why = match status.as_u16() {
            407 if proxy.has_credentials() => {
                ": it does not accept the user name and the password (status 407)".to_owned()
            }
            407 => ": it wants a user name and a password (status 407)".to_owned(),
            status => format!(": it answered with status {status}"),
        };
        let target = Peer::of(&target, None);
        return Err(Said(format!("the proxy {proxy} refused to connect to {target}{why}")));
    }
    let parts = match ended {
        Some(ended) => ended,
        None => connection.await,
    };
    let parts = parts.map_err(failed)?;
    if parts.read_buf.is_empty() {
        Ok(parts.io)
    } else {
        // The target speaks second.
        Err(Said(format!("the proxy {proxy} sent something that nobody asked for")))
    }
}

fn connect(proxy: &Proxy, target: &Uri) -> Request<Empty<Bytes>> {
    let (host, port) = (target.host().unwrap_or_default(), target.port_u16().unwrap_or(443));
    let authority = format!("{host}:{port}");
    let mut request = Request::new(Empty::new());
    *request.method_mut() = Method::CONNECT;
    let name = HeaderValue::try_from(&authority).expect("a host is visible ascii");
    *request.uri_mut() = authority.parse().expect("host and port are an authority");
    request.headers_mut().insert(header::HOST, name);
    if let Some(value) = proxy.authorization() {
        request.headers_mut().insert(header::PROXY_AUTHORIZATION, value);
    }
    request
}
