//! How text that somebody else wrote is shown in each place: every sink escapes, none strips.
//!
//! What would act there is written as `\u{..}`, and so is a backslash that stands before `u{`. So nothing
//! disappears, and whoever reads `\u{1b}` knows that it was that character.

mod actions_data;
mod actions_log;
mod actions_output;
mod actions_property;
mod csv;
mod html;
mod json;
mod link;
mod markdown;
mod markdown_code;
mod terminal;
mod xml;

pub use actions_data::actions_data;
pub use actions_log::actions_log;
pub use actions_output::actions_output;
pub use actions_property::actions_property;
pub use csv::csv;
pub use html::html;
pub use json::json_visible;
pub use link::{link, link_to};
pub use markdown::markdown;
pub use markdown_code::markdown_code;
pub use terminal::{acts, terminal};
pub use xml::xml;

/// Writes as `\u{..}` whatever `hides` says of a character and its position in bytes.
fn visible(text: &str, hides: impl Fn(usize, char) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        if hides(at, c) || text[at..].starts_with("\\u{") {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    out
}
