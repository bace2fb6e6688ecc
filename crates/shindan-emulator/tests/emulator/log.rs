//! What is kept of requests.

use bytes::Bytes;
use http::Request;
use shindan_emulator::{Emulator, LoggedRequest, Operation};
use shindan_proto::{Authorize, accept};
use shindan_wire::{Endpoint, Visit};
use vaddy_model::{Vaddy, v2};
use wsc_model::{CreateJob, GetJobs, Wsc};

use crate::client::{Client, Keyed, START, encoded, sign};

fn client() -> Client {
    Client::of(Emulator::new(START).with_log(true))
}

fn send(client: &mut Client, method: &str, target: &str, body: &str) -> LoggedRequest {
    let request = Request::builder().method(method).uri(target);
    let mut request = request.body(Bytes::from(body.to_owned())).expect("it is a request");
    if target.starts_with("/api/") {
        sign(&mut request, START);
    }
    client.send(&request);
    client.emulator.requests_since(0).last().expect("it was logged").clone()
}

#[test]
fn nothing_is_kept_unless_it_is_asked_for() {
    let mut client = Client::new();
    client.raw(&GetJobs::new(10, 1));
    assert_eq!((client.emulator.requests_since(0).count(), client.emulator.last_request()), (0, 0));
}

#[test]
fn what_is_kept() {
    let mut client = client();
    client.wait_ms(5);
    client.raw(&GetJobs::new(10, 1));
    client.raw(&v2::StartScan::new("p"));
    client.send(&Request::get("/_emulator/ledger").body(Bytes::new()).unwrap());
    client.raw(&v2::StartScan::new("p"));
    let logged: Vec<_> = client.emulator.requests_since(0).cloned().collect();
    assert_eq!(logged.len(), 3, "control calls are no requests: {logged:?}");
    let first = &logged[0];
    assert_eq!((first.number, first.time, first.status), (1, START.plus_ms(5), 200));
    assert_eq!((first.method.as_str(), &*first.path), ("GET", "/api/v1/jobs?limit=10&page=1"));
    assert_eq!(first.account.as_deref(), Some("emulator"));
    let second = &logged[1];
    assert_eq!(second.operation.unwrap().to_string(), "vaddy.v2.startScan");
    assert_eq!((&*second.path, second.account.as_deref()), ("/v2/scan", Some("emulator")));
    assert_eq!(logged[2].status, 400);
    let since: Vec<u64> = client.emulator.requests_since(1).map(|logged| logged.number).collect();
    assert_eq!(since, [2, 3]);
    assert_eq!(client.emulator.requests_since(99).count(), 0);
    client.emulator.reset(START);
    assert_eq!((client.emulator.requests_since(0).count(), client.emulator.last_request()), (0, 3));
    client.raw(&GetJobs::new(10, 1));
    assert_eq!(client.emulator.requests_since(3).next().unwrap().number, 4);
}

struct Each(u32);

impl Visit for Each {
    fn endpoint<E: Endpoint>(&mut self) {
        let whole = |operation: &&Operation| operation.name == E::NAME;
        let operation = Operation::all().iter().find(whole).expect("every operation is listed");
        assert_eq!(operation.path, E::PATH);
        self.0 += 1;
    }
}

#[test]
fn every_operation_is_listed_once() {
    let mut each = Each(0);
    wsc_model::each(&mut each);
    vaddy_model::each(&mut each);
    assert_eq!(Operation::all().len(), each.0 as usize);
    let mut names: Vec<_> = Operation::all().iter().map(ToString::to_string).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), each.0 as usize);
}

