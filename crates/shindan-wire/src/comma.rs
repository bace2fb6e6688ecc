use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

use crate::FromLoose;

/// A list that travels as one text, its items joined by commas.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comma<T>(pub Vec<T>);

impl<T: AsRef<str>> Serialize for Comma<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let items: Vec<&str> = self.0.iter().map(AsRef::as_ref).collect();
        serializer.serialize_str(&items.join(","))
    }
}

impl<'de, T: FromLoose> Deserialize<'de> for Comma<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::from_text(&text).ok_or_else(|| D::Error::custom(Self::EXPECTED))
    }
}

impl<T: FromLoose> FromLoose for Comma<T> {
    const EXPECTED: &'static str = "a list joined by commas";

    fn from_text(text: &str) -> Option<Self> {
        let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
        let items: Vec<T> = items.map(T::from_text).collect::<Option<_>>()?;
        // No item at all would be sent as an empty text, which counts as absent.
        (!items.is_empty()).then_some(Self(items))
    }
}
