//! Recomputes the signing vectors with somebody else's code.

use std::{collections::BTreeMap, fmt::Write as _, fs, path::Path};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use xshell::{Shell, cmd};

use crate::{
    Result,
    files::{self, Mode},
};

pub(crate) fn run(mode: Mode) -> Result {
    let shell = Shell::new()?;
    // Whoever has only Rust can still check; `ring` is no code of ours either.
    let openssl =
        cmd!(shell, "openssl version").quiet().ignore_stdout().ignore_stderr().run().is_ok();
    if mode == Mode::Write && !openssl {
        return Err("openssl is missing; install it to write vectors".into());
    }
    for folder in files::entries(&files::root().join("fixtures/sign"))? {
        case(&shell, &folder, mode, openssl)
            .map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    Ok(())
}

fn case(shell: &Shell, folder: &Path, mode: Mode, openssl: bool) -> Result {
    let context = toml_strings(&fs::read_to_string(folder.join("context.toml"))?);
    let value = |name: &str| context.get(name).ok_or_else(|| format!("context.toml has no {name}"));
    let request = fs::read_to_string(folder.join("request.txt"))?;
    let request = request.trim_end_matches('\n');
    let message = format!("{request}\n{}\n{}", value("timestamp_ms")?, value("access_key")?);
    files::ensure(&folder.join("message.txt"), &message, mode, "vectors")?;

    let secret = value("secret_key")?;
    let mac =
        if openssl { openssl_mac(shell, secret, &message)? } else { ring_mac(secret, &message) };
    let signature = format!("{}\n", STANDARD.encode(mac));
    let origin = toml_strings(&fs::read_to_string(folder.join("origin.toml"))?);
    let published = origin.get("kind").is_some_and(|kind| kind == "vendor");
    // What a vendor has published is compared, never replaced.
    let mode = if published { Mode::Check } else { mode };
    files::ensure(&folder.join("signature.txt"), &signature, mode, "vectors")
}

fn openssl_mac(shell: &Shell, secret: &str, message: &str) -> Result<Vec<u8>> {
    let mut hex = String::new();
    for byte in secret.bytes() {
        write!(hex, "{byte:02x}")?;
    }
    let key = format!("hexkey:{hex}");
    let command =
        cmd!(shell, "openssl dgst -sha256 -mac HMAC -macopt {key} -binary").stdin(message);
    Ok(command.quiet().output()?.stdout)
}

fn ring_mac(secret: &str, message: &str) -> Vec<u8> {
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, secret.as_bytes());
    ring::hmac::sign(&key, message.as_bytes()).as_ref().to_vec()
}

/// The only TOML that these files need: `name = "value"` without escapes, a line each.
fn toml_strings(text: &str) -> BTreeMap<String, String> {
    let pairs = text.lines().filter_map(|line| line.strip_suffix('"')?.split_once(" = \""));
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}
