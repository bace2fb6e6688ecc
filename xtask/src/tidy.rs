//! Rules that no linter knows.

use std::{collections::BTreeSet, fs, path::Path};

use shindan_wire::{Endpoint, Visit};

use crate::{
    Result,
    files::{self, folder_of},
};

/// Past this a file is asking to be split by idea.
const MOST_LINES: usize = 400;

pub(crate) fn run() -> Result {
    top_level()?;
    endpoints("wsc", "wsc-model", &listed(wsc_model::each))?;
    endpoints("vaddy", "vaddy-model", &listed(vaddy_model::each))?;
    for path in files::files_below(&files::root().join("fixtures/wire"))? {
        origin(&path)?;
    }
    stays_at_home()?;
    for path in files::files_below(&files::root())? {
        text_rules(&path)?;
    }
    Ok(())
}

/// Folders and sources name the same operations as `each`.
fn endpoints(api: &str, package: &str, listed: &BTreeSet<(String, &'static str)>) -> Result {
    let root = files::root();
    let fixtures = root.join("fixtures").join(api);
    let names: BTreeSet<String> = listed.iter().map(|(folder, _)| folder.clone()).collect();
    for path in files::files_below(&fixtures)? {
        let folder = path.parent().and_then(|folder| folder.strip_prefix(&fixtures).ok());
        let folder = folder.ok_or("a fixture has a folder")?.display().to_string();
        if !names.contains(&folder) {
            return Err(format!("{} belongs to no operation", path.display()).into());
        }
        if files::case_of(&path, ".response.http").is_some() {
            origin(&path)?;
        }
    }
    for (folder, docs) in listed {
        let cases = files::entries(&fixtures.join(folder))?;
        for suffix in [".request.json", ".response.http"] {
            if !cases.iter().any(|path| files::case_of(path, suffix).is_some()) {
                return Err(format!("fixtures/{api}/{folder} has no {suffix}").into());
            }
        }
        let source = root.join(format!("crates/{package}/src/{folder}.rs"));
        let text = fs::read_to_string(&source)
            .map_err(|error| format!("{}: {error}", source.display()))?;
        if !text.contains(&format!("/// Source: <{docs}>")) {
            return Err(
                format!("{} does not link the vendor's page {docs}", source.display()).into()
            );
        }
    }
    for path in files::files_below(&root.join(format!("crates/{package}/src")))? {
        let declares = fs::read_to_string(&path)?.contains("\nimpl Endpoint for ");
        let name = path
            .strip_prefix(root.join(format!("crates/{package}/src")))?
            .with_extension("")
            .display()
            .to_string();
        if declares && !names.contains(&name) {
            return Err(format!(
                "{} declares an operation that `each` does not visit",
                path.display()
            )
            .into());
        }
    }
    Ok(())
}

fn listed(each: impl FnOnce(&mut Names)) -> BTreeSet<(String, &'static str)> {
    let mut names = Names::default();
    each(&mut names);
    names.0
}

#[derive(Default)]
struct Names(BTreeSet<(String, &'static str)>);

impl Visit for Names {
    fn endpoint<E: Endpoint>(&mut self) {
        self.0.insert((folder_of(E::NAME), E::DOCS));
    }
}

/// The first line of a hand-written message says where it comes from.
fn origin(path: &Path) -> Result {
    let text = fs::read_to_string(path)?;
    let first = text.lines().next().unwrap_or_default();
    let known = ["documented ", "recorded ", "synthetic "];
    let origin = first
        .strip_prefix("# origin: ")
        .ok_or_else(|| format!("{} has no origin", path.display()))?;
    if known.iter().any(|kind| origin.starts_with(kind)) {
        Ok(())
    } else {
        Err(format!("{}: unknown origin", path.display()).into())
    }
}

/// Nothing but what the project's card names stands at the top.
fn top_level() -> Result {
    const KNOWN: &[&str] = &[
        "Cargo.lock",
        "Cargo.toml",
        "LICENSE-APACHE",
        "LICENSE-MIT",
        "README.md",
        "clippy.toml",
        "crates",
        "deny.toml",
        "docs",
        "fixtures",
        "rustfmt.toml",
        "target",
        "typos.toml",
        "xtask",
    ];
    for path in files::entries(&files::root())? {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if !name.starts_with('.') && !KNOWN.contains(&name.as_str()) {
            return Err(format!("{name} does not belong at the top level").into());
        }
    }
    Ok(())
}

/// The emulator never opens a connection; its tests do.
fn stays_at_home() -> Result {
    let package = files::root().join("crates/shindan-emulator");
    let clients = [
        "TcpStream::connect",
        "TcpSocket",
        "UdpSocket",
        "UnixStream",
        "lookup_host",
        "shindan_hyper",
        "client::conn",
        "client::legacy",
        "TlsConnector",
    ];
    for path in files::files_below(&package.join("src"))? {
        let text = fs::read_to_string(&path)?;
        let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
        let is_code = |line: &str| !line.trim_start().starts_with("//");
        let opens = |line: &str| is_code(line) && clients.iter().any(|name| line.contains(name));
        if let Some(line) = code.lines().position(opens) {
            return Err(format!(
                "{}:{}: the emulator opens no connection",
                path.display(),
                line + 1
            )
            .into());
        }
    }
    let manifest = fs::read_to_string(package.join("Cargo.toml"))?;
    let used = manifest.split("[dev-dependencies]").next().unwrap_or_default();
    if used.contains("client") || used.contains("shindan-hyper") {
        return Err("the emulator depends on a client".into());
    }
    Ok(())
}

fn text_rules(path: &Path) -> Result {
    // Written in two parts, so that this file does not break its own rules.
    let forbidden = [
        (concat!("ncp_", "iam_"), "a real key's shape"),
        (concat!("PRIVATE", " KEY-----"), "a private key"),
        (concat!("TO", "DO"), "work without an owner"),
        (concat!("FIX", "ME"), "work without an owner"),
        (concat!("/ro", "ot/"), "a path of a machine"),
        (concat!("/ho", "me/"), "a path of a machine"),
        (concat!("index.crates", ".io"), "a registry's host"),
        (concat!("static.crates", ".io"), "a registry's host"),
    ];
    let name = path.file_name().unwrap_or_default();
    let Ok(text) = fs::read_to_string(path) else { return Ok(()) };
    if name == "Cargo.lock" {
        return Ok(());
    }
    for (shape, what) in forbidden {
        if let Some(line) = text.lines().position(|line| line.contains(shape)) {
            return Err(format!("{}:{}: {what}", path.display(), line + 1).into());
        }
    }
    let lines = text.lines().count();
    if path.extension().is_some_and(|extension| extension == "rs") && lines > MOST_LINES {
        return Err(format!("{} has {lines} lines; split it by idea", path.display()).into());
    }
    Ok(())
}
