//! The form of an answer that the documents leave possible and the examples do not show.

use bytes::Bytes;
use serde_json::Value;

/// Texts that the vendors' tables call integers.
const INTEGERS: [&str; 5] = ["returnCode", "errorCode", "instanceNo", "crawl_cnt", "scan_cnt"];
/// Texts `from~to`, in older documents with spaces around the `~`.
const RANGES: [&str; 2] = ["Crawl_Time", "Scan_Time"];
/// Times with an offset.
const TIMES: [&str; 4] = ["start", "end", "start_time", "end_time"];

/// Rewrites a JSON body; another body is left as it is.
pub(crate) fn loosen(body: &mut Bytes) {
    if let Ok(mut document) = serde_json::from_slice::<Value>(body) {
        rewrite("", &mut document);
        *body = document.to_string().into();
    }
}

fn rewrite(key: &str, value: &mut Value) {
    match value {
        Value::Object(fields) => fields.iter_mut().for_each(|(key, value)| rewrite(key, value)),
        Value::Array(items) if items.is_empty() => *value = Value::Null,
        Value::Array(items) => items.iter_mut().for_each(|item| rewrite(key, item)),
        Value::Number(number) => *value = Value::String(number.to_string()),
        Value::String(text) if text.is_empty() => *value = Value::Null,
        Value::String(text) if INTEGERS.contains(&key) => {
            if let Ok(number) = text.parse::<u64>() {
                *value = number.into();
            }
        }
        Value::String(text) if RANGES.contains(&key) => *text = text.replace('~', " ~ "),
        Value::String(text) if TIMES.contains(&key) => *text = text.replace("+0000", "Z"),
        Value::String(_) | Value::Bool(_) | Value::Null => {}
    }
}
