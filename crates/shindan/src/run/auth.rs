//! `shindan auth status`: which keys would be used.

use serde::Serialize;
use shindan_proto::Base;

use super::App;
use crate::{
    credentials,
    exit::Exit,
    failed::Failed,
    output::{Rows, mask, say},
};

#[derive(Serialize)]
struct Row {
    service: &'static str,
    /// Masked; `None` if there are none.
    keys: Option<String>,
    from: Option<String>,
    endpoint: Option<String>,
    problem: Option<String>,
}

/// Exits as the worse of the two services would; a service without any keys is no problem if the other has some.
pub(super) async fn status(app: &App) -> Result<Exit, Failed> {
    let settings = app.plain_settings()?;
    let wsc = credentials::wsc(&app.environment, &settings)
        .await
        .map(|(found, base)| row("wsc", mask(found.keys.access_key()), found.origin, &base));
    let vaddy = credentials::vaddy(&app.environment, &settings)
        .map(|(found, base)| row("vaddy", found.keys.user().to_owned(), found.origin, &base));
    let none = wsc.is_err() && vaddy.is_err();
    let mut exit = if none { Exit::Auth } else { Exit::Ok };
    let mut rows = Vec::new();
    for (service, found) in [("wsc", wsc), ("vaddy", vaddy)] {
        rows.push(found.unwrap_or_else(|failed| {
            if failed.exit() != Exit::Auth {
                exit = failed.exit();
            }
            let problem = failed.sentences().collect::<Vec<_>>().join("; ");
            say(format!("{service}: {problem}"));
            Row { service, keys: None, from: None, endpoint: None, problem: Some(problem) }
        }));
    }
    app.output.answer(&rows, |rows| {
        let cell = |cell: &Option<String>| cell.clone().unwrap_or_else(|| "-".to_owned());
        Rows::new(&["SERVICE", "KEYS", "FROM", "ENDPOINT"]).rows(rows.iter().map(|row| {
            vec![row.service.to_owned(), cell(&row.keys), cell(&row.from), cell(&row.endpoint)]
        }))
    })?;
    Ok(exit)
}

fn row(service: &'static str, keys: String, from: String, base: &Base) -> Row {
    let endpoint = Some(base.to_string());
    Row { service, keys: Some(keys), from: Some(from), endpoint, problem: None }
}
