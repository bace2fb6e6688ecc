use std::net::IpAddr;

use crate::host::Host;

/// The hosts that are reached without the proxy: what `NO_PROXY` lists.
///
/// Entries are separated by commas or white space. The case does not matter, nor does a dot at the
/// end of a name. With a port behind it, an entry means this port alone.
///
/// | entry | means |
/// |---|---|
/// | `example.com`, `.example.com` | the host `example.com` and all hosts below it |
/// | `*.example.com` | the hosts below `example.com` |
/// | `example.com:443` | the same as without a port, at port 443 |
/// | `10.1.2.3`, `[2001:db8::1]`, `2001:db8::1` | this address, if the endpoint is written as an address |
/// | `10.0.0.0/8`, `2001:db8::/32` | the addresses of this network, likewise; no name is looked up |
/// | `*` | every host |
#[derive(Clone, Debug, Default)]
pub struct NoProxy(Vec<Entry>);

/// An entry that no host can match. It was left out, so that the proxy is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NeverMatches {
    /// Which entry it is, from 1 on.
    pub entry: usize,
    /// What is wrong with it.
    pub reason: &'static str,
}

#[derive(Clone, Debug)]
struct Entry {
    hosts: Hosts,
    port: Option<u16>,
}

#[derive(Clone, Debug)]
enum Hosts {
    All,
    /// A name and everything below it.
    Domain(String),
    /// Only what is below a name.
    Below(String),
    /// The addresses that begin like this one, for so many bits.
    Network(IpAddr, u32),
}

impl NoProxy {
    /// Reads a list; also says which entries can never match.
    pub fn parse(list: &str) -> (Self, Vec<NeverMatches>) {
        let (mut entries, mut never) = (Vec::new(), Vec::new());
        let written = list.split(|c: char| c == ',' || c.is_whitespace());
        for (before, text) in written.filter(|text| !text.is_empty()).enumerate() {
            match Entry::parse(text) {
                Some(entry) => entries.push(entry),
                None => never.push(NeverMatches { entry: before + 1, reason: reason(text) }),
            }
        }
        (Self(entries), never)
    }

    pub(crate) fn contains(&self, host: &Host, port: u16) -> bool {
        let at_port = |entry: &&Entry| entry.port.is_none_or(|only| only == port);
        self.0.iter().filter(at_port).any(|entry| entry.hosts.contain(host))
    }
}

impl Entry {
    fn parse(text: &str) -> Option<Self> {
        if text == "*" {
            return Some(Self { hosts: Hosts::All, port: None });
        }
        if let Some((ip, bits)) = text.split_once('/') {
            let ip = ip.trim_start_matches('[').trim_end_matches(']').parse().ok()?;
            let digits = !bits.is_empty() && bits.bytes().all(|b| b.is_ascii_digit());
            let bits = bits.parse().ok().filter(|bits| digits && *bits <= width(ip))?;
            return Some(Self { hosts: Hosts::Network(ip, bits), port: None });
        }
        if let Ok(ip) = text.parse() {
            return Some(Self { hosts: Hosts::Network(ip, width(ip)), port: None });
        }
        let (below, rest) = match text.strip_prefix("*.") {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('.').unwrap_or(text)),
        };
        let (host, port) = Host::with_port(rest)?;
        let hosts = match host {
            Host::Ip(ip) if rest == text => Hosts::Network(ip, width(ip)),
            Host::Ip(_) => return None,
            Host::Name(name) if below => Hosts::Below(name),
            Host::Name(name) => Hosts::Domain(name),
        };
        Some(Self { hosts, port })
    }
}

impl Hosts {
    fn contain(&self, host: &Host) -> bool {
        let is_below = |host: &str, name: &str| {
            host.strip_suffix(name).is_some_and(|rest| rest.len() > 1 && rest.ends_with('.'))
        };
        match (self, host) {
            (Self::All, _) => true,
            (Self::Domain(name), Host::Name(host)) => host == name || is_below(host, name),
            (Self::Below(name), Host::Name(host)) => is_below(host, name),
            (Self::Network(network, bits), Host::Ip(ip)) => {
                let (ip_bits, ip_width) = (number(*ip), width(*ip));
                // A shift by the whole width is none, and means every address.
                let differing = (ip_bits ^ number(*network)).checked_shr(ip_width - bits);
                ip_width == width(*network) && differing.unwrap_or(0) == 0
            }
            (Self::Domain(_) | Self::Below(_), Host::Ip(_))
            | (Self::Network(..), Host::Name(_)) => false,
        }
    }
}

/// In bits.
fn width(ip: IpAddr) -> u32 {
    if ip.is_ipv4() { 32 } else { 128 }
}

fn number(ip: IpAddr) -> u128 {
    match ip {
        IpAddr::V4(ip) => u32::from(ip).into(),
        IpAddr::V6(ip) => ip.into(),
    }
}

