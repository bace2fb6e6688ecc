use super::actions_data;

/// A property of a `::error ..::` command, such as its file or title.
///
/// The rule is that of `escapeProperty` in GitHub's toolkit, on top of [`actions_data`]. The runner trims the
/// last property, so white space at the end is visible.
pub fn actions_property(text: &str) -> String {
    let mut out = actions_data(text).replace(':', "%3A").replace(',', "%2C");
    if let Some(last) = out.pop() {
        if last.is_whitespace() {
            out.extend(last.escape_unicode());
        } else {
            out.push(last);
        }
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
        assert_eq!(actions_property(""), "");
    }
}
