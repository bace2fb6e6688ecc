//! What is proved is what is sent, and what is secret stays out of the URL.

use bytes::Bytes;
use http::Request;
use ncp_sign::{
    ACCESS_KEY_HEADER, Credential, SIGNATURE_HEADER, TIMESTAMP_HEADER, Verdict, WINDOW_MS, verify,
};
use shindan_proto::{Authorize, KeyIn, NcpKey, Timestamp, VaddyKey, accept, encode};
use shindan_wire::{Endpoint, Visit};

use crate::generate::generate;

const AT_MS: u64 = 1_720_412_345_678;
const AT: Timestamp = Timestamp::from_unix_ms(1_720_412_345_678);
const VADDY_KEY: &str = "FAKEKEY0123456789";

fn credential() -> Credential {
    Credential::new("AKIDEXAMPLE", "SKEXAMPLE0123456789").expect("both keys are valid")
}

/// What the gateway makes of a request: it sees the request line and the headers.
fn gateway(request: &Request<Bytes>, now_ms: u64) -> Verdict {
    let header = |name| request.headers()[&name].to_str().expect("it is visible ascii");
    assert_eq!(header(ACCESS_KEY_HEADER), "AKIDEXAMPLE");
    let path_and_query = request.uri().path_and_query().expect("it has a path").as_str();
    let timestamp_ms = header(TIMESTAMP_HEADER).parse().expect("it is a number");
    let signature = header(SIGNATURE_HEADER);
    verify(
        request.method().as_str(),
        path_and_query,
        timestamp_ms,
        signature,
        now_ms,
        &credential(),
    )
}

fn requests<E: Endpoint>() -> impl Iterator<Item = (E, Request<Bytes>)> {
    ["https://example.com", "https://example.com:8443/a%20b/c"].into_iter().flat_map(|base| {
        let base = base.parse().expect("it is a url");
        (0..64).map(move |seed| {
            let operation: E = generate(seed);
            let request = encode(&base, &operation).expect("it is canonical");
            (operation, request)
        })
    })
}

#[test]
fn what_is_signed_is_what_is_sent() {
    struct Law;
    impl Visit for Law {
        fn endpoint<E: Endpoint>(&mut self) {
            for (_, plain) in requests::<E>() {
                let mut signed = plain.clone();
                NcpKey::new(credential()).authorize(&mut signed, AT);
                assert_eq!(gateway(&signed, AT_MS), Verdict::Verified, "{}", E::NAME);
                assert_eq!(gateway(&signed, AT_MS + WINDOW_MS), Verdict::Verified);
                let off_by_ms = -300_001;
                assert_eq!(gateway(&signed, AT_MS + WINDOW_MS + 1), Verdict::Stale { off_by_ms });

                // Nothing but headers was added.
                assert_eq!((signed.uri(), signed.body()), (plain.uri(), plain.body()));
                for (name, value) in plain.headers() {
                    assert_eq!(signed.headers().get(name), Some(value));
                }
                assert_eq!(signed.headers().len(), plain.headers().len() + 3);
                for name in [ACCESS_KEY_HEADER, SIGNATURE_HEADER] {
                    assert!(signed.headers()[&name].is_sensitive(), "{name}");
                }

                // Another path is not proved.
                let other = format!("{}0", signed.uri());
                *signed.uri_mut() = other.parse().expect("one more digit is a uri");
                assert_eq!(gateway(&signed, AT_MS), Verdict::BadSignature, "{other}");
            }
        }
    }
    wsc_model::each(&mut Law);
}

/// The body is not signed, so a signature is a secret until it is stale.
#[test]
fn a_signature_proves_any_body() {
    struct Law;
    impl Visit for Law {
        fn endpoint<E: Endpoint>(&mut self) {
            for (_, mut request) in requests::<E>() {
                NcpKey::new(credential()).authorize(&mut request, AT);
                *request.body_mut() = Bytes::from_static(b"something else");
                assert_eq!(gateway(&request, AT_MS), Verdict::Verified, "{}", E::NAME);
            }
        }
    }
    wsc_model::each(&mut Law);
}

#[test]
fn vaddys_key_is_appended_and_in_no_url_unless_asked_for() {
    struct Law;
    impl Visit for Law {
        fn endpoint<E: Endpoint>(&mut self) {
            let key = VaddyKey::new("a user&scan_id=1", VADDY_KEY).expect("both are valid");
            for (operation, plain) in requests::<E>() {
                let (uri, body) = (plain.uri().to_string(), plain.body().clone());
                for key_in in [KeyIn::Header, KeyIn::Parameter] {
                    let mut request = plain.clone();
                    key.clone().with_key_in(key_in).authorize(&mut request, AT);
                    assert!(request.uri().to_string().starts_with(&uri), "{}", E::NAME);
                    assert!(request.body().starts_with(&body), "{}", E::NAME);
                    if request.uri().path() == E::PATH {
                        assert_eq!(accept::<E>(&request), Some(Ok(operation.clone())));
                    }

                    let sent =
                        format!("{}\n{}", request.uri(), String::from_utf8_lossy(request.body()));
                    assert!(sent.contains("user=a+user%26scan_id%3D1"), "{sent}");
                    let header = request.headers().get("x-api-key");
                    match key_in {
                        KeyIn::Header => {
                            assert!(!sent.contains(VADDY_KEY), "{sent}");
                            let header = header.expect("the key is there");
                            assert!(header == VADDY_KEY && header.is_sensitive());
                        }
                        KeyIn::Parameter => {
                            assert_eq!(sent.matches(VADDY_KEY).count(), 1, "{sent}");
                            assert_eq!(header, None);
                        }
                    }
                }
            }
        }
    }
    vaddy_model::each(&mut Law);
}
