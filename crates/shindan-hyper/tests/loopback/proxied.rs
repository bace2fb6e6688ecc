//! Through a proxy: what it is told, what it may answer, and what the target never sees.

use std::time::Duration;

use rustls::pki_types::CertificateDer;
use shindan_hyper::{Executor, Network, NoProxy, Proxy};
use shindan_proto::{Base, Error, Limits, Sent};
use tokio::{io::copy_bidirectional, net::TcpStream};

use crate::{
    peer::{Line, Peer, change, failure, header, read},
    tls::{old, params, server},
};

const SERVICE: &str = "service.example";
const CANARY: &str = "canary-7Jx2PqW9";
/// Base64 of `user:` and the canary.
const BASIC: &str = "Basic dXNlcjpjYW5hcnktN0p4MlBxVzk=";
const ESTABLISHED: &str = "HTTP/1.1 200 Connection established\r\n\r\n";

fn service() -> Base {
    format!("https://{SERVICE}").parse().expect("https is accepted")
}

/// A proxy whose every tunnel ends at this peer.
async fn proxy_to(target: &Peer) -> Peer {
    proxy_saying(ESTABLISHED, target).await
}

async fn proxy_saying(established: &'static str, target: &Peer) -> Peer {
    let target = target.authority().to_owned();
    Peer::playing(move |mut line| {
        let target = target.clone();
        async move {
            line.request().await;
            let mut origin = TcpStream::connect(target).await.expect("the peer listens");
            line.say(established).await;
            let _ = copy_bidirectional(&mut line.stream, &mut origin).await;
        }
    })
    .await
}

fn address(proxy: &Peer, credentials: &str) -> Proxy {
    format!("http://{credentials}{}", proxy.authority()).parse().expect("it is an address")
}

fn through(proxy: &Peer, credentials: &str, root: Option<CertificateDer<'static>>) -> Executor {
    let extra_roots = root.into_iter().collect();
    let proxy = Some(address(proxy, credentials));
    Executor::with_network(Network { proxy, extra_roots, ..Network::default() })
}

fn texts(peer: &Peer) -> Vec<String> {
    let requests = peer.requests().into_iter();
    requests.map(|request| String::from_utf8(request).expect("it is ascii")).collect()
}

#[tokio::test]
async fn reads_share_a_tunnel_and_changes_do_not() {
    let (origin, root) = server(params(SERVICE)).await;
    let proxy = proxy_to(&origin).await;
    let executor = through(&proxy, "", Some(root));
    for _ in 0..3 {
        read(&executor.clone(), service(), Limits::READ).await.unwrap();
    }
    assert_eq!((proxy.connections(), origin.requests().len()), (1, 3));
    for changes in 1..=3 {
        let _ = change(&executor, service()).await;
        assert_eq!((proxy.connections(), origin.requests().len()), (1 + changes, 3 + changes));
    }
    for told in texts(&proxy) {
        assert_eq!(
            told,
            "CONNECT service.example:443 HTTP/1.1\r\nhost: service.example:443\r\n\r\n"
        );
    }
}

#[tokio::test]
async fn heads_that_open_a_tunnel() {
    let (origin, root) = server(params(SERVICE)).await;
    for established in [
        "HTTP/1.0 200 Connection established\r\n\r\n",
        "HTTP/1.1 200\r\n\r\n",
        "HTTP/1.1 201 Created\r\nproxy-agent: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 7\r\n\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
    ] {
        let proxy = proxy_saying(established, &origin).await;
        let outcome = read(&through(&proxy, "", Some(root.clone())), service(), Limits::READ).await;
        assert!(outcome.is_ok(), "{established}: {outcome:?}");
    }
}

#[tokio::test]
async fn only_the_proxy_gets_its_password() {
    let (origin, root) = server(params(SERVICE)).await;
    let [one, other] = [proxy_to(&origin).await, proxy_to(&origin).await];
    let executor = through(&one, &format!("user:{CANARY}@"), Some(root.clone()));
    read(&executor, service(), Limits::READ).await.unwrap();
    let _ = change(&executor, service()).await;
    read(&through(&other, "", Some(root)), service(), Limits::READ).await.unwrap();
    assert_eq!((texts(&one).len(), texts(&other).len(), texts(&origin).len()), (2, 1, 3));
    for told in texts(&one) {
        assert_eq!(header(&told, "proxy-authorization"), Some(BASIC));
    }
    for seen in texts(&origin).iter().chain(&texts(&other)) {
        assert!(!seen.to_ascii_lowercase().contains("proxy-") && !seen.contains(BASIC), "{seen}");
    }
    assert!(!format!("{executor:?}").contains("canary"));
}

