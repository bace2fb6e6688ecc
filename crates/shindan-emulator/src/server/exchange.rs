//! One request and its answer.

use core::time::Duration;
use std::time::SystemTime;

use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode, Version, header};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use shindan_proto::Timestamp;
use tokio::time;

use super::{
    Shared,
    deliver::{Faulty, whole},
    guard::{self, Refusal},
};

/// The longest request body, in bytes.
const MOST_BODY: usize = 1 << 20;
/// The longest wait for a request's body.
const SLOWEST_BODY: Duration = Duration::from_secs(10);

pub(super) async fn exchange(
    request: Request<Incoming>,
    shared: &Shared,
) -> Result<Response<Full<Bytes>>, Faulty> {
    let is_old = request.version() == Version::HTTP_10;
    let mut response =
        answer(request, shared).await.unwrap_or_else(|(status, why)| refused(status, why));
    if is_old {
        // It closes anyway; old clients want to be told.
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    whole(response)
}

async fn answer(request: Request<Incoming>, shared: &Shared) -> Result<Response<Bytes>, Refusal> {
    let (head, body) = request.into_parts();
    guard::check(&head)?;
    let body = read(body).await.inspect_err(|_| shared.turn_away())?;
    let request = Request::from_parts(head, body);
    Ok(shared.with(|emulator| emulator.answer(wall_clock(), &request)))
}

async fn read(body: Incoming) -> Result<Bytes, Refusal> {
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
    response.headers_mut().insert("x-shindan-emulator", HeaderValue::from_static("1"));
    response
}

#[expect(clippy::disallowed_methods, reason = "a server is where real time comes in")]
pub(super) fn wall_clock() -> Timestamp {
    let since_1970 = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_unix_ms(since_1970.as_millis().try_into().unwrap_or(i64::MAX))
}
