//! How requests are refused, and how answers are spoiled.

use core::time::Duration;

use http::header;
use shindan_emulator::{Delivery, Emulator, Scenario};
use shindan_proto::{Ending, Error, ScanError, Target, Token, WscScan};
use shindan_wire::{Fault, FaultKind};
use vaddy_model::{ScanStatus, v2};
use wsc_model::{CancelJob, CreateJob, GetJobs, Wsc};

use super::{
    emulator, number, project, refused, report, scan_result, start, start_vaddy, start_wsc, url,
    vaddy, wsc,
};
use crate::{
    client::{Client, Keyed, START, authorized, base, encoded},
    flows::{NEVER, World},
};

/// A world in which the scenario is everybody's.
fn all(scenario: Scenario) -> World {
    World::new(Emulator::builder().scenario(None, scenario).build(START))
}

fn fault<F: Fault>(error: &Error<F>) -> (u16, Option<String>, String) {
    let fault = error.fault().unwrap_or_else(|| panic!("{error:?}"));
    (fault.status(), fault.code().map(str::to_owned), fault.message().to_owned())
}

fn wsc_fault(scenario: Scenario) -> (u16, Option<String>, String) {
    let (outcome, world) = wsc(scenario);
    assert_eq!(world.emulator.ledger().wsc_created, 0);
    fault(&refused(outcome))
}

fn text(status: u16, code: &str, message: &str) -> (u16, Option<String>, String) {
    let code = (!code.is_empty()).then(|| code.to_owned());
    (status, code, message.to_owned())
}

pub(super) fn busy() {
    report(Scenario::Busy);
    let (outcome, world) = vaddy(Scenario::Busy);
    assert!(matches!(outcome.result, Err(ScanError::Busy)), "{outcome:?}");
    assert_eq!(world.emulator.ledger().vaddy_started, 0);
    let mut client = Client::new();
    let project = project(Scenario::Busy);
    assert_eq!(client.get(&v2::CheckRunning::new(&project)).running_process, 1);
    let refused = (400, r#"{"error_message":"Scan has already been running"}"#.to_owned());
    assert_eq!(client.raw(&v2::StartScan::new(&project)), refused);
}

pub(super) fn no_crawl() {
    report(Scenario::NoCrawl);
    let (outcome, _) = vaddy(Scenario::NoCrawl);
    assert_eq!(fault(&refused(outcome)), text(400, "", "crawl data not found"));
    let mut client = Client::new();
    let crawls = client.get(&v2::SearchCrawls::new(&project(Scenario::NoCrawl)));
    assert_eq!((crawls.total, crawls.items.len()), (0, 0));
}

pub(super) fn auth_bad() {
    for mut world in [all(Scenario::AuthBad), World::new(emulator())] {
        let outcome = start_wsc(&mut world, Scenario::AuthBad, NEVER);
        let error = refused(outcome);
        assert!(matches!(error, Error::Unauthenticated { .. }), "{error:?}");
        assert_eq!(fault(&error), text(401, "200", "Authentication Failed"));
        assert_eq!(world.emulator.ledger().refused_signatures, 1);
        let outcome = start_vaddy(&mut world, Scenario::AuthBad, NEVER);
        assert_eq!(fault(&refused(outcome)), text(401, "", ""));
    }
}

pub(super) fn permission() {
    assert_eq!(wsc_fault(Scenario::Permission), text(401, "169201", "Auth Check Error"));
    let (outcome, world) = vaddy(Scenario::Permission);
    assert_eq!(fault(&refused(outcome)), text(400, "", "permission denied"));
    assert_eq!(world.emulator.ledger().vaddy_started, 0);
    let mut client = Client::new();
    client.get(&v2::SearchCrawls::new(&project(Scenario::Permission)));
}

pub(super) fn clock_skew() {
    for mut world in [all(Scenario::ClockSkew), World::new(emulator())] {
        let target = Target::new(base(), Wsc::key());
        let scan = WscScan {
            job: CreateJob::new(&url(Scenario::ClockSkew)),
            token: Token::from_bytes([7; 16]),
        };
        let outcome = start(&mut world, &target, scan, NEVER);
        assert!(matches!(outcome.result, Ok(Ending::Finished(_))), "{outcome:?}");
        assert!(world.emulator.ledger().refused_signatures > 0);
        assert_eq!(world.emulator.ledger().wsc_created, 1);
    }
    scan_result(Scenario::ClockSkew);
    let mut client = Client::new();
    client.emulator.set_scenario(None, Some(Scenario::ClockSkew));
    assert_eq!(client.raw(&GetJobs::new(10, 1)).0, 401);
    let right = authorized(&GetJobs::new(10, 1), START.plus_ms(360_000));
    let answer = client.send(&right);
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()[header::DATE], "Mon, 08 Jul 2024 04:18:03 GMT");
}

