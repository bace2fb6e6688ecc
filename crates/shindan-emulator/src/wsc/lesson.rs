//! Why a signature was refused, said in a way that helps to mend it.
//!
//! Nothing here shows a secret key or a signature, neither the right one nor the one that came.

mod guess;

use core::fmt;

use bytes::Bytes;
use guess::{Sent, guess};
use http::{HeaderName, Request};
use ncp_sign::{
    ACCESS_KEY_HEADER, Credential, SIGNATURE_HEADER, TIMESTAMP_HEADER, Verdict, verify,
};
use serde::{Serialize, Serializer};
use shindan_proto::Timestamp;

use crate::redact::redact;

/// What the older services of NAVER Cloud read.
const OLD_SIGNATURE_HEADER: HeaderName = HeaderName::from_static("x-ncp-apigw-signature-v1");

/// What has to be signed for a request, beside what was signed, and the likely mistake.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Lesson {
    /// The likely mistakes, which together explain the refusal.
    pub causes: Vec<Cause>,
    /// The text to sign. What cannot be known stands in angle brackets, secrets are asterisks.
    pub expected: String,
    /// The text that was signed, if a mistake was found that explains the signature.
    pub received: Option<String>,
    /// The first byte, counted from 0, in which the two texts differ.
    pub differs_at: Option<usize>,
}

/// A usual mistake of those who sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cause {
    /// A header is missing or empty.
    MissingHeader,
    /// The signature is in the header of older services.
    OldHeader,
    /// The access key is not the emulator's.
    UnknownAccessKey,
    /// The timestamp is no number.
    Timestamp,
    /// The timestamp is in seconds.
    Seconds,
    /// The time was taken twice: once for the header and once for what was signed.
    TimeTwice,
    /// The timestamp is so many seconds away from the service's clock; before it if negative.
    Stale(i64),
    /// The method was signed in lower case.
    LowerCaseMethod,
    /// Another method was signed than was sent.
    OtherMethod,
    /// The query was not signed.
    QueryLeftOut,
    /// The query was signed in another order.
    QueryReordered,
    /// Path or query were signed in another encoding.
    Reencoded,
    /// A question mark at the end was signed and not sent, or the other way round.
    QuestionMark,
    /// The whole URL was signed.
    FullUrl,
    /// The path was signed without `/api/v1`.
    BasePathLeftOut,
    /// The path of the vendor's sample was signed.
    SamplePath,
    /// A line break was added.
    LineBreak,
    /// A body was signed.
    Body,
    /// The signature is not padded base64.
    Encoding,
    /// It was signed with another secret key.
    SecretKey,
    /// No usual mistake explains it.
    Unexplained,
}

impl Cause {
    /// Its name.
    pub const fn name(self) -> &'static str {
        self.row().0
    }

    /// What to do.
    pub fn hint(self) -> String {
        let Self::Stale(by) = self else { return self.row().1.to_owned() };
        format!(
            "the timestamp is {} s {} the service's clock, and 300 are allowed: set the clock, and sign each \
             attempt anew",
            by.unsigned_abs(),
            if by < 0 { "behind" } else { "ahead of" }
        )
    }

    const fn row(self) -> (&'static str, &'static str) {
        match self {
            Self::MissingHeader => (
                "missing-header",
                "send x-ncp-apigw-timestamp, x-ncp-iam-access-key and x-ncp-apigw-signature-v2",
            ),
            Self::OldHeader => (
                "old-header",
                "send the signature in x-ncp-apigw-signature-v2, not in -v1: the text to sign is the same",
            ),
            Self::UnknownAccessKey => (
                "unknown-access-key",
                "use the access key that `shindan emulator` prints; it takes no other",
            ),
            Self::Timestamp => (
                "timestamp",
                "write the timestamp as whole milliseconds since 1970, in plain digits",
            ),
            Self::Seconds => ("seconds", "sign and send milliseconds since 1970, not seconds"),
            Self::TimeTwice => ("time-twice", "take the time once, and sign and send the same"),
            Self::Stale(_) => ("stale", ""),
            Self::LowerCaseMethod => ("lower-case-method", "sign the method in upper case"),
            Self::OtherMethod => ("other-method", "sign the method that is sent"),
            Self::QueryLeftOut => {
                ("query-left-out", "sign the query with its question mark, not the path alone")
            }
            Self::QueryReordered => {
                ("query-reordered", "sign the query in the order in which it is sent")
            }
            Self::Reencoded => {
                ("re-encoded", "sign path and query in the percent-encoding in which they are sent")
            }
            Self::QuestionMark => {
                ("question-mark", "sign a question mark at the end if it is sent, and only then")
            }
            Self::FullUrl => ("full-url", "sign the path and the query, without scheme and host"),
            Self::BasePathLeftOut => ("base-path-left-out", "sign the path from /api/v1 on"),
            Self::SamplePath => {
                ("sample-path", "sign the path that is sent, not the one of the vendor's sample")
            }
            Self::LineBreak => ("line-break", "sign no line break after the access key"),
            Self::Body => ("body", "leave the body out: it is not signed"),
            Self::Encoding => (
                "encoding",
                "write the signature as padded base64 of the 32 bytes, with + and /, not as hex",
            ),
            Self::SecretKey => ("secret-key", "use the secret key as it is printed, as text"),
            Self::Unexplained => (
                "unexplained",
                "check the secret key first: no usual mistake in the text explains the signature",
            ),
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name(), self.hint())
    }
}

