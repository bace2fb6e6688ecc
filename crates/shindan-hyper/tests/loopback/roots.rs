//! Certificate authorities from a file, besides those of the operating system.

use rcgen::{CertificateParams, KeyPair};
use shindan_hyper::{Executor, Network, roots_from_pem};
use shindan_proto::Limits;

use crate::{
    peer::{failure, read},
    tls::{params, pem, server},
};

const CERTIFICATE: &str = "CERTIFICATE";

fn another() -> String {
    let key = KeyPair::generate().expect("there is randomness");
    let root = CertificateParams::default().self_signed(&key).expect("the parameters are valid");
    pem(CERTIFICATE, root.der())
}

#[tokio::test]
async fn roots_of_a_file_are_trusted() {
    let (peer, root) = server(params("127.0.0.1")).await;
    let base = || format!("https://{}", peer.authority()).parse().unwrap();
    let with = |pem: String| {
        let extra_roots = roots_from_pem(pem.as_bytes()).expect("it has certificates");
        Executor::with_network(Network { extra_roots, ..Network::default() })
    };
    let key = pem("PRIVATE KEY", &KeyPair::generate().unwrap().serialize_der());
    for file in [
        pem(CERTIFICATE, &root),
        format!("# a comment\n{}{key}{}", another(), pem(CERTIFICATE, &root)),
    ] {
        assert!(read(&with(file), base(), Limits::READ).await.is_ok());
    }
    let (_, why) = failure(read(&with(another()), base(), Limits::READ).await);
    assert!(why.contains("is not trusted"), "{why}");
}

#[test]
fn a_file_without_a_root_is_an_error() {
    let whole = another();
    let none = "it contains no certificate of an authority in pem form";
    let broken = "it is not a whole pem file";
    let unreadable = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let key = pem("PRIVATE KEY", &KeyPair::generate().unwrap().serialize_der());
    for (file, why) in [
        ("", none),
        ("\0\0\0", none),
        ("no certificate", none),
        (&key, none),
        (unreadable, none),
        (&whole[..whole.len() / 2], broken),
        (&whole.replace("\nMII", "\n***"), broken),
        (&whole[..whole.len() - 6], broken),
    ] {
        let error = roots_from_pem(file.as_bytes()).expect_err(file);
        assert_eq!(error.to_string(), why, "{file}");
    }
    let both = format!("{unreadable}{whole}");
    assert_eq!(roots_from_pem(both.as_bytes()).expect("one is left").len(), 1);
}
