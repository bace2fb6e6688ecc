//! What holds for every sequence of requests.

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Uri};
use proptest::{collection::vec, prelude::*, sample::select, test_runner::RngSeed};
use shindan_emulator::{Builder, Clock, Emulator, Ledger, SCAN_MS, Scenario};
use shindan_proto::{Authorize, Error, Timestamp};
use shindan_wire::{Api, Args, Endpoint, Fault, FaultKind, Visit};
use vaddy_model::{ScanId, Vaddy, v1, v2};
use wsc_model::{CancelJob, CreateJob, GetJobs, GetReport, InstanceNo, SearchJobs, StopJob, Wsc};

use crate::client::{Client, Keyed, START, authorized, encoded, sign};

/// A fixed seed: a red run is red again on every machine, so nothing has to be written down.
fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 256,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(901),
        ..ProptestConfig::default()
    }
}

/// What is wrong with a request.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Defect {
    Nothing,
    NoKey,
    OldClock,
    Garbage,
    OtherPath,
}

fn defect() -> impl Strategy<Value = Defect> {
    prop_oneof![
        4 => Just(Defect::Nothing),
        1 => Just(Defect::NoKey),
        1 => Just(Defect::OldClock),
        1 => Just(Defect::Garbage),
        1 => Just(Defect::OtherPath),
    ]
}

/// What a request may start.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Starts {
    Nothing,
    Job,
    Scan,
}

fn build<E: Endpoint<Api: Keyed>>(operation: &E, defect: Defect, now: Timestamp) -> Request<Bytes> {
    let mut request = encoded(operation);
    match defect {
        Defect::Nothing | Defect::NoKey | Defect::OldClock => {}
        Defect::Garbage => *request.body_mut() = "\u{1}{\"StartUrl\":".into(),
        Defect::OtherPath => {
            let path = format!("{}/x", request.uri().path());
            *request.uri_mut() = path.parse().expect("a path with one more segment");
        }
    }
    let at = if defect == Defect::OldClock { now.plus_ms(-360_000) } else { now };
    if defect != Defect::NoKey {
        <E::Api as Keyed>::key().authorize(&mut request, at);
    }
    request
}

/// One of the operations on one of a few objects.
fn request(kind: u8, which: u8, defect: Defect, now: Timestamp) -> (Request<Bytes>, Starts) {
    let job = InstanceNo::new(&(1_234_567_890 + u64::from(which)).to_string()).expect("digits");
    let project = ["a", "b", "unknown-c", "c"][usize::from(which % 4)];
    let scan = ScanId::new("1-2").expect("a scan id");
    match kind {
        0 => (build(&CreateJob::new(&format!("http://{project}")), defect, now), Starts::Job),
        1 => {
            let mut create = CreateJob::new(&format!("http://{project}"));
            create.master_instance_no = Some(job);
            (build(&create, defect, now), Starts::Job)
        }
        2 => (build(&CreateJob::new(project), defect, now), Starts::Job),
        3 => (build(&StopJob::new(job), defect, now), Starts::Nothing),
        4 => (build(&CancelJob::new(job), defect, now), Starts::Nothing),
        5 => (build(&GetReport::new(job), defect, now), Starts::Nothing),
        6 => (build(&SearchJobs::new(which.into(), 1), defect, now), Starts::Nothing),
        7 => (build(&v2::StartScan::new(project), defect, now), Starts::Scan),
        8 => (build(&v1::StartScan::new(project), defect, now), Starts::Scan),
        9 => (build(&v2::CancelScan::new(scan), defect, now), Starts::Nothing),
        10 => (build(&v2::SearchCrawls::new(project), defect, now), Starts::Nothing),
        _ => {
            let mut emulator = Client::new();
            let crawls = emulator.ask(&v2::SearchCrawls::new(project)).map(|page| page.items);
            let id = crawls.map_or(0, |items| items[0].id);
            (build(&v2::DeleteCrawl::new(id / 10, id), defect, now), Starts::Nothing)
        }
    }
}

