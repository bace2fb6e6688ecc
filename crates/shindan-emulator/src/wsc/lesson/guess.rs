//! Tries what people sign by mistake until the signature fits.

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD},
};
use bytes::Bytes;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::{Request, header};
use percent_encoding::percent_decode_str;
use sha2::Sha256;

use super::Cause;
use crate::{
    keys::{WSC_ACCESS_KEY, WSC_SECRET_KEY},
    redact::redact,
};

/// Longer bodies are not tried.
const MOST_BODY: usize = 64 << 10;
/// How far apart two times are looked for that were meant to be one.
const MOST_MS_APART: u64 = 250;
/// How many mistakes may come together.
const MOST_MISTAKES: usize = 2;

/// A request with a timestamp and the published access key, whose signature is wrong.
pub(super) struct Sent<'a> {
    pub(super) request: &'a Request<Bytes>,
    pub(super) path_and_query: &'a str,
    pub(super) signed_ms: u64,
}

/// One part of what was signed: the right one, or a wrong one with the mistake that leads to it.
type Part = (String, Option<Cause>);

/// Finds the fewest mistakes that explain a signature, and the text that was signed, without secrets.
pub(super) fn guess(sent: &Sent<'_>, signature: &str) -> (Vec<Cause>, Option<String>) {
    let Some((mac, encoding)) = decode(signature) else { return (vec![Cause::Encoding], None) };
    let body = sent.body();
    let parts = [methods(sent), paths(sent), times(sent), tails(body), secrets()];
    for most in 0..=MOST_MISTAKES {
        let mut chosen = Vec::new();
        if choose(&parts, most, &mut chosen, &mut |chosen| is_mac(&mac, chosen))
            && let [method, path, time, tail, _] = chosen[..]
        {
            let causes = chosen.iter().filter_map(|part| part.1).chain(encoding).collect();
            let tail = if tail.1 == Some(Cause::Body) { "\n<body>" } else { &tail.0 };
            let (method, path, time) = (&method.0, redact(&path.0), &time.0);
            return (causes, Some(format!("{method} {path}\n{time}\n{WSC_ACCESS_KEY}{tail}")));
        }
    }
    if let Some(text) = with_another_time(sent, &mac) {
        return ([Cause::TimeTwice].into_iter().chain(encoding).collect(), Some(text));
    }
    match body {
        Some(body) if hmac(WSC_SECRET_KEY, body) == mac => {
            (vec![Cause::Body], Some("<body>".to_owned()))
        }
        _ => (vec![Cause::Unexplained], None),
    }
}

/// The right text but for a time that was taken shortly before or after.
fn with_another_time(sent: &Sent<'_>, mac: &[u8]) -> Option<String> {
    let (method, path) = (sent.request.method(), sent.path_and_query);
    let near = (1..=MOST_MS_APART)
        .flat_map(|ms| [sent.signed_ms.saturating_sub(ms), sent.signed_ms.saturating_add(ms)]);
    let text = |path: &str, ms| format!("{method} {path}\n{ms}\n{WSC_ACCESS_KEY}");
    let mut right = near.filter(|ms| hmac(WSC_SECRET_KEY, &text(path, *ms)) == mac);
    right.next().map(|ms| text(&redact(path), ms))
}

/// Chooses one of each kind of part with so many mistakes at most, until they are the right ones.
fn choose<'a>(
    parts: &'a [Vec<Part>],
    most: usize,
    chosen: &mut Vec<&'a Part>,
    are_right: &mut impl FnMut(&[&Part]) -> bool,
) -> bool {
    let Some((ways, rest)) = parts.split_first() else { return are_right(chosen) };
    ways.iter().any(|way| {
        let Some(left) = most.checked_sub(way.1.is_some().into()) else { return false };
        chosen.push(way);
        let found = choose(rest, left, chosen, are_right);
        if !found {
            chosen.pop();
        }
        found
    })
}

fn is_mac(mac: &[u8], chosen: &[&Part]) -> bool {
    let [method, path, time, tail, secret] = chosen else { return false };
    let text = format!("{} {}\n{}\n{WSC_ACCESS_KEY}{}", method.0, path.0, time.0, tail.0);
    hmac(&secret.0, &text) == mac
}

fn hmac(secret: &str, text: &str) -> Vec<u8> {
    let mut hmac =
        Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes a key of any length");
    hmac.update(text.as_bytes());
    hmac.finalize().into_bytes().to_vec()
}

