use bytes::Bytes;
use http::{HeaderName, Method, Request};

use crate::keys::{VADDY_KEY, VADDY_USER};

const API_KEY: HeaderName = HeaderName::from_static("x-api-key");

/// Whether the user and the key are there and right, or there at all if any are. If the key comes in more
/// than one way, which one counts is not documented, so each must be right.
pub(super) fn is_open(request: &Request<Bytes>, any_key: bool) -> bool {
    let arguments = if request.method() == Method::GET {
        request.uri().query().unwrap_or_default().as_bytes()
    } else {
        request.body()
    };
    let (mut users, mut keys) = (None, None);
    for (name, value) in form_urlencoded::parse(arguments).filter(|(_, value)| !value.is_empty()) {
        match &*name {
            "user" => judge(&mut users, any_key || value == VADDY_USER),
            "auth_key" => judge(&mut keys, any_key || value == VADDY_KEY),
            _ => {}
        }
    }
    for key in request.headers().get_all(API_KEY).iter().filter(|key| !key.is_empty()) {
        judge(&mut keys, any_key || key == VADDY_KEY);
    }
    users == Some(true) && keys == Some(true)
}

/// Adds one more to those that were given so far: whether all of them are right, if there are any.
fn judge(so_far: &mut Option<bool>, is_right: bool) {
    *so_far = Some(so_far.unwrap_or(true) && is_right);
}
