//! Every refusal of WSC and its gateway, with what is known about it.
//!
//! Codes and messages are documented: <https://api.ncloud-docs.com/docs/en/security-websecuritychecker>.
//! The details were observed on other products of the same gateway.

use wsc_model::WscFault;

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

/// Documented for a wrong number, on two HTTP statuses. That it also answers what a job's state does
/// not allow is assumed.
pub(super) fn call_fail(in_200: bool) -> WscFault {
    WscFault::service(if in_200 { 200 } else { 400 }, 901, "API Call Fail")
}

/// Documented; that it is about the start URL is assumed.
pub(super) fn bad_url() -> WscFault {
    WscFault::service(400, 160_331, "ActionURL Check Error")
}

/// Documented.
pub(super) fn bad_value() -> WscFault {
    WscFault::service(400, 160_332, "Param Check Error")
}

fn unauthenticated(details: &str) -> WscFault {
    WscFault::gateway(401, "200", "Authentication Failed", Some(details))
}
