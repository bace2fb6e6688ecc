//! A wish to end is passed on to the flow, and an exchange in flight is not dropped for it.

use std::{
    future::{pending, ready},
    ops::ControlFlow,
    sync::Arc,
    time::Duration,
};

use shindan_hyper::{Executor, now};
use shindan_proto::{
    Error, Event, RetryPolicy, ScanError, Step, Target, VaddyKey, VaddyProject, VaddyScan,
    WatchPolicy,
};
use tokio::{
    sync::Notify,
    time::{sleep, timeout},
};
use vaddy_model::v2::CheckRunning;

use crate::peer::{OK, Peer, vaddy};

const BUSY: &str = "HTTP/1.1 503 Busy\r\nretry-after: 600\r\ncontent-length: 0\r\n\r\n";
/// Far less than the rest that the flow asks for.
const QUICKLY: Duration = Duration::from_secs(10);

fn patient(peer: &Peer) -> Target<VaddyKey> {
    vaddy(peer.base()).with_policy(RetryPolicy::default())
}

#[tokio::test]
async fn at_rest_it_ends_the_flow() {
    let peer = Peer::answering(BUSY).await;
    let step = patient(&peer).call(now(), &CheckRunning::new("p"));
    let cancel = async {
        while peer.requests().is_empty() {
            sleep(Duration::from_millis(1)).await;
        }
        sleep(Duration::from_millis(50)).await;
    };
    let executor = Executor::new();
    let outcome = timeout(QUICKLY, executor.run_until(step, cancel, |_| ControlFlow::Continue(())))
        .await
        .unwrap();
    assert!(matches!(outcome, Err(Error::Canceled)), "{outcome:?}");
    assert_eq!(peer.requests().len(), 1);
}

#[tokio::test]
async fn in_flight_it_ends_the_flow_after_the_answer() {
    let peer = Peer::answering(BUSY).await;
    let step = patient(&peer).call(now(), &CheckRunning::new("p"));
    let executor = Executor::new();
    let outcome =
        timeout(QUICKLY, executor.run_until(step, ready(()), |_| ControlFlow::Continue(())))
            .await
            .unwrap();
    assert!(matches!(outcome, Err(Error::Canceled)), "{outcome:?}");
    assert_eq!(peer.requests().len(), 1);
}

#[tokio::test]
async fn an_exchange_in_flight_goes_on() {
    let canceled = Arc::new(Notify::new());
    let may_answer = Arc::clone(&canceled);
    let peer = Peer::playing(move |mut line| {
        let may_answer = Arc::clone(&may_answer);
        async move {
            line.request().await;
            may_answer.notified().await;
            line.say(OK).await;
        }
    })
    .await;
    let cancel = async {
        while peer.requests().is_empty() {
            sleep(Duration::from_millis(1)).await;
        }
        canceled.notify_one();
    };
    let step = patient(&peer).call(now(), &CheckRunning::new("p"));
    assert!(matches!(step, Step::Send(_)));
    let outcome = Executor::new().run_until(step, cancel, |_| ControlFlow::Continue(())).await;
    assert!(outcome.is_ok(), "{outcome:?}");
}

/// A journal that cannot be written breaks at the event before the start.
#[tokio::test]
async fn before_a_start_it_leaves_the_server_without_one() {
    let peer = Peer::answering(OK).await;
    let project = VaddyProject::V2 { project_id: "p".into() };
    let scan = VaddyScan { project, project_number: None, crawl_id: None, scan_type: None };
    let step = patient(&peer).start(now(), scan, WatchPolicy::default());
    let mut told = Vec::new();
    let outcome = Executor::new()
        .run_until(step, pending(), |event| {
            told.push(event.clone());
            ControlFlow::Break(())
        })
        .await;
    assert!(matches!(outcome.result, Err(ScanError::Canceled)), "{outcome:?}");
    assert!(matches!(told.as_slice(), [Event::Starting(before)] if before.is_empty()), "{told:?}");
    let requests = peer.requests();
    assert_eq!(requests.len(), 1, "the look before the start is all that was sent");
    assert!(requests[0].starts_with(b"GET /v2/scan/runcheck?"));
}
