//! The sans-IO core: what to send to WSC and VAddy, when, and what the answers mean.
//!
//! Nothing here opens a socket, reads a clock or draws a random number. An operation is encoded to
//! an [`http::Request`] and its answer decoded; what takes more than one exchange is a *flow*, a
//! value that is at rest in one of four places and is carried on by its driver:
//!
//! ```text
//!                    +--------------- received ----------------+
//!                    v                                         |
//!  call, start,   Step::Send(Sending) --- one HTTP exchange ---+
//!  attach  --->   Step::Wait(Waiting) --- woke, cancel --> Step
//!                 Step::Tell(Telling) --- told, cancel --> Step
//!                 Step::Done(result)
//! ```
//!
//! # The driver's contract
//!
//! - Make exactly one HTTP exchange per [`Sending`]. Clients that re-send by themselves when a
//!   pooled connection turns out to be dead must be told not to.
//! - Follow no redirect and decompress nothing.
//! - Enforce [`Limits`] while reading.
//! - Have a request that had to wait before it could be sent signed anew by [`Sending::waited`].
//! - Say [`Sent::Never`] only when it is certain, otherwise [`Sent::Perhaps`].
//! - Take [`Now`] after the exchange or the rest; round rests up.
//! - Log no header that is marked sensitive and no query.
//! - At a [`Telling`] do what has to be durable before the flow goes on; dropping it abandons the flow.
//!
//! # A flow by hand
//!
//! ```
//! use bytes::Bytes;
//! use shindan_proto::{NcpKey, Now, Step, Target, Timestamp};
//! use wsc_model::GetJobs;
//!
//! let key = ncp_sign::Credential::new("AKEXAMPLE", "SKEXAMPLE").unwrap();
//! let target = Target::new("https://wsc.apigw.ntruss.com".parse().unwrap(), NcpKey::new(key));
//! let now = Now { mono: core::time::Duration::ZERO, wall: Timestamp::from_unix_ms(1_720_412_345_678) };
//!
//! let Step::Send(sending) = target.call(now, &GetJobs::new(10, 1)) else { panic!("a call sends first") };
//! assert_eq!(sending.request.uri().path_and_query().unwrap(), "/api/v1/jobs?limit=10&page=1");
//! assert!(sending.request.headers().contains_key("x-ncp-apigw-signature-v2"));
//!
//! let body = r#"{"returnCode":"0","returnDesc":"Request Success","returnMessage":"Success","resources":
//!     {"total_cnt":0,"total_page_cnt":0,"current_start_page":0,"current_end_page":0,"record_data":null}}"#;
//! let Step::Done(answer) = sending.received(now, Ok(http::Response::new(Bytes::from(body)))) else {
//!     panic!("a good answer ends a call")
//! };
//! assert!(answer.unwrap().resources.record_data.is_empty());
//! ```

mod auth;
mod call;
mod codec;
mod desk;
mod error;
mod pages;
mod quota;
mod read;
pub mod retry;
mod scanner;
#[cfg(feature = "server")]
mod serve;
mod start;
mod step;
mod target;
mod time;
mod traffic;
mod vaddy_scan;
mod watch;
mod wsc_list;
mod wsc_scan;

pub use auth::{Authorize, InvalidVaddyKey, KeyIn, NcpKey, VaddyKey};
pub use call::{CallResult, FaultOf};
pub use codec::{decode, encode};
pub use desk::Io;
pub use error::{Answer, Cause, DecodeError, EncodeError, Error, Rejected, Unread};
pub use pages::Paged;
pub use retry::RetryPolicy;
pub use scanner::{Ending, Found, Glance, Look, Prior, Scanner, Standing};
#[cfg(feature = "server")]
pub use serve::{Reject, accept, refuse, respond};
pub use start::{Event, EventOf, LostStart, Outcome, ScanError, ScanResultOf};
pub use step::{Failure, Limits, Sending, Sent, Step, Telling, Waiting};
pub use target::{Base, InvalidBase, Target, is_loopback};
pub use time::{Now, SentAt, Timestamp};
pub use traffic::{Stage, Traffic};
pub use vaddy_scan::{VaddyProject, VaddyScan, VaddyScanId};
pub use watch::WatchPolicy;
pub use wsc_scan::{InvalidToken, Token, WscScan};
