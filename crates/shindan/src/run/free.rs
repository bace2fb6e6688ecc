//! Whether WSC offers a free repetition of an earlier diagnosis.

use shindan_proto::NcpKey;
use wsc_model::{Job, RescanButton, ResultButton, SearchJobs, SearchType};

use super::{App, outlook::Outlook, start::Plan};
use crate::{args::Rescan, exit::Exit, failed::Failed};

/// Jobs for each page of the list.
const PAGE: u32 = 100;

/// Takes what is offered, as far as it is wanted. What cannot be read is an error, because a new job is charged.
pub(super) async fn look_up(
    app: &App,
    plan: &mut Plan<NcpKey>,
    rescan: Rescan,
) -> Result<(), Failed> {
    if rescan == Rescan::Never {
        plan.because.push("no free repetition is wanted".to_owned());
        return Ok(());
    }
    let url = plan.scan.job.start_url.clone();
    let mut search = SearchJobs::new(PAGE, 1);
    search.search_type = Some(SearchType::Url);
    search.search_keyword.clone_from(&url);
    let (mut jobs, whole) = app.all(&plan.target, search).await.map_err(|failed| {
        failed.and("it is not known whether the scan would be free, so nothing was started")
    })?;
    jobs.retain(|job| job.start_url == url && has_finished(job));
    // The newest is the last; a date has no zone, but always the same one.
    jobs.sort_by(|a, b| (&a.start_date, &a.instance_no).cmp(&(&b.start_date, &b.instance_no)));
    let offered = |job: &&Job| job.rescan_button == Some(RescanButton::Possible);
    if let Some(job) = jobs.iter().rev().find(offered) {
        plan.because.push(format!(
            "{} of {} can be repeated free ({} times so far)",
            job.instance_no,
            job.start_date,
            job.slave_data.len()
        ));
        plan.scan.job.master_instance_no = Some(job.instance_no.clone());
        plan.outlook = Outlook::Free;
        return Ok(());
    }
    let why = why(jobs.last());
    if !whole {
        return Err(Failed::new(
            Exit::Contract,
            "an earlier diagnosis cannot be read, and it may be free to repeat; nothing was started",
        )
        .help("say --rescan never if a new one may be charged"));
    }
    if rescan == Rescan::Require {
        return Err(Failed::new(
            Exit::Refused,
            "WSC offers no free repetition; nothing was started",
        )
        .cause(why)
        .help("say --rescan auto if a new one may be charged"));
    }
    plan.because.push(why);
    Ok(())
}

fn has_finished(job: &Job) -> bool {
    matches!(job.result_button, Some(ResultButton::Report | ResultButton::Expired))
}

/// Why nothing is offered, as the newest diagnosis says.
fn why(newest: Option<&Job>) -> String {
    let Some(job) = newest else { return "the url has no finished diagnosis to repeat".to_owned() };
    let (no, date) = (&job.instance_no, &job.start_date);
    match job.rescan_button {
        Some(RescanButton::Expired) => {
            format!("the time to repeat {no} of {date} free is over")
        }
        _ => format!("{no} of {date} has no free repetition, or none is left"),
    }
}
