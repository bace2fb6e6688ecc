//! The vendors' own clients, byte by byte: each folder below `fixtures/wire` is a conversation on a server of
//! its own, in the order of the names.

#![expect(clippy::disallowed_methods, reason = "fixtures are files")]

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use bytes::Bytes;
use http::Request;
use ncp_sign::{Credential, sign};
use shindan_emulator::{Server, keys};
use shindan_hyper::now;
use shindan_proto::{Authorize, Base, NcpKey, encode};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};
use wsc_model::CreateJob;

use crate::bytes::server;

/// Longer than any answer takes: a connection that is not closed ends a test with a message.
const PATIENCE: Duration = Duration::from_secs(20);

/// Observed (vaddy.clients, <https://github.com/vaddy/go-vaddy>): requests as go-vaddy 1.1.1 sends them
/// for a project of the first version get what it expects; they were reconstructed and not captured.
#[tokio::test]
async fn go_vaddy_v1() {
    replay("go-vaddy-v1", &server().await, 3).await;
}

/// Observed (vaddy.clients, <https://github.com/vaddy/go-vaddy>): requests as go-vaddy 1.1.1 sends them
/// for a project of the second version get what it expects; they were reconstructed and not captured.
#[tokio::test]
async fn go_vaddy_v2() {
    replay("go-vaddy-v2", &server().await, 6).await;
}

/// Observed (vaddy.clients, <https://github.com/vaddy/vaddy-api-ruby>): requests as vaddy-api-ruby sends
/// them get what it expects; they were reconstructed and not captured.
#[tokio::test]
async fn vaddy_api_ruby() {
    replay("vaddy-api-ruby", &server().await, 3).await;
}

/// Observed (vaddy.clients, <https://github.com/jenkinsci/vaddy-plugin>): requests as the plugin for
/// Jenkins sends them in HTTP/1.0 get what it expects; they were reconstructed and not captured.
#[tokio::test]
async fn jenkins() {
    replay("jenkins", &server().await, 4).await;
}

/// Observed (vaddy.clients, <https://github.com/higebu/vaddy-action>): requests as vaddy-action sends
/// them get what it expects; they were reconstructed and not captured.
#[tokio::test]
async fn vaddy_action() {
    replay("vaddy-action", &server().await, 4).await;
}

/// Observed (vaddy.clients, <https://github.com/saissei/vaddy-scanner>): requests as vaddy-scanner sends
/// them in JSON get what it expects; they were reconstructed and not captured.
#[tokio::test]
async fn vaddy_scanner() {
    replay("vaddy-scanner", &server().await, 2).await;
}

/// Observed (vaddy.clients, <https://github.com/vaddy/go-vaddy>): requests as the agent for private
/// networks sends them get what it expects; they were reconstructed and not captured.
#[tokio::test]
async fn privatenet() {
    replay("privatenet", &server().await, 6).await;
}

/// The vendor's sample finds a job that was registered in the console.
/// Documented (wsc.signature, <https://api.ncloud-docs.com/docs/en/security-websecuritychecker-getjobs>):
/// requests as the vendor's Python sample makes them are answered; they were reconstructed and not
/// captured.
#[tokio::test]
async fn ncp_python() {
    let server = server().await;
    let base: Base = "https://wsc.apigw.ntruss.com".parse().unwrap();
    let mut create: Request<Bytes> =
        encode(&base, &CreateJob::new("http://target-domain.com")).unwrap();
    let at = now().wall;
    NcpKey::new(credential()).authorize(&mut create, at);
    assert_eq!(server.with(|emulator| emulator.answer(at, &create)).status(), 200);
    replay("ncp-python", &server, 6).await;
    assert_eq!(server.with(|emulator| emulator.ledger().refused_signatures), 0);
}

