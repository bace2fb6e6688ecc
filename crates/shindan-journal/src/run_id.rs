use core::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Names a run, and its file: 26 characters of Crockford's base 32, which sort by time.
///
/// The form is that of a ULID: 48 bits of time in ms, then 80 random bits.
/// Source: <https://github.com/ulid/spec>
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RunId(u128);

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH: usize = 26;
const TIME_BITS: u32 = 48;
const RANDOM_BITS: u32 = 80;

impl RunId {
    /// From the time in Unix ms, of which 48 bits are kept (0 for a time before 1970), and random bytes.
    pub fn new(ms: i64, random: [u8; 10]) -> Self {
        let ms = u128::try_from(ms).unwrap_or(0) % (1 << TIME_BITS);
        let random = random.iter().fold(0, |bits, byte| (bits << 8) | u128::from(*byte));
        Self((ms << RANDOM_BITS) | random)
    }

    /// The time that it was made from, in Unix ms.
    pub fn at_ms(self) -> i64 {
        i64::try_from(self.0 >> RANDOM_BITS).expect("48 bits fit into 63")
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for place in (0..LENGTH).rev() {
            let digit = (self.0 >> (5 * place)) % 32;
            let index = usize::try_from(digit).expect("a digit is less than 32");
            fmt::Write::write_char(f, char::from(ALPHABET[index]))?;
        }
        Ok(())
    }
}

impl fmt::Debug for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RunId({self})")
    }
}

impl FromStr for RunId {
    type Err = InvalidRunId;

    /// Accepts lower case.
    fn from_str(text: &str) -> Result<Self, InvalidRunId> {
        let digit =
            |byte: u8| ALPHABET.iter().position(|known| *known == byte.to_ascii_uppercase());
        // 26 digits hold 130 bits: the first must leave the top two unused.
        if text.len() != LENGTH || text.as_bytes()[0] > b'7' {
            return Err(InvalidRunId);
        }
        let mut bits = 0_u128;
        for byte in text.bytes() {
            bits = (bits << 5) | digit(byte).ok_or(InvalidRunId)? as u128;
        }
        Ok(Self(bits))
    }
}

impl Serialize for RunId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for RunId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// The text is not a run id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a run id has 26 digits and letters; copy it from the list of runs")]
#[non_exhaustive]
pub struct InvalidRunId;

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification, taken apart by hand.
    #[test]
    fn reads_and_writes_the_published_example() {
        let id: RunId = "01ARZ3NDEKTSV4RRFFQ69G5FAV".parse().unwrap();
        let random = [0xd6, 0x76, 0x4c, 0x61, 0xef, 0xb9, 0x93, 0x02, 0xbd, 0x5b];
        assert_eq!(id, RunId::new(1_469_922_850_259, random));
        assert_eq!(id.at_ms(), 1_469_922_850_259);
        assert_eq!(id.to_string(), "01ARZ3NDEKTSV4RRFFQ69G5FAV");
        assert_eq!("01arz3ndektsv4rrffq69g5fav".parse(), Ok(id));
    }

    #[test]
    fn refuses_what_is_no_id() {
        for text in [
            "",
            "01ARZ3NDEKTSV4RRFFQ69G5FA",
            "01ARZ3NDEKTSV4RRFFQ69G5FAVV",
            "81ARZ3NDEKTSV4RRFFQ69G5FAV",
            "01ARZ3NDEKTSV4RRFFQ69G5FAU",
            "../../../../../../etc/pass",
            "01ARZ3NDEKTSV4RRFFQ69G5Fé",
        ] {
            assert_eq!(text.parse::<RunId>(), Err(InvalidRunId), "{text}");
        }
    }

    #[test]
    fn sorts_by_time() {
        assert!(RunId::new(1, [255; 10]) < RunId::new(2, [0; 10]));
        assert_eq!(RunId::new(-1, [0; 10]), RunId::new(0, [0; 10]));
        let last: RunId = "7ZZZZZZZZZZZZZZZZZZZZZZZZZ".parse().unwrap();
        assert_eq!(last.at_ms(), (1 << 48) - 1);
    }
}
