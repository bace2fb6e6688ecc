use core::fmt;

use serde::{Deserialize, Serialize};
use shindan_wire::{Api, Fault, FaultKind, lenient};

/// VAddy.
///
/// Source: <https://github.com/vaddy/WebAPI-document>
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "it has no state")]
pub struct Vaddy;

impl Vaddy {
    /// The service's base URL.
    pub const BASE_URL: &'static str = "https://api.vaddy.net";
}

impl Api for Vaddy {
    const NAME: &'static str = "vaddy";
    type Fault = VaddyFault;

    fn fault(status: u16, body: &[u8]) -> Option<VaddyFault> {
        let message = core::str::from_utf8(body)
            .ok()
            .and_then(|text| serde_json::from_str::<Body>(text).ok())
            .and_then(|body| body.error_message);
        let success = (200..300).contains(&status);
        (message.is_some() || !success).then_some(VaddyFault { status, message })
    }
}

/// VAddy says no. It has texts but no codes.
///
/// Source: <https://github.com/vaddy/WebAPI-document>
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VaddyFault {
    status: u16,
    message: Option<String>,
}

impl VaddyFault {
    /// A refusal with the vendor's text; a 401 has none.
    pub fn new(status: u16, message: Option<&str>) -> Self {
        Self { status, message: message.map(str::to_owned) }
    }
}

impl Fault for VaddyFault {
    fn status(&self) -> u16 {
        self.status
    }

    fn kind(&self) -> FaultKind {
        match (self.status, &self.message) {
            // The body of a 401 is not documented, the status is.
            (401, _) => FaultKind::Unauthenticated,
            (400 | 404, Some(_)) => FaultKind::Refused,
            (408 | 429 | 500.., _) => FaultKind::Server,
            _ => FaultKind::Unrecognized,
        }
    }

    fn code(&self) -> Option<&str> {
        None
    }

    fn message(&self) -> &str {
        self.message.as_deref().unwrap_or_default()
    }

    fn to_body(&self) -> Vec<u8> {
        if self.message.is_none() {
            return Vec::new();
        }
        serde_json::to_vec(&Body { error_message: self.message.clone() }).expect("a string is JSON")
    }
}

impl fmt::Display for VaddyFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.message {
            Some(_) => write!(f, "vaddy refused with http {}", self.status),
            None => write!(f, "vaddy answered http {} without an error message", self.status),
        }
    }
}

impl core::error::Error for VaddyFault {}

#[derive(Serialize, Deserialize)]
struct Body {
    #[serde(default, deserialize_with = "lenient::opt")]
    error_message: Option<String>,
}
