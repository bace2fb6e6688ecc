//! `ledger`: what was started, and what would have been charged.

use serde::Deserialize;

use super::{super::App, control::Control};
use crate::{
    exit::Exit,
    failed::Failed,
    output::{Rows, figure},
};

#[derive(Debug, Deserialize)]
pub(super) struct Ledger {
    wsc: Wsc,
    vaddy: Vaddy,
    calls: Vec<Call>,
}

#[derive(Debug, Deserialize)]
struct Wsc {
    created: u64,
}

#[derive(Debug, Deserialize)]
struct Vaddy {
    started: u64,
}

#[derive(Debug, Deserialize)]
struct Call {
    time: String,
    operation: String,
    started: String,
    free: bool,
    user_agent: Option<String>,
    run: Option<String>,
}

impl Ledger {
    pub(super) fn billed(&self) -> u64 {
        self.wsc.created.saturating_add(self.vaddy.started)
    }
}

pub(super) async fn run(
    app: &App,
    control: &Control<'_>,
    expected: Option<u64>,
) -> Result<Exit, Failed> {
    let answer = control.get("ledger").await?;
    let ledger: Ledger = answer.read()?;
    app.output.answer(&answer.0, |_| {
        let columns = &["TIME", "OPERATION", "STARTED", "CHARGED", "RUN", "BY"];
        Rows::new(columns).rows(ledger.calls.iter().map(|call| {
            vec![
                call.time.clone(),
                call.operation.clone(),
                call.started.clone(),
                if call.free { "no" } else { "yes" }.to_owned(),
                figure(call.run.as_ref()),
                figure(call.user_agent.as_ref()),
            ]
        }))
    })?;
    let billed = ledger.billed();
    let (wsc, vaddy) = (ledger.wsc.created, ledger.vaddy.started);
    app.output.lines(&[
        String::new(),
        format!("would have been charged: {billed} (wsc {wsc}, vaddy {vaddy})"),
    ])?;
    match expected {
        Some(expected) if expected != billed => Err(Failed::new(
            Exit::Gate,
            format!("{billed} starts would have been charged, and not {expected}"),
        )),
        _ => Ok(Exit::Ok),
    }
}
