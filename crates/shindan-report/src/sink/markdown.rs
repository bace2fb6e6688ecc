use std::fmt::Write as _;

use super::{acts, visible};

/// Text within a line or a table cell of GitHub's or GitLab's Markdown.
///
/// Punctuation is escaped (GFM 6.1 and 6.2), so nothing becomes a link, a table, HTML or a command. What GitHub
/// looks for in the finished page, where escapes no longer count, is visible: `@`, the `#` of `#1`, the `-` of
/// `GH-1` and the first colon of `:name:`. White space at the beginning and the end is a reference.
pub fn markdown(text: &str) -> String {
    let text = visible(text, |at, c| acts(c) || is_found_later(&text[..at], c, &text[at..]));
    let (first, last) = (0, text.len() - text.chars().next_back().map_or(0, char::len_utf8));
    let mut out = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // A reader of tables may take the pipe behind `\\` for text.
            '\\' => out.push_str("&#92;"),
            '|' => out.push_str("&#124;"),
            _ if c.is_ascii_punctuation() => out.extend(['\\', c]),
            _ if c.is_whitespace() && (at == first || at == last) => {
                let _ = write!(out, "&#{};", u32::from(c));
            }
            _ => out.push(c),
        }
    }
    out
}

/// Whether this character, which begins `rest`, makes a mention, a reference or an emoji.
fn is_found_later(before: &str, c: char, rest: &str) -> bool {
    let after = rest.as_bytes().get(1..).unwrap_or_default();
    let is_number = after.first().is_some_and(u8::is_ascii_digit);
    match c {
        '@' => true,
        '#' => is_number,
        '-' => is_number && before.to_ascii_lowercase().ends_with("gh"),
        ':' => {
            let part = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'+' | b'-');
            let name = after.iter().take_while(part).count();
            name > 0 && after.get(name) == Some(&b':')
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_stays_text() {
        assert_eq!(markdown("[a](b) | <c> & `d`"), "\\[a\\]\\(b\\) &#124; &lt;c&gt; &amp; \\`d\\`");
        assert_eq!(markdown("https://www.a.example/"), "https\\:\\/\\/www\\.a\\.example\\/");
        assert_eq!(markdown(" a\n"), "&#32;a&#92;u\\{a\\}");
        assert_eq!(markdown(" "), "&#32;");
        assert_eq!(markdown("a b\u{3000}"), "a b&#12288;");
        assert_eq!(markdown(""), "");
    }

    #[test]
    fn what_github_looks_for_later_is_visible() {
        let seen = |hex: &str| format!("&#92;u\\{{{hex}\\}}");
        assert_eq!(markdown("@a"), format!("{}a", seen("40")));
        assert_eq!(markdown("#1 #a"), format!("{}1 \\#a", seen("23")));
        assert_eq!(markdown("Gh-1 a-1"), format!("Gh{}1 a\\-1", seen("2d")));
        assert_eq!(markdown(":+1: a:b"), format!("{}\\+1\\: a\\:b", seen("3a")));
        assert_eq!(markdown("a::b"), "a\\:\\:b");
    }
}
