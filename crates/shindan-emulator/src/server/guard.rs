//! What is looked at before anything else, on every route: no page of a browser gets in but our own, not even
//! one that has bound its own name to this machine. Control calls are for this machine alone.

use core::net::IpAddr;

use http::{
    HeaderMap, HeaderName, StatusCode, Uri, Version, header, request::Parts, uri::Authority,
};
use shindan_proto::is_loopback;
use vaddy_model::Vaddy;
use wsc_model::Site;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// What a request is told that gets no further.
pub(super) type Refusal = (StatusCode, &'static str);

/// Who sends a request, and through what.
#[derive(Clone, Copy, Debug)]
pub(super) struct Peer {
    pub(super) ip: IpAddr,
    /// `http` or `https`.
    pub(super) scheme: &'static str,
}

pub(super) fn check(head: &Parts, peer: Peer) -> Result<(), Refusal> {
    if !is_of_no_page(head, peer.scheme) || !is_by_hand(&head.headers) {
        return Err((StatusCode::FORBIDDEN, "requests of web pages are refused"));
    }
    if !is_ours(head) {
        return Err((
            StatusCode::MISDIRECTED_REQUEST,
            "the host is neither this machine nor, for a service, a vendor's",
        ));
    }
    if is_control(&head.uri) && !peer.ip.to_canonical().is_loopback() {
        return Err((StatusCode::FORBIDDEN, "control calls are for this machine alone"));
    }
    Ok(())
}

/// Whether it asks for something of the emulator itself.
pub(super) fn is_control(uri: &Uri) -> bool {
    let rest = uri.path().strip_prefix("/_emulator");
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether it comes from no page, or from our own and asks for something of the emulator itself.
fn is_of_no_page(head: &Parts, scheme: &str) -> bool {
    let mut origins = head.headers.get_all(header::ORIGIN).iter();
    let Some(origin) = origins.next() else { return true };
    let host = head.headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let is_ours = host.is_some_and(|host| {
        let name = host.parse::<Authority>();
        name.is_ok_and(|name| is_loopback(name.host()))
            && origin.as_bytes() == format!("{scheme}://{host}").as_bytes()
    });
    is_ours && origins.next().is_none() && is_control(&head.uri)
}

/// Browsers say where a request comes from: from their address bar, from a page of ours, or elsewhere.
fn is_by_hand(headers: &HeaderMap) -> bool {
    headers.get_all(SEC_FETCH_SITE).iter().all(|site| site == "none" || site == "same-origin")
}

/// Whether the request names a loopback host or, for one of the services, a vendor's: a page of a vendor's host that
/// leads here is not ours. No browser sends HTTP/1.0, whose clients may leave the host out.
fn is_ours(head: &Parts) -> bool {
    let is_vendors = |host: &str| vendors_hosts().any(|name| host.eq_ignore_ascii_case(name));
    let is_our_host = |authority: &Authority| {
        let host = authority.host();
        !authority.as_str().contains('@')
            && (is_loopback(host) || !is_control(&head.uri) && is_vendors(host))
    };
    let mut hosts = head.headers.get_all(header::HOST).iter();
    let is_ours = match (hosts.next(), hosts.next()) {
        (Some(host), None) => {
            let host = host.to_str().ok().and_then(|host| host.parse::<Authority>().ok());
            host.as_ref().is_some_and(is_our_host)
        }
        (None, _) => head.version == Version::HTTP_10,
        (Some(_), Some(_)) => false,
    };
    is_ours && head.uri.authority().is_none_or(is_our_host)
}

/// The hosts that the vendors' clients ask for.
pub(super) fn vendors_hosts() -> impl Iterator<Item = &'static str> {
    let urls = [Site::Public, Site::Gov, Site::Fin].map(Site::base_url);
    urls.into_iter().chain([Vaddy::BASE_URL]).filter_map(|url| url.strip_prefix("https://"))
}

#[cfg(test)]
mod tests {
    use core::net::Ipv4Addr;

    use http::Request;

    use super::*;

    fn status(path: &str, headers: &[(&str, &str)], peer: Peer) -> u16 {
        let request = headers
            .iter()
            .fold(Request::get(path), |request, (name, value)| request.header(*name, *value));
        let (head, ()) = request.body(()).unwrap().into_parts();
        check(&head, peer).err().map_or(200, |(status, _)| status.as_u16())
    }

    #[test]
    fn control_calls_are_for_this_machine() {
        for (ip, control) in [
            ("127.0.0.1", 200),
            ("127.9.9.9", 200),
            ("::1", 200),
            ("::ffff:127.0.0.1", 200),
            ("10.0.0.1", 403),
            ("192.0.2.1", 403),
            ("::ffff:10.0.0.1", 403),
            ("fe80::1", 403),
        ] {
            let peer = Peer { ip: ip.parse().unwrap(), scheme: "http" };
            let host = ("host", "localhost");
            for path in ["/_emulator", "/_emulator/", "/_emulator/events", "/_emulator/x"] {
                assert_eq!(status(path, &[host], peer), control, "{ip} {path}");
            }
            for path in ["/", "/v2/scan", "/api/v1/jobs", "/_emulators", "/_emulator%2fledger"] {
                assert_eq!(status(path, &[host], peer), 200, "{ip} {path}");
            }
        }
    }

    #[test]
    fn an_origin_has_the_scheme_of_the_port() {
        for scheme in ["http", "https"] {
            let peer = Peer { ip: Ipv4Addr::LOCALHOST.into(), scheme };
            for (origin, expected) in
                [("http://localhost:7", "http"), ("https://localhost:7", "https")]
            {
                let headers = [("host", "localhost:7"), ("origin", origin)];
                let status = status("/_emulator/", &headers, peer);
                assert_eq!(status == 200, scheme == expected, "{scheme} {origin}");
            }
        }
    }

    #[test]
    fn two_origins_are_none_of_ours() {
        let peer = Peer { ip: Ipv4Addr::LOCALHOST.into(), scheme: "http" };
        let own = ("origin", "http://localhost");
        for other in [own, ("origin", "http://evil.example")] {
            let headers = [("host", "localhost"), own, other];
            assert_eq!(status("/_emulator/", &headers, peer), 403);
        }
    }
}
