use serde::{Deserialize, Serialize};
use shindan_wire::lenient;

/// The envelope around every success of WSC.
///
/// Source: <https://api.ncloud-docs.com/docs/en/security-websecuritychecker>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Reply<T> {
    /// `"0"`; anything else is a [`WscFault`](crate::WscFault).
    #[serde(deserialize_with = "lenient::req")]
    pub return_code: String,
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
            return_code: "0".to_owned(),
            return_desc: "Request Success".to_owned(),
            return_message: "Success".to_owned(),
            resources,
        }
    }
}
