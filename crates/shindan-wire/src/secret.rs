use core::fmt;

use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

use crate::FromLoose;

/// A value that is on the wire but never in a log: zeroized on drop, compared in constant time.
///
/// It has no `Display`, and its `Debug` says nothing. Unlike a credential it can be serialized,
/// because the services carry secrets inside their messages.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret<T: Zeroize>(T);

impl<T: Zeroize> Secret<T> {
    /// Wraps a value.
    pub fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself; keep it out of anything that is printed.
    pub fn expose(&self) -> &T {
        &self.0
    }
}

impl<T: Zeroize> Drop for Secret<T> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<T: Zeroize> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

impl<T: Zeroize + AsRef<[u8]>> PartialEq for Secret<T> {
    fn eq(&self, other: &Self) -> bool {
        let (a, b) = (self.0.as_ref(), other.0.as_ref());
        let differing = a.iter().zip(b).fold(0, |acc, (x, y)| acc | (x ^ y));
        a.len() == b.len() && core::hint::black_box(differing) == 0
    }
}

impl<T: Zeroize + Default> Default for Secret<T> {
    fn default() -> Self {
        Self(T::default())
    }
}

impl<T: Zeroize + FromLoose> FromLoose for Secret<T> {
    fn from_text(text: &str) -> Option<Self> {
        T::from_text(text).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_says_nothing() {
        let secret = Secret::new("JSESSIONID=canary".to_owned());
        assert_eq!(format!("{secret:?} {:?}", Some(&secret)), "Secret(..) Some(Secret(..))");
    }

    #[test]
    fn equality_is_by_value() {
        let a = Secret::new("abc".to_owned());
        assert_eq!(a, Secret::new("abc".to_owned()));
        for other in ["", "ab", "abx", "abcd"] {
            assert_ne!(a, Secret::new(other.to_owned()));
        }
    }
}
