use std::{error::Error, fmt, str::FromStr};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use http::{HeaderValue, Uri};
use percent_encoding::percent_decode_str;

use crate::host::Host;

/// An HTTP proxy that is asked for a tunnel with CONNECT, like `http://proxy.example:3128`.
///
/// Parsed strictly: what is not certainly a proxy's address is an error and never "no proxy". The
/// scheme may be left out if the port is there; without a port it is 80. A user name and a password
/// stand in front of an `@`, with every special character percent-encoded. They go to the proxy with
/// CONNECT and to nobody else, and are never shown: `Debug` and `Display` print host and port.
#[derive(Clone)]
pub struct Proxy {
    host: Host,
    port: u16,
    credentials: Option<Credentials>,
}

#[derive(Clone)]
struct Credentials {
    password: String,
    /// Base64 of the user name and the password.
    basic: String,
}

/// Why an address is not one of a proxy. It never repeats the address, in which a password may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProxyError(&'static str);

const NO_ADDRESS: ProxyError =
    ProxyError("it is not the address of a proxy like http://proxy.example:3128");
const OTHER_SCHEME: ProxyError = ProxyError(
    "only http proxies are supported, like http://proxy.example:3128; what is sent through one is encrypted all the same",
);
const NO_PORT: ProxyError =
    ProxyError("it has neither http:// in front nor a port behind, like http://proxy.example:3128");
const NOT_ENCODED: ProxyError = ProxyError(
    "its user name or password contains a character that must be percent-encoded, like %40 for an @",
);

impl Proxy {
    pub(crate) fn uri(&self) -> Uri {
        format!("http://{self}/").parse().expect("host and port were parsed")
    }

    /// The value of Proxy-Authorization.
    pub(crate) fn authorization(&self) -> Option<HeaderValue> {
        let basic = &self.credentials.as_ref()?.basic;
        let mut value = HeaderValue::try_from(format!("Basic {basic}")).expect("base64 is ascii");
        value.set_sensitive(true);
        Some(value)
    }

    /// Whether a user name or a password is sent to it.
    pub(crate) fn has_credentials(&self) -> bool {
        self.credentials.is_some()
    }

    /// What must not be shown, for whoever filters a log: the password, and how it is sent.
    pub fn secrets(&self) -> impl Iterator<Item = &str> {
        let credentials = self.credentials.iter();
        credentials.flat_map(|credentials| [&*credentials.password, &*credentials.basic])
    }
}

impl FromStr for Proxy {
    type Err = ProxyError;

    fn from_str(url: &str) -> Result<Self, ProxyError> {
        let (scheme, rest) = match url.split_once("://") {
            Some((scheme, rest)) => (Some(scheme.to_ascii_lowercase()), rest),
            None => (None, url),
        };
        match scheme.as_deref() {
            None | Some("http") => {}
            Some("https" | "socks" | "socks4" | "socks4a" | "socks5" | "socks5h") => {
                return Err(OTHER_SCHEME);
            }
            Some(_) => return Err(NO_ADDRESS),
        }
        // Nothing but the credentials may contain an @, and they may not contain one as it is.
        let (credentials, address) = match rest.rsplit_once('@') {
            Some((credentials, address)) => (Some(credentials), address),
            None => (None, rest),
        };
        let credentials = credentials.map(Credentials::parse).transpose()?;
        let address = address.strip_suffix('/').unwrap_or(address);
        let (host, port) = Host::with_port(address).ok_or(NO_ADDRESS)?;
        let port = port.or(scheme.map(|_| 80)).ok_or(NO_PORT)?;
        Ok(Self { host, port, credentials })
    }
}

impl Credentials {
    fn parse(text: &str) -> Result<Self, ProxyError> {
        let (user, password) = text.split_once(':').unwrap_or((text, ""));
        let (user, password) = (decoded(user)?, decoded(password)?);
        // A proxy takes the first colon for the end of the user name.
        if user.contains(':') || (user.is_empty() && password.is_empty()) {
            return Err(NO_ADDRESS);
        }
        let basic = BASE64_STANDARD.encode(format!("{user}:{password}"));
        Ok(Self { password, basic })
    }
}

fn decoded(text: &str) -> Result<String, ProxyError> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=".contains(&b);
    let encoded = |part: &str| {
        let digits = part.as_bytes().first_chunk::<2>();
        digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
            && part[2..].bytes().all(plain)
    };
    let mut parts = text.split('%');
    let first_is_plain = parts.next().is_some_and(|part| part.bytes().all(plain));
    if !first_is_plain || !parts.all(encoded) {
        return Err(NOT_ENCODED);
    }
    let text = percent_decode_str(text).decode_utf8().map_err(|_| NOT_ENCODED)?;
    if text.contains(char::is_control) { Err(NO_ADDRESS) } else { Ok(text.into_owned()) }
}

impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Proxy({self})")
    }
}