/// What a client makes of the answer to one of the operations.
fn read(client: &mut Client, kind: u8, which: u8) -> Read {
    let job = InstanceNo::new(&(1_234_567_890 + u64::from(which)).to_string()).expect("digits");
    let project = ["a", "b", "scenario-unicode", "scenario-percent.test"][usize::from(which % 4)];
    let number = client.emulator.vaddy_project_number(project).expect("it exists");
    // The newest scan of the project, if there is one.
    let scans = client
        .emulator
        .clone()
        .answer(client.now, &authorized(&v2::ListResults::new(number), client.now));
    let scan = shindan_proto::decode::<v2::ListResults>(scans).ok();
    let scan = scan.and_then(|page| page.value.items.into_iter().next()).map(|item| item.scan_id);
    let scan = scan.unwrap_or_else(|| ScanId::new("1-2").expect("a scan id"));
    match kind {
        0 => as_client(client, &CreateJob::new(&format!("http://{project}"))),
        1 => {
            let mut create = CreateJob::new(&format!("http://{project}"));
            create.master_instance_no = Some(job);
            as_client(client, &create)
        }
        2 => as_client(client, &GetJobs::new(2, 1)),
        3 => as_client(client, &StopJob::new(job)),
        4 => as_client(client, &CancelJob::new(job)),
        5 => as_client(client, &GetReport::new(job)),
        6 => as_client(client, &SearchJobs::new(10, 1)),
        7 => as_client(client, &v2::StartScan::new(project)),
        8 => as_client(client, &v1::StartScan::new(project)),
        9 => as_client(client, &v2::CancelScan::new(scan)),
        10 => as_client(client, &v2::SearchCrawls::new(project)),
        11 => as_client(client, &v2::GetScanResult::new(scan)),
        12 => as_client(client, &v2::CheckRunning::new(project)),
        13 => as_client(client, &v2::ListResults::new(number)),
        _ => as_client(client, &v2::DeleteCrawl::new(number, number * 10)),
    }
}

#[derive(Debug, PartialEq)]
enum Read {
    Value(Bytes),
    Fault(FaultKind),
    Unread,
}

fn as_client<E: Endpoint<Api: Keyed>>(client: &mut Client, operation: &E) -> Read {
    let answer = client.answer(operation);
    let body = answer.body().clone();
    match shindan_proto::decode::<E>(answer) {
        Ok(answer) if answer.rejected.is_empty() => Read::Value(body),
        Err(Error::Fault(fault)) => Read::Fault(fault.kind()),
        Ok(_) | Err(_) => Read::Unread,
    }
}

/// Clocks that do not leave the years that both services can write.
fn clock() -> impl Strategy<Value = Clock> {
    prop_oneof![
        (0u32..100_000).prop_map(Clock::Times),
        Just(Clock::Manual),
        (0u32..100).prop_map(Clock::Polls),
        any::<u32>().prop_map(Clock::Polls),
    ]
}

fn started(ledger: Ledger) -> (u64, u64) {
    (ledger.wsc_created + ledger.wsc_repeated, ledger.vaddy_started)
}

/// Whether something is set, and how.
type Choice = (bool, fn(Builder) -> Builder);

