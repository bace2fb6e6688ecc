//! Who signs: an access key that may be shown and a secret key that never is.

use alloc::boxed::Box;
use core::fmt;

use hmac::block_api::HmacCore;
use hmac::digest::zeroize::ZeroizeOnDrop;
use hmac::{EagerHash, KeyInit};
use sha2::Sha256;

/// An access key and its secret key, both checked once, here.
///
/// `Debug` shows the access key and only the access key. The secret key is not kept as text but as
/// the prepared state of the HMAC, which is wiped from memory when the credential is dropped.
///
/// Source: <https://api.ncloud-docs.com/docs/en/common-ncpapi>.
#[derive(Clone, Debug)]
pub struct Credential {
    access_key: Box<str>,
    secret_key: SecretKey,
}

impl Credential {
    /// Checks and takes both keys.
    ///
    /// The access key is one or more visible ASCII characters, so that it fits a header and cannot
    /// break a line of the message. The secret key is any text that is not empty and has no control
    /// character; its UTF-8 bytes are the key, whatever they look like.
    pub fn new(access_key: &str, secret_key: &str) -> Result<Self, CredentialError> {
        if access_key.is_empty() {
            return Err(CredentialError::AccessKeyEmpty);
        }
        if !access_key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(CredentialError::AccessKeyCharacter);
        }
        Ok(Self { access_key: access_key.into(), secret_key: SecretKey::new(secret_key)? })
    }

    /// The access key: one or more visible ASCII characters.
    pub fn access_key(&self) -> &str {
        &self.access_key
    }

    pub(crate) fn secret_key(&self) -> &SecretKey {
        &self.secret_key
    }
}

/// The HMAC after its key block, which is all that signing needs.
///
/// It is the block-level state because `hmac::Hmac` drags an empty block buffer through every clone;
/// that costs a fifth of a signature.
#[derive(Clone)]
pub(crate) struct SecretKey(HmacCore<Sha256>);

impl SecretKey {
    fn new(text: &str) -> Result<Self, CredentialError> {
        if text.is_empty() {
            return Err(CredentialError::SecretKeyEmpty);
        }
        if text.chars().any(char::is_control) {
            return Err(CredentialError::SecretKeyCharacter);
        }
        Ok(Self(HmacCore::new_from_slice(text.as_bytes()).expect("HMAC takes a key of any length")))
    }

    pub(crate) fn hmac(&self) -> HmacCore<Sha256> {
        self.0.clone()
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(..)")
    }
}

/// Why a [`Credential`] was refused. It holds no part of either key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CredentialError {
    /// The access key has no character.
    AccessKeyEmpty,
    /// The access key has a space, a control character or a character outside ASCII.
    AccessKeyCharacter,
    /// The secret key has no character.
    SecretKeyEmpty,
    /// The secret key has a control character, most often a line break at its end.
    SecretKeyCharacter,
}

impl fmt::Display for CredentialError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AccessKeyEmpty => {
                "the access key is empty; copy it from the API authentication keys in the console"
            }
            Self::AccessKeyCharacter => {
                "the access key has a character that is not visible ASCII; copy it again without \
                 spaces and line breaks"
            }
            Self::SecretKeyEmpty => {
                "the secret key is empty; copy it from the API authentication keys in the console"
            }
            Self::SecretKeyCharacter => {
                "the secret key has a control character; copy it again without line breaks"
            }
        })
    }
}

impl core::error::Error for CredentialError {}

/// Holds the `zeroize` feature of `sha2` in place: `HmacCore` is two of these and nothing else.
const _: () = {
    const fn wiped_on_drop<T: ZeroizeOnDrop>() {}
    wiped_on_drop::<<Sha256 as EagerHash>::Core>();
};
