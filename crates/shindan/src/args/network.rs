use std::path::PathBuf;

use clap::Args;
use shindan_hyper::Proxy;

use crate::network::proxy_option;

/// How the services are reached.
#[derive(Debug, Args)]
pub(crate) struct NetworkArgs {
    /// The HTTP proxy in front of the services, like http://proxy.example:3128; one with a password is set as
    /// HTTPS_PROXY. NO_PROXY lists hosts without it [variables: HTTPS_PROXY, ALL_PROXY]
    #[arg(long, global = true, value_name = "URL", value_parser = proxy_option)]
    pub(crate) proxy: Option<Proxy>,
    /// A PEM file of certificate authorities to trust besides those of the system [variables: SHINDAN_CA_BUNDLE,
    /// SSL_CERT_FILE]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) ca_bundle: Option<PathBuf>,
}
