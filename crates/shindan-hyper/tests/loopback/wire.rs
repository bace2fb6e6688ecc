//! What arrives is what was signed.

use ncp_sign::{Credential, Verdict, verify};
use proptest::{
    prelude::{Strategy as _, any},
    test_runner::{Config, TestRunner},
};
use serde::{Deserialize, Serialize};
use shindan_hyper::{Executor, now};
use shindan_proto::{Base, NcpKey, RetryPolicy, Step, Target};
use shindan_wire::{Args, Effect, Endpoint, Method};
use wsc_model::{Raw, Reply, Wsc};

use crate::peer::{Peer, header};

const ANSWER: &str =
    "HTTP/1.1 200 OK\r\ncontent-length: 35\r\n\r\n{\"returnCode\":\"0\",\"resources\":null}";

/// WSC signs path and query, so both are as strange as they can be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Strange {
    segment: String,
    first: String,
    second: String,
}

impl Endpoint for Strange {
    type Api = Wsc;
    type Response = Reply<Option<Raw>>;
    const NAME: &'static str = "strange";
    const METHOD: Method = Method::Patch;
    const PATH: &'static str = "/api/{segment}/strange";
    const ARGS: Args = Args::Query;
    const FIXED: &'static [(&'static str, &'static str)] = &[("fixed", "a+b c%"), ("empty", "")];
    const EFFECT: Effect = Effect::Read;
    const DOCS: &'static str = "";
}

/// Sends an operation and gives back the head that arrived.
async fn arrived(executor: &Executor, peer: &Peer, base: Base, operation: &Strange) -> String {
    let credential = Credential::new("access", "secret").expect("the keys are well-formed");
    let once = RetryPolicy { read_attempts: 1, ..RetryPolicy::default() };
    let target = Target::new(base, NcpKey::new(credential.clone())).with_policy(once);
    let step = target.call(now(), operation);
    let Step::Send(sending) = &step else { panic!("{step:?}") };
    let signed = sending.request.uri().path_and_query().expect("it has a path").to_string();
    executor.run(step, |_| {}).await.expect("the peer answers");

    let request = peer.requests().pop().expect("it has arrived");
    let head = String::from_utf8(request).expect("a head is ascii");
    let mut line = head.lines().next().expect("there is a request line").split(' ');
    let (method, path_and_query) = (line.next(), line.next());
    assert_eq!((method, path_and_query), (Some("PATCH"), Some(signed.as_str())));
    assert_eq!(line.next(), Some("HTTP/1.1"));
    let header = |name| header(&head, name).expect("it is signed");
    let time = header("x-ncp-apigw-timestamp").parse().expect("it is a number");
    let signature = header("x-ncp-apigw-signature-v2");
    assert_eq!(header("x-ncp-iam-access-key"), "access");
    assert_eq!(verify("PATCH", &signed, time, signature, time, &credential), Verdict::Verified);
    head
}

#[tokio::test]
async fn the_head_is_plain() {
    let peer = Peer::answering(ANSWER).await;
    let operation = Strange {
        segment: "診 断".into(),
        first: "1+1=2 50% &=?#/ 診断".into(),
        second: "&".into(),
    };
    let base = format!("{}/gateway", peer.base()).parse().unwrap();
    let head = arrived(&Executor::new(), &peer, base, &operation).await;
    let path = "/gateway/api/%E8%A8%BA%20%E6%96%AD/strange";
    let query = "fixed=a%2Bb+c%25&empty=&first=1%2B1%3D2+50%25+%26%3D%3F%23%2F+%E8%A8%BA%E6%96%AD&second=%26";
    assert!(head.starts_with(&format!("PATCH {path}?{query} HTTP/1.1\r\n")), "{head}");
    assert_eq!(header(&head, "host"), Some(peer.authority()));
    assert_eq!(header(&head, "accept-encoding"), Some("identity"));
    let agent = format!("shindan/{}", env!("CARGO_PKG_VERSION"));
    assert_eq!(header(&head, "user-agent"), Some(agent.as_str()));
}

#[test]
fn whatever_is_signed_is_sent() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let peer = runtime.block_on(Peer::answering(ANSWER));
    let executor = Executor::new();
    // Control characters, empty arguments and dot segments are refused before anything is signed.
    let text = || proptest::string::string_regex("\\PC{1,24}").unwrap();
    let segment = text().prop_filter("another resource", |s| !matches!(s.as_str(), "." | ".."));
    let strange = (segment, text(), text(), any::<bool>());
    TestRunner::new(Config::with_cases(200))
        .run(&strange, |(segment, first, second, prefixed)| {
            let operation = Strange { segment, first, second };
            let prefix = if prefixed { "/prefix" } else { "" };
            let base = format!("{}{prefix}", peer.base()).parse().unwrap();
            runtime.block_on(arrived(&executor, &peer, base, &operation));
            Ok(())
        })
        .unwrap();
    assert_eq!(peer.connections(), 1);
}