/// The 32 bytes of a signature, and the mistake if they are written in another way.
fn decode(signature: &str) -> Option<(Vec<u8>, Option<Cause>)> {
    let is_whole = |mac: &Vec<u8>| mac.len() == 32;
    if let Some(mac) = STANDARD.decode(signature).ok().filter(is_whole) {
        return Some((mac, None));
    }
    let hex = || {
        let digits: Vec<u8> =
            signature.chars().map(|c| c.to_digit(16)?.try_into().ok()).collect::<Option<_>>()?;
        Some(digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect::<Vec<u8>>())
    };
    let others = [STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD];
    let other = others.iter().find_map(|form| form.decode(signature).ok().filter(is_whole));
    other.or_else(|| hex().filter(is_whole)).map(|mac| (mac, Some(Cause::Encoding)))
}

fn methods(sent: &Sent<'_>) -> Vec<Part> {
    let method = sent.request.method().as_str();
    let others = ["GET", "POST", "PUT", "PATCH"].into_iter().filter(|other| *other != method);
    let others = others.map(|other| (other.to_owned(), Some(Cause::OtherMethod)));
    let lower = (method.to_ascii_lowercase(), Some(Cause::LowerCaseMethod));
    [(method.to_owned(), None), lower].into_iter().chain(others).collect()
}

fn paths(sent: &Sent<'_>) -> Vec<Part> {
    let whole = sent.path_and_query;
    let mut paths: Vec<Part> = vec![(whole.to_owned(), None)];
    let mut add = |path: String, cause| {
        if paths.iter().all(|(known, _)| *known != path) {
            paths.push((path, Some(cause)));
        }
    };
    let (path, query) = whole.split_once('?').unwrap_or((whole, ""));
    if query.is_empty() {
        add(path.to_owned(), Cause::QuestionMark);
        add(format!("{path}?"), Cause::QuestionMark);
    } else {
        add(path.to_owned(), Cause::QueryLeftOut);
        let mut pairs: Vec<&str> = query.split('&').collect();
        pairs.reverse();
        add(format!("{path}?{}", pairs.join("&")), Cause::QueryReordered);
        pairs.sort_unstable();
        add(format!("{path}?{}", pairs.join("&")), Cause::QueryReordered);
    }
    for text in reencoded(path, query) {
        add(text, Cause::Reencoded);
    }
    if let Some(host) = sent.host() {
        for scheme in ["https://", "http://", ""] {
            add(format!("{scheme}{host}{whole}"), Cause::FullUrl);
        }
    }
    if let Some(rest) = whole.strip_prefix("/api/v1") {
        add(rest.to_owned(), Cause::BasePathLeftOut);
    }
    add("/photos/puppy.jpg?query1=&query2".to_owned(), Cause::SamplePath);
    paths
}

/// Decoded, encoded as forms are, with `%20` for spaces, and with hexadecimal digits of the other case.
fn reencoded(path: &str, query: &str) -> [String; 5] {
    let join = |path: &str, query: &str| match query {
        "" => path.to_owned(),
        query => format!("{path}?{query}"),
    };
    let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let form = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(form_urlencoded::parse(query.as_bytes()))
        .finish();
    [
        join(&decoded(path), &decoded(query)),
        join(path, &form),
        join(path, &form.replace('+', "%20")),
        with_digits(&join(path, query), u8::to_ascii_lowercase),
        with_digits(&join(path, query), u8::to_ascii_uppercase),
    ]
}

/// Changes the case of the two digits after each percent sign.
fn with_digits(text: &str, case: fn(&u8) -> u8) -> String {
    let mut pieces = text.split('%');
    let mut changed = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (digits, rest) = piece.split_at_checked(2).unwrap_or((piece, ""));
        changed.push('%');
        changed.extend(digits.bytes().map(|digit| char::from(case(&digit))));
        changed.push_str(rest);
    }
    changed
}

fn times(sent: &Sent<'_>) -> Vec<Part> {
    let seconds = (sent.signed_ms / 1_000).to_string();
    vec![(sent.signed_ms.to_string(), None), (seconds, Some(Cause::Seconds))]
}

/// What may follow the access key.
fn tails(body: Option<&str>) -> Vec<Part> {
    let mut tails = vec![(String::new(), None), ("\n".to_owned(), Some(Cause::LineBreak))];
    tails.extend(body.map(|body| (format!("\n{body}"), Some(Cause::Body))));
    tails
}

/// The secret key, and what is taken for it.
fn secrets() -> Vec<Part> {
    vec![
        (WSC_SECRET_KEY.to_owned(), None),
        (format!("{WSC_SECRET_KEY}\n"), Some(Cause::SecretKey)),
        (WSC_ACCESS_KEY.to_owned(), Some(Cause::SecretKey)),
    ]
}

impl Sent<'_> {
    fn host(&self) -> Option<&str> {
        let host = self.request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
        host.or_else(|| self.request.uri().authority().map(http::uri::Authority::as_str))
    }

    fn body(&self) -> Option<&str> {
        let body = str::from_utf8(self.request.body()).ok()?;
        (1..=MOST_BODY).contains(&body.len()).then_some(body)
    }
}
