//! What happens is told while it happens.

use std::{mem, time::Duration};

use shindan_emulator::Server;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::bytes::{exchange, get, server};

/// The longest wait for anything.
const PATIENCE: Duration = Duration::from_secs(30);

struct Listener {
    stream: TcpStream,
    /// What came and was not read yet.
    ahead: String,
}

impl Listener {
    /// One that is listened to when this returns.
    async fn new(server: &Server, headers: &str) -> Self {
        let mut stream = TcpStream::connect(server.addr()).await.expect("the server listens");
        let request = format!("GET /_emulator/events HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n");
        stream.write_all(request.as_bytes()).await.expect("the server reads");
        let mut listener = Self { stream, ahead: String::new() };
        let begun = listener.read_until("retry: 1000\n\n").await;
        assert!(begun.starts_with("HTTP/1.1 200 OK\r\n"), "{begun}");
        assert!(begun.contains("\r\ncontent-type: text/event-stream\r\n"), "{begun}");
        assert!(begun.contains("\r\nx-shindan-emulator: 1\r\n"), "{begun}");
        listener
    }

    /// What is told up to this, with it.
    async fn read_until(&mut self, end: &str) -> String {
        loop {
            if let Some(at) = self.ahead.find(end) {
                let rest = self.ahead.split_off(at + end.len());
                return mem::replace(&mut self.ahead, rest);
            }
            let mut bytes = [0; 4_096];
            let read = timeout(PATIENCE, self.stream.read(&mut bytes)).await;
            let count = read.unwrap_or_else(|_| panic!("no {end} in {}", self.ahead));
            let count = count.expect("the connection stays");
            assert!(count > 0, "it ended with {}", self.ahead);
            self.ahead.push_str(str::from_utf8(&bytes[..count]).expect("it is utf-8"));
        }
    }

    async fn is_over(&mut self) -> bool {
        let mut rest = Vec::new();
        // Closed or reset: either way it is over.
        timeout(PATIENCE, self.stream.read_to_end(&mut rest)).await.is_ok()
    }
}

async fn ask(server: &Server, path: &str) {
    let answer = get(server, path, "Host: localhost\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 4"), "{answer}");
}

#[tokio::test]
async fn each_request_is_told_as_it_is_logged() {
    let server = server().await;
    ask(&server, "/v2/before").await;
    let mut listener = Listener::new(&server, "").await;
    ask(&server, "/v2/first").await;
    let told = listener.read_until("/v2/first").await;
    assert!(!told.contains("\n:\n"), "it waited for the heartbeat: {told}");
    assert!(told.contains("event: request\nid: 2\ndata: {\"number\":2,"), "{told}");
    assert!(!told.contains("before"), "{told}");
    ask(&server, "/v2/second").await;
    let told = listener.read_until("/v2/second").await + &listener.read_until("\n\n").await;
    let log = get(&server, "/_emulator/requests?since=2", "Host: localhost\r\n").await;
    let (_, json) = log.split_once("{\"requests\":[").unwrap();
    let (json, _) = json.rsplit_once("],\"last\":3}").unwrap();
    assert!(told.contains(&format!("event: request\nid: 3\ndata: {json}\n\n")), "{told} {json}");
}

#[tokio::test]
async fn who_comes_back_is_told_what_it_missed() {
    let server = server().await;
    for path in ["/v2/first", "/v2/second", "/v2/third"] {
        ask(&server, path).await;
    }
    let mut listener = Listener::new(&server, "Last-Event-ID: 1\r\n").await;
    let told = listener.read_until("/v2/third").await;
    assert!(told.contains("/v2/second") && !told.contains("/v2/first"), "{told}");
    for id in ["", "x", "-1", "1.5", "0x1", "4", "18446744073709551616", "\u{1f600}"] {
        let mut listener = Listener::new(&server, &format!("Last-Event-ID: {id}\r\n")).await;
        let path = format!("/v2/after-{}", id.len());
        ask(&server, &path).await;
        let told = listener.read_until(&path).await;
        assert_eq!(told.matches("event: request").count(), 1, "{id}: {told}");
        server.with(|emulator| emulator.reset(crate::bytes::START));
    }
}

