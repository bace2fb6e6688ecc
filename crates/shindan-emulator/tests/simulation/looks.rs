//! What a look for a lost start takes for its scan, and what it does not deny: single histories.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode, header};
use shindan_emulator::Emulator;
use shindan_proto::{
    Event, LostStart, NcpKey, Outcome, ScanError, Timestamp, Token, VaddyKey, VaddyScan,
    VaddyScanId, WscScan,
};
use vaddy_model::{ListedScan, ListedStatus, ResultPage, ScanId, UtcTime};
use wsc_model::{CreateJob, InstanceNo};

use crate::{
    service::{Service as _, policy, v2_scan, vaddy, wsc, wsc_scan},
    single::{drive, lost, never, without_memo, works},
    world::{Kind, World},
};

/// A job like the one of [`wsc_scan`], of another intent.
fn other_scan(url: &str, token: u8) -> WscScan {
    WscScan { job: CreateJob::new(url), token: Token::from_bytes([token; 16]) }
}

fn create(world: &mut World, scan: WscScan) -> InstanceNo {
    let outcome = drive(world, |now| wsc().start(now, scan, policy(false)), never, works);
    outcome.id.expect("it is named by the list")
}

/// Creates a job that carries no token.
fn create_without_token(world: &mut World) -> InstanceNo {
    let strip = |world: &mut World, request: &Request<Bytes>| {
        if Kind::of(request) != Kind::Start {
            return works(world, request);
        }
        let body = String::from_utf8(request.body().to_vec()).expect("it is json");
        let request = request.clone().map(|_| body.replace("[scan:", "[was:").into());
        works(world, &request)
    };
    let scan = other_scan("https://www.example.com", 9);
    drive(world, |now| wsc().start(now, scan, policy(false)), never, strip);
    let call = world.emulator.start_calls().last().expect("it was executed");
    InstanceNo::new(&call.started).expect("it is a number")
}

/// Starts [`wsc_scan`]; what the driver was told was there before, and the outcome.
fn start_and_lose(
    world: &mut World,
    scan: WscScan,
    executed: bool,
    answer: impl Fn(Response<Bytes>) -> Response<Bytes>,
) -> (Vec<InstanceNo>, Outcome<NcpKey>) {
    let (mut told, mut sent) = (Vec::new(), false);
    let outcome = drive(
        world,
        |now| wsc().start(now, scan, policy(false)),
        |event| {
            if let Event::Starting(before) = event {
                told.clone_from(before);
            }
            false
        },
        |world, request| {
            if Kind::of(request) == Kind::Start {
                sent = true;
                if executed {
                    works(world, request)?;
                }
                return lost();
            }
            let got = works(world, request);
            if sent { got.map(&answer) } else { got }
        },
    );
    (told, outcome)
}

#[test]
fn only_what_could_be_mistaken_for_it_is_remembered_of_the_jobs_before_a_start() {
    for executed in [false, true] {
        let mut world = World::new();
        create(&mut world, other_scan("https://www.example.com/other", 1));
        create(&mut world, other_scan("https://www.example.com", 2));
        let mut old = [create_without_token(&mut world), create_without_token(&mut world)];
        let (mut before, outcome) = start_and_lose(&mut world, wsc_scan(), executed, |got| got);
        before.sort();
        old.sort();
        assert_eq!(before, old);
        assert_eq!(outcome.id.is_some(), executed, "{outcome:?}");
        assert!(outcome.id.is_none_or(|id| !old.contains(&id)));
        let denied = matches!(outcome.result, Err(ScanError::NotStarted));
        assert_eq!(denied, !executed, "{:?}", outcome.result);
    }
}

#[test]
fn an_older_repetition_that_loses_its_memo_is_not_adopted() {
    let mut world = World::new();
    let master = create(&mut world, wsc_scan());
    let repeat = |token| {
        let mut scan = other_scan("https://www.example.com", token);
        scan.job.master_instance_no = Some(master.clone());
        scan
    };
    let older = create(&mut world, repeat(1));
    let (before, outcome) = start_and_lose(&mut world, repeat(2), false, without_memo);
    assert!(before.contains(&master) && before.contains(&older), "{before:?}");
    assert!(matches!(outcome.result, Err(ScanError::NotStarted)), "{outcome:?}");
}

