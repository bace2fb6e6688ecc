//! `shindan scan`: start, follow, judge.

use std::time::{Duration, Instant};

use shindan_proto::{Paged, Target, VaddyKey, VaddyProject, VaddyScan, WatchPolicy, WscScan};
use vaddy_model::{Crawl, CrawlId, v1, v2};

use super::{App, seed, signals, token, vaddy, wsc};
use crate::{
    approve::approved,
    args::{
        CrawlChoice, FailOn, ScanArgs, Service as ServiceName, StartArgs, crawl, digits, scan_types,
    },
    conclusion::Conclusion,
    exit::Exit,
    failed::Failed,
    output::note,
    project,
    service::Service,
};

pub(super) async fn run(app: &App, args: ScanArgs) -> Result<Exit, Failed> {
    let (fail_on, wait) = (args.fail_on, args.wait_timeout);
    match service(app, &args)? {
        ServiceName::Wsc => {
            let url = args.url.ok_or_else(|| {
                Failed::new(Exit::Usage, "there is nothing to scan").help("say --url URL")
            })?;
            let target = app.wsc()?;
            approved(args.yes, &wsc::question(&url))?;
            let scan = WscScan { job: wsc::job_for(&url, args.job), token: token()? };
            conclude(app, &url, &target, scan, wait, fail_on).await
        }
        ServiceName::Vaddy => {
            let target = app.vaddy()?;
            let request = vaddy_request(app, args.start)?;
            approved(args.yes, &vaddy::question(&request.project))?;
            let name = project::name(&request.project).to_owned();
            let scan = with_crawl(app, &target, request).await?;
            conclude(app, &name, &target, scan, wait, fail_on).await
        }
    }
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

async fn conclude<S: Service>(
    app: &App,
    name: &str,
    target: &Target<S>,
    scan: S::Scan,
    wait: Duration,
    fail_on: FailOn,
) -> Result<Exit, Failed> {
    let policy = WatchPolicy { within: Some(wait), seed: seed()?, ..WatchPolicy::default() };
    let mut signals = signals()?;
    let begun = Instant::now();
    let end = app.follow(name, target, scan.clone(), policy, &mut signals).await;
    let conclusion = Conclusion::draw(name, target, &scan, end, begun.elapsed(), fail_on);
    let written = app.conclude(&conclusion);
    match conclusion.into_outcome() {
        Ok(Exit::Ok) => written.map(|()| Exit::Ok),
        outcome => outcome,
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
