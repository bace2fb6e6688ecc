//! Trust: whom the operating system or the caller trusts, and nobody else.

use std::sync::Arc;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use rustls::{
    ClientConfig, RootCertStore, ServerConfig,
    crypto::{CryptoProvider, ring},
    pki_types::{CertificateDer, PrivateKeyDer},
};
use shindan_hyper::Executor;
use shindan_proto::{Base, Limits, Sent};
use tokio_rustls::TlsAcceptor;

use crate::peer::{OK, Peer, failure, read};

fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

/// A server that makes its own certificate and would rather speak HTTP/2.
pub(crate) async fn server(params: CertificateParams) -> (Peer, CertificateDer<'static>) {
    answering(params, OK).await
}

/// The same with another answer; without one, the connection ends after the request.
pub(crate) async fn answering(
    params: CertificateParams,
    answer: &'static str,
) -> (Peer, CertificateDer<'static>) {
    let key = KeyPair::generate().expect("there is randomness");
    let certificate = params.self_signed(&key).expect("the parameters are valid").der().clone();
    let mut config = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .expect("ring has the ciphers")
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.clone()],
            PrivateKeyDer::Pkcs8(key.serialize_der().into()),
        )
        .expect("key and certificate belong together");
    config.alpn_protocols = vec![b"h2".to_vec()];
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let peer = Peer::playing(move |line| {
        let acceptor = acceptor.clone();
        async move {
            let Some(mut line) = line.over(acceptor).await else { return };
            while line.request().await && !answer.is_empty() {
                line.say(answer).await;
            }
        }
    })
    .await;
    (peer, certificate)
}

pub(crate) fn params(name: &str) -> CertificateParams {
    CertificateParams::new([name.to_owned()]).expect("the name is valid")
}

/// Valid once.
pub(crate) fn old(mut params: CertificateParams) -> CertificateParams {
    params.not_before = date_time_ymd(2000, 1, 1);
    params.not_after = date_time_ymd(2001, 1, 1);
    params
}

pub(crate) fn pem(label: &str, der: &[u8]) -> String {
    let base64 = BASE64_STANDARD.encode(der);
    format!("-----BEGIN {label}-----\n{base64}\n-----END {label}-----\n")
}

fn trusting(root: CertificateDer<'static>) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    roots.add(root).expect("the certificate is well-formed");
    ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .expect("ring has the ciphers")
        .with_root_certificates(roots)
        .with_no_client_auth()
}

fn https(peer: &Peer) -> Base {
    format!("https://{}", peer.authority()).parse().expect("https is accepted")
}

async fn is_refused(executor: &Executor, peer: &Peer, reason: &str) {
    let outcome = read(executor, https(peer), Limits::READ).await;
    let why = format!("the certificate of {} is not trusted: {reason}", peer.authority());
    assert_eq!(failure(outcome), (Sent::Never, why));
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let (peer, _) = server(params("127.0.0.1")).await;
    is_refused(&Executor::new(), &peer, "its issuer is unknown").await;
}

#[tokio::test]
async fn a_private_authority_is_trusted_when_it_is_given() {
    let (peer, root) = server(params("127.0.0.1")).await;
    let mut config = trusting(root);
    // An offer that the executor must not make.
    config.alpn_protocols = vec![b"h2".to_vec()];
    let executor = Executor::with_tls(config);
    assert!(read(&executor, https(&peer), Limits::READ).await.is_ok());
    assert!(read(&executor, https(&peer), Limits::READ).await.is_ok());
    assert_eq!(peer.connections(), 1);
}

#[tokio::test]
async fn another_name_is_refused() {
    let (peer, root) = server(params("vaddy.example")).await;
    is_refused(&Executor::with_tls(trusting(root)), &peer, "it is for another name").await;
}

#[tokio::test]
async fn an_old_certificate_is_refused() {
    let (peer, root) = server(old(params("127.0.0.1"))).await;
    is_refused(&Executor::with_tls(trusting(root)), &peer, "it has expired").await;
}
