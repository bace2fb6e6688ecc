//! The same over TLS, for clients that trust its certificate authority.

#![expect(clippy::disallowed_methods, reason = "an authority is files")]

use std::{
    error::Error as _,
    fs,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use ncp_sign::Credential;
use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, pem::PemObject as _},
};
use shindan_emulator::{Clock, Emulator, Server, keys};
use shindan_hyper::{Executor, now};
use shindan_proto::{
    Base, Ending, NcpKey, RetryPolicy, Target, Token, VaddyKey, VaddyProject, VaddyScan,
    WatchPolicy, WscScan,
};
use vaddy_model::v2::CheckRunning;
use wsc_model::CreateJob;

fn any_port() -> SocketAddr {
    (Ipv4Addr::LOCALHOST, 0).into()
}

/// A folder of a test's own, which ends with it.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let next = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("shindan-tls-{}-{next}", std::process::id());
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&path).expect("a folder can be made");
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

async fn server(folder: &Folder) -> Server {
    let emulator = Emulator::builder().clock(Clock::Times(600));
    let mut server = emulator.start().await.expect("a free loopback port");
    server.add_https(any_port(), &folder.0).await.expect("a good authority, or none yet");
    server
}

fn trusting(ca: &Path) -> Executor {
    let mut roots = RootCertStore::empty();
    let root = CertificateDer::from_pem_file(ca).expect("it is a pem file");
    roots.add(root).expect("it is a certificate");
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("ring has the ciphers")
        .with_root_certificates(roots)
        .with_no_client_auth();
    Executor::with_tls(config)
}

fn vaddy(base: &str) -> Target<VaddyKey> {
    let key = VaddyKey::new(keys::VADDY_USER, keys::VADDY_KEY).expect("the key is valid");
    Target::new(parsed(base), key)
}

fn wsc(base: &str) -> Target<NcpKey> {
    let credential = Credential::new(keys::WSC_ACCESS_KEY, keys::WSC_SECRET_KEY);
    Target::new(parsed(base), NcpKey::new(credential.expect("the keys are valid")))
}

fn parsed(base: &str) -> Base {
    base.parse().expect("a server's url is an endpoint")
}

fn policy() -> WatchPolicy {
    let quick = Duration::from_millis(20);
    WatchPolicy { quick, quick_polls: 1_000, ..WatchPolicy::default() }
}

#[tokio::test]
async fn whole_scans_run_over_it() {
    let folder = Folder::new();
    let server = server(&folder).await;
    let url = server.https_url().unwrap();
    assert!(url.starts_with("https://127.0.0.1:"), "{url}");
    let executor = trusting(server.ca_path().unwrap());

    let job = CreateJob::new("https://www.example.com");
    let scan = WscScan { job, token: Token::from_bytes([7; 16]) };
    let outcome = executor.run(wsc(&url).start(now(), scan, policy()), |_| {}).await;
    assert!(matches!(outcome.result, Ok(Ending::Finished(_))), "{outcome:?}");

    let project = VaddyProject::V2 { project_id: "0a1b2c3d4e5f607".to_owned() };
    let scan = VaddyScan { project, project_number: None, crawl_id: None, scan_type: None };
    let outcome = executor.run(vaddy(&url).start(now(), scan, policy()), |_| {}).await;
    assert!(matches!(outcome.result, Ok(Ending::Finished(_))), "{outcome:?}");

    let ledger = server.with(|emulator| emulator.ledger());
    assert_eq!((ledger.wsc_created, ledger.vaddy_started), (1, 1));
}

async fn answers(executor: &Executor, base: &str) -> bool {
    let once = RetryPolicy { read_attempts: 1, ..RetryPolicy::default() };
    let step = vaddy(base).with_policy(once).call(now(), &CheckRunning::new("a"));
    executor.run(step, |_| {}).await.is_ok()
}

#[tokio::test]
async fn who_does_not_trust_it_is_not_served() {
    let (folder, other) = (Folder::new(), Folder::new());
    let (server, stranger) = (server(&folder).await, server(&other).await);
    let url = server.https_url().unwrap();
    assert!(answers(&trusting(server.ca_path().unwrap()), &url).await);
    assert!(!answers(&trusting(stranger.ca_path().unwrap()), &url).await);
}

