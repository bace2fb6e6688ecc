//! Text from the network on its way to a terminal: what could act is made visible, and no secret is.

use std::sync::atomic::{AtomicBool, Ordering};

use shindan_report::sink;

use crate::secrets::{redact, redact_json};

/// Whether a pipeline reads what is printed and takes some of it for commands.
static IS_A_CI_LOG: AtomicBool = AtomicBool::new(false);

/// From now on nothing that is printed can be a command of a pipeline.
pub(crate) fn print_into_a_ci_log() {
    IS_A_CI_LOG.store(true, Ordering::Relaxed);
}

/// Escapes for a terminal or the log of a pipeline, without secrets.
pub(crate) fn escape(text: &str) -> String {
    let text = redact(text);
    if IS_A_CI_LOG.load(Ordering::Relaxed) {
        sink::actions_log(&text)
    } else {
        sink::terminal(&text)
    }
}

/// Escapes JSON for a terminal without changing its meaning, without secrets.
pub(crate) fn escape_json(json: &str) -> String {
    sink::json_visible(&redact_json(json))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The table of the threat model, written as numbers.
    fn dangerous(n: u32) -> bool {
        const RANGES: [(u32, u32); 15] = [
            (0x00, 0x1f),
            (0x7f, 0x7f),
            (0x80, 0x9f),
            (0x61c, 0x61c),
            (0x200b, 0x200f),
            (0x2028, 0x2029),
            (0x202a, 0x202e),
            (0x2060, 0x2060),
            (0x2066, 0x2069),
            (0xfeff, 0xfeff),
            (0xe000, 0xf8ff),
            (0xe0000, 0xe007f),
            (0xf0000, 0xffffd),
            (0x10_0000, 0x10_fffd),
            (0x11_0000, u32::MAX),
        ];
        RANGES.iter().any(|&(from, to)| (from..=to).contains(&n))
    }

    #[test]
    fn every_scalar_value() {
        for n in 0..=0x10_ffff_u32 {
            let Some(c) = char::from_u32(n) else { continue };
            let expected = if dangerous(n) { format!("\\u{{{n:x}}}") } else { String::from(c) };
            assert_eq!(escape(&c.to_string()), expected);
        }
    }

    proptest! {
        #[test]
        fn json_keeps_its_meaning(text in any::<String>(), c in any::<char>()) {
            let value = serde_json::json!({ "text": text, "c": c });
            let escaped = escape_json(&serde_json::to_string_pretty(&value).unwrap());
            prop_assert_eq!(serde_json::from_str::<serde_json::Value>(&escaped).unwrap(), value);
            prop_assert!(!escaped.chars().any(|c| dangerous(c.into())));
        }
    }
}
