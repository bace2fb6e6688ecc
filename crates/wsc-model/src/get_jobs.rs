use serde::{Deserialize, Serialize};
use shindan_wire::{Args, Effect, Endpoint, Method, lenient};

use crate::{Job, Reply, Wsc};

/// `GET /api/v1/jobs`: lists the account's diagnoses.
///
/// Source: <https://api.ncloud-docs.com/docs/en/security-websecuritychecker-getjobs>
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GetJobs {
    /// Jobs per page; no maximum is documented.
    #[serde(deserialize_with = "lenient::req")]
    pub limit: u32,
    /// The page, from 1.
    #[serde(deserialize_with = "lenient::req")]
    pub page: u32,
}

impl GetJobs {
    /// One page.
    pub fn new(limit: u32, page: u32) -> Self {
        Self { limit, page }
    }
}

impl Endpoint for GetJobs {
    type Api = Wsc;
    type Response = Reply<JobPage>;
    const NAME: &'static str = "getJobs";
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/v1/jobs";
    const ARGS: Args = Args::Query;
    const EFFECT: Effect = Effect::Read;
    const DOCS: &'static str =
        "https://api.ncloud-docs.com/docs/en/security-websecuritychecker-getjobs";
}

/// A page of diagnoses.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct JobPage {
    /// Number of jobs on all pages.
    #[serde(deserialize_with = "lenient::req")]
    pub total_cnt: u64,
    /// The last page.
    #[serde(deserialize_with = "lenient::req")]
    pub total_page_cnt: u64,
    /// First page number of the console's block of ten, not the current page.
    #[serde(deserialize_with = "lenient::req")]
    pub current_start_page: u64,
    /// Last page number of the console's block of ten.
    #[serde(deserialize_with = "lenient::req")]
    pub current_end_page: u64,
    /// The jobs.
    #[serde(
        default,
        deserialize_with = "lenient::list",
        serialize_with = "lenient::null_when_empty"
    )]
    pub record_data: Vec<Job>,
}

impl JobPage {
    /// Page `page` (from 1) of `total` jobs in pages of `limit`, with the block of ten that the console shows.
    pub fn new(total: u64, limit: u32, page: u32, record_data: Vec<Job>) -> Self {
        if total == 0 {
            return Self::default();
        }
        let pages = total.div_ceil(u64::from(limit.max(1)));
        let start = (u64::from(page.max(1)) - 1) / 10 * 10 + 1;
        Self {
            total_cnt: total,
            total_page_cnt: pages,
            current_start_page: start,
            current_end_page: pages.min(start + 9),
            record_data,
        }
    }
}
