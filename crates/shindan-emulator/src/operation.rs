//! The operations as data: which one a request is for, and what it reads.

use core::{fmt, iter::once};
use std::{borrow::Cow, sync::LazyLock};

use bytes::Bytes;
use http::Request;
use serde::{
    Deserializer, Serialize, Serializer,
    de::{Error as _, Visitor, value::Error},
    forward_to_deserialize_any,
};
use shindan_wire::{Api, Args, Effect, Endpoint, Visit};

use crate::{
    arguments::Argument,
    text::{COMPARED, beginning, changes, distance, nearest},
};

/// An operation of one of the two services. `Display` is its whole name, like `wsc.getReport`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Operation {
    /// `wsc` or `vaddy`.
    pub service: &'static str,
    /// The vendor's name for it, like `getReport` or `v2.startScan`.
    pub name: &'static str,
    /// How it is asked for.
    pub method: &'static str,
    /// Its path, with arguments in braces.
    pub path: &'static str,
    /// Arguments with a constant value, which tell it apart from others on its path.
    pub fixed: &'static [(&'static str, &'static str)],
    /// What a second execution would do.
    pub effect: Effect,
    /// The vendor's page.
    pub docs: &'static str,
    args: Args,
    fields: &'static [&'static str],
}

static ALL: LazyLock<Vec<Operation>> = LazyLock::new(|| {
    let mut all = Collect(Vec::new());
    wsc_model::each(&mut all);
    vaddy_model::each(&mut all);
    all.0
});

impl Operation {
    /// All of both services.
    pub fn all() -> &'static [Self] {
        &ALL
    }

    /// The one of this whole name.
    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        ALL.iter().find(|operation| {
            let rest = name.strip_prefix(operation.service);
            rest.and_then(|rest| rest.strip_prefix('.')) == Some(operation.name)
        })
    }

    /// The one whose name is most like this.
    pub(crate) fn named_like(name: &str) -> &'static Self {
        let all = ALL.iter().map(|operation| (operation, Cow::Owned(operation.to_string())));
        nearest(name, all).expect("there are operations")
    }

    /// The one that a request is for.
    pub(crate) fn of(
        request: &Request<Bytes>,
        arguments: &[Argument<'_>],
    ) -> Option<&'static Self> {
        let (method, path) = (request.method().as_str(), request.uri().path());
        ALL.iter().find(|operation| {
            operation.method == method
                && has_shape(operation.path, path)
                && operation.fixed.iter().all(|&fixed| operation.has(fixed, arguments))
        })
    }

    /// The one that a request for this method and path may have meant, by their beginnings.
    pub(crate) fn like(method: &str, path: &str) -> &'static Self {
        let (method, path) = (beginning(method, COMPARED), beginning(path, COMPARED));
        let sent: Vec<&str> = once(method).chain(path.split('/')).collect();
        let least = ALL.iter().min_by_key(|operation| {
            let asked: Vec<&str> =
                once(operation.method).chain(operation.path.split('/')).collect();
            let replaced =
                |from: &&str, to: &&str| if is_argument(to) { 0 } else { changes(from, to) };
            distance(&sent, &asked, |part| part.len(), replaced)
        });
        least.expect("there are operations")
    }

    /// Whether it reads an argument of this name there, or the service's gate does.
    pub(crate) fn reads(&self, argument: &Argument<'_>) -> bool {
        let name = &*argument.name;
        if self.service == "vaddy" && matches!(name, "user" | "auth_key") {
            return true;
        }
        argument.is_in(self.args)
            && (self.fields.contains(&name) || self.fixed.iter().any(|(fixed, _)| *fixed == name))
    }

    /// The names of what stands in its query or form.
    pub(crate) fn shown(&self) -> impl Iterator<Item = &'static str> {
        let names = self.fields.iter().copied().chain(self.fixed.iter().map(|&(name, _)| name));
        names.filter(|_| matches!(self.args, Args::Query | Args::Form))
    }

    fn has(&self, (name, value): (&str, &str), arguments: &[Argument<'_>]) -> bool {
        arguments.iter().any(|argument| {
            argument.is_in(self.args) && argument.name == name && argument.value == value
        })
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.service, self.name)
    }
}

impl Serialize for Operation {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

fn is_argument(part: &str) -> bool {
    part.starts_with('{')
}

fn has_shape(template: &str, path: &str) -> bool {
    if !template.contains('{') {
        return template == path;
    }
    let (mut templates, mut segments) = (template.split('/'), path.split('/'));
    loop {
        match (templates.next(), segments.next()) {
            (None, None) => return true,
            (Some(template), Some(segment))
                if template == segment || is_argument(template) && !segment.is_empty() => {}
            _ => return false,
        }
    }
}

struct Collect(Vec<Operation>);

impl Visit for Collect {
    fn endpoint<E: Endpoint>(&mut self) {
        self.0.push(Operation {
            service: E::Api::NAME,
            name: E::NAME,
            method: E::METHOD.as_str(),
            path: E::PATH,
            fixed: E::FIXED,
            effect: E::EFFECT,
            docs: E::DOCS,
            args: E::ARGS,
            fields: fields_of::<E>(),
        });
    }
}

/// The names that a type asks for when it is read.
fn fields_of<E: Endpoint>() -> &'static [&'static str] {
    let mut fields: &'static [&'static str] = &[];
    // It must fail: there is nothing to read.
    drop(E::deserialize(Asked(&mut fields)));
    fields
}

struct Asked<'a>(&'a mut &'static [&'static str]);

impl<'de> Deserializer<'de> for Asked<'_> {
    type Error = Error;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        _visitor: V,
    ) -> Result<V::Value, Error> {
        *self.0 = fields;
        Err(Error::custom("only the names are asked for"))
    }

    fn deserialize_any<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, Error> {
        Err(Error::custom("it is no struct"))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        unit_struct newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}
