//! An answer that is cut anywhere is never taken for an answer, and a request that is cut anywhere may have been executed.

use shindan_hyper::Executor;
use shindan_proto::{Limits, Sent};
use tokio::io::AsyncReadExt as _;

use crate::peer::{OK, Peer, change, failure, read};

#[tokio::test]
async fn at_every_byte_of_an_answer() {
    let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n\
                   8\r\n{\"runnin\r\nD\r\ng_process\":0}\r\n0\r\nx-trailer: y\r\n\r\n";
    let executor = Executor::new();
    for golden in [OK, chunked] {
        for end in 0..golden.len() {
            let peer = Peer::answering_once(&golden[..end]).await;
            let (sent, why) = failure(read(&executor, peer.base(), Limits::READ).await);
            assert_eq!(sent, Sent::Perhaps, "after {end} bytes: {why}");
        }
        let peer = Peer::answering_once(golden).await;
        assert!(read(&executor, peer.base(), Limits::READ).await.is_ok());
    }
}

#[tokio::test]
async fn at_every_byte_of_a_request() {
    let executor = Executor::new();
    let whole = Peer::answering(OK).await;
    let _ = change(&executor, whole.base()).await;
    let length = whole.requests()[0].len();
    for end in 1..=length {
        let peer = Peer::playing(move |mut line| async move {
            let mut some = vec![0; end];
            line.stream.read_exact(&mut some).await.expect("the request is longer");
        })
        .await;
        let (sent, why) = failure(change(&executor, peer.base()).await);
        assert_eq!(sent, Sent::Perhaps, "after {end} bytes: {why}");
        assert_eq!(peer.connections(), 1, "after {end} bytes");
    }
}
