//! An operation to a request and back, from its constants alone.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request, Response, Uri, header::CONTENT_TYPE};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};
use serde::Serialize;
use serde_json::Value;
use shindan_wire::{Api, Args, Endpoint};

use crate::{
    Answer, Base, DecodeError, EncodeError, Error,
    error::Unread,
    read::{Misread, read},
};

type Pairs = Vec<(String, String)>;

/// Everything that may stand in a path segment without being encoded.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Builds the request for an operation: everything but the proof of who asks.
pub fn encode<E: Endpoint>(base: &Base, operation: &E) -> Result<Request<Bytes>, EncodeError> {
    let (pairs, json) = match E::ARGS {
        Args::Json => (Vec::new(), Some(to_json(operation)?)),
        Args::None | Args::Query | Args::Form => (to_pairs(operation)?, None),
    };
    let method = E::METHOD.as_str().parse().expect("a method's token is valid");
    let fixed = E::FIXED.iter().map(|&(name, value)| (name.to_owned(), value.to_owned()));
    build(base, method, E::PATH, E::ARGS, fixed.collect(), pairs, json, E::Api::HEADERS)
}

/// Reads an answer to `E`.
///
/// Elements of lists that cannot be read are left out and reported in [`Answer::rejected`].
pub fn decode<E: Endpoint>(
    response: Response<Bytes>,
) -> Result<Answer<E::Response>, Error<<E::Api as Api>::Fault>> {
    let status = response.status().as_u16();
    if let Some(fault) = E::Api::fault(status, response.body()) {
        return Err(Error::Fault(fault));
    }
    match read(response.body()) {
        Ok((value, rejected)) => Ok(Answer::new(value, rejected, response)),
        Err(Misread { at, reason }) => {
            let body = Unread::new(response.into_body());
            Err(Error::Decode(DecodeError { operation: E::NAME, status, at, reason, body }))
        }
    }
}

/// Writes pairs as a form or query.
pub(crate) fn form(pairs: &[(impl AsRef<str>, impl AsRef<str>)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

#[expect(clippy::too_many_arguments, reason = "it is `encode` without its type parameter")]
fn build(
    base: &Base,
    method: http::Method,
    path: &str,
    args: Args,
    fixed: Pairs,
    mut pairs: Pairs,
    json: Option<Vec<u8>>,
    headers: &[(&'static str, &'static str)],
) -> Result<Request<Bytes>, EncodeError> {
    for (name, value) in &pairs {
        if value.is_empty() {
            return Err(EncodeError::Empty(name.clone()));
        }
        if value.contains(char::is_control) {
            return Err(EncodeError::ControlCharacter(name.clone()));
        }
    }
    let mut uri = base.to_string();
    for segment in path.split('/').skip(1) {
        uri.push('/');
        match segment.strip_prefix('{').and_then(|s| s.strip_suffix('}')) {
            Some(name) => uri.extend(percent_encode(take(&mut pairs, name)?.as_bytes(), SEGMENT)),
            None => uri.push_str(segment),
        }
    }
    let args_text = form(&fixed.into_iter().chain(pairs).collect::<Pairs>());
    let mut request = Request::new(Bytes::new());
    match args {
        Args::None => {}
        Args::Query if args_text.is_empty() => {}
        Args::Query => {
            uri.push('?');
            uri.push_str(&args_text);
        }
        Args::Form => {
            *request.body_mut() = args_text.into();
            let form = HeaderValue::from_static("application/x-www-form-urlencoded");
            request.headers_mut().insert(CONTENT_TYPE, form);
        }
        Args::Json => *request.body_mut() = json.unwrap_or_default().into(),
    }
    *request.method_mut() = method;
    *request.uri_mut() = uri.parse::<Uri>().map_err(|_| EncodeError::Uri)?;
    for &(name, value) in headers {
        request
            .headers_mut()
            .insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    Ok(request)
}

/// Takes a path argument out of the pairs, refusing what would name another resource.
fn take(pairs: &mut Pairs, name: &str) -> Result<String, EncodeError> {
    let index = pairs.iter().position(|(key, _)| key == name);
    let index = index.ok_or_else(|| EncodeError::MissingPathArgument(name.to_owned()))?;
    let (name, value) = pairs.remove(index);
    match value.as_str() {
        "." | ".." => Err(EncodeError::DotSegment(name)),
        _ => Ok(value),
    }
}

fn to_pairs(operation: &impl Serialize) -> Result<Pairs, EncodeError> {
    let text = serde_html_form::to_string(operation)
        .map_err(|error| EncodeError::NotFlat(error.to_string()))?;
    Ok(form_urlencoded::parse(text.as_bytes()).into_owned().collect())
}

fn to_json(operation: &impl Serialize) -> Result<Vec<u8>, EncodeError> {
    let not_json = |error: serde_json::Error| EncodeError::NotFlat(error.to_string());
    refuse_control_characters("the body", &serde_json::to_value(operation).map_err(not_json)?)?;
    serde_json::to_vec(operation).map_err(not_json)
}

fn refuse_control_characters(name: &str, value: &Value) -> Result<(), EncodeError> {
    match value {
        Value::String(text) if text.contains(char::is_control) => {
            Err(EncodeError::ControlCharacter(name.to_owned()))
        }
        Value::Array(items) => {
            items.iter().try_for_each(|item| refuse_control_characters(name, item))
        }
        Value::Object(fields) => fields.iter().try_for_each(|(key, value)| {
            if key.contains(char::is_control) {
                return Err(EncodeError::ControlCharacter(name.to_owned()));
            }
            refuse_control_characters(key, value)
        }),
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use vaddy_model::v1::CheckRunning;

    use super::*;

    #[test]
    fn an_empty_argument_is_refused() {
        let base = "https://api.vaddy.net".parse().unwrap();
        let error = encode(&base, &CheckRunning::new("")).unwrap_err();
        assert_eq!(error, EncodeError::Empty("fqdn".to_owned()));
    }
}
