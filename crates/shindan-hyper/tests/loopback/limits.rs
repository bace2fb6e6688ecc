//! Each limit ends an exchange while it is being read, and the failure names it.

use std::time::Duration;

use shindan_hyper::Executor;
use shindan_proto::{Limits, Sent};
use tokio::time::sleep;

use crate::peer::{Line, OK, Peer, failure, read};

const SHORT: Duration = Duration::from_millis(50);

async fn fails(peer: &Peer, limits: Limits, why: &str) {
    let (sent, said) = failure(read(&Executor::new(), peer.base(), limits).await);
    assert_eq!(sent, Sent::Perhaps);
    assert_eq!(said, why.replace("PEER", peer.authority()));
}

/// A connection that stays open for as long as the other side holds on to it.
async fn stall(mut line: Line) {
    while line.request().await {}
}

async fn saying_then_stalling(answer: &'static str) -> Peer {
    Peer::playing(move |mut line| async move {
        line.request().await;
        line.say(answer).await;
        stall(line).await;
    })
    .await
}

#[tokio::test]
async fn first_byte() {
    let limits = || {
        let mut limits = Limits::READ;
        limits.first_byte = SHORT;
        limits
    };
    for silent in ["", "HTTP/1.1 200 OK\r\ncontent-le", "HTTP/1.1 100 Continue\r\n\r\n"] {
        let peer = saying_then_stalling(silent).await;
        fails(&peer, limits(), "PEER did not answer within 50ms").await;
    }
}

#[tokio::test]
async fn idle() {
    let mut limits = Limits::READ;
    limits.idle = SHORT;
    let peer = saying_then_stalling("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{").await;
    fails(&peer, limits, "the answer of PEER paused for 50ms").await;
}

#[tokio::test]
async fn total_ends_a_drip() {
    let peer = Peer::playing(|mut line| async move {
        line.request().await;
        line.say("HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n").await;
        while line.say(" ").await {
            sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
    let mut limits = Limits::READ;
    limits.total = Duration::from_millis(100);
    fails(&peer, limits, "PEER took longer than 100ms in all").await;
}

fn small() -> Limits {
    let mut limits = Limits::READ;
    limits.body_bytes = 1000;
    limits
}

#[tokio::test]
async fn an_announced_body_over_the_limit_is_not_waited_for() {
    let peer = saying_then_stalling("HTTP/1.1 200 OK\r\ncontent-length: 10737418240\r\n\r\n").await;
    fails(&peer, small(), "the answer of PEER is larger than 1000 bytes").await;
}

#[tokio::test]
async fn an_endless_body_ends_at_the_limit() {
    for head in ["transfer-encoding: chunked\r\n\r\n", "connection: close\r\n\r\n"] {
        let peer = Peer::playing(move |mut line| async move {
            line.request().await;
            line.say(format!("HTTP/1.1 200 OK\r\n{head}")).await;
            while line.say("a\r\n          \r\n").await {}
        })
        .await;
        fails(&peer, small(), "the answer of PEER is larger than 1000 bytes").await;
    }
}

#[tokio::test]
async fn a_body_of_exactly_the_limit_is_read() {
    let mut limits = Limits::READ;
    limits.body_bytes = 21;
    let peer = Peer::answering(OK).await;
    assert!(read(&Executor::new(), peer.base(), limits).await.is_ok());
    limits.body_bytes = 20;
    fails(&peer, limits, "the answer of PEER is larger than 20 bytes").await;
}

const HEAD: &str = "the answer of PEER is not http/1.1 with a head of at most 65536 bytes and 100 headers: \
                    message head is too large";

#[tokio::test]
async fn number_of_headers() {
    let with_headers = |count| OK.replacen("\r\n", &format!("\r\n{}", "x: y\r\n".repeat(count)), 1);
    // The answer has two of its own.
    let peer = Peer::answering_once(with_headers(98)).await;
    assert!(read(&Executor::new(), peer.base(), Limits::READ).await.is_ok());
    let peer = Peer::answering_once(with_headers(99)).await;
    fails(&peer, Limits::READ, HEAD).await;
}

#[tokio::test]
async fn size_of_head() {
    let one_header = |mut line: Line| async move {
        line.request().await;
        line.say("HTTP/1.1 200 OK\r\nx: ").await;
        while line.say("yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy").await {}
    };
    let many_headers = |mut line: Line| async move {
        line.request().await;
        line.say("HTTP/1.1 200 OK\r\n").await;
        while line.say("x: y\r\n").await {}
    };
    for peer in [Peer::playing(one_header).await, Peer::playing(many_headers).await] {
        fails(&peer, Limits::READ, HEAD).await;
    }
}

#[test]
fn all_flows_ask_for_the_same_size_of_head() {
    for limits in [Limits::REPORT, Limits::CHANGE] {
        assert_eq!(limits.head_bytes, Limits::READ.head_bytes);
    }
}

#[tokio::test]
async fn a_compressed_answer_is_refused() {
    for coding in ["gzip", "br, gzip", ""] {
        let answer = format!(
            "HTTP/1.1 200 OK\r\ncontent-encoding: {coding}\r\ncontent-length: 2\r\n\r\n{{}}"
        );
        let peer = Peer::answering_once(answer).await;
        fails(&peer, Limits::READ, "the answer of PEER is compressed, which was not asked for")
            .await;
    }
    let identity = OK.replacen("\r\n", "\r\ncontent-encoding: Identity\r\n", 1);
    let peer = Peer::answering_once(identity).await;
    assert!(read(&Executor::new(), peer.base(), Limits::READ).await.is_ok());
}
