use shindan_emulator::{Emulator, SCAN_MS, keys};
use shindan_proto::{Authorize, Error, KeyIn, VaddyKey, decode};
use shindan_wire::Fault;
use vaddy_model::{ListedStatus, ScanId, ScanStatus, VaddyFault, v1, v2};

use crate::client::{Client, Keyed, START, authorized, encoded};

const HOST: &str = "www.example.jp";

fn message<T: core::fmt::Debug>(result: Result<T, Error<VaddyFault>>) -> String {
    match result {
        Err(Error::Fault(fault)) => format!("{} {}", fault.status(), fault.message()),
        other => panic!("expected a refusal, got {other:?}"),
    }
}

fn start(client: &mut Client, project: &str) -> ScanId {
    client.ask(&v2::StartScan::new(project)).expect("nothing runs").scan_id
}

#[test]
fn one_scan_at_a_time_runs_in_a_project() {
    let mut client = Client::new();
    let first = start(&mut client, "a");
    start(&mut client, "b");
    client.ask(&v1::StartScan::new("a")).expect("a v1 project of the same name is another one");
    let busy = "400 Scan has already been running";
    assert_eq!(message(client.ask(&v2::StartScan::new("a"))), busy);
    client.wait_ms(SCAN_MS - 1);
    assert_eq!(message(client.ask(&v2::StartScan::new("a"))), busy);
    client.wait_ms(1);
    start(&mut client, "a");
    assert_eq!(client.emulator.ledger().vaddy_started, 4);
    let old = client.ask(&v2::GetScanResult::new(first)).unwrap();
    assert_eq!((old.status, old.complete), (ScanStatus::Finish, Some(100)));
}

#[test]
fn v1_asks_for_the_host_too() {
    let mut client = Client::new();
    let id = client.ask(&v1::StartScan::new(HOST)).unwrap().scan_id;
    assert_eq!(client.ask(&v1::CheckRunning::new(HOST)).unwrap().running_process, 1);
    let unknown = "400 scan_id not found";
    assert_eq!(message(client.ask(&v1::GetScanResult::new(id.clone(), "other.jp"))), unknown);
    assert_eq!(message(client.ask(&v1::CancelScan::new(id.clone(), "other.jp"))), unknown);
    assert_eq!(message(client.ask(&v2::GetScanResult::new(id.clone()))), unknown);
    client.ask(&v1::CancelScan::new(id.clone(), HOST)).unwrap();
    let result = client.ask(&v1::GetScanResult::new(id.clone(), HOST)).unwrap();
    assert_eq!(result.status, ScanStatus::Canceled);
    let ended = "400 Scan has already been finished";
    assert_eq!(message(client.ask(&v1::CancelScan::new(id, HOST))), ended);
    assert_eq!(client.ask(&v1::CheckRunning::new(HOST)).unwrap().running_process, 0);
}

#[test]
fn some_projects_do_not_exist() {
    let mut client = Client::new();
    let unknown = "400 project not found";
    assert_eq!(message(client.ask(&v2::StartScan::new("unknown-1"))), unknown);
    assert_eq!(message(client.ask(&v2::CheckRunning::new("unknown-1"))), unknown);
    assert_eq!(message(client.ask(&v1::SearchCrawls::new("unknown-host"))), unknown);
    assert_eq!(client.emulator.ledger().vaddy_started, 0);
}

#[test]
fn a_scan_needs_a_crawl() {
    let mut client = Client::new();
    let mut other = v2::StartScan::new("a");
    other.crawl_id = Some(1);
    let missing = "400 crawl data not found";
    assert_eq!(message(client.ask(&other)), missing);
    let crawl = client.ask(&v2::SearchCrawls::new("a")).unwrap().items.remove(0);
    other.crawl_id = Some(crawl.id);
    let id = client.ask(&other).unwrap().scan_id;
    client.wait_ms(SCAN_MS);
    let number = id.as_str().split('-').next().unwrap().parse().unwrap();
    client.ask(&v2::DeleteCrawl::new(number, crawl.id)).unwrap();
    assert_eq!(message(client.ask(&v2::StartScan::new("a"))), missing);
    assert_eq!(client.ask(&v2::SearchCrawls::new("a")).unwrap().total, 0);
    // What was scanned before stays.
    assert_eq!(client.ask(&v2::GetScanResult::new(id)).unwrap().crawl_id, Some(crawl.id));
}

#[test]
fn a_list_has_the_newest_twenty() {
    let mut client = Client::new();
    let mut ids = Vec::new();
    for round in 0..22 {
        ids.insert(0, start(&mut client, "a"));
        if round % 2 == 0 {
            client.ask(&v2::CancelScan::new(ids[0].clone())).unwrap();
        }
        client.wait_ms(SCAN_MS);
    }
    start(&mut client, "a");
    let number = ids[0].as_str().split('-').next().unwrap().parse().unwrap();
    let items = client.ask(&v2::ListResults::new(number)).unwrap().items;
    assert_eq!(
        items.iter().map(|item| &item.scan_id).collect::<Vec<_>>(),
        ids[..20].iter().collect::<Vec<_>>()
    );
    assert_eq!((&items[0].status, items[0].complete), (&ListedStatus::Complete, Some(100)));
    assert_eq!((&items[1].status, items[1].scan_count), (&ListedStatus::Cancel, None));
}

