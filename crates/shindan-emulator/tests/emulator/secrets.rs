//! No key, no signature and no credential in anything that the emulator shows of its clients.

use bytes::Bytes;
use http::{HeaderValue, Request};
use shindan_emulator::{Emulator, keys};
use shindan_proto::{Authorize, KeyIn};
use shindan_wire::Secret;
use vaddy_model::{Vaddy, v2};
use wsc_model::{CreateJob, GetJobs};

use crate::client::{Client, Keyed, START, authorized, encoded};

const CANARY: &str = "canary7731";

fn request(method: &str, target: &str, body: &str) -> Request<Bytes> {
    let request = Request::builder().method(method).uri(target);
    request.body(Bytes::from(body.to_owned())).expect("it is a request")
}

fn provoke(client: &mut Client) -> Vec<String> {
    // With the right keys, in every place that a service knows.
    let mut create = CreateJob::new(&format!("https://{CANARY}:{CANARY}@site/?token={CANARY}"));
    create.headers.insert("Cookie".to_owned(), Secret::new(CANARY.to_owned()));
    create.memo = Some(CANARY.to_owned());
    let right = authorized(&create, START);
    client.send(&right);
    let mut in_parameter = encoded(&v2::StartScan::new("p"));
    let vaddy = Vaddy::key().with_key_in(KeyIn::Parameter);
    vaddy.authorize(&mut in_parameter, START);
    client.send(&in_parameter);
    let mut in_query = encoded(&v2::CheckRunning::new("p"));
    vaddy.authorize(&mut in_query, START);
    client.send(&in_query);

    // With wrong ones, and in wrong places.
    let signature = right.headers()["x-ncp-apigw-signature-v2"].clone();
    let mut other = authorized(&GetJobs::new(10, 1), START);
    other.headers_mut().insert("x-ncp-apigw-signature-v2", signature.clone());
    client.send(&other);
    *other.uri_mut() = format!("/api/v1/jobs?limit=1&secret={CANARY}").parse().expect("a uri");
    other.headers_mut().insert("x-ncp-iam-access-key", HeaderValue::from_static(CANARY));
    client.send(&other);
    for target in [
        format!("/v2/crawl?project_id=p&user={CANARY}&auth_key={CANARY}"),
        format!("/v2/crawl?project_id=p&AUTH_KEY={CANARY}&{CANARY}"),
        format!("/v2/crawl?project_id=p&auth%5Fkey={CANARY}"),
        format!("/v1/scan/result?fqdn=a&verification_code={CANARY}"),
        format!("/v2/crawl&auth_key={CANARY}"),
        format!("/v2/crawl%3fauth_key%3D{CANARY}?x=1"),
        format!("/api/v1/job?Headers={CANARY}&Memo={CANARY}"),
    ] {
        client.send(&request("GET", &target, ""));
    }
    let body = format!(
        r#"{{"action":"start","user":"{CANARY}","auth_key":"{CANARY}","more":"{CANARY}"}}"#
    );
    client.send(&request("POST", "/v2/scan", &body));
    client.send(&request("POST", "/v2/scan", &format!("action=start&user={CANARY}&key={CANARY}")));
    let mut header = request("GET", "/v2/crawl?project_id=p", "");
    header.headers_mut().insert("x-api-key", HeaderValue::from_static(CANARY));
    client.send(&header);

    let credential =
        ncp_sign::Credential::new(keys::WSC_ACCESS_KEY, keys::WSC_SECRET_KEY).expect("published");
    let list = "/api/v1/jobs?limit=10&page=1";
    let right_one = ncp_sign::sign("GET", list, 1_720_411_923_000, &credential);
    [
        CANARY,
        keys::WSC_SECRET_KEY,
        keys::VADDY_KEY,
        signature.to_str().expect("it is ascii"),
        right_one.as_str(),
    ]
    .map(str::to_owned)
    .to_vec()
}

/// Own (safety): no view of it shows a key, a signature, a cookie or a login.
#[test]
fn nothing_that_is_shown_has_a_secret() {
    let mut client = Client::of(Emulator::new(START).with_log(true));
    let fault = r#"[{"operation":"vaddy.v2.checkRunning","every":2,"status":500}]"#;
    client.send(&request("PUT", "/_emulator/faults", fault));
    let secrets = provoke(&mut client);
    client.send(&request("PUT", "/_emulator/snapshot/a", ""));
    for name in [
        "health",
        "operations",
        "clock",
        "scenarios",
        "faults",
        "requests",
        "near-misses",
        "unread-fields",
        "ledger",
        "snapshot",
        "snapshot/a",
        "state",
    ] {
        let answer = client.send(&request("GET", &format!("/_emulator/{name}"), ""));
        assert_eq!(answer.status(), 200, "{name}");
        let text = String::from_utf8(answer.body().to_vec()).unwrap();
        for secret in &secrets {
            assert!(!text.contains(secret), "{name} shows {secret}: {text}");
        }
    }
    let logged: Vec<_> = client.emulator.requests_since(0).collect();
    let paths: Vec<&str> = logged.iter().map(|logged| &*logged.path).collect();
    assert!(paths.contains(&"/v2/crawl?project_id=p&user=***&auth_key=***"), "{paths:?}");
    assert!(paths.contains(&"/v2/crawl?project_id=p&AUTH_KEY=***&***"), "{paths:?}");
    assert!(paths.contains(&"/v2/crawl&auth_key=***"), "{paths:?}");
    assert!(paths.contains(&"/v2/crawl%3fauth_key=***?x=***"), "{paths:?}");
    // Strangers are told apart all the same.
    let account = |path: &str| {
        let of = logged.iter().find(|logged| logged.path.starts_with(path)).unwrap();
        of.account.clone().unwrap()
    };
    assert!(account("/v2/crawl?project_id=p&user").starts_with("other-"));
}

/// A message of `assert_billed`, which a test prints.
#[test]
fn the_bill_has_no_secret() {
    let mut client = Client::of(Emulator::new(START).with_log(true));
    let secrets = provoke(&mut client);
    let calls = format!("{:?}", client.emulator.start_calls().collect::<Vec<_>>());
    let log = format!("{:?}", client.emulator.requests_since(0).collect::<Vec<_>>());
    for secret in secrets {
        assert!(!calls.contains(&secret), "{secret}: {calls}");
        assert!(!log.contains(&secret), "{secret}: {log}");
    }
}
