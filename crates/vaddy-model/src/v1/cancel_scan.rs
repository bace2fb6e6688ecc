use serde::{Deserialize, Serialize};
use shindan_wire::{Args, Effect, Endpoint, Method, lenient};

use crate::{ScanId, ScanRef, Vaddy};

/// `POST /v1/scan` with `action=cancel`: cancels a scan.
///
/// Source: <https://github.com/vaddy/WebAPI-document/blob/master/V1/VAddy-WebApi.md>
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CancelScan {
    /// Which one.
    pub scan_id: ScanId,
    /// The project's host name.
    pub fqdn: String,
    /// The project's verification code; tells apart private projects with the same host name.
    #[serde(default, deserialize_with = "lenient::opt", skip_serializing_if = "Option::is_none")]
    pub verification_code: Option<String>,
}

impl CancelScan {
    /// With what is required.
    pub fn new(scan_id: ScanId, fqdn: &str) -> Self {
        Self { scan_id, fqdn: fqdn.to_owned(), verification_code: None }
    }
}

impl Endpoint for CancelScan {
    type Api = Vaddy;
    type Response = ScanRef;
    const NAME: &'static str = "v1.cancelScan";
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/v1/scan";
    const ARGS: Args = Args::Form;
    const FIXED: &'static [(&'static str, &'static str)] = &[("action", "cancel")];
    const EFFECT: Effect = Effect::Converge;
    const DOCS: &'static str =
        "https://github.com/vaddy/WebAPI-document/blob/master/V1/VAddy-WebApi.md";
}
