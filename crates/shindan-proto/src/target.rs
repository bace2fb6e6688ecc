use core::{fmt, str::FromStr};
use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicI64, Ordering},
};

use http::{HeaderMap, Uri};

use crate::{Authorize, RetryPolicy, Timestamp, Traffic, quota::Quota};

/// Where a service answers: a checked URL of scheme, host, port and perhaps a path before the operations' paths.
///
/// `https` only; plain `http` is accepted for loopback hosts alone. User info, query and fragment
/// are refused, because they would be signed, sent or logged by accident.
#[derive(Clone, PartialEq, Eq)]
pub struct Base {
    origin: String,
    path: String,
}

impl Base {
    /// `https://host[:port]`, without a trailing slash.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The path before the operations' paths: empty or like `/prefix`.
    pub fn path(&self) -> &str {
        &self.path
    }
}

impl FromStr for Base {
    type Err = InvalidBase;

    fn from_str(url: &str) -> Result<Self, InvalidBase> {
        // `http::Uri` drops a fragment and the query is checked on the text, so that neither can hide.
        if url.contains(['?', '#']) {
            return Err(InvalidBase::Surplus);
        }
        let uri: Uri = url.parse().map_err(|_| InvalidBase::NotAUrl)?;
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err(InvalidBase::NotAUrl);
        };
        if authority.as_str().contains('@') {
            return Err(InvalidBase::UserInfo);
        }
        // A port that cannot be read would silently become the scheme's own.
        let port = authority.as_str().len() > authority.host().len();
        if port && authority.port_u16().is_none_or(|port| port == 0) {
            return Err(InvalidBase::NotAUrl);
        }
        match scheme {
            "https" => {}
            "http" if is_loopback(authority.host()) => {}
            "http" => return Err(InvalidBase::PlainHttp),
            _ => return Err(InvalidBase::NotAUrl),
        }
        let path = uri.path().trim_end_matches('/').to_owned();
        Ok(Self { origin: format!("{scheme}://{authority}"), path })
    }
}

impl fmt::Display for Base {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.origin, self.path)
    }
}

impl fmt::Debug for Base {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Base({self})")
    }
}

/// Why a URL cannot be an endpoint; the URL is not repeated, as it may hold a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidBase {
    /// It cannot be parsed, or it has no host, or its scheme is another.
    #[error("an endpoint is a url like https://wsc.apigw.ntruss.com")]
    NotAUrl,
    /// Plain http beyond this machine.
    #[error("an endpoint must use https; plain http is accepted for loopback hosts only")]
    PlainHttp,
    /// `user:password@host`
    #[error(
        "an endpoint must not contain a user name or a password; keys come from the environment"
    )]
    UserInfo,
    /// A query or a fragment.
    #[error("an endpoint must not contain a query or a fragment; give scheme, host and port")]
    Surplus,
}

/// Whether a host is this machine: `localhost` or a loopback address, with or without brackets.
pub fn is_loopback(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || host.parse().is_ok_and(|ip: core::net::IpAddr| ip.is_loopback())
}

/// A service to talk to: where, as whom and how patiently. Clones share the measured clock skew, what is known of an
/// emulator and a quota of retries: 500 tokens, of which a retry takes 5, or 10 if there was no answer, and a success
/// returns 1; reads have one bucket, everything else another.
#[derive(Debug)]
pub struct Target<A> {
    pub(crate) base: Base,
    auth: Arc<A>,
    policy: RetryPolicy,
    watcher: Option<fn(&Traffic)>,
    skew_ms: Arc<AtomicI64>,
    emulated: Arc<AtomicBool>,
    quota: Arc<Quota>,
}

impl<A: Authorize> Target<A> {
    /// With the default policy.
    pub fn new(base: Base, auth: A) -> Self {
        let target = Self {
            base,
            auth: Arc::new(auth),
            policy: RetryPolicy::default(),
            watcher: None,
            skew_ms: Arc::default(),
            emulated: Arc::default(),
            quota: Arc::default(),
        };
        target.with_policy(RetryPolicy::default())
    }

