use serde::{Deserialize, Serialize};
use shindan_wire::{Args, Effect, Endpoint, Method, lenient};

use crate::{RunCheck, Vaddy};

/// `GET /v1/scan/runcheck`: asks whether a scan runs in the project.
///
/// Source: <https://github.com/vaddy/WebAPI-document/blob/master/V1/VAddy-WebApi.md>
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CheckRunning {
    /// The project's host name.
    pub fqdn: String,
    /// The project's verification code; tells apart private projects with the same host name.
    #[serde(default, deserialize_with = "lenient::opt", skip_serializing_if = "Option::is_none")]
    pub verification_code: Option<String>,
}

impl CheckRunning {
    /// With what is required.
    pub fn new(fqdn: &str) -> Self {
        Self { fqdn: fqdn.to_owned(), verification_code: None }
    }
}

impl Endpoint for CheckRunning {
    type Api = Vaddy;
    type Response = RunCheck;
    const NAME: &'static str = "v1.checkRunning";
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/v1/scan/runcheck";
    const ARGS: Args = Args::Query;
    const EFFECT: Effect = Effect::Read;
    const DOCS: &'static str =
        "https://github.com/vaddy/WebAPI-document/blob/master/V1/VAddy-WebApi.md";
}
