//! One request per step: nothing is followed, nothing is sent twice, and a start has its own connection.

use shindan_hyper::Executor;
use shindan_proto::{Error, Limits, Sent};
use shindan_wire::Fault as _;

use crate::peer::{OK, Peer, change, failure, read};

#[tokio::test]
async fn reads_share_a_connection_and_changes_do_not() {
    let peer = Peer::answering(OK).await;
    let executor = Executor::new();
    for _ in 0..3 {
        read(&executor.clone(), peer.base(), Limits::READ).await.unwrap();
    }
    assert_eq!(peer.connections(), 1);
    for changes in 1..=3 {
        let _ = change(&executor, peer.base()).await;
        assert_eq!(peer.connections(), 1 + changes);
    }
    read(&executor, peer.base(), Limits::READ).await.unwrap();
    assert_eq!(peer.connections(), 4);
}

#[tokio::test]
async fn a_redirect_is_an_answer() {
    for status in [301, 302, 303, 307, 308] {
        let stranger = Peer::answering(OK).await;
        let location = stranger.authority();
        let redirect = format!(
            "HTTP/1.1 {status} Elsewhere\r\nlocation: http://{location}/\r\ncontent-length: 0\r\n\r\n"
        );
        let peer = Peer::answering_once(redirect).await;
        let executor = Executor::new();
        let Err(Error::Fault(fault)) = read(&executor, peer.base(), Limits::READ).await else {
            panic!("a redirect is not a success")
        };
        assert_eq!(fault.status(), status);
        assert!(matches!(change(&executor, peer.base()).await, Err(Error::Ambiguous(_))));
        assert_eq!(stranger.connections(), 0);
        assert_eq!(peer.requests().len(), 2);
    }
}

#[tokio::test]
async fn a_kept_connection_that_dies_costs_one_failure_and_no_second_request() {
    let peer = Peer::playing(|mut line| async move {
        line.request().await;
        line.say(OK).await;
        line.request().await;
    })
    .await;
    let executor = Executor::new();
    read(&executor, peer.base(), Limits::READ).await.unwrap();
    let (sent, why) = failure(read(&executor, peer.base(), Limits::READ).await);
    assert_eq!((sent, peer.requests().len()), (Sent::Perhaps, 2), "{why}");
    read(&executor, peer.base(), Limits::READ).await.unwrap();
    assert_eq!((peer.connections(), peer.requests().len()), (2, 3));
}

#[tokio::test]
async fn a_connection_that_was_closed_at_rest_is_not_used_twice() {
    let peer = Peer::answering_once(OK).await;
    let executor = Executor::new();
    for reads in 1..=50 {
        let before = peer.requests().len();
        // Whether the end of the old connection is noticed in time is a race: one failure is allowed.
        if let Err(error) = read(&executor, peer.base(), Limits::READ).await {
            failure::<()>(Err(error));
            read(&executor, peer.base(), Limits::READ).await.unwrap();
        }
        assert_eq!(peer.requests().len(), before + 1, "read {reads}");
    }
}

#[tokio::test]
async fn a_run_can_be_spawned() {
    let peer = Peer::answering(OK).await;
    let base = peer.base();
    let run = async { read(&Executor::default(), base, Limits::READ).await };
    assert!(tokio::spawn(run).await.unwrap().is_ok());
}
