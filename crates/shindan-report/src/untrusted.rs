use core::fmt;

use serde::{Deserialize, Serialize};

use crate::sink;

/// Text from a service or from a scanned site: whoever wrote it may want to do harm to whoever reads it.
///
/// It has no `Display`: every sink has a method of its own, and in a page of `maud` it is rendered as HTML.
/// As JSON it is the plain text.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Untrusted(String);

impl Untrusted {
    /// Wraps it; nothing is changed.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    pub(crate) fn change(&mut self, change: &mut impl FnMut(&mut String)) {
        change(&mut self.0);
    }

    /// The text as it came, for a sink that escapes by itself.
    pub fn as_raw(&self) -> &str {
        &self.0
    }

    /// [`sink::terminal`] of it.
    pub fn for_terminal(&self) -> String {
        sink::terminal(&self.0)
    }

    /// [`sink::actions_log`] of it.
    pub fn for_actions_log(&self) -> String {
        sink::actions_log(&self.0)
    }

    /// [`sink::actions_data`] of it.
    pub fn for_actions_data(&self) -> String {
        sink::actions_data(&self.0)
    }

    /// [`sink::actions_property`] of it.
    pub fn for_actions_property(&self) -> String {
        sink::actions_property(&self.0)
    }

    /// [`sink::markdown`] of it.
    pub fn for_markdown(&self) -> String {
        sink::markdown(&self.0)
    }

    /// [`sink::markdown_code`] of it.
    pub fn for_markdown_code(&self) -> String {
        sink::markdown_code(&self.0)
    }

    /// [`sink::html`] of it.
    pub fn for_html(&self) -> String {
        sink::html(&self.0)
    }

    /// [`sink::csv`] of it.
    pub fn for_csv(&self) -> String {
        sink::csv(&self.0)
    }

    /// [`sink::xml`] of it.
    pub fn for_xml(&self) -> String {
        sink::xml(&self.0)
    }
}

impl fmt::Debug for Untrusted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

impl maud::Render for Untrusted {
    fn render_to(&self, buffer: &mut String) {
        buffer.push_str(&self.for_html());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_method_is_its_sink() {
        let text = "=<a>@\n:: %, ` |";
        let untrusted = Untrusted::new(text);
        assert_eq!(untrusted.as_raw(), text);
        assert_eq!(format!("{untrusted:?}"), format!("{text:?}"));
        assert_eq!(untrusted.for_terminal(), sink::terminal(text));
        assert_eq!(untrusted.for_actions_log(), sink::actions_log(text));
        assert_eq!(untrusted.for_actions_data(), sink::actions_data(text));
        assert_eq!(untrusted.for_actions_property(), sink::actions_property(text));
        assert_eq!(untrusted.for_markdown(), sink::markdown(text));
        assert_eq!(untrusted.for_markdown_code(), sink::markdown_code(text));
        assert_eq!(untrusted.for_html(), sink::html(text));
        assert_eq!(untrusted.for_csv(), sink::csv(text));
        assert_eq!(untrusted.for_xml(), sink::xml(text));
        assert_eq!(
            maud::html! { p { (untrusted) } }.into_string(),
            format!("<p>{}</p>", sink::html(text))
        );
    }
}
