//! Each usual mistake of those who sign, made on purpose, and what the log says about it.

use bytes::Bytes;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::{HeaderValue, Request};
use ncp_sign::{Credential, sign};
use sha2::Sha256;
use shindan_emulator::{Cause, Emulator, Lesson, keys};
use shindan_proto::Timestamp;

use crate::client::{START, base64, raw, sign as sign_rightly};

const LIST: &str = "/api/v1/jobs?limit=10&page=1";
const MS: u64 = 1_720_411_923_000;

/// A request with the three headers as a client has made them.
fn request(method: &str, target: &str, timestamp: &str, signature: &str) -> Request<Bytes> {
    let request = Request::builder()
        .method(method)
        .uri(target)
        .header("host", "wsc.apigw.ntruss.com")
        .header("x-ncp-apigw-timestamp", timestamp)
        .header("x-ncp-iam-access-key", keys::WSC_ACCESS_KEY)
        .header("x-ncp-apigw-signature-v2", signature);
    request.body(Bytes::new()).expect("it is a request")
}

fn signed(method: &str, text: &str, ms: u64) -> String {
    let credential = Credential::new(keys::WSC_ACCESS_KEY, keys::WSC_SECRET_KEY);
    let credential = credential.expect("the published keys are valid");
    sign(method, text, ms, &credential).as_str().to_owned()
}

