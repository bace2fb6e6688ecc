//! What was started, durable before a byte leaves.
//!
//! Each run has one file, `scans/<run id>.jsonl` below the state directory, to which records are appended.
//! What is known of a run is a fold over them ([`Run`]). A file outlives the death of its process at any
//! point, the loss of what was not synced, and damage: every record that is whole is used, what is not is
//! reported, and nothing is ever truncated or written over.
//!
//! The order that keeps a paid scan from being started twice or lost:
//!
//! 1. [`Journal::begin`] locks the target and makes the run's file. Only then the scans are read that the
//!    service already has, so that no other start of ours comes between.
//! 2. [`Record::Sent`] is appended, with those scans, before a byte of the start leaves. If this or anything
//!    before it fails, nothing is sent. A whole file without this record blocks no target; one in which it is
//!    torn does, until an outcome says that nothing was started.
//! 3. [`Record::Outcome`] is appended before anything is said or done with the id. If that fails, the id is
//!    said in one line, see [`scan_id_line`], and the wait goes on.
//! 4. The lock is let go once the outcome is decided, and the run is closed when it ends. Closing decides no
//!    outcome: while that is unknown, [`Journal::begin`] refuses the target, in this and in every later process.
//! 5. Another process that looks for a lost start has the lock meanwhile, see [`Journal::claim`].
//!
//! No record has a field for a secret, and no text of a file's content is in an error. The crate reads no
//! clock and draws no randomness: times and random bytes are arguments.
//!
//! ```
//! use shindan_journal::{Class, Intent, Journal, Outcome, Phase, Record, RunId, Subject, Version};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let state = std::env::temp_dir().join(format!("shindan-journal-doc-{}", std::process::id()));
//! let journal = Journal::open(&state)?;
//! let run = RunId::new(1_795_000_000_000, [7; 10]);
//! let mut file = journal.begin(Intent {
//!     version: Version::CURRENT,
//!     run,
//!     service: "wsc".to_owned(),
//!     endpoint: "https://wsc.apigw.ntruss.com".to_owned(),
//!     account: "5f2b8c1d".to_owned(),
//!     target: "shop".to_owned(),
//!     target_key: "wsc 5f2b8c1d https://shop.example/".to_owned(),
//!     token: "ABCDEFGHIJKLMNOP".to_owned(),
//!     dedupe_key: None,
//!     fail_on: None,
//!     min_coverage: None,
//!     options: None,
//!     repeats: None,
//!     scan: Subject::Wsc { url: "https://shop.example/".to_owned() },
//!     at_ms: 1_795_000_000_000,
//! })?;
//! // The service is asked here for the scans that it has.
//! let baseline_ids = vec!["12344".to_owned()];
//! file.append(&Record::Sent { at_ms: 1_795_000_000_800, baseline_ids })?;
//! // The start leaves here, and the service answers.
//! file.append(&Record::Outcome(Outcome {
//!     class: Class::Started,
//!     id: Some("12345".to_owned()),
//!     ids: Vec::new(),
//!     evidence: "the service named it".to_owned(),
//!     emulated: false,
//!     at_ms: 1_795_000_000_900,
//! }))?;
//! file.release_lock();
//! assert_eq!(journal.run("01")?.run.phase(), Phase::Started("12345".to_owned()));
//! # std::fs::remove_dir_all(state)?;
//! # Ok(())
//! # }
//! ```

mod error;
mod files;
mod fold;
mod frame;
mod journal;
mod record;
mod run_file;
mod run_id;
mod storage;

pub use error::{BeginError, Error, FindError, Holder, RemoveError};
pub use files::Files;
pub use fold::{Phase, Run};
pub use frame::{Decoded, Entry, Newer, decode, encode};
pub use journal::{Damage, Journal, RunView, Runs};
pub use record::{Class, Closed, Intent, Outcome, Record, Report, State, Subject, Version};
pub use run_file::RunFile;
pub use run_id::{InvalidRunId, RunId};
pub use storage::{Locked, Storage};

/// The last resort when an id cannot be written: `SCAN-ID service=<service> id=<id>`.
///
/// One line of ASCII without control characters, whatever the service calls its scans.
pub fn scan_id_line(service: &str, id: &str) -> String {
    format!("SCAN-ID service={} id={}", service.escape_default(), id.escape_default())
}
