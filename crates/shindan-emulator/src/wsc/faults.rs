//! Every refusal of WSC and its gateway, with what is known about it.
//!
//! Codes and messages are documented: <https://api.ncloud-docs.com/docs/en/security-websecuritychecker>.
//! The details were observed on other products of the same gateway.

use http::Method;
use shindan_wire::Fault;
use wsc_model::WscFault;

use crate::plot::Refusal;

/// Documented. Details observed.
pub(super) fn no_credentials() -> WscFault {
    unauthenticated("Authentication information are missing.")
}

/// Documented. Details observed for client ids; that an access key is called the same is assumed.
pub(super) fn unknown_access_key() -> WscFault {
    unauthenticated("Invalid authentication information. Client ID does not exist.")
}

/// Documented. Details observed.
pub(super) fn bad_signature() -> WscFault {
    unauthenticated("Invalid authentication information.")
}

/// Documented as invalid; code and details are assumed.
pub(super) fn stale() -> WscFault {
    unauthenticated("Invalid authentication information. Timestamp is out of range.")
}

/// Documented.
pub(super) fn no_such_path() -> WscFault {
    WscFault::gateway(404, "300", "Not Found Exception", None)
}

/// Documented; that the gateway checks arguments is assumed.
pub(super) fn bad_request() -> WscFault {
    WscFault::gateway(400, "100", "Bad Request Exception", None)
}

/// Documented for a wrong number. That it also answers what a job's state does not allow is assumed.
pub(super) fn call_fail() -> WscFault {
    WscFault::service(400, 901, "API Call Fail")
}

/// Documented; that it is about the start URL is assumed.
pub(super) fn bad_url() -> WscFault {
    WscFault::service(400, 160_331, "ActionURL Check Error")
}

/// Documented.
pub(super) fn bad_value() -> WscFault {
    WscFault::service(400, 160_332, "Param Check Error")
}

/// Documented; that it is what a report that is not yet there is answered with is assumed.
pub(super) fn unexpected() -> WscFault {
    WscFault::gateway(500, "900", "Unexpected Error", None)
}

/// Codes and messages are documented; where nothing else is said, that they belong to the case is, too.
pub(super) fn of(refusal: Refusal, method: &Method) -> Option<WscFault> {
    let creates = method == Method::PUT;
    Some(match refusal {
        Refusal::Credentials => bad_signature(),
        // Whether the gateway refuses first, with 210, is not documented.
        Refusal::Permission => WscFault::service(401, 169_201, "Auth Check Error"),
        // Details observed on other products.
        Refusal::Subscription => {
            let details = "A subscription to the API is required.";
            WscFault::gateway(401, "210", "Permission Denied", Some(details))
        }
        Refusal::Account if creates => WscFault::service(400, 169_202, "User Check Error"),
        // Assumed: the documents say that such a target is not supported, but not how that shows.
        Refusal::Target if creates => WscFault::service(400, 160_353, "URL Connection Error"),
        Refusal::Account | Refusal::Target => return None,
        Refusal::Quota => WscFault::gateway(429, "400", "Quota Exceeded", None),
        Refusal::Throttled => WscFault::gateway(429, "410", "Throttle Limited", None),
        Refusal::Unavailable => WscFault::gateway(503, "500", "Endpoint Error", None),
        Refusal::TimedOut => WscFault::gateway(504, "510", "Endpoint Timeout", None),
    })
}

/// Older documents have these with HTTP 200.
pub(super) fn is_in_200(fault: &WscFault) -> bool {
    ["901", "169201", "169202"].iter().any(|&code| fault.code() == Some(code))
}

fn unauthenticated(details: &str) -> WscFault {
    WscFault::gateway(401, "200", "Authentication Failed", Some(details))
}
