//! What makes two starts the same: the service, its account, the target, and a key for the run of a pipeline.

use sha2::{Digest, Sha256};
use shindan_proto::{Target, Token};

use crate::{environment::Environment, failed::Failed, service::Service};

/// Names a target for good: one start at a time, and none while the outcome of another is unknown.
pub(crate) fn target_key<S: Service>(target: &Target<S>, account: &str, scan: &S::Scan) -> String {
    format!("{} {} {account} {}", S::NAME, target.base(), S::key(scan))
}

/// Tells accounts apart, and gives no key away.
pub(crate) fn account<S: Service>(target: &Target<S>) -> String {
    fingerprint(&format!("{} {}", S::NAME, target.auth().user()))
}

/// The token of an intent that has a key, the same on every machine. Other options are another intent.
pub(crate) fn token(target_key: &str, options: &str, dedupe_key: &str) -> Token {
    let hash = Sha256::digest(format!("{target_key}\n{options}\n{dedupe_key}"));
    // Base 32 takes five bits for a character.
    let five_bits = |place: usize| {
        let (byte, bit) = (place * 5 / 8, place * 5 % 8);
        let two_bytes = u16::from_be_bytes([hash[byte], hash[byte + 1]]);
        u8::try_from(two_bytes >> (11 - bit) & 31).expect("five bits fit into a byte")
    };
    Token::from_bytes(std::array::from_fn(five_bits))
}

/// Eight digits that tell two accounts apart and give no key away.
pub(crate) fn fingerprint(text: &str) -> String {
    let hash = Sha256::digest(format!("shindan {text}"));
    let short = hash.first_chunk().expect("SHA-256 has 32 bytes");
    format!("{:08x}", u32::from_be_bytes(*short))
}

/// A run of a pipeline has a number that it keeps when it is repeated; a job in it has a name.
const PIPELINES: [(&str, &[&str]); 3] = [
    ("github", &["GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID", "GITHUB_JOB"]),
    ("gitlab", &["CI_SERVER_URL", "CI_PIPELINE_ID", "CI_JOB_NAME"]),
    ("jenkins", &["JENKINS_URL", "JOB_NAME", "BUILD_ID"]),
];

/// The key that a pipeline gives, if one runs this and names both its run and its job.
pub(crate) fn key_of_pipeline(environment: &Environment) -> Result<Option<String>, Failed> {
    for (pipeline, names) in PIPELINES {
        let mut key = vec![pipeline];
        for name in names {
            key.extend(environment.first(&[name])?.map(|(_, value)| value));
        }
        if key.len() == 1 + names.len() {
            return Ok(Some(key.join(" ")));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(set: &[(&str, &str)]) -> Option<String> {
        let environment = Environment::from(set.iter().copied());
        key_of_pipeline(&environment).unwrap()
    }

    /// Computed with `printf 'wsc u a k\noptions\nkey' | openssl dgst -sha256 -binary | base32 | head -c 16`.
    #[test]
    fn the_token_is_base_32_of_a_hash() {
        assert_eq!(token("wsc u a k", "options", "key").to_string(), "O5ZUCSFRIIGGSLOZ");
        for (target, options, key) in [
            ("wsc u a l", "options", "key"),
            ("wsc u a k", "other", "key"),
            ("wsc u a k", "options", "other"),
        ] {
            assert_ne!(token(target, options, key), token("wsc u a k", "options", "key"));
        }
    }

    #[test]
    fn each_pipeline_has_a_key() {
        let github = [
            ("GITHUB_SERVER_URL", "https://github.example"),
            ("GITHUB_REPOSITORY", "o/r"),
            ("GITHUB_RUN_ID", "17"),
            ("GITHUB_JOB", "scan"),
        ];
        assert_eq!(key(&github).as_deref(), Some("github https://github.example o/r 17 scan"));
        assert_eq!(key(&github[..3]), None);
        let gitlab =
            [("CI_SERVER_URL", "https://g"), ("CI_PIPELINE_ID", "5"), ("CI_JOB_NAME", "scan")];
        assert_eq!(key(&gitlab).as_deref(), Some("gitlab https://g 5 scan"));
        let jenkins = [("JENKINS_URL", "https://j/"), ("JOB_NAME", "shop/main"), ("BUILD_ID", "9")];
        assert_eq!(key(&jenkins).as_deref(), Some("jenkins https://j/ shop/main 9"));
        assert_eq!(key(&[("BUILD_ID", "9")]), None);
    }
}
