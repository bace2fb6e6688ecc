//! Slow, huge and malformed requests are closed and counted, and disturb nobody.

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::bytes::{exchange, get, server};

/// Own (safety): a body has at most 1 MiB.
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
async fn what_is_not_http_is_closed_and_counted() {
    let server = server().await;
    let long = "x".repeat(300 << 10);
    let many = "X: y\r\n".repeat(101);
    for (nth, request) in [
        "\u{16}\u{3}\u{1}\0\u{5}hello\r\n\r\n".to_owned(),
        "GET / HTTP/9.9\r\nHost: localhost\r\n\r\n".to_owned(),
        "GET / HTTP/1.1\r\nHost localhost\r\n\r\n".to_owned(),
        format!("GET / HTTP/1.1\r\nHost: localhost\r\nX: {long}\r\n\r\n"),
        format!("GET /{long} HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        format!("GET / HTTP/1.1\r\nHost: localhost\r\n{many}\r\n"),
    ]
    .into_iter()
    .enumerate()
    {
        let mut stream = TcpStream::connect(server.addr()).await.unwrap();
        let mut answer = Vec::new();
        // The server may close before it has read everything, and so reset.
        let _ = stream.write_all(request.as_bytes()).await;
        let _ = stream.read_to_end(&mut answer).await;
        let answer = String::from_utf8_lossy(&answer);
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{nth}: {answer}");
        let healthy = get(&server, "/_emulator/health", "Host: localhost\r\n").await;
        assert!(healthy.starts_with("HTTP/1.1 200 "), "{nth}: {healthy}");
        assert_eq!(server.turned_away(), nth as u64 + 1);
    }
}

/// Own (safety): what is slow, too large or no HTTP is closed and counted, and disturbs nobody else.
#[tokio::test(start_paused = true)]
async fn what_is_too_slow_is_closed_and_counted() {
    let server = server().await;
    for (nth, begun) in
        ["GET / HTT", "POST /v2/scan HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nact"]
            .into_iter()
            .enumerate()
    {
        // Paused time jumps to the limit as soon as everybody waits.
        let answer = exchange(&server, begun).await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408 "), "{answer}");
        assert_eq!(server.turned_away(), nth as u64 + 1);
    }
    let healthy = get(&server, "/_emulator/health", "Host: localhost\r\n").await;
    assert!(healthy.starts_with("HTTP/1.1 200 "), "{healthy}");
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_idles_is_closed_and_not_counted() {
    let server = server().await;
    for begun in ["", "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"] {
        let answer = exchange(&server, begun).await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 200 "), "{answer}");
        assert_eq!(server.turned_away(), 0);
    }
}

#[tokio::test]
async fn too_many_connections_are_closed_and_counted() {
    let server = server().await;
    let mut open = Vec::new();
    for _ in 0..256 {
        let mut stream = TcpStream::connect(server.addr()).await.unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
        let mut first = [0; 15];
        stream.read_exact(&mut first).await.unwrap();
        assert_eq!(first, *b"HTTP/1.1 200 OK");
        open.push(stream);
    }
    let mut surplus = TcpStream::connect(server.addr()).await.unwrap();
    let mut nothing = Vec::new();
    // Closed or reset, but never served.
    let _ = surplus.read_to_end(&mut nothing).await;
    assert!(nothing.is_empty());
    assert_eq!(server.turned_away(), 1);
    let first = &mut open[0];
    first
        .write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        .await
        .unwrap();
    let mut rest = String::new();
    first.read_to_string(&mut rest).await.unwrap();
    assert!(rest.contains("HTTP/1.1 200 OK"), "{rest}");
}
