//! `shindan wsc sign`: what is signed, and the signature.

use ncp_sign::{ACCESS_KEY_HEADER, Message, SIGNATURE_HEADER, TIMESTAMP_HEADER, sign};
use serde::Serialize;
use shindan_hyper::now;

use super::App;
use crate::{
    args::SignArgs,
    credentials,
    exit::Exit,
    failed::Failed,
    output::{Rows, mask, note},
};

pub(super) async fn run(app: &App, args: &SignArgs) -> Result<Exit, Failed> {
    let SignArgs { method, uri, timestamp } = args;
    let key = credentials::wsc(&app.environment, &app.plain_settings()?).await?.0.keys;
    let timestamp = timestamp.unwrap_or_else(|| now().wall.unix_ms().try_into().unwrap_or(0));
    let masked = mask(key.access_key());
    let headers = [
        (TIMESTAMP_HEADER, timestamp.to_string()),
        (ACCESS_KEY_HEADER, masked.clone()),
        (SIGNATURE_HEADER, sign(method, uri, timestamp, &key).as_str().to_owned()),
    ];
    let signed = Signed {
        message: Message::new(method, uri, timestamp, &masked).to_string(),
        headers: headers.map(|(name, value)| (name.to_string(), value)),
    };
    app.output.answer(&signed, |signed| {
        let message = signed.message.lines().zip(["signed", "", ""]);
        let headers = signed.headers.iter().map(|(name, value)| vec![name.clone(), value.clone()]);
        Rows::new(&["WHAT", "VALUE"])
            .rows(message.map(|(line, name)| vec![name.to_owned(), line.to_owned()]))
            .rows(headers)
    })?;
    note(
        "note: the signature is good for five minutes around its timestamp, with any body: keep it secret",
    );
    note("note: the access key is shortened here; put your own into its header");
    Ok(Exit::Ok)
}

#[derive(Serialize)]
struct Signed {
    message: String,
    headers: [(String, String); 3],
}
