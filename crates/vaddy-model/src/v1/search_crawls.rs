use serde::{Deserialize, Serialize};
use shindan_wire::{Args, Effect, Endpoint, Method, lenient};

use crate::{CrawlPage, Sort, Vaddy};

/// `GET /v1/crawl`: lists the project's recorded crawls.
///
/// Source: <https://github.com/vaddy/WebAPI-document/blob/master/V1/VAddy-WebApi-Crawl.md>
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SearchCrawls {
    /// The project's host name.
    pub fqdn: String,
    /// The project's verification code; tells apart private projects with the same host name.
    #[serde(default, deserialize_with = "lenient::opt", skip_serializing_if = "Option::is_none")]
    pub verification_code: Option<String>,
    /// Part of a label.
    #[serde(default, deserialize_with = "lenient::opt", skip_serializing_if = "Option::is_none")]
    pub search_label: Option<String>,
    /// The page, from 1.
    #[serde(default, deserialize_with = "lenient::opt", skip_serializing_if = "Option::is_none")]
    pub page: Option<u64>,
    /// The order.
    #[serde(default, deserialize_with = "lenient::opt", skip_serializing_if = "Option::is_none")]
    pub sort: Option<Sort>,
}

impl SearchCrawls {
    /// With what is required.
    pub fn new(fqdn: &str) -> Self {
        Self {
            fqdn: fqdn.to_owned(),
            verification_code: None,
            search_label: None,
            page: None,
            sort: None,
        }
    }
}

impl Endpoint for SearchCrawls {
    type Api = Vaddy;
    type Response = CrawlPage;
    const NAME: &'static str = "v1.searchCrawls";
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/v1/crawl";
    const ARGS: Args = Args::Query;
    const EFFECT: Effect = Effect::Read;
    const DOCS: &'static str =
        "https://github.com/vaddy/WebAPI-document/blob/master/V1/VAddy-WebApi-Crawl.md";
}
