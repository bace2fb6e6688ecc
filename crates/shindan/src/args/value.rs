//! Arguments and variables are checked here, before anything is sent. An error never repeats its value.

use std::{fmt, str::FromStr, time::Duration};

use clap::ValueEnum;
use shindan_report::sink::acts;
use vaddy_model::{CrawlId, ScanId, ScanType};
use wsc_model::{InstanceNo, Site};

/// Text without characters that do something else than show themselves.
pub(crate) fn text(text: &str) -> Result<String, String> {
    if text.contains(acts) {
        return Err("it contains a control or invisible character; remove it".to_owned());
    }
    if text.trim().is_empty() {
        return Err("it is empty; leave it out instead".to_owned());
    }
    Ok(text.to_owned())
}

/// A number that is written with digits alone.
pub(crate) fn digits(text: &str) -> Result<u64, String> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let number = digits.then(|| text.parse().ok()).flatten();
    number.ok_or_else(|| "it is not a number; write it with digits alone".to_owned())
}

/// A number that is not zero.
pub(crate) fn at_least_one(text: &str) -> Result<u64, String> {
    match digits(text)? {
        0 => Err("it is at least 1".to_owned()),
        number => Ok(number),
    }
}

/// A whole number from 0 to 100.
pub(crate) fn percent(text: &str) -> Result<u32, String> {
    let percent = digits(text)?;
    let percent = u32::try_from(percent).ok().filter(|percent| *percent <= 100);
    percent.ok_or_else(|| "it is not between 0 and 100".to_owned())
}

/// A file within the project.
pub(crate) fn project_path(path: &str) -> Result<String, String> {
    let path = text(path)?;
    let leaves = path.split('/').any(|part| part == "..");
    if path.starts_with('/') || path.contains(['\\', ':']) || leaves {
        return Err("it is not a file within the project, like src/routes/search.rs".to_owned());
    }
    Ok(path)
}

/// A host name, with or without a port.
pub(crate) fn host(host: &str) -> Result<String, String> {
    let (name, port) = host.split_once(':').map_or((host, None), |(name, port)| (name, Some(port)));
    let of_name = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'.';
    let is_name = (1..=253).contains(&name.len()) && name.bytes().all(of_name);
    let is_port = |port| digits(port).is_ok_and(|port| (1..=65_535).contains(&port));
    if is_name && port.is_none_or(is_port) {
        Ok(host.to_owned())
    } else {
        Err("it is not a host name like www.example.com, with or without a port".to_owned())
    }
}

/// The URL of a site to scan, without a password.
pub(crate) fn site_url(url: &str) -> Result<String, String> {
    if url.chars().count() > 2_000 {
        return Err("it is longer than 2,000 characters".to_owned());
    }
    let url = text(url)?;
    let wrong = || "it is not a url like https://www.example.com/".to_owned();
    let uri: http::Uri = url.parse().map_err(|_| wrong())?;
    let (Some("http" | "https"), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
        return Err(wrong());
    };
    if authority.as_str().contains('@') {
        return Err("it contains a user name or a password; remove them".to_owned());
    }
    Ok(url)
}

/// One of the texts that a vendor documents.
pub(crate) fn known<T: for<'a> From<&'a str>>(
    text: &str,
    is_known: impl Fn(&T) -> bool,
    all: &[&str],
) -> Result<T, String> {
    let value = T::from(text);
    if is_known(&value) { Ok(value) } else { Err(format!("it is none of: {}", all.join(", "))) }
}

/// One of the words that an option takes.
pub(crate) fn choice<T: ValueEnum>(text: &str) -> Result<T, String> {
    T::from_str(text, false).map_err(|_| {
        let all = T::value_variants().iter().filter_map(ValueEnum::to_possible_value);
        let names: Vec<_> = all.map(|value| value.get_name().to_owned()).collect();
        format!("it is none of: {}", names.join(", "))
    })
}

/// A word as it is said on the command line.
pub(crate) fn word(value: &impl ValueEnum) -> String {
    let value = value.to_possible_value();
    value.map_or_else(String::new, |value| value.get_name().to_owned())
}

/// The name of a variable.
pub(crate) fn variable(name: &str) -> Result<String, String> {
    let of_name = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    if name.bytes().all(of_name) && name.bytes().next().is_some_and(|b| !b.is_ascii_digit()) {
        Ok(name.to_owned())
    } else {
        Err("it is not the name of a variable like SHOP_SESSION".to_owned())
    }
}

