use core::fmt;

use serde::{Deserialize, Deserializer, Serialize, de::Error};
use serde_json::value::RawValue;

/// JSON whose shape the vendor does not document, kept as it came.
///
/// It comes from a scanned site by way of a report, so it may hold secrets and attack payloads:
/// `Debug` shows only its size.
#[derive(Clone, Serialize)]
#[serde(transparent)]
pub struct Raw(Box<RawValue>);

/// How many lists and objects may be nested, so that whoever reads it later cannot be made to overflow.
const MAX_DEPTH: usize = 64;

impl Raw {
    /// The JSON text.
    pub fn as_json(&self) -> &str {
        self.0.get()
    }

    /// Reads it as a type of your own.
    pub fn read<'de, T: Deserialize<'de>>(&'de self) -> Result<T, serde_json::Error> {
        serde_json::from_str(self.as_json())
    }
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        if depth(raw.get()) > MAX_DEPTH {
            return Err(D::Error::custom(format_args!(
                "expected at most {MAX_DEPTH} nested lists and objects"
            )));
        }
        Ok(Self(raw))
    }
}

impl PartialEq for Raw {
    fn eq(&self, other: &Self) -> bool {
        self.as_json() == other.as_json()
    }
}

impl fmt::Debug for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Raw({} bytes)", self.as_json().len())
    }
}

/// The deepest nesting of a valid JSON text.
fn depth(json: &str) -> usize {
    let (mut depth, mut deepest, mut in_text, mut escaped) = (0usize, 0, false, false);
    for byte in json.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b'[' | b'{' if !in_text => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' if !in_text => depth -= 1,
            _ => {}
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nesting_is_bounded() {
        let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert!(serde_json::from_str::<Raw>(&nested(MAX_DEPTH)).is_ok());
        assert!(serde_json::from_str::<Raw>(&nested(MAX_DEPTH + 1)).is_err());
        assert_eq!(depth(r#"{"a":["}]\"[["]}"#), 2);
    }

    #[test]
    fn debug_shows_no_content() {
        let raw: Raw = serde_json::from_str(r#"{"cookie":"canary"}"#).unwrap();
        assert_eq!(format!("{raw:?}"), "Raw(19 bytes)");
    }
}
