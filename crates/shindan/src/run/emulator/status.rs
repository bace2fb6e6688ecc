//! `status`: whether one runs, and what it has done.

use serde::{Deserialize, Serialize};

use super::{super::App, control::Control, ledger::Ledger, place::Place};
use crate::{
    exit::Exit,
    failed::Failed,
    lang::word,
    output::{Output, Rows},
};

#[derive(Serialize)]
struct Status {
    running: bool,
    #[serde(flatten)]
    details: Option<Details>,
}

#[derive(Serialize)]
struct Details {
    url: String,
    https_url: Option<String>,
    process: u32,
    clock: Clock,
    requests: u64,
    billed: u64,
    refused_signatures: u64,
    turned_away: u64,
}

#[derive(Serialize, Deserialize)]
struct Clock {
    mode: String,
    time: String,
}

pub(super) async fn run(app: &App, place: &Place) -> Result<Exit, Failed> {
    #[derive(Deserialize)]
    struct Health {
        refused_signatures: u64,
        turned_away: u64,
    }
    #[derive(Deserialize)]
    struct Requests {
        last: u64,
    }
    let record = match place.running() {
        Ok(record) => record,
        Err(failed) => {
            if app.output.is_json() {
                Output::json_line(&Status { running: false, details: None })?;
            }
            return Err(failed);
        }
    };
    let control = Control::of(&app.executor, &record);
    let health: Health = control.get("health").await?.read()?;
    let requests: Requests = control.get(&format!("requests?since={}", u64::MAX)).await?.read()?;
    let ledger: Ledger = control.get("ledger").await?.read()?;
    let details = Details {
        url: record.url,
        https_url: record.https_url,
        process: record.process,
        clock: control.get("clock").await?.read()?,
        requests: requests.last,
        billed: ledger.billed(),
        refused_signatures: health.refused_signatures,
        turned_away: health.turned_away,
    };
    app.output.answer(&Status { running: true, details: Some(details) }, |status| {
        let Some(details) = &status.details else { return Rows::new(&[]) };
        let https = details.https_url.iter().map(|url| vec!["https".to_owned(), url.clone()]);
        let Clock { mode, time } = &details.clock;
        Rows::new(&["EMULATOR", "RUNNING"])
            .row(["url".to_owned(), details.url.clone()])
            .rows(https)
            .row(["page".to_owned(), format!("{}/_emulator/", details.url)])
            .row(["process".to_owned(), details.process.to_string()])
            .row(["clock".to_owned(), format!("{mode}, {time}")])
            .row([word("requests since its start"), details.requests.to_string()])
            .row([word("would have been charged"), details.billed.to_string()])
            .row([word("refused signatures"), details.refused_signatures.to_string()])
            .row([word("turned away unread"), details.turned_away.to_string()])
    })?;
    Ok(Exit::Ok)
}
