//! The three headers on an `http` request.

use alloc::string::ToString;

use ::http::{HeaderName, HeaderValue, Method, Request, Uri};

use crate::{Credential, sign};

/// The header with the time of the request, in milliseconds since 1970.
pub const TIMESTAMP_HEADER: HeaderName = HeaderName::from_static("x-ncp-apigw-timestamp");
/// The header with the access key.
pub const ACCESS_KEY_HEADER: HeaderName = HeaderName::from_static("x-ncp-iam-access-key");
/// The header with the signature.
pub const SIGNATURE_HEADER: HeaderName = HeaderName::from_static("x-ncp-apigw-signature-v2");

/// Signs a request as it stands and sets its three headers, in place of any that were there.
///
/// `timestamp_ms` is the time in milliseconds since 1970. Call it last, right before the request is
/// sent: a change of method or URI after it makes the signature wrong. The access key and the
/// signature are marked sensitive, so that `Debug` of the headers shows neither.
///
/// Source: <https://api.ncloud-docs.com/docs/en/common-ncpapi>.
pub fn sign_request<B>(request: &mut Request<B>, timestamp_ms: u64, credential: &Credential) {
    let headers = headers(request.method(), request.uri(), timestamp_ms, credential);
    for (name, value) in headers {
        request.headers_mut().insert(name, value);
    }
}

fn headers(
    method: &Method,
    uri: &Uri,
    timestamp_ms: u64,
    credential: &Credential,
) -> [(HeaderName, HeaderValue); 3] {
    // Its text and not `as_str`: for `http://host?query` only the text has the slash that is sent.
    let path_and_query = uri.path_and_query().map_or_else(|| "/".into(), ToString::to_string);
    let signature = sign(method.as_str(), &path_and_query, timestamp_ms, credential);
    [
        (TIMESTAMP_HEADER, timestamp_ms.into()),
        (ACCESS_KEY_HEADER, sensitive(credential.access_key())),
        (SIGNATURE_HEADER, sensitive(signature.as_str())),
    ]
}

fn sensitive(text: &str) -> HeaderValue {
    let mut value = HeaderValue::from_str(text).expect("visible ASCII is a header value");
    value.set_sensitive(true);
    value
}
