//! The calls that only look.

use serde::Serialize;

use super::{Answered, Call, Refusal, json};
use crate::{Emulator, LoggedRequest, NearMiss, Operation, Standing, StartCall, UnreadField};

/// The view of this name.
pub(super) fn view(name: &str) -> Option<fn(&Emulator, &Call<'_>) -> Answered> {
    Some(match name {
        "health" => |emulator, _| Ok(json(&health(emulator))),
        "operations" => |_, _| Ok(json(&operations())),
        "requests" => requests,
        "near-misses" => {
            |emulator, _| Ok(json(&NearMisses { near_misses: emulator.near_misses() }))
        }
        "unread-fields" => {
            |emulator, _| Ok(json(&UnreadFields { unread_fields: emulator.unread_fields() }))
        }
        "ledger" => |emulator, _| Ok(json(&ledger(emulator))),
        "state" => |emulator, call| Ok(json(&State { state: emulator.standings(call.now) })),
        _ => return None,
    })
}

#[derive(Serialize)]
pub(super) struct Health {
    status: &'static str,
    refused_signatures: u64,
}

pub(super) fn health(emulator: &Emulator) -> Health {
    Health { status: "ok", refused_signatures: emulator.ledger().refused_signatures }
}

#[derive(Serialize)]
struct Operations {
    operations: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    operation: String,
    method: &'static str,
    path: &'static str,
    /// Arguments with a constant value: `action=start`.
    with: Vec<String>,
    effect: &'static str,
    docs: &'static str,
}

fn operations() -> Operations {
    let rows = Operation::all().iter().map(|operation| Row {
        operation: operation.to_string(),
        method: operation.method,
        path: operation.path,
        with: operation.fixed.iter().map(|(name, value)| format!("{name}={value}")).collect(),
        effect: operation.effect.as_str(),
        docs: operation.docs,
    });
    Operations { operations: rows.collect() }
}

#[derive(Serialize)]
struct Requests<'a> {
    requests: Vec<&'a LoggedRequest>,
    /// What to ask for next: `?since=` this.
    last: u64,
}

fn requests(emulator: &Emulator, call: &Call<'_>) -> Answered {
    let mut since = 0;
    for (name, value) in form_urlencoded::parse(call.query.as_bytes()) {
        since = match (&*name, value.parse()) {
            ("since", Ok(number)) => number,
            ("since", Err(_)) => {
                return Err(Refusal::Bad("since is the number of a request".to_owned()));
            }
            _ => return Err(Refusal::Bad("only since can be said here".to_owned())),
        };
    }
    let requests = emulator.requests_since(since).collect();
    Ok(json(&Requests { requests, last: emulator.last_request() }))
}

#[derive(Serialize)]
struct NearMisses {
    near_misses: Vec<NearMiss>,
}

#[derive(Serialize)]
struct UnreadFields {
    unread_fields: Vec<UnreadField>,
}

#[derive(Serialize)]
struct State {
    state: Vec<Standing>,
}

#[derive(Serialize)]
struct LedgerView<'a> {
    wsc: Wsc,
    vaddy: Vaddy,
    calls: Vec<&'a StartCall>,
}

#[derive(Serialize)]
struct Wsc {
    created: u64,
}

#[derive(Serialize)]
struct Vaddy {
    started: u64,
}

fn ledger(emulator: &Emulator) -> LedgerView<'_> {
    let ledger = emulator.ledger();
    LedgerView {
        wsc: Wsc { created: ledger.wsc_created },
        vaddy: Vaddy { started: ledger.vaddy_started },
        calls: emulator.start_calls().collect(),
    }
}
