use serde::{Deserialize, Serialize};
use shindan_wire::{Args, Comma, Effect, Endpoint, Method, lenient};

use crate::{CrawlId, ScanRef, ScanType, Vaddy};

/// `POST /v1/scan` with `action=start`: starts a scan of a host's project. One scan at a time runs in it.
///
/// Source: <https://github.com/vaddy/WebAPI-document/blob/master/V1/VAddy-WebApi.md>
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct StartScan {
    /// The project's host name.
    pub fqdn: String,
    /// The project's verification code; tells apart private projects with the same host name.
    #[serde(default, deserialize_with = "lenient::opt", skip_serializing_if = "Option::is_none")]
    pub verification_code: Option<String>,
    /// The crawl to replay; the newest if it is not given.
    #[serde(default, deserialize_with = "lenient::opt", skip_serializing_if = "Option::is_none")]
    pub crawl_id: Option<CrawlId>,
    /// What to look for; everything that the plan covers if it is not given. Not in the v1 document, but the vendor's client sends it.
    #[serde(default, deserialize_with = "lenient::opt", skip_serializing_if = "Option::is_none")]
    pub scan_type: Option<Comma<ScanType>>,
}

impl StartScan {
    /// With what is required.
    pub fn new(fqdn: &str) -> Self {
        Self { fqdn: fqdn.to_owned(), verification_code: None, crawl_id: None, scan_type: None }
    }
}

impl Endpoint for StartScan {
    type Api = Vaddy;
    type Response = ScanRef;
    const NAME: &'static str = "v1.startScan";
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/v1/scan";
    const ARGS: Args = Args::Form;
    const FIXED: &'static [(&'static str, &'static str)] = &[("action", "start")];
    const EFFECT: Effect = Effect::Once;
    const DOCS: &'static str =
        "https://github.com/vaddy/WebAPI-document/blob/master/V1/VAddy-WebApi.md";
}
