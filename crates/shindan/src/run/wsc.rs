//! The six operations of WSC.

use serde::Serialize;
use shindan_proto::{NcpKey, WscScan};
use wsc_model::{
    CancelJob, CreateJob, GetJobs, GetReport, Job, JobPage, Reply, Report, SearchJobs, SearchType,
    StatusCode, StopJob,
};

use super::{
    App, scan,
    start::{How, Plan},
    token,
};
use crate::{
    approve::approved,
    args::{JobArgs, JobCommand, SearchArgs},
    exit::Exit,
    failed::Failed,
    intent,
    output::{Rows, figure},
    service::Service,
};

pub(super) async fn run(app: &App, command: JobCommand) -> Result<Exit, Failed> {
    let target = app.wsc().await?;
    match command {
        JobCommand::List(page) => {
            app.show(&target, &GetJobs::new(page.limit, page.page), jobs).await
        }
        JobCommand::Search(args) => app.show(&target, &search(args), jobs).await,
        JobCommand::Create { url, job, intent } => {
            let plan = plan(app, url, *job, scan::dedupe_key(app, &intent)?).await?;
            approved(intent.yes, &question(&plan.name))?;
            create(app, plan, How::detached(&intent)?).await
        }
        JobCommand::Cancel { no } => {
            let rows = done(no.as_str(), "canceled");
            app.show(&target, &CancelJob::new(no), |_| rows).await
        }
        JobCommand::Stop { no } => {
            let rows = done(no.as_str(), "stopping");
            app.show(&target, &StopJob::new(no), |_| rows).await
        }
        JobCommand::Report { no } => {
            let mut answer = app.call(&target, &GetReport::new(no)).await?;
            // The scanned site's cookies.
            answer.value.0.login_info = None;
            app.output.answer(&answer.value, |reply| summary(&reply.0))?;
            Ok(if answer.rejected.is_empty() { Exit::Ok } else { Exit::Incomplete })
        }
    }
}

/// What is asked before a job is created.
pub(super) fn question(url: &str) -> String {
    let uri: Option<http::Uri> = url.parse().ok();
    let host = uri.as_ref().and_then(http::Uri::host).unwrap_or(url);
    format!("Start 1 billable scan of {host}?")
}

/// A job that is to be started, with a token that finds it again.
pub(super) async fn plan(
    app: &App,
    url: String,
    job: JobArgs,
    dedupe_key: Option<String>,
) -> Result<Plan<NcpKey>, Failed> {
    let target = app.wsc().await?;
    let account = intent::account(&target);
    let mut scan = WscScan { job: job_for(&url, job), token: token()? };
    let target_key = intent::target_key(&target, &account, &scan);
    if let Some(key) = &dedupe_key {
        scan.token = intent::token(&target_key, &NcpKey::options(&scan), key);
    }
    let token = scan.token.to_string();
    Ok(Plan { name: url, target, account, scan, target_key, token, dedupe_key })
}

/// Starts a job and finds its number, which the answer may not name; waits for nothing else.
async fn create(app: &App, plan: Plan<NcpKey>, how: How) -> Result<Exit, Failed> {
    let token = plan.token.clone();
    let conclusion = plan.run(app, &app.state()?, how).await?;
    let (run, no) = (conclusion.run(), conclusion.scan());
    if let (Exit::Ok | Exit::Output, Some(no)) = (conclusion.exit(), no) {
        let created = Created { instance_no: no.to_owned(), token, run: run.to_owned() };
        let table = |created: &Created| {
            let Created { instance_no, token, run } = created;
            Rows::new(&["NO", "TOKEN", "RUN"]).row([instance_no, token, run].map(String::clone))
        };
        app.output.answer(&created, table).map_err(|failed| failed.started(no))?;
    }
    conclusion.into_outcome()
}

/// A job that exists now, the text in its memo that finds it again, and its run.
#[derive(Serialize)]
struct Created {
    #[serde(rename = "instanceNo")]
    instance_no: String,
    token: String,
    run: String,
}

/// The job as it is set up on the command line.
pub(super) fn job_for(url: &str, args: JobArgs) -> CreateJob {
    let mut job = CreateJob::new(url);
    job.exclude_url = args.exclude_url;
    job.vuln_items = args.vuln_items;
    job.user_agent = args.user_agent;
    job.speed = args.speed;
    job.memo = args.memo;
    job
}

fn search(args: SearchArgs) -> SearchJobs {
    let mut search = SearchJobs::new(args.page.limit, args.page.page);
    let (kind, keyword) = match (args.url, args.memo) {
        (Some(url), _) => (Some(SearchType::Url), url),
        (None, Some(memo)) => (Some(SearchType::Memo), memo),
        (None, None) => (None, String::new()),
    };
    search.search_type = kind;
    search.search_keyword = keyword;
    search.status_code = args.status_code.map(StatusCode);
    search
}

fn jobs(reply: &Reply<JobPage>) -> Rows {
    let page = &reply.resources;
    let jobs = page.record_data.iter().flat_map(|job| std::iter::once(job).chain(&job.slave_data));
    Rows::new(&["NO", "STATUS", "ACTION", "START", "END", "FOUND", "URL", "MEMO"])
        .rows(jobs.map(row))
}

fn row(job: &Job) -> Vec<String> {
    vec![
        job.instance_no.to_string(),
        job.status.clone(),
        figure(job.result_button.as_ref().map(|button| button.as_str().to_owned())),
        job.start_date.clone(),
        job.end_date.clone(),
        figure(job.scan_cnt),
        job.start_url.clone(),
        job.memo.clone(),
    ]
}

fn done(no: &str, what: &str) -> Rows {
    Rows::new(&["NO", "RESULT"]).row([no.to_owned(), what.to_owned()])
}

fn summary(report: &Report) -> Rows {
    let counts = report.classify_by_risk_level;
    Rows::new(&["REPORT", ""]).rows(
        [
            ("target", report.target_info.clone()),
            ("finished", report.report_date.clone()),
            ("high", figure(counts.high)),
            ("medium", figure(counts.medium)),
            ("low", figure(counts.low)),
            ("total", figure(counts.total)),
            ("looked for", report.vulnerability_category.clone()),
            ("domains scanned", report.scanned_domain_list.len().to_string()),
            ("domains not scanned", report.not_scanned_domain_list.len().to_string()),
            ("memo", report.memo.clone()),
        ]
        .map(|(name, value)| vec![name.to_owned(), value]),
    )
}
