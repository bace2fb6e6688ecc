//! Whose certificates are accepted.

use std::{
    error::Error,
    fmt,
    sync::{Arc, OnceLock},
};

use rustls::{
    ClientConfig, RootCertStore,
    client::danger::ServerCertVerifier,
    crypto::{CryptoProvider, ring},
    pki_types::{
        CertificateDer,
        pem::{self, PemObject as _},
    },
};
use rustls_platform_verifier::Verifier;

/// Made when the first https connection needs it, because asking the operating system takes longer
/// than everything else at the start of a process.
#[derive(Clone)]
pub(crate) struct Trust {
    config: Arc<OnceLock<Arc<ClientConfig>>>,
    extra_roots: Arc<[CertificateDer<'static>]>,
}

impl Trust {
    pub(crate) fn platform_and(extra_roots: Vec<CertificateDer<'static>>) -> Self {
        Self { config: Arc::default(), extra_roots: extra_roots.into() }
    }

    pub(crate) fn given(mut config: ClientConfig) -> Self {
        // An offer of HTTP/2 could be accepted.
        config.alpn_protocols.clear();
        Self { config: Arc::new(OnceLock::from(Arc::new(config))), extra_roots: Arc::default() }
    }

    pub(crate) fn config(&self) -> Result<Arc<ClientConfig>, rustls::Error> {
        if let Some(config) = self.config.get() {
            return Ok(Arc::clone(config));
        }
        let provider = Arc::new(ring::default_provider());
        let verifier = verifier(&self.extra_roots, Arc::clone(&provider))?;
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .dangerous()
            .with_custom_certificate_verifier(verifier)
            .with_no_client_auth();
        Ok(Arc::clone(self.config.get_or_init(|| Arc::new(config))))
    }
}

/// The operating system's own check, with more roots.
fn verifier(
    extra_roots: &[CertificateDer<'static>],
    provider: Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, rustls::Error> {
    if extra_roots.is_empty() {
        return Ok(Arc::new(Verifier::new(provider)?));
    }
    #[cfg(target_os = "android")]
    return Err(rustls::Error::General("this system takes no other roots than its own".to_owned()));
    #[cfg(not(target_os = "android"))]
    Ok(Arc::new(Verifier::new_with_extra_roots(extra_roots.iter().cloned(), provider)?))
}

/// Why a file of certificate authorities cannot be used.
#[derive(Debug)]
pub struct RootsError(Option<pem::Error>);

/// Reads the certificates of a PEM file, for [`Network::extra_roots`](crate::Network::extra_roots).
/// Other sections are left out, and so are certificates that cannot be a root; it is an error if
/// nothing is left.
pub fn roots_from_pem(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, RootsError> {
    let all: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let mut roots = all.map_err(|error| RootsError(Some(error)))?;
    roots.retain(|root| RootCertStore::empty().add(root.clone()).is_ok());
    if roots.is_empty() { Err(RootsError(None)) } else { Ok(roots) }
}

impl fmt::Display for RootsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Some(_) => "it is not a whole pem file",
            None => "it contains no certificate of an authority in pem form",
        })
    }
}

impl Error for RootsError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.as_ref().map(|error| error as _)
    }
}
