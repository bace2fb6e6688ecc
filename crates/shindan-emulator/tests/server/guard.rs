//! Who gets in.

use crate::bytes::{exchange, get, server};

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
async fn browsers_say_where_a_request_comes_from() {
    let server = server().await;
    for (site, status) in
        [("none", 200), ("same-origin", 200), ("cross-site", 403), ("same-site", 403), ("", 403)]
    {
        let headers = format!("Host: localhost\r\nSec-Fetch-Site: {site}\r\n");
        for path in ["/", "/_emulator/ledger"] {
            let answer = get(&server, path, &headers).await;
            assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{site}: {answer}");
            assert!(answer.contains("x-shindan-emulator: 1"), "{answer}");
        }
    }
}

#[tokio::test]
async fn only_http_1_0_may_leave_the_host_out() {
    let server = server().await;
    let hostless = exchange(&server, "GET / HTTP/1.0\r\n\r\n").await;
    assert!(hostless.starts_with("HTTP/1.0 200 "), "{hostless}");
    let elsewhere = exchange(&server, "GET / HTTP/1.0\r\nHost: evil.example\r\n\r\n").await;
    assert!(elsewhere.starts_with("HTTP/1.0 421 "), "{elsewhere}");
}
