//! The page at `/_emulator/`: one file that needs nothing else.

use std::sync::LazyLock;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use bytes::Bytes;
use http::{HeaderValue, Response, header};
use http_body_util::{Either, Full};
use sha2::{Digest, Sha256};

use super::exchange::Body;
use crate::keys;

static PAGE: LazyLock<Page> = LazyLock::new(Page::new);

struct Page {
    html: Bytes,
    /// Nothing but its own script and style, and calls to where it comes from.
    policy: HeaderValue,
}

pub(super) fn page() -> Response<Body> {
    let Page { html, policy } = &*PAGE;
    let mut response = Response::new(Either::Left(Full::new(html.clone())));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, policy.clone());
    for (name, value) in [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

impl Page {
    fn new() -> Self {
        let mut html = include_str!("page.html").to_owned();
        for (place, value) in [
            ("{wsc access key}", keys::WSC_ACCESS_KEY),
            ("{wsc secret key}", keys::WSC_SECRET_KEY),
            ("{vaddy user}", keys::VADDY_USER),
            ("{vaddy key}", keys::VADDY_KEY),
        ] {
            html = html.replace(place, value);
        }
        let (script, style) = (hash_of(&html, "script"), hash_of(&html, "style"));
        let policy = format!(
            "default-src 'none'; script-src 'sha256-{script}'; style-src 'sha256-{style}'; \
             connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; \
             frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
        );
        let policy = HeaderValue::from_str(&policy).expect("a policy is visible ascii");
        Self { html: html.into(), policy }
    }
}

/// Of the one element of this name.
fn hash_of(html: &str, element: &str) -> String {
    let (_, begun) = html.split_once(&format!("<{element}>")).expect("the page has one");
    let (text, _) = begun.split_once(&format!("</{element}>")).expect("it ends");
    BASE64_STANDARD.encode(Sha256::digest(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_written_as_text() {
        let html = include_str!("page.html");
        for way in [
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "setHTML",
            "document.write",
            "createContextualFragment",
            "DOMParser",
            "srcdoc",
            "eval",
            "Function(",
            "javascript:",
            " on",
            "style=",
        ] {
            let line = html.lines().find(|line| line.contains(way));
            assert!(!line.is_some_and(|line| is_code(way, line)), "{way}: {line:?}");
        }
    }

    /// Attributes with code begin with `on`, and so do words.
    fn is_code(way: &str, line: &str) -> bool {
        way != " on"
            || line.split(" on").skip(1).any(|rest| {
                rest.trim_start_matches(|c: char| c.is_ascii_lowercase()).starts_with('=')
            })
    }

    #[test]
    fn it_is_light_and_names_nothing_else() {
        let html = include_str!("page.html");
        assert!(html.len() < 40_000, "{} bytes", html.len());
        for elsewhere in ["http:", "https:", "//cdn", "@import", "url("] {
            let line = html.lines().find(|line| line.contains(elsewhere));
            assert!(line.is_none(), "{line:?}");
        }
    }

    #[test]
    fn the_published_keys_stand_in_it() {
        let html = String::from_utf8(PAGE.html.to_vec()).unwrap();
        for key in [keys::WSC_ACCESS_KEY, keys::WSC_SECRET_KEY, keys::VADDY_USER, keys::VADDY_KEY] {
            assert!(html.contains(&format!("={key}")), "{key}");
        }
    }
}
