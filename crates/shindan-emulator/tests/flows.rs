//! Single histories of a start and a watch, told by what the network does to certain requests.

use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Response};
use shindan_emulator::{Emulator, keys};
use shindan_proto::{
    Base, Ending, Event, EventOf, Failure, NcpKey, Now, Outcome, ScanError, Scanner, Sent, Step,
    Target, Timestamp, Token, VaddyKey, VaddyProject, VaddyScan, WatchPolicy, WscScan,
};
use wsc_model::{CreateJob, InstanceNo};

const BEGUN: Timestamp = Timestamp::from_unix_ms(1_720_412_345_000);

/// What the network does to a request: nothing special, or something else than the emulator's answer.
type Network =
    Box<dyn FnMut(Duration, &Request<Bytes>) -> Option<Result<Response<Bytes>, Failure>>>;

struct World {
    elapsed: Duration,
    emulator: Emulator,
    network: Network,
    sent: Vec<String>,
    events: Vec<String>,
    /// Ends are wished for at these requests and rests.
    cancel_at: Option<&'static str>,
}

impl World {
    fn new(emulator: Emulator) -> Self {
        let network: Network = Box::new(|_, _| None);
        Self {
            elapsed: Duration::ZERO,
            emulator,
            network,
            sent: Vec::new(),
            events: Vec::new(),
            cancel_at: None,
        }
    }

    fn now(&self) -> Now {
        let ms = self.elapsed.as_millis().try_into().expect("a test is short");
        Now { mono: self.elapsed, wall: BEGUN.plus_ms(ms) }
    }

    fn exchange(&mut self, request: &Request<Bytes>) -> Result<Response<Bytes>, Failure> {
        let action = if contains(request.body(), "action=cancel") { " cancel" } else { "" };
        self.sent.push(format!("{} {}{action}", request.method(), request.uri().path()));
        self.elapsed += Duration::from_millis(50);
        match (self.network)(self.elapsed, request) {
            Some(got) => got,
            None => Ok(self.emulator.answer(self.now().wall, request)),
        }
    }

    fn drive<S: Scanner>(&mut self, mut step: Step<Outcome<S>, EventOf<S>>) -> Outcome<S> {
        for _ in 0..10_000 {
            step = match step {
                Step::Send(mut sending) => {
                    if self.cancel_at == Some(sending.why) {
                        self.cancel_at = None;
                        sending.ask_cancel();
                    }
                    let got = self.exchange(&sending.request);
                    sending.received(self.now(), got)
                }
                Step::Wait(waiting) if self.cancel_at == Some(waiting.why) => {
                    self.cancel_at = None;
                    waiting.cancel(self.now())
                }
                Step::Wait(waiting) => {
                    self.elapsed += waiting.delay;
                    waiting.woke(self.now())
                }
                Step::Tell(telling) => {
                    let event = name(&telling.event);
                    if self.events.last() != Some(&event) {
                        self.events.push(event);
                    }
                    telling.told(self.now())
                }
                Step::Done(outcome) => return outcome,
            };
        }
        panic!("the flow does not end: {step:?}");
    }

    fn count(&self, request: &str) -> usize {
        self.sent.iter().filter(|sent| *sent == request).count()
    }
}

