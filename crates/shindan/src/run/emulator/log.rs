//! `log`: what clients asked for, and why a signature was refused.

use std::time::Duration;

use serde::Deserialize;
use serde_json::value::RawValue;
use tokio::time::sleep;

use super::{
    super::App,
    control::{Answer, Control},
};
use crate::{
    exit::Exit,
    failed::Failed,
    output::{Output, note},
};

/// How often what is new is asked for.
const EVERY: Duration = Duration::from_millis(250);

#[derive(Deserialize)]
struct Requests {
    requests: Vec<Box<RawValue>>,
    last: u64,
}

#[derive(Deserialize)]
struct Request {
    number: u64,
    time: String,
    method: String,
    path: String,
    operation: Option<String>,
    status: u16,
    fault: bool,
    account: Option<String>,
    unread: Vec<String>,
    lesson: Option<Lesson>,
}

#[derive(Deserialize)]
struct Lesson {
    causes: Vec<Cause>,
    expected: String,
    received: Option<String>,
    differs_at: Option<usize>,
}

#[derive(Deserialize)]
struct Cause {
    cause: String,
    hint: String,
}

pub(super) async fn run(app: &App, control: &Control<'_>, follow: bool) -> Result<Exit, Failed> {
    let mut since = 0;
    loop {
        let answer = control.get(&format!("requests?since={since}")).await?;
        let Requests { requests, last } = answer.read()?;
        if !follow && app.output.is_json() {
            Output::json_line(&answer.0)?;
            return Ok(Exit::Ok);
        }
        if !follow && requests.is_empty() {
            note("nothing was asked yet");
        }
        for request in requests.into_iter().map(Answer) {
            if app.output.is_json() {
                Output::json_line(&request.0)?;
            } else {
                app.output.lines(&request.read::<Request>()?.to_lines())?;
            }
        }
        if !follow {
            return Ok(Exit::Ok);
        }
        since = last;
        sleep(EVERY).await;
    }
}

impl Request {
    fn to_lines(&self) -> Vec<String> {
        let Self { number, time, method, path, status, .. } = self;
        let operation = self.operation.as_deref().unwrap_or("no operation");
        let mut lines = vec![format!("{number}  {time}  {status}  {operation}  {method} {path}")];
        let mut more = |text: String| lines.push(format!("    {text}"));
        if let Some(account) = self.account.as_deref().filter(|account| *account != "emulator") {
            more(format!("by another account: {account}"));
        }
        if self.fault {
            more("failed on purpose, by a fault".to_owned());
        }
        if !self.unread.is_empty() {
            more(format!("sent, but not read by the operation: {}", self.unread.join(", ")));
        }
        if let Some(lesson) = &self.lesson {
            lesson.tell(more);
        }
        lines
    }
}

impl Lesson {
    fn tell(&self, mut more: impl FnMut(String)) {
        more("signature refused".to_owned());
        for Cause { cause, hint } in &self.causes {
            more(format!("  {cause}: {hint}"));
        }
        more(format!("  expected  {}", in_a_line(&self.expected)));
        let Some(received) = &self.received else { return };
        more(format!("  received  {}", in_a_line(received)));
        if let Some(place) = self.differs_at {
            let [expected, received] = [&self.expected, received].map(|text| byte(text, place));
            more(format!(
                "  the first byte that differs is {place}, counted from 0: {expected} was expected, {received} received"
            ));
        }
    }
}

/// Line breaks as they are written in source code.
fn in_a_line(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', r"\\").replace('\n', r"\n").replace('"', "\\\""))
}

fn byte(text: &str, place: usize) -> String {
    match text.as_bytes().get(place) {
        None => "the end".to_owned(),
        Some(b'\n') => r"'\n'".to_owned(),
        Some(byte) if byte.is_ascii_graphic() => format!("'{}'", char::from(*byte)),
        Some(byte) => format!("0x{byte:02x}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_as_a_person_reads_it() {
        let shown = ["a\n \u{e9}", ""].map(|text| [0, 1, 2, 3].map(|place| byte(text, place)));
        assert_eq!(shown[0], ["'a'", r"'\n'", "0x20", "0xc3"]);
        assert!(shown[1].iter().all(|byte| byte == "the end"));
    }
}