#[test]
fn numbers_of_projects_differ_and_do_not_change() {
    let mut client = Client::new();
    let mut numbers = std::collections::BTreeSet::new();
    for project in 0..500 {
        let id = start(&mut client, &format!("p{project}"));
        numbers.insert(id.as_str().split('-').next().unwrap().to_owned());
    }
    assert_eq!(numbers.len(), 500);
    let again = start(&mut Client::new(), "p0");
    assert!(numbers.contains(again.as_str().split('-').next().unwrap()));
}

#[test]
fn the_key_may_come_in_three_ways() {
    let operation = v2::CheckRunning::new("a");
    let in_parameter =
        VaddyKey::new(keys::VADDY_USER, keys::VADDY_KEY).unwrap().with_key_in(KeyIn::Parameter);
    let mut query = encoded(&operation);
    in_parameter.authorize(&mut query, START);
    let mut form = encoded(&v2::StartScan::new("a"));
    in_parameter.authorize(&mut form, START);
    let header = authorized(&operation, START);
    let mut client = Client::new();
    for request in [query, form, header] {
        assert_eq!(client.send(&request).status(), 200, "{}", request.uri());
    }
}

#[test]
fn a_wrong_key_or_user_is_refused() {
    let good = |user: &str, key: &str| {
        let mut request = encoded(&v2::StartScan::new("a"));
        VaddyKey::new(user, key).unwrap().authorize(&mut request, START);
        request
    };
    let mut twice = good(keys::VADDY_USER, keys::VADDY_KEY);
    let body = String::from_utf8(twice.body().to_vec()).unwrap() + "&auth_key=other";
    *twice.body_mut() = body.into();
    let mut keyless = good(keys::VADDY_USER, keys::VADDY_KEY);
    keyless.headers_mut().remove("x-api-key");
    let mut in_query = good(keys::VADDY_USER, keys::VADDY_KEY);
    *in_query.uri_mut() = format!("/v2/scan?user={}", keys::VADDY_USER).parse().unwrap();
    *in_query.body_mut() = "action=start&project_id=a".into();
    let mut client = Client::new();
    for request in
        [good("other", keys::VADDY_KEY), good(keys::VADDY_USER, "other"), twice, keyless, in_query]
    {
        let answer = client.send(&request);
        assert_eq!((answer.status().as_u16(), answer.body().len()), (401, 0));
    }
    assert_eq!(client.emulator.ledger().vaddy_started, 0);
    assert_eq!(client.emulator.ledger().refused_signatures, 0);
}

/// The vendor's own clients send empty, bare and surplus parameters.
#[test]
fn sloppy_clients_are_understood() {
    let mut request = authorized(&v2::StartScan::new("a"), START);
    let body = String::from_utf8(request.body().to_vec()).unwrap();
    *request.body_mut() =
        format!("{body}&fqdn&verification_code=&scan_type=&crawl_id&extra=1").into();
    let mut client = Client::new();
    assert_eq!(client.send(&request).status(), 200);

    let mut no_action = authorized(&v2::StartScan::new("a"), START);
    *no_action.body_mut() = format!("user={}&project_id=a", keys::VADDY_USER).into();
    assert_eq!(client.send(&no_action).status(), 404);
}

#[test]
fn arguments_that_cannot_be_read_are_refused() {
    let mut client = Client::new();
    for form in ["", "&project_id=", "&project_id=a&crawl_id=x"] {
        let mut request = encoded(&v2::StartScan::new("a"));
        *request.body_mut() = format!("action=start{form}").into();
        vaddy_model::Vaddy::key().authorize(&mut request, START);
        let refused = decode::<v2::StartScan>(client.send(&request)).map(|answer| answer.value);
        assert_eq!(message(refused), "400 invalid parameter", "{form}");
    }
}

#[test]
fn the_loose_form_says_the_same() {
    let mut strict = Client::new();
    let mut loose = Client::of(Emulator::builder().loose().build(START));
    let [strict_result, loose_result] = [&mut strict, &mut loose].map(|client| {
        let id = start(client, "a");
        client.wait_ms(SCAN_MS);
        client.ask(&v2::GetScanResult::new(id)).unwrap()
    });
    assert_eq!(strict_result, loose_result);
    let (_, body) = loose.raw(&v2::SearchCrawls::new("a"));
    assert!(body.contains(r#""total":"1""#) && body.contains(r#":03Z""#), "{body}");
}
