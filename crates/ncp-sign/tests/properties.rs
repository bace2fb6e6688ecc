//! What holds for every request, and not only for the vectors.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use ncp_sign::{Credential, CredentialError, Message, Verdict, WINDOW_MS, sign, verify};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use sha2::Sha256;

/// A fixed seed: a red run is red again on every machine, so nothing has to be written down.
fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 64,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(300_000),
        ..ProptestConfig::default()
    }
}

/// All that a signature depends on.
#[derive(Clone, Debug)]
struct Signed {
    method: String,
    path_and_query: String,
    timestamp_ms: u64,
    access_key: String,
    secret_key: String,
}

impl Signed {
    fn credential(&self) -> Result<Credential, CredentialError> {
        Credential::new(&self.access_key, &self.secret_key)
    }

    fn signature(&self) -> String {
        let Self { method, path_and_query, timestamp_ms, .. } = self;
        let credential = self.credential().expect("the strategy makes valid keys");
        sign(method, path_and_query, *timestamp_ms, &credential).as_str().into()
    }

    /// `None` if no credential can be made, which refuses as well.
    fn verify(&self, signature: &str, now_ms: u64) -> Option<Verdict> {
        let Self { method, path_and_query, timestamp_ms, .. } = self;
        let credential = self.credential().ok()?;
        Some(verify(method, path_and_query, *timestamp_ms, signature, now_ms, &credential))
    }

    /// The same request with one thing changed.
    fn with(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut other = self.clone();
        change(&mut other);
        other
    }
}

fn any_signed() -> impl Strategy<Value = Signed> {
    let method = prop::sample::select(vec!["GET", "PUT", "POST", "PATCH", "DELETE"]);
    (method, "/[!-~가-힣]{0,80}", any::<u64>(), "[!-~]{1,24}", "\\PC{1,80}").prop_map(
        |(method, path_and_query, timestamp_ms, access_key, secret_key)| Signed {
            method: method.into(),
            path_and_query,
            timestamp_ms,
            access_key,
            secret_key,
        },
    )
}

/// Every text that differs from this one in one bit; bytes that are not UTF-8 reach no verifier.
fn one_bit_off(text: &str) -> impl Iterator<Item = String> {
    (0..text.len() * 8).filter_map(|bit| {
        let mut bytes = text.as_bytes().to_vec();
        bytes[bit / 8] ^= 1 << (bit % 8);
        String::from_utf8(bytes).ok()
    })
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn what_is_signed_verifies(signed in any_signed()) {
        let verdict = signed.verify(&signed.signature(), signed.timestamp_ms);
        prop_assert_eq!(verdict, Some(Verdict::Verified));
    }

    #[test]
    fn every_single_bit_counts(signed in any_signed()) {
        let signature = signed.signature();
        let methods = one_bit_off(&signed.method).map(|text| signed.with(|other| other.method = text));
        let uris = one_bit_off(&signed.path_and_query)
            .map(|text| signed.with(|other| other.path_and_query = text));
        let times = (0..64).map(|bit| signed.with(|other| other.timestamp_ms ^= 1 << bit));
        let access_keys = one_bit_off(&signed.access_key)
            .map(|text| signed.with(|other| other.access_key = text));
        let secret_keys = one_bit_off(&signed.secret_key)
            .map(|text| signed.with(|other| other.secret_key = text));
        for other in methods.chain(uris).chain(times).chain(access_keys).chain(secret_keys) {
            let verdict = other.verify(&signature, other.timestamp_ms);
            prop_assert!(
                matches!(verdict, None | Some(Verdict::BadSignature)),
                "{verdict:?} for {other:?}"
            );
        }
        for other in one_bit_off(&signature) {
            let verdict = signed.verify(&other, signed.timestamp_ms);
            prop_assert_eq!(verdict, Some(Verdict::BadSignature), "{}", other);
        }
    }

    #[test]
    fn the_window_is_five_minutes_both_ways(signed in any_signed(), off_by in 0..2 * WINDOW_MS) {
        let far = 2 * WINDOW_MS;
        let signed = signed
            .with(|other| other.timestamp_ms = other.timestamp_ms.clamp(far, u64::MAX - far));
        let signature = signed.signature();
        for off_by in [off_by, 299_999, 300_000, 300_001] {
            let off_by_ms = i64::try_from(off_by).unwrap();
            let (old, early) = if off_by <= 300_000 {
                (Verdict::Verified, Verdict::Verified)
            } else {
                (Verdict::Stale { off_by_ms: -off_by_ms }, Verdict::Stale { off_by_ms })
            };
            prop_assert_eq!(signed.verify(&signature, signed.timestamp_ms + off_by), Some(old));
            prop_assert_eq!(signed.verify(&signature, signed.timestamp_ms - off_by), Some(early));
        }
    }

    /// The message is signed in pieces and shown as a text, from two lines of code.
    #[test]
    fn the_shown_message_is_the_signed_one(signed in any_signed()) {
        let Signed { method, path_and_query, timestamp_ms, access_key, secret_key } = &signed;
        let message = Message::new(method, path_and_query, *timestamp_ms, access_key).to_string();
        let mut hmac = Hmac::<Sha256>::new_from_slice(secret_key.as_bytes()).unwrap();
        hmac.update(message.as_bytes());
        let mut base64 = [0; 44];
        STANDARD.encode_slice(hmac.finalize().into_bytes(), &mut base64).unwrap();
        prop_assert_eq!(signed.signature().into_bytes(), base64);
    }
}

#[test]
fn a_time_too_far_off_to_count_is_stale_by_the_most_that_counts() {
    let credential = Credential::new("AK", "SK").unwrap();
    let verdict = |timestamp_ms, now_ms| {
        let signature = sign("GET", "/", timestamp_ms, &credential);
        verify("GET", "/", timestamp_ms, signature.as_str(), now_ms, &credential)
    };
    assert_eq!(verdict(u64::MAX, 0), Verdict::Stale { off_by_ms: i64::MAX });
    assert_eq!(verdict(0, u64::MAX), Verdict::Stale { off_by_ms: -i64::MAX });
}
