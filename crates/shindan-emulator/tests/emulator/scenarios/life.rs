//! How long jobs and scans take, and how they end.

use core::time::Duration;

use shindan_emulator::{Emulator, SCAN_MS, Scenario};
use shindan_proto::{Ending, Error, ScanError};
use shindan_wire::Fault;
use wsc_model::{
    CreateJob, GetJobs, GetReport, Job, RescanButton, ResultButton, SearchJobs, StatusCode,
};

use super::{number, report, scan_result, start_vaddy, start_wsc, url, vaddy, wsc};
use crate::{
    client::{Client, START},
    flows::World,
};

/// A finished job of the target that is called after the scenario.
fn finished(scenario: Scenario) -> Client {
    let mut client = Client::new();
    client.get(&CreateJob::new(&url(scenario)));
    client.wait_ms(SCAN_MS);
    client
}

fn job(client: &mut Client) -> Job {
    client.get(&GetJobs::new(10, 1)).resources.record_data.remove(0)
}

fn in_state(client: &mut Client, status: StatusCode) -> usize {
    let mut search = SearchJobs::new(10, 1);
    search.status_code = Some(status);
    client.get(&search).resources.record_data.len()
}

pub(super) fn clean() {
    assert_eq!(report(Scenario::Clean).classify_by_risk_level.total, Some(0));
    let result = scan_result(Scenario::Clean);
    assert_eq!((result.alert_count, result.complete), (Some(0), Some(100)));
}

pub(super) fn incomplete() {
    let report = report(Scenario::Incomplete);
    assert_eq!(report.not_scanned_domain_list.len(), 1);
    assert_eq!(report.classify_by_risk_level.total, Some(0));
    let result = scan_result(Scenario::Incomplete);
    assert_eq!((result.alert_count, result.complete), (Some(0), Some(63)));
}

pub(super) fn canceled() {
    let (outcome, world) = wsc(Scenario::Canceled);
    let Ok(Ending::Failed(why)) = outcome.result else { panic!("{outcome:?}") };
    assert_eq!(why, "The target did not respond.");
    let mut client = Client { now: world.server_now(), emulator: world.emulator };
    assert_eq!(job(&mut client).result_button, Some(ResultButton::Cause));
    assert_eq!(job(&mut client).status, "diagnostic failed");
    assert_eq!(in_state(&mut client, StatusCode::FAILED), 1);

    let (outcome, world) = vaddy(Scenario::Canceled);
    assert!(matches!(outcome.result, Ok(Ending::Stopped)), "{outcome:?}");
    assert!(world.mono < Duration::from_millis(SCAN_MS.unsigned_abs()), "{:?}", world.mono);
}

pub(super) fn crawl_failed() {
    let mut client = finished(Scenario::CrawlFailed);
    assert_eq!(in_state(&mut client, StatusCode::CRAWL_FAILED), 1);
    assert_eq!(job(&mut client).end_date, "2024-07-08 13:12:09");
    let (outcome, _) = wsc(Scenario::CrawlFailed);
    assert!(matches!(outcome.result, Ok(Ending::Failed(_))), "{outcome:?}");
    let (outcome, _) = vaddy(Scenario::CrawlFailed);
    assert!(matches!(outcome.result, Ok(Ending::Stopped)), "{outcome:?}");
}

pub(super) fn stuck() {
    let (outcome, _) = wsc(Scenario::Stuck);
    assert!(matches!(outcome.result, Err(ScanError::Deadline)), "{outcome:?}");
    let (outcome, _) = vaddy(Scenario::Stuck);
    assert!(matches!(outcome.result, Err(ScanError::Deadline)), "{outcome:?}");
    // It can still be ended.
    let mut world = World::new(super::emulator());
    let outcome = start_wsc(&mut world, Scenario::Stuck, Duration::from_secs(600));
    assert!(matches!(outcome.result, Ok(Ending::Stopped)), "{outcome:?}");
    let outcome = start_vaddy(&mut world, Scenario::Stuck, Duration::from_secs(1_200));
    assert!(matches!(outcome.result, Ok(Ending::Stopped)), "{outcome:?}");
}

