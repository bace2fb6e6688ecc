//! Each scenario as a client meets it: a whole flow for a target that is called after it.

mod life;
mod refusals;
mod texts;

use core::time::Duration;

use shindan_emulator::{Delivery, Emulator, SCAN_MS, Scenario};
use shindan_proto::{
    Ending, Error, Event, FaultOf, NcpKey, Outcome, ScanError, Scanner, Target, Token, VaddyKey,
    VaddyProject, VaddyScan, WatchPolicy, WscScan,
};
use vaddy_model::{ScanResult, Vaddy};
use wsc_model::{CreateJob, GetJobs, GetReport, InstanceNo, Report, Wsc};

use crate::{
    client::{Client, Keyed, START, base},
    flows::{NEVER, World},
};

/// Every scenario has a test; one that is new has none and fails.
#[test]
fn each_does_what_its_name_says() {
    for scenario in Scenario::ALL {
        match scenario {
            Scenario::Clean => life::clean(),
            Scenario::Findings => texts::findings(),
            Scenario::Many => texts::many(),
            Scenario::Incomplete => life::incomplete(),
            Scenario::Canceled => life::canceled(),
            Scenario::CrawlFailed => life::crawl_failed(),
            Scenario::Stuck => life::stuck(),
            Scenario::Slow => life::slow(),
            Scenario::Busy => refusals::busy(),
            Scenario::NoCrawl => refusals::no_crawl(),
            Scenario::AmbiguousCrawl => texts::ambiguous_crawl(),
            Scenario::Queue => life::queue(),
            Scenario::ReportLate => life::report_late(),
            Scenario::ReportExpired => life::report_expired(),
            Scenario::AuthBad => refusals::auth_bad(),
            Scenario::Permission => refusals::permission(),
            Scenario::ClockSkew => refusals::clock_skew(),
            Scenario::Quota => refusals::quota(),
            Scenario::Throttle => refusals::throttle(),
            Scenario::Flaky => refusals::flaky(),
            Scenario::ErrorIn200 => refusals::error_in_200(),
            Scenario::NotSubscribed => refusals::not_subscribed(),
            Scenario::ExternalServer => refusals::external_server(),
            Scenario::Garbage => refusals::garbage(),
            Scenario::Truncated => {
                refusals::cut_off(scenario, |after| Delivery::Truncate { after });
            }
            Scenario::Reset => refusals::cut_off(scenario, |after| Delivery::Reset { after }),
            Scenario::FreeRescan => life::free_rescan(),
            Scenario::RescanExpired => life::rescan_expired(),
            Scenario::RescanUsedUp => life::rescan_used_up(),
            Scenario::CreateEmpty => texts::create_empty(),
            Scenario::LangKo => texts::lang(scenario, "진단 진행 중"),
            Scenario::LangJa => texts::lang(scenario, "診断進行中"),
            Scenario::LangEn => texts::lang(scenario, "diagnostic in progress"),
            Scenario::NullProgress => texts::null_progress(),
            Scenario::Percent => texts::percent(),
            Scenario::ReportCountsOnly => texts::report_counts_only(),
            Scenario::Unicode => {
                texts::strange(
                    scenario,
                    &["취약", "ثغرة", "👩\u{200d}👩", "e\u{301}", "ＦＵＬＬ"],
                    2,
                );
            }
            Scenario::Injection => {
                let marks =
                    ["::error", "\u{1b}[31m", "<script>", "=cmd|", "\u{202e}", "\r\n", "${{"];
                texts::strange(scenario, &marks, 6);
            }
            Scenario::SchemaDrift => texts::schema_drift(),
            other => panic!("{other} has no test"),
        }
    }
}

/// Whatever happens to a start, there is one at most, and the same happens again.
#[test]
fn none_makes_a_client_start_twice() {
    for scenario in Scenario::ALL {
        for for_all in [false, true] {
            let lives = || {
                let (mut wsc, mut vaddy) = (World::new(emulator()), World::new(emulator()));
                if for_all {
                    wsc.emulator.set_scenario(None, Some(scenario));
                    vaddy.emulator.set_scenario(None, Some(scenario));
                }
                let first = start_wsc(&mut wsc, scenario, NEVER);
                let second = start_vaddy(&mut vaddy, scenario, NEVER);
                assert!(wsc.emulator.ledger().wsc_created <= 1, "{scenario}");
                assert!(vaddy.emulator.ledger().vaddy_started <= 1, "{scenario}");
                format!("{first:?} {:?} {second:?} {:?}", wsc.mono, vaddy.mono)
            };
            assert_eq!(lives(), lives(), "{scenario}");
        }
    }
}

