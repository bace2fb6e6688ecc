use serde::{Deserialize, Serialize};
use shindan_wire::{Args, Effect, Endpoint, Method, lenient};

use crate::{CrawlDeleted, CrawlId, Vaddy};

/// `POST /v2/crawl/delete`: deletes a recorded crawl of a project of either version.
///
/// Source: <https://github.com/vaddy/WebAPI-document/blob/master/VAddy-WebApi-CrawlDelete-ja.md>
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DeleteCrawl {
    /// The number in the console's address of the project, not its id.
    #[serde(deserialize_with = "lenient::req")]
    pub project_number: u64,
    /// Which one.
    #[serde(deserialize_with = "lenient::req")]
    pub crawl_id: CrawlId,
}

impl DeleteCrawl {
    /// With what is required.
    pub fn new(project_number: u64, crawl_id: CrawlId) -> Self {
        Self { project_number, crawl_id }
    }
}

impl Endpoint for DeleteCrawl {
    type Api = Vaddy;
    type Response = CrawlDeleted;
    const NAME: &'static str = "v2.deleteCrawl";
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/v2/crawl/delete";
    const ARGS: Args = Args::Form;
    const EFFECT: Effect = Effect::Converge;
    const DOCS: &'static str =
        "https://github.com/vaddy/WebAPI-document/blob/master/VAddy-WebApi-CrawlDelete-ja.md";
}
