use super::{acts, visible};

/// A code span within a line or a table cell of Markdown, for addresses and names that are to be copied.
///
/// It stands between more backticks than the text has in a row (GFM 6.3), and `|` is visible, because only a
/// table knows an escape for it there (GFM 4.10). Nothing is looked for in it later. There is no empty one.
pub fn markdown_code(text: &str) -> String {
    let text = visible(text, |_, c| acts(c) || c == '|');
    if text.is_empty() {
        return text;
    }
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    let is_edge = |c: char| matches!(c, '`' | ' ');
    let is_stripped =
        (text.starts_with(is_edge) || text.ends_with(is_edge)) && text.chars().any(|c| c != ' ');
    let pad = if is_stripped { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_stays_code() {
        for (text, code) in [
            ("a", "`a`"),
            ("a``b", "```a``b```"),
            ("`", "`` ` ``"),
            (" a ", "`  a  `"),
            ("`a", "`` `a ``"),
            ("a ", "` a  `"),
            ("  ", "`  `"),
            ("a|b\n", "`a\\u{7c}b\\u{a}`"),
            ("", ""),
        ] {
            assert_eq!(markdown_code(text), code);
        }
    }
}
