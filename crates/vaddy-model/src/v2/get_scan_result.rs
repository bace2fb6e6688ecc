use serde::{Deserialize, Serialize};
use shindan_wire::{Args, Effect, Endpoint, Method};

use crate::{ScanId, ScanResult, Vaddy};

/// `GET /v2/scan/result`: asks how a scan stands.
///
/// Source: <https://github.com/vaddy/WebAPI-document/blob/master/VAddy-WebApi.md>
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GetScanResult {
    /// Which one.
    pub scan_id: ScanId,
}

impl GetScanResult {
    /// With what is required.
    pub fn new(scan_id: ScanId) -> Self {
        Self { scan_id }
    }
}

impl Endpoint for GetScanResult {
    type Api = Vaddy;
    type Response = ScanResult;
    const NAME: &'static str = "v2.getScanResult";
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/v2/scan/result";
    const ARGS: Args = Args::Query;
    const EFFECT: Effect = Effect::Read;
    const DOCS: &'static str =
        "https://github.com/vaddy/WebAPI-document/blob/master/VAddy-WebApi.md";
}
