//! Reads what the services really send: the same id as a number here and a string there, counts
//! that are `null` or `""`.
//!
//! Use the functions with `#[serde(deserialize_with = "...")]`. One visitor stands behind them; it
//! accepts a number, a string or null, and nothing is ever guessed from a fraction.

use core::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, SeqAccess, Visitor},
};

/// A value that can be read from a number or a text.
pub trait FromLoose: Sized {
    /// What it wants, for the error message.
    const EXPECTED: &'static str = "a number, a string or null";

    /// Reads trimmed text that is not empty; `None` if it does not fit.
    fn from_text(text: &str) -> Option<Self>;

    /// Reads a number that is not negative; the default goes through its decimal text.
    fn from_number(number: u64) -> Option<Self> {
        Self::from_text(&number.to_string())
    }
}

macro_rules! integers {
    ($($integer:ty),*) => {$(
        impl FromLoose for $integer {
            fn from_text(text: &str) -> Option<Self> {
                // `parse` would also take a plus sign.
                if text.bytes().all(|b| b.is_ascii_digit()) { text.parse().ok() } else { None }
            }

            fn from_number(number: u64) -> Option<Self> {
                number.try_into().ok()
            }
        }
    )*};
}

integers!(u16, u32, u64);

impl FromLoose for String {
    fn from_text(text: &str) -> Option<Self> {
        Some(text.to_owned())
    }
}

/// Reads a field that may be absent, null or `""`: all three are `None`.
/// Combine it with `#[serde(default)]`.
pub fn opt<'de, D: Deserializer<'de>, T: FromLoose>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    deserializer.deserialize_any(Loose(PhantomData))
}

/// Reads a field that must have a value.
pub fn req<'de, D: Deserializer<'de>, T: FromLoose>(deserializer: D) -> Result<T, D::Error> {
    opt(deserializer)?
        .ok_or_else(|| D::Error::custom(format_args!("expected {}, found nothing", T::EXPECTED)))
}

/// Reads text for people without the spaces around it; null and absence are the empty text.
/// Combine it with `#[serde(default)]`.
pub fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(opt(deserializer)?.unwrap_or_default())
}

/// Reads a list; null and `""` are the empty list. Combine it with `#[serde(default)]`.
pub fn list<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    deserializer.deserialize_any(List(PhantomData))
}

/// Writes an empty list as null, as WSC does.
pub fn null_when_empty<S: Serializer, T: Serialize>(
    list: &[T],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    if list.is_empty() { serializer.serialize_none() } else { list.serialize(serializer) }
}

/// Writes nothing as `""`, as WSC does.
pub fn empty_when_none<S: Serializer, T: Serialize>(
    value: &Option<T>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => value.serialize(serializer),
        None => serializer.serialize_str(""),
    }
}

/// Writes a number as text and nothing as `""`, as WSC does with its counts.
pub fn quoted<S: Serializer, T: fmt::Display>(
    value: &Option<T>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => serializer.collect_str(value),
        None => serializer.serialize_str(""),
    }
}

struct Loose<T>(PhantomData<T>);

impl<'de, T: FromLoose> Visitor<'de> for Loose<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::EXPECTED)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        T::from_number(number)
            .map(Some)
            .ok_or_else(|| E::invalid_value(serde::de::Unexpected::Unsigned(number), &self))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
        match u64::try_from(number) {
            Ok(number) => self.visit_u64(number),
            Err(_) => Err(E::invalid_value(serde::de::Unexpected::Signed(number), &self)),
        }
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return Ok(None);
        }
        // The text itself stays out of the message: it comes from the network and may be a secret.
        T::from_text(trimmed)
            .map(Some)
            .ok_or_else(|| E::custom(format_args!("expected {}, found other text", T::EXPECTED)))
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_none<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

struct List<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for List<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list or null")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(list)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        if text.trim().is_empty() {
            Ok(Vec::new())
        } else {
            Err(E::custom("expected a list or null, found text"))
        }
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }

    fn visit_none<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Record {
        #[serde(deserialize_with = "req")]
        id: u64,
        #[serde(default, deserialize_with = "opt", serialize_with = "empty_when_none")]
        count: Option<u32>,
        #[serde(default, deserialize_with = "text")]
        memo: String,
        #[serde(default, deserialize_with = "list", serialize_with = "null_when_empty")]
        urls: Vec<String>,
    }

    fn read(json: &str) -> Result<Record, String> {
        serde_json::from_str(json).map_err(|error| error.to_string())
    }

    #[test]
    fn nothing_has_many_spellings() {
        let bare = read(r#"{"id":7}"#).unwrap();
        for json in [
            r#"{"id":"7","count":null,"memo":null,"urls":null}"#,
            r#"{"id":" 7 ","count":"","memo":"","urls":""}"#,
            r#"{"id":7,"count":" ","urls":[],"unknown":{"a":[1]}}"#,
        ] {
            assert_eq!(read(json).unwrap(), bare, "{json}");
        }
        assert_eq!(
            serde_json::to_string(&bare).unwrap(),
            r#"{"id":7,"count":"","memo":"","urls":null}"#
        );
    }

    #[test]
    fn nothing_is_guessed() {
        for json in [
            r#"{"id":null}"#,
            r#"{"id":""}"#,
            r#"{"count":1}"#,
            r#"{"id":7.0}"#,
            r#"{"id":-7}"#,
            r#"{"id":"+7"}"#,
            r#"{"id":"7e2"}"#,
            r#"{"id":"0x7"}"#,
            r#"{"id":18446744073709551616}"#,
            r#"{"id":"18446744073709551616"}"#,
            r#"{"id":1,"count":4294967296}"#,
            r#"{"id":true}"#,
            r#"{"id":[7]}"#,
            r#"{"id":1,"urls":"x"}"#,
            r#"{"id":1,"id":2}"#,
        ] {
            read(json).expect_err(json);
        }
    }

    #[test]
    fn errors_do_not_quote_the_server() {
        let error = read(r#"{"id":"hunter2"}"#).unwrap_err();
        assert!(!error.contains("hunter2"), "{error}");
    }

    proptest! {
        #[test]
        fn a_number_and_its_quotation_are_the_same(id: u64, count: Option<u32>) {
            let quoted = serde_json::json!({"id": id.to_string(), "count": count.map(|c| c.to_string())});
            let plain = serde_json::json!({"id": id, "count": count});
            let record = read(&plain.to_string()).unwrap();
            prop_assert_eq!(record.id, id);
            prop_assert_eq!(record.count, count);
            prop_assert_eq!(read(&quoted.to_string()).unwrap(), record);
        }
    }
}
