//! What is looked at on the way to a service, and asked of it.

use http::Uri;
use ncp_sign::Credential;
use shindan_hyper::Network;
use shindan_proto::{Authorize, Base, NcpKey, Target, VaddyKey, VaddyProject};
use tokio::{join, net::lookup_host, time::timeout};
use vaddy_model::{v1, v2};
use wsc_model::GetJobs;

use super::{
    super::App,
    Check, Name,
    call::{Called, LONGEST, call, policy},
};
use crate::{
    args::ProjectArgs,
    config::{Settings, What},
    credentials,
    environment::Environment,
    exit::Exit,
    explain::clock,
    failed::Failed,
    log::watched,
    output::mask,
    project, secrets,
};

/// Signatures are good for five minutes; a clock that is off by more than this will get there.
const CLOCK_OFF_MS: u64 = 60 * 1000;
/// Some keys may only read.
const NOT_TRIED: &str = "whether a scan may be started is not tried";
const OTHER_CLOUD: &str = "name one cloud everywhere: the keys of one are unknown to the others";

type Found<T> = Result<(credentials::Keys<T>, Base), Failed>;

/// The keys of both services.
pub(super) struct Keys {
    wsc: Found<Credential>,
    vaddy: Found<VaddyKey>,
}

impl Keys {
    pub(super) async fn look_up(app: &App, settings: &Settings) -> Self {
        Self {
            wsc: credentials::wsc(&app.environment, settings).await,
            vaddy: credentials::vaddy(&app.environment, settings),
        }
    }

    /// Why a service cannot be asked: whoever has keys for the other one may not want it.
    fn missing(&self, of: &'static str, failed: &Failed) -> Vec<Check> {
        let only_other = self.wsc.is_ok() || self.vaddy.is_ok();
        let help = failed.helps().join("; ");
        vec![if only_other && credentials::are_absent(failed) {
            Check::skipped((of, "keys"), "there are none", help)
        } else {
            Check::failed((of, "keys"), failed)
        }]
    }
}

/// Web Security Checker.
pub(super) async fn wsc(
    app: &App,
    settings: &Settings,
    network: &Network,
    keys: &Keys,
) -> Vec<Check> {
    let (found, base) = match &keys.wsc {
        Ok(found) => found,
        Err(failed) => return keys.missing("wsc", failed),
    };
    let mut checks = vec![keys_of("wsc", &mask(found.keys.access_key()), &found.origin)];
    let auth = NcpKey::new(found.keys.clone());
    let target = match policy(app) {
        Ok(policy) => watched(Target::new(base.clone(), auth)).with_policy(policy),
        Err(failed) => return vec![Check::failed(("wsc", "call"), &failed)],
    };
    let jobs = GetJobs::new(1, 1);
    let (name, called) = join!(lookup("wsc", network, base), call(app, &target, &jobs));
    checks.push(match other_cloud(&app.environment, settings, base) {
        Some(says) => Check::warning(("wsc", "endpoint"), says, OTHER_CLOUD),
        None => endpoint("wsc", &target),
    });
    checks.extend([way("wsc", network, base), name]);
    checks.extend(learned("wsc", &called, &format!("the jobs could be listed; {NOT_TRIED}")));
    checks.push(Check::skipped(
        ("wsc", "addresses"),
        "the documents name no address that WSC scans from",
        "to open a firewall, see the address in the console's window for the ownership of a site",
    ));
    checks
}

/// VAddy.
pub(super) async fn vaddy(
    app: &App,
    settings: &Settings,
    network: &Network,
    keys: &Keys,
) -> Vec<Check> {
    let (found, base) = match &keys.vaddy {
        Ok(found) => found,
        Err(failed) => return keys.missing("vaddy", failed),
    };
    let mut checks = vec![keys_of("vaddy", found.keys.user(), &found.origin)];
    let target = match policy(app) {
        Ok(policy) => watched(Target::new(base.clone(), found.keys.clone())).with_policy(policy),
        Err(failed) => return vec![Check::failed(("vaddy", "call"), &failed)],
    };
    let project = known_project(&app.environment, settings);
    let called = async {
        match &project {
            Ok(Some(VaddyProject::V1 { fqdn, verification_code })) => {
                let mut check = v1::CheckRunning::new(fqdn);
                check.verification_code.clone_from(verification_code);
                Some(call(app, &target, &check).await)
            }
            Ok(Some(VaddyProject::V2 { project_id })) => {
                Some(call(app, &target, &v2::CheckRunning::new(project_id)).await)
            }
            Ok(None) | Err(_) => None,
        }
    };
    let (name, called) = join!(lookup("vaddy", network, base), called);
    checks.extend([endpoint("vaddy", &target), way("vaddy", network, base), name]);
    match (called, project) {
        (Some(called), Ok(Some(project))) => {
            let could = format!("project {} could be asked for; {NOT_TRIED}", project::name(&project));
            checks.extend(learned("vaddy", &called, &could));
        }
        (_, Err(failed)) => checks.push(Check::failed(("vaddy", "project"), &failed)),
        (_, Ok(_)) => checks.push(Check::skipped(
            ("vaddy", "permission"),
            "no project is known, and every call needs one, so neither the connection nor the key was tried",
            "set VADDY_PROJECT_ID, or write a target into shindan.toml",
        )),
    }
    checks.push(Check::skipped(
        ("vaddy", "addresses"),
        "VAddy scans from fixed addresses, which change at times and stand in no document of its API",
        "to open a firewall, see VAddy's support pages and notices",
    ));
    checks
}

