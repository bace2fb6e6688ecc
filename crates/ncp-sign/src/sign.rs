//! The client's side: make a signature.

use core::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::{Credential, Message};

/// Signs a request, without allocating.
///
/// `method` is in upper case, `path_and_query` is everything after the host exactly as it goes on
/// the wire, percent-encoded and with its `?`, and `timestamp_ms` is the time in milliseconds since
/// 1970, the same number that the timestamp header carries. Take a fresh time for every attempt: the
/// gateway refuses one that is more than five minutes from its own.
///
/// Source: <https://api.ncloud-docs.com/docs/en/common-ncpapi>.
pub fn sign(
    method: &str,
    path_and_query: &str,
    timestamp_ms: u64,
    credential: &Credential,
) -> Signature {
    let message = Message::new(method, path_and_query, timestamp_ms, credential.access_key());
    let mut base64 = [0; LENGTH];
    STANDARD
        .encode_slice(message.mac(credential.secret_key()), &mut base64)
        .expect("the base64 of 32 bytes is 44 bytes long");
    Signature(base64)
}

/// A signature: 44 characters of padded standard base64.
///
/// Whoever holds it can repeat the request, with any body, for five minutes. So `Debug` does not
/// show it and there is no `Display`.
#[derive(Clone)]
pub struct Signature([u8; LENGTH]);

const LENGTH: usize = 44;

impl Signature {
    /// The 44 characters that go into the signature header.
    pub fn as_str(&self) -> &str {
        str::from_utf8(&self.0).expect("base64 is ASCII")
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signature(..)")
    }
}
