//! The server over real loopback sockets.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use shindan_emulator::{Emulator, Server};
use shindan_proto::Timestamp;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

const ANY_PORT: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

async fn server() -> Server {
    let emulator = Emulator::new(Timestamp::from_unix_ms(1_720_411_923_000));
    Server::start(ANY_PORT, emulator).await.expect("a free loopback port")
}

/// Sends bytes as they are and reads until the server closes.
async fn exchange(server: &Server, request: &str) -> String {
    let mut stream = TcpStream::connect(server.addr()).await.expect("the server listens");
    stream.write_all(request.as_bytes()).await.expect("the server reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("the server answers in utf-8");
    answer
}

async fn get(server: &Server, path: &str, headers: &str) -> String {
    exchange(server, &format!("GET {path} HTTP/1.1\r\n{headers}Connection: close\r\n\r\n")).await
}

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
async fn old_clients_are_understood() {
    let server = server().await;
    let answer = exchange(&server, "GET / HTTP/1.0\r\nHost: api.vaddy.net\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.0 200 OK\r\n"), "{answer}");
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

#[tokio::test]
async fn web_pages_are_kept_out_on_every_route() {
    let server = server().await;
    for path in ["/", "/_emulator/ledger", "/_emulator/health", "/api/v1/jobs", "/v2/crawl", "/x"] {
        let page = get(&server, path, "Host: localhost\r\nOrigin: http://localhost\r\n").await;
        assert!(page.starts_with("HTTP/1.1 403 "), "{path}: {page}");
        for host in [
            "evil.example",
            "evil.example:80",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "127.0.0.1@evil.example",
            "evil.example@127.0.0.1",
            "10.0.0.1",
            "0.0.0.0",
            "",
        ] {
            let rebound = get(&server, path, &format!("Host: {host}\r\n")).await;
            assert!(rebound.starts_with("HTTP/1.1 421 "), "{path} {host}: {rebound}");
        }
    }
    let hostless = get(&server, "/", "").await;
    assert!(hostless.starts_with("HTTP/1.1 421 "), "{hostless}");
    let twice = get(&server, "/", "Host: localhost\r\nHost: evil.example\r\n").await;
    assert!(twice.starts_with("HTTP/1.1 421 "), "{twice}");
    let absolute = get(&server, "http://evil.example/", "Host: localhost\r\n").await;
    assert!(absolute.starts_with("HTTP/1.1 421 "), "{absolute}");
}

#[tokio::test]
async fn its_own_names_are_let_in() {
    let server = server().await;
    for host in [
        "localhost",
        "LOCALHOST:1",
        "127.0.0.1",
        "127.9.9.9:80",
        "[::1]:8080",
        "wsc.apigw.ntruss.com",
        "wsc.apigw.gov-ntruss.com",
        "wsc.apigw.fin-ntruss.com",
        "api.vaddy.net:443",
    ] {
        let answer = get(&server, "/", &format!("Host: {host}\r\n")).await;
        assert!(answer.starts_with("HTTP/1.1 200 "), "{host}: {answer}");
    }
}

#[tokio::test]
async fn a_body_has_an_end() {
    let server = server().await;
    let request = |length: usize| {
        format!(
            "POST /v2/scan HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: \
             {length}\r\n\r\n{}",
            "x".repeat(length)
        )
    };
    let fits = exchange(&server, &request(1 << 20)).await;
    assert!(fits.starts_with("HTTP/1.1 401 "), "{fits}");
    // The server stops reading in the middle, so the connection may be reset under the answer.
    let mut stream = TcpStream::connect(server.addr()).await.unwrap();
    let (mut reader, mut writer) = stream.split();
    let oversized = request((1 << 20) + 1);
    let (_, read) = tokio::join!(writer.write_all(oversized.as_bytes()), async {
        let mut head = [0; 13];
        reader.read_exact(&mut head).await.map(|_| head)
    });
    assert_eq!(read.unwrap(), *b"HTTP/1.1 413 ");
}

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

#[tokio::test]
async fn it_listens_on_loopback_only() {
    let emulator = || Emulator::new(Timestamp::from_unix_ms(0));
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0"] {
        let error = Server::start(address.parse().unwrap(), emulator()).await.unwrap_err();
        assert!(error.to_string().contains("loopback"), "{error}");
    }
}
