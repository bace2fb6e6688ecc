//! What was started, and by whom.

use bytes::Bytes;
use http::{Request, header};
use serde::Serialize;
use shindan_proto::Timestamp;

use crate::{
    Emulator, Operation,
    arguments::arguments,
    text::{beginning, rfc_3339, serialize_time},
};

/// How many calls are kept; the counts go on.
const KEPT: usize = 1_000;
/// How many characters of what a caller says about itself.
const LONGEST: usize = 200;

/// What a client has caused: the figures that a test of "at most one start" compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Ledger {
    /// WSC diagnoses that would have been charged.
    pub wsc_created: u64,
    /// Repeated WSC diagnoses that were free.
    pub wsc_repeated: u64,
    /// VAddy scans.
    pub vaddy_started: u64,
    /// WSC requests whose signature, key or time was not accepted, or that had none.
    pub refused_signatures: u64,
}

impl Ledger {
    /// Diagnoses and scans that cost money.
    pub fn billed(self) -> u64 {
        self.wsc_created + self.vaddy_started
    }
}

/// A call that started a diagnosis or scan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct StartCall {
    /// When it came, in real time.
    #[serde(serialize_with = "serialize_time")]
    pub time: Timestamp,
    /// The operation's whole name.
    pub operation: String,
    /// The number of the job, or the scan's id.
    pub started: String,
    /// Whether it was a repetition without a charge.
    pub free: bool,
    /// The header `User-Agent`.
    pub user_agent: Option<String>,
    /// Which run: the header `x-shindan-run`, or else the token in the memo.
    pub run: Option<String>,
}

impl Emulator {
    /// What was started so far, and what was refused.
    pub fn ledger(&self) -> Ledger {
        Ledger {
            wsc_created: self.wsc.billed,
            wsc_repeated: self.wsc.free,
            vaddy_started: self.vaddy.started(),
            refused_signatures: self.wsc.refused_signatures,
        }
    }

    /// The calls that started something, oldest first: the newest 1,000, free repetitions among them.
    pub fn start_calls(&self) -> impl Iterator<Item = &StartCall> {
        self.starts.iter()
    }

    /// Panics with the list of calls if not exactly so many diagnoses and scans were charged.
    #[track_caller]
    pub fn assert_billed(&self, expected: u64) {
        let billed = self.ledger().billed();
        let calls: Vec<String> = self.starts.iter().map(StartCall::to_line).collect();
        let calls = calls.join("\n  ");
        assert!(billed == expected, "{billed} calls were charged and not {expected}:\n  {calls}");
    }

    /// Notes what an executed request has started; `before` is the ledger before it.
    pub(crate) fn note_start(&mut self, now: Timestamp, request: &Request<Bytes>, before: Ledger) {
        let after = self.ledger();
        let free = after.wsc_repeated > before.wsc_repeated;
        let (started, token) = if free || after.wsc_created > before.wsc_created {
            self.wsc.newest()
        } else if after.vaddy_started > before.vaddy_started {
            (self.vaddy.newest(), None)
        } else {
            return;
        };
        let header = |name: &str| {
            let text = request.headers().get(name)?.to_str().ok()?;
            Some(beginning(text, LONGEST).to_owned())
        };
        let operation = Operation::of(request, &arguments(request));
        if self.starts.len() == KEPT {
            self.starts.pop_front();
        }
        self.starts.push_back(StartCall {
            time: now,
            operation: operation.map(ToString::to_string).unwrap_or_default(),
            started,
            free,
            user_agent: header(header::USER_AGENT.as_str()),
            run: header("x-shindan-run").or(token),
        });
    }
}

impl StartCall {
    fn to_line(&self) -> String {
        let Self { operation, started, user_agent, run, .. } = self;
        let free = if self.free { ", free" } else { "" };
        let or_unknown = |text: &Option<String>| text.as_deref().unwrap_or("unknown").to_owned();
        let (run, user_agent) = (or_unknown(run), or_unknown(user_agent));
        format!("{} {operation} {started}{free}, run {run}, by {user_agent}", rfc_3339(self.time))
    }
}
