//! What a scenario makes of answers that are otherwise ready.

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use serde_json::{Value, json};

use crate::Delivery;

/// How answers look, whatever stands in them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answers {
    Usual,
    /// WSC's errors that older documents have with HTTP 200.
    ErrorsIn200,
    /// A page instead of JSON, after what was asked for has been done.
    Garbage,
    /// They end half way.
    Truncated,
    /// The connection breaks half way.
    Reset,
    /// Fields that no document has.
    Drifted,
}

const PAGE: &str = "<!DOCTYPE html><html><body><h1>Service Unavailable</h1></body></html>";

impl Answers {
    pub(crate) fn change(self, response: &mut Response<Bytes>) {
        let half = response.body().len() / 2;
        match self {
            Self::Usual | Self::ErrorsIn200 => {}
            Self::Garbage => {
                *response = Response::new(Bytes::from_static(PAGE.as_bytes()));
                *response.status_mut() = StatusCode::OK;
                let html = HeaderValue::from_static("text/html; charset=utf-8");
                response.headers_mut().insert(header::CONTENT_TYPE, html);
            }
            Self::Truncated => {
                response.extensions_mut().insert(Delivery::Truncate { after: half });
            }
            Self::Reset => {
                response.extensions_mut().insert(Delivery::Reset { after: half });
            }
            Self::Drifted => {
                if let Ok(mut document) = serde_json::from_slice::<Value>(response.body()) {
                    add_fields(&mut document);
                    *response.body_mut() = document.to_string().into();
                }
            }
        }
    }
}

/// Adds a field to every object, whatever it is about, and at its end.
fn add_fields(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.values_mut().for_each(add_fields);
            fields.insert("x_added".to_owned(), json!({"kind": "NEW", "weights": [1.5, null]}));
        }
        Value::Array(items) => items.iter_mut().for_each(add_fields),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