pub(super) fn slow() {
    let long = Duration::from_millis(10 * SCAN_MS.unsigned_abs());
    let (outcome, world) = wsc(Scenario::Slow);
    assert!(matches!(outcome.result, Ok(Ending::Finished(_))) && world.mono >= long);
    let (outcome, world) = vaddy(Scenario::Slow);
    assert!(matches!(outcome.result, Ok(Ending::Finished(_))) && world.mono >= long);
}

pub(super) fn queue() {
    assert!(report(Scenario::Queue).crawl_time.starts_with("2024/07/08 13:12:34~"));
    scan_result(Scenario::Queue);
    // Cancel what waits, stop what runs.
    for (cancel_s, status) in [(20, StatusCode::CANCELED), (45, StatusCode::STOPPED)] {
        let mut world = World::new(Emulator::builder().created_numbers().build(START));
        let outcome = start_wsc(&mut world, Scenario::Queue, Duration::from_secs(cancel_s));
        assert!(matches!(outcome.result, Ok(Ending::Stopped)), "{outcome:?}");
        let mut client = Client { now: world.server_now(), emulator: world.emulator };
        assert_eq!(in_state(&mut client, status), 1);
    }
}

pub(super) fn report_late() {
    report(Scenario::ReportLate);
    let mut client = finished(Scenario::ReportLate);
    assert_eq!(job(&mut client).result_button, Some(ResultButton::Report));
    let read = GetReport::new(job(&mut client).instance_no);
    for expected in [500, 500, 500, 200, 200] {
        assert_eq!(client.raw(&read).0, expected);
    }
}

pub(super) fn report_expired() {
    let (outcome, _) = wsc(Scenario::ReportExpired);
    let Ok(Ending::Failed(why)) = outcome.result else { panic!("{outcome:?}") };
    assert_eq!(why, "the report is no longer available");
    let mut client = finished(Scenario::ReportExpired);
    assert_eq!(in_state(&mut client, StatusCode::COMPLETED), 1);
    let number = job(&mut client).instance_no;
    let gone = client.ask(&GetReport::new(number));
    assert!(matches!(gone, Err(Error::Fault(fault)) if fault.code() == Some("901")));
}

/// The button of a finished job, and what three repetitions of it cost.
fn repetitions(scenario: Scenario) -> (Option<RescanButton>, u64, u64) {
    let mut client = finished(scenario);
    client.wait_ms(61 * 24 * 3_600_000);
    let button = job(&mut client).rescan_button;
    let mut create = CreateJob::new(&url(scenario));
    create.master_instance_no = Some(number("1234567890"));
    for _ in 0..3 {
        client.get(&create);
        client.wait_ms(SCAN_MS);
    }
    assert_eq!(job(&mut client).slave_data.len(), 3);
    assert!(job(&mut client).slave_data.iter().all(|job| job.slave_data.is_empty()));
    let ledger = client.emulator.ledger();
    (button, ledger.wsc_created, ledger.wsc_repeated)
}

pub(super) fn free_rescan() {
    assert_eq!(repetitions(Scenario::FreeRescan), (Some(RescanButton::Possible), 1, 3));
}

pub(super) fn rescan_expired() {
    assert_eq!(repetitions(Scenario::RescanExpired), (Some(RescanButton::Expired), 4, 0));
    let mut client = finished(Scenario::RescanExpired);
    assert_eq!(job(&mut client).rescan_button, Some(RescanButton::Expired));
}

pub(super) fn rescan_used_up() {
    assert_eq!(repetitions(Scenario::RescanUsedUp), (Some(RescanButton::Null), 4, 0));
}

/// The pager's block of ten is that of the page that is asked for.
/// Assumed (wsc.getJobs): `current_start_page` and `current_end_page` are the ends of the block of ten
/// pages in which the page lies.
#[test]
fn pages_come_in_blocks_of_ten() {
    let mut client = Client::new();
    for _ in 0..12 {
        client.get(&CreateJob::new("http://site"));
    }
    for (page, block) in [(1, (1, 10)), (10, (1, 10)), (11, (11, 12)), (12, (11, 12))] {
        let page = client.get(&GetJobs::new(1, page)).resources;
        assert_eq!((page.current_start_page, page.current_end_page), block);
        assert_eq!((page.total_cnt, page.total_page_cnt), (12, 12));
    }
}
