use super::{acts, visible};

/// A cell of a CSV file; the writer has to quote every field.
///
/// A cell that a spreadsheet would calculate begins with `'` (OWASP, CSV Injection), also if its sign is
/// full-width or stands behind white space. A cell that begins with `'` gets another one, so that the first
/// one is always ours. What [`acts`] is visible, so a record is one line.
pub fn csv(text: &str) -> String {
    let out = visible(text, |_, c| acts(c));
    if out.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠', '\'']) {
        format!("'{out}")
    } else {
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_calculated() {
        for (text, cell) in [
            ("=1+1", "'=1+1"),
            (" \u{3000}＝1", "' \u{3000}＝1"),
            ("'=1", "''=1"),
            ("\t=1", "\\u{9}=1"),
            ("1-2", "1-2"),
            ("", ""),
        ] {
            assert_eq!(csv(text), cell);
        }
    }
}
