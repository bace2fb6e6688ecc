//! What clients send besides the documented form.

use std::borrow::Cow;

use bytes::Bytes;
use http::{Method, Request, header};
use serde_json::{Map, Value};

/// The request with its arguments where the documents have them. One client posts JSON, and it is said to
/// work; the agent of `PrivateNet` posts its arguments in the query. What cannot be read stays as it is.
pub(crate) fn as_documented(request: &Request<Bytes>) -> Cow<'_, Request<Bytes>> {
    if request.method() != Method::POST {
        return Cow::Borrowed(request);
    }
    let form = if is_json(request) {
        form_of_json(request.body())
    } else if super::privnet::is_privnet(request) {
        request.uri().query().map(|query| join(query, request.body()))
    } else {
        None
    };
    match form {
        Some(form) => Cow::Owned(request.clone().map(|_| form)),
        None => Cow::Borrowed(request),
    }
}

fn is_json(request: &Request<Bytes>) -> bool {
    let mut types = request.headers().get_all(header::CONTENT_TYPE).iter();
    types.any(|text| text.to_str().is_ok_and(|text| text.starts_with("application/json")))
}

/// A flat object as a form. Nothing else can stand in a form.
fn form_of_json(body: &[u8]) -> Option<Bytes> {
    let fields: Map<String, Value> = serde_json::from_slice(body).ok()?;
    let mut form = form_urlencoded::Serializer::new(String::new());
    for (name, value) in fields {
        match value {
            Value::Null => {}
            Value::String(text) => {
                form.append_pair(&name, &text);
            }
            Value::Number(_) | Value::Bool(_) => {
                form.append_pair(&name, &value.to_string());
            }
            Value::Array(_) | Value::Object(_) => return None,
        }
    }
    Some(form.finish().into())
}

fn join(query: &str, body: &[u8]) -> Bytes {
    [query.as_bytes(), body].join(&b'&').into()
}
