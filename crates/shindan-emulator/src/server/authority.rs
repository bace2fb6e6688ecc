//! A certificate authority in a folder, and the certificates that it gives to the server.

#![expect(clippy::disallowed_methods, reason = "a server is where files and real time come in")]

use core::{error::Error, fmt, net::IpAddr, time::Duration};
use std::{
    fs::{self, DirBuilder, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::Arc,
    time::SystemTime,
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, GeneralSubtree, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    NameConstraints,
};
use tokio_rustls::rustls::{
    RootCertStore, ServerConfig,
    client::verify_server_cert_signed_by_trust_anchor,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, UnixTime, pem::PemObject as _},
    server::ParsedCertificate,
};

use super::guard::vendors_hosts;

const CERTIFICATE: &str = "ca.pem";
const KEY: &str = "ca.key";
const DAY: Duration = Duration::from_secs(24 * 3_600);
/// How long the server's certificate is valid: more than some clients accept would be of no use.
const YEAR: u32 = 365;

pub(super) struct Authority {
    key: KeyPair,
    certificate: CertificateDer<'static>,
    path: PathBuf,
}

impl Authority {
    /// The one in this folder, which is made with it if there is none.
    pub(super) fn open(folder: &Path) -> io::Result<Self> {
        if !folder.try_exists()? {
            create(folder)?;
        }
        let broken = |path: &Path, source| {
            let path = path.to_owned();
            io::Error::new(io::ErrorKind::InvalidData, Broken { path, source })
        };
        let (key_path, path) = (folder.join(KEY), folder.join(CERTIFICATE));
        let key = read_key(&key_path).map_err(|source| broken(&key_path, source))?;
        let certificate = read_certificate(&path).map_err(|source| broken(&path, source))?;
        let authority = Self { key, certificate, path };
        authority.server_config().map_err(|source| broken(&authority.path, source.into()))?;
        Ok(authority)
    }

    /// With a new certificate, of which it has been made sure that whoever trusts this authority accepts it.
    pub(super) fn server_config(&self) -> io::Result<ServerConfig> {
        self.issue().map_err(io::Error::other)
    }

    pub(super) fn into_path(self) -> PathBuf {
        self.path
    }

    fn issue(&self) -> Result<ServerConfig, Box<dyn Error + Send + Sync>> {
        let key = KeyPair::generate()?;
        let issuer = Issuer::new(ca_params()?, &self.key);
        let certificate = server_params()?.signed_by(&key, &issuer)?.der().clone();
        let provider = Arc::new(ring::default_provider());
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.clone())?;
        verify_server_cert_signed_by_trust_anchor(
            &ParsedCertificate::try_from(&certificate)?,
            &roots,
            &[],
            UnixTime::now(),
            provider.signature_verification_algorithms.all,
        )?;
        let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
        Ok(ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)?)
    }
}

/// A file of an authority is not what it should be.
#[derive(Debug)]
struct Broken {
    path: PathBuf,
    source: Box<dyn Error + Send + Sync>,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} cannot be used as the emulator's certificate authority; move its folder away to have another one made",
            self.path.display()
        )
    }
}

impl Error for Broken {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.source)
    }
}

fn read_key(path: &Path) -> Result<KeyPair, Box<dyn Error + Send + Sync>> {
    let der =
        PrivatePkcs8KeyDer::from_pem_slice(&fs::read(path)?).map_err(|error| error.to_string())?;
    Ok(KeyPair::try_from(&der)?)
}

fn read_certificate(path: &Path) -> Result<CertificateDer<'static>, Box<dyn Error + Send + Sync>> {
    Ok(CertificateDer::from_pem_slice(&fs::read(path)?).map_err(|error| error.to_string())?)
}

/// Makes a folder with both files, or none: it is moved to its place when it is complete, and if somebody else
/// was faster, theirs stays.
fn create(folder: &Path) -> io::Result<()> {
    let key = KeyPair::generate().map_err(io::Error::other)?;
    let certificate =
        ca_params().and_then(|params| params.self_signed(&key)).map_err(io::Error::other)?;
    let mut unfinished = folder.as_os_str().to_owned();
    unfinished.push(".new-");
    for byte in key.public_key_raw().iter().rev().take(8) {
        unfinished.push(format!("{byte:02x}"));
    }
    let unfinished = PathBuf::from(unfinished);
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(&unfinished)?;
    let moved = write_new(&unfinished.join(KEY), 0o600, "PRIVATE KEY", key.serialized_der())
        .and_then(|()| {
            write_new(&unfinished.join(CERTIFICATE), 0o644, "CERTIFICATE", certificate.der())
        })
        .and_then(|()| fs::rename(&unfinished, folder));
    if moved.is_err() {
        fs::remove_dir_all(&unfinished)?;
    }
    if folder.try_exists()? { Ok(()) } else { moved }
}

fn write_new(path: &Path, mode: u32, label: &str, der: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    #[cfg(not(unix))]
    let _ = mode;
    let mut file = options.open(path)?;
    file.write_all(pem(label, der).as_bytes())?;
    file.sync_all()
}

fn pem(label: &str, der: &[u8]) -> String {
    let text = BASE64_STANDARD.encode(der);
    let (mut lines, mut rest) = (String::new(), text.as_str());
    while !rest.is_empty() {
        let (line, after) = rest.split_at(rest.len().min(64));
        lines.push_str(line);
        lines.push('\n');
        rest = after;
    }
    format!("-----BEGIN {label}-----\n{lines}-----END {label}-----\n")
}

/// The same each time, so that the authority's name is, too.
fn ca_params() -> Result<CertificateParams, rcgen::Error> {
    let mut params = valid_for(10 * YEAR, "Shindan emulator, for this machine alone")?;
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    // Whoever gets hold of its key can be no other host for those who trust it.
    let names = server_names().map(|name| match name.parse::<IpAddr>() {
        Ok(ip) => {
            let whole = if ip.is_ipv4() { 32 } else { 128 };
            GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(ip, whole))
        }
        Err(_) => GeneralSubtree::DnsName(name.to_owned()),
    });
    let permitted_subtrees = names.collect();
    params.name_constraints =
        Some(NameConstraints { permitted_subtrees, excluded_subtrees: Vec::new() });
    Ok(params)
}

/// This machine and the vendors' hosts.
fn server_names() -> impl Iterator<Item = &'static str> {
    ["localhost", "127.0.0.1", "::1"].into_iter().chain(vendors_hosts())
}

fn server_params() -> Result<CertificateParams, rcgen::Error> {
    let mut params = valid_for(YEAR, "Shindan emulator")?;
    params.subject_alt_names =
        CertificateParams::new(server_names().map(str::to_owned).collect::<Vec<_>>())?
            .subject_alt_names;
    params.use_authority_key_identifier_extension = true;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    Ok(params)
}

/// From yesterday on, for clients whose clock is late.
fn valid_for(days: u32, name: &str) -> Result<CertificateParams, rcgen::Error> {
    let mut params = CertificateParams::new(Vec::new())?;
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    let now = SystemTime::now();
    params.not_before = (now - DAY).into();
    params.not_after = (now + DAY * days).into();
    Ok(params)
}
