use serde::{Deserialize, Serialize};
use shindan_wire::{Args, Effect, Endpoint, Method, lenient};

use crate::{CrawlPage, Sort, Vaddy};

/// `GET /v2/crawl`: lists the project's recorded crawls.
///
/// Source: <https://github.com/vaddy/WebAPI-document/blob/master/VAddy-WebApi-Crawl.md>
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SearchCrawls {
    /// The project's id, not its number.
    pub project_id: String,
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
    pub fn new(project_id: &str) -> Self {
        Self { project_id: project_id.to_owned(), search_label: None, page: None, sort: None }
    }
}

impl Endpoint for SearchCrawls {
    type Api = Vaddy;
    type Response = CrawlPage;
    const NAME: &'static str = "v2.searchCrawls";
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/v2/crawl";
    const ARGS: Args = Args::Query;
    const EFFECT: Effect = Effect::Read;
    const DOCS: &'static str =
        "https://github.com/vaddy/WebAPI-document/blob/master/VAddy-WebApi-Crawl.md";
}
