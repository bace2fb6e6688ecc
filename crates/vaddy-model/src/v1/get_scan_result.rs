use serde::{Deserialize, Serialize};
use shindan_wire::{Args, Effect, Endpoint, Method, lenient};

use crate::{ScanId, ScanResult, Vaddy};

/// `GET /v1/scan/result`: asks how a scan stands.
///
/// Source: <https://github.com/vaddy/WebAPI-document/blob/master/V1/VAddy-WebApi.md>
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GetScanResult {
    /// Which one.
    pub scan_id: ScanId,
    /// The project's host name.
    pub fqdn: String,
    /// The project's verification code; tells apart private projects with the same host name.
    #[serde(default, deserialize_with = "lenient::opt", skip_serializing_if = "Option::is_none")]
    pub verification_code: Option<String>,
}

impl GetScanResult {
    /// With what is required.
    pub fn new(scan_id: ScanId, fqdn: &str) -> Self {
        Self { scan_id, fqdn: fqdn.to_owned(), verification_code: None }
    }
}

impl Endpoint for GetScanResult {
    type Api = Vaddy;
    type Response = ScanResult;
    const NAME: &'static str = "v1.getScanResult";
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/v1/scan/result";
    const ARGS: Args = Args::Query;
    const EFFECT: Effect = Effect::Read;
    const DOCS: &'static str =
        "https://github.com/vaddy/WebAPI-document/blob/master/V1/VAddy-WebApi.md";
}
