use bytes::Bytes;
use http::{Method, Request};

use crate::keys::{VADDY_KEY, VADDY_USER};

/// Whether the user and the key are there and right, or there at all if any are. If the key comes in more
/// than one way, which one counts is not documented, so each must be right.
pub(super) fn is_open(request: &Request<Bytes>, any_key: bool) -> bool {
    let arguments = if request.method() == Method::GET {
        request.uri().query().unwrap_or_default().as_bytes()
    } else {
        request.body()
    };
    let (mut users, mut keys) = (Vec::new(), Vec::new());
    for (name, value) in form_urlencoded::parse(arguments).filter(|(_, value)| !value.is_empty()) {
        match &*name {
            "user" => users.push(any_key || value == VADDY_USER),
            "auth_key" => keys.push(any_key || value == VADDY_KEY),
            _ => {}
        }
    }
    let headers = request.headers().get_all("x-api-key").iter().filter(|key| !key.is_empty());
    keys.extend(headers.map(|key| any_key || key == VADDY_KEY));
    let all_right = |given: &[bool]| !given.is_empty() && given.iter().all(|&right| right);
    all_right(&users) && all_right(&keys)
}
