use core::fmt::Write as _;

use crate::{Fingerprint, Service, Severity, hash};

impl Fingerprint {
    /// Version 1: the first 16 hex digits of the SHA-256 of `service|rule|method|path|parameter`, with a `\` before each
    /// `\` and `|` of a part.
    ///
    /// Of the URL only the path counts, with its percent-encoding made uniform, without dot segments, and with
    /// `{n}` and `{uuid}` for segments that are numbers and UUIDs; so it is the same on every host and for every
    /// id. A severity, if there is one, stands before the path: where no place is told, or where several findings of
    /// one report would have the same fingerprint, an acceptance of the low ones may not cover a high one.
    pub fn v1(
        service: Service,
        rule: &str,
        severity: Option<Severity>,
        method: &str,
        url: Option<&str>,
        parameter: &str,
    ) -> Self {
        let path = severity.map_or("", Severity::as_str).to_owned()
            + &url.map_or_else(String::new, normalised_path);
        let method = method.trim().to_ascii_uppercase();
        let parts = [service.as_str(), rule, &method, &path, parameter];
        let parts = parts.map(|part| part.replace('\\', r"\\").replace('|', r"\|"));
        hash::hex(&parts.join("|"), 8).parse().expect("a hash has hex digits")
    }
}

/// The path of any text, URL or not; it begins with `/`.
fn normalised_path(url: &str) -> String {
    let url = url.trim();
    let url = url.split(['?', '#']).next().unwrap_or_default();
    let path = without_host(url);
    let mut segments: Vec<String> = Vec::new();
    let mut ends_in_slash = false;
    for segment in path.strip_prefix('/').unwrap_or(path).split('/') {
        let segment = normalised(segment);
        ends_in_slash = matches!(segment.as_str(), "." | "..");
        match segment.as_str() {
            "." => {}
            ".." => {
                segments.pop();
            }
            _ => segments.push(without_id(segment)),
        }
    }
    if ends_in_slash {
        segments.push(String::new());
    }
    format!("/{}", segments.join("/"))
}

/// `https://host:1/a` and `//host/a` are `/a`; anything else is a path already.
fn without_host(url: &str) -> &str {
    let is_scheme = |text: &str| {
        text.starts_with(|c: char| c.is_ascii_alphabetic())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
    };
    let after = match url.split_once("://") {
        Some((scheme, after)) if is_scheme(scheme) => Some(after),
        _ => url.strip_prefix("//"),
    };
    after.map_or(url, |after| after.find('/').map_or("", |slash| &after[slash..]))
}

/// Letters, digits and `-._~` are decoded, what may not stand in a path is encoded, and digits are uppercase.
fn normalised(segment: &str) -> String {
    let mut bytes = segment.as_bytes().iter();
    let mut normal = String::new();
    while let Some(&byte) = bytes.next() {
        let encoded = (byte == b'%').then(|| hex_pair(bytes.as_slice())).flatten();
        let keeps = if encoded.is_some() { is_unreserved } else { is_path };
        let byte = encoded.unwrap_or(byte);
        if encoded.is_some() {
            bytes.nth(1);
        }
        if keeps(byte) {
            normal.push(char::from(byte));
        } else {
            let _ = write!(normal, "%{byte:02X}");
        }
    }
    normal
}

fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)
}

fn is_path(byte: u8) -> bool {
    is_unreserved(byte) || b"!$&'()*+,;=:@".contains(&byte)
}

/// The value of the two hex digits at the beginning.
fn hex_pair(bytes: &[u8]) -> Option<u8> {
    let digit = |place: usize| char::from(*bytes.get(place)?).to_digit(16);
    u8::try_from(digit(0)? * 16 + digit(1)?).ok()
}

