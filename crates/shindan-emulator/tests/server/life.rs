//! How it begins and ends, and what every answer has.

use std::time::Duration;

use shindan_emulator::{Emulator, Server};
use shindan_proto::Timestamp;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::bytes::{exchange, get, server};

/// The longest wait for anything.
const PATIENCE: Duration = Duration::from_secs(30);

/// Own (safety): each answer has the header `x-shindan-emulator: 1`.
#[tokio::test]
async fn it_answers_with_a_length_and_the_date() {
    let server = server().await;
    assert_eq!(server.url(), format!("http://127.0.0.1:{}", server.addr().port()));
    let answer = get(&server, "/_emulator/ledger", "Host: localhost\r\n").await;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
    assert_eq!(body, r#"{"wsc":{"created":0},"vaddy":{"started":0},"calls":[]}"#);
    assert!(head.contains(&format!("content-length: {}", body.len())), "{head}");
    assert!(head.contains("x-shindan-emulator: 1"), "{head}");
    // Real time, long after the emulator's own.
    let date = head.lines().find_map(|line| line.strip_prefix("date: ")).unwrap();
    assert!(Timestamp::from_http_date(date) > Some(Timestamp::from_unix_ms(1_770_000_000_000)));
}

#[tokio::test]
async fn a_scan_is_started_over_the_wire() {
    let server = server().await;
    let form = "action=start&user=emulator&auth_key=shindanemulatorkey&project_id=a";
    let answer = exchange(
        &server,
        &format!(
            "POST /v2/scan HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Type: \
             application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
            server.addr(),
            form.len()
        ),
    )
    .await;
    assert!(answer.contains(r#"{"scan_id":""#), "{answer}");
    assert_eq!(server.with(|emulator| emulator.ledger().vaddy_started), 1);
}

/// Own (safety): a server in a test ends with it, and closes its connections.
#[tokio::test]
async fn it_ends_when_it_is_dropped() {
    let server = server().await;
    let addr = server.addr();
    let mut open = TcpStream::connect(addr).await.unwrap();
    open.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    let mut first = [0; 15];
    open.read_exact(&mut first).await.unwrap();
    assert_eq!(first, *b"HTTP/1.1 200 OK");
    drop(server);
    let mut rest = Vec::new();
    // Closed or reset: either way there is no more than the first answer.
    let _ = open.read_to_end(&mut rest).await;
    assert!(TcpStream::connect(addr).await.is_err());
}

/// Own (safety): it listens on loopback addresses, and on others only if it is told to expose itself.
#[tokio::test]
async fn it_listens_on_loopback_only() {
    let emulator = || Emulator::new(Timestamp::from_unix_ms(0));
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0"] {
        let error = Server::start(address.parse().unwrap(), emulator()).await.unwrap_err();
        assert!(error.to_string().contains("loopback"), "{error}");
    }
}

/// Own (safety): an exposed one still wants to be called by the name of this machine or of a vendor.
#[tokio::test]
async fn an_exposed_one_listens_anywhere_and_still_looks_at_hosts() {
    let emulator = Emulator::new(Timestamp::from_unix_ms(0));
    let server = Server::start_exposed("0.0.0.0:0".parse().unwrap(), emulator).await.unwrap();
    let port = server.addr().port();
    for (host, status) in [("localhost", 200), ("192.0.2.1", 421)] {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        let request = format!("GET / HTTP/1.0\r\nHost: {host}:{port}\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with(&format!("HTTP/1.0 {status} ")), "{host}: {answer}");
    }
}

/// Own (safety): a call ends it only if it names the instance that is meant.
#[tokio::test]
async fn it_says_when_it_is_to_end() {
    let server = Emulator::builder().instance("ABCD").start().await.unwrap();
    let stop = async |instance: &str| {
        let body = format!("{{\"instance\":\"{instance}\"}}");
        let request = format!(
            "POST /_emulator/stop HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        exchange(&server, &request).await
    };
    assert!(stop("ABCE").await.starts_with("HTTP/1.1 400 "));
    assert!(timeout(Duration::ZERO, server.stopped()).await.is_err());
    assert!(stop("ABCD").await.starts_with("HTTP/1.1 200 "));
    timeout(PATIENCE, server.stopped()).await.expect("it was told");
}

/// Own (safety): what is closed unread is counted, and `/_emulator/health` shows it.
#[tokio::test]
async fn what_is_turned_away_is_shown() {
    let server = server().await;
    exchange(&server, "garbage\r\n\r\n").await;
    let health = get(&server, "/_emulator/health", "Host: localhost\r\n").await;
    assert!(health.contains(r#""turned_away":1"#), "{health}");
}
