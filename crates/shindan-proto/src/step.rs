use core::{convert::Infallible, error::Error as StdError, fmt, time::Duration};

use bytes::Bytes;
use http::{Request, Response};

use crate::{
    Now,
    desk::{Fiber, Reply},
};

/// A flow at rest: what its driver has to do next.
///
/// Each ticket is used up by the answer to it, so that a wrong, a second or a forgotten answer does
/// not compile or warns. Dropping a step abandons the flow; nothing more is sent.
#[derive(Debug)]
#[must_use = "a flow goes on only when its step is carried out"]
#[expect(clippy::exhaustive_enums, reason = "a driver must handle each of them")]
#[expect(
    clippy::large_enum_variant,
    reason = "there is one per flow, and a request is the usual step"
)]
pub enum Step<T, E = Infallible> {
    /// Make exactly one HTTP exchange.
    Send(Sending<T, E>),
    /// Wait.
    Wait(Waiting<T, E>),
    /// Take note of something before the flow goes on.
    Tell(Telling<T, E>),
    /// The flow has ended.
    Done(T),
}

/// A request to be sent once.
#[must_use = "a request that is not sent leaves its flow at rest"]
#[non_exhaustive]
pub struct Sending<T, E> {
    /// The request, with credentials: log neither its query nor its headers.
    pub request: Request<Bytes>,
    /// What the driver must not exceed.
    pub limits: Limits,
    /// If it is set, the answer to another exchange will do, too: one that the same account has asked for with the
    /// same method, path, query and body, and that began at most so long ago. A driver may take no notice.
    ///
    /// Only what a watch reads of a list that all its account's scans have in common has it, never what decides
    /// about a start.
    pub share: Option<Duration>,
    /// For a person who looks at a stuck flow.
    pub why: &'static str,
    pub(crate) fiber: Fiber<T, E>,
}

impl<T, E> Sending<T, E> {
    pub(crate) fn new(
        request: Request<Bytes>,
        limits: Limits,
        share: Option<Duration>,
        why: &'static str,
        fiber: Fiber<T, E>,
    ) -> Self {
        Self { request, limits, share, why, fiber }
    }

    /// Delivers the complete answer, or says why there is none; `now` is taken after the exchange.
    pub fn received(self, now: Now, got: Result<Response<Bytes>, Failure>) -> Step<T, E> {
        self.fiber.resume(now, Reply::Received(got))
    }

    /// The request has waited for its turn and was not sent: it comes again with a fresh signature. That is not
    /// an attempt.
    pub fn waited(self, now: Now) -> Step<T, E> {
        self.fiber.resume(now, Reply::Waited)
    }

    /// Asks the flow to end as soon as the answer is in.
    pub fn ask_cancel(&mut self) {
        self.fiber.ask_cancel();
    }
}

/// A rest.
#[must_use = "a rest that is not taken leaves its flow at rest for ever"]
#[non_exhaustive]
pub struct Waiting<T, E> {
    /// How long; round it up to your clock.
    pub delay: Duration,
    /// For a person who looks at a stuck flow.
    pub why: &'static str,
    fiber: Fiber<T, E>,
}

impl<T, E> Waiting<T, E> {
    pub(crate) fn new(delay: Duration, why: &'static str, fiber: Fiber<T, E>) -> Self {
        Self { delay, why, fiber }
    }

    /// The time is over.
    pub fn woke(self, now: Now) -> Step<T, E> {
        self.fiber.resume(now, Reply::Woke)
    }

    /// Asks the flow to end, now.
    pub fn cancel(mut self, now: Now) -> Step<T, E> {
        self.fiber.ask_cancel();
        self.fiber.resume(now, Reply::Woke)
    }
}

/// Something the driver must know before the flow goes on.
///
/// Before a start leaves, and before anything is done with its id, the flow says so and rests here:
/// a journal makes the event durable and then calls [`Telling::told`], or [`Telling::cancel`] if it cannot.
#[must_use = "an event that is not taken note of leaves its flow at rest"]
#[non_exhaustive]
pub struct Telling<T, E> {
    /// What happened or is about to happen.
    pub event: E,
    fiber: Fiber<T, E>,
}

impl<T, E> Telling<T, E> {
    pub(crate) fn new(event: E, fiber: Fiber<T, E>) -> Self {
        Self { event, fiber }
    }

    /// It was taken note of.
    pub fn told(self, now: Now) -> Step<T, E> {
        self.fiber.resume(now, Reply::Told)
    }

    /// Asks the flow to end, now. If it was about to send a start, nothing is sent.
    pub fn cancel(mut self, now: Now) -> Step<T, E> {
        self.fiber.ask_cancel();
        self.fiber.resume(now, Reply::Told)
    }
}

/// What one exchange may take. Times are counted from its beginning or from the last byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Name look-up, TCP and TLS.
    pub connect: Duration,
    /// From the end of the request to the first byte of the answer.
    pub first_byte: Duration,
    /// Between two parts of the answer.
    pub idle: Duration,
    /// The whole exchange.
    pub total: Duration,
    /// The answer's head, in bytes.
    pub head_bytes: usize,
    /// The answer's body, in bytes.
    pub body_bytes: usize,
    /// Use a new connection, because an old one may be closed while the request is on its way.
    pub fresh_connection: bool,
}

impl Limits {
    /// For reading one thing.
    pub const READ: Self = Self {
        connect: Duration::from_secs(5),
        first_byte: Duration::from_secs(30),
        idle: Duration::from_secs(10),
        total: Duration::from_secs(60),
        head_bytes: 64 << 10,
        body_bytes: 8 << 20,
        fresh_connection: false,
    };
    /// For reading a report.
    pub const REPORT: Self = Self {
        first_byte: Duration::from_secs(60),
        idle: Duration::from_secs(20),
        total: Duration::from_secs(300),
        body_bytes: 64 << 20,
        ..Self::READ
    };
    /// For a start, a cancel and everything else that changes something.
    pub const CHANGE: Self = Self {
        connect: Duration::from_secs(10),
        first_byte: Duration::from_secs(60),
        idle: Duration::from_secs(10),
        total: Duration::from_secs(90),
        head_bytes: 64 << 10,
        body_bytes: 1 << 20,
        fresh_connection: true,
    };
}

/// Why an exchange brought no complete answer.
#[derive(Debug)]
pub struct Failure {
    sent: Sent,
    source: Box<dyn StdError + Send + Sync>,
}

/// Whether a byte of the request may have left: the question on which every retry turns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a third answer would be a guess")]
pub enum Sent {
    /// Certainly not: the name was not found, the connection or the handshake failed.
    Never,
    /// It may have.
    Perhaps,
}

impl Failure {
    /// Says [`Sent::Never`] only when it is certain. The source must not show a query or a header.
    pub fn new(sent: Sent, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self { sent, source: source.into() }
    }

    /// Whether it may have been sent.
    pub fn sent(&self) -> Sent {
        self.sent
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.sent {
            Sent::Never => "the request was not sent",
            Sent::Perhaps => "the request may have been sent",
        })
    }
}

impl StdError for Failure {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&*self.source)
    }
}

impl<T, E> fmt::Debug for Sending<T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sending")
            .field("method", self.request.method())
            .field("path", &self.request.uri().path())
            .field("why", &self.why)
            .finish_non_exhaustive()
    }
}

impl<T, E> fmt::Debug for Waiting<T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Waiting")
            .field("delay", &self.delay)
            .field("why", &self.why)
            .finish_non_exhaustive()
    }
}

impl<T, E: fmt::Debug> fmt::Debug for Telling<T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Telling").field("event", &self.event).finish_non_exhaustive()
    }
}