pub(super) fn quota() {
    assert_eq!(wsc_fault(Scenario::Quota), text(429, "400", "Quota Exceeded"));
    let mut client = Client::new();
    let create = CreateJob::new(&url(Scenario::Quota));
    let Err(Error::Fault(fault)) = client.ask(&create) else { panic!("it is refused") };
    assert_eq!(fault.kind(), FaultKind::Quota);
    let (outcome, _) = vaddy(Scenario::Quota);
    assert_eq!(self::fault(&refused(outcome)).0, 429);
}

pub(super) fn throttle() {
    let mut world = all(Scenario::Throttle);
    let outcome = start_wsc(&mut world, Scenario::Clean, NEVER);
    assert!(matches!(outcome.result, Ok(Ending::Finished(_))), "{outcome:?}");
    report(Scenario::Throttle);
    // What VAddy means by 429 nobody knows, so the client looks, and finds that nothing runs.
    let (outcome, world) = vaddy(Scenario::Throttle);
    assert!(matches!(outcome.result, Err(ScanError::NotStarted)), "{outcome:?}");
    assert_eq!(world.emulator.ledger().vaddy_started, 0);
    let mut client = Client::new();
    client.emulator.set_scenario(None, Some(Scenario::Throttle));
    for turn in 0..6 {
        let answer = client.answer(&GetJobs::new(10, 1));
        let throttled = turn % 2 == 1;
        assert_eq!(answer.status(), if throttled { 429 } else { 200 });
        assert_eq!(answer.headers().contains_key(header::RETRY_AFTER), throttled);
    }
    // Who is not let in is not told when to come again.
    for _ in 0..2 {
        let stranger = client.send(&encoded(&GetJobs::new(10, 1)));
        assert_eq!(stranger.status(), 401);
        assert!(!stranger.headers().contains_key(header::RETRY_AFTER));
    }
}

pub(super) fn flaky() {
    let mut world = all(Scenario::Flaky);
    let outcome = start_wsc(&mut world, Scenario::Clean, NEVER);
    assert!(matches!(outcome.result, Ok(Ending::Finished(_))), "{outcome:?}");
    assert_eq!(world.emulator.ledger().wsc_created, 1);

    let mut client = Client::new();
    client.emulator.set_scenario(None, Some(Scenario::Flaky));
    let statuses = (0..6).map(|_| client.raw(&CreateJob::new("http://site")).0);
    assert_eq!(statuses.collect::<Vec<_>>(), [200, 200, 503, 200, 200, 504]);
    assert_eq!(client.emulator.ledger().wsc_created, 5, "the sixth one was executed");
    let statuses = (0..6).map(|_| client.raw(&v2::StartScan::new("a")).0);
    assert_eq!(statuses.collect::<Vec<_>>(), [200, 400, 503, 400, 400, 504]);
    // The start is the third request about the project, so it does not reach the service.
    let (outcome, world) = vaddy(Scenario::Flaky);
    assert!(matches!(outcome.result, Err(ScanError::NotStarted)), "{outcome:?}");
    assert_eq!(world.emulator.ledger().vaddy_started, 0);
}

pub(super) fn error_in_200() {
    assert_eq!(wsc_fault(Scenario::ErrorIn200), text(200, "169202", "User Check Error"));
    let mut client = Client::new();
    client.emulator.set_scenario(None, Some(Scenario::ErrorIn200));
    let body = r#"{"error":{"errorCode":901,"message":"API Call Fail"}}"#.to_owned();
    assert_eq!(client.raw(&CancelJob::new(number("1"))), (200, body));
    // The gateway's errors are never in a success.
    let unsigned = encoded(&GetJobs::new(10, 1));
    assert_eq!(client.send(&unsigned).status(), 401);
    scan_result(Scenario::ErrorIn200);
}