fn name<Id: std::fmt::Debug, State: std::fmt::Debug>(event: &Event<Id, State>) -> String {
    let text = format!("{event:?}");
    text.split(['(', ' ']).next().unwrap_or_default().to_owned()
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

fn empty_list() -> Response<Bytes> {
    Response::new(Bytes::from_static(EMPTY_LIST.as_bytes()))
}

fn wsc() -> Target<NcpKey> {
    let credential = ncp_sign::Credential::new(keys::WSC_ACCESS_KEY, keys::WSC_SECRET_KEY);
    Target::new(
        base("https://wsc.apigw.ntruss.com"),
        NcpKey::new(credential.expect("the published key is valid")),
    )
}

fn vaddy() -> Target<VaddyKey> {
    let key = VaddyKey::new(keys::VADDY_USER, keys::VADDY_KEY).expect("the published key is valid");
    Target::new(base("https://api.vaddy.net"), key)
}

fn base(url: &str) -> Base {
    url.parse().expect("a vendor's host is an endpoint")
}

fn wsc_scan() -> WscScan {
    WscScan { job: CreateJob::new("https://www.example.com"), token: Token::from_bytes([7; 16]) }
}

fn vaddy_scan() -> VaddyScan {
    let project = VaddyProject::V2 { project_id: "0a1b2c3d4e5f607".to_owned() };
    VaddyScan { project, project_number: None, crawl_id: None, scan_type: None }
}

const EMPTY_LIST: &str = r#"{"returnCode":"0","returnDesc":"","returnMessage":"","resources":{"total_cnt":0,"total_page_cnt":0,"current_start_page":0,"current_end_page":0,"record_data":null}}"#;

#[test]
fn an_accepted_start_that_no_list_shows_is_unknown_and_never_repeated() {
    let mut world = World::new(Emulator::new(BEGUN));
    world.network = Box::new(|_, request| match request.method() {
        &Method::PUT => None,
        _ => Some(Ok(empty_list())),
    });
    let policy = WatchPolicy { retry_unstarted: true, ..WatchPolicy::default() };
    let outcome = world.drive(wsc().start(world.now(), wsc_scan(), policy));
    assert!(matches!(outcome.result, Err(ScanError::Unknown)), "{outcome:?}");
    assert_eq!(world.count("PUT /api/v1/job"), 1);
    assert_eq!(world.events, ["Starting", "Accepted"]);
}

#[test]
fn a_start_that_was_replayed_on_the_way_is_reported() {
    let mut emulator = Emulator::builder().created_numbers().build(BEGUN);
    let mut world = World::new(emulator.clone());
    world.network = Box::new(move |elapsed, request| {
        let now = BEGUN.plus_ms(elapsed.as_millis().try_into().expect("a test is short"));
        if request.method() == Method::PUT {
            emulator.answer(now, request);
        }
        Some(Ok(emulator.answer(now, request)))
    });
    let outcome = world.drive(wsc().start(world.now(), wsc_scan(), WatchPolicy::default()));
    let Err(ScanError::Duplicate(ids)) = &outcome.result else { panic!("{outcome:?}") };
    assert_eq!(ids.len(), 2);
    assert!(ids.contains(outcome.id.as_ref().expect("one of them is named by the answer")));
}

#[test]
fn the_same_token_adopts_the_first_job() {
    let mut world = World::new(Emulator::new(BEGUN));
    let policy = WatchPolicy { detach: true, ..WatchPolicy::default() };
    let first = world.drive(wsc().start(world.now(), wsc_scan(), policy.clone()));
    let second = world.drive(wsc().start(world.now(), wsc_scan(), policy));
    assert_eq!(first.id, second.id);
    assert!(first.id.is_some());
    assert_eq!(world.count("PUT /api/v1/job"), 1);
    assert_eq!(world.emulator.ledger().wsc_created, 1);
}

#[test]
fn a_wish_to_end_in_flight_is_granted_after_the_answer() {
    let mut world = World::new(Emulator::new(BEGUN));
    world.cancel_at = Some("v2.startScan");
    let outcome = world.drive(vaddy().start(world.now(), vaddy_scan(), WatchPolicy::default()));
    assert!(matches!(outcome.result, Ok(Ending::Stopped)), "{outcome:?}");
    assert!(outcome.id.is_some());
    assert_eq!(world.events, ["Starting", "Started", "Canceling", "CancelAccepted", "Running"]);
    assert_eq!(world.count("POST /v2/scan cancel"), 1);
}

#[test]
fn a_wish_to_end_at_rest_is_granted_at_once() {
    for emulator in [Emulator::new(BEGUN), Emulator::builder().loose().build(BEGUN)] {
        let mut world = World::new(emulator);
        world.cancel_at = Some("the next poll");
        let outcome = world.drive(wsc().start(world.now(), wsc_scan(), WatchPolicy::default()));
        assert!(matches!(outcome.result, Ok(Ending::Stopped)), "{outcome:?}");
        assert!(world.elapsed < Duration::from_secs(30), "{:?}", world.elapsed);
    }
}

#[test]
fn a_wish_to_end_before_the_start_starts_nothing() {
    let mut world = World::new(Emulator::new(BEGUN));
    world.cancel_at = Some("v2.checkRunning");
    let outcome = world.drive(vaddy().start(world.now(), vaddy_scan(), WatchPolicy::default()));
    assert!(matches!(outcome.result, Err(ScanError::Canceled)), "{outcome:?}");
    assert_eq!(world.emulator.ledger().vaddy_started, 0);
}

#[test]
fn an_outage_shorter_than_the_limit_is_sat_out() {
    for (outage, survives) in [(10, true), (30, false)] {
        let mut world = World::new(Emulator::new(BEGUN));
        world.network = Box::new(move |elapsed, _| {
            let away = Duration::from_secs(20)..Duration::from_secs(20 + outage * 60);
            away.contains(&elapsed).then(|| Err(Failure::new(Sent::Perhaps, "reset")))
        });
        let outcome = world.drive(vaddy().start(world.now(), vaddy_scan(), WatchPolicy::default()));
        assert!(outcome.id.is_some());
        if survives {
            assert!(matches!(outcome.result, Ok(Ending::Finished(_))), "{outcome:?}");
        } else {
            assert!(matches!(outcome.result, Err(ScanError::Lost(_))), "{outcome:?}");
        }
        assert!(world.events.contains(&"Unreachable".to_owned()));
    }
}

#[test]
fn the_longest_wait_ends_the_watch_and_names_the_scan() {
    let mut world = World::new(Emulator::new(BEGUN));
    let policy = WatchPolicy { within: Some(Duration::from_secs(7)), ..WatchPolicy::default() };
    let outcome = world.drive(vaddy().start(world.now(), vaddy_scan(), policy));
    assert!(matches!(outcome.result, Err(ScanError::Deadline)), "{outcome:?}");
    assert!(outcome.id.is_some());
}

#[test]
fn a_number_that_the_service_does_not_know_is_missing() {
    let mut world = World::new(Emulator::new(BEGUN));
    let id = InstanceNo::new("999").unwrap();
    let outcome = world.drive(wsc().attach(world.now(), id, WatchPolicy::default()));
    assert!(matches!(outcome.result, Err(ScanError::Missing)), "{outcome:?}");
}

#[test]
fn another_scan_of_the_same_project_is_waited_for_if_that_is_wanted() {
    let mut world = World::new(Emulator::new(BEGUN));
    let detach = WatchPolicy { detach: true, ..WatchPolicy::default() };
    world.drive(vaddy().start(world.now(), vaddy_scan(), detach));
    let busy = world.drive(vaddy().start(world.now(), vaddy_scan(), WatchPolicy::default()));
    assert!(matches!(busy.result, Err(ScanError::Busy)), "{busy:?}");
    let patient =
        WatchPolicy { wait_while_busy: Duration::from_secs(600), ..WatchPolicy::default() };
    let outcome = world.drive(vaddy().start(world.now(), vaddy_scan(), patient));
    assert!(matches!(outcome.result, Ok(Ending::Finished(_))), "{outcome:?}");
    assert_eq!(world.emulator.ledger().vaddy_started, 2);
}
