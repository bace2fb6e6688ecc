//! What is signed.

use core::fmt;

use hmac::block_api::HmacCore;
use hmac::digest::Output;
use hmac::digest::block_api::{Buffer, FixedOutputCore, UpdateCore};
use sha2::Sha256;

use crate::credential::SecretKey;

/// The message that a signature proves; `Display` is its exact text.
///
/// Show it when a signature is refused: a path or a query that something rewrote on the way is seen
/// at once. It holds no secret key, but it does hold the whole query.
///
/// Source: <https://api.ncloud-docs.com/docs/en/common-ncpapi>.
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    method: &'a str,
    path_and_query: &'a str,
    timestamp_ms: u64,
    access_key: &'a str,
}

impl<'a> Message<'a> {
    /// The message of a request: its method in upper case, everything after the host exactly as it
    /// goes on the wire, and the time in milliseconds since 1970 that its header carries.
    pub fn new(
        method: &'a str,
        path_and_query: &'a str,
        timestamp_ms: u64,
        access_key: &'a str,
    ) -> Self {
        Self { method, path_and_query, timestamp_ms, access_key }
    }

    /// The HMAC of the text that `Display` writes, taken piece by piece so that no text is built.
    pub(crate) fn mac(&self, secret_key: &SecretKey) -> Output<HmacCore<Sha256>> {
        let mut hmac = secret_key.hmac();
        let mut buffer = Buffer::<HmacCore<Sha256>>::default();
        let mut line = [0; LONGEST_LINE];
        for piece in [
            self.method.as_bytes(),
            b" ",
            self.path_and_query.as_bytes(),
            timestamp_line(self.timestamp_ms, &mut line),
            self.access_key.as_bytes(),
        ] {
            buffer.digest_blocks(piece, |blocks| hmac.update_blocks(blocks));
        }
        let mut mac = Output::<HmacCore<Sha256>>::default();
        hmac.finalize_fixed_core(&mut buffer, &mut mac);
        mac
    }
}

impl fmt::Display for Message<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { method, path_and_query, timestamp_ms, access_key } = self;
        write!(f, "{method} {path_and_query}\n{timestamp_ms}\n{access_key}")
    }
}

/// `u64::MAX` has twenty digits.
const LONGEST_LINE: usize = 1 + 20 + 1;

/// The timestamp between its line breaks. `core::fmt` would write the same at the price of a fifth
/// of a signature.
fn timestamp_line(mut number: u64, line: &mut [u8; LONGEST_LINE]) -> &[u8] {
    line.fill(b'\n');
    let mut start = LONGEST_LINE - 1;
    loop {
        start -= 1;
        line[start] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            return &line[start - 1..];
        }
    }
}
