use serde::{Deserialize, Serialize};
use shindan_wire::{Args, Effect, Endpoint, Method, lenient, open_enum};

use crate::{JobPage, Reply, Wsc};

/// `POST /api/v1/jobs/search`: finds diagnoses by URL, by memo or by state.
///
/// The vendor's tables also print `/api/v1/search`; its own samples call this path.
/// Source: <https://api.ncloud-docs.com/docs/en/security-websecuritychecker-searchjobs>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SearchJobs {
    /// Where to look; nothing looks everywhere.
    #[serde(
        default,
        deserialize_with = "lenient::opt",
        serialize_with = "lenient::empty_when_none"
    )]
    pub search_type: Option<SearchType>,
    /// What to look for; how it is matched is not documented.
    #[serde(default, deserialize_with = "lenient::text")]
    pub search_keyword: String,
    /// Only jobs in this state; nothing means all.
    #[serde(default, deserialize_with = "lenient::opt")]
    pub status_code: Option<StatusCode>,
    /// Jobs per page; no maximum is documented.
    #[serde(deserialize_with = "lenient::req")]
    pub limit: u32,
    /// The page, from 1.
    #[serde(deserialize_with = "lenient::req")]
    pub page: u32,
}

impl SearchJobs {
    /// One page of all jobs.
    pub fn new(limit: u32, page: u32) -> Self {
        Self { search_type: None, search_keyword: String::new(), status_code: None, limit, page }
    }
}

impl Endpoint for SearchJobs {
    type Api = Wsc;
    type Response = Reply<JobPage>;
    const NAME: &'static str = "searchJobs";
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/v1/jobs/search";
    const ARGS: Args = Args::Json;
    const EFFECT: Effect = Effect::Read;
    const DOCS: &'static str =
        "https://api.ncloud-docs.com/docs/en/security-websecuritychecker-searchjobs";
}

open_enum! {
    /// Which field of a job is searched.
    pub enum SearchType {
        /// The URL.
        Url = "url",
        /// The memo.
        Memo = "memo",
    }
}

/// A job's state as a number; answers never carry it, only a search can ask for it.
///
/// Source: <https://api.ncloud-docs.com/docs/en/security-websecuritychecker-searchjobs>
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
#[expect(clippy::exhaustive_structs, reason = "any number can be asked for")]
pub struct StatusCode(pub u16);

impl StatusCode {
    /// Waiting for the diagnosis.
    pub const PENDING: Self = Self(2);
    /// Diagnosing.
    pub const RUNNING: Self = Self(3);
    /// Finished.
    pub const COMPLETED: Self = Self(4);
    /// The diagnosis failed.
    pub const FAILED: Self = Self(5);
    /// Waiting for the URL collection.
    pub const CRAWL_PENDING: Self = Self(12);
    /// Collecting URLs.
    pub const CRAWL_RUNNING: Self = Self(13);
    /// URLs are collected.
    pub const CRAWL_COMPLETED: Self = Self(14);
    /// The URL collection failed.
    pub const CRAWL_FAILED: Self = Self(15);
    /// Canceled before it began.
    pub const CANCELED: Self = Self(91);
    /// Being stopped.
    pub const STOPPING: Self = Self(92);
    /// Stopped while it ran.
    pub const STOPPED: Self = Self(93);
}

impl shindan_wire::FromLoose for StatusCode {
    fn from_text(text: &str) -> Option<Self> {
        u16::from_text(text).map(Self)
    }
}

impl<'de> Deserialize<'de> for StatusCode {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        lenient::req(deserializer)
    }
}
