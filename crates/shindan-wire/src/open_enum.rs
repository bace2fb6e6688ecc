/// Declares an enum of texts that keeps what it does not know.
///
/// Each variant names its text and, after `|`, other spellings; all are compared without regard to
/// ASCII case. Unknown text is kept in a hidden variant and written back unchanged, so a new value
/// on the server never fails a decode and is never mistaken for a known one.
///
/// ```
/// shindan_wire::open_enum! {
///     /// How a scan stands.
///     pub enum Status {
///         /// It is over.
///         Finish = "finish" | "complete",
///     }
/// }
///
/// assert_eq!(Status::from("COMPLETE"), Status::Finish);
/// assert_eq!(Status::from("paused").as_str(), "paused");
/// assert!(!Status::from("paused").is_known());
/// assert_eq!(Status::KNOWN, ["finish"]);
/// ```
#[macro_export]
macro_rules! open_enum {
    ($(#[$meta:meta])* $vis:vis enum $name:ident {
        $($(#[$doc:meta])* $variant:ident = $text:literal $(| $alias:literal)*),+ $(,)?
    }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
        #[non_exhaustive]
        $vis enum $name {
            $($(#[$doc])* $variant,)+
            #[doc(hidden)]
            Other(Box<str>),
        }

        impl $name {
            /// The texts that the vendor documents.
            $vis const KNOWN: &'static [&'static str] = &[$($text),+];

            /// The text on the wire. If it is not [known](Self::is_known) it comes from the network:
            /// escape it before showing it.
            $vis fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)+
                    Self::Other(text) => text,
                }
            }

            /// Whether it is a value that the vendor documents.
            $vis fn is_known(&self) -> bool {
                !matches!(self, Self::Other(_))
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                $(if [$text $(, $alias)*].iter().any(|known| known.eq_ignore_ascii_case(text)) {
                    return Self::$variant;
                })+
                Self::Other(text.into())
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl $crate::FromLoose for $name {
            fn from_text(text: &str) -> Option<Self> {
                Some(Self::from(text))
            }
        }

        impl $crate::__serde::Serialize for $name {
            fn serialize<S: $crate::__serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> $crate::__serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::__serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::lenient::req(deserializer)
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    open_enum! {
        /// A color.
        enum Color {
            /// Red.
            Red = "red" | "crimson",
            /// Blue.
            Blue = "PC Blue",
        }
    }

    proptest! {
        #[test]
        fn unknown_text_survives_a_round_trip(text in "[^\\s\\pC].{0,20}[^\\s\\pC]") {
            prop_assume!(!["red", "crimson", "pc blue"].contains(&text.to_lowercase().as_str()));
            let json = serde_json::to_string(&text).unwrap();
            let color: Color = serde_json::from_str(&json).unwrap();
            prop_assert!(!color.is_known());
            prop_assert_eq!(serde_json::to_string(&color).unwrap(), json);
        }
    }

    #[test]
    fn spellings_and_case_meet() {
        for text in ["red", "RED", "Crimson"] {
            assert_eq!(Color::from(text), Color::Red);
        }
        assert_eq!(Color::from("pc blue").as_str(), "PC Blue");
        assert_eq!(Color::KNOWN, ["red", "PC Blue"]);
    }
}
