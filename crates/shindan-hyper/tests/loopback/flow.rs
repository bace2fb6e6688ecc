//! A flow of several exchanges and rests is carried to its end, and its events are told in between.

use std::time::Duration;

use shindan_hyper::{Executor, now};
use shindan_proto::{Ending, Event, VaddyProject, VaddyScanId, WatchPolicy};
use vaddy_model::{ScanId, ScanStatus};

use crate::peer::{Peer, vaddy};

#[tokio::test]
async fn it_is_watched_to_its_end() {
    let peer = Peer::playing(|mut line| async move {
        for status in ["scanning", "finish"] {
            line.request().await;
            let body = format!("{{\"status\":\"{status}\"}}");
            let length = body.len();
            line.say(format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{body}")).await;
        }
    })
    .await;
    let id = VaddyScanId {
        project: VaddyProject::V2 { project_id: "p".into() },
        scan_id: ScanId::new("1-a").unwrap(),
    };
    let policy = WatchPolicy { quick: Duration::from_millis(10), ..WatchPolicy::default() };
    let mut told = Vec::new();
    let step = vaddy(peer.base()).attach(now(), id, policy);
    let outcome = Executor::new().run(step, |event| told.push(event.clone())).await;
    assert!(matches!(outcome.result, Ok(Ending::Finished(_))), "{outcome:?}");
    let [Event::Running(state)] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!(state.status, ScanStatus::Scanning);
    assert_eq!(peer.requests().len(), 2);
}
