//! Through a proxy and with an authority of one's own, or with settings that cannot be used.

use std::fs;

use crate::{
    canned::{Canned, ok},
    machine::Machine,
    support::{Directory, Emulator, shindan},
    tunnels::{Proxy, Tunnel},
};

const WSC: &str = "https://wsc.apigw.ntruss.com";
const VADDY: &str = "https://api.vaddy.net";
const CANARY: &str = "canary-7Jx2%40PqW9";
/// Base64 of `user:canary-7Jx2@PqW9`.
const BASIC: &str = "Basic dXNlcjpjYW5hcnktN0p4MkBQcVc5";
const SCAN: [&str; 5] = ["scan", "--yes", "--detach", "--url", "https://shop.example/"];
const LIST: [&str; 3] = ["wsc", "job", "list"];

/// An emulator over https that is reached under the services' real names, through a proxy alone.
struct Place {
    emulator: Emulator,
    https: String,
    ca: String,
    _directory: Directory,
}

impl Place {
    fn new() -> Self {
        let directory = Directory::new();
        let tls = ["--clock", "polls:3", "--scenario", "incomplete", "--tls", directory.path()];
        let emulator = Emulator::start_with(&tls, 9);
        let env = emulator.env();
        let of = |name| env.iter().find(|(known, _)| *known == name).expect("it is printed").1;
        let (https, ca) = (of("WSC_ENDPOINT").to_owned(), of("SSL_CERT_FILE").to_owned());
        drop(env);
        Self { emulator, https, ca, _directory: directory }
    }

    fn proxy(&self, way: impl Fn(usize) -> Tunnel + Send + 'static) -> Proxy {
        Proxy::to(&self.https, way)
    }

    /// The keys, the real names, the authority, and what else is set.
    fn env<'a>(&'a self, other: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
        let own =
            [("WSC_ENDPOINT", WSC), ("VADDY_API_SERVER", VADDY), ("SHINDAN_CA_BUNDLE", &self.ca)];
        let mut env = self.emulator.env_with(&own);
        env.retain(|(name, _)| *name != "SSL_CERT_FILE");
        [env, other.to_vec()].concat()
    }
}

#[test]
fn scans_through_a_proxy_that_wants_a_password() {
    let place = Place::new();
    let proxy = place.proxy(|_| Tunnel::Open);
    let url = format!("http://user:{CANARY}@{}", proxy.address);
    // A CGI program is no different.
    let machine = Machine::new(&place.env(&[("HTTPS_PROXY", &url), ("REQUEST_METHOD", "GET")]));
    let whole = ["scan", "--yes", "--url", "https://shop.example/"];
    let (wsc, vaddy) = (machine.run(&whole), machine.run(&["scan", "--yes", "--project-id", "p"]));
    assert_eq!(place.emulator.ledger(), (1, 1), "{wsc:?} {vaddy:?}");
    for (name, _) in [("wsc.apigw.ntruss.com", wsc.exits(3)), ("api.vaddy.net", vaddy.exits(3))] {
        let of = format!("CONNECT {name}:443 HTTP/1.1\r\nhost: {name}:443\r\n");
        assert!(proxy.told().iter().any(|told| told.starts_with(&of)));
    }
    for told in proxy.told() {
        assert!(told.ends_with(&format!("proxy-authorization: {BASIC}\r\n\r\n")), "{told}");
        assert_eq!(told.lines().count(), 4, "{told}");
    }
    for (path, file) in machine.files() {
        assert!(!String::from_utf8_lossy(&file).contains("7Jx2"), "{}", path.display());
    }
}

#[test]
fn a_proxy_that_says_no_or_hangs_starts_nothing() {
    let place = Place::new();
    for (way, says) in [
        (Tunnel::Refused("HTTP/1.1 407 No\r\nx: canary-7Jx2@PqW9\r\n\r\n"), "(status 407)"),
        (Tunnel::Refused("HTTP/1.1 502 No\r\n\r\n"), "with status 502"),
        (Tunnel::Refused(""), "closed the connection"),
        (Tunnel::Hangs, "no connection to wsc.apigw.ntruss.com through the proxy"),
    ] {
        let proxy = place.proxy(move |_| way);
        let url = format!("http://user:{CANARY}@{}", proxy.address);
        let run = shindan(&SCAN, &place.env(&[("HTTPS_PROXY", &url)])).exits(9).says(says);
        let run = run.says("proxy").says(&proxy.address);
        assert!(!run.stderr.contains("7Jx2") && !run.stdout.contains("7Jx2"), "{run:?}");
        assert!(!proxy.told().is_empty());
    }
    assert_eq!(place.emulator.ledger(), (0, 0));
}

