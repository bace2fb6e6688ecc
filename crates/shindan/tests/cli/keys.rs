//! Where keys are found: every row of the conventions of NAVER Cloud's and VAddy's own tools.

use std::{fs, io::Write, net::TcpListener, os::unix::fs::PermissionsExt, thread};

use serde_json::Value;

use crate::{
    canned::read,
    support::{Directory, Run, shindan},
};

const A: (&str, &str) = ("NCLOUD_ACCESS_KEY_ID", "AAAA0123456789AAAA");
const A_SECRET: (&str, &str) = ("NCLOUD_SECRET_ACCESS_KEY", "canary-a-secret");
const B: (&str, &str) = ("NCLOUD_ACCESS_KEY", "BBBB0123456789BBBB");
const B_SECRET: (&str, &str) = ("NCLOUD_SECRET_KEY", "canary-b-secret");
const FILE: &str = "[DEFAULT]\nncloud_access_key_id = DDDD0123456789DDDD\n\
    ncloud_secret_access_key = canary=d=secret==\n\
    [ci]\nncloud_access_key_id = CCCC0123456789CCCC\nncloud_secret_access_key = canary-c-secret\n\
    ncloud_api_url = https://ncloud.apigw.gov-ntruss.com\n\
    [half]\nncloud_access_key_id = HHHH0123456789HHHH\n";

/// A home directory with or without the vendor's file.
struct Home(Directory);

impl Home {
    fn with(file: Option<&str>) -> Self {
        let home = Directory::new();
        let folder = format!("{}/.ncloud", home.path());
        fs::create_dir_all(&folder).expect("it can be made");
        if let Some(text) = file {
            let path = format!("{folder}/configure");
            fs::write(&path, text).expect("it can be written");
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("it is ours");
        }
        Self(home)
    }

    fn run(&self, args: &[&str], env: &[(&str, &str)]) -> Run {
        shindan(args, &[&[("HOME", self.0.path())], env].concat())
    }

    /// The keys and the place of them that `auth status` prints for WSC.
    fn wsc(&self, args: &[&str], env: &[(&str, &str)]) -> (String, String, String) {
        let run = self.run(&[&["auth", "status", "--output", "json"], args].concat(), env);
        let rows: Value = serde_json::from_str(&run.exits(0).stdout).expect("it is json");
        let text = |name: &str| rows[0][name].as_str().unwrap_or_default().to_owned();
        (text("keys"), text("from"), text("endpoint"))
    }
}

#[test]
fn variables_come_before_the_file_and_the_file_before_the_role() {
    let home = Home::with(Some(FILE));
    for (args, env, keys, from) in [
        (
            &[][..],
            &[A, A_SECRET, B, B_SECRET][..],
            "AAAA…AAAA",
            "NCLOUD_ACCESS_KEY_ID and NCLOUD_SECRET_ACCESS_KEY",
        ),
        (&[], &[B, B_SECRET], "BBBB…BBBB", "NCLOUD_ACCESS_KEY and NCLOUD_SECRET_KEY"),
        (&[], &[A, B_SECRET], "AAAA…AAAA", "NCLOUD_ACCESS_KEY_ID and NCLOUD_SECRET_KEY"),
        (&[], &[], "DDDD…DDDD", "section DEFAULT of "),
        (&[], &[("NCLOUD_PROFILE", "ci")], "CCCC…CCCC", "section ci of "),
        (
            &[],
            &[("SHINDAN_PROFILE", "ci"), ("NCLOUD_PROFILE", "half")],
            "CCCC…CCCC",
            "section ci of ",
        ),
        (&["--profile", "ci"], &[("NCLOUD_PROFILE", "half")], "CCCC…CCCC", "section ci of "),
        // Variables win over a section that is only set, not over one that is said.
        (&[], &[A, A_SECRET, ("NCLOUD_PROFILE", "ci")], "AAAA…AAAA", "NCLOUD_ACCESS_KEY_ID"),
        (&["--profile", "ci"], &[A, A_SECRET], "CCCC…CCCC", "section ci of "),
        (
            &[],
            &[("NCLOUD_ACCESS_KEY_ID", ""), ("NCLOUD_SECRET_KEY", "")],
            "DDDD…DDDD",
            "section DEFAULT of ",
        ),
    ] {
        let (found, place, _) = home.wsc(args, env);
        assert_eq!(found, keys, "{args:?} {env:?}");
        assert!(place.starts_with(from), "{place}");
    }
}

