//! What a service sent and nobody could read, kept for whoever looks into it, without what is secret.

use serde_json::Value;

use crate::secrets::redact_json;

/// Keys whose values are secrets of the scanned site or of whoever asked, in lowercase.
const SECRET: [&str; 6] =
    ["login_info", "headers", "cookie", "set-cookie", "authorization", "auth_key"];

/// The JSON without secrets; `None` if it is no JSON, or nested too deeply to be looked through.
pub(crate) fn scrubbed(body: &[u8]) -> Option<String> {
    let mut value = serde_json::from_slice(body).ok()?;
    scrub(&mut value);
    serde_json::to_string_pretty(&value).ok().map(|json| redact_json(&json))
}

fn scrub(value: &mut Value) {
    match value {
        Value::Object(object) => {
            object.retain(|key, _| !SECRET.contains(&&*key.to_ascii_lowercase()));
            object.values_mut().for_each(scrub);
        }
        Value::Array(list) => list.iter_mut().for_each(scrub),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_left_out_wherever_they_stand() {
        let body = br#"{"a":[{"LOGIN_INFO":"canary-1","b":{"Cookie":["canary-2"],"c":1}}]}"#;
        let kept = scrubbed(body).unwrap();
        assert!(!kept.contains("canary") && kept.contains("\"c\": 1"), "{kept}");
        assert_eq!(scrubbed(b"<html>"), None);
    }
}
