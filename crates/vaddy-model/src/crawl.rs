use serde::{Deserialize, Serialize};
use shindan_wire::{lenient, open_enum};

use crate::UtcTime;

/// The number of a recorded crawl.
pub type CrawlId = u64;

/// A page of recorded crawls.
///
/// Source: <https://github.com/vaddy/WebAPI-document/blob/master/VAddy-WebApi-Crawl.md>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CrawlPage {
    /// Number of crawls on all pages.
    #[serde(deserialize_with = "lenient::req")]
    pub total: u64,
    /// This page, from 1.
    #[serde(deserialize_with = "lenient::req")]
    pub page: u64,
    /// Crawls per page: 30.
    #[serde(deserialize_with = "lenient::req")]
    pub limit: u64,
    /// The crawls.
    #[serde(default, deserialize_with = "lenient::list")]
    pub items: Vec<Crawl>,
}

impl CrawlPage {
    /// The documented page size.
    pub const LIMIT: u64 = 30;

    /// One page.
    pub fn new(total: u64, page: u64, items: Vec<Crawl>) -> Self {
        Self { total, page, limit: Self::LIMIT, items }
    }
}

/// A recorded crawl: what a scan replays.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Crawl {
    /// Its number.
    #[serde(deserialize_with = "lenient::req")]
    pub id: CrawlId,
    /// Free text.
    #[serde(default, deserialize_with = "lenient::opt")]
    pub label: Option<String>,
    /// When its recording began.
    #[serde(default, deserialize_with = "lenient::opt")]
    pub start: Option<UtcTime>,
    /// When its recording ended.
    #[serde(default, deserialize_with = "lenient::opt")]
    pub end: Option<UtcTime>,
}

impl Crawl {
    /// A crawl without label and times.
    pub fn new(id: CrawlId) -> Self {
        Self { id, label: None, start: None, end: None }
    }
}

open_enum! {
    /// The order of a list of crawls; newest first if it is not given.
    pub enum Sort {
        /// Oldest first.
        Asc = "asc",
        /// Newest first.
        Desc = "desc",
    }
}

/// The answer to the deletion of a crawl.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CrawlDeleted {
    /// `ok`
    #[serde(deserialize_with = "lenient::req")]
    pub message: String,
}

impl CrawlDeleted {
    /// As documented.
    pub fn new() -> Self {
        Self { message: "ok".to_owned() }
    }
}

impl Default for CrawlDeleted {
    fn default() -> Self {
        Self::new()
    }
}
