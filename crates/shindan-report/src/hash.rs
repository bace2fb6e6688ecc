use core::fmt::Write as _;

use sha2::{Digest as _, Sha256};

/// The first digits of the SHA-256 of a text, two for each byte.
pub(crate) fn hex(text: &str, bytes: usize) -> String {
    Sha256::digest(text.as_bytes()).iter().take(bytes).fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
