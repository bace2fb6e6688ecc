//! The calls that only look.

use serde::Serialize;
use shindan_wire::Api;
use vaddy_model::Vaddy;
use wsc_model::Wsc;

use super::{Answered, Call, NAMES, Refusal, json};
use crate::{
    Emulator, Evidence, LoggedRequest, NearMiss, Operation, Standing, StartCall, UnreadField,
    evidence::UNDOCUMENTED,
};

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
    version: &'static str,
    services: [&'static str; 2],
    /// `real`, `x60`, `manual` or `polls:3`.
    clock: String,
    /// The control calls that there are.
    capabilities: [&'static str; NAMES.len()],
    refused_signatures: u64,
    /// Requests and connections that were closed without an answer of a service.
    turned_away: u64,
}

pub(super) fn health(emulator: &Emulator) -> Health {
    Health {
        status: "ok",
        version: env!("CARGO_PKG_VERSION"),
        services: [Wsc::NAME, Vaddy::NAME],
        clock: emulator.clock().to_string(),
        capabilities: NAMES,
        refused_signatures: emulator.ledger().refused_signatures,
        turned_away: emulator.host.turned_away,
    }
}

#[derive(Serialize)]
struct Operations {
    operations: Vec<Row>,
    /// Calls that are answered and that no page of a vendor names.
    undocumented: Vec<Undocumented>,
}

#[derive(Serialize)]
struct Row {
    operation: String,
    method: &'static str,
    path: &'static str,
    /// Arguments with a constant value: `action=start`.
    with: Vec<String>,
    effect: &'static str,
    evidence: Evidence,
    docs: &'static str,
}

#[derive(Serialize)]
struct Undocumented {
    method: &'static str,
    path: &'static str,
    evidence: Evidence,
}

fn operations() -> Operations {
    let rows = Operation::all().iter().map(|operation| Row {
        operation: operation.to_string(),
        method: operation.method,
        path: operation.path,
        with: operation.fixed.iter().map(|(name, value)| format!("{name}={value}")).collect(),
        effect: operation.effect.as_str(),
        evidence: operation.evidence(),
        docs: operation.docs,
    });
    let undocumented =
        UNDOCUMENTED.map(|(method, path, evidence)| Undocumented { method, path, evidence });
    Operations { operations: rows.collect(), undocumented: undocumented.into() }
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
    wsc: Created,
    vaddy: Started,
    calls: Vec<&'a StartCall>,
}

#[derive(Serialize)]
struct Created {
    created: u64,
}

#[derive(Serialize)]
struct Started {
    started: u64,
}

fn ledger(emulator: &Emulator) -> LedgerView<'_> {
    let ledger = emulator.ledger();
    LedgerView {
        wsc: Created { created: ledger.wsc_created },
        vaddy: Started { started: ledger.vaddy_started },
        calls: emulator.start_calls().collect(),
    }
}
