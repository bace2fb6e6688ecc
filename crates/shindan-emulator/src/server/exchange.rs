//! One request and its answer.

use core::time::Duration;
use std::{
    sync::{Arc, atomic::Ordering},
    time::SystemTime,
};

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, StatusCode, Version, header, request::Parts};
use http_body_util::{BodyExt, Either, Full, LengthLimitError, Limited};
use hyper::body::{Body as _, Incoming};
use shindan_proto::Timestamp;
use tokio::time;

use super::{
    Shared,
    deliver::{Faulty, whole},
    events::{self, Events},
    guard::{self, Peer, Refusal},
    page,
};

/// The longest request body, in bytes.
const MOST_BODY: usize = 1 << 20;
/// The longest wait for a request's body.
const SLOWEST_BODY: Duration = Duration::from_secs(10);

/// What an answer carries: bytes, or events for as long as somebody listens.
pub(super) type Body = Either<Full<Bytes>, Events>;

pub(super) async fn exchange(
    request: Request<Incoming>,
    shared: &Arc<Shared>,
    peer: Peer,
) -> Result<Response<Body>, Faulty> {
    let is_old = request.version() == Version::HTTP_10;
    let mut response = match answer(request, shared, peer).await {
        Ok(response) => response,
        Err((status, why)) => whole(refused(status, why)),
    }?;
    if is_old {
        // It closes anyway; old clients want to be told.
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    Ok(response)
}

async fn answer(
    request: Request<Incoming>,
    shared: &Arc<Shared>,
    peer: Peer,
) -> Result<Result<Response<Body>, Faulty>, Refusal> {
    let (head, body) = request.into_parts();
    guard::check(&head, peer)?;
    if let Some(response) = for_browsers(&head, shared)? {
        return Ok(Ok(response));
    }
    let body = read(body).await.inspect_err(|_| shared.turn_away())?;
    let request = Request::from_parts(head, body);
    let is_control = guard::is_control(request.uri());
    let (response, stopped) = shared.with(|emulator| {
        if is_control {
            emulator.host.turned_away = shared.turned_away.load(Ordering::Relaxed);
        }
        (emulator.answer(wall_clock(), &request), emulator.host.stopped)
    });
    if !is_control {
        shared.news.notify_waiters();
    } else if request.method() != Method::GET && response.status().is_success() {
        shared.change();
    }
    if stopped {
        shared.stopped.notify_one();
    }
    Ok(whole(response))
}

/// The page and its events, which the emulator itself knows nothing of.
fn for_browsers(head: &Parts, shared: &Arc<Shared>) -> Result<Option<Response<Body>>, Refusal> {
    let is_page = match head.uri.path() {
        "/_emulator" | "/_emulator/" => true,
        "/_emulator/events" => false,
        _ => return Ok(None),
    };
    if head.method != Method::GET {
        return Err((StatusCode::METHOD_NOT_ALLOWED, "use GET here"));
    }
    let mut response = if is_page { page::page() } else { events::listen(shared, &head.headers)? };
    mark(&mut response);
    Ok(Some(response))
}

async fn read(body: Incoming) -> Result<Bytes, Refusal> {
    if body.is_end_stream() {
        return Ok(Bytes::new());
    }
    match time::timeout(SLOWEST_BODY, Limited::new(body, MOST_BODY).collect()).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => {
            Err((StatusCode::PAYLOAD_TOO_LARGE, "a body has at most 1 MiB"))
        }
        Ok(Err(_)) => Err((StatusCode::BAD_REQUEST, "the body cannot be read")),
        Err(_) => Err((StatusCode::REQUEST_TIMEOUT, "the body took too long")),
    }
}

fn refused(status: StatusCode, why: &'static str) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from_static(why.as_bytes()));
    *response.status_mut() = status;
    if status == StatusCode::METHOD_NOT_ALLOWED {
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET"));
    }
    mark(&mut response);
    response
}

fn mark<B>(response: &mut Response<B>) {
    response.headers_mut().insert("x-shindan-emulator", HeaderValue::from_static("1"));
}

#[expect(clippy::disallowed_methods, reason = "a server is where real time comes in")]
pub(super) fn wall_clock() -> Timestamp {
    let since_1970 = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_unix_ms(since_1970.as_millis().try_into().unwrap_or(i64::MAX))
}