fn emulator(clock: Clock, choices: &[Choice]) -> Emulator {
    let chosen = choices.iter().filter(|(is_set, _)| *is_set);
    chosen.fold(Emulator::builder().clock(clock), |builder, (_, set)| set(builder)).build(START)
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn the_ledger_counts_what_was_accepted_and_nothing_else(
        steps in vec((0u8..12, 0u8..4, defect(), 0..2 * SCAN_MS), 1..40),
        loose: bool,
        in_200: bool,
    ) {
        let emulator = emulator(Clock::REAL, &[(loose, Builder::loose), (in_200, Builder::faults_in_200)]);
        let mut client = Client::of(emulator);
        for (kind, which, defect, wait_ms) in steps {
            let (request, starts) = request(kind, which, defect, client.now);
            let before = started(client.emulator.ledger());
            let answer = client.send(&request);
            let status = answer.status().as_u16();
            let is_wsc = request.uri().path().starts_with("/api/");
            let refused = if is_wsc {
                Wsc::fault(status, answer.body()).is_some()
            } else {
                Vaddy::fault(status, answer.body()).is_some()
            };
            let expected = match starts {
                Starts::Job if !refused => (before.0 + 1, before.1),
                Starts::Scan if !refused => (before.0, before.1 + 1),
                Starts::Job | Starts::Scan | Starts::Nothing => before,
            };
            prop_assert_eq!(started(client.emulator.ledger()), expected);
            // An old clock is nothing to VAddy, and an operation without arguments has no body to spoil.
            let spoiled = match defect {
                Defect::Nothing => false,
                Defect::NoKey | Defect::OtherPath => true,
                Defect::OldClock => is_wsc,
                Defect::Garbage => starts != Starts::Nothing,
            };
            prop_assert!(refused || !spoiled, "{defect:?} was accepted");
            client.wait_ms(wait_ms);
        }
    }

    /// Whatever is set, and whenever: an answer is read or is a refusal that the client knows. Only a page of
    /// HTML cannot be read.
    #[test]
    fn every_scenario_is_read_or_refused(
        steps in vec((0u8..15, 0u8..4, scenario(), clock(), 0..2 * SCAN_MS), 1..60),
        loose: bool,
        named: bool,
    ) {
        let emulator = emulator(Clock::REAL, &[(loose, Builder::loose), (named, Builder::created_numbers)]);
        let mut client = Client::of(emulator);
        let mut garbage = false;
        for (kind, which, set, clock, wait_ms) in steps {
            if let Some((target, scenario)) = set {
                client.emulator.set_scenario(target, scenario);
                garbage |= scenario == Some(Scenario::Garbage);
            }
            if wait_ms % 5 == 0 {
                client.emulator.set_clock(client.now, clock);
            }
            let mut again = Client { emulator: client.emulator.clone(), now: client.now };
            let before = started(client.emulator.ledger());
            let answer = read(&mut client, kind, which);
            prop_assert_eq!(&answer, &read(&mut again, kind, which));
            prop_assert!(answer != Read::Fault(FaultKind::Unrecognized), "{kind}");
            prop_assert!(answer != Read::Unread || garbage, "{kind}");
            let after = started(client.emulator.ledger());
            prop_assert!(after.0 + after.1 <= before.0 + before.1 + 1);
            // Only a lost answer is a refusal of what was done.
            let refused = matches!(answer, Read::Fault(kind) if kind != FaultKind::Server);
            prop_assert!(after == before || !refused, "{kind}: {answer:?}");
            client.wait_ms(wait_ms);
        }
    }

    /// Documented (wsc.signature, <https://api.ncloud-docs.com/docs/en/common-ncpapi>): a signature
    /// is made of the method, the path with the query as sent, the time and the access key; a change
    /// of any of them is refused.
    #[test]
    fn a_signature_is_for_one_request(kind in 0u8..8, at in 0usize..44, page in 2u32..1_000) {
        let mut request = authorized(&GetJobs::new(10, page), START);
        let name = ["x-ncp-apigw-timestamp", "x-ncp-iam-access-key", "x-ncp-apigw-signature-v2"];
        match kind {
            0 => *request.method_mut() = Method::PUT,
            1 => *request.uri_mut() = Uri::from_static("/api/v1/jobs?limit=10&page=1"),
            2 => {
                let swapped = format!("/api/v1/jobs?page={page}&limit=10");
                *request.uri_mut() = swapped.parse().unwrap();
            }
            3 | 4 => {
                // The same number in another text.
                let sign = if kind == 3 { "+" } else { "0" };
                let value = format!("{sign}{}", START.unix_ms()).parse().unwrap();
                request.headers_mut().insert(name[0], value);
            }
            _ => {
                let name = name[usize::from(kind - 5)];
                let mut value = request.headers()[name].as_bytes().to_vec();
                let at = at % value.len();
                value[at] = if value[at] == b'1' { b'2' } else { b'1' };
                let value = HeaderValue::from_bytes(&value).unwrap();
                request.headers_mut().insert(name, value);
            }
        }
        let mut client = Client::new();
        prop_assert_eq!(client.send(&request).status().as_u16(), 401);
        prop_assert_eq!(client.emulator.ledger().refused_signatures, 1);
    }

    /// Documented (wsc.signature, <https://api.ncloud-docs.com/docs/en/common-ncpapi>): a signature
    /// is refused when its time is more than five minutes off.
    #[test]
    fn a_signature_is_good_for_five_minutes(off_ms in -600_000i64..600_000) {
        let mut client = Client::new();
        let request = authorized(&CreateJob::new("http://site"), START.plus_ms(off_ms));
        let expected = if off_ms.abs() <= 300_000 { (200, 1, 0) } else { (401, 0, 1) };
        let status = client.send(&request).status().as_u16();
        let ledger = client.emulator.ledger();
        prop_assert_eq!((status, ledger.wsc_created, ledger.refused_signatures), expected);
    }

    /// Own (safety): no request makes it panic.
    #[test]
    fn nothing_makes_it_panic(
        requests in vec(raw_request(), 1..20),
        speed: u32,
        loose: bool,
        set in scenario(),
    ) {
        let mut emulator = emulator(Clock::Times(speed), &[(loose, Builder::loose)]);
        if let Some((target, scenario)) = set {
            emulator.set_scenario(target, scenario);
        }
        for (mut request, keyed, now) in requests {
            let now = Timestamp::from_unix_ms(now);
            if keyed {
                sign(&mut request, now);
                let text = core::str::from_utf8(request.body()).is_ok();
                if text && request.uri().path() != "*" {
                    Vaddy::key().authorize(&mut request, now);
                }
            }
            let answer = emulator.answer(now, &request);
            prop_assert_eq!(&answer.headers()["x-shindan-emulator"], "1");
            prop_assert!(answer.headers().contains_key("date"));
        }
    }
}