/// Looks for a start at `sent` of which a record was kept.
fn look(
    world: &mut World,
    scan: VaddyScan,
    before: Vec<VaddyScanId>,
    sent: Timestamp,
    network: impl FnMut(&mut World, &Request<Bytes>) -> Result<Response<Bytes>, shindan_proto::Failure>,
) -> Outcome<VaddyKey> {
    let lost = LostStart::<VaddyKey> { scan, before, sent, accepted: false };
    drive(world, |now| vaddy().reconcile(now, lost, &policy(false)), never, network)
}

fn is_list(request: &Request<Bytes>) -> bool {
    request.uri().path().ends_with("/list")
}

fn listed(world: &World, items: Vec<ListedScan>) -> Response<Bytes> {
    let page = ResultPage::new(1, items);
    let mut answer = Response::new(serde_json::to_vec(&page).expect("it is json").into());
    let date = HeaderValue::from_str(&world.wall().to_http_date()).expect("it is ascii");
    answer.headers_mut().insert(header::DATE, date);
    *answer.status_mut() = StatusCode::OK;
    answer
}

/// The calendar may have been set by any amount while nobody looked; what was started is never denied.
#[test]
fn a_scan_that_the_calendar_makes_too_old_is_not_denied() {
    for (minutes, found) in [(-60, true), (-15, true), (0, true), (14, true), (60, false)] {
        let mut world = World::of(Emulator::builder());
        let scan = v2_scan(&mut world);
        // So much too far ahead was the calendar when the start left.
        let sent = world.wall().plus_ms(minutes * 60_000);
        let id = VaddyKey::start_foreign(&mut world, &scan);
        world.pass_until(Duration::from_secs(3_600));
        let outcome = look(&mut world, scan, Vec::new(), sent, works);
        assert_eq!(outcome.id, id.filter(|_| found), "{minutes} minutes: {outcome:?}");
        let unknown = matches!(outcome.result, Err(ScanError::Unknown));
        assert_eq!(unknown, !found, "{minutes} minutes: {outcome:?}");
    }
}

/// A list may show a scan only some time after its end.
#[test]
fn a_scan_that_has_ended_before_the_first_look_is_found_when_it_is_listed() {
    let mut world = World::new();
    let scan = v2_scan(&mut world);
    let sent = world.wall();
    let id = VaddyKey::start_foreign(&mut world, &scan);
    world.pass_until(Duration::from_secs(30));
    let shown = world.elapsed + Duration::from_secs(75);
    let outcome = look(&mut world, scan, Vec::new(), sent, |world, request| {
        if is_list(request) && world.elapsed < shown {
            return Ok(listed(world, Vec::new()));
        }
        works(world, request)
    });
    assert!(id.is_some());
    assert_eq!(outcome.id, id, "{outcome:?}");
}

/// The list has room for twenty scans; what has pushed ours out of it does not deny it.
#[test]
fn a_list_that_does_not_go_back_to_the_start_denies_nothing() {
    for (before, count, denied) in [(1, 20, false), (1, 19, false), (0, 20, false), (0, 19, true)] {
        let mut world = World::new();
        let scan = VaddyScan { crawl_id: Some(1), ..v2_scan(&mut world) };
        let sent = world.wall();
        let old = ScanId::new("1-old").expect("it is letters, digits and hyphens");
        let old = VaddyScanId { project: scan.project.clone(), scan_id: old };
        world.pass_until(Duration::from_secs(24 * 3_600));
        let outcome = look(&mut world, scan, vec![old; before], sent, |world, request| {
            if !is_list(request) {
                return works(world, request);
            }
            let item = |number: i64| {
                let id = ScanId::new(&format!("1-{number}")).expect("it is digits and a hyphen");
                let mut item = ListedScan::new(id, ListedStatus::Complete);
                item.crawl_id = Some(2);
                let seconds = world.wall().unix_ms() / 1_000 - 600 * number;
                item.start_time = Some(UtcTime::from_unix_seconds(seconds));
                item
            };
            Ok(listed(world, (1..=count).map(item).collect()))
        });
        let case = format!("{before} before, {count} since: {outcome:?}");
        assert_eq!(matches!(outcome.result, Err(ScanError::NotStarted)), denied, "{case}");
        assert!(outcome.id.is_none(), "{case}");
    }
}
