//! One text wherever a summary can carry a text.

use serde_json::Value;
use shindan_report::Summary;

/// What is not free: fingerprints, days and words that are recognised.
const FIXED: [&str; 8] =
    ["fingerprint", "fixed", "severity", "state", "depth", "service", "until", "day"];

/// This text in the place of every text that is free.
pub(crate) fn in_text(summary: &Summary, text: &str) -> Summary {
    mapped(summary, &|_| text.to_owned())
}

/// Every text that is free, changed.
pub(crate) fn mapped(summary: &Summary, change: &dyn Fn(&str) -> String) -> Summary {
    let mut value = serde_json::to_value(summary).expect("a summary is JSON");
    walk(&mut value, change);
    serde_json::from_value(value).expect("it still is a summary")
}

fn walk(value: &mut Value, change: &dyn Fn(&str) -> String) {
    match value {
        Value::String(text) => *text = change(text),
        Value::Array(all) => all.iter_mut().for_each(|one| walk(one, change)),
        Value::Object(all) => {
            let free = all.iter_mut().filter(|(key, _)| !FIXED.contains(&key.as_str()));
            free.for_each(|(_, one)| walk(one, change));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// As long, and without any meaning.
pub(crate) fn harmless(text: &str) -> String {
    "a".repeat(text.chars().count())
}
