//! One HTTP exchange within its limits.

use bytes::{Bytes, BytesMut};
use http::{HeaderValue, Request, Response, Uri, header, uri::Scheme};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Body as _, Incoming};
use hyper_util::client::legacy::{
    Client,
    connect::{CaptureConnection, capture_connection},
};
use shindan_proto::{Failure, Limits, Sent, is_loopback};
use tokio::{
    select,
    time::{sleep, timeout},
};

use crate::{
    Executor,
    connect::Connector,
    trouble::{self, Peer},
};

/// How many bytes of a body have room before they have come.
const AT_ONCE: u64 = 256 << 10;
const USER_AGENT: &str = concat!("shindan/", env!("CARGO_PKG_VERSION"));

impl Executor {
    /// Makes one exchange: sends a request once and reads its whole answer.
    ///
    /// For a driver that rests in its own way, where [`run`](Self::run) rests in real time: it takes
    /// the request and the limits of a [`Sending`](shindan_proto::Sending), and what it brings goes to
    /// [`received`](shindan_proto::Sending::received). Dropped on its way, nobody knows its outcome.
    pub async fn exchange(
        &self,
        request: Request<Bytes>,
        limits: Limits,
    ) -> Result<Response<Bytes>, Failure> {
        let peer = Peer::of(request.uri(), self.network.proxy_for(request.uri()));
        if !is_https_or_local(request.uri()) {
            return Err(Failure::new(Sent::Never, format!("{peer} must be asked through https")));
        }
        let client = if limits.fresh_connection { &self.fresh } else { &self.pooled };
        let mut request = request.map(Full::new);
        let headers = request.headers_mut();
        headers.insert(header::USER_AGENT, HeaderValue::from_static(USER_AGENT));
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        let connection = capture_connection(&mut request);

        let whole = async {
            let answer = head(client, request, limits, connection.clone(), &peer).await?;
            body(answer, limits, &peer).await
        };
        let got = timeout(limits.total, whole).await;
        got.unwrap_or_else(|_| Err(format!("{peer} took longer than {:?} in all", limits.total)))
            .map_err(|why| {
                // hyper's client notes the connection before it hands the request over to it.
                let sent = match *connection.connection_metadata() {
                    Some(_) => Sent::Perhaps,
                    None => Sent::Never,
                };
                Failure::new(sent, why)
            })
    }
}

async fn head(
    client: &Client<Connector, Full<Bytes>>,
    request: Request<Full<Bytes>>,
    limits: Limits,
    mut connection: CaptureConnection,
    peer: &Peer,
) -> Result<Response<Incoming>, String> {
    let too_late = async {
        let connected = connection.wait_for_connection_metadata();
        if timeout(limits.connect, connected).await.is_err() {
            return format!("no connection to {} within {:?}", peer.way(), limits.connect);
        }
        sleep(limits.first_byte).await;
        format!("{peer} did not answer within {:?}", limits.first_byte)
    };
    select! {
        biased;
        got = client.request(request) => got.map_err(|error| trouble::of_client(peer, &error)),
        why = too_late => Err(why),
    }
}

async fn body(
    answer: Response<Incoming>,
    limits: Limits,
    peer: &Peer,
) -> Result<Response<Bytes>, String> {
    let (head, mut body) = answer.into_parts();
    let codings = head.headers.get_all(header::CONTENT_ENCODING);
    if codings.iter().any(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"identity")) {
        return Err(format!("the answer of {peer} is compressed, which was not asked for"));
    }
    let most = limits.body_bytes;
    let too_large = || format!("the answer of {peer} is larger than {most} bytes");
    let said = body.size_hint().lower();
    if said > most as u64 {
        return Err(too_large());
    }
    // Of the right size at once, because an answer that others share is kept; but not for a promise alone.
    let mut bytes = BytesMut::with_capacity(usize::try_from(said.min(AT_ONCE)).unwrap_or(0));
    while let Some(frame) = timeout(limits.idle, body.frame())
        .await
        .map_err(|_| format!("the answer of {peer} paused for {:?}", limits.idle))?
    {
        let frame = frame.map_err(|error| trouble::of_http(peer, &error))?;
        let Ok(data) = frame.into_data() else { continue };
        if data.len() > most - bytes.len() {
            return Err(too_large());
        }
        bytes.extend_from_slice(&data);
    }
    Ok(Response::from_parts(head, bytes.freeze()))
}

/// The endpoint's type has made sure of it; it is looked at again where a mistake would give keys away.
fn is_https_or_local(uri: &Uri) -> bool {
    uri.scheme() == Some(&Scheme::HTTPS) || uri.host().is_some_and(is_loopback)
}
