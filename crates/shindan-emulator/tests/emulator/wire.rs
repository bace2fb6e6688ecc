//! What clients send besides the documented form, and keys that are not the published ones.

use bytes::Bytes;
use http::{Request, Response};
use ncp_sign::Credential;
use shindan_emulator::{Emulator, keys};
use shindan_proto::{Authorize, NcpKey, VaddyKey};
use vaddy_model::v2;
use wsc_model::{CreateJob, GetJobs};

use crate::client::{Client, START, authorized, encoded, raw};

fn post(path: &str, content_type: &str, body: &'static str) -> Request<Bytes> {
    let request = Request::post(path).header("content-type", content_type);
    request.body(Bytes::from_static(body.as_bytes())).expect("the request is well-formed")
}

fn get(path_and_query: &str) -> Request<Bytes> {
    Request::get(path_and_query).body(Bytes::new()).expect("the request is well-formed")
}

const WHO: &str = "user=emulator&auth_key=shindanemulatorkey";

/// Observed (vaddy.v2.startScan, <https://github.com/saissei/vaddy-scanner>): a POST may be JSON in place
/// of a form.
#[test]
fn json_is_as_good_as_a_form() {
    for content_type in ["application/json", "application/json;charset=utf-8"] {
        let mut client = Client::new();
        let crawl = client.ask(&v2::SearchCrawls::new("a")).unwrap().items.remove(0);
        assert_eq!(crawl.id, 72_500);
        let body = r#"{"action":"start","user":"emulator","auth_key":"shindanemulatorkey","project_id":"a","crawl_id":72500,"scan_type":null,"fqdn":"","extra":true}"#;
        let answer = client.send(&post("/v2/scan", content_type, body));
        assert_eq!(answer.status(), 200);
        assert_eq!(client.emulator.ledger().vaddy_started, 1);
    }
}

#[test]
fn json_that_is_no_form_starts_nothing() {
    let mut client = Client::new();
    for body in [
        "",
        "[]",
        "{",
        r#"{"action":"start","user":"emulator","auth_key":"other","project_id":"a"}"#,
        r#"{"action":"start","user":"emulator","auth_key":"shindanemulatorkey","project_id":["a"]}"#,
        "action=start&user=emulator&auth_key=shindanemulatorkey&project_id=a",
    ] {
        let answer = client.send(&post("/v2/scan", "application/json", body));
        let started = client.emulator.ledger().vaddy_started;
        // A form with the wrong content type is still a form.
        let is_form = u64::from(body.starts_with("action"));
        assert_eq!((answer.status() == 200, started), (is_form == 1, is_form), "{body}");
    }
}

