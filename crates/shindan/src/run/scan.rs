//! `shindan scan`: start, follow, judge.

use shindan_proto::{Paged, Target, VaddyKey, VaddyProject, VaddyScan};
use vaddy_model::{Crawl, CrawlId, v1, v2};

use super::{App, start::How, vaddy, wsc};
use crate::{
    approve::approved,
    args::{
        CrawlChoice, IntentArgs, ScanArgs, Service as ServiceName, StartArgs, crawl, digits,
        scan_types,
    },
    exit::Exit,
    failed::Failed,
    intent,
    output::note,
    project,
};

pub(super) async fn run(app: &App, args: ScanArgs) -> Result<Exit, Failed> {
    let mut how = How::followed(&args.follow)?;
    (how.policy.detach, how.policy.settle) = (args.detach, args.intent.settle);
    let service = service(app, &args)?;
    let dedupe_key = dedupe_key(app, &args.intent)?;
    let conclusion = match service {
        ServiceName::Wsc => {
            let url = args.url.ok_or_else(|| {
                Failed::new(Exit::Usage, "there is nothing to scan").help("say --url URL")
            })?;
            let plan = wsc::plan(app, url, args.job, dedupe_key).await?;
            approved(args.intent.yes, &wsc::question(&plan.name))?;
            plan.run(app, &app.state()?, how).await?
        }
        ServiceName::Vaddy => {
            let (plan, state) = vaddy::plan(app, args.start, &args.intent, dedupe_key).await?;
            plan.run(app, &state, how).await?
        }
    };
    app.told(conclusion)
}

/// Said, or given by the pipeline that this runs in.
pub(super) fn dedupe_key(app: &App, intent: &IntentArgs) -> Result<Option<String>, Failed> {
    if intent.dedupe_key.is_some() {
        return Ok(intent.dedupe_key.clone());
    }
    intent::key_of_pipeline(&app.environment)
}

/// The service that is meant, said or not. Options of the other one are not ignored.
fn service(app: &App, args: &ScanArgs) -> Result<ServiceName, Failed> {
    let start = &args.start;
    let project = start.project.project_id.is_some() || start.project.fqdn.is_some();
    let of_vaddy = project || start.crawl.is_some() || !start.scan_type.is_empty();
    let service = match (args.service, &args.url) {
        (Some(service), _) => service,
        (None, Some(_)) => ServiceName::Wsc,
        (None, None) if project::named(&start.project, &app.environment)?.is_some() => {
            ServiceName::Vaddy
        }
        (None, None) => {
            return Err(Failed::new(Exit::Usage, "there is nothing to scan")
                .help("for WSC say --url URL")
                .help("for VAddy say --project-id ID or --fqdn HOST, or set VADDY_PROJECT_ID or VADDY_HOST"));
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

/// What VAddy is asked for, before the crawl's label is looked up.
pub(super) struct Request {
    pub(super) project: VaddyProject,
    project_number: Option<u64>,
    crawl: Option<CrawlChoice>,
    scan_type: Vec<vaddy_model::ScanType>,
}

/// From the options, and from the variables of the vendor's own client.
pub(super) fn vaddy_request(app: &App, args: StartArgs) -> Result<Request, Failed> {
    let environment = &app.environment;
    let crawl = match args.crawl {
        Some(crawl) => Some(crawl),
        None => environment.read(&["VADDY_CRAWL", "VADDY_CRAWL_ID"], crawl)?,
    };
    let scan_type = if args.scan_type.is_empty() {
        environment.read(&["VADDY_SCAN_TYPE"], scan_types)?.unwrap_or_default()
    } else {
        args.scan_type
    };
    Ok(Request {
        project: project::required(&args.project, environment)?,
        project_number: environment.read(&["VADDY_PROJECT_NUMBER"], digits)?,
        crawl,
        scan_type,
    })
}

/// The scan, with the crawl's id in place of its label.
pub(super) async fn with_crawl(
    app: &App,
    target: &Target<VaddyKey>,
    request: Request,
) -> Result<VaddyScan, Failed> {
    let crawl_id = match request.crawl {
        None => None,
        Some(CrawlChoice::Id(id)) => Some(id),
        Some(CrawlChoice::Label(label)) => {
            Some(look_up(app, target, &request.project, label).await?)
        }
    };
    Ok(VaddyScan {
        project: request.project,
        project_number: request.project_number,
        crawl_id,
        scan_type: vaddy::types(request.scan_type),
    })
}

/// The newest crawl whose label contains the text.
async fn look_up(
    app: &App,
    target: &Target<VaddyKey>,
    project: &VaddyProject,
    label: String,
) -> Result<CrawlId, Failed> {
    let quoted = format!("{label:?}");
    let mut crawls = match project {
        VaddyProject::V1 { fqdn, verification_code } => {
            let mut search = v1::SearchCrawls::new(fqdn);
            search.verification_code.clone_from(verification_code);
            search.search_label = Some(label);
            all(app, target, search).await?
        }
        VaddyProject::V2 { project_id } => {
            let mut search = v2::SearchCrawls::new(project_id);
            search.search_label = Some(label);
            all(app, target, search).await?
        }
    };
    crawls.sort_by_key(|crawl| (crawl.start, crawl.id));
    crawls.dedup_by_key(|crawl| crawl.id);
    let Some(newest) = crawls.last() else {
        return Err(Failed::new(
            Exit::Precondition,
            format!("no crawl has a label that contains {quoted}; nothing was started"),
        )
        .help("list them with: shindan vaddy crawl list"));
    };
    if crawls.len() > 1 {
        note(format!("note: {} crawls have a label that contains {quoted}:", crawls.len()));
        for crawl in crawls.iter().rev() {
            note(format!("  {} {}", crawl.id, crawl.label.as_deref().unwrap_or_default()));
        }
        note(format!("note: taking the newest, {}", newest.id));
    }
    Ok(newest.id)
}

/// Everything that is listed, page after page.
async fn all<E>(app: &App, target: &Target<VaddyKey>, list: E) -> Result<Vec<Crawl>, Failed>
where
    E: Paged<Item = Crawl, Api = vaddy_model::Vaddy>,
{
    let (mut next, mut all) = (Some(list), Vec::new());
    while let Some(list) = next {
        let page = app.call(target, &list).await?.value;
        next = list.next(&page);
        all.extend(E::items(page));
    }
    Ok(all)
}