#[test]
fn a_target_keeps_what_was_set_for_it_before_its_name_and_all() {
    let mut client = Client::new();
    let total = |client: &mut Client, url: &str| {
        let number = client.emulator.ledger().wsc_created + 1_234_567_890;
        client.get(&CreateJob::new(url));
        client.wait_ms(SCAN_MS);
        let report = client.get(&GetReport::new(self::number(&number.to_string()))).0;
        report.classify_by_risk_level.total
    };
    client.emulator.set_scenario(None, Some(Scenario::Clean));
    client.emulator.set_scenario(Some("shop.test"), Some(Scenario::Many));
    assert_eq!(total(&mut client, "https://other.test"), Some(0));
    assert_eq!(total(&mut client, "https://shop.test:8443/cart?a=b"), Some(3_000));
    assert_eq!(total(&mut client, "https://scenario-findings.test/"), Some(9));
    client.emulator.set_scenario(Some("scenario-findings.test"), Some(Scenario::Many));
    assert_eq!(total(&mut client, "https://scenario-findings.test/"), Some(3_000));
    client.emulator.set_scenario(Some("shop.test"), None);
    assert_eq!(total(&mut client, "https://shop.test/"), Some(0));
}

#[test]
fn a_job_keeps_the_scenario_that_it_was_created_with() {
    let mut client = Client::new();
    client.emulator.set_scenario(None, Some(Scenario::Percent));
    client.get(&CreateJob::new("http://site"));
    client.emulator.set_scenario(None, Some(Scenario::Canceled));
    client.wait_ms(SCAN_MS / 2);
    let job = client.get(&GetJobs::new(10, 1)).resources.record_data.remove(0);
    assert_eq!(job.progress, Some(50));
}

fn emulator() -> Emulator {
    Emulator::new(START)
}

fn number(digits: &str) -> InstanceNo {
    InstanceNo::new(digits).expect("digits")
}

/// The findings of a report by their titles.
fn details(report: &Report) -> serde_json::Map<String, serde_json::Value> {
    let details = report.details.as_ref().expect("the report has details");
    details.read().expect("details are an object")
}

fn url(scenario: Scenario) -> String {
    format!("https://scenario-{scenario}.test/")
}

fn project(scenario: Scenario) -> String {
    format!("scenario-{scenario}")
}

fn policy() -> WatchPolicy {
    WatchPolicy { within: Some(Duration::from_secs(3_600)), ..WatchPolicy::default() }
}

fn start<S: Scanner>(
    world: &mut World,
    target: &Target<S>,
    scan: S::Scan,
    cancel_at: Duration,
) -> Outcome<S> {
    let mut starts = 0;
    let step = target.start(world.now(), scan, policy());
    let outcome = world.drive(step, cancel_at, |event| {
        starts += u32::from(matches!(event, Event::Starting(_)));
    });
    assert!(starts <= 1, "{starts} starts");
    outcome
}

/// A job of the target that is called after the scenario.
fn start_wsc(world: &mut World, scenario: Scenario, cancel_at: Duration) -> Outcome<NcpKey> {
    let job = CreateJob::new(&url(scenario));
    let scan = WscScan { job, token: Token::from_bytes([7; 16]) };
    start(world, &Target::new(base(), Wsc::key()), scan, cancel_at)
}

/// A scan of the project that is called after the scenario.
fn start_vaddy(world: &mut World, scenario: Scenario, cancel_at: Duration) -> Outcome<VaddyKey> {
    let project_id = project(scenario);
    let scan = VaddyScan {
        project_number: world.emulator.vaddy_project_number(&project_id),
        project: VaddyProject::V2 { project_id },
        crawl_id: None,
        scan_type: None,
    };
    start(world, &Target::new(base(), Vaddy::key()), scan, cancel_at)
}

fn wsc(scenario: Scenario) -> (Outcome<NcpKey>, World) {
    let mut world = World::new(emulator());
    (start_wsc(&mut world, scenario, NEVER), world)
}

fn vaddy(scenario: Scenario) -> (Outcome<VaddyKey>, World) {
    let mut world = World::new(emulator());
    (start_vaddy(&mut world, scenario, NEVER), world)
}

/// The report of a job that has finished and was paid once.
fn report(scenario: Scenario) -> Report {
    let (outcome, world) = wsc(scenario);
    assert_eq!(world.emulator.ledger().wsc_created, 1);
    match outcome.result {
        Ok(Ending::Finished(report)) => report.value,
        other => panic!("{scenario}: {other:?}"),
    }
}

/// The result of a scan that has finished.
fn scan_result(scenario: Scenario) -> ScanResult {
    let (outcome, world) = vaddy(scenario);
    assert_eq!(world.emulator.ledger().vaddy_started, 1);
    match outcome.result {
        Ok(Ending::Finished(result)) => result.value,
        other => panic!("{scenario}: {other:?}"),
    }
}

/// Why nothing was started.
fn refused<S: Scanner>(outcome: Outcome<S>) -> Error<FaultOf<S>> {
    match outcome.result {
        Err(ScanError::Refused(error)) => error,
        other => panic!("{other:?}"),
    }
}
