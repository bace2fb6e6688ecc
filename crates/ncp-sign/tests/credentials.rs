//! What a credential takes, and that neither it nor a signature shows a secret.

use ncp_sign::{Credential, CredentialError, Signature, sign};

#[test]
fn a_key_that_cannot_be_one_is_refused() {
    use CredentialError::{AccessKeyCharacter, AccessKeyEmpty, SecretKeyCharacter, SecretKeyEmpty};
    for (access_key, secret_key, expected) in [
        ("", "SK", AccessKeyEmpty),
        ("A K", "SK", AccessKeyCharacter),
        ("AK\n", "SK", AccessKeyCharacter),
        ("AK\u{7f}", "SK", AccessKeyCharacter),
        ("열쇠", "SK", AccessKeyCharacter),
        ("AK", "", SecretKeyEmpty),
        ("AK", "SK\n", SecretKeyCharacter),
        ("AK", "\0SK", SecretKeyCharacter),
        ("AK", "S\u{85}K", SecretKeyCharacter),
    ] {
        let error = Credential::new(access_key, secret_key).unwrap_err();
        assert_eq!(error, expected, "{access_key:?}, {secret_key:?}");
    }
}

#[test]
fn debug_shows_the_access_key_alone() {
    let credential = Credential::new("AKIDEXAMPLE", "a-canary-in-the-mine").unwrap();
    assert_eq!(
        format!("{credential:?}"),
        "Credential { access_key: \"AKIDEXAMPLE\", secret_key: SecretKey(..) }"
    );
    assert_eq!(format!("{:?}", sign("GET", "/", 0, &credential)), "Signature(..)");
}

#[test]
fn an_error_shows_no_key() {
    for (access_key, secret_key) in
        [("canary ", "SK"), ("canary", ""), ("", "canary"), ("AK", "canary\n")]
    {
        let error = Credential::new(access_key, secret_key).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("canary"), "{error:?}");
    }
}

/// `item` of the trait cannot be told apart for a type that has `Display`, which ends the build.
#[test]
fn secrets_have_no_display() {
    trait Item<Which> {
        fn item() {}
    }
    impl<T> Item<()> for T {}
    impl<T: std::fmt::Display> Item<u8> for T {}
    <Credential as Item<_>>::item();
    <Signature as Item<_>>::item();
}