#[tokio::test]
async fn changes_are_told_and_looks_are_not() {
    let server = server().await;
    let mut listener = Listener::new(&server, "").await;
    for path in ["health", "clock", "state", "requests", "ledger"] {
        get(&server, &format!("/_emulator/{path}"), "Host: localhost\r\n").await;
    }
    let wrong = post(&server, "clock", "{}").await;
    assert!(wrong.starts_with("HTTP/1.1 400 "), "{wrong}");
    // What was told of the looks would come before this.
    ask(&server, "/v2/x").await;
    let told = listener.read_until("/v2/x").await;
    assert!(!told.contains("change"), "{told}");
    for (path, body) in [("clock", r#"{"advance":"1m"}"#), ("reset", ""), ("snapshot/a", "")] {
        let changed = match path {
            "snapshot/a" => {
                server.with(|emulator| emulator.save(crate::bytes::START, "a")).unwrap();
                listener.read_until("event: change\ndata: {}\n\n").await;
                post(&server, path, body).await
            }
            _ => post(&server, path, body).await,
        };
        assert!(changed.starts_with("HTTP/1.1 200 "), "{changed}");
        listener.read_until("event: change\ndata: {}\n\n").await;
    }
    server.with(|_| ());
    let told = listener.read_until("event: change\ndata: {}\n\n").await;
    assert!(!told.contains("\n:\n"), "it waited for the heartbeat: {told}");
}

async fn post(server: &Server, path: &str, body: &str) -> String {
    let length = body.len();
    exchange(
        server,
        &format!(
            "POST /_emulator/{path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
             Content-Length: {length}\r\n\r\n{body}"
        ),
    )
    .await
}

#[tokio::test(start_paused = true)]
async fn silence_has_a_heartbeat() {
    let server = server().await;
    let mut listener = Listener::new(&server, "").await;
    for _ in 0..3 {
        listener.read_until("\n:\n\n").await;
    }
}

#[tokio::test]
async fn so_many_listen_and_no_more() {
    let server = server().await;
    let mut listeners = Vec::new();
    for _ in 0..16 {
        listeners.push(Listener::new(&server, "").await);
    }
    let surplus = get(&server, "/_emulator/events", "Host: localhost\r\n").await;
    assert!(surplus.starts_with("HTTP/1.1 503 "), "{surplus}");
    assert!(surplus.ends_with("16 listen already; close some of them"), "{surplus}");
    drop(listeners.pop());
    // The server notices the end of a connection a little later.
    loop {
        let mut stream = TcpStream::connect(server.addr()).await.unwrap();
        let request = "GET /_emulator/events HTTP/1.1\r\nHost: localhost\r\n\r\n";
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut status = [0; 12];
        stream.read_exact(&mut status).await.unwrap();
        if status == *b"HTTP/1.1 200" {
            break;
        }
        assert_eq!(status, *b"HTTP/1.1 503");
    }
    ask(&server, "/v2/x").await;
    for listener in &mut listeners {
        listener.read_until("/v2/x").await;
    }
}

#[tokio::test]
async fn listeners_end_with_the_server() {
    let server = server().await;
    let mut listener = Listener::new(&server, "").await;
    drop(server);
    assert!(listener.is_over().await);
}

#[tokio::test]
async fn the_page_and_its_events_are_only_read() {
    let server = server().await;
    for path in ["/_emulator", "/_emulator/", "/_emulator/events"] {
        for method in ["POST", "PUT", "DELETE", "HEAD"] {
            let request =
                format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            let answer = exchange(&server, &request).await;
            assert!(answer.starts_with("HTTP/1.1 405 "), "{answer}");
            assert!(answer.contains("\r\nallow: GET\r\n"), "{answer}");
        }
    }
}

#[tokio::test]
async fn the_page_may_load_nothing_from_elsewhere() {
    let server = server().await;
    let page = get(&server, "/_emulator/", "Host: localhost\r\n").await;
    let (head, html) = page.split_once("\r\n\r\n").unwrap();
    let twin = get(&server, "/_emulator", "Host: localhost\r\n").await;
    assert!(twin.ends_with(html), "{twin}");
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
    assert!(html.starts_with("<!doctype html>\n"), "{html}");
    let policy = head.lines().find_map(|line| line.strip_prefix("content-security-policy: "));
    let policy = policy.unwrap();
    assert!(policy.starts_with("default-src 'none'; script-src 'sha256-"), "{policy}");
    assert!(!policy.contains("unsafe") && !policy.contains('*'), "{policy}");
    for line in [
        "content-type: text/html; charset=utf-8",
        "x-content-type-options: nosniff",
        "referrer-policy: no-referrer",
        "x-shindan-emulator: 1",
    ] {
        assert!(head.lines().any(|known| known == line), "{line}: {head}");
    }
    assert!(!head.contains("access-control"), "{head}");
}