/// A scenario that is set or taken away, for a target or for all.
fn scenario() -> impl Strategy<Value = Option<(Option<&'static str>, Option<Scenario>)>> {
    let targets = vec![None, Some("a"), Some("b"), Some("http://a"), Some("scenario-percent.test")];
    let scenarios = prop::option::weighted(0.9, select(Scenario::ALL.to_vec()));
    prop::option::weighted(0.3, (select(targets), scenarios))
}

/// Any request that HTTP allows, whether it gets a key, and when it arrives, to the end of the year 9999.
fn raw_request() -> impl Strategy<Value = (Request<Bytes>, bool, i64)> {
    let target = "(/api/v1/jobs?|/api/v1/jobs/(search|[0-9]{1,21}/(stop|cancel|report))|/v2/scan\
        |/v[12]/(scan/(result|runcheck)|crawl)|/v2/(scan/results/list|crawl/delete)|[*]\
        |/(api|v1|v2|_emulator)/[!-~\u{e0}-\u{ff}]{0,40})([?][!-~]{0,40})?";
    let form = "(action=start&project_id=|action=cancel&scan_id=|crawl_id=)[!-~]{0,40}";
    let json = "\\{\"(StartUrl|searchKeyword|limit)\":[ -~]{0,60}\\}";
    let body = prop_oneof![
        vec(any::<u8>(), 0..200),
        form.prop_map(String::into_bytes),
        json.prop_map(String::into_bytes),
    ];
    let method = "GET|PUT|POST|PATCH|[A-Z]{1,9}";
    let request =
        (method, target, body).prop_filter_map("a valid target", |(method, target, body)| {
            Request::builder().method(method.as_str()).uri(target).body(Bytes::from(body)).ok()
        });
    (request, any::<bool>(), -1_000_000i64..253_402_300_799_000)
}

/// A new endpoint in a model crate must be played here.
#[test]
fn every_operation_has_a_route() {
    struct Routed {
        key: fn(&mut Request<Bytes>),
        seen: usize,
    }
    impl Visit for Routed {
        fn endpoint<E: Endpoint>(&mut self) {
            let mut request = Request::new(Bytes::new());
            *request.method_mut() = E::METHOD.as_str().parse().unwrap();
            *request.uri_mut() = E::PATH.replace("{instanceId}", "1").parse().unwrap();
            if E::ARGS == Args::Form {
                let fixed = E::FIXED.iter().map(|(name, value)| format!("{name}={value}"));
                *request.body_mut() = fixed.collect::<Vec<_>>().join("&").into();
            }
            (self.key)(&mut request);
            let answer = Client::new().send(&request);
            let body = String::from_utf8(answer.body().to_vec()).unwrap();
            assert_eq!(answer.status(), 400, "{}: {body}", E::NAME);
            self.seen += 1;
        }
    }
    let mut wsc = Routed { key: |request| sign(request, START), seen: 0 };
    wsc_model::each(&mut wsc);
    let mut vaddy = Routed { key: |request| Vaddy::key().authorize(request, START), seen: 0 };
    vaddy_model::each(&mut vaddy);
    assert_eq!((wsc.seen, vaddy.seen), (6, 12));
}
