//! The operations of VAddy, in both versions.

use serde::Serialize;
use shindan_proto::{Target, VaddyKey, VaddyProject};
use shindan_wire::Comma;
use vaddy_model::{CrawlPage, ResultPage, RunCheck, ScanRef, ScanResult, Sort, v1, v2};

use super::{App, picked, scan};
use crate::{
    args::{
        CrawlCommand, IntentArgs, OneScan, Order, ProjectArgs, ScanCommand, StartArgs, VaddyCommand,
    },
    exit::Exit,
    failed::Failed,
    output::{Rows, figure},
    project,
};

pub(super) async fn run(app: &App, command: VaddyCommand) -> Result<Exit, Failed> {
    let target = app.vaddy()?;
    match command {
        VaddyCommand::Scan(ScanCommand::Start { start, intent }) => {
            start_scan(app, *start, &intent).await
        }
        VaddyCommand::Scan(ScanCommand::Cancel(one)) => cancel(app, &target, one).await,
        VaddyCommand::Scan(ScanCommand::Result(one)) => result(app, &target, one).await,
        VaddyCommand::Scan(ScanCommand::Running(args)) => running(app, &target, &args).await,
        VaddyCommand::Scan(ScanCommand::List(args)) => {
            let number = project::required_number(args.project_number, &app.environment)?;
            app.show(&target, &v2::ListResults::new(number), results).await.map_err(not_the_id)
        }
        VaddyCommand::Crawl(CrawlCommand::List { project, label, page, sort }) => {
            let sort = sort.map(|order| match order {
                Order::Asc => Sort::Asc,
                Order::Desc => Sort::Desc,
            });
            match project::required(&project, &app.environment)? {
                VaddyProject::V1 { fqdn, verification_code } => {
                    let mut search = v1::SearchCrawls::new(&fqdn);
                    search.verification_code = verification_code;
                    (search.search_label, search.page, search.sort) = (label, page, sort);
                    app.show(&target, &search, crawls).await
                }
                VaddyProject::V2 { project_id } => {
                    let mut search = v2::SearchCrawls::new(&project_id);
                    (search.search_label, search.page, search.sort) = (label, page, sort);
                    app.show(&target, &search, crawls).await
                }
            }
        }
        VaddyCommand::Crawl(CrawlCommand::Delete { crawl_id, number }) => {
            let number = project::required_number(number.project_number, &app.environment)?;
            let delete = v2::DeleteCrawl::new(number, crawl_id);
            app.show(&target, &delete, |deleted| {
                Rows::new(&["CRAWL", "RESULT"]).row([crawl_id.to_string(), deleted.message.clone()])
            })
            .await
            .map_err(not_the_id)
        }
    }
}

/// The two are easily mixed up.
fn not_the_id(failed: Failed) -> Failed {
    if failed.exit() != Exit::Precondition {
        return failed;
    }
    failed.help("the project number stands at the end of the project's address in the console; it is not the project id")
}

/// Starts a scan and waits for nothing else.
async fn start_scan(app: &App, start: StartArgs, intent: &IntentArgs) -> Result<Exit, Failed> {
    let project = picked::project(app, start)?;
    if let Some(dry_run) = intent.dry_run {
        return scan::foreseen(app, &project, intent, dry_run).await;
    }
    let (conclusion, _) = scan::detached(app, project, intent).await?;
    if let (Exit::Ok | Exit::Output, Some(id)) = (conclusion.exit(), conclusion.scan()) {
        let started = Started { scan_id: id.to_owned(), run: conclusion.run().to_owned() };
        let table = |started: &Started| {
            let Started { scan_id, run } = started;
            Rows::new(&["SCAN", "RESULT", "RUN"]).row([scan_id, "started", run].map(str::to_owned))
        };
        app.output.answer(&started, table).map_err(|failed| failed.started(id))?;
    }
    conclusion.into_outcome()
}

/// A scan that runs now, and its run.
#[derive(Serialize)]
struct Started {
    scan_id: String,
    run: String,
}

