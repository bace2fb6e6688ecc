use serde::{Deserialize, Serialize};
use shindan_wire::{Args, Effect, Endpoint, Method};

use crate::{ScanId, ScanRef, Vaddy};

/// `POST /v2/scan` with `action=cancel`: cancels a scan.
///
/// Source: <https://github.com/vaddy/WebAPI-document/blob/master/VAddy-WebApi.md>
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CancelScan {
    /// Which one.
    pub scan_id: ScanId,
}

impl CancelScan {
    /// With what is required.
    pub fn new(scan_id: ScanId) -> Self {
        Self { scan_id }
    }
}

impl Endpoint for CancelScan {
    type Api = Vaddy;
    type Response = ScanRef;
    const NAME: &'static str = "v2.cancelScan";
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/v2/scan";
    const ARGS: Args = Args::Form;
    const FIXED: &'static [(&'static str, &'static str)] = &[("action", "cancel")];
    const EFFECT: Effect = Effect::Converge;
    const DOCS: &'static str =
        "https://github.com/vaddy/WebAPI-document/blob/master/VAddy-WebApi.md";
}
