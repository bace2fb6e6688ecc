use serde::{Deserialize, Serialize};
use shindan_wire::{lenient, open_enum};

use crate::{CrawlId, ScanId, UtcTime};

/// The newest results of a project, at most 20; running scans are left out.
///
/// Source: <https://github.com/vaddy/WebAPI-document/blob/master/VAddy-WebApi-ScanResultList-ja.md>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ResultPage {
    /// The project.
    #[serde(deserialize_with = "lenient::req")]
    pub project_number: u64,
    /// Always 1: there is no parameter to ask for another.
    #[serde(deserialize_with = "lenient::req")]
    pub page: u64,
    /// 20.
    #[serde(deserialize_with = "lenient::req")]
    pub limit: u64,
    /// The results, newest first.
    #[serde(default, deserialize_with = "lenient::list")]
    pub items: Vec<ListedScan>,
}

impl ResultPage {
    /// The one page.
    pub fn new(project_number: u64, items: Vec<ListedScan>) -> Self {
        Self { project_number, page: 1, limit: 20, items }
    }
}

/// A scan that is over, in a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ListedScan {
    /// Its id.
    pub scan_id: ScanId,
    /// How it ended.
    pub status: ListedStatus,
    /// Number of test requests sent; null for a canceled scan.
    #[serde(default, deserialize_with = "lenient::opt")]
    pub scan_count: Option<u64>,
    /// Number of vulnerabilities.
    #[serde(default, deserialize_with = "lenient::opt")]
    pub alert_count: Option<u64>,
    /// Per cent, 0 to 100.
    #[serde(default, deserialize_with = "lenient::opt")]
    pub complete: Option<u32>,
    /// The crawl that was replayed.
    #[serde(default, deserialize_with = "lenient::opt")]
    pub crawl_id: Option<CrawlId>,
    /// Its label.
    #[serde(default, deserialize_with = "lenient::opt")]
    pub crawl_label: Option<String>,
    /// Always `UTC`; the result of a single scan calls this `timezone`.
    #[serde(default, deserialize_with = "lenient::text")]
    pub time_zone: String,
    /// When it began.
    #[serde(default, deserialize_with = "lenient::opt")]
    pub start_time: Option<UtcTime>,
    /// When it ended.
    #[serde(default, deserialize_with = "lenient::opt")]
    pub end_time: Option<UtcTime>,
    /// Where the console shows it. Text from the network: check the host before linking to it.
    #[serde(default, deserialize_with = "lenient::text")]
    pub scan_result_url: String,
}

impl ListedScan {
    /// A scan without any figures.
    pub fn new(scan_id: ScanId, status: ListedStatus) -> Self {
        Self {
            scan_id,
            status,
            scan_count: None,
            alert_count: None,
            complete: None,
            crawl_id: None,
            crawl_label: None,
            time_zone: "UTC".to_owned(),
            start_time: None,
            end_time: None,
            scan_result_url: String::new(),
        }
    }
}

open_enum! {
    /// How a listed scan ended.
    pub enum ListedStatus {
        /// It ran to its end or to the time limit.
        Complete = "Complete",
        /// It was canceled.
        Cancel = "Cancel",
    }
}
