//! What a client sent by name, wherever it stands.

use std::borrow::Cow;

use bytes::Bytes;
use http::Request;
use serde_json::value::RawValue;
use shindan_wire::{Args, Entries};

/// A name and its value, both decoded. A JSON value that is no text stays JSON; `null` is empty.
pub(crate) struct Argument<'a> {
    pub(crate) in_body: bool,
    pub(crate) name: Cow<'a, str>,
    pub(crate) value: Cow<'a, str>,
}

impl Argument<'_> {
    /// Whether it stands where an operation looks for its arguments.
    pub(crate) fn is_in(&self, args: Args) -> bool {
        match args {
            Args::None => false,
            Args::Query => !self.in_body,
            Args::Form | Args::Json => self.in_body,
        }
    }
}

/// Those of the query, and then those of the body: a form, or a JSON object.
pub(crate) fn arguments(request: &Request<Bytes>) -> Vec<Argument<'_>> {
    let pairs = |text, in_body| {
        form_urlencoded::parse(text).map(move |(name, value)| Argument { in_body, name, value })
    };
    let query = pairs(request.uri().query().unwrap_or_default().as_bytes(), false);
    let body = request.body();
    if !body.trim_ascii_start().starts_with(b"{") {
        return query.chain(pairs(body, true)).collect();
    }
    let fields: Entries<&RawValue> = serde_json::from_slice(body).unwrap_or_default();
    let fields = fields.0.into_iter().map(|(name, raw)| {
        let value = match serde_json::from_str::<String>(raw.get()) {
            Ok(text) => Cow::Owned(text),
            Err(_) if raw.get() == "null" => Cow::Borrowed(""),
            Err(_) => Cow::Borrowed(raw.get()),
        };
        Argument { in_body: true, name: name.into(), value }
    });
    query.chain(fields).collect()
}
