use super::{acts, visible};

/// Text of an HTML element or of a quoted attribute, escaped.
///
/// `&`, `<`, `>` and both quotes are references (HTML, 13.3), and what HTML forbids in a document (13.2.3.5:
/// controls and noncharacters) is visible, and so is what [`acts`]. Line breaks and tabs stay.
pub fn html(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in visible(text, |_, c| is_forbidden(c)).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out
}

fn is_forbidden(c: char) -> bool {
    let n = u32::from(c);
    let is_noncharacter = n & 0xfffe == 0xfffe || (0xfdd0..=0xfdef).contains(&n);
    is_noncharacter || acts(c) && !matches!(c, '\n' | '\t')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_stays_text() {
        assert_eq!(
            html("<a b=\"c\" d='e'>&amp;"),
            "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;amp;"
        );
        assert_eq!(
            html("\0\r\n\t\u{202e}\u{fdd0}\u{1ffff}"),
            "\\u{0}\\u{d}\n\t\\u{202e}\\u{fdd0}\\u{1ffff}"
        );
    }
}
