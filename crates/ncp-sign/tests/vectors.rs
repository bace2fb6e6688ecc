//! The vectors of `fixtures/sign`, none of whose signatures was made by this crate.
//!
//! Each stage is asserted before the next, so that a failure says which one is wrong.

#![expect(clippy::disallowed_methods, reason = "the vectors are files")]
#![expect(clippy::unwrap_used, reason = "a vector that cannot be read ends the test")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use http::Request;
use ncp_sign::{
    ACCESS_KEY_HEADER, Credential, Message, SIGNATURE_HEADER, TIMESTAMP_HEADER, Verdict, sign,
    sign_request, verify,
};

/// One folder of `fixtures/sign`.
struct Vector {
    name: String,
    method: String,
    path_and_query: String,
    timestamp_ms: u64,
    access_key: String,
    credential: Credential,
    message: String,
    signature: String,
}

impl Vector {
    fn read(folder: &Path) -> Self {
        let text = |file: &str| fs::read_to_string(folder.join(file)).unwrap();
        let request = text("request.txt");
        let (method, path_and_query) = request.strip_suffix('\n').unwrap().split_once(' ').unwrap();
        let context: BTreeMap<String, String> = text("context.toml")
            .lines()
            .map(|line| {
                let (key, value) = line.split_once(" = ").unwrap();
                (key.into(), value.strip_prefix('"').unwrap().strip_suffix('"').unwrap().into())
            })
            .collect();
        Self {
            name: folder.file_name().unwrap().to_str().unwrap().into(),
            method: method.into(),
            path_and_query: path_and_query.into(),
            timestamp_ms: context["timestamp_ms"].parse().unwrap(),
            access_key: context["access_key"].clone(),
            credential: Credential::new(&context["access_key"], &context["secret_key"]).unwrap(),
            message: text("message.txt"),
            signature: text("signature.txt").trim_end().into(),
        }
    }

    fn verify(&self, signature: &str, now_ms: u64) -> Verdict {
        let Self { method, path_and_query, timestamp_ms, credential, .. } = self;
        verify(method, path_and_query, *timestamp_ms, signature, now_ms, credential)
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/sign")
}

fn vectors() -> Vec<Vector> {
    let vectors: Vec<_> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .map(|path| Vector::read(&path))
        .collect();
    assert!(vectors.len() >= 50, "only {} vectors in fixtures/sign", vectors.len());
    vectors
}

#[test]
fn message_then_signature_then_verdict() {
    for vector in vectors() {
        let Vector { name, method, path_and_query, timestamp_ms, access_key, credential, .. } =
            &vector;
        let message = Message::new(method, path_and_query, *timestamp_ms, access_key);
        assert_eq!(message.to_string(), vector.message, "message of {name}");
        let signature = sign(method, path_and_query, *timestamp_ms, credential);
        assert_eq!(signature.as_str(), vector.signature, "signature of {name}");
        let verdict = vector.verify(&vector.signature, *timestamp_ms);
        assert_eq!(verdict, Verdict::Verified, "verdict on {name}");
    }
}

#[test]
fn a_request_is_signed_as_it_goes_on_the_wire() {
    for vector in vectors() {
        let mut request = Request::builder()
            .method(vector.method.as_str())
            .uri(format!("https://gateway.example{}", vector.path_and_query))
            .header(SIGNATURE_HEADER, "of an earlier attempt")
            .body(())
            .unwrap();
        sign_request(&mut request, vector.timestamp_ms, &vector.credential);
        let headers = request.headers();
        assert_eq!(headers.len(), 3, "{}", vector.name);
        assert_eq!(headers[SIGNATURE_HEADER], vector.signature, "{}", vector.name);
        assert_eq!(headers[ACCESS_KEY_HEADER], vector.access_key, "{}", vector.name);
        assert_eq!(headers[TIMESTAMP_HEADER], vector.timestamp_ms.to_string(), "{}", vector.name);
        for secret in [ACCESS_KEY_HEADER, SIGNATURE_HEADER] {
            assert!(headers[&secret].is_sensitive(), "{} shows its {secret}", vector.name);
        }
    }
}

/// HTTP sends `/?limit=10` and `/` for these, whatever the URI's text lacks.
#[test]
fn a_missing_slash_is_signed_as_it_is_sent() {
    let credential = Credential::new("AK", "SK").unwrap();
    for (uri, sent) in
        [("https://gateway.example?limit=10", "/?limit=10"), ("https://gateway.example", "/")]
    {
        let mut request = Request::get(uri).body(()).unwrap();
        sign_request(&mut request, 1, &credential);
        let signature = sign("GET", sent, 1, &credential);
        assert_eq!(request.headers()[SIGNATURE_HEADER], signature.as_str(), "{uri}");
    }
}

/// The signature of the first WSC request with a line break after its access key, made by openssl.
#[test]
fn a_line_break_after_the_message_is_refused() {
    let vector = Vector::read(&folder().join("wsc-get-jobs"));
    let verdict =
        vector.verify("CPAWh80Y3XoV2C34uUVSdOBBwQebx47ydgDEJBK/phU=", vector.timestamp_ms);
    assert_eq!(verdict, Verdict::BadSignature);
}