fn reason(text: &str) -> &'static str {
    if text.contains("://") {
        "it is a url; write the host alone"
    } else if text.contains('*') {
        "a * stands alone or in front, like *.example.com"
    } else if text.contains('/') {
        "it is no network like 10.0.0.0/8"
    } else {
        "it is no host name, address or network"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(list: &str, host: &str) -> bool {
        let (no_proxy, never) = NoProxy::parse(list);
        assert_eq!(never, [], "{list}");
        no_proxy.contains(&Host::parse(host).expect(host), 443)
    }

    #[test]
    fn the_table() {
        for (list, host, expected) in [
            ("", "api.vaddy.net", false),
            (" , ,", "api.vaddy.net", false),
            ("*", "api.vaddy.net", true),
            ("*", "10.0.0.1", true),
            ("a.example, *", "api.vaddy.net", true),
            ("vaddy.net", "vaddy.net", true),
            ("vaddy.net", "api.vaddy.net", true),
            ("vaddy.net", "a.api.vaddy.net", true),
            ("vaddy.net", "badvaddy.net", false),
            ("vaddy.net", "vaddy.net.evil.example", false),
            ("vaddy.net", "net", false),
            ("api.vaddy.net", "vaddy.net", false),
            ("VADDY.net", "api.Vaddy.Net", true),
            ("vaddy.net.", "api.vaddy.net", true),
            ("vaddy.net", "api.vaddy.net.", true),
            (".vaddy.net", "api.vaddy.net", true),
            (".vaddy.net", "vaddy.net", true),
            (".vaddy.net", "badvaddy.net", false),
            ("*.vaddy.net", "api.vaddy.net", true),
            ("*.vaddy.net", "a.api.vaddy.net", true),
            ("*.vaddy.net", "vaddy.net", false),
            ("*.vaddy.net", "badvaddy.net", false),
            ("vaddy.net:443", "api.vaddy.net", true),
            ("vaddy.net:8443", "api.vaddy.net", false),
            ("*.vaddy.net:443", "api.vaddy.net", true),
            (".vaddy.net:80", "api.vaddy.net", false),
            ("a.example,vaddy.net", "api.vaddy.net", true),
            ("a.example vaddy.net", "api.vaddy.net", true),
            ("a.example,\tvaddy.net\n", "api.vaddy.net", true),
            ("10.1.2.3", "10.1.2.3", true),
            ("10.1.2.3", "10.1.2.4", false),
            ("10.1.2.3:443", "10.1.2.3", true),
            ("10.1.2.3:80", "10.1.2.3", false),
            ("10.0.0.0/8", "10.255.0.1", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("10.1.2.3/8", "10.9.9.9", true),
            ("10.1.2.3/31", "10.1.2.2", true),
            ("10.1.2.3/32", "10.1.2.2", false),
            ("0.0.0.0/0", "203.0.113.1", true),
            ("0.0.0.0/0", "[2001:db8::1]", false),
            ("10.0.0.0/8", "api.vaddy.net", false),
            ("[2001:db8::1]", "[2001:db8::1]", true),
            ("[2001:DB8:0::1]:443", "[2001:db8::1]", true),
            ("[2001:db8::1]:80", "[2001:db8::1]", false),
            ("2001:db8::1", "[2001:db8::1]", true),
            ("2001:db8::/32", "[2001:db8:1::1]", true),
            ("2001:db8::/32", "[2001:db9::1]", false),
            ("[2001:db8::]/32", "[2001:db8:1::1]", true),
            ("::/0", "[2001:db8::1]", true),
            ("::/0", "10.0.0.1", false),
        ] {
            assert_eq!(matches(list, host), expected, "{list} {host}");
        }
    }

    #[test]
    fn what_can_never_match_is_left_out_and_said() {
        for text in [
            "https://vaddy.net",
            "vaddy.net/path",
            "a;b",
            "*vaddy.net",
            "api.*.net",
            "10.1.*",
            "**",
            "*.",
            ".",
            "*:443",
            "10.0.0.0/33",
            "10.0.0.0/",
            "10.0.0.0/+8",
            "2001:db8::/129",
            "10.0.0/8",
            "10.1.2",
            ".10.1.2.3",
            "*.10.1.2.3",
            "vaddy.net:",
            "vaddy.net:0",
            "vaddy.net:65536",
            "[vaddy.net]",
            "[::1",
            "<local>",
            "vaddy..net",
            "vädd.net",
            "user@vaddy.net",
        ] {
            let (no_proxy, never) = NoProxy::parse(&format!("a.example,{text} b.example"));
            assert_eq!(never.len(), 1, "{text}");
            assert_eq!((never[0].entry, no_proxy.0.len()), (2, 2), "{text}");
        }
        let (_, never) = NoProxy::parse("https://vaddy.net *vaddy.net a/b a;b");
        assert_eq!(never.iter().map(|never| never.entry).collect::<Vec<_>>(), [1, 2, 3, 4]);
        assert_eq!(never[0].reason, "it is a url; write the host alone");
    }
}
