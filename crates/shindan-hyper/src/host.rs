//! A host as people write it: a name or an address, with or without a port.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Host {
    Ip(IpAddr),
    /// In lower case, without a dot at its end.
    Name(String),
}

impl Host {
    /// An IPv6 address stands in brackets, as in a URL.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if let Some(ip) = text.strip_prefix('[') {
            return Some(Self::Ip(ip.strip_suffix(']')?.parse::<Ipv6Addr>().ok()?.into()));
        }
        if let Ok(ip) = text.parse::<Ipv4Addr>() {
            return Some(Self::Ip(ip.into()));
        }
        let name = text.strip_suffix('.').unwrap_or(text);
        let of_label = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        let is_label = |label: &str| !label.is_empty() && label.bytes().all(of_label);
        // What ends in a number is an address to a resolver, however it is spelled.
        let last = name.rsplit('.').next().unwrap_or_default();
        let is_number = last.bytes().all(|b| b.is_ascii_digit()) || last.starts_with("0x");
        let is_name = name.len() <= 253 && name.split('.').all(is_label) && !is_number;
        is_name.then(|| Self::Name(name.to_ascii_lowercase()))
    }

    /// The same with a port behind it, or without.
    pub(crate) fn with_port(text: &str) -> Option<(Self, Option<u16>)> {
        let end = text.find(']').map_or(0, |end| end + 1);
        match text[end..].find(':') {
            None => Some((Self::parse(text)?, None)),
            Some(colon) => {
                let (host, port) = text.split_at(end + colon);
                Some((Self::parse(host)?, Some(port_number(&port[1..])?)))
            }
        }
    }
}

fn port_number(text: &str) -> Option<u16> {
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|port| digits && *port != 0)
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ip(IpAddr::V6(ip)) => write!(f, "[{ip}]"),
            Self::Ip(ip) => write!(f, "{ip}"),
            Self::Name(name) => f.write_str(name),
        }
    }
}
