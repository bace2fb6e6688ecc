use std::fmt::Write as _;

use super::acts;

/// A whole JSON document on a terminal, in one line, with its meaning unchanged.
///
/// What [`acts`] can stand only inside its strings (RFC 8259, 2 and 7), where `\u....` means the same, except
/// for white space between the tokens.
pub fn json_visible(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            '\n' | '\r' | '\t' => out.push(' '),
            _ if acts(c) => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_escapes_as_json_does() {
        assert_eq!(
            json_visible("{\n\t\"a\": \"\u{9b}\u{e0041}\"\r}"),
            "{  \"a\": \"\\u009b\\udb40\\udc41\" }"
        );
    }
}
