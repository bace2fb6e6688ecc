use super::{acts, visible};

/// Text or an attribute of an XML document; the writer still has to escape `&`, `<`, `>` and quotes.
///
/// The code points that XML 1.0 forbids (2.2, `Char`) are visible, and so is what [`acts`]: a reader would turn
/// line breaks and tabs of an attribute into spaces.
pub fn xml(text: &str) -> String {
    visible(text, |_, c| acts(c) || matches!(c, '\u{fffe}' | '\u{ffff}'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_forbids_is_visible() {
        assert_eq!(
            xml("\0\u{b}\u{fffe}\u{ffff}\r<&\u{fffd}"),
            "\\u{0}\\u{b}\\u{fffe}\\u{ffff}\\u{d}<&\u{fffd}"
        );
    }
}
