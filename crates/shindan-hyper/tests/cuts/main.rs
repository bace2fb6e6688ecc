//! The start of a scan over a network that breaks: never a second scan, never a lost one.

mod driver;
mod proxy;

use std::{iter, time::Duration};

use driver::{Case, End, History, Service};
use proxy::{At, Cut, Fate, How};
use tokio::task::JoinSet;

#[tokio::test]
async fn wsc_is_cut_at_every_byte() {
    cut_at_every_byte(Service::Wsc).await;
}

#[tokio::test]
async fn an_answer_that_names_the_job_is_cut_at_every_byte() {
    let whole = whole(Service::WscNaming).await;
    play_all(cuts(Service::WscNaming, (0..=whole.answer).map(At::Answer)), whole).await;
}

#[tokio::test]
async fn vaddy_v1_is_cut_at_every_byte() {
    cut_at_every_byte(Service::VaddyV1).await;
}

#[tokio::test]
async fn vaddy_v2_is_cut_at_every_byte() {
    cut_at_every_byte(Service::VaddyV2).await;
}

/// The client gives up, and the service executes the start some time later.
#[tokio::test]
async fn a_late_execution_is_found() {
    for (service, settled) in [(Service::Wsc, 90), (Service::VaddyV1, 60), (Service::VaddyV2, 60)] {
        let cases = (0..=settled).step_by(5).map(|by| Case {
            cut: Some(Cut { at: At::Late(Duration::from_secs(by)), how: How::Stall }),
            shortest_rest: Duration::ZERO,
            ..Case::new(service)
        });
        play_all(cases, whole(service).await).await;
    }
}

/// Whether the end of a kept connection is noticed before a request takes it is a race.
#[tokio::test]
async fn a_stale_connection_costs_no_second_scan() {
    for service in [Service::Wsc, Service::VaddyV1, Service::VaddyV2] {
        let ways = [(How::Fin, true), (How::Fin, false), (How::Rst, true), (How::Rst, false)];
        let cases = ways.into_iter().cycle().take(100).map(|(how, fresh)| Case {
            hang_up: Some(how),
            fresh,
            ..Case::new(service)
        });
        play_all(cases, whole(service).await).await;
    }
}

/// As a driver would do that does not keep to [`shindan_proto::Limits::fresh_connection`].
#[tokio::test]
async fn a_used_connection_that_breaks_under_a_start_costs_no_second_scan() {
    for service in [Service::Wsc, Service::VaddyV1, Service::VaddyV2] {
        let whole = whole(service).await;
        let places = [
            At::Request(0),
            At::Request(whole.request / 2),
            At::Request(whole.request),
            At::Answer(0),
            At::Answer(whole.answer / 2),
        ];
        let cases = cuts(service, places).map(|case| Case { fresh: false, ..case });
        play_all(cases, whole).await;
    }
}

/// The lengths of a start and of its answer, in bytes.
#[derive(Clone, Copy)]
struct Whole {
    request: usize,
    answer: usize,
}

async fn whole(service: Service) -> Whole {
    let history = Case::new(service).play().await;
    let History { end: End::Followed, ledger: 1, sent: 1, heard: 1, request, answer, .. } = history
    else {
        panic!("{service:?} without a cut: {history:?}")
    };
    Whole { request, answer }
}

async fn cut_at_every_byte(service: Service) {
    let whole = whole(service).await;
    let places = iter::once(At::Accept)
        .chain((0..=whole.request).map(At::Request))
        .chain((0..=whole.answer).map(At::Answer));
    play_all(cuts(service, places), whole).await;
}

fn cuts(service: Service, places: impl IntoIterator<Item = At>) -> impl Iterator<Item = Case> {
    let ways = [How::Fin, How::Rst, How::Stall];
    let cuts = places.into_iter().flat_map(move |at| ways.map(|how| Cut { at, how }));
    cuts.map(move |cut| Case { cut: Some(cut), ..Case::new(service) })
}

/// How many are played at the same time: many of them wait for a timeout, and each has a dozen sockets.
const AT_ONCE: usize = 16;

async fn play_all(cases: impl IntoIterator<Item = Case>, whole: Whole) {
    let mut playing = JoinSet::new();
    for case in cases {
        if playing.len() == AT_ONCE {
            playing.join_next().await.expect("some are played").expect("it keeps the promise");
        }
        playing.spawn(play(case, whole));
    }
    while let Some(played) = playing.join_next().await {
        played.expect("it keeps the promise");
    }
}

/// On a busy machine a client may give up before the cut is made; it is then played again.
async fn play(mut case: Case, whole: Whole) {
    for _ in 0..5 {
        let history = case.play().await;
        check(case, whole, &history);
        if history.fate != Some(Fate::TooLate) {
            return;
        }
        case.patience *= 4;
    }
    panic!("{case:?} is never made");
}

fn check(case: Case, whole: Whole, history: &History) {
    let told = format!("{case:?}: {history:?}");
    assert!(history.ledger <= 1, "two scans: {told}");
    // Nothing below the flow sends again, and what is said not to have left has not left.
    assert!(history.heard <= history.sent, "a start that nobody has asked for: {told}");
    match history.end {
        End::Followed => assert_eq!(history.ledger, 1, "{told}"),
        End::Unknown => assert_eq!(case.service, Service::VaddyV1, "a scan was lost: {told}"),
    }
    let Some(Cut { at, how }) = case.cut.filter(|_| history.fate == Some(Fate::Made)) else {
        return;
    };
    let arrives = match at {
        At::Accept => return,
        At::Request(most) => most == whole.request,
        At::Answer(_) | At::Late(_) => true,
    };
    if arrives {
        assert_eq!((history.ledger, history.sent), (1, 1), "{told}");
    } else if case.service == Service::VaddyV1 {
        assert_eq!((history.ledger, history.sent), (0, 1), "{told}");
    } else {
        assert_eq!((history.ledger, history.sent), (1, 2), "{told}");
    }
    // A reset may overtake the answer, and so may the end of the client's patience.
    if at == At::Answer(whole.answer) && how == How::Fin {
        assert_eq!(history.end, End::Followed, "{told}");
    }
}