/// For texts that no signer of ours would write.
fn mac(secret: &str, text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("any key will do");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

fn lesson(request: &Request<Bytes>) -> Lesson {
    let mut emulator = Emulator::new(START).with_log(true);
    let (status, body) = raw(&emulator.answer(START, request));
    assert_eq!(status, 401);
    assert!(body.starts_with(r#"{"error":{"errorCode":"200","message":"Authentication Failed""#));
    let logged = emulator.requests_since(0).next().expect("it was logged");
    *logged.lesson.clone().expect("a refused signature has a lesson")
}

fn expected(method: &str, target: &str) -> String {
    format!("{method} {target}\n{MS}\n{}", keys::WSC_ACCESS_KEY)
}

/// Another text was signed than the one of the request that is sent.
#[track_caller]
fn mistaken(sent: (&str, &str), of: (&str, &str, u64), cause: Cause) -> Lesson {
    let lesson = lesson(&request(sent.0, sent.1, &MS.to_string(), &signed(of.0, of.1, of.2)));
    assert_eq!(lesson.causes, [cause], "{lesson:?}");
    assert_eq!(lesson.expected, expected(sent.0, sent.1));
    let received = lesson.received.as_deref().expect("the mistake explains it");
    assert_eq!(received, format!("{} {}\n{}\n{}", of.0, of.1, of.2, keys::WSC_ACCESS_KEY));
    let differs_at = lesson.differs_at.expect("two texts");
    assert_eq!(lesson.expected[..differs_at], received[..differs_at]);
    assert_ne!(lesson.expected.as_bytes().get(differs_at), received.as_bytes().get(differs_at));
    lesson
}

#[test]
fn another_method() {
    let lesson = mistaken(("GET", LIST), ("get", LIST, MS), Cause::LowerCaseMethod);
    assert_eq!(lesson.differs_at, Some(0));
    mistaken(("PUT", "/api/v1/job"), ("POST", "/api/v1/job", MS), Cause::OtherMethod);
}

#[test]
fn another_query() {
    let path = "/api/v1/jobs";
    let left_out = mistaken(("GET", LIST), ("GET", path, MS), Cause::QueryLeftOut);
    assert_eq!(left_out.differs_at, Some("GET /api/v1/jobs".len()));
    let reordered = "/api/v1/jobs?page=1&limit=10";
    mistaken(("GET", LIST), ("GET", reordered, MS), Cause::QueryReordered);
    let (three, sorted) = ("/api/v1/jobs?limit=2&page=1&a=", "/api/v1/jobs?a=&limit=2&page=1");
    let order = lesson(&request("GET", three, &MS.to_string(), &signed("GET", sorted, MS)));
    assert_eq!(order.causes, [Cause::QueryReordered]);
    let asking = "/api/v1/jobs?";
    mistaken(("GET", path), ("GET", asking, MS), Cause::QuestionMark);
    mistaken(("GET", asking), ("GET", path, MS), Cause::QuestionMark);
}

#[test]
fn another_encoding() {
    for (sent, of) in [
        ("/api/v1/jobs?page=%ed%95%9c", "/api/v1/jobs?page=%ED%95%9C"),
        ("/api/v1/jobs?page=%ED%95%9C", "/api/v1/jobs?page=%ed%95%9c"),
        ("/api/v1/jobs?page=%ED%95%9C", "/api/v1/jobs?page=한"),
        ("/api/v1/jobs?page=a+b", "/api/v1/jobs?page=a%20b"),
        ("/api/v1/jobs?page=a%20b", "/api/v1/jobs?page=a+b"),
        ("/api/v1/jobs/1%202/report", "/api/v1/jobs/1 2/report"),
    ] {
        mistaken(("GET", sent), ("GET", of, MS), Cause::Reencoded);
    }
}

#[test]
fn another_path() {
    let whole = format!("https://wsc.apigw.ntruss.com{LIST}");
    mistaken(("GET", LIST), ("GET", &whole, MS), Cause::FullUrl);
    let host = format!("wsc.apigw.ntruss.com{LIST}");
    mistaken(("GET", LIST), ("GET", &host, MS), Cause::FullUrl);
    mistaken(("GET", LIST), ("GET", "/jobs?limit=10&page=1", MS), Cause::BasePathLeftOut);
    let sample = signed("GET", "/photos/puppy.jpg?query1=&query2", MS);
    assert_eq!(lesson(&request("GET", LIST, &MS.to_string(), &sample)).causes, [Cause::SamplePath]);
}

#[test]
fn another_time() {
    // The header has milliseconds, and seconds were signed.
    mistaken(("GET", LIST), ("GET", LIST, MS / 1_000), Cause::Seconds);
    // One clock was read for the header, and once more for the signature.
    for ms in [MS - 1, MS + 1, MS + 250] {
        mistaken(("GET", LIST), ("GET", LIST, ms), Cause::TimeTwice);
    }
    let apart = lesson(&request("GET", LIST, &MS.to_string(), &signed("GET", LIST, MS + 251)));
    assert_eq!(apart.causes, [Cause::Unexplained]);
    // Both are in seconds: the signature is right, and the time is in the year 1970.
    let seconds = MS / 1_000;
    let both = request("GET", LIST, &seconds.to_string(), &signed("GET", LIST, seconds));
    let both = lesson(&both);
    assert_eq!(both.causes, [Cause::Seconds]);
    assert_eq!(both.expected, expected("GET", LIST));
    assert_eq!(both.differs_at, Some(format!("GET {LIST}\n{seconds}").len()));

    for (off_by, words) in [(-301, "301 s behind"), (3_600, "3600 s ahead of")] {
        let at = START.plus_ms(off_by * 1_000);
        let mut request = Request::get(LIST).body(Bytes::new()).unwrap();
        sign_rightly(&mut request, at);
        let lesson = lesson(&request);
        assert_eq!(lesson.causes, [Cause::Stale(off_by)]);
        assert!(lesson.causes[0].hint().contains(words), "{}", lesson.causes[0]);
        assert_eq!((lesson.received, lesson.differs_at), (Some(lesson.expected), None));
    }
    for timestamp in ["2024-07-08T04:12:03Z", "1720411923.5", "+1720411923000", "01720411923000"] {
        let lesson = lesson(&request("GET", LIST, timestamp, &signed("GET", LIST, MS)));
        assert_eq!(lesson.causes, [Cause::Timestamp], "{timestamp}");
        assert!(lesson.expected.contains("\n<x-ncp-apigw-timestamp>\n"), "{}", lesson.expected);
    }
}

#[test]
fn another_secret() {
    let text = expected("GET", LIST);
    for secret in [format!("{}\n", keys::WSC_SECRET_KEY), keys::WSC_ACCESS_KEY.to_owned()] {
        let lesson = lesson(&request("GET", LIST, &MS.to_string(), &base64(&mac(&secret, &text))));
        assert_eq!(lesson.causes, [Cause::SecretKey]);
        assert_eq!((lesson.received, lesson.differs_at), (Some(lesson.expected), None));
    }
    let lesson = lesson(&request("GET", LIST, &MS.to_string(), &base64(&mac("other", &text))));
    assert_eq!((lesson.causes, lesson.received), (vec![Cause::Unexplained], None));
}

#[test]
fn a_body() {
    let body = r#"{"Headers":{"Cookie":"canary"}}"#;
    let text = expected("PUT", "/api/v1/job");
    let key = keys::WSC_SECRET_KEY;
    for (mac, received) in [
        (mac(key, body), "<body>".to_owned()),
        (mac(key, &format!("{text}\n{body}")), format!("{text}\n<body>")),
    ] {
        let mut request = request("PUT", "/api/v1/job", &MS.to_string(), &base64(&mac));
        *request.body_mut() = body.into();
        let lesson = lesson(&request);
        assert_eq!(lesson.causes, [Cause::Body]);
        assert_eq!(lesson.received, Some(received));
        assert!(!format!("{lesson:?}").contains("canary"));
    }
    let line_break = base64(&mac(key, &format!("{}\n", expected("GET", LIST))));
    let lesson = lesson(&request("GET", LIST, &MS.to_string(), &line_break));
    assert_eq!(lesson.causes, [Cause::LineBreak]);
    assert_eq!(lesson.differs_at, Some(lesson.expected.len()));
}

#[test]
fn another_form_of_the_signature() {
    let right = mac(keys::WSC_SECRET_KEY, &expected("GET", LIST));
    let hex = right.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    let url_safe = base64(&right).replace('+', "-").replace('/', "_");
    for signature in [&hex, &hex.to_uppercase(), url_safe.trim_end_matches('='), "no base64"] {
        let lesson = lesson(&request("GET", LIST, &MS.to_string(), signature));
        assert_eq!(lesson.causes, [Cause::Encoding], "{signature}");
    }
}

#[test]
fn two_mistakes_at_once() {
    let text = signed("get", "/api/v1/jobs", MS);
    let two = lesson(&request("GET", LIST, &MS.to_string(), &text));
    assert_eq!(two.causes, [Cause::LowerCaseMethod, Cause::QueryLeftOut]);
    let text = signed("get", "/api/v1/jobs", MS / 1_000);
    let three = lesson(&request("GET", LIST, &MS.to_string(), &text));
    assert_eq!(three.causes, [Cause::Unexplained]);
}

#[test]
fn headers() {
    let right = signed("GET", LIST, MS);
    for name in ["x-ncp-apigw-timestamp", "x-ncp-iam-access-key", "x-ncp-apigw-signature-v2"] {
        let mut request = request("GET", LIST, &MS.to_string(), &right);
        request.headers_mut().remove(name);
        assert_eq!(lesson(&request).causes, [Cause::MissingHeader], "{name}");
    }
    let mut old = request("GET", LIST, &MS.to_string(), &right);
    old.headers_mut().remove("x-ncp-apigw-signature-v2");
    old.headers_mut().insert("x-ncp-apigw-signature-v1", right.parse().unwrap());
    assert_eq!(lesson(&old).causes, [Cause::OldHeader]);
    let mut stranger = request("GET", LIST, &MS.to_string(), &right);
    stranger.headers_mut().insert("x-ncp-iam-access-key", HeaderValue::from_static("canary"));
    let stranger = lesson(&stranger);
    assert_eq!(stranger.causes, [Cause::UnknownAccessKey]);
    assert!(stranger.expected.ends_with("\n<x-ncp-iam-access-key>"), "{stranger:?}");
}

#[test]
fn a_right_signature_has_no_lesson() {
    let mut emulator = Emulator::new(START).with_log(true);
    let right = request("GET", LIST, &MS.to_string(), &signed("GET", LIST, MS));
    assert_eq!(emulator.answer(START, &right).status(), 200);
    let elsewhere = request("GET", "/x", &MS.to_string(), "no base64");
    assert_eq!(emulator.answer(Timestamp::from_unix_ms(0), &elsewhere).status(), 404);
    assert!(emulator.requests_since(0).all(|logged| logged.lesson.is_none()));
}

/// What the log adds never changes an answer.
#[test]
fn the_service_answers_the_same_with_and_without_a_log() {
    let mut plain = Emulator::new(START);
    let mut logging = Emulator::new(START).with_log(true);
    for signature in [signed("GET", LIST, MS), signed("get", LIST, MS), "x".to_owned()] {
        let request = request("GET", LIST, &MS.to_string(), &signature);
        let (one, other) = (plain.answer(START, &request), logging.answer(START, &request));
        assert_eq!((one.status(), one.headers()), (other.status(), other.headers()));
        assert_eq!(one.body(), other.body());
    }
}
