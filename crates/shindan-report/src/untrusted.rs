use core::fmt;

use serde::{Deserialize, Serialize};

/// Text from a service or from a scanned site: whoever wrote it may want to do harm to whoever reads it.
///
/// It has no `Display`: every sink has a method of its own. As JSON it is the plain text.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Untrusted(String);

impl Untrusted {
    /// Wraps it; nothing is changed.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text as it came, for a sink that escapes by itself.
    pub fn as_raw(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Untrusted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}