fn keys_of(of: &'static str, who: &str, origin: &str) -> Check {
    Check::ok((of, "keys"), format!("{who}, from {origin}"))
}

fn endpoint<A: Authorize>(of: &'static str, target: &Target<A>) -> Check {
    let says = if target.is_emulated() {
        format!("{} is an emulator; nothing is really scanned", target.base())
    } else {
        target.base().to_string()
    };
    Check::ok((of, "endpoint"), says)
}

/// What names another cloud than the endpoint is of.
fn other_cloud(environment: &Environment, settings: &Settings, base: &Base) -> Option<String> {
    let ours = cloud(base.origin())?;
    let gateway = environment.first(&["NCLOUD_API_GW"]).ok().flatten();
    let site = settings.site.as_ref().map(|site| (site.origin.to_string(), site.value.base_url()));
    let named = gateway.map(|(name, url)| (name.to_owned(), url)).into_iter().chain(site);
    let mut others = named.filter_map(|(name, url)| Some((name, cloud(url)?)));
    let (name, other) = others.find(|(_, other)| *other != ours)?;
    Some(format!("{base} is of the {ours} cloud, and {name} names the {other} cloud"))
}

/// Which of NAVER's clouds a host belongs to.
fn cloud(url: &str) -> Option<&'static str> {
    let clouds = [("gov-ntruss.com", "gov"), ("fin-ntruss.com", "fin"), ("ntruss.com", "public")];
    clouds.into_iter().find_map(|(host, cloud)| url.contains(host).then_some(cloud))
}

/// Which proxy is asked.
fn way(of: &'static str, network: &Network, base: &Base) -> Check {
    let says = match base.origin().parse().ok().as_ref().and_then(|uri| network.proxy_for(uri)) {
        Some(proxy) => format!("asked through {proxy}"),
        None => "none: asked directly".to_owned(),
    };
    Check::ok((of, "proxy"), says)
}

/// The name of the host that is connected to: of the proxy, if there is one.
async fn lookup(of: &'static str, network: &Network, base: &Base) -> Check {
    let name: Name = (of, "dns");
    let uri: Uri = base.origin().parse().expect("an endpoint is a url");
    let place = match (network.proxy_for(&uri), uri.authority()) {
        (Some(proxy), _) => proxy.to_string(),
        (None, Some(authority)) if authority.port().is_some() => authority.to_string(),
        (None, _) => format!("{}:443", uri.host().unwrap_or_default()),
    };
    let failed = |why: String| {
        let failed = Failed::new(Exit::Unavailable, format!("{place} has no address: {why}"))
            .help("check the name, and the name server that this machine asks");
        Check::failed(name, &failed)
    };
    match timeout(LONGEST, lookup_host(&*place)).await {
        Err(_) => failed(format!("no name server answered within {LONGEST:?}")),
        Ok(Err(error)) => failed(error.to_string()),
        Ok(Ok(mut addresses)) => match addresses.next() {
            Some(address) => Check::ok(name, format!("{place} is {}", address.ip())),
            None => failed("the answer is empty".to_owned()),
        },
    }
}

/// What a call has shown of the connection, of the clock and of what the key may do.
fn learned(of: &'static str, called: &Called, could: &str) -> Vec<Check> {
    let (connection, permission) = ((of, "connection"), (of, "permission"));
    if let (false, Err(failed)) = (called.answered, &called.result) {
        let skipped =
            Check::skipped(permission, "there was no answer", "mend the connection first");
        return vec![Check::failed(connection, failed), skipped];
    }
    let off = clock(called.ahead_ms);
    let clock = match called.ahead_ms {
        Some(ms) if ms.unsigned_abs() > CLOCK_OFF_MS => {
            Check::warning((of, "clock"), off, "set this machine's clock")
        }
        Some(_) => Check::ok((of, "clock"), off),
        None => Check::skipped((of, "clock"), off, "compare it with another machine's"),
    };
    let permission = match &called.result {
        Ok(()) => Check::ok(permission, could),
        Err(failed) => Check::failed(permission, failed),
    };
    vec![Check::ok(connection, "there was an answer"), clock, permission]
}

/// A project that can be asked about: of the variables, or of the first target that has one.
fn known_project(
    environment: &Environment,
    settings: &Settings,
) -> Result<Option<VaddyProject>, Failed> {
    let nothing_said = ProjectArgs { project_id: None, fqdn: None };
    if let Some(project) = project::named(&nothing_said, environment)? {
        return Ok(Some(project));
    }
    let mut projects = settings.targets.iter().filter_map(|target| match &target.what {
        What::Vaddy(project) => Some(project),
        What::Wsc(_) => None,
    });
    let Some(found) = projects.next() else { return Ok(None) };
    let mut id = found.id.clone();
    if let (VaddyProject::V1 { verification_code, .. }, Some(name)) =
        (&mut id, &found.verification_code_env)
    {
        *verification_code = environment.first(&[name])?.map(|(_, code)| code.to_owned());
        secrets::keep(verification_code.iter().map(String::as_str));
    }
    Ok(Some(id))
}
