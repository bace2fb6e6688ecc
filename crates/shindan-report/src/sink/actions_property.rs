use super::actions_data;

/// A property of a `::error ..::` command, such as its file or title.
///
/// The rule is that of `escapeProperty` in GitHub's toolkit, on top of [`actions_data`]. `=` at the beginning
/// and white space at the end are visible: the runner would drop them (`ActionCommand.cs`).
pub fn actions_property(text: &str) -> String {
    let mut out = actions_data(text).replace(':', "%3A").replace(',', "%2C");
    if out.starts_with('=') {
        out.replace_range(..1, "\\u{3d}");
    }
    if let Some(last) = out.chars().next_back().filter(|c| c.is_whitespace()) {
        out.pop();
        out.extend(last.escape_unicode());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_stays_one_property() {
        assert_eq!(actions_property("a,b=c::x"), "a%2Cb=c\\u{3a}%3Ax");
        assert_eq!(actions_property("a:b%3A "), "a%3Ab%253A\\u{20}");
        assert_eq!(actions_property("==a="), "\\u{3d}=a=");
        assert_eq!(actions_property("\u{3000}"), "\\u{3000}");
        assert_eq!(actions_property(""), "");
    }
}