#[test]
fn the_site_comes_from_variables_then_the_section() {
    let home = Home::with(Some(FILE));
    for (env, endpoint) in [
        (&[][..], "https://wsc.apigw.ntruss.com"),
        (&[("NCLOUD_PROFILE", "ci")], "https://wsc.apigw.gov-ntruss.com"),
        (&[("NCLOUD_PROFILE", "ci"), ("NCLOUD_SITE", "fin")], "https://wsc.apigw.fin-ntruss.com"),
        (
            &[("NCLOUD_API_GW", "https://fin-ncloud.apigw.fin-ntruss.com")],
            "https://wsc.apigw.fin-ntruss.com",
        ),
    ] {
        assert_eq!(home.wsc(&[], env).2, endpoint, "{env:?}");
    }
}

#[test]
fn half_a_pair_names_the_missing_half() {
    let home = Home::with(Some(FILE));
    for (env, says) in [
        (&[A][..], "NCLOUD_SECRET_ACCESS_KEY, then NCLOUD_SECRET_KEY: not set"),
        (&[B_SECRET], "NCLOUD_ACCESS_KEY_ID, then NCLOUD_ACCESS_KEY: not set"),
        (&[("NCLOUD_PROFILE", "half")], "has no ncloud_secret_access_key"),
        (&[("NCLOUD_PROFILE", "cii")], "did you mean ci?"),
        (&[("NCLOUD_PROFILE", "CI")], "has no section CI"),
    ] {
        home.run(&["wsc", "job", "list"], env).exits(4).says(says);
    }
    for (env, says) in [
        (&[("VADDY_USER", "u")][..], "VADDY_TOKEN, then VADDY_AUTH_KEY: not set"),
        (&[("VADDY_AUTH_KEY", "canary")], "VADDY_USER: not set"),
    ] {
        home.run(&["vaddy", "scan", "running", "--project-id", "p"], env).exits(4).says(says);
    }
}

#[test]
fn a_file_that_others_can_read_is_refused() {
    let home = Home::with(Some(FILE));
    let path = format!("{}/.ncloud/configure", home.0.path());
    for mode in [0o644, 0o640, 0o604, 0o620] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("it is ours");
        home.run(&["wsc", "job", "list"], &[])
            .exits(4)
            .says("can be read by others")
            .says("chmod 600");
    }
}

#[test]
fn a_server_that_has_a_role() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let url = format!("http://{}", listener.local_addr().expect("it is bound"));
    let served = thread::spawn(move || {
        let mut asked = Vec::new();
        for body in [
            "scanner\nother\n",
            r#"{"AccessKeyId":"RRRR0123456789RRRR","SecretAccessKey":"canary-r-secret","Expiration":"2027-01-01T00:00:00Z","Code":"Success"}"#,
        ] {
            let (mut stream, _) = listener.accept().expect("it is asked");
            let (_, request) = read(&stream).expect("it is a request");
            asked.push(request.line);
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
            stream.write_all((head + body).as_bytes()).expect("it listens");
        }
        asked
    });
    let home = Home::with(None);
    let (keys, from, _) = home.wsc(&[], &[("NCLOUD_METADATA_API_ENDPOINT", &url)]);
    assert_eq!((keys.as_str(), from.as_str()), ("RRRR…RRRR", "the server's role scanner"));
    let path = "/latest/meta-data/iam/security-credentials/";
    let asked = served.join().expect("it answered");
    assert_eq!(asked, [format!("GET {path}"), format!("GET {path}scanner")]);
}

#[test]
fn no_keys_at_all() {
    let home = Home::with(None);
    let run = home.run(&["wsc", "job", "list"], &[]).exits(4);
    run.says("NCLOUD_ACCESS_KEY_ID, then NCLOUD_ACCESS_KEY: not set")
        .says("the role of this server");
    home.run(&["auth", "status"], &[]).exits(4);
    home.run(&["--profile", "ci", "auth", "status"], &[])
        .exits(4)
        .says("the profile ci cannot be read");
    let far = [("NCLOUD_METADATA_API_ENDPOINT", "http://metadata.example")];
    home.run(&["wsc", "job", "list"], &far)
        .exits(2)
        .says("NCLOUD_METADATA_API_ENDPOINT cannot be used");
}
