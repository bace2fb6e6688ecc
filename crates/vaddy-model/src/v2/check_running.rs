use serde::{Deserialize, Serialize};
use shindan_wire::{Args, Effect, Endpoint, Method};

use crate::{RunCheck, Vaddy};

/// `GET /v2/scan/runcheck`: asks whether a scan runs in the project.
///
/// Source: <https://github.com/vaddy/WebAPI-document/blob/master/VAddy-WebApi.md>
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CheckRunning {
    /// The project's id, not its number.
    pub project_id: String,
}

impl CheckRunning {
    /// With what is required.
    pub fn new(project_id: &str) -> Self {
        Self { project_id: project_id.to_owned() }
    }
}

impl Endpoint for CheckRunning {
    type Api = Vaddy;
    type Response = RunCheck;
    const NAME: &'static str = "v2.checkRunning";
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/v2/scan/runcheck";
    const ARGS: Args = Args::Query;
    const EFFECT: Effect = Effect::Read;
    const DOCS: &'static str =
        "https://github.com/vaddy/WebAPI-document/blob/master/VAddy-WebApi.md";
}
