//! Projects that are named by their id, since 2018; `/v2`.

mod cancel_scan;
mod check_running;
mod delete_crawl;
mod get_scan_result;
mod list_results;
mod search_crawls;
mod start_scan;

pub use cancel_scan::CancelScan;
pub use check_running::CheckRunning;
pub use delete_crawl::DeleteCrawl;
pub use get_scan_result::GetScanResult;
pub use list_results::ListResults;
pub use search_crawls::SearchCrawls;
pub use start_scan::StartScan;
