use std::fmt::Write as _;

use super::acts;

/// An address that may become a link, a `href` or a URI of SARIF.
///
/// `None` unless it is an absolute `http` or `https` URL with a plain host, without user, white space or
/// anything that [`acts`]. What RFC 3986 (3.3 to 3.5) does not allow after the host is percent-encoded, and
/// so are `'`, `(` and `)`: the link can stand in every quote and between `(` and `)`.
pub fn link(text: &str) -> Option<String> {
    parts(text).map(|(scheme, authority, rest)| format!("{scheme}://{authority}{}", encode(rest)))
}

/// [`link`], if its host with its port is one of these, in lowercase.
pub fn link_to(text: &str, hosts: &[&str]) -> Option<String> {
    let (_, authority, _) = parts(text)?;
    hosts.contains(&&*authority).then(|| link(text)).flatten()
}

/// Scheme, host with port in lowercase, and the rest.
fn parts(text: &str) -> Option<(&'static str, String, &str)> {
    if text.chars().any(|c| acts(c) || c.is_whitespace()) {
        return None;
    }
    let (scheme, rest) = text.split_once("://")?;
    let scheme = ["http", "https"].into_iter().find(|s| scheme.eq_ignore_ascii_case(s))?;
    let (authority, rest) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    is_authority(authority).then(|| (scheme, authority.to_ascii_lowercase(), rest))
}

/// A name or an address, and a port if there is one.
fn is_authority(text: &str) -> bool {
    let is_ipv6 = |host: &str| {
        host.strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'))
            .is_some_and(|host| host.parse::<core::net::Ipv6Addr>().is_ok())
    };
    let is_name = |host: &str| {
        host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'))
            && host.bytes().any(|b| b.is_ascii_alphanumeric())
    };
    let is_host = |host: &str| is_name(host) || is_ipv6(host);
    let is_port = |port: &str| {
        port.bytes().all(|b| b.is_ascii_digit()) && port.parse::<u16>().is_ok_and(|port| port > 0)
    };
    is_host(text)
        || text.rsplit_once(':').is_some_and(|(host, port)| is_host(host) && is_port(port))
}

/// Path, query and fragment as RFC 3986 has them.
fn encode(rest: &str) -> String {
    let mut out = String::with_capacity(rest.len());
    let mut is_fragment = false;
    for (at, b) in rest.bytes().enumerate() {
        let stays = match b {
            b'%' => {
                let digits = rest.as_bytes().get(at + 1..at + 3);
                digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
            }
            b'#' => !core::mem::replace(&mut is_fragment, true),
            _ => b.is_ascii_alphanumeric() || b"-._~!$&*+,;=:@/?".contains(&b),
        };
        if stays {
            out.push(char::from(b));
        } else {
            let _ = write!(out, "%{b:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_addresses_become_links() {
        for (text, expected) in [
            ("https://a.example", "https://a.example"),
            ("HTTP://A.example:80/B?c=d&e#f", "http://a.example:80/B?c=d&e#f"),
            ("https://[::1]:8443/", "https://[::1]:8443/"),
            ("https://a/한\"<>`{}|\\^[]", "https://a/%ED%95%9C%22%3C%3E%60%7B%7D%7C%5C%5E%5B%5D"),
            ("https://a/%41%4%zz%", "https://a/%41%254%25zz%25"),
            ("https://a/%4-", "https://a/%254-"),
            ("https://a?'(#)#", "https://a?%27%28#%29%23"),
        ] {
            assert_eq!(link(text).as_deref(), Some(expected));
        }
        for text in [
            "",
            "a",
            "//a/",
            "javascript:alert(1)",
            "javascript://a/%0aalert(1)",
            "file:///a",
            "https://",
            "https:///a",
            "https://a@b/",
            "https://a:b@c/",
            "https://a\\@b/",
            "https://a b/",
            " https://a/",
            "https://a/ b",
            "https://a/\n",
            "https://a/\u{202e}",
            "https://a/\u{3000}",
            "https://한/",
            "https://a:/",
            "https://a:0/",
            "https://a:65536/",
            "https://a:+1/",
            "https://[::1/",
            "https://[a]/",
            "https://::1/",
            "https://%61/",
            "https://./",
            "https:a",
        ] {
            assert_eq!(link(text), None, "{text}");
        }
    }

    #[test]
    fn a_console_is_one_of_ours() {
        let hosts = ["console.vaddy.net", "a.example:8443"];
        assert!(link_to("https://Console.vaddy.net/a", &hosts).is_some());
        assert!(link_to("https://a.example:8443", &hosts).is_some());
        for text in [
            "https://console.vaddy.net.evil/",
            "https://a.example/",
            "https://evil/console.vaddy.net",
            "ftp://console.vaddy.net/",
        ] {
            assert_eq!(link_to(text, &hosts), None);
        }
    }
}
