//! The newest requests, without their secrets.

use std::collections::{BTreeMap, VecDeque};

use bytes::Bytes;
use http::{Method, Request, Response};
use ncp_sign::ACCESS_KEY_HEADER;
use serde::Serialize;
use shindan_proto::Timestamp;

use crate::{
    Emulator, Lesson, Operation,
    arguments::Argument,
    keys,
    numbers::number,
    redact::redact,
    text::{beginning, serialize_time},
};

/// How many requests are kept.
const KEPT: usize = 1_000;
/// How many names that were not read are kept of a request, and how many characters of each.
const MOST_UNREAD: usize = 16;
const LONGEST_UNREAD: usize = 64;

/// A request to one of the services, as far as it may be shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct LoggedRequest {
    /// Counts from 1, and goes on after a reset.
    pub number: u64,
    /// When it came, in real time.
    #[serde(serialize_with = "serialize_time")]
    pub time: Timestamp,
    /// Its method.
    #[serde(serialize_with = "serialize_method")]
    pub method: Method,
    /// Its path and query: at most 512 characters, with asterisks for what may be a secret.
    pub path: String,
    /// The operation that it is for; none if no route takes it.
    pub operation: Option<&'static Operation>,
    /// The status of its answer.
    pub status: u16,
    /// Whether a fault was played.
    pub fault: bool,
    /// Who claims to have sent it: `emulator` for the published key or user, a fingerprint for another.
    pub account: Option<String>,
    /// Parameters and JSON fields that the operation does not read, at most 16.
    pub unread: Vec<String>,
    /// Why its signature was refused, if it was.
    pub lesson: Option<Box<Lesson>>,
    /// The operation that it may have meant, if no route took it.
    #[serde(skip)]
    nearest: Option<&'static Operation>,
}

/// A parameter or field that an operation does not read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct UnreadField {
    /// The operation's whole name.
    pub operation: String,
    /// The name of the parameter or field.
    pub name: String,
    /// In how many of the kept requests.
    pub requests: u64,
    /// The number of the newest of them.
    pub newest: u64,
}

/// A request that no route took.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct NearMiss {
    /// The request.
    pub request: LoggedRequest,
    /// The operation that it may have meant.
    pub nearest: String,
    /// How that is asked for: `POST /v2/scan with action=start`.
    pub route: String,
}

impl Emulator {
    /// Keeps the newest 1,000 requests, or none. A server keeps them; a test that sends millions should not.
    #[must_use]
    pub fn with_log(mut self, log: bool) -> Self {
        self.log.keeps = log;
        self
    }

    /// The kept requests with a number greater than this, oldest first.
    pub fn requests_since(&self, number: u64) -> impl Iterator<Item = &LoggedRequest> {
        let from = self.log.kept.partition_point(|request| request.number <= number);
        self.log.kept.range(from..)
    }

    /// The number of the newest request, 0 before the first.
    pub fn last_request(&self) -> u64 {
        self.log.last
    }

    /// What clients sent in the kept requests and no operation read.
    pub fn unread_fields(&self) -> Vec<UnreadField> {
        let mut fields = BTreeMap::new();
        for request in &self.log.kept {
            for name in &request.unread {
                let operation = request.operation.map(ToString::to_string).unwrap_or_default();
                let (requests, newest) = fields.entry((operation, name)).or_insert((0, 0));
                *requests += 1;
                *newest = request.number;
            }
        }
        let fields = fields.into_iter().map(|((operation, name), (requests, newest))| {
            UnreadField { operation, name: name.clone(), requests, newest }
        });
        fields.collect()
    }

    /// The kept requests that no route took.
    pub fn near_misses(&self) -> Vec<NearMiss> {
        let missed = self.log.kept.iter().filter_map(|request| Some((request, request.nearest?)));
        let near = missed.map(|(request, nearest)| {
            let fixed = nearest.fixed.iter().map(|(name, value)| format!(" with {name}={value}"));
            NearMiss {
                request: request.clone(),
                nearest: nearest.to_string(),
                route: format!("{} {}{}", nearest.method, nearest.path, fixed.collect::<String>()),
            }
        });
        near.collect()
    }
}

/// What was asked, oldest first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Log {
    pub(crate) keeps: bool,
    kept: VecDeque<LoggedRequest>,
    last: u64,
}

/// What else is known of a request than the request itself.
pub(crate) struct Seen<'a> {
    pub(crate) now: Timestamp,
    pub(crate) arguments: &'a [Argument<'a>],
    pub(crate) operation: Option<&'static Operation>,
    pub(crate) fault: bool,
    pub(crate) lesson: Option<Lesson>,
}

impl Log {
    pub(crate) fn add(
        &mut self,
        request: &Request<Bytes>,
        answer: &Response<Bytes>,
        seen: Seen<'_>,
    ) {
        if self.kept.len() == KEPT {
            self.kept.pop_front();
        }
        self.last += 1;
        let uri = request.uri();
        let path = redact(uri.path_and_query().map_or(uri.path(), |whole| whole.as_str()));
        // Now and not for whoever looks: one who looks often must not hold up the others.
        let is_miss = seen.operation.is_none() && answer.status().as_u16() >= 400;
        let nearest = is_miss.then(|| {
            let path = path.split('?').next().unwrap_or_default();
            Operation::like(request.method().as_str(), path)
        });
        self.kept.push_back(LoggedRequest {
            number: self.last,
            time: seen.now,
            method: request.method().clone(),
            path,
            operation: seen.operation,
            status: answer.status().as_u16(),
            fault: seen.fault,
            account: account(request, seen.arguments),
            unread: seen.operation.map(|read| unread(read, seen.arguments)).unwrap_or_default(),
            lesson: seen.lesson.map(Box::new),
            nearest,
        });
    }

    /// Forgets the requests, and goes on counting.
    pub(crate) fn clear(&mut self) {
        self.kept.clear();
    }
}

/// An empty value counts as absent, so it may be anything's.
fn unread(operation: &Operation, arguments: &[Argument<'_>]) -> Vec<String> {
    let unread = arguments
        .iter()
        .filter(|argument| !argument.value.is_empty() && !operation.reads(argument));
    unread
        .take(MOST_UNREAD)
        .map(|argument| beginning(&argument.name, LONGEST_UNREAD).into())
        .collect()
}

fn account(request: &Request<Bytes>, arguments: &[Argument<'_>]) -> Option<String> {
    let named = |name: &str, own: &str| {
        Some(if name == own {
            "emulator".to_owned()
        } else {
            format!("other-{:08x}", number(0, name) & 0xffff_ffff)
        })
    };
    if let Some(access_key) = request.headers().get(ACCESS_KEY_HEADER) {
        return named(access_key.to_str().unwrap_or_default(), keys::WSC_ACCESS_KEY);
    }
    let user = arguments.iter().find(|argument| argument.name == "user");
    user.and_then(|user| named(&user.value, keys::VADDY_USER))
}

fn serialize_method<S: serde::Serializer>(method: &Method, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(method.as_str())
}
