//! Who gets in.

use shindan_emulator::{Emulator, Server};
use shindan_proto::Timestamp;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpStream, UdpSocket},
};

use crate::bytes::{exchange, get, server};

/// Own (safety): on every route a request with a foreign `Origin` is refused with 403, and one for a host that is
/// neither this machine nor a vendor's with 421.
#[tokio::test]
async fn web_pages_are_kept_out_on_every_route() {
    let server = server().await;
    for path in [
        "/",
        "/_emulator/ledger",
        "/_emulator/health",
        "/_emulator/events",
        "/api/v1/jobs",
        "/v2/crawl",
        "/x",
    ] {
        let page = get(&server, path, "Host: localhost\r\nOrigin: http://localhost:1\r\n").await;
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

/// Own (safety): both services answer to the vendors' own hosts, control calls and the page to names of this machine
/// alone.
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
        let control = if host.contains("ntruss") || host.contains("vaddy") { 421 } else { 200 };
        let answer = get(&server, "/_emulator/ledger", &format!("Host: {host}\r\n")).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {control} ")), "{host}: {answer}");
    }
}

/// Own (safety): what a browser says to come from another site is refused.
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

/// A request as a browser may be made to send it.
struct Case {
    method: &'static str,
    path: &'static str,
    host: String,
    origin: Option<String>,
    site: Option<&'static str>,
}

impl Case {
    /// What it gets if it does not get in.
    fn refusal(&self) -> Option<u16> {
        let name = self.host.trim_end_matches(|c: char| c == ':' || c.is_ascii_digit());
        let is_loopback =
            matches!(name, "localhost" | "[::1]") || self.host.starts_with("127.0.0.1:");
        let is_vendor = self.host == "api.vaddy.net";
        let is_control = self.path.starts_with("/_emulator/");
        let is_own = self.origin.as_ref().is_none_or(|origin| {
            is_control && is_loopback && *origin == format!("http://{}", self.host)
        });
        if !is_own || !matches!(self.site, None | Some("none" | "same-origin")) {
            Some(403)
        } else if is_loopback || is_vendor && !is_control {
            None
        } else {
            Some(421)
        }
    }

    async fn status(&self, server: &Server) -> u16 {
        let mut request = format!(
            "{} {} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/x-www-form-urlencoded\r\n",
            self.method, self.path, self.host
        );
        for (name, value) in [("Origin", self.origin.as_deref()), ("Sec-Fetch-Site", self.site)] {
            if let Some(value) = value {
                request.extend([name, ": ", value, "\r\n"]);
            }
        }
        let body = "action=start&user=emulator&auth_key=shindanemulatorkey&project_id=a";
        let request = format!("{request}Content-Length: {}\r\n\r\n{body}", body.len());
        let mut stream = TcpStream::connect(server.addr()).await.expect("the server listens");
        stream.write_all(request.as_bytes()).await.expect("the server reads");
        let mut head = [0; 12];
        stream.read_exact(&mut head).await.expect("the server answers");
        let digits = str::from_utf8(&head[9..]).expect("a status is ascii");
        digits.parse().expect("a status is a number")
    }
}

fn cases(port: u16) -> Vec<Case> {
    let own = format!("localhost:{port}");
    let hosts = [
        own.clone(),
        format!("127.0.0.1:{port}"),
        format!("[::1]:{port}"),
        "api.vaddy.net".to_owned(),
        format!("evil.example:{port}"),
        format!("localhost.evil.example:{port}"),
    ];
    let mut cases = Vec::new();
    for host in hosts {
        let mut origins = vec![None];
        origins.extend(
            [
                format!("http://{host}"),
                format!("https://{host}"),
                format!("http://{host}/"),
                format!("http://{}", host.split(':').next().unwrap_or_default()),
                format!("http://{own}"),
                "http://evil.example".to_owned(),
                "null".to_owned(),
                String::new(),
            ]
            .map(Some),
        );
        for origin in origins {
            for site in [None, Some("none"), Some("same-origin"), Some("cross-site")] {
                for path in [
                    "/",
                    "/_emulator/",
                    "/_emulator/clock",
                    "/_emulator/events",
                    "/_emulatorx",
                    "/v2/scan",
                ] {
                    for method in ["GET", "POST"] {
                        let (host, origin) = (host.clone(), origin.clone());
                        cases.push(Case { method, path, host, origin, site });
                    }
                }
            }
        }
    }
    cases
}

/// Own (safety): of all pages only the emulator's own gets in, for control calls.
#[tokio::test]
async fn a_page_gets_in_if_it_is_our_own() {
    let server = server().await;
    let cases = cases(server.addr().port());
    let (refused, let_in): (Vec<&Case>, Vec<&Case>) =
        cases.iter().partition(|case| case.refusal().is_some());
    for case in refused {
        let Case { method, path, host, origin, site } = case;
        let status = case.status(&server).await;
        assert_eq!(Some(status), case.refusal(), "{method} {path} {host} {origin:?} {site:?}");
    }
    assert_eq!(
        server.with(|emulator| (emulator.last_request(), emulator.ledger().billed())),
        (0, 0)
    );
    let own = let_in.iter().filter(|case| case.origin.is_some()).count();
    assert!(own > 30, "{own}");
    for case in let_in {
        let Case { method, path, .. } = *case;
        let by_hand = Case { method, path, host: "localhost".to_owned(), origin: None, site: None };
        // A service has a 403 of its own.
        let (status, own) = (case.status(&server).await, by_hand.status(&server).await);
        assert!(![403, 421].contains(&status) || status == own, "{method} {path} {status}");
    }
    assert!(server.with(|emulator| emulator.ledger().billed()) > 0);
}

/// Own (safety): control calls and the page answer this machine alone, however exposed it is.
#[tokio::test]
async fn control_calls_of_other_machines_are_refused() {
    let Some(own) = own_address().await else {
        eprintln!("skipped: this machine has no address but loopback");
        return;
    };
    let emulator = Emulator::new(Timestamp::from_unix_ms(0));
    let server = Server::start_exposed("0.0.0.0:0".parse().unwrap(), emulator).await.unwrap();
    let port = server.addr().port();
    for (to, control) in [("127.0.0.1", 200), (&*own, 403)] {
        for (path, status) in [
            ("/", 200),
            ("/_emulator/", control),
            ("/_emulator/health", control),
            ("/_emulator/events", control),
        ] {
            let mut stream = TcpStream::connect((to, port)).await.unwrap();
            let request = format!("GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n");
            stream.write_all(request.as_bytes()).await.unwrap();
            let mut head = [0; 12];
            stream.read_exact(&mut head).await.unwrap();
            assert_eq!(head, *format!("HTTP/1.1 {status}").as_bytes(), "{to} {path}");
        }
    }
}

/// The one from which other machines would be reached; nothing is sent.
async fn own_address() -> Option<String> {
    let socket = UdpSocket::bind("0.0.0.0:0").await.ok()?;
    socket.connect("192.0.2.1:9").await.ok()?;
    let ip = socket.local_addr().ok()?.ip();
    (!ip.is_loopback() && !ip.is_unspecified()).then(|| ip.to_string())
}
