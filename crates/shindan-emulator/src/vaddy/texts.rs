//! Every refusal of VAddy, with what is known about its text.
//!
//! That these cases are refused with 400 is documented, if nothing else is said:
//! <https://github.com/vaddy/WebAPI-document>.

use http::Method;
use vaddy_model::VaddyFault;

use crate::plot::Refusal;

/// Text documented, with status 404.
pub(super) fn crawl_not_found() -> VaddyFault {
    VaddyFault::new(404, Some("crawl_id not found."))
}

/// Text documented, for the deletion of a crawl.
pub(super) fn not_match_project() -> VaddyFault {
    refused("not match project")
}

/// Text documented, for the list of results.
pub(super) fn not_match_project_number() -> VaddyFault {
    refused("not match the Project Number")
}

/// Text observed, as part of a real answer.
pub(super) fn already_running() -> VaddyFault {
    refused("Scan has already been running")
}

/// Text observed, in the manual of the vendor's client.
pub(super) fn invalid_scan_type() -> VaddyFault {
    refused("Invalid scan type selected")
}

/// Text assumed.
pub(super) fn no_such_project() -> VaddyFault {
    refused("project not found")
}

/// Text assumed.
pub(super) fn no_crawl() -> VaddyFault {
    refused("crawl data not found")
}

/// Text assumed.
pub(super) fn no_such_scan() -> VaddyFault {
    refused("scan_id not found")
}

/// Text assumed.
pub(super) fn already_finished() -> VaddyFault {
    refused("Scan has already been finished")
}

/// Case and text assumed: an argument is missing or cannot be read.
pub(super) fn bad_argument() -> VaddyFault {
    refused("invalid parameter")
}

/// Case, status and text assumed.
pub(super) fn no_such_path() -> VaddyFault {
    VaddyFault::new(404, Some("not found"))
}

/// All of it is assumed but the status of wrong credentials, and that reading takes fewer rights than scanning.
pub(super) fn of(refusal: Refusal, method: &Method) -> Option<VaddyFault> {
    Some(match refusal {
        Refusal::Credentials => VaddyFault::new(401, None),
        Refusal::Permission if method == Method::POST => refused("permission denied"),
        Refusal::Quota | Refusal::Throttled => VaddyFault::new(429, None),
        Refusal::Unavailable => VaddyFault::new(503, None),
        Refusal::TimedOut => VaddyFault::new(504, None),
        Refusal::Permission | Refusal::Subscription | Refusal::Account | Refusal::Target => {
            return None;
        }
    })
}

fn refused(text: &str) -> VaddyFault {
    VaddyFault::new(400, Some(text))
}
