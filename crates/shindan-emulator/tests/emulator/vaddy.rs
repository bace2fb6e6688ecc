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

/// Documented (vaddy.life, <https://github.com/vaddy/WebAPI-document/blob/master/VAddy-WebApi.md>): a
/// second scan of a project is refused with 400 while one runs.
/// Observed (vaddy.errors, <https://github.com/search?q=%22Scan+has+already+been+running%22&type=code>): the text for
/// a second scan of a v1 project is `Scan has already been running`, which public scripts look for.
/// Assumed (vaddy.errors): it is the same for a v2 project.
/// Assumed (vaddy.life): a project of the first version and one of the second are two, whatever their
/// names.
#[test]
fn one_scan_at_a_time_runs_in_a_project() {
    let mut client = Client::new();
    let first = start(&mut client, "a");
    start(&mut client, "b");
    client.ask(&v1::StartScan::new("a")).expect("a v1 project of the same name is another one");
    let busy = "400 Scan has already been running";
    assert_eq!(message(client.ask(&v1::StartScan::new("a"))), busy);
    assert_eq!(message(client.ask(&v2::StartScan::new("a"))), busy);
    client.wait_ms(SCAN_MS - 1);
    assert_eq!(message(client.ask(&v2::StartScan::new("a"))), busy);
    client.wait_ms(1);
    start(&mut client, "a");
    assert_eq!(client.emulator.ledger().vaddy_started, 4);
    let old = client.ask(&v2::GetScanResult::new(first)).unwrap();
    assert_eq!((old.status, old.complete), (ScanStatus::Finish, Some(100)));
}

/// Documented (vaddy.v1.startScan, vaddy.v1.checkRunning): a project is named by its host.
/// Documented (vaddy.v1.getScanResult, vaddy.v1.cancelScan): a scan is named by its id and its host; an
/// id that does not exist there and a cancel after the end are refused with 400.
/// Observed (vaddy.v1.startScan, <https://github.com/vaddy/vaddy-api-ruby>): it works without
/// `verification_code`, which the page lists without calling it optional.
/// Assumed (vaddy.errors): the texts for a scan that does not exist or has ended are `scan_id not found`
/// and `Scan has already been finished`.
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

/// Documented (vaddy.errors, <https://github.com/vaddy/WebAPI-document/blob/master/VAddy-WebApi.md>): a
/// project that does not exist is refused with 400.
/// Assumed (vaddy.errors): the text for a project that does not exist is `project not found`. Here any
/// project exists whose name does not begin with `unknown-`.
#[test]
fn some_projects_do_not_exist() {
    let mut client = Client::new();
    let unknown = "400 project not found";
    assert_eq!(message(client.ask(&v2::StartScan::new("unknown-1"))), unknown);
    assert_eq!(message(client.ask(&v2::CheckRunning::new("unknown-1"))), unknown);
    assert_eq!(message(client.ask(&v1::SearchCrawls::new("unknown-host"))), unknown);
    assert_eq!(client.emulator.ledger().vaddy_started, 0);
}

/// Documented (vaddy.life, <https://github.com/vaddy/WebAPI-document/blob/master/VAddy-WebApi.md>): a
/// project without a recorded crawl is not scanned: 400.
/// Assumed (vaddy.errors): the text for a project or an id without a crawl is `crawl data not found`.
/// Assumed (vaddy.v2.deleteCrawl): what was scanned before stays as it is.
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

/// Documented (vaddy.v2.listResults): the newest 20 that ended are listed, newest first.
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

/// Assumed (vaddy.life): a scan's id begins with the number of its project.
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

/// Documented (vaddy.key, <https://github.com/vaddy/WebAPI-document/blob/master/VAddy-WebApi.md>): the
/// key comes as `auth_key` in the query or the form, or in the header `X-API-KEY`.
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

/// Documented (vaddy.key, <https://github.com/vaddy/WebAPI-document/blob/master/VAddy-WebApi.md>): a
/// wrong or missing user or key is refused with 401.
/// Assumed (vaddy.key): two keys of which one is wrong are refused, and so is a user in the query of a
/// POST.
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
/// Observed (vaddy.clients, <https://github.com/vaddy/go-vaddy>): empty parameters count as absent, and
/// surplus ones are ignored.
/// Observed (vaddy.clients, <https://github.com/vaddy/vaddy-api-ruby>): parameters without an equals sign
/// count as absent.
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

/// Assumed (vaddy.errors): arguments that are missing or of the wrong type are refused with 400 and
/// `invalid parameter`.
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