pub(super) fn not_subscribed() {
    assert_eq!(wsc_fault(Scenario::NotSubscribed), text(401, "210", "Permission Denied"));
    let mut client = Client::new();
    client.emulator.set_scenario(None, Some(Scenario::NotSubscribed));
    let details = r#""details":"A subscription to the API is required.""#;
    assert!(client.raw(&GetJobs::new(10, 1)).1.contains(details));
    scan_result(Scenario::NotSubscribed);
}

pub(super) fn external_server() {
    assert_eq!(wsc_fault(Scenario::ExternalServer), text(400, "160353", "URL Connection Error"));
    scan_result(Scenario::ExternalServer);
}

pub(super) fn garbage() {
    // The job is found in the list, but its report cannot be read.
    let (outcome, world) = wsc(Scenario::Garbage);
    assert!(matches!(outcome.result, Err(ScanError::Lost(Error::Decode(_)))), "{outcome:?}");
    assert!(outcome.id.is_some());
    assert_eq!(world.emulator.ledger().wsc_created, 1);
    // Without a readable answer nothing is started.
    for mut world in [all(Scenario::Garbage), World::new(emulator())] {
        let outcome = start_vaddy(&mut world, Scenario::Garbage, NEVER);
        assert!(matches!(refused(outcome), Error::Decode(_)));
        assert_eq!(world.emulator.ledger().vaddy_started, 0);
    }
    let mut client = Client::new();
    let answer = client.answer(&v2::StartScan::new(&project(Scenario::Garbage)));
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()[header::CONTENT_TYPE], "text/html; charset=utf-8");
    assert_eq!(client.emulator.ledger().vaddy_started, 1, "it was done all the same");
}

pub(super) fn cut_off(scenario: Scenario, delivery: impl Fn(usize) -> Delivery) {
    let (outcome, world) = wsc(scenario);
    let lost = matches!(outcome.result, Err(ScanError::Lost(Error::Transport { .. })));
    assert!(lost && outcome.id.is_some(), "{outcome:?}");
    assert_eq!(world.emulator.ledger().wsc_created, 1);
    let (outcome, world) = vaddy(scenario);
    assert!(matches!(refused(outcome), Error::Transport { .. }));
    assert_eq!(world.emulator.ledger().vaddy_started, 0);

    let mut client = Client::new();
    let answer = client.answer(&CreateJob::new(&url(scenario)));
    let after = answer.body().len() / 2;
    assert_eq!(answer.extensions().get::<Delivery>(), Some(&delivery(after)));
    let others = client.answer(&GetJobs::new(10, 1));
    assert_eq!(others.extensions().get::<Delivery>(), None);
}

/// A request follows the scan that it names, however it is named.
#[test]
fn each_way_to_name_a_scan_leads_to_its_scenario() {
    let mut client = Client::new();
    client.emulator.set_scenario(Some("shop"), Some(Scenario::Incomplete));
    let id = client.get(&v2::StartScan::new("shop")).scan_id;
    client.emulator.set_scenario(Some("shop"), Some(Scenario::Permission));
    client.emulator.set_scenario(None, Some(Scenario::AuthBad));
    client.wait_ms(Duration::from_secs(60).as_millis().try_into().unwrap());
    // The scan keeps its own, the project has the new one, and everything else that of all.
    let result = client.get(&v2::GetScanResult::new(id.clone()));
    assert_eq!((result.status, result.complete), (ScanStatus::Finish, Some(63)));
    let number = client.emulator.vaddy_project_number("shop").unwrap();
    assert_eq!(client.get(&v2::ListResults::new(number)).items[0].complete, Some(63));
    assert_eq!(client.raw(&v2::StartScan::new("shop")).0, 400);
    assert_eq!(client.raw(&v2::DeleteCrawl::new(number, number * 10)).0, 400);
    assert_eq!(client.raw(&v2::CheckRunning::new("other")).0, 401);
    assert_eq!(client.raw(&GetJobs::new(10, 1)).0, 401);
}
