use core::fmt;

use serde::Serialize;
use serde_json::value::RawValue;
use shindan_wire::{Api, Entries, Fault, FaultKind};

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
        let text = core::str::from_utf8(body).unwrap_or_default();
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let fields: Entries<&RawValue> = serde_json::from_str(text).unwrap_or_default();
        // Anything there counts, whatever its type and whatever stands beside it.
        let error =
            fields.named("error_message").find(|error| !["null", "\"\""].contains(&error.get()));
        let error = error.map_or(ErrorMessage::Absent, |error| {
            serde_json::from_str(error.get()).map_or(ErrorMessage::Unreadable, ErrorMessage::Text)
        });
        let success = (200..300).contains(&status);
        (error != ErrorMessage::Absent || !success).then_some(VaddyFault { status, error })
    }
}

/// VAddy says no. It has texts but no codes.
///
/// Source: <https://github.com/vaddy/WebAPI-document>
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VaddyFault {
    status: u16,
    error: ErrorMessage,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum ErrorMessage {
    Absent,
    /// Something that is no text.
    Unreadable,
    Text(String),
}

impl VaddyFault {
    /// A refusal with the vendor's text; a 401 has none.
    pub fn new(status: u16, message: Option<&str>) -> Self {
        let text = |message: &str| ErrorMessage::Text(message.to_owned());
        Self { status, error: message.map_or(ErrorMessage::Absent, text) }
    }
}

impl Fault for VaddyFault {
    fn status(&self) -> u16 {
        self.status
    }

    fn kind(&self) -> FaultKind {
        match (self.status, &self.error) {
            // The body of a 401 is not documented, the status is.
            (401, _) => FaultKind::Unauthenticated,
            (400 | 404, ErrorMessage::Text(_)) => FaultKind::Refused,
            (408 | 429 | 500.., _) => FaultKind::Server,
            _ => FaultKind::Unrecognized,
        }
    }

    fn code(&self) -> Option<&str> {
        None
    }

    fn message(&self) -> &str {
        match &self.error {
            ErrorMessage::Text(text) => text,
            ErrorMessage::Absent | ErrorMessage::Unreadable => "",
        }
    }

    fn to_body(&self) -> Vec<u8> {
        let json = match &self.error {
            ErrorMessage::Absent => return Vec::new(),
            ErrorMessage::Unreadable => serde_json::to_vec(&Body { error_message: false }),
            ErrorMessage::Text(text) => serde_json::to_vec(&Body { error_message: text }),
        };
        json.expect("a string is JSON")
    }
}

impl fmt::Display for VaddyFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.error {
            ErrorMessage::Text(_) => write!(f, "vaddy refused with http {}", self.status),
            ErrorMessage::Absent | ErrorMessage::Unreadable => {
                write!(f, "vaddy answered http {} without an error message", self.status)
            }
        }
    }
}

impl core::error::Error for VaddyFault {}

#[derive(Serialize)]
struct Body<T> {
    error_message: T,
}
