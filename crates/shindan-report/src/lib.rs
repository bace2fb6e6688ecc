//! What scans of both services have found, whether that passes, and how it is told: to a person, a
//! pipeline, a file.
//!
//! Nothing here reads or writes, knows the time or decides by chance. A [`Diagnosis`] is what the report of a
//! finished scan says; an [`Outcome`] is what became of one target, with or without a diagnosis; a [`Summary`]
//! is a whole run, and every format shows one.
//!
//! Text from a service is [`Untrusted`]: it has no `Display`, and every sink has its own way of showing it.

#![forbid(unsafe_code)]

pub mod check;
mod diagnosis;
mod finding;
pub mod format;
mod lang;
mod outcome;
pub mod sink;
mod summary;
mod untrusted;

pub use diagnosis::{Counts, Coverage, Depth, Diagnosis};
pub use finding::{Acceptance, Day, Finding, Fingerprint, Place, Rule, Severity, Standing};
pub use lang::Lang;
pub use outcome::{Compared, Ended, Outcome, Point, Service};
pub use summary::Summary;
pub use untrusted::Untrusted;
