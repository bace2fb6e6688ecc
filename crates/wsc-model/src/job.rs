use core::fmt;

use serde::{Deserialize, Deserializer, Serialize};
use shindan_wire::{FromLoose, lenient, open_enum};

/// The number of a diagnosis: 1 to 20 decimal digits.
///
/// The vendor documents an integer and sends text; both are read, text is written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct InstanceNo(Box<str>);

impl InstanceNo {
    /// Checks the digits.
    pub fn new(digits: &str) -> Result<Self, InvalidInstanceNo> {
        let valid = (1..=20).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        if valid { Ok(Self(digits.into())) } else { Err(InvalidInstanceNo) }
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for InstanceNo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl core::str::FromStr for InstanceNo {
    type Err = InvalidInstanceNo;

    fn from_str(text: &str) -> Result<Self, InvalidInstanceNo> {
        Self::new(text)
    }
}

impl FromLoose for InstanceNo {
    const EXPECTED: &'static str = "an instance number of 1 to 20 digits";

    fn from_text(text: &str) -> Option<Self> {
        Self::new(text).ok()
    }
}

impl<'de> Deserialize<'de> for InstanceNo {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        lenient::req(deserializer)
    }
}

/// The text is not an instance number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InvalidInstanceNo;

impl fmt::Display for InvalidInstanceNo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "an instance number has 1 to 20 digits and nothing else; look it up in the list of jobs",
        )
    }
}

impl core::error::Error for InvalidInstanceNo {}

/// A diagnosis as the lists show it.
///
/// `status` is localized text for people; decisions are read from [`Job::result_button`].
/// Source: <https://api.ncloud-docs.com/docs/en/security-websecuritychecker-getjobs>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Job {
    /// Its number.
    #[serde(rename = "instanceNo")]
    pub instance_no: InstanceNo,
    /// `YYYY-MM-DD HH:MM:SS` without a zone; in the future for a scheduled job.
    #[serde(default, deserialize_with = "lenient::text")]
    pub start_date: String,
    /// Empty until it has ended.
    #[serde(default, deserialize_with = "lenient::text")]
    pub end_date: String,
    /// Localized.
    #[serde(default, deserialize_with = "lenient::text")]
    pub status: String,
    /// Per cent; null in every documented example.
    #[serde(default, deserialize_with = "lenient::opt")]
    pub progress: Option<u32>,
    /// What is scanned.
    #[serde(default, deserialize_with = "lenient::text")]
    pub start_url: String,
    /// Number of URLs collected.
    #[serde(default, deserialize_with = "lenient::opt", serialize_with = "lenient::quoted")]
    pub crawl_cnt: Option<u64>,
    /// Number of vulnerabilities found.
    #[serde(default, deserialize_with = "lenient::opt", serialize_with = "lenient::quoted")]
    pub scan_cnt: Option<u64>,
    /// The text given at creation.
    #[serde(default, deserialize_with = "lenient::text")]
    pub memo: String,
    /// What can be done with the job now, and so how it stands.
    #[serde(
        default,
        deserialize_with = "lenient::opt",
        serialize_with = "lenient::empty_when_none"
    )]
    pub result_button: Option<ResultButton>,
    /// Why it failed.
    #[serde(default, deserialize_with = "lenient::text")]
    pub result_desc: String,
    /// Whether it can be diagnosed again.
    #[serde(
        default,
        deserialize_with = "lenient::opt",
        serialize_with = "lenient::empty_when_none"
    )]
    pub rescan_button: Option<RescanButton>,
    /// Repeated diagnoses of this job; the shape of an element is not documented and taken to be the same.
    #[serde(
        default,
        deserialize_with = "lenient::list",
        serialize_with = "lenient::null_when_empty"
    )]
    pub slave_data: Vec<Self>,
}

impl Job {
    /// A job without any result.
    pub fn new(instance_no: InstanceNo, start_url: &str) -> Self {
        Self {
            instance_no,
            start_date: String::new(),
            end_date: String::new(),
            status: String::new(),
            progress: None,
            start_url: start_url.to_owned(),
            crawl_cnt: None,
            scan_cnt: None,
            memo: String::new(),
            result_button: None,
            result_desc: String::new(),
            rescan_button: None,
            slave_data: Vec::new(),
        }
    }
}

open_enum! {
    /// The button that the console would offer: the only trustworthy sign of a job's state.
    pub enum ResultButton {
        /// Finished: the report can be read.
        Report = "report",
        /// Scheduled: it can be canceled.
        Cancel = "cancel",
        /// Running: it can be stopped.
        Terminate = "terminate",
        /// Finished too long ago: the report is gone.
        Expired = "expired",
        /// Failed: the reason is in [`Job::result_desc`].
        Cause = "cause",
    }
}

open_enum! {
    /// Whether a free repetition is offered; nothing means no.
    pub enum RescanButton {
        /// It is.
        Possible = "possible",
        /// Not any more.
        Expired = "expired",
        /// No, written as text.
        Null = "null",
    }
}
