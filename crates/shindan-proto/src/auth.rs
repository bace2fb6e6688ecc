use core::fmt;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request, Uri};
use shindan_wire::{Api, Secret};
use vaddy_model::Vaddy;
use wsc_model::Wsc;

use crate::{Timestamp, codec};

/// Makes a request acceptable to a service, once per attempt.
///
/// It cannot fail, because credentials are checked when they are made, and it only appends: headers,
/// query pairs or form pairs. Time is an argument, so every attempt carries a fresh signature.
pub trait Authorize: Send + Sync + 'static {
    /// The service that understands it.
    type Api: Api;
    /// Whether what it adds depends on the time, so that another clock can explain a refusal.
    const TIMED: bool;

    /// Adds what proves who is asking; `at` is the time that the server is believed to show.
    fn authorize(&self, request: &mut Request<Bytes>, at: Timestamp);
}

/// NAVER Cloud's access key and secret key: signs the exact method, path and query that are sent.
#[derive(Clone, Debug)]
pub struct NcpKey(ncp_sign::Credential);

impl NcpKey {
    /// From a checked credential.
    pub fn new(credential: ncp_sign::Credential) -> Self {
        Self(credential)
    }

    /// The half of the pair that names the account; show it only in part.
    pub fn access_key(&self) -> &str {
        self.0.access_key()
    }
}

impl Authorize for NcpKey {
    type Api = Wsc;
    const TIMED: bool = true;

    fn authorize(&self, request: &mut Request<Bytes>, at: Timestamp) {
        ncp_sign::sign_request(request, at.unix_ms().try_into().unwrap_or(0), &self.0);
    }
}

/// VAddy's user and key.
#[derive(Clone)]
pub struct VaddyKey {
    user: String,
    key: Secret<String>,
    header: HeaderValue,
    key_in: KeyIn,
}

/// Where VAddy's key travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "the service knows these two")]
pub enum KeyIn {
    /// In the header `X-API-KEY`.
    Header,
    /// In the parameter `auth_key`, and so in the URL of every GET: only for servers that know nothing else.
    Parameter,
}

/// A user or key that cannot be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidVaddyKey {
    /// The user.
    #[error(
        "the vaddy user must not be empty or contain control characters; set VADDY_USER to the login id"
    )]
    User,
    /// The key.
    #[error("the vaddy key must be letters and digits; copy it from the console's web api page")]
    Key,
}

impl VaddyKey {
    /// Checks both; the key travels in the header.
    pub fn new(user: &str, key: &str) -> Result<Self, InvalidVaddyKey> {
        if user.is_empty() || user.chars().any(char::is_control) {
            return Err(InvalidVaddyKey::User);
        }
        if key.is_empty() || !key.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)) {
            return Err(InvalidVaddyKey::Key);
        }
        let mut header = HeaderValue::from_str(key).map_err(|_| InvalidVaddyKey::Key)?;
        header.set_sensitive(true);
        Ok(Self {
            user: user.to_owned(),
            key: Secret::new(key.to_owned()),
            header,
            key_in: KeyIn::Header,
        })
    }

    /// The login id.
    pub fn user(&self) -> &str {
        &self.user
    }

    /// Sends the key elsewhere.
    #[must_use]
    pub fn with_key_in(mut self, key_in: KeyIn) -> Self {
        self.key_in = key_in;
        self
    }
}

impl Authorize for VaddyKey {
    type Api = Vaddy;
    const TIMED: bool = false;

    fn authorize(&self, request: &mut Request<Bytes>, _at: Timestamp) {
        let mut pairs = vec![("user", self.user.as_str())];
        match self.key_in {
            KeyIn::Header => {
                request
                    .headers_mut()
                    .insert(HeaderName::from_static("x-api-key"), self.header.clone());
            }
            KeyIn::Parameter => pairs.push(("auth_key", self.key.expose())),
        }
        let pairs = codec::form(&pairs);
        if request.method() == http::Method::GET {
            let path_and_query = request.uri().path_and_query().map_or("/", |p| p.as_str());
            let join = if path_and_query.contains('?') { '&' } else { '?' };
            *request.uri_mut() =
                with_path_and_query(request.uri(), &format!("{path_and_query}{join}{pairs}"));
        } else {
            let body = core::str::from_utf8(request.body()).expect("a form body is ascii");
            let join = if body.is_empty() { "" } else { "&" };
            *request.body_mut() = format!("{body}{join}{pairs}").into();
        }
    }
}

impl fmt::Debug for VaddyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VaddyKey")
            .field("user", &self.user)
            .field("key_in", &self.key_in)
            .finish_non_exhaustive()
    }
}

fn with_path_and_query(uri: &Uri, path_and_query: &str) -> Uri {
    let mut parts = uri.clone().into_parts();
    parts.path_and_query =
        Some(path_and_query.parse().expect("encoded pairs are valid in a query"));
    Uri::from_parts(parts).expect("only the query has grown")
}