/// There is one tunnel for the start and one for what is read: whichever is refused or loses an answer, one scan
/// is started, and it is known of.
#[test]
fn a_flaky_proxy_starts_nothing_twice() {
    let place = Place::new();
    let mut started = 0;
    for (number, bad) in (0..2)
        .flat_map(|n| [(n, Tunnel::Refused("HTTP/1.1 502 No\r\n\r\n")), (n, Tunnel::LosesAnswer)])
    {
        let proxy = place.proxy(move |n| if n == number { bad } else { Tunnel::Open });
        let machine = Machine::new(
            &place.env(&[("https_proxy", &proxy.address), ("SHINDAN_RESCAN", "never")]),
        );
        machine.run(&SCAN).exits(0);
        started += 1;
        assert_eq!(place.emulator.ledger(), (started, 0), "{bad:?} at {number}");
        assert_eq!(machine.last().run.ids().len(), 1, "{bad:?} at {number}");
        assert!(proxy.told().len() > number, "{bad:?} at {number}");
    }
}

/// VAddy's start goes through the second tunnel. Nobody can look for it without the project's number, so a person has
/// to, and until then nothing else is started.
#[test]
fn a_start_that_got_lost_in_a_tunnel_closes_its_target() {
    let place = Place::new();
    let lossy = |n| if n == 1 { Tunnel::LosesAnswer } else { Tunnel::Open };
    let proxy = place.proxy(lossy);
    let machine = Machine::new(&place.env(&[("HTTPS_PROXY", &proxy.address)]));
    let scan = ["scan", "--yes", "--project-id", "p", "--settle", "1s"];
    machine.run(&scan).exits(7);
    machine.run(&scan).exits(5);
    assert_eq!(place.emulator.ledger(), (0, 1));
}

#[test]
fn what_is_no_proxy_is_an_error_and_not_none() {
    let canned = Canned::always(ok("{}"));
    let env = |name, value| [&canned.env()[..], &[(name, value)]].concat();
    for url in [
        "htp://canary:3128",
        "canary not a url",
        "http://",
        "canary",
        "https://canary:3128",
        "socks5://canary:1080",
        "http://user:can@ary@proxy:3128",
        "http://user:can/ary@proxy:3128",
        "http://canary:3128/path",
        "http://canary:65536",
    ] {
        for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
            let run = shindan(&LIST, &env(name, url)).exits(2).says(name);
            // Neither half of what may be a password.
            assert!(!run.stderr.contains("ary"), "{run:?}");
        }
        let run = shindan(&[&LIST[..], &["--proxy", url]].concat(), &canned.env()).exits(2);
        assert!(!url.contains('@') || !run.stderr.contains("ary@"), "{run:?}");
    }
    shindan(&[&LIST[..], &["--proxy", "http://user:canary@proxy:1"]].concat(), &canned.env())
        .exits(2)
        .says("set HTTPS_PROXY instead")
        .says("(not shown)");
    for [upper, lower] in
        [["HTTPS_PROXY", "https_proxy"], ["ALL_PROXY", "all_proxy"], ["NO_PROXY", "no_proxy"]]
    {
        let both = [("HTTPS_PROXY", "a:1"), ("ALL_PROXY", ""), (upper, "b:1"), (lower, "c:1")];
        let both = &both[usize::from(upper == "ALL_PROXY")..];
        shindan(&LIST, &[&canned.env()[..], both].concat()).exits(2).says("differ");
    }
    assert!(canned.asked().is_empty());
    // What asks no service does not care, and neither does a spelling that is not read.
    shindan(&["--version"], &[("HTTPS_PROXY", "htp://")]).exits(0);
    let broken = [("HTTPS_PROXY", "htp://"), ("SSL_CERT_FILE", "/none")];
    shindan(&["config", "schema"], &broken).exits(0);
    shindan(&["runs", "list"], &broken).exits(0);
    for (name, value) in
        [("HTTP_PROXY", "htp://"), ("http_proxy", "htp://"), ("HTTPS_PROXY", ""), ("NO_PROXY", "/")]
    {
        shindan(&LIST, &env(name, value)).exits(10);
    }
}

