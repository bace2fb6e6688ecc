//! How the time of jobs and scans runs.

use core::time::Duration;

use shindan_emulator::{Clock, Emulator, SCAN_MS, Scenario};
use shindan_proto::Ending;
use vaddy_model::{ScanStatus, Vaddy, v2};
use wsc_model::{
    CancelJob, CreateJob, GetJobs, GetReport, Job, ResultButton, SearchJobs, StatusCode, StopJob,
    Wsc,
};

use crate::{
    client::{Client, Keyed, START},
    flows::{NEVER, World},
};

fn client(clock: Clock) -> Client {
    Client::of(Emulator::builder().clock(clock).build(START))
}

fn first(client: &mut Client) -> Job {
    client.get(&GetJobs::new(10, 1)).resources.record_data.remove(0)
}

fn in_state(client: &mut Client, status: StatusCode) -> usize {
    let mut search = SearchJobs::new(10, 1);
    search.status_code = Some(status);
    client.get(&search).resources.record_data.len()
}

#[test]
fn a_clock_reads_what_it_writes() {
    for text in ["real", "x0", "x60", "manual", "polls:3", "polls:4294967295"] {
        assert_eq!(text.parse::<Clock>().unwrap().to_string(), text);
    }
    for text in ["", "x", "x-1", "polls", "polls:", "polls:+1", "x4294967296", "Real", "60"] {
        text.parse::<Clock>().unwrap_err();
    }
}

#[test]
fn a_job_ends_when_it_was_shown_so_many_times() {
    for polls in [0, 1, 2, 3, 7, 100, 1_000] {
        let mut client = client(Clock::Polls(polls));
        client.get(&CreateJob::new("http://site"));
        client.wait_ms(10 * SCAN_MS);
        for _ in 1..polls {
            assert_ne!(first(&mut client).result_button, Some(ResultButton::Report), "{polls}");
        }
        assert_eq!(first(&mut client).result_button, Some(ResultButton::Report), "{polls}");
    }
}

#[test]
fn a_scan_ends_when_its_result_was_asked_for_so_many_times() {
    for polls in [0, 1, 2, 7, 1_000] {
        let mut client = client(Clock::Polls(polls));
        let id = client.get(&v2::StartScan::new("a")).scan_id;
        client.wait_ms(10 * SCAN_MS);
        for _ in 1..polls {
            client.get(&v2::CheckRunning::new("a"));
            let result = client.get(&v2::GetScanResult::new(id.clone()));
            assert_eq!(result.status, ScanStatus::Scanning, "{polls}");
        }
        let result = client.get(&v2::GetScanResult::new(id));
        assert_eq!(result.status, ScanStatus::Finish, "{polls}");
        assert_eq!(client.get(&v2::CheckRunning::new("a")).running_process, 0);
    }
}

#[test]
fn polls_lead_through_the_states_in_proportion() {
    let mut client = client(Clock::Polls(30));
    client.get(&CreateJob::new("http://site"));
    let states = [
        (StatusCode::CRAWL_RUNNING, 8),
        (StatusCode::CRAWL_COMPLETED, 1),
        (StatusCode::PENDING, 1),
        (StatusCode::RUNNING, 19),
        (StatusCode::COMPLETED, 1),
    ];
    for (status, polls) in states {
        for _ in 0..polls {
            assert_eq!(in_state(&mut client, status), 1, "{status:?}");
        }
    }
}

#[test]
fn only_what_is_shown_was_asked_for() {
    let mut client = client(Clock::Polls(2));
    client.get(&CreateJob::new("http://old"));
    client.get(&CreateJob::new("http://new"));
    client.get(&GetJobs::new(1, 1));
    assert_eq!(in_state(&mut client, StatusCode::CANCELED), 0);
    let jobs = client.get(&GetJobs::new(10, 1)).resources.record_data;
    assert_eq!(jobs[0].result_button, Some(ResultButton::Report));
    assert_eq!(jobs[1].result_button, Some(ResultButton::Terminate));
    client.get(&GetReport::new(jobs[0].instance_no.clone()));
}

#[test]
fn a_job_that_stops_has_stopped_at_a_later_poll() {
    let mut client = client(Clock::Polls(4));
    client.get(&CreateJob::new("http://site"));
    client.get(&CancelJob::new("1234567890".parse().unwrap()));
    client.get(&CreateJob::new("http://site"));
    let job = first(&mut client);
    client.get(&StopJob::new(job.instance_no));
    assert_eq!(in_state(&mut client, StatusCode::STOPPED), 1);
    assert_eq!(in_state(&mut client, StatusCode::CANCELED), 1);
}

#[test]
fn what_takes_longer_is_asked_for_more_often() {
    let mut client = client(Clock::Polls(2));
    client.emulator.set_scenario(None, Some(Scenario::Slow));
    client.get(&CreateJob::new("http://site"));
    for _ in 1..20 {
        assert_eq!(first(&mut client).result_button, Some(ResultButton::Terminate));
    }
    assert_eq!(first(&mut client).result_button, Some(ResultButton::Report));
}

#[test]
fn a_manual_clock_moves_when_it_is_advanced() {
    let mut client = client(Clock::Manual);
    client.get(&CreateJob::new("http://site"));
    let id = client.get(&v2::StartScan::new("a")).scan_id;
    client.wait_ms(10 * SCAN_MS);
    assert_eq!(first(&mut client).result_button, Some(ResultButton::Cancel));
    client.emulator.advance(Duration::from_secs(30));
    assert_eq!(first(&mut client).result_button, Some(ResultButton::Terminate));
    client.emulator.advance(Duration::from_secs(30));
    assert_eq!(first(&mut client).result_button, Some(ResultButton::Report));
    let result = client.get(&v2::GetScanResult::new(id));
    assert_eq!(result.status, ScanStatus::Finish);
}

#[test]
fn another_clock_takes_nothing_away() {
    let mut client = client(Clock::Polls(2));
    client.get(&CreateJob::new("http://site"));
    assert_eq!(first(&mut client).result_button, Some(ResultButton::Terminate));
    for clock in [Clock::Manual, Clock::Polls(10), Clock::Polls(1_000), Clock::Times(60)] {
        client.emulator.set_clock(client.now, clock);
        assert_eq!(in_state(&mut client, StatusCode::RUNNING), 1, "{clock}");
    }
    client.wait_ms(SCAN_MS / 60);
    assert_eq!(first(&mut client).result_button, Some(ResultButton::Report));
    client.emulator.set_clock(client.now, Clock::Polls(1_000_000));
    assert_eq!(first(&mut client).result_button, Some(ResultButton::Report));
}

#[test]
fn a_client_gets_to_the_end_with_every_clock() {
    for clock in [Clock::REAL, Clock::Times(3_600), Clock::Polls(1), Clock::Polls(50)] {
        let mut world = World::new(Emulator::builder().clock(clock).build(START));
        let (outcome, _) = world.start(Wsc::key(), crate::flows::wsc_scan(1), NEVER);
        assert!(matches!(outcome.result, Ok(Ending::Finished(_))), "{clock}: {outcome:?}");
        let scan = crate::flows::vaddy_scan(crate::flows::v2());
        let (outcome, _) = world.start(Vaddy::key(), scan, NEVER);
        assert!(matches!(outcome.result, Ok(Ending::Finished(_))), "{clock}: {outcome:?}");
    }
}
