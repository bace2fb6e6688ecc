use core::fmt::Debug;

use serde::{Serialize, de::DeserializeOwned};

use crate::Api;

/// One operation of a service: its fields are the arguments, its constants say how they travel.
///
/// Every argument in `PATH` is named after the wire name of a field.
pub trait Endpoint:
    Clone + Debug + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static
{
    /// The service; it decides what an error looks like.
    type Api: Api;
    /// The body of a success.
    type Response: Debug + PartialEq + Serialize + DeserializeOwned + Send + 'static;
    /// The vendor's name for the operation.
    const NAME: &'static str;
    /// The HTTP method.
    const METHOD: Method;
    /// The path with its arguments in braces: `/api/v1/jobs/{instanceId}/stop`.
    const PATH: &'static str;
    /// Where the fields that are not in the path travel.
    const ARGS: Args;
    /// Arguments with a constant value, which tell apart operations that share a path.
    const FIXED: &'static [(&'static str, &'static str)] = &[];
    /// What a second execution would do.
    const EFFECT: Effect;
    /// Whether its answer can be large and slow to make.
    const BULKY: bool = false;
    /// The vendor's page.
    const DOCS: &'static str;
}

/// The HTTP methods that the two services use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a new method is a new capability of every driver")]
pub enum Method {
    /// `GET`
    Get,
    /// `PATCH`
    Patch,
    /// `POST`
    Post,
    /// `PUT`
    Put,
}

impl Method {
    /// The token of the request line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Patch => "PATCH",
            Self::Post => "POST",
            Self::Put => "PUT",
        }
    }
}

/// Where the fields of a request travel that its path does not name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "the codec must handle each of them")]
pub enum Args {
    /// There are none.
    None,
    /// In the query string.
    Query,
    /// In a form body.
    Form,
    /// In a JSON body.
    Json,
}

/// What a request does to the world. Retries look at this and never at the HTTP method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "the retry table must answer for each of them")]
pub enum Effect {
    /// Changes nothing: may be sent again at any time.
    Read,
    /// Moves towards one state (stop, cancel, delete): look before sending again.
    Converge,
    /// Each execution counts: never sent again unless it certainly was not executed.
    Once,
    /// Like [`Effect::Once`], and it costs money.
    Billed,
}

impl Effect {
    /// The word used in documents.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Converge => "converge",
            Self::Once => "once",
            Self::Billed => "billed",
        }
    }
}

/// Does something for each endpoint of a service; the model crates' `each` calls it.
pub trait Visit {
    /// Called once for every endpoint.
    fn endpoint<E: Endpoint>(&mut self);
}