impl Serialize for Cause {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Row {
            cause: &'static str,
            hint: String,
        }
        Row { cause: self.name(), hint: self.hint() }.serialize(to)
    }
}

/// Explains a refusal; `None` if the signature is right, so that something else was refused.
pub(crate) fn explain(
    request: &Request<Bytes>,
    now: Timestamp,
    credential: &Credential,
) -> Option<Lesson> {
    let headers = request.headers();
    let header = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (timestamp, access_key) = (header(TIMESTAMP_HEADER), header(ACCESS_KEY_HEADER));
    let signature = header(SIGNATURE_HEADER);
    let sent = request.uri().path_and_query().map_or_else(|| "/".into(), ToString::to_string);
    let method = request.method().as_str();
    let milliseconds = timestamp.parse::<u64>().ok().filter(|ms| ms.to_string() == timestamp);
    let known_key = access_key == credential.access_key();

    let line = |milliseconds: Option<u64>| match milliseconds {
        Some(milliseconds) => milliseconds.to_string(),
        None => "<x-ncp-apigw-timestamp>".to_owned(),
    };
    let last = if known_key { access_key } else { "<x-ncp-iam-access-key>" };
    let expected = |ms| format!("{method} {}\n{}\n{last}", redact(&sent), line(ms));
    let only = |cause| Some(Lesson::new(vec![cause], expected(milliseconds), None));

    if signature.is_empty() && headers.contains_key(OLD_SIGNATURE_HEADER) {
        return only(Cause::OldHeader);
    }
    if timestamp.is_empty() || access_key.is_empty() || signature.is_empty() {
        return only(Cause::MissingHeader);
    }
    if !known_key {
        return only(Cause::UnknownAccessKey);
    }
    let Some(signed_ms) = milliseconds else { return only(Cause::Timestamp) };
    let now_ms = now.unix_ms().try_into().unwrap_or(0);
    match verify(method, &sent, signed_ms, signature, now_ms, credential) {
        Verdict::Verified => None,
        Verdict::Stale { off_by_ms } => {
            let in_ms = signed_ms.saturating_mul(1_000);
            let received = Some(expected(milliseconds));
            Some(if in_ms.abs_diff(now_ms) <= ncp_sign::WINDOW_MS {
                Lesson::new(vec![Cause::Seconds], expected(Some(in_ms)), received)
            } else {
                Lesson::new(vec![Cause::Stale(off_by_ms / 1_000)], expected(milliseconds), received)
            })
        }
        Verdict::BadSignature => {
            let sent = Sent { request, path_and_query: &sent, signed_ms };
            let (causes, received) = guess(&sent, signature);
            Some(Lesson::new(causes, expected(milliseconds), received))
        }
    }
}

impl Lesson {
    fn new(causes: Vec<Cause>, expected: String, received: Option<String>) -> Self {
        let differs_at = received.as_ref().and_then(|received| {
            let equal = expected.bytes().zip(received.bytes()).take_while(|(a, b)| a == b).count();
            (expected != *received).then_some(equal)
        });
        Self { causes, expected, received, differs_at }
    }
}
