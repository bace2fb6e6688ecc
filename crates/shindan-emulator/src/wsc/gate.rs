//! The API gateway: who asks, and is the signature right?

use bytes::Bytes;
use http::{HeaderName, Request};
use ncp_sign::{
    ACCESS_KEY_HEADER, Credential, SIGNATURE_HEADER, TIMESTAMP_HEADER, Verdict, verify,
};
use shindan_proto::Timestamp;
use wsc_model::WscFault;

use super::faults;

/// Checks the three headers; `now` is real time. If any key will do, another one's signature cannot be
/// checked: nobody here knows its secret.
pub(super) fn check(
    request: &Request<Bytes>,
    now: Timestamp,
    credential: &Credential,
    any_key: bool,
) -> Result<(), WscFault> {
    let header = |name: HeaderName| match request.headers().get(name) {
        Some(value) if !value.is_empty() => Ok(value.to_str().unwrap_or_default()),
        _ => Err(faults::no_credentials()),
    };
    let timestamp = header(TIMESTAMP_HEADER)?;
    let access_key = header(ACCESS_KEY_HEADER)?;
    let signature = header(SIGNATURE_HEADER)?;
    if access_key != credential.access_key() {
        return if any_key { Ok(()) } else { Err(faults::unknown_access_key()) };
    }
    // The text of the header is what is signed, so a plus sign or a leading zero makes another message.
    let timestamp_ms = timestamp
        .parse::<u64>()
        .ok()
        .filter(|ms| ms.to_string() == timestamp)
        .ok_or_else(faults::bad_signature)?;
    let path_and_query =
        request.uri().path_and_query().map_or_else(|| "/".into(), ToString::to_string);
    let now_ms = now.unix_ms().try_into().unwrap_or(0);
    let method = request.method().as_str();
    match verify(method, &path_and_query, timestamp_ms, signature, now_ms, credential) {
        Verdict::Verified => Ok(()),
        Verdict::BadSignature => Err(faults::bad_signature()),
        Verdict::Stale { .. } => Err(faults::stale()),
    }
}
