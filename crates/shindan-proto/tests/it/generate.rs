//! A value of any model type from a seed: a serde `Deserializer` that invents what it is asked for.
//!
//! What a type reads is canonical, so a value from here must survive every way there and back.

use std::collections::BTreeSet;

use serde::{
    de::{
        DeserializeOwned, DeserializeSeed, Deserializer, Expected, IntoDeserializer, MapAccess,
        SeqAccess, Visitor,
        value::{Error, MapDeserializer},
    },
    forward_to_deserialize_any,
};

use crate::random::Random;

/// How often a value that its type refuses is drawn again.
const DRAWS: u32 = 1_000;
/// Lists inside lists end here; a job may hold jobs.
const MAX_DEPTH: u8 = 3;
/// `serde_json` asks for unparsed JSON by this name.
const RAW_VALUE: &str = "$serde_json::private::RawValue";

/// The value of this seed.
pub(crate) fn generate<T: DeserializeOwned>(seed: u64) -> T {
    let mut source = Source { random: Random(seed), refused: BTreeSet::new() };
    (0..DRAWS)
        .find_map(|_| {
            T::deserialize(Generator { source: &mut source, at: ("", ""), depth: 0 }).ok()
        })
        .unwrap_or_else(|| panic!("no value of {} in {DRAWS} draws", core::any::type_name::<T>()))
}

const JSON: &[&str] = &[
    "0",
    "-1.50",
    "true",
    "\"\"",
    "\"a\\u0000b\"",
    "[]",
    "{}",
    "[ null, 1 ]",
    r#"{"b":1, "a":[{}]}"#,
];

struct Source {
    random: Random,
    /// What a field was found not to take, so that it is not offered again.
    refused: BTreeSet<(At, Kind)>,
}

/// The struct and its field that a value is for.
type At = (&'static str, &'static str);

/// How the services may write one thing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Null,
    Empty,
    Small,
    Large,
    QuotedSmall,
    QuotedLarge,
    Text,
}

impl Kind {
    fn any(random: &mut Random) -> Self {
        match random.below(16) {
            0 => Self::Null,
            1 => Self::Empty,
            2..=4 => Self::Small,
            5..=6 => Self::Large,
            7..=8 => Self::QuotedSmall,
            9 => Self::QuotedLarge,
            _ => Self::Text,
        }
    }
}

struct Generator<'s> {
    source: &'s mut Source,
    at: At,
    depth: u8,
}

impl Generator<'_> {
    /// A number, a text or nothing, for a visitor that takes each of them.
    fn loose<'de, V: Visitor<'de>>(self, visitor: V, expected: &str) -> Result<V::Value, Error> {
        let Source { random, refused } = self.source;
        let kind = loop {
            let kind = Kind::any(random);
            if !refused.contains(&(self.at, kind)) {
                break kind;
            }
        };
        let value = match kind {
            Kind::Null => visitor.visit_unit(),
            Kind::Empty => visitor.visit_str(""),
            Kind::Small => visitor.visit_u64(random.below(1_000)),
            Kind::Large => visitor.visit_u64(random.next()),
            Kind::QuotedSmall => visitor.visit_string(random.below(1_000).to_string()),
            Kind::QuotedLarge => visitor.visit_string(random.next().to_string()),
            Kind::Text => visitor.visit_string(match expected {
                "an instance number of 1 to 20 digits" => random.digits(),
                "a scan id of letters, digits and hyphens" => random.scan_id(),
                "a time like 2014-06-12T11:11:11+0000" => random.time(),
                _ => random.text(),
            }),
        };
        // Text of a special form may be refused for its content; a number may not be text at all.
        if value.is_err() && (kind != Kind::Text || expected == "a number, a string or null") {
            refused.insert((self.at, kind));
        }
        value
    }

    fn list<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let length = if self.depth < MAX_DEPTH { self.source.random.below(4) } else { 0 };
        visitor.visit_seq(Items { rest: length, generator: self })
    }
}

impl<'de> Deserializer<'de> for Generator<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.at.1 == "returnCode" {
            return visitor.visit_str("0");
        }
        match expectation(&visitor).as_str() {
            "a list or null" => match self.source.random.below(8) {
                0 => visitor.visit_unit(),
                1 => visitor.visit_str(""),
                _ => self.list(visitor),
            },
            expected => self.loose(visitor, expected),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.source.random.below(3) == 0 {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    /// Not empty: a required argument that is empty counts as absent on a form.
    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_string(self.source.random.text())
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_string(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        if name == RAW_VALUE {
            let json = self.source.random.pick(JSON);
            return visitor.visit_map(MapDeserializer::new([(RAW_VALUE, json)].into_iter()));
        }
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.list(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if expectation(&visitor) == "a report" {
            return self.deserialize_struct(
                "Reply",
                &["returnCode", "returnDesc", "resources"],
                visitor,
            );
        }
        let rest = self.source.random.below(4);
        visitor.visit_map(Entries { rest, generator: self })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_map(Fields {
            rest: fields.iter(),
            generator: Generator { at: (name, ""), ..self },
        })
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char bytes byte_buf unit unit_struct tuple
        tuple_struct enum identifier
    }
}

fn expectation<'de>(visitor: &impl Visitor<'de>) -> String {
    let expected: &dyn Expected = visitor;
    expected.to_string()
}

impl Generator<'_> {
    fn again(&mut self, at: At, deeper: u8) -> Generator<'_> {
        Generator { source: self.source, at, depth: self.depth + deeper }
    }
}

struct Items<'s> {
    rest: u64,
    generator: Generator<'s>,
}

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Error> {
        let Some(rest) = self.rest.checked_sub(1) else { return Ok(None) };
        self.rest = rest;
        seed.deserialize(self.generator.again(self.generator.at, 1)).map(Some)
    }
}

struct Entries<'s> {
    rest: u64,
    generator: Generator<'s>,
}

impl<'de> MapAccess<'de> for Entries<'_> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Error> {
        let Some(rest) = self.rest.checked_sub(1) else { return Ok(None) };
        self.rest = rest;
        seed.deserialize(self.generator.again(self.generator.at, 1)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        seed.deserialize(self.generator.again(self.generator.at, 1))
    }
}

/// The fields of a struct, now and then without one.
struct Fields<'s> {
    rest: core::slice::Iter<'static, &'static str>,
    generator: Generator<'s>,
}

impl<'de> MapAccess<'de> for Fields<'_> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Error> {
        for field in self.rest.by_ref() {
            if self.generator.source.random.below(16) != 0 {
                self.generator.at.1 = field;
                return seed.deserialize(field.into_deserializer()).map(Some);
            }
        }
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        seed.deserialize(self.generator.again(self.generator.at, 0))
    }
}
