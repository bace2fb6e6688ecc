//! What certainly was not sent says so, and names the host and the cause.

use std::time::Duration;

use shindan_hyper::{Executor, now};
use shindan_proto::{Limits, Sent, Step};
use tokio::net::TcpListener;
use vaddy_model::v2::CheckRunning;

use crate::peer::{Peer, change, failure, read, vaddy};

#[tokio::test]
async fn nobody_listens() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let base = || format!("http://{address}").parse().unwrap();
    let why = format!("nobody listens at {address}");
    let executor = Executor::new();
    let outcome = read(&executor, base(), Limits::READ).await;
    assert_eq!(failure(outcome), (Sent::Never, why));
    // A start that certainly was not sent is not ambiguous.
    let start = change(&executor, base()).await;
    assert!(matches!(start, Err(shindan_proto::Error::Transport { .. })), "{start:?}");
}

#[tokio::test]
async fn the_name_is_not_found() {
    let base = "https://nonexistent.invalid".parse().unwrap();
    let outcome = read(&Executor::new(), base, Limits::READ).await;
    assert_eq!(
        failure(outcome),
        (Sent::Never, "the name nonexistent.invalid was not found".to_owned())
    );
}

#[tokio::test]
async fn the_handshake_does_not_end() {
    let silent = Peer::playing(|mut line| async move { while line.request().await {} }).await;
    let mut limits = Limits::READ;
    limits.connect = Duration::from_millis(50);
    let base = format!("https://{}", silent.authority()).parse().unwrap();
    let (sent, why) = failure(read(&Executor::new(), base, limits).await);
    assert_eq!(sent, Sent::Never);
    assert_eq!(why, format!("no connection to {} within 50ms", silent.authority()));
}

#[tokio::test]
async fn the_other_side_does_not_speak_tls() {
    let plain = Peer::playing(|mut line| async move {
        line.say("HTTP/1.1 400 Bad Request\r\n\r\n").await;
    })
    .await;
    let base = format!("https://{}", plain.authority()).parse().unwrap();
    let (sent, why) = failure(read(&Executor::new(), base, Limits::READ).await);
    assert_eq!(sent, Sent::Never);
    assert!(
        why.starts_with(&format!("the tls handshake with {} failed", plain.authority())),
        "{why}"
    );
}

#[tokio::test]
async fn the_handshake_is_cut() {
    let rude = Peer::playing(|line| async move { drop(line) }).await;
    let base = format!("https://{}", rude.authority()).parse().unwrap();
    let (sent, why) = failure(read(&Executor::new(), base, Limits::READ).await);
    assert_eq!(sent, Sent::Never);
    assert!(why.starts_with(&format!("no connection to {}: ", rude.authority())), "{why}");
}

#[tokio::test]
async fn plain_http_does_not_leave_this_machine() {
    let target = vaddy("https://vaddy.example".parse().unwrap());
    let mut step = target.call(now(), &CheckRunning::new("p"));
    let Step::Send(sending) = &mut step else { panic!("{step:?}") };
    *sending.request.uri_mut() = "http://user:canary@vaddy.example/?key=canary".parse().unwrap();
    let outcome = Executor::new().run(step, |_| {}).await;
    assert_eq!(
        failure(outcome),
        (Sent::Never, "vaddy.example must be asked through https".to_owned())
    );
}
