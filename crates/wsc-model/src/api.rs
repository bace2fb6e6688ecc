use core::fmt;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use shindan_wire::{Api, Entries, Fault, FaultKind, lenient};

/// NAVER Cloud's Web Security Checker.
///
/// Source: <https://api.ncloud-docs.com/docs/en/security-websecuritychecker>
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "it has no state")]
pub struct Wsc;

impl Api for Wsc {
    const NAME: &'static str = "wsc";
    const HEADERS: &'static [(&'static str, &'static str)] =
        &[("content-type", "application/json")];
    type Fault = WscFault;

    fn fault(status: u16, body: &[u8]) -> Option<WscFault> {
        let text = core::str::from_utf8(body).unwrap_or_default();
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let fields: Entries<&RawValue> = serde_json::from_str(text).unwrap_or_default();
        // Anything there counts, whatever its type and whatever stands beside it.
        if let Some(error) = fields.named("error").find(|error| error.get() != "null") {
            return Some(WscFault::from_error(status, error));
        }
        if let Some(code) = fields.named("returnCode").find(|code| !is_success(code)) {
            let message = fields.named("returnMessage").find_map(|message| loose(message));
            return Some(WscFault {
                status,
                code: loose(code),
                message: message.unwrap_or_default(),
                details: None,
                shape: Shape::Envelope,
            });
        }
        (!(200..300).contains(&status)).then_some(WscFault {
            status,
            code: None,
            message: String::new(),
            details: None,
            shape: Shape::Unreadable,
        })
    }
}

fn is_success(code: &RawValue) -> bool {
    loose(code).as_deref() == Some("0")
}

/// Text, or a number as text.
fn loose(raw: &RawValue) -> Option<String> {
    lenient::opt(&mut serde_json::Deserializer::from_str(raw.get())).ok().flatten()
}

/// The three clouds; each has its own accounts, keys and host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a fourth cloud would be a change for every caller")]
pub enum Site {
    /// `public`, the default.
    Public,
    /// `gov`
    Gov,
    /// `fin`
    Fin,
}

impl Site {
    /// The base URL of WSC there.
    pub const fn base_url(self) -> &'static str {
        match self {
            Self::Public => "https://wsc.apigw.ntruss.com",
            Self::Gov => "https://wsc.apigw.gov-ntruss.com",
            Self::Fin => "https://wsc.apigw.fin-ntruss.com",
        }
    }
}

/// WSC, or the gateway before it, says no.
///
/// It travels in two shapes and on more than one HTTP status; the code in the body decides.
/// Source: <https://api.ncloud-docs.com/docs/en/security-websecuritychecker>, "common error codes".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WscFault {
    status: u16,
    code: Option<String>,
    message: String,
    details: Option<String>,
    shape: Shape,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// `{"error":{"errorCode":"200",..}}`, with the code as text: the gateway.
    Gateway,
    /// `{"error":{"errorCode":901,..}}`, with the code as a number or without a readable one: the service.
    Service,
    /// `{"returnCode":"1",..}`
    Envelope,
    /// Not JSON, or JSON of another shape.
    Unreadable,
}

impl WscFault {
    /// A refusal by the API gateway.
    pub fn gateway(status: u16, code: &str, message: &str, details: Option<&str>) -> Self {
        Self {
            status,
            code: Some(code.to_owned()),
            message: message.to_owned(),
            details: details.map(str::to_owned),
            shape: Shape::Gateway,
        }
    }

    /// A refusal by the service itself.
    pub fn service(status: u16, code: u32, message: &str) -> Self {
        Self {
            status,
            code: Some(code.to_string()),
            message: message.to_owned(),
            details: None,
            shape: Shape::Service,
        }
    }

    /// The gateway's explanation. Text from the network: escape it before showing it.
    pub fn details(&self) -> Option<&str> {
        self.details.as_deref()
    }

    fn from_error(status: u16, error: &RawValue) -> Self {
        let body: ErrorBody = serde_json::from_str(error.get()).unwrap_or_default();
        let quoted = serde_json::from_str::<QuotedCode>(error.get()).is_ok();
        let gateway = body.error_code.is_some() && quoted;
        Self {
            status,
            code: body.error_code,
            message: body.message,
            details: body.details,
            shape: if gateway { Shape::Gateway } else { Shape::Service },
        }
    }
}

impl Fault for WscFault {
    fn status(&self) -> u16 {
        self.status
    }

    fn kind(&self) -> FaultKind {
        // A code counts only on a status that the vendor documents for it.
        match (self.status, self.code.as_deref().unwrap_or_default()) {
            (400, "100")
            | (404, "300")
            | (413, "430")
            | (200 | 400, "160331" | "160332" | "160351" | "160353") => FaultKind::Refused,
            (401, "200") => FaultKind::Unauthenticated,
            (401, "210") | (200 | 400 | 401, "169201" | "169202") => FaultKind::Forbidden,
            (429, "400") => FaultKind::Quota,
            (429, "410" | "420") => FaultKind::Throttled,
            (200 | 400, "901") => FaultKind::CatchAll,
            (408 | 429 | 500.., _) => FaultKind::Server,
            _ => FaultKind::Unrecognized,
        }
    }

    fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    fn message(&self) -> &str {
        &self.message
    }

    fn to_body(&self) -> Vec<u8> {
        let code = self.code.as_deref();
        let json = match self.shape {
            Shape::Gateway => serde_json::to_vec(&Outer {
                error: Error { code, message: &self.message, details: self.details() },
            }),
            Shape::Service => {
                let code = code.and_then(|code| code.parse::<u64>().ok());
                serde_json::to_vec(&Outer {
                    error: Error { code, message: &self.message, details: self.details() },
                })
            }
            Shape::Envelope => serde_json::to_vec(&Envelope {
                return_code: code.unwrap_or_default(),
                return_message: &self.message,
            }),
            Shape::Unreadable => return Vec::new(),
        };
        json.expect("strings and numbers are JSON")
    }
}

impl fmt::Display for WscFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.code.as_deref() {
            Some(code) if code.bytes().all(|b| b.is_ascii_digit()) => {
                write!(f, "wsc refused with code {code} (http {})", self.status)
            }
            _ => write!(f, "wsc answered http {} without a code that it documents", self.status),
        }
    }
}

impl core::error::Error for WscFault {}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ErrorBody {
    #[serde(default, deserialize_with = "lenient::opt")]
    error_code: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    message: String,
    #[serde(default, deserialize_with = "lenient::opt")]
    details: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "only its type is of interest")]
struct QuotedCode {
    error_code: String,
}

#[derive(Serialize)]
struct Outer<T> {
    error: T,
}

#[derive(Serialize)]
struct Error<'a, C> {
    #[serde(rename = "errorCode")]
    code: C,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    details: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Envelope<'a> {
    return_code: &'a str,
    return_message: &'a str,
}
