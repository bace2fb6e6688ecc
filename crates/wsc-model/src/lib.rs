//! The six operations of NAVER Cloud's Web Security Checker (WSC) as types: serde only, no HTTP.
//!
//! Each operation is a file and a struct that implements [`shindan_wire::Endpoint`]. What the
//! vendor documents in two ways is read in both; what it does not document is kept as [`Raw`] JSON.
//!
//! ```
//! use wsc_model::{JobPage, Reply, ResultButton};
//!
//! let body = r#"{"returnCode":"0","returnDesc":"Request Success","returnMessage":"Success","resources":
//!     {"total_cnt":1,"total_page_cnt":1,"current_start_page":1,"current_end_page":1,"record_data":
//!     [{"instanceNo":1234567890,"status":"Scheduled","crawl_cnt":"","result_button":"cancel"}]}}"#;
//! let reply: Reply<JobPage> = serde_json::from_str(body)?;
//! let job = &reply.resources.record_data[0];
//! assert_eq!(job.instance_no.as_str(), "1234567890");
//! assert_eq!(job.result_button, Some(ResultButton::Cancel));
//! # Ok::<(), serde_json::Error>(())
//! ```

mod api;
mod cancel_job;
mod create_job;
mod get_jobs;
mod get_report;
mod job;
mod raw;
mod reply;
mod search_jobs;
mod stop_job;

pub use api::{Site, Wsc, WscFault};
pub use cancel_job::CancelJob;
pub use create_job::{CreateJob, Created, Speed, UserAgent};
pub use get_jobs::{GetJobs, JobPage};
pub use get_report::{GetReport, Report, ReportReply, RiskCounts};
pub use job::{InstanceNo, InvalidInstanceNo, Job, RescanButton, ResultButton};
pub use raw::Raw;
pub use reply::{Reply, ReturnCode};
pub use search_jobs::{SearchJobs, SearchType, StatusCode};
pub use stop_job::StopJob;

use shindan_wire::Visit;

/// Visits every operation.
pub fn each(visit: &mut impl Visit) {
    visit.endpoint::<CancelJob>();
    visit.endpoint::<CreateJob>();
    visit.endpoint::<GetJobs>();
    visit.endpoint::<GetReport>();
    visit.endpoint::<SearchJobs>();
    visit.endpoint::<StopJob>();
}
