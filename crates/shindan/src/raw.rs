//! What a service sent and nobody could read, kept for whoever looks into it, without what is secret.

use serde_json::Value;

use crate::secrets::redact_json;

/// What stands in the keys of secrets, of the scanned site or of whoever asked; only letters count, in lowercase.
const SECRET: [&str; 9] = [
    "logininfo",
    "header",
    "cookie",
    "authorization",
    "token",
    "password",
    "secret",
    "key",
    "verificationcode",
];

/// The JSON without secrets; `None` if it is no JSON, or nested too deeply to be looked through.
pub(crate) fn scrubbed(body: &[u8]) -> Option<String> {
    let mut value = serde_json::from_slice(body).ok()?;
    scrub(&mut value);
    serde_json::to_string_pretty(&value).ok().map(|json| redact_json(&json))
}

fn scrub(value: &mut Value) {
    match value {
        Value::Object(object) => {
            object.retain(|key, _| !is_secret(key));
            object.values_mut().for_each(scrub);
        }
        Value::Array(list) => list.iter_mut().for_each(scrub),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn is_secret(key: &str) -> bool {
    let letters = key.chars().filter(char::is_ascii_alphabetic).map(|c| c.to_ascii_lowercase());
    let key: String = letters.collect();
    SECRET.iter().any(|secret| key.contains(secret))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_left_out_wherever_they_stand() {
        let body = br#"{"a":[{"Login-Info":"canary-1","b":{"Cookies":["canary-2"],"X-API-KEY":"canary-3","c":1}}]}"#;
        let kept = scrubbed(body).unwrap();
        assert!(!kept.contains("canary") && kept.contains("\"c\": 1"), "{kept}");
        assert_eq!(scrubbed(b"<html>"), None);
    }
}
