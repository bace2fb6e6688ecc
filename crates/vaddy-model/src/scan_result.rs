use serde::{Deserialize, Serialize};
use shindan_wire::{lenient, open_enum};

use crate::{CrawlId, ScanId, UtcTime};

/// How a scan stands; all but `status` is there only once it has finished.
///
/// Source: <https://github.com/vaddy/WebAPI-document/blob/master/VAddy-WebApi.md>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ScanResult {
    /// Whether it runs, has finished or was canceled.
    pub status: ScanStatus,
    /// The host name of a v1 project.
    #[serde(default, deserialize_with = "lenient::opt", skip_serializing_if = "Option::is_none")]
    pub fqdn: Option<String>,
    /// The id of a v2 project.
    #[serde(default, deserialize_with = "lenient::opt", skip_serializing_if = "Option::is_none")]
    pub project_id: Option<String>,
    /// The scan itself.
    #[serde(default, deserialize_with = "lenient::opt", skip_serializing_if = "Option::is_none")]
    pub scan_id: Option<ScanId>,
    /// Number of test requests sent.
    #[serde(default, deserialize_with = "lenient::opt", skip_serializing_if = "Option::is_none")]
    pub scan_count: Option<u64>,
    /// Number of vulnerabilities.
    #[serde(default, deserialize_with = "lenient::opt", skip_serializing_if = "Option::is_none")]
    pub alert_count: Option<u64>,
    /// Always `UTC`.
    #[serde(default, deserialize_with = "lenient::opt", skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
    /// When it began.
    #[serde(default, deserialize_with = "lenient::opt", skip_serializing_if = "Option::is_none")]
    pub start_time: Option<UtcTime>,
    /// When it ended.
    #[serde(default, deserialize_with = "lenient::opt", skip_serializing_if = "Option::is_none")]
    pub end_time: Option<UtcTime>,
    /// Where the console shows it. Text from the network: check the host before linking to it.
    #[serde(default, deserialize_with = "lenient::opt", skip_serializing_if = "Option::is_none")]
    pub scan_result_url: Option<String>,
    /// Per cent, 0 to 100; less than 100 means that the time limit cut the scan off.
    #[serde(default, deserialize_with = "lenient::opt", skip_serializing_if = "Option::is_none")]
    pub complete: Option<u32>,
    /// The crawl that was replayed.
    #[serde(default, deserialize_with = "lenient::opt", skip_serializing_if = "Option::is_none")]
    pub crawl_id: Option<CrawlId>,
    /// Its label.
    #[serde(default, deserialize_with = "lenient::opt", skip_serializing_if = "Option::is_none")]
    pub crawl_label: Option<String>,
    /// Names of what was looked for; not the codes of [`ScanType`](crate::ScanType).
    #[serde(default, deserialize_with = "lenient::list", skip_serializing_if = "Vec::is_empty")]
    pub scan_list: Vec<String>,
}

impl ScanResult {
    /// A state without any figures.
    pub fn new(status: ScanStatus) -> Self {
        Self {
            status,
            fqdn: None,
            project_id: None,
            scan_id: None,
            scan_count: None,
            alert_count: None,
            timezone: None,
            start_time: None,
            end_time: None,
            scan_result_url: None,
            complete: None,
            crawl_id: None,
            crawl_label: None,
            scan_list: Vec::new(),
        }
    }
}

open_enum! {
    /// The states of a scan.
    pub enum ScanStatus {
        /// It runs.
        Scanning = "scanning",
        /// It was canceled, or it crashed: the service has one word for both.
        Canceled = "canceled" | "cancelled",
        /// It has finished.
        Finish = "finish",
    }
}
