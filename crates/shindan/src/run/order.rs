//! From what a target is to a start that is ready to be made.

use shindan_proto::{NcpKey, Target as Service, VaddyKey, VaddyProject, VaddyScan, WscScan};
use shindan_wire::Secret;
use wsc_model::CreateJob;

use super::{App, crawl, outlook::Outlook, start::Plan, token, vaddy};
use crate::{
    args::text,
    config::{Project, Site, Target},
    environment::Environment,
    exit::Exit,
    failed::Failed,
    intent, secrets,
    service::Service as _,
};

/// A job of WSC, with a token that finds it again.
pub(super) fn wsc(
    app: &App,
    service: Service<NcpKey>,
    target: &Target,
    site: &Site,
    dedupe_key: Option<String>,
) -> Result<Plan<NcpKey>, Failed> {
    let job = job(&app.environment, target, site)?;
    let account = intent::account(&service);
    let mut scan = WscScan { job, token: token()? };
    let target_key = intent::target_key(&service, &account, &scan);
    if let Some(key) = &dedupe_key {
        scan.token = intent::token(&target_key, &NcpKey::options(&scan), key);
    }
    let (name, token) = (target.name.clone(), scan.token.to_string());
    let (outlook, because) = (Outlook::Start, Vec::new());
    Ok(Plan {
        name,
        target: service,
        account,
        scan,
        target_key,
        token,
        dedupe_key,
        outlook,
        because,
    })
}

/// A scan of VAddy; its crawl's label is looked up.
pub(super) async fn vaddy(
    app: &App,
    service: Service<VaddyKey>,
    target: &Target,
    wanted: &Project,
    dedupe_key: Option<String>,
) -> Result<Plan<VaddyKey>, Failed> {
    let account = intent::account(&service);
    let mut project = wanted.id.clone();
    if let (VaddyProject::V1 { verification_code, .. }, Some(name)) =
        (&mut project, &wanted.verification_code_env)
    {
        *verification_code = Some(variable(&app.environment, target, name)?);
    }
    let (crawl_id, crawl) = crawl::chosen(app, &service, &project, wanted.crawl.clone()).await?;
    let scan_type = vaddy::types(wanted.scan_type.clone());
    let scan = VaddyScan { project, project_number: wanted.number, crawl_id, scan_type };
    let target_key = intent::target_key(&service, &account, &scan);
    let token = dedupe_key.as_ref().map_or_else(String::new, |key| {
        intent::token(&target_key, &VaddyKey::options(&scan), key).to_string()
    });
    let (name, outlook, because) = (target.name.clone(), Outlook::Start, vec![crawl]);
    Ok(Plan {
        name,
        target: service,
        account,
        scan,
        target_key,
        token,
        dedupe_key,
        outlook,
        because,
    })
}

/// The job that a target means.
fn job(environment: &Environment, target: &Target, site: &Site) -> Result<CreateJob, Failed> {
    let mut job = CreateJob::new(&site.url);
    job.exclude_url.clone_from(&site.exclude);
    job.memo.clone_from(&site.memo);
    if !site.vuln_items.is_empty() {
        job.vuln_items.clone_from(&site.vuln_items);
    }
    if let Some(user_agent) = &site.user_agent {
        job.user_agent.clone_from(user_agent);
    }
    if let Some(speed) = &site.speed {
        job.speed.clone_from(speed);
    }
    for (header, name) in &site.header_env {
        job.headers.insert(header.clone(), Secret::new(variable(environment, target, name)?));
    }
    Ok(job)
}

/// The value of a variable that a target names; nobody is shown it.
fn variable(environment: &Environment, target: &Target, name: &str) -> Result<String, Failed> {
    let value = environment.read(&[name], text)?.ok_or_else(|| {
        Failed::new(Exit::Usage, format!("target {} wants {name}, which is not set", target.name))
            .cause(format!("it was set by {}", target.origin))
            .help(format!("set {name}, or take it out of the target"))
    })?;
    secrets::keep([&*value].into_iter());
    Ok(value)
}
