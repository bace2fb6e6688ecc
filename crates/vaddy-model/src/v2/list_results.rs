use serde::{Deserialize, Serialize};
use shindan_wire::{Args, Effect, Endpoint, Method, lenient};

use crate::{ResultPage, Vaddy};

/// `GET /v2/scan/results/list`: lists the newest results of a project of either version.
///
/// Source: <https://github.com/vaddy/WebAPI-document/blob/master/VAddy-WebApi-ScanResultList-ja.md>
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ListResults {
    /// The number in the console's address of the project, not its id.
    #[serde(deserialize_with = "lenient::req")]
    pub project_number: u64,
}

impl ListResults {
    /// With what is required.
    pub fn new(project_number: u64) -> Self {
        Self { project_number }
    }
}

impl Endpoint for ListResults {
    type Api = Vaddy;
    type Response = ResultPage;
    const NAME: &'static str = "v2.listResults";
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/v2/scan/results/list";
    const ARGS: Args = Args::Query;
    const EFFECT: Effect = Effect::Read;
    const DOCS: &'static str =
        "https://github.com/vaddy/WebAPI-document/blob/master/VAddy-WebApi-ScanResultList-ja.md";
}
