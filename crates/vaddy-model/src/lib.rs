//! VAddy's web API as types: serde only, no HTTP.
//!
//! [`v1`] names a project by its host name, [`v2`] by its project id; the answers are the same. The
//! user and the key are not part of an operation: whoever sends it adds them.
//!
//! ```
//! use vaddy_model::{ScanResult, ScanStatus};
//!
//! let result: ScanResult = serde_json::from_str(
//!     r#"{"status":"finish","scan_id":"1-837b5f9f","alert_count":"2","complete":100,
//!         "start_time":"2014-06-12T11:11:11+0000","new_field":true}"#,
//! )?;
//! assert_eq!(result.status, ScanStatus::Finish);
//! assert_eq!(result.alert_count, Some(2));
//! assert_eq!(result.start_time.unwrap().unix_seconds(), 1_402_571_471);
//! # Ok::<(), serde_json::Error>(())
//! ```

mod api;
mod crawl;
mod result_page;
mod scan;
mod scan_result;
mod utc_time;
pub mod v1;
pub mod v2;

pub use api::{Vaddy, VaddyFault};
pub use crawl::{Crawl, CrawlDeleted, CrawlId, CrawlPage, Sort};
pub use result_page::{ListedScan, ListedStatus, ResultPage};
pub use scan::{InvalidScanId, RunCheck, ScanId, ScanRef, ScanType};
pub use scan_result::{ScanResult, ScanStatus};
pub use utc_time::UtcTime;

use shindan_wire::Visit;

/// Visits every operation of both versions.
pub fn each(visit: &mut impl Visit) {
    visit.endpoint::<v1::CancelScan>();
    visit.endpoint::<v1::CheckRunning>();
    visit.endpoint::<v1::GetScanResult>();
    visit.endpoint::<v1::SearchCrawls>();
    visit.endpoint::<v1::StartScan>();
    visit.endpoint::<v2::CancelScan>();
    visit.endpoint::<v2::CheckRunning>();
    visit.endpoint::<v2::DeleteCrawl>();
    visit.endpoint::<v2::GetScanResult>();
    visit.endpoint::<v2::ListResults>();
    visit.endpoint::<v2::SearchCrawls>();
    visit.endpoint::<v2::StartScan>();
}
