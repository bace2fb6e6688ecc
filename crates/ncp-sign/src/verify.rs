//! The gateway's side: check a signature.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::block_api::HmacCore;
use hmac::digest::{CtOutput, Output};
use sha2::Sha256;

use crate::{Credential, Message};

/// How far a timestamp may be from the gateway's clock, before or after it: five minutes, in
/// milliseconds.
///
/// The vendor refuses "more than 5 minutes"; that exactly five minutes still pass is our reading.
pub const WINDOW_MS: u64 = 300_000;

/// What [`verify`] found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
#[expect(
    clippy::exhaustive_enums,
    reason = "a server has to answer each outcome, so a new one must break it"
)]
pub enum Verdict {
    /// The signature is right and its time is within [`WINDOW_MS`].
    Verified,
    /// The signature belongs to another request or another secret key, or is no signature at all.
    BadSignature,
    /// The signature is right and its time is outside [`WINDOW_MS`].
    Stale {
        /// The request's time minus the checker's, in milliseconds: negative for an old request.
        off_by_ms: i64,
    },
}

/// Checks a signature as the gateway does, comparing in constant time.
///
/// `method` and `path_and_query` are those of the request line as it arrived, `timestamp_ms` and
/// `signature` the values of its headers, and `now_ms` is the checker's clock; both times are in
/// milliseconds since 1970. The signature is judged before the time, so only someone who has the
/// secret key learns how far the clocks are apart.
///
/// Source: <https://api.ncloud-docs.com/docs/en/common-ncpapi>.
pub fn verify(
    method: &str,
    path_and_query: &str,
    timestamp_ms: u64,
    signature: &str,
    now_ms: u64,
    credential: &Credential,
) -> Verdict {
    let message = Message::new(method, path_and_query, timestamp_ms, credential.access_key());
    let expected = CtOutput::new(message.mac(credential.secret_key()));
    if decode(signature).is_none_or(|mac| mac != expected) {
        return Verdict::BadSignature;
    }
    let off_by = timestamp_ms.abs_diff(now_ms);
    if off_by <= WINDOW_MS {
        return Verdict::Verified;
    }
    let off_by_ms = i64::try_from(off_by).unwrap_or(i64::MAX);
    Verdict::Stale { off_by_ms: if timestamp_ms < now_ms { -off_by_ms } else { off_by_ms } }
}

/// `CtOutput` because its `==` takes the same time wherever the first difference is.
fn decode(signature: &str) -> Option<CtOutput<HmacCore<Sha256>>> {
    // One byte more than a MAC has: the decoder asks for room by the length of the text.
    let mut bytes = [0; 33];
    let length = STANDARD.decode_slice(signature, &mut bytes).ok()?;
    Some(CtOutput::new(Output::<HmacCore<Sha256>>::try_from(&bytes[..length]).ok()?))
}
