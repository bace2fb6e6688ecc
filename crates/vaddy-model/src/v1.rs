//! Projects that are named by their host name; `/v1/scan` and `/v1/crawl`.

mod cancel_scan;
mod check_running;
mod get_scan_result;
mod search_crawls;
mod start_scan;

pub use cancel_scan::CancelScan;
pub use check_running::CheckRunning;
pub use get_scan_result::GetScanResult;
pub use search_crawls::SearchCrawls;
pub use start_scan::StartScan;
