use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::RunId;

/// One line of a run's file.
///
/// No field holds a secret: not a key, not a cookie, not what a login form is filled with. Whoever fills
/// a text field keeps it so. Times are Unix ms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Record {
    /// What is about to be started; the first record.
    Intent(Box<Intent>),
    /// The next thing to leave is a start. Without this record nothing may be sent.
    Sent {
        /// When.
        at_ms: i64,
        /// The scans that the service showed just before.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        baseline_ids: Vec<String>,
    },
    /// What has become of a start.
    Outcome(Outcome),
    /// How the scan stands; written only when it changes.
    State(State),
    /// A report is whole on disk.
    Report(Report),
    /// The run has ended.
    Closed(Closed),
    /// A record of a later minor version; read past, and never written.
    #[serde(other, skip_serializing)]
    Other,
}

/// What is about to be started, and what finds it again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    /// The format of the file.
    pub version: Version,
    /// The run, which also names the file.
    pub run: RunId,
    /// `wsc` or `vaddy`.
    pub service: String,
    /// The URL of the service.
    pub endpoint: String,
    /// A fingerprint of the account: tells two apart, and gives no key away.
    pub account: String,
    /// The target as a person calls it.
    pub target: String,
    /// What makes two targets the same: one start at a time, and none while an outcome is unknown.
    pub target_key: String,
    /// What the service keeps with the scan, so that it is found again.
    pub token: String,
    /// What the token was made of, if it was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dedupe_key: Option<String>,
    /// From which risk on a finding fails the scan, if that was said, in the caller's word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fail_on: Option<String>,
    /// How much has to be scanned, in per cent, if that was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_coverage: Option<u32>,
    /// A fingerprint of everything besides the target that makes it another scan; it gives no secret away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub options: Option<String>,
    /// The scan that this one repeats without a charge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeats: Option<String>,
    /// What the service calls the target.
    pub scan: Subject,
    /// When.
    pub at_ms: i64,
}

/// The format of a run's file. The frame of the first record is the same in every version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// A file with a greater one is refused.
    pub major: u32,
    /// A file with a greater one has records and fields to read past.
    pub minor: u32,
}

impl Version {
    /// What this crate writes.
    pub const CURRENT: Self = Self { major: 1, minor: 1 };
}

/// What a service needs, besides the id, to show a scan or to find a lost one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Subject {
    /// WSC.
    Wsc {
        /// Where the scan begins, without user name and password.
        url: String,
    },
    /// A project of `VAddy`'s first version.
    VaddyV1 {
        /// Its host name.
        fqdn: String,
        /// The number in the console's address of the project.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        project_number: Option<u64>,
        /// The crawl that was asked for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        crawl_id: Option<u64>,
    },
    /// A project of `VAddy`'s second version.
    VaddyV2 {
        /// Its id.
        project_id: String,
        /// The number in the console's address of the project.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        project_number: Option<u64>,
        /// The crawl that was asked for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        crawl_id: Option<u64>,
    },
}

/// What has become of a start.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// In one word.
    pub class: Class,
    /// The scan, if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// More scans of the same intent, if an intermediary sent the start twice.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ids: Vec<String>,
    /// What makes us say so: a short text of ours, never the service's.
    pub evidence: String,
    /// Whether an emulator has answered, so that nothing was really started; since 1.1.
    #[serde(default, skip_serializing_if = "is_false")]
    pub emulated: bool,
    /// When.
    pub at_ms: i64,
}

/// What has become of a start, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Class {
    /// The service has named the scan.
    Started,
    /// The service has accepted the start and has not named the scan.
    Accepted,
    /// Nobody knows.
    Unknown,
    /// It was searched for, and certainly nothing was started.
    NotStarted,
    /// The service, or something before it, has certainly not executed it.
    Refused,
    /// More than one scan carries the intent.
    Duplicate,
    /// What an earlier attempt has started was found.
    Found,
    /// A word of a later minor version; it counts as unknown.
    #[serde(other, skip_serializing)]
    Other,
}

/// How a scan stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// The state in words.
    pub text: String,
    /// Since when.
    pub at_ms: i64,
}

/// A report that is whole on disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Where.
    pub path: PathBuf,
    /// The hash of its bytes, in hex.
    pub sha256: String,
    /// When.
    pub at_ms: i64,
}

/// How a run has ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closed {
    /// The verdict in one word.
    pub verdict: String,
    /// What the process has left with.
    pub exit_code: u8,
    /// Whether an emulator has answered; since 1.1.
    #[serde(default, skip_serializing_if = "is_false")]
    pub emulated: bool,
    /// When.
    pub at_ms: i64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
fn is_false(value: &bool) -> bool {
    !value
}
