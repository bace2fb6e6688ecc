//! The server's half of the codec, from the same constants.

use bytes::Bytes;
use form_urlencoded::parse;
use http::{HeaderValue, Request, Response, StatusCode, header::CONTENT_TYPE};
use percent_encoding::percent_decode_str;
use serde::Serialize;
use shindan_wire::{Args, Endpoint, Fault};

/// Reads a request as `E`: `None` if it is another operation's, by method, path or fixed arguments.
///
/// Empty arguments count as absent and unknown ones are ignored.
pub fn accept<E: Endpoint>(request: &Request<Bytes>) -> Option<Result<E, Reject>> {
    if request.method() != E::METHOD.as_str() {
        return None;
    }
    let path = match_path(E::PATH, request.uri().path())?;
    let args = match E::ARGS {
        Args::Query => request.uri().query().unwrap_or_default().as_bytes(),
        Args::Form => request.body(),
        Args::None | Args::Json => &[],
    };
    if !E::FIXED.iter().all(|&(name, value)| parse(args).any(|(n, v)| n == name && v == value)) {
        return None;
    }
    Some(if E::ARGS == Args::Json {
        serde_json::from_slice(request.body()).map_err(|_| Reject)
    } else if path.is_empty() && parse(args).all(|(_, value)| !value.is_empty()) {
        serde_html_form::from_bytes(args).map_err(|_| Reject)
    } else {
        let args = parse(args).into_owned().filter(|(_, value)| !value.is_empty());
        let text = crate::codec::form(&path.into_iter().chain(args).collect::<Vec<_>>());
        serde_html_form::from_str(&text).map_err(|_| Reject)
    })
}

/// Writes a success. What is written must be JSON of the operation's response type, or a value of it.
pub fn respond(answer: &impl Serialize) -> Response<Bytes> {
    // Most answers are smaller, and none has to grow from nothing.
    let mut body = Vec::with_capacity(4_096);
    serde_json::to_writer(&mut body, answer).expect("a response type is JSON");
    json(StatusCode::OK, body)
}

/// Writes a refusal.
pub fn refuse(fault: &impl Fault) -> Response<Bytes> {
    let status = StatusCode::from_u16(fault.status()).expect("a fault has an http status");
    json(status, fault.to_body())
}

/// The request is for this operation, but its arguments cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the arguments cannot be read")]
#[non_exhaustive]
pub struct Reject;

fn json(status: StatusCode, body: Vec<u8>) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = status;
    if !response.body().is_empty() {
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    response
}

/// The path's arguments, or `None` if the path has another shape.
fn match_path(template: &str, path: &str) -> Option<Vec<(String, String)>> {
    let (mut templates, mut segments) = (template.split('/'), path.split('/'));
    let mut arguments = Vec::new();
    loop {
        match (templates.next(), segments.next()) {
            (None, None) => return Some(arguments),
            (Some(template), Some(segment)) => {
                match template.strip_prefix('{').and_then(|t| t.strip_suffix('}')) {
                    Some(name) if !segment.is_empty() => {
                        arguments.push((
                            name.to_owned(),
                            percent_decode_str(segment).decode_utf8().ok()?.into_owned(),
                        ));
                    }
                    None if template == segment => {}
                    _ => return None,
                }
            }
            _ => return None,
        }
    }
}
