use core::fmt;

use bytes::Bytes;
use http::{HeaderMap, Response};
use shindan_wire::Fault;

use crate::Failure;

/// Why an operation has no result.
///
/// A [`Fault`] is the server saying no, a [`Failure`] is no answer, an `Error` is either, seen from
/// the caller. No message contains a query, a header or a body.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error<F: Fault> {
    /// The request cannot be built; nothing was sent.
    #[error("the request cannot be built; nothing was sent")]
    Encode(#[from] EncodeError),
    /// The server said no.
    #[error("the service refused")]
    Fault(#[source] F),
    /// The server did not accept the key, the signature or the time.
    #[error("the service did not accept the key, the signature or the clock")]
    Unauthenticated {
        /// What it said.
        #[source]
        fault: F,
        /// How far its clock was ahead of ours in ms, if the answer allowed a measurement.
        server_ahead_ms: Option<i64>,
    },
    /// The server said no for as long as we asked; it was not executed.
    #[error("the service still refused after {attempts} attempts")]
    GaveUp {
        /// How often it was tried.
        attempts: u32,
        /// The last refusal.
        #[source]
        fault: F,
    },
    /// The answer cannot be read.
    #[error("the answer cannot be read")]
    Decode(#[source] DecodeError),
    /// There was no answer to a question that changes nothing, or the request certainly was not sent.
    #[error("there was no answer after {attempts} attempts")]
    Transport {
        /// How often it was tried.
        attempts: u32,
        /// The last failure.
        source: Failure,
    },
    /// It may or may not have been executed: look before anything is sent again.
    #[error("the outcome is unknown; look before sending it again")]
    Ambiguous(#[source] Cause<F>),
    /// The caller asked to stop before anything was executed.
    #[error("canceled before it was sent")]
    Canceled,
}

/// Why an outcome is unknown.
#[derive(Debug, thiserror::Error)]
#[expect(
    clippy::exhaustive_enums,
    reason = "there are no other ways to come back from the network"
)]
pub enum Cause<F: Fault> {
    /// No answer, or half of one.
    #[error("there was no complete answer")]
    Failure(#[source] Failure),
    /// An answer that does not exclude that it was executed.
    #[error("the service failed in a way that does not exclude that it acted")]
    Fault(#[source] F),
    /// A success that cannot be read.
    #[error("the service reported a success that cannot be read")]
    Decode(#[source] DecodeError),
}

impl<F: Fault> Error<F> {
    /// The server's refusal, if that is what it is.
    pub fn fault(&self) -> Option<&F> {
        match self {
            Self::Fault(fault)
            | Self::Unauthenticated { fault, .. }
            | Self::GaveUp { fault, .. }
            | Self::Ambiguous(Cause::Fault(fault)) => Some(fault),
            Self::Encode(_)
            | Self::Decode(_)
            | Self::Transport { .. }
            | Self::Ambiguous(_)
            | Self::Canceled => None,
        }
    }
}

/// Why a request cannot be built.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EncodeError {
    /// Carriage return, line feed, NUL or another control character.
    #[error("{0} contains a control character; remove it")]
    ControlCharacter(String),
    /// In a path it would name another resource, elsewhere the service takes it for absent.
    #[error("{0} must not be empty; leave it out or give a value")]
    Empty(String),
    /// `.` and `..` would name another resource.
    #[error("{0} must not be a dot segment")]
    DotSegment(String),
    /// The path names an argument that the operation does not have.
    #[error("{0} is in the path but not in the operation; this is a bug in its declaration")]
    MissingPathArgument(String),
    /// A list or object in a query, form or path.
    #[error("{0} is not a flat value; this is a bug in the operation's declaration")]
    NotFlat(String),
    /// The URI would be too long or malformed.
    #[error("the path and query do not form a uri; shorten the arguments")]
    Uri,
}

/// Why an answer cannot be read. Its text names the place, never the content.
#[derive(Clone, Debug, thiserror::Error)]
#[error("http {status} from {operation}: {at}: {reason}")]
#[non_exhaustive]
pub struct DecodeError {
    /// The operation's name.
    pub operation: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// The path inside the document, like `resources.record_data[3].scan_cnt`.
    pub at: String,
    /// What was expected.
    pub reason: String,
    /// The unread body, for a report to the vendor: it may hold secrets.
    pub body: Unread,
}

/// A body that could not be read; `Debug` shows its size.
#[derive(Clone)]
pub struct Unread(Bytes);

impl Unread {
    pub(crate) fn new(body: Bytes) -> Self {
        Self(body)
    }

    /// The bytes.
    pub fn bytes(&self) -> &Bytes {
        &self.0
    }
}

impl fmt::Debug for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Unread({} bytes)", self.0.len())
    }
}

/// A success: the value, and the answer that it was read from.
#[derive(Clone)]
pub struct Answer<T> {
    /// What was asked for.
    pub value: T,
    /// Elements of lists that could not be read and are not in `value`.
    pub rejected: Vec<Rejected>,
    response: Response<Bytes>,
}

impl<T> Answer<T> {
    pub(crate) fn new(value: T, rejected: Vec<Rejected>, response: Response<Bytes>) -> Self {
        Self { value, rejected, response }
    }

    /// The same answer, read further.
    pub fn map<U>(self, read: impl FnOnce(T) -> U) -> Answer<U> {
        Answer { value: read(self.value), rejected: self.rejected, response: self.response }
    }

    /// The HTTP status.
    pub fn status(&self) -> u16 {
        self.response.status().as_u16()
    }

    /// The answer's headers.
    pub fn headers(&self) -> &HeaderMap {
        self.response.headers()
    }

    /// The answer as it came, with the fields that the type does not know.
    pub fn body(&self) -> &Bytes {
        self.response.body()
    }
}

impl<T> core::ops::Deref for Answer<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: fmt::Debug> fmt::Debug for Answer<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("value", &self.value)
            .field("rejected", &self.rejected)
            .field("status", &self.status())
            .finish_non_exhaustive()
    }
}

/// An element of a list that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rejected {
    /// Where it stands in the document, like `resources.record_data[3].scan_cnt`.
    pub at: String,
    /// What was expected.
    pub reason: String,
}

impl Rejected {
    pub(crate) fn new(at: String, reason: String) -> Self {
        Self { at, reason }
    }
}