#[test]
fn which_proxy_counts() {
    let place = Place::new();
    let [good, never] = [place.proxy(|_| Tunnel::Open), place.proxy(|_| Tunnel::Hangs)];
    let (good_url, never_url) =
        (format!("http://{}/", good.address), format!("http://{}", never.address));
    let mut tunnels = 0;
    for (option, env) in [
        (&[][..], &[("HTTPS_PROXY", &*good_url)][..]),
        (&[], &[("https_proxy", &good_url), ("HTTPS_PROXY", "")]),
        (&[], &[("ALL_PROXY", &good.address)]),
        (&[], &[("HTTPS_PROXY", &good_url), ("ALL_PROXY", "socks5://a:1"), ("all_proxy", "b")]),
        (
            &[],
            &[("HTTPS_PROXY", &good_url), ("https_proxy", &good_url), ("HTTP_PROXY", &never_url)],
        ),
        (&["--proxy", &good.address], &[("HTTPS_PROXY", &never_url), ("ALL_PROXY", "htp://")]),
        (&["--proxy", &good_url, "--ca-bundle", &place.ca], &[("SHINDAN_CA_BUNDLE", "/none")]),
        (
            &[],
            &[("HTTPS_PROXY", &good_url), ("SHINDAN_CA_BUNDLE", ""), ("SSL_CERT_FILE", &place.ca)],
        ),
    ] {
        shindan(&[&LIST[..], option].concat(), &place.env(env)).exits(0);
        tunnels += 1;
        assert_eq!(good.told().len(), tunnels, "{option:?} {env:?}");
    }
    assert!(never.told().is_empty());
}

#[test]
fn what_no_proxy_lists_is_reached_directly() {
    let place = Place::new();
    let proxy = place.proxy(|_| Tunnel::Refused("HTTP/1.1 403 No\r\n\r\n"));
    let nowhere = ("WSC_ENDPOINT", "https://nonexistent.invalid");
    let with = |no_proxy| [("HTTPS_PROXY", &*proxy.address), ("NO_PROXY", no_proxy), nowhere];
    shindan(&LIST, &place.env(&with("*.invalid:443")))
        .exits(9)
        .says("the name nonexistent.invalid was not found");
    assert!(proxy.told().is_empty());
    let run = shindan(&LIST, &place.env(&with("a.example, https://nonexistent.invalid b;c")));
    run.exits(9)
        .says("with status 403")
        .says("note: entry 2 of NO_PROXY can never match and is left out: it is a url")
        .says("note: entry 3 of NO_PROXY can never match and is left out: it is no host name");
    // This machine needs no entry.
    let near = [("WSC_ENDPOINT", &*place.https), ("HTTPS_PROXY", &proxy.address)];
    let before = proxy.told().len();
    shindan(&LIST, &place.env(&near)).exits(0);
    assert_eq!(proxy.told().len(), before);
}

#[test]
fn a_file_of_authorities_that_cannot_be_used() {
    let place = Place::new();
    let proxy = place.proxy(|_| Tunnel::Open);
    let directory = Directory::new();
    fs::create_dir(directory.path()).unwrap();
    let file = |name: &str, text: &str| {
        let path = format!("{}/{name}", directory.path());
        fs::write(&path, text).unwrap();
        path
    };
    let whole = fs::read_to_string(&place.ca).unwrap();
    let key = fs::read_to_string(place.ca.replace("ca.pem", "ca.key")).unwrap();
    for (path, says) in [
        (format!("{}/none", directory.path()), "No such file"),
        (directory.path().to_owned(), "directory"),
        (file("empty", ""), "no certificate"),
        (file("text", "no certificate\n"), "no certificate"),
        (file("key", &key), "no certificate"),
        (file("cut", &whole[..whole.len() / 2]), "not a whole pem file"),
    ] {
        let says = if cfg!(unix) { says } else { "" };
        let with = [("HTTPS_PROXY", &*proxy.address), ("SHINDAN_CA_BUNDLE", &path)];
        shindan(&SCAN, &place.env(&with)).exits(2).says("SHINDAN_CA_BUNDLE").says(says);
        let with = [("HTTPS_PROXY", &*proxy.address), ("SSL_CERT_FILE", &path)];
        shindan(&SCAN, &place.env(&with)).exits(2).says("SSL_CERT_FILE").says(says);
        let args = [&SCAN[..], &["--ca-bundle", &path]].concat();
        shindan(&args, &place.env(&with[..1])).exits(2).says("--ca-bundle").says(says);
    }
    assert!(proxy.told().is_empty());
    let strange = [("HTTPS_PROXY", &*proxy.address), ("SHINDAN_CA_BUNDLE", "")];
    shindan(&LIST, &place.env(&strange)).exits(9).says("its issuer is unknown");
    // Set to nothing, it still keeps Linux from its own authorities.
    let nothing = [strange[0], strange[1], ("SSL_CERT_FILE", "")];
    let run = shindan(&LIST, &place.env(&nothing)).exits(9);
    assert!(!cfg!(target_os = "linux") || run.stderr.contains("no certificate can be verified"));
    assert_eq!(place.emulator.ledger(), (0, 0));
}
