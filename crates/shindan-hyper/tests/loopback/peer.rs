//! A server that plays a script on every connection, and how to talk to it.

use std::{
    error::Error as _,
    future::Future,
    sync::{Arc, Mutex, MutexGuard},
};

use shindan_hyper::{Executor, now};
use shindan_proto::{
    Answer, Base, Cause, Error, Failure, FaultOf, Limits, RetryPolicy, Sent, Step, Target, VaddyKey,
};
use shindan_wire::Endpoint;
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};
use vaddy_model::{Vaddy, v2};

/// A complete answer to [`read`].
pub(crate) const OK: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 21\r\n\r\n{\"running_process\":0}";

#[derive(Default)]
struct Seen {
    connections: usize,
    requests: Vec<Vec<u8>>,
}

pub(crate) struct Peer {
    authority: String,
    seen: Arc<Mutex<Seen>>,
}

impl Peer {
    pub(crate) async fn playing<F, Fut>(script: F) -> Self
    where
        F: Fn(Line) -> Fut + Send + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback has free ports");
        let authority = listener.local_addr().expect("it is bound").to_string();
        let seen = Arc::new(Mutex::new(Seen::default()));
        let noted = Arc::clone(&seen);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                lock(&noted).connections += 1;
                tokio::spawn(script(Line { stream, seen: Arc::clone(&noted) }));
            }
        });
        Self { authority, seen }
    }

    /// Answers every request with these bytes and keeps the connection.
    pub(crate) async fn answering(answer: &'static str) -> Self {
        Self::playing(move |mut line| async move {
            while line.request().await {
                line.say(answer).await;
            }
        })
        .await
    }

    /// Answers the first request of each connection with these bytes and closes it.
    pub(crate) async fn answering_once(answer: impl AsRef<[u8]>) -> Self {
        let answer = answer.as_ref().to_vec();
        Self::playing(move |mut line| {
            let answer = answer.clone();
            async move {
                line.request().await;
                line.say(answer).await;
            }
        })
        .await
    }

    pub(crate) fn authority(&self) -> &str {
        &self.authority
    }

    pub(crate) fn base(&self) -> Base {
        format!("http://{}", self.authority).parse().expect("loopback is accepted")
    }

    /// How many connections were opened.
    pub(crate) fn connections(&self) -> usize {
        lock(&self.seen).connections
    }

    /// The whole requests that have arrived.
    pub(crate) fn requests(&self) -> Vec<Vec<u8>> {
        lock(&self.seen).requests.clone()
    }
}

fn lock(seen: &Mutex<Seen>) -> MutexGuard<'_, Seen> {
    seen.lock().expect("no script panics while it notes something")
}

/// One connection, seen from the server.
pub(crate) struct Line<S = TcpStream> {
    pub(crate) stream: S,
    seen: Arc<Mutex<Seen>>,
}

impl Line {
    /// The same over TLS, unless the client refuses.
    pub(crate) async fn over(self, tls: TlsAcceptor) -> Option<Line<TlsStream<TcpStream>>> {
        Some(Line { stream: tls.accept(self.stream).await.ok()?, seen: self.seen })
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Line<S> {
    /// Reads one whole request; false at the end of the connection.
    pub(crate) async fn request(&mut self) -> bool {
        let mut bytes = Vec::new();
        while !is_whole(&bytes) {
            match self.stream.read_u8().await {
                Ok(byte) => bytes.push(byte),
                Err(_) => return false,
            }
        }
        lock(&self.seen).requests.push(bytes);
        true
    }

    /// False when nobody listens any more.
    pub(crate) async fn say(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        let written = self.stream.write_all(bytes.as_ref()).await;
        written.is_ok() && self.stream.flush().await.is_ok()
    }
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    body.len() >= header(head, "content-length").map_or(0, |n| n.parse().expect("hyper counts"))
}

/// A header's value in a head.
pub(crate) fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().skip(1).find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

pub(crate) fn vaddy(base: Base) -> Target<VaddyKey> {
    let once = RetryPolicy { read_attempts: 1, change_attempts: 1, ..RetryPolicy::default() };
    let key = VaddyKey::new("user", "0123456789abcdef").expect("the key is well-formed");
    Target::new(base, key).with_policy(once)
}

type Outcome<E> = Result<Answer<<E as Endpoint>::Response>, Error<FaultOf<VaddyKey>>>;

/// Makes one attempt of an operation within other limits than its own.
pub(crate) async fn ask<E: Endpoint<Api = Vaddy>>(
    executor: &Executor,
    base: Base,
    operation: &E,
    limits: Limits,
) -> Outcome<E> {
    let mut step = vaddy(base).call(now(), operation);
    if let Step::Send(sending) = &mut step {
        sending.limits = limits;
    }
    executor.run(step, |_| {}).await
}

/// Something that changes nothing.
pub(crate) async fn read(
    executor: &Executor,
    base: Base,
    limits: Limits,
) -> Outcome<v2::CheckRunning> {
    ask(executor, base, &v2::CheckRunning::new("p"), limits).await
}

/// Something that must not happen twice.
pub(crate) async fn change(executor: &Executor, base: Base) -> Outcome<v2::StartScan> {
    ask(executor, base, &v2::StartScan::new("p"), Limits::CHANGE).await
}

/// What is known about an exchange without an answer: whether it was sent, and why it failed.
pub(crate) fn failure<T>(outcome: Result<T, Error<FaultOf<VaddyKey>>>) -> (Sent, String) {
    let said = |failure: &Failure| {
        (failure.sent(), failure.source().expect("a failure has a cause").to_string())
    };
    match outcome {
        Ok(_) => panic!("it has succeeded"),
        Err(Error::Transport { source, .. }) => said(&source),
        Err(Error::Ambiguous(Cause::Failure(failure))) => said(&failure),
        Err(other) => panic!("there was an answer: {other:?}"),
    }
}
