use serde::{Deserialize, Serialize};
use shindan_wire::{Args, Effect, Endpoint, Method};

use crate::{InstanceNo, Raw, Reply, Wsc};

/// `PATCH /api/v1/jobs/{instanceId}/stop`: ends a diagnosis while it runs.
///
/// Source: <https://api.ncloud-docs.com/docs/en/security-websecuritychecker-stopjob>
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct StopJob {
    /// Which one.
    #[serde(rename = "instanceId")]
    pub instance_no: InstanceNo,
}

impl StopJob {
    /// Names the job.
    pub fn new(instance_no: InstanceNo) -> Self {
        Self { instance_no }
    }
}

impl Endpoint for StopJob {
    type Api = Wsc;
    /// Documented as null.
    type Response = Reply<Option<Raw>>;
    const NAME: &'static str = "stopJob";
    const METHOD: Method = Method::Patch;
    const PATH: &'static str = "/api/v1/jobs/{instanceId}/stop";
    const ARGS: Args = Args::None;
    const EFFECT: Effect = Effect::Converge;
    const DOCS: &'static str =
        "https://api.ncloud-docs.com/docs/en/security-websecuritychecker-stopjob";
}
