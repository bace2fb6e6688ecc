use http::Uri;
use rustls::pki_types::CertificateDer;
use shindan_proto::is_loopback;

use crate::{NoProxy, Proxy, host::Host};

/// How the services are reached: by default directly, trusting whom the operating system trusts.
///
/// No variable of the process is read here; on Linux, the operating system's own look-up of roots
/// reads `SSL_CERT_FILE` and `SSL_CERT_DIR`.
///
/// ```
/// use shindan_hyper::{Executor, Network, NoProxy};
///
/// # fn example() -> Result<Executor, Box<dyn std::error::Error>> {
/// let (no_proxy, never) = NoProxy::parse(".intranet.example, 10.0.0.0/8");
/// assert!(never.is_empty());
/// let proxy = Some("http://proxy.example:3128".parse()?);
/// let executor = Executor::with_network(Network { proxy, no_proxy, ..Network::default() });
/// # Ok(executor)
/// # }
/// # example().unwrap();
/// ```
#[derive(Clone, Debug, Default)]
pub struct Network {
    /// What stands in front of every https endpoint that is not on this machine.
    pub proxy: Option<Proxy>,
    /// The endpoints that are reached without the proxy.
    pub no_proxy: NoProxy,
    /// Certificate authorities to trust besides those of the operating system; see
    /// [`roots_from_pem`](crate::roots_from_pem).
    pub extra_roots: Vec<CertificateDer<'static>>,
}

impl Network {
    /// The proxy that is asked for a connection to this https URL; `None` means directly. This
    /// machine is always reached directly.
    pub fn proxy_for(&self, uri: &Uri) -> Option<&Proxy> {
        let proxy = self.proxy.as_ref()?;
        let host = uri.host()?;
        let listed = Host::parse(host)
            .is_some_and(|host| self.no_proxy.contains(&host, uri.port_u16().unwrap_or(443)));
        (!is_loopback(host) && !listed).then_some(proxy)
    }
}
