use super::actions_log;

/// The message of a `::error ..::` command.
///
/// The rule is that of `escapeData` in GitHub's toolkit, on top of [`actions_log`]: the runner writes the
/// message into the log again, where line breaks and commands must not come back.
pub fn actions_data(text: &str) -> String {
    actions_log(text).replace('%', "%25")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_escape_of_the_runner_comes_from_outside() {
        assert_eq!(actions_data("100%0A::error::"), "100%250A\\u{3a}:error\\u{3a}:");
        assert_eq!(actions_data("a\nb"), "a\\u{a}b");
    }
}
