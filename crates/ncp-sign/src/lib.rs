//! Signature v2 of the NAVER Cloud Platform API gateway: make it and check it, without `std`.
//!
//! Every request to the gateway carries three headers: `x-ncp-apigw-timestamp`, the time of the
//! request in milliseconds since 1970; `x-ncp-iam-access-key`, who asks; and
//! `x-ncp-apigw-signature-v2`, the proof. The proof is made from this [message](Message), in UTF-8
//! and without a line break at its end:
//!
//! ```text
//! {METHOD} {path and query}
//! {timestamp}
//! {access key}
//! ```
//!
//! Its HMAC-SHA256, with the bytes of the secret key as they are printed in the console, written in
//! padded standard base64, is the signature.
//!
//! Path and query are the bytes that go on the wire: percent-encode first, then sign, then send the
//! same bytes. Nothing here is sorted, decoded or normalized, so neither may anything behind it. The
//! body, the host and the other headers are not signed, and there is no nonce: whoever sees a
//! signature can use it, with another body too, until it is five minutes old. Until then it is a
//! secret.
//!
//! ```
//! use ncp_sign::{Credential, sign};
//!
//! let credential = Credential::new("access", "secret")?;
//! let signature = sign("GET", "/cluster/kubeconfig", 1_668_407_407_855, &credential);
//! assert_eq!(signature.as_str(), "LTJli9+OKT2KvUXxiKslMfu5FIOmDN83avehOvgUFp0=");
//! # Ok::<(), ncp_sign::CredentialError>(())
//! ```
//!
//! # Features
//!
//! Both are on by default. `http` adds `sign_request`, which puts the headers on an `http::Request`
//! (and brings in `std`); `verify` adds `verify`, the gateway's side.
//!
//! Source: <https://api.ncloud-docs.com/docs/en/common-ncpapi>.

#![no_std]

extern crate alloc;

mod credential;
#[cfg(feature = "http")]
mod http;
mod message;
mod sign;
#[cfg(feature = "verify")]
mod verify;

#[cfg(feature = "http")]
pub use self::http::{ACCESS_KEY_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER, sign_request};
pub use credential::{Credential, CredentialError};
pub use message::Message;
pub use sign::{Signature, sign};
#[cfg(feature = "verify")]
pub use verify::{Verdict, WINDOW_MS, verify};