    /// With another policy.
    #[must_use]
    pub fn with_policy(mut self, mut policy: RetryPolicy) -> Self {
        // A request that carries no time would be sent again unchanged.
        policy.adopt_clock &= A::TIMED;
        self.policy = policy;
        self
    }

    /// Tells this function of each attempt, for a log.
    #[must_use]
    pub fn watched_by(mut self, watcher: fn(&Traffic)) -> Self {
        self.watcher = Some(watcher);
        self
    }

    /// Where it is.
    pub fn base(&self) -> &Base {
        &self.base
    }

    /// Who asks.
    pub fn auth(&self) -> &A {
        &self.auth
    }

    /// How patiently it is called.
    pub fn policy(&self) -> &RetryPolicy {
        &self.policy
    }

    /// How far the server's clock was found ahead of ours, in ms; 0 until a refusal made us measure it.
    pub fn skew_ms(&self) -> i64 {
        self.skew_ms.load(Ordering::Relaxed)
    }

    /// Whether an answer said that it came from an emulator, where nothing is really scanned: it had the header
    /// `x-shindan-emulator`.
    pub fn is_emulated(&self) -> bool {
        self.emulated.load(Ordering::Relaxed)
    }

    pub(crate) fn set_skew_ms(&self, skew_ms: i64) {
        self.skew_ms.store(skew_ms, Ordering::Relaxed);
    }

    /// Takes note of who has answered.
    pub(crate) fn answered(&self, headers: &HeaderMap) {
        if headers.contains_key("x-shindan-emulator") {
            self.emulated.store(true, Ordering::Relaxed);
        }
    }

    pub(crate) fn tell(&self, traffic: &Traffic) {
        if let Some(watcher) = self.watcher {
            watcher(traffic);
        }
    }

    pub(crate) fn quota(&self) -> &Quota {
        &self.quota
    }

    /// The time that the server is believed to show.
    pub(crate) fn server_time(&self, wall: Timestamp) -> Timestamp {
        wall.plus_ms(self.skew_ms())
    }
}

impl<A> Clone for Target<A> {
    fn clone(&self) -> Self {
        Self {
            base: self.base.clone(),
            auth: Arc::clone(&self.auth),
            policy: self.policy.clone(),
            watcher: self.watcher,
            skew_ms: Arc::clone(&self.skew_ms),
            emulated: Arc::clone(&self.emulated),
            quota: Arc::clone(&self.quota),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_and_loopback() {
        for (url, origin, path) in [
            ("https://wsc.apigw.ntruss.com", "https://wsc.apigw.ntruss.com", ""),
            ("https://wsc.apigw.ntruss.com/", "https://wsc.apigw.ntruss.com", ""),
            ("https://127.0.0.1:8443/base/", "https://127.0.0.1:8443", "/base"),
            ("http://localhost:80", "http://localhost:80", ""),
            ("http://127.3.2.1:1", "http://127.3.2.1:1", ""),
            ("http://[::1]:8080", "http://[::1]:8080", ""),
        ] {
            let base: Base = url.parse().unwrap();
            assert_eq!((base.origin(), base.path()), (origin, path));
        }
        for (url, why) in [
            ("", InvalidBase::NotAUrl),
            ("wsc.apigw.ntruss.com", InvalidBase::NotAUrl),
            ("/api", InvalidBase::NotAUrl),
            ("ftp://127.0.0.1", InvalidBase::NotAUrl),
            ("https://host:99999", InvalidBase::NotAUrl),
            ("https://host:0", InvalidBase::NotAUrl),
            ("https://host:", InvalidBase::NotAUrl),
            ("http://wsc.apigw.ntruss.com", InvalidBase::PlainHttp),
            ("http://10.0.0.1", InvalidBase::PlainHttp),
            ("http://localhost.example.com", InvalidBase::PlainHttp),
            ("http://127.0.0.1.example.com", InvalidBase::PlainHttp),
            ("https://user:canary@host", InvalidBase::UserInfo),
            ("http://127.0.0.1@example.com", InvalidBase::UserInfo),
            ("https://host/?q=1", InvalidBase::Surplus),
            ("https://host/#f", InvalidBase::Surplus),
        ] {
            assert_eq!(url.parse::<Base>(), Err(why), "{url}");
        }
    }
}