/// A cloud of NAVER.
pub(crate) fn site(name: &str) -> Result<Site, String> {
    match name {
        "public" => Ok(Site::Public),
        "gov" => Ok(Site::Gov),
        "fin" => Ok(Site::Fin),
        _ => Err("it is none of: public, gov, fin".to_owned()),
    }
}

/// A host, or with `*.` in front all hosts below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HostPattern {
    name: String,
    below: bool,
}

impl HostPattern {
    /// Whether it means this host; the case does not matter.
    pub(crate) fn matches(&self, host: &str) -> bool {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        if self.below {
            host.strip_suffix(&self.name).is_some_and(|rest| rest.len() > 1 && rest.ends_with('.'))
        } else {
            host == self.name
        }
    }
}

impl fmt::Display for HostPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.below { "*." } else { "" }, self.name)
    }
}

/// Reads `www.example.com` and `*.example.com`.
pub(crate) fn host_pattern(text: &str) -> Result<HostPattern, String> {
    let (below, name) = match text.strip_prefix("*.") {
        Some(name) => (true, name),
        None => (false, text),
    };
    if name.contains(':') || host(name).is_err() {
        return Err(
            "it is not a host like www.example.com or *.example.com, without a port".to_owned()
        );
    }
    Ok(HostPattern { name: name.to_ascii_lowercase(), below })
}

/// One type of scan; the service knows which ones the plan covers.
pub(crate) fn scan_type(text: &str) -> Result<ScanType, String> {
    let text = text.trim();
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_alphabetic() || b == b'_') {
        return Err(format!("a scan type is a word like {}", ScanType::KNOWN[0]));
    }
    Ok(ScanType::from(text))
}

/// Types of scan, joined by commas.
pub(crate) fn scan_types(list: &str) -> Result<Vec<ScanType>, String> {
    list.split(',').map(scan_type).collect()
}

/// A crawl, as somebody names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum CrawlChoice {
    /// All digits.
    Id(CrawlId),
    /// Everything else: a part of a label.
    Label(String),
}

pub(crate) fn crawl(choice: &str) -> Result<CrawlChoice, String> {
    if choice.bytes().all(|b| b.is_ascii_digit()) && !choice.is_empty() {
        digits(choice).map(CrawlChoice::Id)
    } else {
        text(choice).map(CrawlChoice::Label)
    }
}

/// A run or a scan, as somebody names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ScanName {
    /// The beginning of a run's id.
    Run(String),
    /// A WSC job.
    Wsc(InstanceNo),
    /// A VAddy scan.
    Vaddy(ScanId),
}

impl FromStr for ScanName {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        match name.split_once(':') {
            Some(("wsc", no)) => no.parse().map(Self::Wsc).map_err(|error| format!("{error}")),
            Some(("vaddy", id)) => id.parse().map(Self::Vaddy).map_err(|error| format!("{error}")),
            Some(_) => Err("it is neither a run, nor wsc:NUMBER, nor vaddy:ID".to_owned()),
            None => text(name).map(Self::Run),
        }
    }
}

/// A time span like `90s`, `15m` or `4h`, up to 30 days.
pub(crate) fn span(text: &str) -> Result<Duration, String> {
    const MOST: u64 = 30 * 24 * 3_600;
    let wrong = || "it is not a duration like 90s, 15m or 4h, at most 720h".to_owned();
    let (number, unit) = text.split_at_checked(text.len().saturating_sub(1)).ok_or_else(wrong)?;
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        _ => return Err(wrong()),
    };
    let seconds = digits(number).ok().and_then(|number| number.checked_mul(seconds));
    seconds.filter(|seconds| *seconds <= MOST).map(Duration::from_secs).ok_or_else(wrong)
}

/// As [`span`] reads it.
pub(crate) fn span_text(span: Duration) -> String {
    match span.as_secs() {
        seconds if seconds == 0 || seconds % 60 != 0 => format!("{seconds}s"),
        seconds if seconds % 3_600 != 0 => format!("{}m", seconds / 60),
        seconds => format!("{}h", seconds / 3_600),
    }
}

/// The token of an HTTP method, in upper case.
pub(crate) fn method(text: &str) -> Result<String, String> {
    let method = text.to_ascii_uppercase();
    if !method.is_empty() && method.bytes().all(|b| b.is_ascii_uppercase()) {
        Ok(method)
    } else {
        Err("it is not a method like GET".to_owned())
    }
}

