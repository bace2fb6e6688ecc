//! `/_emulator/events`: what happens, told while it happens, as server-sent events.
//!
//! A listener keeps the number of the request that it told last, and looks for newer ones when the one before
//! was taken: one that is slow, or does not read at all, holds nothing but its place.

use core::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};
use std::sync::{Arc, atomic::Ordering};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use http_body_util::Either;
use hyper::body::{Body as HttpBody, Frame};
use tokio::{sync::OwnedSemaphorePermit, time::timeout};

use super::{Shared, exchange::Body, guard::Refusal};

/// How many listen at once.
pub(super) const MOST_LISTENERS: usize = 16;
/// How often something comes at least.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How many requests are told at once.
const MOST_AT_ONCE: usize = 32;

/// Tells what happens from now on, or since the request that the listener names.
pub(super) fn listen(shared: &Arc<Shared>, headers: &HeaderMap) -> Result<Response<Body>, Refusal> {
    let place = Arc::clone(&shared.listeners).try_acquire_owned();
    let Ok(place) = place else {
        return Err((StatusCode::SERVICE_UNAVAILABLE, "16 listen already; close some of them"));
    };
    let newest = shared.with(|emulator| emulator.last_request());
    let named = headers.get("last-event-id").and_then(|id| id.to_str().ok()?.parse().ok());
    let listener = Listener {
        shared: Arc::clone(shared),
        // A number that was not given yet is of an emulator that has ended.
        told: named.filter(|number| *number <= newest).unwrap_or(newest),
        changes: shared.changes.load(Ordering::Relaxed),
        _place: place,
    };
    let begin = async { (Bytes::from_static(b"retry: 1000\n\n"), listener) };
    let mut response = Response::new(Either::Right(Events { next: Box::pin(begin) }));
    for (name, value) in
        [(header::CONTENT_TYPE, "text/event-stream"), (header::CACHE_CONTROL, "no-store")]
    {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    Ok(response)
}

/// A body that goes on until its listener or the server ends.
pub(super) struct Events {
    next: Pin<Box<dyn Future<Output = (Bytes, Listener)> + Send>>,
}

impl HttpBody for Events {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let events = self.get_mut();
        let (bytes, listener) = ready!(events.next.as_mut().poll(context));
        events.next = Box::pin(listener.next());
        Poll::Ready(Some(Ok(Frame::data(bytes))))
    }
}

struct Listener {
    shared: Arc<Shared>,
    /// The number of the request that was told last.
    told: u64,
    /// How many changes were told of.
    changes: u64,
    _place: OwnedSemaphorePermit,
}

impl Listener {
    async fn next(mut self) -> (Bytes, Self) {
        let shared = Arc::clone(&self.shared);
        loop {
            // Before looking, so that nothing is missed that comes meanwhile.
            let news = shared.news.notified();
            if let Some(bytes) = self.look() {
                return (bytes, self);
            }
            if timeout(HEARTBEAT, news).await.is_err() {
                return (Bytes::from_static(b":\n\n"), self);
            }
        }
    }

    fn look(&mut self) -> Option<Bytes> {
        let mut text = Vec::new();
        let changes = self.shared.changes.load(Ordering::Relaxed);
        if changes != self.changes {
            self.changes = changes;
            text.extend_from_slice(b"event: change\ndata: {}\n\n");
        }
        self.shared.with(|emulator| {
            for request in emulator.requests_since(self.told).take(MOST_AT_ONCE) {
                self.told = request.number;
                text.extend_from_slice(format!("event: request\nid: {}\n", self.told).as_bytes());
                text.extend_from_slice(b"data: ");
                serde_json::to_writer(&mut text, request).expect("a request is json");
                text.extend_from_slice(b"\n\n");
            }
        });
        (!text.is_empty()).then(|| text.into())
    }
}

#[cfg(test)]
mod tests {
    use core::task::Waker;

    use http::Request;
    use shindan_proto::Timestamp;

    use super::*;
    use crate::Emulator;

    fn frame(body: &mut Body) -> Option<String> {
        let mut context = Context::from_waker(Waker::noop());
        match Pin::new(body).poll_frame(&mut context) {
            Poll::Ready(frame) => {
                let bytes = frame.unwrap().unwrap().into_data().unwrap();
                Some(String::from_utf8(bytes.to_vec()).unwrap())
            }
            Poll::Pending => None,
        }
    }

    #[tokio::test]
    async fn who_does_not_read_holds_nothing() {
        let now = Timestamp::from_unix_ms(0);
        let server = Emulator::builder().start().await.unwrap();
        let mut body = listen(&server.shared, &HeaderMap::new()).unwrap().into_body();
        assert_eq!(frame(&mut body).unwrap(), "retry: 1000\n\n");
        assert_eq!(frame(&mut body), None);
        server.with(|emulator| {
            for _ in 0..3_000 {
                emulator.answer(now, &Request::get("/v2/x").body(Bytes::new()).unwrap());
            }
        });
        // Two thousand are forgotten, and a frame has no more than 32.
        let first = frame(&mut body).unwrap();
        assert!(first.starts_with("event: change\ndata: {}\n\nevent: request\nid: 2001\ndata: {"));
        assert_eq!(first.matches("\nid: ").count(), MOST_AT_ONCE);
        let mut rest = 0;
        while let Some(text) = frame(&mut body) {
            rest += text.matches("\nid: ").count();
        }
        assert_eq!(rest, 1_000 - MOST_AT_ONCE);
    }
}