async fn cancel(app: &App, target: &Target<VaddyKey>, one: OneScan) -> Result<Exit, Failed> {
    match project::named(&one.project, &app.environment)? {
        Some(VaddyProject::V1 { fqdn, verification_code }) => {
            let mut cancel = v1::CancelScan::new(one.id, &fqdn);
            cancel.verification_code = verification_code;
            app.show(target, &cancel, canceled).await
        }
        Some(VaddyProject::V2 { .. }) | None => {
            app.show(target, &v2::CancelScan::new(one.id), canceled).await
        }
    }
}

async fn result(app: &App, target: &Target<VaddyKey>, one: OneScan) -> Result<Exit, Failed> {
    match project::named(&one.project, &app.environment)? {
        Some(VaddyProject::V1 { fqdn, verification_code }) => {
            let mut get = v1::GetScanResult::new(one.id, &fqdn);
            get.verification_code = verification_code;
            app.show(target, &get, summary).await
        }
        Some(VaddyProject::V2 { .. }) | None => {
            app.show(target, &v2::GetScanResult::new(one.id), summary).await
        }
    }
}

async fn running(app: &App, target: &Target<VaddyKey>, args: &ProjectArgs) -> Result<Exit, Failed> {
    match project::required(args, &app.environment)? {
        VaddyProject::V1 { fqdn, verification_code } => {
            let mut check = v1::CheckRunning::new(&fqdn);
            check.verification_code = verification_code;
            app.show(target, &check, |check| processes(*check)).await
        }
        VaddyProject::V2 { project_id } => {
            app.show(target, &v2::CheckRunning::new(&project_id), |check| processes(*check)).await
        }
    }
}

/// A list of types, where one was given.
pub(super) fn types(list: Vec<vaddy_model::ScanType>) -> Option<Comma<vaddy_model::ScanType>> {
    (!list.is_empty()).then_some(Comma(list))
}

fn canceled(scan: &ScanRef) -> Rows {
    Rows::new(&["SCAN", "RESULT"]).row([scan.scan_id.to_string(), "canceled".to_owned()])
}

fn processes(check: RunCheck) -> Rows {
    Rows::new(&["RUNNING"]).row([check.running_process.to_string()])
}

fn crawls(page: &CrawlPage) -> Rows {
    Rows::new(&["CRAWL", "LABEL", "START", "END"]).rows(page.items.iter().map(|crawl| {
        vec![
            crawl.id.to_string(),
            figure(crawl.label.as_ref()),
            figure(crawl.start),
            figure(crawl.end),
        ]
    }))
}

fn results(page: &ResultPage) -> Rows {
    Rows::new(&["SCAN", "STATUS", "ALERTS", "TESTS", "COVERAGE", "CRAWL", "START", "END"]).rows(
        page.items.iter().map(|scan| {
            vec![
                scan.scan_id.to_string(),
                scan.status.as_str().to_owned(),
                figure(scan.alert_count),
                figure(scan.scan_count),
                figure(scan.complete.map(|complete| format!("{complete}%"))),
                figure(scan.crawl_id),
                figure(scan.start_time),
                figure(scan.end_time),
            ]
        }),
    )
}

fn summary(result: &ScanResult) -> Rows {
    Rows::new(&["SCAN", ""]).rows(
        [
            ("status", result.status.as_str().to_owned()),
            ("alerts", figure(result.alert_count)),
            ("tests sent", figure(result.scan_count)),
            ("complete", figure(result.complete.map(|complete| format!("{complete}%")))),
            ("crawl", figure(result.crawl_id)),
            ("crawl label", figure(result.crawl_label.as_ref())),
            ("start", figure(result.start_time)),
            ("end", figure(result.end_time)),
            ("looked for", result.scan_list.join(", ")),
            ("console", figure(result.scan_result_url.as_ref())),
        ]
        .map(|(name, value)| vec![name.to_owned(), value]),
    )
}
