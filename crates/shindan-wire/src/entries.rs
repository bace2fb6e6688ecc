use core::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};

/// The entries of an object in their order, repeated names included.
///
/// For a first look at an answer, when nothing may be overlooked because of what stands beside it.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_structs, reason = "the entries are all there is")]
pub struct Entries<V>(pub Vec<(String, V)>);

impl<V> Entries<V> {
    /// Every value of a name.
    pub fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a V> {
        self.0.iter().filter(move |(found, _)| found == name).map(|(_, value)| value)
    }
}

impl<V> Default for Entries<V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, V: Deserialize<'de>> Deserialize<'de> for Entries<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EntriesVisitor(PhantomData))
    }
}

struct EntriesVisitor<V>(PhantomData<V>);

impl<'de, V: Deserialize<'de>> Visitor<'de> for EntriesVisitor<V> {
    type Value = Entries<V>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries<V>, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Entries(entries))
    }
}