#[tokio::test]
async fn its_certificate_names_this_machine() {
    let folder = Folder::new();
    let server = server(&folder).await;
    let executor = trusting(server.ca_path().unwrap());
    let url = server.https_url().unwrap();
    assert!(answers(&executor, &url).await);
    assert!(answers(&executor, &url.replace("127.0.0.1", "localhost")).await);
    assert!(!answers(&executor, &url.replace("127.0.0.1", "127.0.0.2")).await);
}

#[tokio::test]
async fn another_start_uses_the_same_authority() {
    let folder = Folder::new();
    let first = server(&folder).await;
    let executor = trusting(first.ca_path().unwrap());
    let kept = fs::read(first.ca_path().unwrap()).unwrap();
    drop(first);
    let second = server(&folder).await;
    assert_eq!(fs::read(second.ca_path().unwrap()).unwrap(), kept);
    assert!(answers(&executor, &second.https_url().unwrap()).await);
    let entries = fs::read_dir(&folder.0).unwrap().count();
    assert_eq!(entries, 1, "nothing unfinished is left");
}

#[cfg(unix)]
/// Own (safety): only its owner can read the key of its certificate authority.
#[tokio::test]
async fn its_key_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = Folder::new();
    let server = server(&folder).await;
    let ca = server.ca_path().unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&ca.with_file_name("ca.key")), 0o600);
    assert_eq!(mode(ca.parent().unwrap()), 0o700);
    assert!(!fs::read_to_string(ca).unwrap().contains("KEY"));
}

#[tokio::test]
async fn a_broken_authority_is_refused_and_kept() {
    let (folder, other) = (Folder::new(), Folder::new());
    let ca = server(&folder).await.ca_path().unwrap().to_owned();
    let foreign = server(&other).await.ca_path().unwrap().to_owned();
    let key = ca.with_file_name("ca.key");
    let good = [fs::read(&ca).unwrap(), fs::read(&key).unwrap()];
    let foreign =
        [fs::read(&foreign).unwrap(), fs::read(foreign.with_file_name("ca.key")).unwrap()];
    let half = good[0][..good[0].len() / 2].to_vec();
    for [certificate, private] in [
        [Some(b"garbage".to_vec()), Some(good[1].clone())],
        [Some(half), Some(good[1].clone())],
        [Some(Vec::new()), Some(good[1].clone())],
        [Some(good[0].clone()), Some(b"garbage".to_vec())],
        [Some(foreign[0].clone()), Some(good[1].clone())],
        [Some(good[0].clone()), Some(foreign[1].clone())],
        [None, Some(good[1].clone())],
        [Some(good[0].clone()), None],
    ] {
        for (path, bytes) in [(&ca, &certificate), (&key, &private)] {
            match bytes {
                Some(bytes) => fs::write(path, bytes).unwrap(),
                None => fs::remove_file(path).unwrap(),
            }
        }
        let mut server = Emulator::builder().start().await.unwrap();
        let error = server.add_https(any_port(), &folder.0).await.unwrap_err();
        let text = error.to_string();
        assert!(text.contains("cannot be used") && text.contains("emulator-ca"), "{text}");
        let cause = error.source().expect("it has a cause").to_string();
        assert!(!text.contains(&cause), "{text}: {cause}");
        assert_eq!(fs::read(&ca).ok(), certificate);
        assert_eq!(fs::read(&key).ok(), private);
        assert_eq!((server.https_url(), server.ca_path()), (None, None));
    }
    for (path, bytes) in [(&ca, &good[0]), (&key, &good[1])] {
        fs::write(path, bytes).unwrap();
    }
    server(&folder).await;
}

#[tokio::test]
async fn it_listens_on_loopback_only() {
    let folder = Folder::new();
    let mut server = Emulator::builder().start().await.unwrap();
    let error = server.add_https("0.0.0.0:0".parse().unwrap(), &folder.0).await.unwrap_err();
    assert!(error.to_string().contains("loopback"), "{error}");
}

#[tokio::test]
async fn a_client_that_speaks_no_tls_disturbs_nobody() {
    let folder = Folder::new();
    let server = server(&folder).await;
    let url = server.https_url().unwrap();
    assert!(!answers(&Executor::new(), &url.replace("https", "http")).await);
    assert!(answers(&trusting(server.ca_path().unwrap()), &url).await);
    assert!(server.turned_away() > 0);
}
