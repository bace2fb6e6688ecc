/// A value for the file in `GITHUB_OUTPUT`, as it is, between two lines with a delimiter.
///
/// `None` if the delimiter could stand in the value or is none, or if the name is none: nothing must be written
/// then (`FileCommandManager.cs` of GitHub's runner, `prepareKeyValueMessage` of its toolkit). The delimiter
/// has to be random, so that no value can be made for it.
pub fn actions_output(name: &str, value: &str, delimiter: &str) -> Option<String> {
    let is_word = |text: &str| {
        let part = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
        !text.is_empty() && text.bytes().all(part)
    };
    (is_word(name) && is_word(delimiter) && !value.contains(delimiter))
        .then(|| format!("{name}<<{delimiter}\n{value}\n{delimiter}\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_refuses_what_could_end_early() {
        assert_eq!(
            actions_output("a-b", "1\n2\n", "d9_"),
            Some("a-b<<d9_\n1\n2\n\nd9_\n".to_owned())
        );
        for (name, value, delimiter) in [
            ("a", "1\nd9\nb=2", "d9"),
            ("a", "xd9x", "d9"),
            ("a", "", ""),
            ("", "", "d9"),
            ("a=1\nb", "", "d9"),
            ("a", "", "d 9"),
        ] {
            assert_eq!(actions_output(name, value, delimiter), None, "{name:?} {value:?}");
        }
    }
}
