//! A server that nobody vouches for.

use std::{
    io::Read,
    net::TcpListener,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

/// A server whose certificate nobody has signed, and how many bytes of a request it was sent.
pub(crate) fn untrusted() -> (String, Arc<AtomicUsize>) {
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()])
        .expect("a certificate can be made");
    let key = rustls::pki_types::PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring knows them")
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key.into())
        .expect("the key is the certificate's");
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = listener.local_addr().expect("it is bound").to_string();
    let asked = Arc::<AtomicUsize>::default();
    let counter = Arc::clone(&asked);
    thread::spawn(move || {
        for mut stream in listener.incoming().filter_map(Result::ok) {
            let (config, counter) = (Arc::clone(&config), Arc::clone(&counter));
            thread::spawn(move || {
                let mut tls = rustls::ServerConnection::new(config).expect("it is whole");
                let read = rustls::Stream::new(&mut tls, &mut stream).read(&mut [0; 1024]);
                counter.fetch_add(read.unwrap_or(0), Ordering::Relaxed);
            });
        }
    });
    (address, asked)
}
