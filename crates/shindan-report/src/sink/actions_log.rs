use super::{acts, visible};

/// A line, or a part of one, in the log of a CI job.
///
/// On top of [`terminal`](super::terminal)'s rule no `::` and no `##` is left, whatever stands before it, nor
/// with something between them that a comparison overlooks. GitHub's runner takes `::name::` at the trimmed
/// beginning of a line and `##[name]` anywhere in it for a command, and compares by the rules of a language
/// (`ActionCommand.cs`); others take `##vso[` and `##teamcity[`. What GitLab and Jenkins look for begins with
/// an escape character.
pub fn actions_log(text: &str) -> String {
    let first = text.find(is_solid).unwrap_or(text.len());
    let joins = |c: char, next: char| next == c || !is_solid(next) && !next.is_whitespace();
    let breaks = |at: usize, c: char| {
        let next = text[at + c.len_utf8()..].chars().next();
        matches!(c, ':' | '#') && (at == first || next.is_some_and(|next| joins(c, next)))
    };
    visible(text, |at, c| acts(c) || breaks(at, c))
}

/// Whether every comparison sees the character; only the Hangul fillers are letters that are overlooked.
fn is_solid(c: char) -> bool {
    c.is_ascii_graphic()
        || c.is_alphanumeric() && !matches!(c, '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_breaks_commands_and_leaves_addresses() {
        assert_eq!(actions_log("::error::x"), "\\u{3a}:error\\u{3a}:x");
        assert_eq!(actions_log(" \u{3000}:"), " \u{3000}\\u{3a}");
        assert_eq!(actions_log("a ##[error]"), "a \\u{23}#[error]");
        assert_eq!(actions_log("#[error]"), "\\u{23}[error]");
        assert_eq!(actions_log("a:\u{ad}:b"), "a\\u{3a}\u{ad}:b");
        assert_eq!(actions_log("\u{ad}#"), "\u{ad}\\u{23}");
        for filler in ['\u{115f}', '\u{1160}', '\u{3164}', '\u{ffa0}'] {
            assert_eq!(actions_log(&format!("a#{filler}#[b]")), format!("a\\u{{23}}{filler}#[b]"));
        }
        for plain in ["https://a.example:8443/b#c", "오류: 없음", "오류:없음", "C#"] {
            assert_eq!(actions_log(plain), plain);
        }
    }
}
