//! RFC 4231 on the crates that sign, for the keys and messages that no request can have.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

#[test]
fn case_1_short_key() {
    assert_mac(
        &[0x0b; 20],
        b"Hi There",
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
    );
}

#[test]
fn case_2_key_shorter_than_the_mac() {
    assert_mac(
        b"Jefe",
        b"what do ya want for nothing?",
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    );
}

#[test]
fn case_3_key_and_data_over_a_block() {
    assert_mac(
        &[0xaa; 20],
        &[0xdd; 50],
        "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
    );
}

#[test]
fn case_4_longer_key_and_data_over_a_block() {
    let counting: Vec<u8> = (1..=25).collect();
    assert_mac(
        &counting,
        &[0xcd; 50],
        "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
    );
}

#[test]
fn case_5_first_sixteen_bytes() {
    assert_mac(&[0x0c; 20], b"Test With Truncation", "a3b6167473100ee06e0c796c2955552b");
}

#[test]
fn case_6_key_over_a_block() {
    assert_mac(
        &[0xaa; 131],
        b"Test Using Larger Than Block-Size Key - Hash Key First",
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
    );
}

#[test]
fn case_7_key_and_data_over_a_block() {
    assert_mac(
        &[0xaa; 131],
        b"This is a test using a larger than block-size key and a larger than block-size data. \
          The key needs to be hashed before being used by the HMAC algorithm.",
        "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
    );
}

/// `expected` is in hexadecimal and may stop early.
fn assert_mac(key: &[u8], data: &[u8], expected: &str) {
    let mut hmac = Hmac::<Sha256>::new_from_slice(key).expect("a key of any length");
    hmac.update(data);
    let mac = hmac.finalize().into_bytes();
    let hex = mac.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    assert_eq!(&hex[..expected.len()], expected);
}
