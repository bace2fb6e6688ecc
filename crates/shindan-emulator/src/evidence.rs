//! How much is known of what is played: nothing here was compared with the live services.

use core::fmt;

use serde::{Serialize, Serializer};

use crate::{Operation, Scenario};

/// What stands behind a behavior. Where several things stand behind it, the weakest counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(clippy::exhaustive_enums, reason = "a page has a word for each")]
pub enum Evidence {
    /// The vendor says so on a public page, or shows it in an example there.
    Documented,
    /// A public client does or expects so, the vendor's own or another.
    Observed,
    /// Nobody says so: it had to be invented.
    Assumed,
}

impl Evidence {
    /// All of them, the strongest first.
    pub const ALL: [Self; 3] = [Self::Documented, Self::Observed, Self::Assumed];

    /// Its word: `documented`, `observed` or `assumed`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Documented => "documented",
            Self::Observed => "observed",
            Self::Assumed => "assumed",
        }
    }
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Evidence {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.as_str())
    }
}

impl Operation {
    /// What stands behind the call and the form of its answer.
    pub fn evidence(&self) -> Evidence {
        match (self.service, self.name) {
            // No page shows the answer of the first, and none the tree of the second.
            ("wsc", "createJob" | "getReport") => Evidence::Assumed,
            _ => Evidence::Documented,
        }
    }
}

/// Calls that clients make and no page names: method, path and what stands behind the answer.
pub(crate) const UNDOCUMENTED: [(&str, &str, Evidence); 4] = [
    ("GET", "/", Evidence::Observed),
    ("POST", "/v1/privnet/sshkey", Evidence::Observed),
    ("GET", "/v1/privnet/port", Evidence::Observed),
    ("GET", "/v1/privnet/ping", Evidence::Observed),
];

impl Scenario {
    /// What stands behind what it adds to the usual.
    pub const fn evidence(self) -> Evidence {
        match self {
            Self::Clean
            | Self::Incomplete
            | Self::Canceled
            | Self::AmbiguousCrawl
            | Self::LangJa
            | Self::NullProgress => Evidence::Documented,
            // That WSC refuses a start with 200, and that VAddy cancels a scan whose crawl fails, is said nowhere.
            Self::CrawlFailed
            | Self::ErrorIn200
            | Self::Findings
            | Self::Many
            | Self::Stuck
            | Self::Slow
            | Self::Busy
            | Self::NoCrawl
            | Self::Queue
            | Self::ReportLate
            | Self::ReportExpired
            | Self::AuthBad
            | Self::Permission
            | Self::ClockSkew
            | Self::Quota
            | Self::Throttle
            | Self::Flaky
            | Self::NotSubscribed
            | Self::ExternalServer
            | Self::Garbage
            | Self::Truncated
            | Self::Reset
            | Self::FreeRescan
            | Self::RescanExpired
            | Self::RescanUsedUp
            | Self::CreateEmpty
            | Self::LangKo
            | Self::LangEn
            | Self::Percent
            | Self::ReportCountsOnly
            | Self::Unicode
            | Self::Injection
            | Self::SchemaDrift => Evidence::Assumed,
        }
    }
}
