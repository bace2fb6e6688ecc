//! What scans of both services have found, whether that passes, and how it is told: to a person, a
//! pipeline, a file.
//!
//! Nothing here reads or writes, knows the time or decides by chance. A [`Diagnosis`] is what the report of a
//! finished scan says; an [`Outcome`] is what became of one target, with or without a diagnosis; a [`Summary`]
//! is a whole run, and every format shows one.
//!
//! Text from a service is [`Untrusted`]: it has no `Display`, and every sink has its own way of showing it.
//!
//! From the report of a finished scan to a verdict:
//!
//! ```
//! use shindan_report::{
//!     Acceptance, accept, door,
//!     verdict::{self, Decision, FailOn, Policy},
//! };
//!
//! let report: wsc_model::Report = serde_json::from_str(
//!     r#"{"Scanned_Domain_List": ["www.shop.example"],
//!         "Classify_byRisk_Level": {"Total": "2", "High": "1", "Medium": "1", "Low": "0"},
//!         "Details": {
//!             "SQL 인젝션": [{"Url": "https://www.shop.example/items/7", "Parameter": "q", "Risk": "상"}],
//!             "XSS": [{"Url": "https://www.shop.example/search", "Parameter": "q", "Risk": "Medium"}]}}"#,
//! )?;
//! let mut diagnosis = door::wsc(&report, &[]);
//! assert_eq!(diagnosis.findings[0].rule.id, "wsc/sql-injection");
//! let policy = Policy::default();
//! let verdict = verdict::judge(&diagnosis, &policy);
//! assert_eq!((verdict.decision, verdict.because), (Decision::Gate, vec!["1 high".to_owned()]));
//!
//! let fingerprint = diagnosis.findings[0].fingerprint.clone();
//! let until = "2027-01-31".parse()?;
//! let accepted = Acceptance::new(fingerprint, "a WAF blocks it; SHOP-412", "kim@example.com", until);
//! let today = "2026-11-21".parse()?;
//! assert_eq!(accept::apply(&mut diagnosis, "shop", &[accepted], &today), [true]);
//! assert_eq!(verdict::judge(&diagnosis, &policy).decision, Decision::Pass);
//! let medium = Policy::new(FailOn::Medium, 100);
//! assert_eq!(verdict::judge(&diagnosis, &medium).because, ["1 medium"]);
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```

#![forbid(unsafe_code)]

pub mod accept;
pub mod check;
mod diagnosis;
mod diff;
pub mod door;
mod event;
mod finding;
mod fingerprint;
pub mod format;
mod hash;
mod lang;
mod merge;
mod outcome;
mod rule;
pub mod sink;
mod summary;
mod untrusted;
pub mod verdict;

pub use diagnosis::{Counts, Coverage, Depth, Diagnosis};
pub use diff::{Change, Changed, Diff, diff};
pub use event::{Event, Happened};
pub use finding::{Acceptance, Day, Finding, Fingerprint, Place, Rule, Severity, Standing};
pub use format::Format;
pub use lang::Lang;
pub use merge::{EXIT_ORDER, merge};
pub use outcome::{Compared, Ended, Outcome, Point, Service};
pub use summary::Summary;
pub use untrusted::Untrusted;
