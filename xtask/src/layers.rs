//! Which crate may depend on which: the diagram of docs/architecture.md, enforced.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use xshell::{Shell, cmd};

use crate::{Result, files};

/// Normal dependencies alone; `xtask` and tests may use everything.
const ALLOWED: &[(&str, &[&str])] = &[
    ("ncp-sign", &["base64", "hmac", "http", "sha2"]),
    ("shindan-wire", &["serde", "zeroize"]),
    ("wsc-model", &["serde", "serde_json", "shindan-wire"]),
    ("vaddy-model", &["serde", "serde_json", "shindan-wire"]),
    (
        "shindan-proto",
        &[
            "bytes",
            "form_urlencoded",
            "http",
            "httpdate",
            "ncp-sign",
            "percent-encoding",
            "serde",
            "serde_html_form",
            "serde_json",
            "serde_path_to_error",
            "shindan-wire",
            "thiserror",
            "vaddy-model",
            "wsc-model",
        ],
    ),
    (
        "shindan-hyper",
        &[
            "base64",
            "bytes",
            "http",
            "http-body-util",
            "hyper",
            "hyper-rustls",
            "hyper-util",
            "percent-encoding",
            "rustix",
            "rustls",
            "rustls-platform-verifier",
            "shindan-proto",
            "thiserror",
            "tokio",
            "tower-service",
        ],
    ),
    (
        "shindan-emulator",
        &[
            "base64",
            "bytes",
            "form_urlencoded",
            "hmac",
            "http",
            "http-body-util",
            "hyper",
            "hyper-util",
            "ncp-sign",
            "percent-encoding",
            "rcgen",
            "serde",
            "serde_json",
            "sha2",
            "shindan-proto",
            "shindan-wire",
            "tokio",
            "tokio-rustls",
            "vaddy-model",
            "wsc-model",
        ],
    ),
    (
        "shindan-report",
        &[
            "base64",
            "csv",
            "maud",
            "quick-junit",
            "serde",
            "serde_json",
            "sha2",
            "shindan-wire",
            "uuid",
            "vaddy-model",
            "wsc-model",
        ],
    ),
    ("shindan-journal", &["crc32fast", "rustix", "serde", "serde_json", "sha2", "thiserror"]),
    (
        "shindan",
        &[
            "bytes",
            "clap",
            "clap_complete",
            "clap_mangen",
            "comfy-table",
            "console",
            "futures-util",
            "getrandom",
            "http",
            "http-body-util",
            "hyper",
            "hyper-util",
            "indicatif",
            "jiff",
            "ncp-sign",
            "rustix",
            "serde",
            "serde_json",
            "sha2",
            "shindan-emulator",
            "shindan-hyper",
            "shindan-journal",
            "shindan-proto",
            "shindan-report",
            "shindan-wire",
            "strsim",
            "thiserror",
            "tokio",
            "toml",
            "toml_edit",
            "vaddy-model",
            "wsc-model",
        ],
    ),
];

pub(crate) fn run() -> Result {
    let shell = Shell::new()?;
    shell.change_dir(files::root());
    let metadata =
        cmd!(shell, "cargo metadata --format-version 1 --no-deps --offline").quiet().read()?;
    let metadata: Value = serde_json::from_str(&metadata)?;
    let mut found: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for package in list(&metadata["packages"]) {
        let normal =
            list(&package["dependencies"]).iter().filter(|dependency| dependency["kind"].is_null());
        let names = normal.map(|dependency| text(&dependency["name"])).collect();
        found.insert(text(&package["name"]), names);
    }
    let allowed: BTreeMap<&str, &[&str]> = ALLOWED.iter().copied().collect();
    for (package, dependencies) in found.iter().filter(|(package, _)| **package != "xtask") {
        let allowed = allowed
            .get(package)
            .ok_or_else(|| format!("{package} is not in the table of layers"))?;
        for dependency in dependencies {
            if !allowed.contains(dependency) {
                return Err(format!(
                    "{package} must not depend on {dependency}; see docs/architecture.md"
                )
                .into());
            }
        }
    }
    Ok(())
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
