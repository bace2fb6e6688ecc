//! What went wrong, in one sentence that names the peer and never what was sent or answered.

use std::{error::Error, fmt, io};

use http::Uri;
use hyper_util::client::legacy;
use rustls::CertificateError;
use shindan_proto::Limits;

use crate::{MAX_HEADERS, Proxy};

/// Whom we talk to: host and port, without a user name or a path.
pub(crate) struct Peer {
    host: String,
    port: Option<u16>,
    proxy: Option<String>,
}

impl Peer {
    pub(crate) fn of(uri: &Uri, proxy: Option<&Proxy>) -> Self {
        let host = uri.host().unwrap_or_default().to_owned();
        Self { host, port: uri.port_u16(), proxy: proxy.map(ToString::to_string) }
    }

    /// Whom, and through what.
    pub(crate) fn way(&self) -> String {
        match &self.proxy {
            Some(proxy) => format!("{self} through the proxy {proxy}"),
            None => self.to_string(),
        }
    }
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.host)?;
        self.port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

/// Why there is no connection, in one sentence already.
#[derive(Debug)]
pub(crate) struct Said(pub(crate) String);

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for Said {}

/// Why there is no connection or no head of an answer.
pub(crate) fn of_client(peer: &Peer, error: &legacy::Error) -> String {
    if let Some(error) = find::<Said>(error) {
        return error.to_string();
    }
    if let Some(error) = find::<hyper::Error>(error) {
        return of_http(peer, error);
    }
    if let Some(error) = find::<rustls::Error>(error) {
        return of_tls(peer, error);
    }
    of_tcp(peer, error.source().unwrap_or(error))
}

/// Why there is no connection.
pub(crate) fn of_tcp(peer: &Peer, error: &(dyn Error + 'static)) -> String {
    // The connector names its phase in its text alone.
    if error.to_string().starts_with("dns error") {
        return format!("the name {} was not found", peer.host);
    }
    match find::<io::Error>(error) {
        Some(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
            format!("nobody listens at {peer}")
        }
        Some(error) => format!("no connection to {}: {error}", peer.way()),
        None => format!("no connection to {}", peer.way()),
    }
}

/// Why an answer did not begin or did not end.
pub(crate) fn of_http(peer: &Peer, error: &hyper::Error) -> String {
    if error.is_parse() {
        let most = Limits::READ.head_bytes;
        return format!(
            "the answer of {peer} is not http/1.1 with a head of at most {most} bytes and {MAX_HEADERS} headers: {error}"
        );
    }
    match find::<io::Error>(error) {
        Some(error) => format!("the connection to {} broke: {error}", peer.way()),
        None => format!("{peer} closed the connection before its answer was complete"),
    }
}

fn of_tls(peer: &Peer, error: &rustls::Error) -> String {
    let rustls::Error::InvalidCertificate(error) = error else {
        return format!("the tls handshake with {peer} failed: {error}");
    };
    #[expect(clippy::wildcard_enum_match_arm, reason = "the others are for specialists")]
    let reason = match error {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "it has expired",
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "it is not valid yet"
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "it is for another name"
        }
        CertificateError::Revoked => "it is revoked",
        CertificateError::UnknownIssuer => "its issuer is unknown",
        // Their texts may quote the certificate, and so the peer.
        _ => "it cannot be verified",
    };
    format!("the certificate of {peer} is not trusted: {reason}")
}

/// The first cause of a type; an I/O error hides what it wraps from the chain of sources.
fn find<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        let wrapped = error.downcast_ref().and_then(io::Error::get_ref);
        cause = wrapped.map_or_else(|| error.source(), |inner| Some(inner));
    }
    None
}
