//! What must never be shown, whoever says it: kept where the variables are read, replaced where text
//! leaves.

use std::{
    cmp::Reverse,
    sync::{Mutex, PoisonError},
};

/// The longest come first, so that no secret leaves the rest of another one.
static SECRETS: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// What stands where one was.
pub(crate) const SHOWN: &str = "(redacted)";
/// In bytes. Anything shorter is no secret, and without it nothing could be read.
const SHORTEST: usize = 4;
/// A signature is the base64 of 32 bytes: this many characters and a `=`.
const SIGNATURE: usize = 43;
/// In characters.
const LONGEST_QUOTE: usize = 300;

/// From now on these are never shown, nor as a string of JSON has them: a server may echo the body that it was sent.
pub(crate) fn keep<'a>(secrets: impl Iterator<Item = &'a str>) {
    let mut kept = SECRETS.lock().unwrap_or_else(PoisonError::into_inner);
    for secret in secrets.filter(|secret| secret.len() >= SHORTEST) {
        let json = serde_json::to_string(secret).unwrap_or_default();
        let in_json = json.get(1..json.len().saturating_sub(1)).unwrap_or(secret);
        kept.extend((in_json != secret).then(|| in_json.to_owned()));
        kept.push(secret.to_owned());
    }
    kept.sort_by_key(|secret| Reverse(secret.len()));
}

/// The text without any of them.
pub(crate) fn redact(text: &str) -> String {
    let kept = SECRETS.lock().unwrap_or_else(PoisonError::into_inner);
    kept.iter().fold(text.to_owned(), |text, secret| text.replace(secret, SHOWN))
}

/// A JSON document without any of them in its strings; a number of ours is no secret of theirs.
pub(crate) fn redact_json(json: &str) -> String {
    let (mut out, mut rest) = (String::with_capacity(json.len()), json);
    while let Some((between, string)) = rest.split_once('"') {
        let mut escaped = false;
        let end = string.bytes().position(|b| {
            let ends = b == b'"' && !escaped;
            escaped = b == b'\\' && !escaped;
            ends
        });
        let (string, after) = string.split_at(end.unwrap_or(string.len()));
        out.extend([between, "\"", &redact(string), "\""]);
        rest = after.strip_prefix('"').unwrap_or_default();
    }
    out + rest
}

/// A vendor's text within a line of ours: short, and without a signature that it may have echoed.
pub(crate) fn quote(text: &str) -> String {
    let mut quote = without_signatures(&redact(text));
    if let Some((end, _)) = quote.char_indices().nth(LONGEST_QUOTE) {
        quote.truncate(end);
        quote.push_str("..");
    }
    quote
}

fn without_signatures(text: &str) -> String {
    let of_base64 = |c: char| c.is_ascii_alphanumeric() || c == '+' || c == '/';
    let part = |part: &str| {
        let signed =
            part.strip_suffix('=').map(|signed| (signed, signed.trim_end_matches(of_base64)));
        match signed {
            Some((signed, before)) if signed.len() - before.len() >= SIGNATURE => {
                format!("{before}{SHOWN}")
            }
            _ => part.to_owned(),
        }
    };
    text.split_inclusive('=').map(part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kept_secrets_are_replaced() {
        keep(["canary-kept", "canary-kept-longer", "abc", "90210777"].into_iter());
        assert_eq!(redact("canary-kept-longer, canary-kept, abc"), "(redacted), (redacted), abc");
        let json = r#"{"a\"canary-kept":"\\","b":90210777,"c":["é\\\"90210777",""]}"#;
        let shown = redact_json(json);
        assert_eq!(shown, r#"{"a\"(redacted)":"\\","b":90210777,"c":["é\\\"(redacted)",""]}"#);
    }

    #[test]
    fn signatures_are_replaced() {
        let signature = format!("{}+/=", "a1B2".repeat(10) + "x");
        assert_eq!(signature.len(), 44);
        assert_eq!(quote(&format!("v2: {signature}\nb=c=")), "v2: (redacted)\nb=c=");
        assert_eq!(quote(&signature[1..]), signature[1..]);
    }

    #[test]
    fn quotes_are_short() {
        let long = "é".repeat(LONGEST_QUOTE);
        assert_eq!(quote(&long), long);
        assert_eq!(quote(&format!("{long}é")), format!("{long}.."));
    }
}
