//! The same over TLS.

use core::{net::SocketAddr, time::Duration};
use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use tokio::{net::TcpStream, time::timeout};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

use super::{
    Server,
    authority::Authority,
    bind,
    connection::{Line, accept},
};

/// The longest wait for a handshake.
const SLOWEST_HANDSHAKE: Duration = Duration::from_secs(10);

/// The second port.
#[derive(Debug)]
pub(super) struct Https {
    addr: SocketAddr,
    ca_path: PathBuf,
}

impl Line for TlsStream<TcpStream> {
    const SCHEME: &'static str = "https";

    fn tcp(&self) -> &TcpStream {
        self.get_ref().0
    }
}

impl Server {
    /// Speaks TLS on a second address, under the same rules as the first one.
    ///
    /// Its certificate authority is kept in the folder `emulator-ca` of `directory` and is made if there is
    /// none: `ca.pem`, which clients must trust, and `ca.key`, which its owner alone may read. A folder
    /// that cannot be read is an error and is left as it is. The server's own certificate names this
    /// machine and the vendors' hosts, is valid for a year and made anew each time.
    pub async fn add_https(&mut self, listen: SocketAddr, directory: &Path) -> io::Result<()> {
        let authority = Authority::open(&directory.join("emulator-ca"))?;
        let acceptor = TlsAcceptor::from(Arc::new(authority.server_config()?));
        let listener = bind(listen, self.exposed).await?;
        let addr = listener.local_addr()?;
        let encrypted = accept(listener, Arc::clone(&self.shared), move |stream| {
            let handshake = timeout(SLOWEST_HANDSHAKE, acceptor.accept(stream));
            async { handshake.await.ok()?.ok() }
        });
        self.accepting.push(tokio::spawn(encrypted).abort_handle());
        self.https = Some(Https { addr, ca_path: authority.into_path() });
        Ok(())
    }

    /// The base URL of both services over TLS: `https://127.0.0.1:PORT`; `None` before
    /// [`add_https`](Self::add_https).
    pub fn https_url(&self) -> Option<String> {
        self.https.as_ref().map(|https| format!("https://{}", https.addr))
    }

    /// The certificate that clients must trust, a PEM file: for `SSL_CERT_FILE` or `NODE_EXTRA_CA_CERTS`.
    pub fn ca_path(&self) -> Option<&Path> {
        self.https.as_ref().map(|https| &*https.ca_path)
    }
}