/// A brace is encoded in a path, so no segment is taken for one of these.
fn without_id(segment: String) -> String {
    let is_number = !segment.is_empty() && segment.bytes().all(|b| b.is_ascii_digit());
    let groups = segment.split('-').map(str::len);
    let is_uuid =
        groups.eq([8, 4, 4, 4, 12]) && segment.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    match (is_number, is_uuid) {
        (true, _) => "{n}".to_owned(),
        (_, true) => "{uuid}".to_owned(),
        (false, false) => segment,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Rule;

    fn xss(url: &str, parameter: &str) -> Fingerprint {
        Fingerprint::v1(Service::Wsc, "wsc/xss", None, "GET", Some(url), parameter)
    }

    /// Calculated by another program. Never change one: every acceptance of every project would be lost.
    #[test]
    fn version_1_never_changes() {
        let url = "https://www.stg.shop.example/search";
        let (n, high, medium) = (None, Some(Severity::High), Some(Severity::Medium));
        let items = "http://preview-7.shop.example:8080/items/1234/edit";
        let users = "https://a.example/users/837b5f9f-e088-4AF5-9491-67f7ce8035a4";
        for (expected, rule, severity, method, url, parameter) in [
            ("579dbff484e6ee2c", "wsc/sql-injection", n, "GET", Some(url), "q"),
            ("6b80b154aa50926d", "wsc/sql-injection", n, "", Some(url), "q"),
            ("0af2ee727874436f", "wsc/xss", n, " post", Some(items), "name"),
            ("53ef759ff34ceb0d", "wsc/xss", n, "", Some(users), ""),
            ("cdcdfa758ea6108f", "wsc/xss", n, "", Some("https://a.example/검색/a b"), r"p|q\r"),
            ("ca204aa4f1faf909", "wsc/path-traversal", n, "", Some("https://a.example"), "파일"),
            ("70c1deeddc129008", "wsc/directory-listing", n, "", Some("/a/../img/./"), ""),
            ("6d1c824e4e9c323d", "wsc/other-3f1c9a0b", high, "", None, ""),
            ("c03c8cd61c743e3a", "wsc/undescribed", Some(Severity::Low), "", None, ""),
            ("46ed73b83827fafd", "wsc/xss", medium, "GET", Some("https://a.example/a"), "b"),
        ] {
            let actual = Fingerprint::v1(Service::Wsc, rule, severity, method, url, parameter);
            assert_eq!(actual.as_str(), expected, "{rule} {url:?} {parameter}");
        }
        let unrated = Some(Severity::Unrated);
        let alerts = Fingerprint::v1(Service::Vaddy, "vaddy/alerts", unrated, "", None, "");
        assert_eq!(alerts.as_str(), "be07600c77b6abdc");
    }

    #[test]
    fn the_path_is_normalised() {
        for (url, path) in [
            ("", "/"),
            ("https://h", "/"),
            ("https://h?/q", "/"),
            ("https://h#/f", "/"),
            (" HTTPS+x.y-1://u:p@h:1/a?b/c#d ", "/a"),
            ("//h/a", "/a"),
            ("a/b", "/a/b"),
            ("1s://h/a", "/1s://h/a"),
            ("://h/a", "/://h/a"),
            ("/a?u=http://h/b", "/a"),
            ("/a//b/", "/a//b/"),
            ("/%7Ea/%2d%2E%5f", "/~a/-._"),
            ("/a%2fb%2F%e3%81%82あ", "/a%2Fb%2F%E3%81%82%E3%81%82"),
            ("/100%/%4/%zz/%", "/100%25/%254/%25zz/%25"),
            ("/%31%32/12a/12/-1/1.0/١", "/{n}/12a/{n}/-1/1.0/%D9%A1"),
            ("/{n}/{uuid}", "/%7Bn%7D/%7Buuid%7D"),
            (
                "/837b5f9f-e088-4af5-9491-67f7ce8035a4/837b5f9fe0884af5949167f7ce8035a4",
                "/{uuid}/837b5f9fe0884af5949167f7ce8035a4",
            ),
            ("/837b5f9f-e088-4af5-9491-67f7ce8035ag", "/837b5f9f-e088-4af5-9491-67f7ce8035ag"),
            ("/837b5f9f-e088-4af5-9491-67f7ce8035a4-", "/837b5f9f-e088-4af5-9491-67f7ce8035a4-"),
            ("/a/./b/../c", "/a/c"),
            ("/a/%2e%2E/../../b/.", "/b/"),
            ("/a/b/..", "/a/"),
            ("/..", "/"),
            ("/a/...", "/a/..."),
            ("/!$&'()*+,;=:@\"<>^`\\|", "/!$&'()*+,;=:@%22%3C%3E%5E%60%5C%7C"),
            ("/%21%3A%40", "/%21%3A%40"),
        ] {
            assert_eq!(normalised_path(url), path, "{url}");
        }
    }

    #[test]
    fn no_part_can_be_taken_for_another() {
        let v1 = |rule, method, url, parameter| {
            Fingerprint::v1(Service::Wsc, rule, None, method, Some(url), parameter)
        };
        assert_ne!(v1("a|b", "", "/", ""), v1("a", "B|", "/", ""));
        assert_ne!(v1("a", "", "/", "b|c"), v1("a", "", "/", r"b\|c"));
        assert_ne!(v1("a", "", "/", r"b\"), v1("a", "", "/", r"b\\"));
        let nowhere = |severity| Fingerprint::v1(Service::Wsc, "a", severity, "", None, "");
        assert_ne!(nowhere(Some(Severity::High)), v1("a", "", "/high", ""));
        assert_ne!(nowhere(Some(Severity::High)), nowhere(Some(Severity::Low)));
    }

    proptest! {
        #[test]
        fn host_and_ids_do_not_matter(
            scheme in "(https?:)?//", host in "[a-zA-Z0-9.-]{0,20}(:[0-9]{1,5})?",
            path in "(/[a-z]{1,5}){0,3}", ids: [u64; 2], uuids: [u128; 2],
            rest in "([?#][^\n]{0,20})?",
        ) {
            let uuid = |n: u128| uuid::Uuid::from_u128(n).hyphenated().to_string();
            let url = format!("{scheme}{host}{path}/{}/{}/x{rest}", ids[0], uuid(uuids[0]));
            let twin = format!("{path}/{}/{}/x", ids[1], uuid(uuids[1]).to_uppercase());
            prop_assert_eq!(xss(&url, "q"), xss(&twin, "q"));
        }

        #[test]
        fn how_it_is_encoded_does_not_matter(path: String, how: u64) {
            let path = path.replace(['?', '#', '%', '/'], "");
            let path = format!("/x{path}x");
            let encoded: String = path.bytes().enumerate().map(|(place, byte)| {
                match (is_unreserved(byte), how >> (place % 63) & 3) {
                    (true, 0) => format!("%{byte:02x}"),
                    (true, 1) => format!("%{byte:02X}"),
                    (true, _) => char::from(byte).to_string(),
                    (false, _) if is_path(byte) || byte == b'/' => char::from(byte).to_string(),
                    (false, _) => format!("%{byte:02x}"),
                }
            }).collect();
            prop_assert_eq!(xss(&path, "q"), xss(&encoded, "q"));
        }

        #[test]
        fn any_text_has_a_path_of_plain_characters(url: String, parts in "[/.%0-9a-f:?#{}|-]{0,40}") {
            for url in [url, parts] {
                let path = normalised_path(&url);
                prop_assert!(path.starts_with('/'), "{path}");
                prop_assert!(path.bytes().all(|b| is_path(b) || b"/%{}".contains(&b)), "{path}");
                prop_assert!(!path.split('/').any(|segment| segment == "." || segment == ".."));
            }
        }

        #[test]
        fn another_parameter_path_or_method_matters(url: String, a: String, b: String) {
            prop_assert_eq!(xss(&url, &a) == xss(&url, &b), a == b);
            let rule = Rule::of_title(Service::Wsc, &a).id;
            let v1 = |method| Fingerprint::v1(Service::Wsc, &rule, None, method, Some(&url), &b);
            prop_assert_ne!(v1("GET"), v1("POST"));
            prop_assert_ne!(xss("/x", &a), xss("/y", &a));
        }
    }
}
