//! What is looked at before anything else, on every route: no page of a browser gets in, not even one
//! that has bound its own name to this machine.

use http::{HeaderMap, StatusCode, Uri, Version, header, request::Parts, uri::Authority};
use shindan_proto::is_loopback;
use vaddy_model::Vaddy;
use wsc_model::Site;

/// What a request is told that gets no further.
pub(super) type Refusal = (StatusCode, &'static str);

pub(super) fn check(head: &Parts) -> Result<(), Refusal> {
    if head.headers.contains_key(header::ORIGIN) || !is_by_hand(&head.headers) {
        return Err((StatusCode::FORBIDDEN, "requests of web pages are refused"));
    }
    if !is_ours(head) {
        return Err((
            StatusCode::MISDIRECTED_REQUEST,
            "the host is neither this machine nor a vendor's",
        ));
    }
    Ok(())
}

/// Browsers say where a request comes from: from their address bar, from a page of ours, or elsewhere.
fn is_by_hand(headers: &HeaderMap) -> bool {
    headers.get_all("sec-fetch-site").iter().all(|site| site == "none" || site == "same-origin")
}

/// Whether the request names a loopback host or one of the vendors'. No browser sends HTTP/1.0, whose
/// clients may leave the host out.
fn is_ours(head: &Parts) -> bool {
    let mut hosts = head.headers.get_all(header::HOST).iter();
    let is_ours = match (hosts.next(), hosts.next()) {
        (Some(host), None) => {
            let host = host.to_str().ok().and_then(|host| host.parse::<Authority>().ok());
            host.as_ref().is_some_and(is_our_host)
        }
        (None, _) => head.version == Version::HTTP_10,
        (Some(_), Some(_)) => false,
    };
    is_ours && names_us_or_nobody(&head.uri)
}

fn names_us_or_nobody(uri: &Uri) -> bool {
    uri.authority().is_none_or(is_our_host)
}

fn is_our_host(authority: &Authority) -> bool {
    let host = authority.host();
    !authority.as_str().contains('@')
        && (is_loopback(host) || vendors_hosts().any(|name| host.eq_ignore_ascii_case(name)))
}

/// The hosts that the vendors' clients ask for.
pub(super) fn vendors_hosts() -> impl Iterator<Item = &'static str> {
    let urls = [Site::Public, Site::Gov, Site::Fin].map(Site::base_url);
    urls.into_iter().chain([Vaddy::BASE_URL]).filter_map(|url| url.strip_prefix("https://"))
}