/// The log takes a request for the operation that the router takes it for.
#[test]
fn the_log_and_the_router_agree() {
    fn check<E: Endpoint>(client: &mut Client, request: &Request<Bytes>) -> bool {
        client.send(request);
        let logged = client.emulator.requests_since(0).last().unwrap();
        let is_it = logged.operation.is_some_and(|operation| operation.name == E::NAME);
        assert_eq!(is_it, accept::<E>(request).is_some(), "{} {request:?}", E::NAME);
        is_it
    }
    struct Check<'a>(&'a mut Client, &'a Request<Bytes>, u32);
    impl Visit for Check<'_> {
        fn endpoint<E: Endpoint>(&mut self) {
            self.2 += u32::from(check::<E>(self.0, self.1));
        }
    }
    let mut client = client();
    for (method, target, body, takers) in [
        ("GET", "/api/v1/jobs?limit=1&page=1", "", 1),
        ("GET", "/api/v1/jobs", "", 1),
        ("GET", "/api/v1/jobs/", "", 0),
        ("POST", "/api/v1/jobs/search", "{", 1),
        ("PUT", "/api/v1/job", "{}", 1),
        ("PATCH", "/api/v1/jobs/1/stop", "", 1),
        ("PATCH", "/api/v1/jobs//stop", "", 0),
        ("PATCH", "/api/v1/jobs/1/cancel", "", 1),
        ("GET", "/api/v1/jobs/x/report", "", 1),
        ("POST", "/v1/scan", "action=start", 1),
        ("POST", "/v2/scan", "action=cancel&scan_id=1-2", 1),
        ("POST", "/v2/scan", "action=%73tart", 1),
        ("POST", "/v2/scan?action=start", "", 0),
        ("POST", "/v2/scan", "action=pause", 0),
        ("GET", "/v2/scan", "action=start", 0),
        ("GET", "/v2/scan/result", "", 1),
        ("GET", "/v2/scan/results/list", "", 1),
        ("GET", "/v1/scan/results/list", "", 0),
        ("POST", "/v2/crawl/delete", "", 1),
    ] {
        let request = Request::builder().method(method).uri(target);
        let request = request.body(Bytes::from(body)).unwrap();
        let mut check = Check(&mut client, &request, 0);
        wsc_model::each(&mut check);
        vaddy_model::each(&mut check);
        assert_eq!(check.2, takers, "{method} {target}");
    }
}

