use serde::{Deserialize, Serialize};
use shindan_wire::{Args, Effect, Endpoint, Method};

use crate::{InstanceNo, Raw, Reply, Wsc};

/// `PATCH /api/v1/jobs/{instanceId}/cancel`: ends a diagnosis before it begins.
///
/// Source: <https://api.ncloud-docs.com/docs/en/security-websecuritychecker-canceljob>
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CancelJob {
    /// Which one.
    #[serde(rename = "instanceId")]
    pub instance_no: InstanceNo,
}

impl CancelJob {
    /// Names the job.
    pub fn new(instance_no: InstanceNo) -> Self {
        Self { instance_no }
    }
}

impl Endpoint for CancelJob {
    type Api = Wsc;
    /// Documented as null.
    type Response = Reply<Option<Raw>>;
    const NAME: &'static str = "cancelJob";
    const METHOD: Method = Method::Patch;
    const PATH: &'static str = "/api/v1/jobs/{instanceId}/cancel";
    const ARGS: Args = Args::None;
    const EFFECT: Effect = Effect::Converge;
    const DOCS: &'static str =
        "https://api.ncloud-docs.com/docs/en/security-websecuritychecker-canceljob";
}