/// Documented (vaddy.v1.searchCrawls): a label is searched for, and the answer has the number of hits.
/// Observed (vaddy.v1.searchCrawls, <https://github.com/jenkinsci/vaddy-plugin>): an empty label stands
/// for all crawls.
#[test]
fn an_empty_label_means_all() {
    let mut client = Client::new();
    let path = format!("/v1/crawl?{WHO}&fqdn=a&search_label");
    for end in ["", "=", "=&page=&sort"] {
        let (status, body) = raw(&client.send(&get(&format!("{path}{end}"))));
        assert_eq!(status, 200);
        assert!(body.starts_with(r#"{"total":1,"#), "{body}");
    }
    let (_, body) = raw(&client.send(&get(&format!("{path}=nothing"))));
    assert!(body.starts_with(r#"{"total":0,"#), "{body}");
}

/// Assumed (vaddy.key): an empty `X-API-KEY` is as good as none.
#[test]
fn an_empty_header_counts_as_absent() {
    let ask = |query: &str| {
        let mut request = get(&format!("/v2/scan/runcheck?project_id=a&{query}"));
        request.headers_mut().insert("x-api-key", "".parse().unwrap());
        Client::new().send(&request).status().as_u16()
    };
    assert_eq!(ask(WHO), 200);
    assert_eq!(ask("user=emulator"), 401);
}

fn is_closed(answer: &Response<Bytes>) -> bool {
    answer.headers().get("connection").is_some_and(|value| value == "close")
}

/// Observed (vaddy.clients, <https://github.com/vaddy/go-vaddy>): `POST /v1/privnet/sshkey` takes a key,
/// `GET /v1/privnet/port` names a port that stays, `GET /v1/privnet/ping` says `ok` in the end; the
/// connection is closed each time, because the agent reads to its end.
/// Assumed (vaddy.clients): a ping is `ok` as soon as there is a key, and `ng` before.
#[test]
fn a_tunnel_has_a_port_of_its_own_and_a_ping_after_its_key() {
    let mut client = Client::new();
    let mut ask = |path: &str, more: &str| {
        let path = format!("/v1/privnet/{path}?{WHO}{more}");
        let answer = client.send(&get(&path));
        assert!(is_closed(&answer), "{path}");
        raw(&answer)
    };
    let of_a = ask("port", "&fqdn=a");
    assert!(of_a.1.starts_with(r#"{"port":"#), "{of_a:?}");
    assert_eq!(ask("port", "&fqdn=a"), of_a);
    assert_ne!(ask("port", "&fqdn=b"), of_a);
    assert_eq!(ask("ping", "&fqdn=a").1, r#"{"status":"ng"}"#);
    assert_eq!(ask("port", "&fqdn=").1, r#"{"error_message":"invalid parameter"}"#);
    assert_eq!(ask("port", "&fqdn=unknown-1").1, r#"{"error_message":"project not found"}"#);
    assert_eq!(ask("sshkey", "&fqdn=a&sshkey=ssh-rsa+FAKE").0, 404);
    assert_eq!(ask("other", "&fqdn=a").0, 404);

    let keyless = post("/v1/privnet/sshkey", "application/x-www-form-urlencoded", "fqdn=a&sshkey=");
    assert_eq!(client.send(&keyless).status(), 401);
    let form = "user=emulator&auth_key=shindanemulatorkey&fqdn=a&sshkey=ssh-rsa+FAKE";
    let answer =
        client.send(&post("/v1/privnet/sshkey", "application/x-www-form-urlencoded", form));
    assert_eq!(raw(&answer), (200, r#"{"status":"ok"}"#.to_owned()));
    assert!(is_closed(&answer));
    let ping = |fqdn| get(&format!("/v1/privnet/ping?{WHO}&fqdn={fqdn}"));
    assert_eq!(raw(&client.send(&ping("a"))).1, r#"{"status":"ok"}"#);
    assert_eq!(raw(&client.send(&ping("b"))).1, r#"{"status":"ng"}"#);
    client.emulator.reset(START);
    assert_eq!(raw(&client.send(&ping("a"))).1, r#"{"status":"ng"}"#);
}

fn signed(access_key: &str, secret_key: &str) -> Request<Bytes> {
    let mut request = encoded(&GetJobs::new(10, 1));
    let credential = Credential::new(access_key, secret_key).expect("the keys are well-formed");
    NcpKey::new(credential).authorize(&mut request, START);
    request
}

fn asked_by(user: &str, key: &str) -> Request<Bytes> {
    let mut request = encoded(&v2::CheckRunning::new("a"));
    let key = VaddyKey::new(user, key).expect("the key is well-formed");
    key.authorize(&mut request, START);
    request
}

/// Own (safety): only the published keys are accepted, unless any key is to do; a strange key is neither
/// kept nor logged.
#[test]
fn any_key_will_do_if_that_is_wanted() {
    let mut strict = Client::new();
    let mut open = Client::of(Emulator::builder().any_key().build(START));
    for request in [signed("AKFAKE", "SKFAKE"), asked_by("alice", "FAKE")] {
        assert_eq!(strict.send(&request).status(), 401);
        assert_eq!(open.send(&request).status(), 200);
    }
    // Neither the published key without its signature, nor no key at all.
    let forged = signed(keys::WSC_ACCESS_KEY, "SKFAKE");
    for request in [forged, encoded(&GetJobs::new(10, 1)), encoded(&v2::CheckRunning::new("a"))] {
        assert_eq!(open.send(&request).status(), 401, "{}", request.uri());
    }
    let request = authorized(&CreateJob::new("http://your-domain"), START);
    assert_eq!(open.send(&request).status(), 200);
    assert_eq!(open.emulator.ledger().wsc_created, 1);
    let kept = format!("{:?}", open.emulator);
    assert!(!kept.contains("FAKE") && !kept.contains("alice"));
}