#[test]
fn unread_fields() {
    let mut client = client();
    let unread =
        |client: &mut Client, method, target, body| send(client, method, target, body).unread;
    for (method, target, body, expected) in [
        ("GET", "/api/v1/jobs?limit=1&page=1&sort=x&empty=", "", &["sort"][..]),
        ("GET", "/api/v1/jobs/1/report?limit=1&instanceId=2", "", &["limit", "instanceId"]),
        (
            "PUT",
            "/api/v1/job?Memo=a",
            r#"{"StartUrl":"http://a","startUrl":"b","VulnItems":["ALL"],"Reserve":{},"No":null}"#,
            &["Memo", "startUrl", "Reserve"],
        ),
        ("POST", "/v2/scan", "action=start&user=a&auth_key=b&project_id=p&fqdn=f&x=", &["fqdn"]),
        ("POST", "/v2/scan?project_id=p", "action=start", &["project_id"]),
        ("GET", "/v2/scan/result?user=u&scan_id=1-2&project_id=p", "", &["project_id"]),
        ("POST", "/v2/scan", r#"{"action":"start","crawl_id":7,"deep":true}"#, &["deep"]),
        ("GET", "/nowhere?a=b", "", &[]),
    ] {
        assert_eq!(unread(&mut client, method, target, body), expected, "{method} {target}");
    }
    let many: Vec<String> = (0..100).map(|i| format!("{}{i}=1", "ü".repeat(300))).collect();
    let many = unread(&mut client, "POST", "/v2/crawl/delete", &many.join("&"));
    assert_eq!(many.len(), 16);
    assert!(many.iter().all(|name| name.chars().count() == 64));

    let mut client = self::client();
    for _ in 0..3 {
        send(&mut client, "GET", "/v2/scan/result?fqdn=a", "");
    }
    let fields = client.emulator.unread_fields();
    let [field] = &fields[..] else { panic!("{fields:?}") };
    assert_eq!((&*field.operation, &*field.name), ("vaddy.v2.getScanResult", "fqdn"));
    assert_eq!((field.requests, field.newest), (3, 3));
}

/// What our own client sends is read to the last field.
#[test]
fn our_own_requests_are_read_whole() {
    let mut client = client();
    let mut create = CreateJob::new("http://site");
    create.memo = Some("memo".to_owned());
    create.headers.insert("Cookie".to_owned(), shindan_wire::Secret::new("a=b".to_owned()));
    client.ask(&create).unwrap();
    client.ask(&v2::SearchCrawls::new("p")).unwrap();
    let mut in_parameter = encoded(&v2::CheckRunning::new("p"));
    Vaddy::key().with_key_in(shindan_proto::KeyIn::Parameter).authorize(&mut in_parameter, START);
    assert_eq!(client.send(&in_parameter).status(), 200);
    let mut list = encoded(&GetJobs::new(1, 1));
    Wsc::key().authorize(&mut list, START);
    client.send(&list);
    assert_eq!(client.emulator.unread_fields(), []);
}

#[test]
fn near_misses() {
    let mut client = client();
    for (method, target, nearest, route) in [
        ("POST", "/api/v1/search", "wsc.searchJobs", "POST /api/v1/jobs/search"),
        ("PATCH", "/api/v1/77/stop", "wsc.stopJob", "PATCH /api/v1/jobs/{instanceId}/stop"),
        ("PATCH", "/api/v1/jobs/7/report", "wsc.getReport", "GET /api/v1/jobs/{instanceId}/report"),
        ("PUT", "/api/v1/jobs", "wsc.createJob", "PUT /api/v1/job"),
        ("POST", "/v2/scan", "vaddy.v2.cancelScan", "POST /v2/scan with action=cancel"),
        ("GET", "/v2/scan/results", "vaddy.v2.getScanResult", "GET /v2/scan/result"),
    ] {
        send(&mut client, method, target, "");
        let misses = client.emulator.near_misses();
        let miss = misses.last().unwrap();
        assert_eq!((&*miss.nearest, &*miss.route), (nearest, route), "{method} {target}");
    }
    client.raw(&GetJobs::new(10, 1));
    send(&mut client, "GET", "/", "");
    assert_eq!(client.emulator.near_misses().len(), 6);
}

/// As hostile as it may be, a request leaves little behind.
/// Own (safety): it keeps the newest 1,000 requests, and little of each.
#[test]
fn the_log_is_bounded() {
    let mut client = client();
    let long = "x".repeat(600);
    for i in 0..10_000_u32 {
        let target = format!("/api/v1/jobs?limit={long}&page={i}&{long}={long}");
        send(&mut client, "GET", &target, &format!("{long}={i}"));
    }
    let kept: Vec<_> = client.emulator.requests_since(0).collect();
    assert_eq!(
        (kept.len(), kept[0].number, client.emulator.last_request()),
        (1_000, 9_001, 10_000)
    );
    let size: usize = kept
        .iter()
        .map(|logged| {
            let unread: usize = logged.unread.iter().map(String::capacity).sum();
            size_of_val(*logged) + logged.path.capacity() + unread
        })
        .sum();
    assert!(size < 1 << 20, "{size} bytes");
}

/// Whatever the service's clock shows, the log goes by real time.
#[test]
fn a_wrong_clock_of_the_service_is_not_the_log_s() {
    let mut client = client();
    client.emulator.set_scenario(None, Some("clock-skew".parse().expect("it is a scenario")));
    let logged = send(&mut client, "GET", "/api/v1/jobs?limit=10&page=1", "");
    assert_eq!(logged.time, START);
}

/// After a reset the same things happen as in the beginning.
#[test]
fn a_reset_begins_again() {
    let flaky = "flaky".parse().expect("it is a scenario");
    let mut client = client();
    let mut statuses = || -> Vec<u16> {
        client.emulator.set_scenario(None, Some(flaky));
        let answers = (0..4).map(|_| client.raw(&GetJobs::new(10, 1)).0).collect();
        client.emulator.reset(START);
        answers
    };
    let first = statuses();
    assert!(first.iter().any(|status| *status != 200), "{first:?}");
    assert_eq!(statuses(), first);
}
