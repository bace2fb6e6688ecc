//! What is told on stderr besides questions: notes, errors and, with -v, what is sent and received; as text for
//! people or as one JSON object on each line.
//!
//! A log shows what is listed here and nothing else: never a header, a query, a body or a key. It stays English.

use std::{
    fmt::Write as _,
    io::{self, Write as _},
    sync::atomic::{AtomicBool, AtomicU8, Ordering},
    time::Duration,
};

use clap::ValueEnum;
use serde::{Serialize, Serializer};
use serde_json::Value;
use shindan_proto::{Authorize, Stage, Target, Traffic};

use crate::{
    output::stderr_is_read,
    progress,
    secrets::redact,
    terminal::{escape, escape_json},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// Lines for people.
    Text,
    /// One JSON object on each line, in English.
    Json,
}

static JSON: AtomicBool = AtomicBool::new(false);
static VERBOSE: AtomicU8 = AtomicU8::new(0);

/// What is told from now on, and how.
pub(crate) fn tell(format: LogFormat, verbose: u8) {
    JSON.store(format == LogFormat::Json, Ordering::Relaxed);
    VERBOSE.store(verbose, Ordering::Relaxed);
}

/// Whether every line is an object for a script.
pub(crate) fn is_json() -> bool {
    JSON.load(Ordering::Relaxed)
}

/// A name and what is known under it.
pub(crate) type Field = (&'static str, Value);

/// Somebody's text as a field: without secrets.
pub(crate) fn text(text: &str) -> Value {
    Value::String(redact(text))
}

/// Something that has happened to a scan, with -v.
pub(crate) fn event(message: &str, fields: &[Field]) {
    at(1, "debug", message, fields);
}

/// The same target, with its attempts in the log.
pub(crate) fn watched<A: Authorize>(target: Target<A>) -> Target<A> {
    target.watched_by(attempt)
}

fn attempt(traffic: &Traffic) {
    let mut fields: Vec<Field> = vec![
        ("operation", traffic.operation.into()),
        ("effect", traffic.effect.as_str().into()),
        ("attempt", traffic.attempt.into()),
    ];
    match traffic.stage {
        Stage::Leaves => at(2, "trace", "request leaves", &fields),
        Stage::Back { status, outcome, took, again_in } => {
            fields.extend(status.map(|status| ("status", status.into())));
            fields.extend([("outcome", outcome.into()), ("ms", ms(took))]);
            fields.extend(again_in.map(|delay| ("again_in_ms", ms(delay))));
            at(1, "debug", "attempt is over", &fields);
        }
    }
}

fn ms(span: Duration) -> Value {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX).into()
}

/// A line of the log, if so much is wanted.
fn at(verbose: u8, level: &str, message: &str, fields: &[Field]) {
    if VERBOSE.load(Ordering::Relaxed) < verbose {
        return;
    }
    if is_json() {
        object(level, message, fields);
        return;
    }
    let mut line = format!("{} {level}: {message}", time());
    for (name, value) in fields {
        // Writing to a text cannot fail.
        let _ = match value.as_str().filter(|text| !text.contains([' ', '"'])) {
            Some(text) => write!(line, " {name}={text}"),
            None => write!(line, " {name}={value}"),
        };
    }
    write(&escape(&line));
}

/// A line of JSON.
pub(crate) fn object(level: &str, message: &str, fields: &[Field]) {
    let mut all =
        vec![("time", time().into()), ("level", level.into()), ("message", text(message))];
    all.extend_from_slice(fields);
    // Names are ours and values are JSON already, so there is nothing that cannot be written.
    if let Ok(json) = serde_json::to_string(&Line(&all)) {
        write(&escape_json(&json));
    }
}

/// Says so, and asks nobody: a lock may be held by what has panicked.
pub(crate) fn panicked(place: &str) {
    let message = format!("internal error at {place}");
    let help = "please report this bug";
    let fields: [Field; 4] = [
        ("time", time().into()),
        ("level", "error".into()),
        ("message", message.as_str().into()),
        ("help", vec![help].into()),
    ];
    let json = serde_json::to_string(&Line(&fields)).unwrap_or_default();
    // What is drawn cannot be cleared without its lock.
    let gap = if progress::is_drawn() { "\n" } else { "" };
    let text = format!("{gap}error: {message}\nhelp: {help}");
    let _ = writeln!(io::stderr(), "{}", if is_json() { json } else { text });
}

/// In the order in which a person would read it.
struct Line<'a>(&'a [Field]);

impl Serialize for Line<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

/// What is escaped already; without a reader it is lost, and that is no error.
pub(crate) fn write(line: &str) {
    if stderr_is_read() {
        let _ = progress::aside(|| writeln!(io::stderr().lock(), "{line}"));
    }
}

fn time() -> String {
    format!("{:.3}", jiff::Timestamp::now())
}
