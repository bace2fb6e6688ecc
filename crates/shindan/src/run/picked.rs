//! What is to be scanned: targets of the project's file, or the one that the command line describes.

use std::collections::BTreeMap;

use super::App;
use crate::{
    args::{JobArgs, ScanArgs, Service as ServiceName, StartArgs, crawl, digits, scan_types},
    config::{PROJECT_FILE, Project, Settings, Site, Target, What, nearest},
    exit::Exit,
    failed::Failed,
    project,
};

/// What was picked.
pub(super) enum Picked {
    /// The one that the command line describes.
    One(Box<Target>),
    /// Those of the file that were named.
    Named(Vec<Target>),
}

pub(super) fn targets(app: &App, settings: &Settings, args: ScanArgs) -> Result<Picked, Failed> {
    if args.targets.is_empty() && !args.all && args.tag.is_empty() {
        return Ok(Picked::One(Box::new(described(app, settings, args)?)));
    }
    let all = &settings.targets;
    if all.is_empty() {
        return Err(Failed::new(
            Exit::Usage,
            format!("no {PROJECT_FILE} here or above has targets"),
        )
        .help("make one with: shindan config init"));
    }
    for name in &args.targets {
        if all.iter().any(|target| target.name == *name) {
            continue;
        }
        let failed = Failed::new(Exit::Usage, format!("there is no target {name}"));
        return Err(match nearest(name, all.iter().map(|target| &*target.name)) {
            Some(known) => failed.help(format!("did you mean {known}?")),
            None => failed.help(names(all)),
        });
    }
    let is_meant = |target: &&Target| {
        args.all
            || args.targets.contains(&target.name)
            || args.tag.iter().any(|tag| target.tags.contains(tag))
    };
    let targets: Vec<_> = all.iter().filter(is_meant).cloned().collect();
    if targets.is_empty() {
        return Err(Failed::new(Exit::Usage, "no target has this tag").help(names(all)));
    }
    Ok(Picked::Named(targets))
}

fn names(all: &[Target]) -> String {
    let names: Vec<_> = all.iter().map(|target| &*target.name).collect();
    format!("the targets are: {}", names.join(", "))
}

/// What the options say. Options of the other service are not ignored.
fn described(app: &App, settings: &Settings, args: ScanArgs) -> Result<Target, Failed> {
    match service(app, settings, &args)? {
        ServiceName::Wsc => match args.url {
            Some(url) => Ok(site(url, args.job)),
            None => Err(Failed::new(Exit::Usage, "there is nothing to scan").help("say --url URL")),
        },
        ServiceName::Vaddy => project(app, args.start),
    }
}

/// A site that the command line describes.
pub(super) fn site(url: String, job: JobArgs) -> Target {
    let what = What::Wsc(Site {
        url: url.clone(),
        exclude: job.exclude_url,
        vuln_items: job.vuln_items,
        user_agent: Some(job.user_agent),
        speed: Some(job.speed),
        rescan: None,
        memo: job.memo,
        header_env: BTreeMap::new(),
    });
    Target::described(url, what)
}

/// A project that the command line describes, or the variables of VAddy's own client.
pub(super) fn project(app: &App, start: StartArgs) -> Result<Target, Failed> {
    let environment = &app.environment;
    let id = project::required(&start.project, environment)?;
    let name = project::name(&id).to_owned();
    let crawl = match start.crawl {
        Some(crawl) => Some(crawl),
        None => environment.read(&["VADDY_CRAWL", "VADDY_CRAWL_ID"], crawl)?,
    };
    let scan_type = if start.scan_type.is_empty() {
        environment.read(&["VADDY_SCAN_TYPE"], scan_types)?.unwrap_or_default()
    } else {
        start.scan_type
    };
    let number = environment.read(&["VADDY_PROJECT_NUMBER"], digits)?;
    // The code is in the project already, if there is one.
    let verification_code_env = None;
    let project = Project { id, verification_code_env, number, crawl, scan_type, max_alerts: None };
    Ok(Target::described(name, What::Vaddy(project)))
}

/// The service that is meant, said or not.
fn service(app: &App, settings: &Settings, args: &ScanArgs) -> Result<ServiceName, Failed> {
    let start = &args.start;
    let project = start.project.project_id.is_some() || start.project.fqdn.is_some();
    let of_vaddy = project || start.crawl.is_some() || !start.scan_type.is_empty();
    let service = match (args.service, &args.url) {
        (Some(service), _) => service,
        (None, Some(_)) => ServiceName::Wsc,
        (None, None) if project => ServiceName::Vaddy,
        (None, None) if !settings.targets.is_empty() => {
            return Err(Failed::new(Exit::Usage, "no target is named")
                .help("say --all, or the names of some")
                .help(names(&settings.targets)));
        }
        (None, None) if project::named(&start.project, &app.environment)?.is_some() => {
            ServiceName::Vaddy
        }
        (None, None) => {
            return Err(Failed::new(Exit::Usage, "there is nothing to scan")
                .help("for WSC say --url URL")
                .help("for VAddy say --project-id ID or --fqdn HOST, or set VADDY_PROJECT_ID or VADDY_HOST")
                .help(format!("for many write a {PROJECT_FILE}: shindan config init")));
        }
    };
    match service {
        ServiceName::Wsc if of_vaddy => Err(Failed::new(
            Exit::Usage,
            "--project-id, --fqdn, --crawl and --scan-type are for VAddy, and the service is WSC",
        )
        .help("say either --url or --project-id")),
        ServiceName::Vaddy if args.url.is_some() => {
            Err(Failed::new(Exit::Usage, "--url is for WSC, and the service is VAddy")
                .help("say either --url or --project-id"))
        }
        ServiceName::Wsc | ServiceName::Vaddy => Ok(service),
    }
}
