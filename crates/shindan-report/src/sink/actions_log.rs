use super::{acts, visible};

/// A line, or a part of one, in the log of a CI job.
///
/// On top of [`terminal`](super::terminal)'s rule no `::` and no `##` is left, wherever it stands and whatever
/// is written before it: GitHub's runner takes `::name::` at the trimmed beginning of a line and `##[name]`
/// anywhere in it for a command (`ActionCommand.cs`), others take `##vso[` and `##teamcity[`. What
/// GitLab and Jenkins look for begins with an escape character.
pub fn actions_log(text: &str) -> String {
    let first = text.len() - text.trim_start().len();
    let breaks = |at: usize, c: char| {
        matches!(c, ':' | '#') && (at == first || text[at + 1..].starts_with(c))
    };
    visible(text, |at, c| acts(c) || is_ignored(c) || breaks(at, c))
}

/// Whether a comparison may overlook the character: a runner that compares by the rules of a language sees
/// `::` on both sides of it. These are Unicode's `Default_Ignorable_Code_Point`, as far as they do not act.
fn is_ignored(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{2061}'..='\u{2065}' | '\u{206a}'..='\u{206f}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0080}'..='\u{e0fff}')
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
        assert_eq!(actions_log(":\u{ad}:"), "\\u{3a}\\u{ad}:");
        for plain in ["https://a.example:8443/b#c", "오류: 없음", "C#"] {
            assert_eq!(actions_log(plain), plain);
        }
    }
}