/// The exchange was not made, it is known why, and a start counts as not sent.
async fn is_refused(executor: &Executor, proxy: &Peer, limits: Limits, why: &str) {
    let (sent, said) = failure(read(executor, service(), limits).await);
    assert_eq!((sent, said), (Sent::Never, why.replace("PROXY", proxy.authority())));
}

#[tokio::test]
async fn a_proxy_that_says_no() {
    for (credentials, answer, why) in [
        (
            "",
            "407 Authenticate",
            "the proxy PROXY refused to connect to service.example: it wants a user name and a password (status 407)",
        ),
        (
            "user:canary@",
            "407 Authenticate",
            "the proxy PROXY refused to connect to service.example: it does not accept the user name and the password (status 407)",
        ),
        (
            "user:canary@",
            "502 Bad Gateway",
            "the proxy PROXY refused to connect to service.example: it answered with status 502",
        ),
        (
            "",
            "302 Found",
            "the proxy PROXY refused to connect to service.example: it answered with status 302",
        ),
        (
            "",
            "101 Switching",
            "the proxy PROXY refused to connect to service.example: it answered with status 101",
        ),
    ] {
        // A body that would never end is not read.
        let answer = format!(
            "HTTP/1.1 {answer}\r\nlocation: https://evil.example\r\ncontent-length: 99999999\r\n\r\n<canary>"
        );
        let proxy = Peer::playing(move |mut line| {
            let answer = answer.clone();
            async move {
                while line.request().await {
                    line.say(&answer).await;
                }
            }
        })
        .await;
        let executor = through(&proxy, credentials, None);
        is_refused(&executor, &proxy, Limits::READ, why).await;
        let start = change(&executor, service()).await;
        assert!(matches!(start, Err(Error::Transport { .. })), "{start:?}");
        assert_eq!((proxy.connections(), proxy.requests().len()), (2, 2));
    }
}

async fn saying(answer: &'static str) -> Peer {
    Peer::playing(move |mut line| async move {
        line.request().await;
        line.say(answer).await;
        stall(line).await;
    })
    .await
}

/// Keeps the connection for as long as the other side does.
async fn stall(mut line: Line) {
    while line.request().await {}
}

#[tokio::test]
async fn a_proxy_that_hangs() {
    let mut limits = Limits::READ;
    limits.connect = Duration::from_millis(50);
    let why = "no connection to service.example through the proxy PROXY within 50ms";
    for answer in ["", "HTTP/1.1 200 OK\r\nx: y", "HTTP/1.1 100 Continue\r\n\r\n", ESTABLISHED] {
        let proxy = saying(answer).await;
        is_refused(&through(&proxy, "", None), &proxy, limits, why).await;
    }
}

#[tokio::test]
async fn a_proxy_that_answers_too_much() {
    let why = "the proxy failed: the answer of PROXY is not http/1.1 with a head of at most 65536 bytes and 100 headers: \
               message head is too large";
    let one_header = |mut line: Line| async move {
        line.request().await;
        line.say("HTTP/1.1 200 OK\r\nx: ").await;
        // A mebibyte, if anybody took it.
        for _ in 0..32_768 {
            line.say("yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy").await;
        }
    };
    let many_headers = |mut line: Line| async move {
        line.request().await;
        line.say(format!("HTTP/1.1 200 OK\r\n{}\r\n", "x: y\r\n".repeat(101))).await;
        stall(line).await;
    };
    for proxy in [Peer::playing(one_header).await, Peer::playing(many_headers).await] {
        is_refused(&through(&proxy, "", None), &proxy, Limits::READ, why).await;
    }
    let proxy = saying("HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\n").await;
    let why = "the proxy PROXY sent something that nobody asked for";
    is_refused(&through(&proxy, "", None), &proxy, Limits::READ, why).await;
}

#[tokio::test]
async fn a_proxy_that_closes() {
    for (answer, why) in [
        ("", "the proxy failed: PROXY closed the connection before its answer was complete"),
        (
            "HTTP/1.1 200 OK\r\nx",
            "the proxy failed: PROXY closed the connection before its answer was complete",
        ),
        (
            ESTABLISHED,
            "no connection to service.example through the proxy PROXY: tls handshake eof",
        ),
    ] {
        let proxy = Peer::answering_once(answer).await;
        let executor = through(&proxy, "", None);
        is_refused(&executor, &proxy, Limits::READ, why).await;
        let start = change(&executor, service()).await;
        assert!(matches!(start, Err(Error::Transport { .. })), "{start:?}");
        assert_eq!(proxy.connections(), 2);
    }
}