impl fmt::Display for ProxyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Error for ProxyError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_proxies() {
        for (url, shown, basic) in [
            ("http://proxy.example:3128", "proxy.example:3128", ""),
            ("http://proxy.example:3128/", "proxy.example:3128", ""),
            ("HTTP://Proxy.Example:3128", "proxy.example:3128", ""),
            ("proxy.example:3128", "proxy.example:3128", ""),
            ("http://proxy.example", "proxy.example:80", ""),
            ("http://proxy", "proxy:80", ""),
            ("http://proxy_1.example.:3128", "proxy_1.example:3128", ""),
            ("http://10.0.0.1:3128", "10.0.0.1:3128", ""),
            ("http://[2001:db8::1]:3128", "[2001:db8::1]:3128", ""),
            ("[::1]:3128", "[::1]:3128", ""),
            ("http://user:pass@proxy:3128", "proxy:3128", "user:pass"),
            ("user:pass@proxy:3128", "proxy:3128", "user:pass"),
            ("http://user:p%40ss%3a%25@proxy", "proxy:80", "user:p@ss:%"),
            ("http://user@proxy", "proxy:80", "user:"),
            ("http://:pass@proxy", "proxy:80", ":pass"),
            ("http://user:p%C3%A9@proxy", "proxy:80", "user:pé"),
        ] {
            let proxy: Proxy = url.parse().unwrap_or_else(|error| panic!("{url}: {error}"));
            assert_eq!(proxy.to_string(), shown);
            assert_eq!(format!("{proxy:?}"), format!("Proxy({shown})"));
            let sent = proxy.authorization().map(|value| {
                assert!(value.is_sensitive());
                value.to_str().unwrap().to_owned()
            });
            let expected = BASE64_STANDARD.encode(basic);
            assert_eq!(sent, (!basic.is_empty()).then(|| format!("Basic {expected}")), "{url}");
        }
    }

    #[test]
    fn what_is_none_is_an_error_that_does_not_show_it() {
        for (url, why) in [
            ("", NO_ADDRESS),
            (" ", NO_ADDRESS),
            ("canary not a url", NO_ADDRESS),
            ("htp://canary:3128", NO_ADDRESS),
            ("http://", NO_ADDRESS),
            ("http:///", NO_ADDRESS),
            ("http:/canary:3128", NO_ADDRESS),
            ("://canary:3128", NO_ADDRESS),
            ("http://http://canary:3128", NO_ADDRESS),
            ("http://canary:", NO_ADDRESS),
            ("http://canary:0", NO_ADDRESS),
            ("http://canary:65536", NO_ADDRESS),
            ("http://canary:+80", NO_ADDRESS),
            ("http://canary:80:80", NO_ADDRESS),
            ("http://canary:3128/path", NO_ADDRESS),
            ("http://canary:3128//", NO_ADDRESS),
            ("http://canary:3128?a", NO_ADDRESS),
            ("http://canary:3128#a", NO_ADDRESS),
            (" http://canary:3128", NO_ADDRESS),
            ("http://canary:3128\n", NO_ADDRESS),
            ("http://canary:3128,http://canary:3129", NO_ADDRESS),
            ("http://can ary:3128", NO_ADDRESS),
            ("http://canäry:3128", NO_ADDRESS),
            ("http://.canary:3128", NO_ADDRESS),
            ("http://[canary]:3128", NO_ADDRESS),
            ("http://[::1:3128", NO_ADDRESS),
            ("http://[::1]canary:3128", NO_ADDRESS),
            ("http://::1:3128", NO_ADDRESS),
            ("http://1.2.3:3128", NO_ADDRESS),
            ("http://2130706433:3128", NO_ADDRESS),
            ("http://0x7f000001:3128", NO_ADDRESS),
            ("canary", NO_PORT),
            ("true", NO_PORT),
            ("https://canary:3128", OTHER_SCHEME),
            ("socks5://canary:1080", OTHER_SCHEME),
            ("SOCKS5h://user:canary@proxy:1080", OTHER_SCHEME),
            ("http://user:can@ary@proxy:3128", NOT_ENCODED),
            ("http://user:can/ary@proxy:3128", NOT_ENCODED),
            ("http://user:can#ary@proxy:3128", NOT_ENCODED),
            ("http://user:can?ary@proxy:3128", NOT_ENCODED),
            ("http://user:can:ary@proxy:3128", NOT_ENCODED),
            ("http://user:can ary@proxy:3128", NOT_ENCODED),
            ("http://user:canary%@proxy:3128", NOT_ENCODED),
            ("http://user:canary%4@proxy:3128", NOT_ENCODED),
            ("http://user:canary%zz@proxy:3128", NOT_ENCODED),
            ("http://user:canary%é@proxy:3128", NOT_ENCODED),
            ("http://user:canary%ff@proxy:3128", NOT_ENCODED),
            ("user:can://ary@proxy:3128", NO_ADDRESS),
            ("http://user:canary%0d%0a@proxy:3128", NO_ADDRESS),
            ("http://us%3Aer:canary@proxy:3128", NO_ADDRESS),
            ("http://@canary:3128", NO_ADDRESS),
            ("http://:@canary:3128", NO_ADDRESS),
            ("http://user:canary@", NO_ADDRESS),
            ("http://user:canary@/", NO_ADDRESS),
        ] {
            let error = url.parse::<Proxy>().expect_err(url);
            assert_eq!(error, why, "{url}");
            assert!(!format!("{error} {error:?}").contains("can"), "{url}");
        }
    }
}
