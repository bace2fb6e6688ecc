//! How the services are reached: the proxy and the certificate authorities that options and variables name.
//!
//! Read are `HTTPS_PROXY`, then `ALL_PROXY`, and `NO_PROXY`, each also in lower case, as curl and reqwest do as far as
//! they agree. Where they do not, what is set is refused. `HTTP_PROXY` is not read, because plain http stays on
//! this machine; so nothing is different in a CGI program, which `REQUEST_METHOD` gives away to other tools.

use std::{
    fmt::Display,
    fs::File,
    io::{self, Read},
    path::Path,
};

use shindan_hyper::{Network, NoProxy, Proxy, roots_from_pem};

use crate::{
    args::NetworkArgs, environment::Environment, exit::Exit, failed::Failed, output::note, secrets,
    state::quoted,
};

type Names = [&'static str; 2];

/// Those that come first count.
const PROXIES: [Names; 2] = [["HTTPS_PROXY", "https_proxy"], ["ALL_PROXY", "all_proxy"]];
const NO_PROXY: Names = ["NO_PROXY", "no_proxy"];
/// Larger than every system's own bundle, in bytes.
const MOST_BYTES: u64 = 16 << 20;

/// What is set. Whatever cannot be used is an error: nothing goes another way than it was told to.
pub(crate) fn network(options: NetworkArgs, environment: &Environment) -> Result<Network, Failed> {
    let proxy = match options.proxy {
        Some(proxy) => Some(proxy),
        None => proxy(environment)?,
    };
    let no_proxy = if proxy.is_some() { no_proxy(environment)? } else { NoProxy::default() };
    let mut network = Network { proxy, no_proxy, ..Network::default() };
    let named = options.ca_bundle.as_deref().map(|path| ("--ca-bundle", path));
    let set = |name| Some((name, environment.path(name)?));
    // On Linux the system's own roots are not read if SSL_CERT_FILE is set; elsewhere nobody else reads it.
    for (name, path) in
        [named.or_else(|| set("SHINDAN_CA_BUNDLE")), set("SSL_CERT_FILE")].iter().flatten()
    {
        let unusable = |why: &dyn Display| {
            Failed::new(Exit::Usage, format!("{name} cannot be used: {}: {why}", quoted(path)))
                .help("name a PEM file with the certificates of your authorities")
        };
        let pem = bytes(path).map_err(|error| unusable(&error))?;
        network.extra_roots.extend(roots_from_pem(&pem).map_err(|error| unusable(&error))?);
    }
    Ok(network)
}

/// A proxy of the command line; whoever lists the processes of this machine can read it.
pub(crate) fn proxy_option(url: &str) -> Result<Proxy, String> {
    if url.contains('@') {
        return Err(
            "a user name or a password must not be an argument; set HTTPS_PROXY instead".to_owned()
        );
    }
    parsed(url)
}

fn parsed(url: &str) -> Result<Proxy, String> {
    url.parse::<Proxy>().map_err(|error| error.to_string())
}

fn proxy(environment: &Environment) -> Result<Option<Proxy>, Failed> {
    for names in PROXIES {
        let Some((_, url)) = agreed(environment, names)? else { continue };
        // As it is written, even if it cannot be read.
        if let Some((credentials, _)) = url.rsplit_once('@') {
            let credentials = credentials.rsplit_once("://").map_or(credentials, |(_, rest)| rest);
            let password = credentials.split_once(':').map(|(_, password)| password);
            secrets::keep(password.into_iter());
        }
        let proxy = environment.read(&names, parsed)?;
        secrets::keep(proxy.iter().flat_map(Proxy::secrets));
        return Ok(proxy);
    }
    Ok(None)
}

fn no_proxy(environment: &Environment) -> Result<NoProxy, Failed> {
    let Some((name, list)) = agreed(environment, NO_PROXY)? else { return Ok(NoProxy::default()) };
    let (no_proxy, never) = NoProxy::parse(list);
    for never in never {
        let (entry, reason) = (never.entry, never.reason);
        note(format!("note: entry {entry} of {name} can never match and is left out: {reason}"));
    }
    Ok(no_proxy)
}

/// What both spellings of a name say, if it is the same.
fn agreed(environment: &Environment, names: Names) -> Result<Option<(&'static str, &str)>, Failed> {
    let [upper, lower] = names;
    match (environment.first(&[upper])?, environment.first(&[lower])?) {
        (Some((_, one)), Some((_, other))) if one != other => {
            let why = format!(
                "{upper} and {lower} differ, and which one counts is not the same everywhere"
            );
            Err(Failed::new(Exit::Usage, why).help(format!("unset {upper} or {lower}")))
        }
        (one, other) => Ok(one.or(other)),
    }
}

fn bytes(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(io::Error::other(format!("it has more than {MOST_BYTES} bytes")));
    }
    Ok(bytes)
}
