use core::fmt;

use serde::{Deserialize, Deserializer, Serialize};
use shindan_wire::{FromLoose, lenient, open_enum};

/// The id of a scan: 1 to 128 letters, digits and hyphens, like `123-5f0c7a4e-1111-4222-8333-9a9b9c9d9e9f`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct ScanId(Box<str>);

impl ScanId {
    /// Checks the characters.
    pub fn new(text: &str) -> Result<Self, InvalidScanId> {
        let valid = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
        if (1..=128).contains(&text.len()) && text.bytes().all(valid) {
            Ok(Self(text.into()))
        } else {
            Err(InvalidScanId)
        }
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ScanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl core::str::FromStr for ScanId {
    type Err = InvalidScanId;

    fn from_str(text: &str) -> Result<Self, InvalidScanId> {
        Self::new(text)
    }
}

impl FromLoose for ScanId {
    const EXPECTED: &'static str = "a scan id of letters, digits and hyphens";

    fn from_text(text: &str) -> Option<Self> {
        Self::new(text).ok()
    }
}

impl<'de> Deserialize<'de> for ScanId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        lenient::req(deserializer)
    }
}

/// The text is not a scan id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InvalidScanId;

impl fmt::Display for InvalidScanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "a scan id has 1 to 128 letters, digits and hyphens; copy it from the start's answer",
        )
    }
}

impl core::error::Error for InvalidScanId {}

/// The answer to a start or a cancel: the scan it is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ScanRef {
    /// Its id.
    pub scan_id: ScanId,
}

impl ScanRef {
    /// Names the scan.
    pub fn new(scan_id: ScanId) -> Self {
        Self { scan_id }
    }
}

/// The answer to the question whether a scan runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RunCheck {
    /// Number of running scans; 0 means that one may be started.
    #[serde(deserialize_with = "lenient::req")]
    pub running_process: u64,
}

impl RunCheck {
    /// That many scans run.
    pub fn new(running_process: u64) -> Self {
        Self { running_process }
    }
}

open_enum! {
    /// What a scan looks for. Which types a contract covers depends on its plan.
    ///
    /// Source: <https://github.com/vaddy/WebAPI-document/blob/master/VAddy-WebApi-ScanType.md>
    pub enum ScanType {
        /// SQL injection.
        Sqli = "SQLI",
        /// Reflected cross-site scripting.
        Xss = "XSS",
        /// Stored cross-site scripting.
        XssStore = "XSS_STORE",
        /// Remote file inclusion.
        Rfi = "RFI",
        /// OS command injection.
        CommandInjection = "COMMAND_INJECTION",
        /// Directory traversal.
        PathTrav = "PATH_TRAV",
        /// Blind SQL injection.
        BlindSqli = "BLIND_SQLI",
        /// HTTP header injection.
        HeaderInjection = "HEADER_INJECTION",
        /// XML external entities.
        Xxe = "XXE",
        /// Unsafe deserialization.
        Deserialization = "DESERIALIZATION",
        /// Server-side request forgery.
        Ssrf = "SSRF",
        /// Exposure of files that are not public.
        PrivateFile = "PRIVATE_FILE",
        /// Cross-site request forgery.
        Csrf = "CSRF",
        /// Mail header injection.
        MailHeader = "MAIL_HEADER",
        /// Clickjacking.
        ClickJacking = "CLICK_JACKING",
        /// Buffer overflow.
        BufferOverflow = "BUFFER_OVERFLOW",
        /// Flaws of session handling.
        SessionFixation = "SESSION_FIXATION",
        /// Flaws of access control.
        AccessCtl = "ACCESS_CTL",
        /// Eval injection.
        Eval = "EVAL",
    }
}