async fn replay(client: &str, server: &Server, cases: usize) {
    let requests = requests_of(client);
    assert_eq!(requests.len(), cases);
    let (mut open, mut scan_id) = (None, String::new());
    for path in requests {
        let (seconds, request) = read(&path);
        server.with(|emulator| emulator.advance(Duration::from_secs(seconds)));
        let request = fill_in(&request, &scan_id);
        let mut stream = match open.take() {
            Some(stream) => stream,
            None => TcpStream::connect(server.addr()).await.expect("the server listens"),
        };
        stream.write_all(request.as_bytes()).await.expect("the server reads");
        let answer = timeout(PATIENCE, read_answer(&mut stream)).await.expect("an answer comes");
        assert_eq!(without_date(&answer), wanted(&path), "{}", path.display());
        if let Some((_, id)) = answer.split_once(r#"{"scan_id":""#) {
            scan_id = id.split('"').next().unwrap_or_default().to_owned();
        }
        if is_last(&request) {
            let mut rest = Vec::new();
            let end = timeout(PATIENCE, stream.read_to_end(&mut rest)).await;
            assert_eq!(end.expect("the server closes").expect("cleanly"), 0);
        } else {
            open = Some(stream);
        }
    }
}

fn requests_of(client: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/wire").join(client);
    let entries = fs::read_dir(folder).expect("the client has a folder");
    let paths = entries.map(|entry| entry.expect("it can be read").path());
    let mut requests: Vec<_> =
        paths.filter(|path| path.to_string_lossy().ends_with(".request.http")).collect();
    requests.sort();
    requests
}

/// By how many seconds time advances before a request, and the request with the line ends of the wire.
fn read(path: &Path) -> (u64, String) {
    let text = fs::read_to_string(path).expect("a fixture is text");
    let after = text.lines().find_map(|line| line.strip_prefix("# after: "));
    let after = after.map_or(0, |seconds| seconds.parse().expect("it is a number of seconds"));
    let (head, body) = text.split_once("\n\n").expect("a head ends");
    let head: Vec<&str> = head.lines().filter(|line| !line.starts_with('#')).collect();
    let body = body.strip_suffix('\n').unwrap_or(body);
    (after, format!("{}\r\n\r\n{body}", head.join("\r\n")))
}

/// The answer that stands beside a request, without its comment.
fn wanted(path: &Path) -> String {
    let path = path.to_string_lossy().replace(".request.", ".response.");
    let text = fs::read_to_string(path).expect("each request has an answer");
    let (_, answer) = text.split_once('\n').expect("the first line is a comment");
    answer.trim_end_matches('\n').to_owned()
}

/// Puts in what a client computes or was told.
fn fill_in(request: &str, scan_id: &str) -> String {
    let request = request.replace("{scan_id}", scan_id).replace("{instanceId}", "1234567890");
    let mut words = request.split(' ');
    let (Some(method), Some(uri)) = (words.next(), words.next()) else {
        panic!("no request: {request}")
    };
    let now_ms = now().wall.unix_ms().try_into().expect("it is after 1970");
    let signature = sign(method, uri, now_ms, &credential());
    request
        .replace("{timestamp}", &now_ms.to_string())
        .replace("{accessKey}", keys::WSC_ACCESS_KEY)
        .replace("{signature}", signature.as_str())
}

fn credential() -> Credential {
    Credential::new(keys::WSC_ACCESS_KEY, keys::WSC_SECRET_KEY)
        .expect("the published keys are valid")
}

/// Whether the server has to close after it: it is asked to, or the client is old, or waits for it.
fn is_last(request: &str) -> bool {
    let head = request.split("\r\n\r\n").next().unwrap_or_default();
    let line = head.lines().next().unwrap_or_default();
    let asks = head.contains("\r\nConnection: close");
    asks || line.ends_with("/1.0") || line.contains("/v1/privnet/")
}

async fn read_answer(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.expect("the head goes on"));
    }
    let head = String::from_utf8(head).expect("a head is ascii");
    assert!(!head.contains("transfer-encoding"), "{head}");
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    let length = length.expect("an answer has a length").parse().expect("it is a number");
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.expect("the body goes on");
    head + &String::from_utf8(body).expect("an answer is utf-8")
}

/// With the line ends of a fixture.
fn without_date(answer: &str) -> String {
    let lines = answer.split("\r\n").filter(|line| !line.starts_with("date: "));
    lines.collect::<Vec<_>>().join("\n").trim_end_matches('\n').to_owned()
}
