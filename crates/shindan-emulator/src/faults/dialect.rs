//! How each service says that something went wrong.

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use shindan_proto::refuse;
use vaddy_model::VaddyFault;
use wsc_model::WscFault;

use super::FaultRule;
use crate::Operation;

/// A documented code: the number, its HTTP statuses with the usual one first, and its message.
struct Code(u32, &'static [u16], &'static str);

/// The API gateway's, as text on the wire; of two with one status, the first is meant by the status alone.
///
/// Source: <https://api.ncloud-docs.com/docs/en/security-websecuritychecker>
const GATEWAY: [Code; 11] = [
    Code(100, &[400], "Bad Request Exception"),
    Code(200, &[401], "Authentication Failed"),
    Code(210, &[401], "Permission Denied"),
    Code(300, &[404], "Not Found Exception"),
    Code(410, &[429], "Throttle Limited"),
    Code(400, &[429], "Quota Exceeded"),
    Code(420, &[429], "Rate Limited"),
    Code(430, &[413], "Request Entity Too Large"),
    Code(500, &[503], "Endpoint Error"),
    Code(510, &[504], "Endpoint Timeout"),
    Code(900, &[500], "Unexpected Error"),
];

/// The service's own, as numbers; older documents have them with HTTP 200.
const SERVICE: [Code; 7] = [
    Code(901, &[400, 200], "API Call Fail"),
    Code(169_201, &[401, 200], "Auth Check Error"),
    Code(169_202, &[400, 200], "User Check Error"),
    Code(160_331, &[400, 200], "ActionURL Check Error"),
    Code(160_332, &[400, 200], "Param Check Error"),
    Code(160_351, &[400, 200], "Login_Check_Fail"),
    Code(160_353, &[400, 200], "URL Connection Error"),
];

/// The answer of a rule; `None` if it is the operation's own.
pub(super) fn answer(
    operation: &Operation,
    rule: &FaultRule,
) -> Result<Option<Response<Bytes>>, String> {
    let is_wsc = operation.service == "wsc";
    if rule.code.is_some() && (!is_wsc || rule.body.is_some()) {
        return Err("only wsc has codes, and a body of your own has its own".to_owned());
    }
    if rule.message.is_some() && (is_wsc || rule.body.is_some()) {
        return Err("only vaddy's 400 and 404 have a message".to_owned());
    }
    if let Some(body) = &rule.body {
        return own(rule.status.unwrap_or(200), body).map(Some);
    }
    match (is_wsc, rule.status, rule.code) {
        (_, None, None) if rule.message.is_some() => Err("a message needs a status".to_owned()),
        (_, None, None) => Ok(None),
        (true, status, code) => wsc(status, code).map(Some),
        (false, status, _) => vaddy(status.unwrap_or(400), rule.message.as_deref()).map(Some),
    }
}

fn wsc(status: Option<u16>, code: Option<u32>) -> Result<Response<Bytes>, String> {
    let fits = |known: &&Code| match (code, status) {
        (Some(code), Some(status)) => known.0 == code && known.1.contains(&status),
        (Some(code), None) => known.0 == code,
        (None, status) => status == Some(known.1[0]),
    };
    if let Some(Code(code, statuses, message)) = GATEWAY.iter().find(fits) {
        let details = (*code == 200).then_some("Invalid authentication information.");
        return Ok(refuse(&WscFault::gateway(statuses[0], &code.to_string(), message, details)));
    }
    if let Some(Code(code, statuses, message)) = SERVICE.iter().find(fits) {
        return Ok(refuse(&WscFault::service(status.unwrap_or(statuses[0]), *code, message)));
    }
    match (status, code) {
        (Some(status @ 500..=599), None) => Ok(page(status)),
        (_, Some(code)) => {
            Err(match GATEWAY.iter().chain(&SERVICE).find(|known| known.0 == code) {
                Some(known) => format!("wsc's code {code} comes with http {:?}", known.1),
                None => format!("wsc documents no code {code}; give a body of your own"),
            })
        }
        (status, None) => {
            let status = status.unwrap_or_default();
            Err(format!("wsc documents nothing for http {status}; give a body of your own"))
        }
    }
}

fn vaddy(status: u16, message: Option<&str>) -> Result<Response<Bytes>, String> {
    match (status, message) {
        (400 | 404, Some(message)) => Ok(refuse(&VaddyFault::new(status, Some(message)))),
        (400 | 404, None) => Err("vaddy's 400 and 404 need a message".to_owned()),
        (_, Some(_)) => Err("only vaddy's 400 and 404 have a message".to_owned()),
        (401, None) => Ok(refuse(&VaddyFault::new(401, None))),
        (500..=599, None) => Ok(page(status)),
        _ => Err(format!("vaddy documents nothing for http {status}; give a body of your own")),
    }
}

/// What a proxy before the service answers; no document has it.
fn page(status: u16) -> Response<Bytes> {
    let status = StatusCode::from_u16(status).expect("a three-digit number is a status");
    let reason = status.canonical_reason().unwrap_or("Error");
    let title = format!("{} {reason}", status.as_u16());
    let body = format!(
        "<html>\r\n<head><title>{title}</title></head>\r\n<body><h1>{title}</h1></body>\r\n</html>\r\n"
    );
    with_type(status, body, "text/html")
}

fn own(status: u16, body: &str) -> Result<Response<Bytes>, String> {
    let status =
        StatusCode::from_u16(status).ok().filter(|status| (200..600).contains(&status.as_u16()));
    let status = status.ok_or("a status is between 200 and 599")?;
    let content_type = match body.trim_start().bytes().next() {
        Some(b'{' | b'[') => "application/json",
        Some(b'<') => "text/html",
        _ => "text/plain",
    };
    Ok(with_type(status, body.to_owned(), content_type))
}

fn with_type(status: StatusCode, body: String, content_type: &'static str) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = status;
    let content_type = HeaderValue::from_static(content_type);
    response.headers_mut().insert(header::CONTENT_TYPE, content_type);
    response
}
