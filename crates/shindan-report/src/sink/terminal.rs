use super::visible;

/// One line on a terminal.
///
/// Whatever could move the cursor, reorder or hide text is visible, line breaks too: no text can forge a line
/// of ours. The rule is that of CVE-2024-52005 and of Unicode's UTS 55 for text from others.
pub fn terminal(text: &str) -> String {
    visible(text, |_, c| acts(c))
}

/// Whether a character does something else than show itself.
pub fn acts(c: char) -> bool {
    c.is_control()
        || matches!(c,
            // Direction.
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
            // No width.
            | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}'
            // Line and paragraph.
            | '\u{2028}' | '\u{2029}'
            // Tags.
            | '\u{e0000}'..='\u{e007f}'
            // Private use.
            | '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{ffffd}' | '\u{100000}'..='\u{10fffd}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_shows_what_acts_and_what_looks_like_it() {
        assert_eq!(
            terminal("a\u{1b}[2J\r\n\u{202e}한 \\x"),
            "a\\u{1b}[2J\\u{d}\\u{a}\\u{202e}한 \\x"
        );
        assert_eq!(terminal("\\u{1b} \\\u{1b}"), "\\u{5c}u{1b} \\\\u{1b}");
    }
}
