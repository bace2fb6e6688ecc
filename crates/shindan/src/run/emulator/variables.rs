//! What clients read from their environment, as lines for a shell.

use std::{
    collections::BTreeMap,
    io::{self, Write as _},
    path::Path,
};

use shindan_emulator::keys;

use super::{
    super::App,
    place::{Place, Record},
};
use crate::{args::Tools, exit::Exit, failed::Failed, output::note, state::quoted};

/// A VAddy project; the emulator knows every one.
pub(super) const PROJECT: &str = "6eb1f9fcbdb6a5a";

/// With one of these set, go-vaddy scans a v1 project, and shindan asks which one is meant.
const V1: [&str; 3] = ["VADDY_HOST", "VADDY_FQDN", "VADDY_VERIFICATION_CODE"];

type Variables = Vec<(&'static str, String)>;

/// Says where it answers, and what `shindan` itself needs to reach it.
pub(super) fn announce(app: &App, place: &Place, record: &Record) -> Result<(), Failed> {
    if app.output.is_json() {
        return print(&[json(record)?]);
    }
    let mut lines = vec![
        format!("# emulator: {}", record.url),
        format!("# page: {}/_emulator/", record.url),
        format!("# for the vendors' own tools: eval \"$({})\"", place.command("emulator env")),
    ];
    let own = [
        "NCLOUD_ACCESS_KEY_ID",
        "NCLOUD_SECRET_ACCESS_KEY",
        "WSC_ENDPOINT",
        "VADDY_USER",
        "VADDY_TOKEN",
        "VADDY_API_SERVER",
        "SSL_CERT_FILE",
        "NODE_EXTRA_CA_CERTS",
    ];
    let set = set(Tools::All, record);
    lines.extend(set.iter().filter(|(name, _)| own.contains(name)).map(exported));
    print(&lines)
}

pub(super) fn export(app: &App, tools: Tools, record: &Record) -> Result<Exit, Failed> {
    let unset: &[&str] = if tools == Tools::Wsc { &[] } else { &V1 };
    let set = set(tools, record);
    if app.output.is_json() {
        let set = set.iter().map(|(name, value)| (*name, Some(value)));
        let all: BTreeMap<_, _> = set.chain(unset.iter().map(|name| (*name, None))).collect();
        print(&[json(&all)?])?;
        return Ok(Exit::Ok);
    }
    let mut lines: Vec<String> = set.iter().map(exported).collect();
    lines.extend((!unset.is_empty()).then(|| format!("unset {}", unset.join(" "))));
    print(&lines)?;
    if tools != Tools::Wsc && record.https_url.is_none() {
        note("note: go-vaddy insists on https; for it, start the emulator with --tls");
    }
    Ok(Exit::Ok)
}

/// Takes back what [`export`] has set.
pub(super) fn unset(app: &App, tools: Tools) -> Result<Exit, Failed> {
    let none = String::new;
    let record = Record::of_this_process(none(), none(), Some(none()), Some(none()), Some(0));
    let names: Vec<_> = set(tools, &record).into_iter().map(|(name, _)| name).collect();
    print(&[if app.output.is_json() {
        let all: BTreeMap<_, Option<()>> = names.into_iter().map(|name| (name, None)).collect();
        json(&all)?
    } else {
        format!("unset {}", names.join(" "))
    }])?;
    Ok(Exit::Ok)
}

fn set(tools: Tools, record: &Record) -> Variables {
    let url = record.https_url.as_ref().unwrap_or(&record.url);
    let mut set = Variables::new();
    if tools != Tools::Vaddy {
        set.extend([
            ("NCLOUD_ACCESS_KEY_ID", keys::WSC_ACCESS_KEY.to_owned()),
            ("NCLOUD_ACCESS_KEY", keys::WSC_ACCESS_KEY.to_owned()),
            ("NCLOUD_SECRET_ACCESS_KEY", keys::WSC_SECRET_KEY.to_owned()),
            ("NCLOUD_SECRET_KEY", keys::WSC_SECRET_KEY.to_owned()),
            ("NCLOUD_API_GW", url.clone()),
            ("WSC_ENDPOINT", url.clone()),
        ]);
    }
    if tools != Tools::Wsc {
        // The Ruby client puts https:// before it, whatever it is; the others take both forms.
        let server = url.strip_prefix("https://").unwrap_or(url);
        set.extend([
            ("VADDY_USER", keys::VADDY_USER.to_owned()),
            ("VADDY_TOKEN", keys::VADDY_KEY.to_owned()),
            ("VADDY_PROJECT_ID", PROJECT.to_owned()),
            ("VADDY_API_SERVER", server.to_owned()),
        ]);
        set.extend(
            record.project_number.map(|number| ("VADDY_PROJECT_NUMBER", number.to_string())),
        );
    }
    let trusting = ["SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"];
    set.extend(record.ca.iter().flat_map(|ca| trusting.map(|name| (name, ca.clone()))));
    set
}

fn exported((name, value): &(&str, String)) -> String {
    format!("export {name}={}", quoted(Path::new(value)))
}

fn json(value: &impl serde::Serialize) -> Result<String, Failed> {
    serde_json::to_string(value).map_err(|error| Failed::new(Exit::Internal, error))
}

/// Not as an answer: what is published is shown here even where it is set already and so kept secret.
fn print(lines: &[String]) -> Result<(), Failed> {
    let mut stdout = io::stdout().lock();
    for line in lines {
        writeln!(stdout, "{line}")?;
    }
    Ok(stdout.flush()?)
}
