use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use shindan_wire::lenient;

/// The envelope around every success of WSC.
///
/// Source: <https://api.ncloud-docs.com/docs/en/security-websecuritychecker>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Reply<T> {
    /// `"0"`; an answer with another one is a [`WscFault`](crate::WscFault).
    pub return_code: ReturnCode,
    /// `"Request Success"`
    #[serde(default, deserialize_with = "lenient::text")]
    pub return_desc: String,
    /// `"Success"`
    #[serde(default, deserialize_with = "lenient::text")]
    pub return_message: String,
    /// What was asked for.
    pub resources: T,
}

impl<T> Reply<T> {
    /// A success as the vendor documents it.
    pub fn new(resources: T) -> Self {
        Self {
            return_code: ReturnCode,
            return_desc: "Request Success".to_owned(),
            return_message: "Success".to_owned(),
            resources,
        }
    }
}

/// The code of a success, `"0"`. No other one can be read, so that no refusal becomes a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "there is one success")]
pub struct ReturnCode;

impl Serialize for ReturnCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str("0")
    }
}

impl<'de> Deserialize<'de> for ReturnCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code: String = lenient::req(deserializer)?;
        if code == "0" { Ok(Self) } else { Err(D::Error::custom("expected the code of a success")) }
    }
}
