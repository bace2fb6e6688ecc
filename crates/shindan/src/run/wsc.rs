//! The six operations of WSC.

use serde::Serialize;
use wsc_model::{
    CancelJob, GetJobs, GetReport, Job, JobPage, Reply, Report, SearchJobs, SearchType, StatusCode,
    StopJob,
};

use super::{App, picked, scan};
use crate::{
    args::{IntentArgs, JobCommand, SearchArgs},
    config::Target,
    exit::Exit,
    failed::Failed,
    output::{Rows, figure},
};

pub(super) async fn run(app: &App, command: JobCommand) -> Result<Exit, Failed> {
    let target = app.wsc().await?;
    match command {
        JobCommand::List(page) => {
            app.show(&target, &GetJobs::new(page.limit, page.page), jobs).await
        }
        JobCommand::Search(args) => app.show(&target, &search(args), jobs).await,
        JobCommand::Create { url, job, intent } => {
            create(app, picked::site(url, *job), &intent).await
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

/// Starts a job and finds its number, which the answer may not name; waits for nothing else.
async fn create(app: &App, site: Target, intent: &IntentArgs) -> Result<Exit, Failed> {
    if let Some(dry_run) = intent.dry_run {
        return scan::foreseen(app, &site, intent, dry_run).await;
    }
    let (conclusion, state) = scan::detached(app, site, intent).await?;
    let (run, no) = (conclusion.run(), conclusion.scan());
    if let (Exit::Ok | Exit::Output, Some(no)) = (conclusion.exit(), no) {
        let recorded = state.journal.run(run).ok().and_then(|view| view.run.intent);
        let token = recorded.map_or_else(String::new, |intent| intent.token);
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