#[tokio::test]
async fn a_proxy_that_is_not_there() {
    let proxy = saying("").await;
    let mut network = Network::default();
    for (address, why) in [
        ("127.0.0.1:1", "the proxy cannot be reached: nobody listens at 127.0.0.1:1"),
        (
            "nonexistent.invalid:80",
            "the proxy cannot be reached: the name nonexistent.invalid was not found",
        ),
    ] {
        network.proxy = Some(format!("http://user:{CANARY}@{address}").parse().unwrap());
        let executor = Executor::with_network(network.clone());
        is_refused(&executor, &proxy, Limits::READ, why).await;
    }
}

/// The start went into the tunnel: nobody knows, and nobody sends it again.
#[tokio::test]
async fn a_tunnel_that_breaks_after_the_start() {
    let (origin, root) = server(params(SERVICE)).await;
    let target = origin.authority().to_owned();
    let proxy = Peer::playing(move |mut line| {
        let target = target.clone();
        async move {
            line.request().await;
            let mut origin = TcpStream::connect(target).await.expect("the peer listens");
            line.say(ESTABLISHED).await;
            let (mut from, _) = line.stream.split();
            let (_, mut to) = origin.split();
            // Nothing comes back, not even the handshake's second half.
            let _ = tokio::io::copy(&mut from, &mut to).await;
        }
    })
    .await;
    let mut limits = Limits::READ;
    limits.connect = Duration::from_millis(50);
    let executor = through(&proxy, "", Some(root.clone()));
    let why = "no connection to service.example through the proxy PROXY within 50ms";
    is_refused(&executor, &proxy, limits, why).await;
    assert_eq!(origin.requests().len(), 0);

    let (mute, root) = crate::tls::answering(params(SERVICE), "").await;
    let proxy = proxy_to(&mute).await;
    let start = change(&through(&proxy, "", Some(root)), service()).await;
    assert!(matches!(start, Err(Error::Ambiguous(_))), "{start:?}");
    assert_eq!((proxy.connections(), mute.requests().len()), (1, 1));
}

#[tokio::test]
async fn certificates_count_as_without_a_proxy() {
    for (params, trusted, reason) in [
        (params(SERVICE), false, "its issuer is unknown"),
        (params("other.example"), true, "it is for another name"),
        (old(params(SERVICE)), true, "it has expired"),
    ] {
        let (origin, root) = server(params).await;
        let proxy = proxy_to(&origin).await;
        let executor = through(&proxy, "", trusted.then_some(root));
        let why = format!("the certificate of service.example is not trusted: {reason}");
        is_refused(&executor, &proxy, Limits::READ, &why).await;
        assert_eq!((proxy.connections(), origin.requests().len()), (1, 0));
    }
}

#[tokio::test]
async fn what_is_near_or_listed_is_reached_directly() {
    let proxy = saying("").await;
    let proxied = |no_proxy: &str| {
        let (no_proxy, never) = NoProxy::parse(no_proxy);
        assert_eq!(never, []);
        let proxy = Some(address(&proxy, ""));
        Network { proxy, no_proxy, ..Network::default() }
    };
    let (origin, root) = server(params("localhost")).await;
    let mut network = proxied("");
    network.extra_roots = vec![root];
    let port = origin.authority().rsplit(':').next().expect("it has a port");
    let base = format!("https://localhost:{port}").parse().expect("https is accepted");
    read(&Executor::with_network(network), base, Limits::READ).await.unwrap();

    let executor = Executor::with_network(proxied("invalid:443"));
    let outcome = read(&executor, "https://a.invalid".parse().unwrap(), Limits::READ).await;
    assert_eq!(failure(outcome), (Sent::Never, "the name a.invalid was not found".to_owned()));
    assert_eq!(proxy.connections(), 0);

    let network = proxied("invalid:443");
    for (uri, direct) in [
        ("https://127.0.0.1:1/", true),
        ("https://127.9.9.9/", true),
        ("https://[::1]/", true),
        ("https://LOCALHOST/", true),
        ("https://a.invalid/", true),
        ("https://a.invalid:8443/", false),
        ("https://127.0.0.1.example/", false),
        ("https://[::2]/", false),
    ] {
        assert_eq!(network.proxy_for(&uri.parse().unwrap()).is_none(), direct, "{uri}");
    }
}