/// What stands after the host on the wire.
pub(crate) fn path_and_query(text: &str) -> Result<String, String> {
    if text.starts_with('/') && text.bytes().all(|b| b.is_ascii_graphic() && b != b'#') {
        Ok(text.to_owned())
    } else {
        Err("it is not a path and query as they are sent, like /api/v1/jobs?page=1".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans() {
        for (text, seconds) in
            [("90s", 90), ("15m", 900), ("4h", 14_400), ("0s", 0), ("720h", 2_592_000)]
        {
            assert_eq!(span(text), Ok(Duration::from_secs(seconds)));
            assert_eq!(span(&span_text(Duration::from_secs(seconds))), span(text));
        }
        for text in [
            "",
            "s",
            "90",
            "-1s",
            "+1s",
            "1.5h",
            "1d",
            "4h ",
            "721h",
            "99999999999999999999h",
            "1é",
        ] {
            assert!(span(text).is_err(), "{text}");
        }
    }

    #[test]
    fn sites() {
        for url in ["http://a", "https://www.example.com/", "https://[::1]:8443/a?b=c"] {
            assert_eq!(site_url(url).as_deref(), Ok(url));
        }
        for url in [
            "",
            " ",
            "www.example.com",
            "/a",
            "ftp://a",
            "https://user:canary@a/",
            "https://a/\r\nX: y",
            "https://a/\0",
            "https:///a",
            "https://a b/",
            "https://a/\u{202e}",
            &format!("https://a/{}", "a".repeat(2_000)),
        ] {
            let error = site_url(url).unwrap_err();
            assert!(!error.contains("canary"));
        }
    }

    #[test]
    fn hosts() {
        let longest = "a".repeat(253);
        for name in ["h", "www.example.com", "www-1.example.jp:8443", &longest] {
            assert_eq!(host(name).as_deref(), Ok(name));
        }
        for name in [
            "",
            ":1",
            "h:",
            "h:0",
            "h:65536",
            "h:1:2",
            "https://h",
            "h/a",
            "h a",
            "é",
            "$(h)",
            &format!("{longest}a"),
        ] {
            assert!(host(name).is_err(), "{name}");
        }
    }

    #[test]
    fn patterns_of_hosts() {
        for (pattern, host, matches) in [
            ("www.example.com", "WWW.example.com", true),
            ("www.example.com", "www.example.com.", true),
            ("WWW.example.com", "www.example.com", true),
            ("www.example.com", "a.www.example.com", false),
            ("*.example.com", "www.example.com", true),
            ("*.example.com", "a.b.example.com", true),
            ("*.example.com", "example.com", false),
            ("*.example.com", ".example.com", false),
            ("*.example.com", "badexample.com", false),
            ("*.example.com", "example.com.evil.test", false),
            ("127.0.0.1", "127.0.0.1", true),
        ] {
            assert_eq!(host_pattern(pattern).unwrap().matches(host), matches, "{pattern} {host}");
        }
        for pattern in ["", "*", "*.", "**.a", "a.*.b", "https://a", "a:443", "a/b"] {
            assert!(host_pattern(pattern).is_err(), "{pattern}");
        }
    }

    #[test]
    fn crawls() {
        assert_eq!(crawl("30"), Ok(CrawlChoice::Id(30)));
        assert_eq!(crawl("30a"), Ok(CrawlChoice::Label("30a".to_owned())));
        for choice in ["", "99999999999999999999", "a\nb"] {
            assert!(crawl(choice).is_err(), "{choice}");
        }
    }

    #[test]
    fn types() {
        assert_eq!(scan_types("SQLI, xss").unwrap(), [ScanType::Sqli, ScanType::Xss]);
        for list in ["", "SQLI,", "SQLI;XSS", "a b"] {
            assert!(scan_types(list).is_err(), "{list}");
        }
    }

    #[test]
    fn what_is_signed() {
        assert_eq!(method("get").as_deref(), Ok("GET"));
        assert!(method("GET /").is_err() && method("").is_err());
        assert!(path_and_query("/a?b=%20").is_ok());
        for uri in ["", "a", "/a b", "/a\n", "/é", "/a#b", "https://h/a"] {
            assert!(path_and_query(uri).is_err(), "{uri}");
        }
    }
}
