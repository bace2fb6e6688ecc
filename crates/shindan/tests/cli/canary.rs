//! Secrets of every kind go in, and none comes out: not into a report, a log, a journal or a history.

use std::fs;

use crate::{
    machine::Machine,
    support::{Directory, Emulator},
};

const SECRETS: [(&str, &str); 6] = [
    ("NCLOUD_ACCESS_KEY_ID", "CANARYACCESSKEY7JX2PQ"),
    ("NCLOUD_SECRET_ACCESS_KEY", "CanarySecretKey7Jx2PqW9vB4mN8zT3"),
    ("VADDY_USER", "canary-user-7Jx2PqW9"),
    ("VADDY_TOKEN", "canaryTokenKey7Jx2PqW9vB4mN8zT3r"),
    ("SHOP_CODE", "canary-code-7Jx2PqW9"),
    ("SHOP_SESSION", "sid=canary-session-7Jx2PqW9; theme=\"dark\""),
];

const TARGETS: &str = r#"version = 1
[targets.shop]
service = "wsc"
url = "https://scenario-findings.test/"
header-env = { Cookie = "SHOP_SESSION" }
[targets.short]
service = "wsc"
url = "https://scenario-incomplete.test/"
header-env = { Cookie = "SHOP_SESSION" }
[targets.admin]
service = "vaddy"
fqdn = "scenario-findings.test"
verification-code-env = "SHOP_CODE"
[targets.gone]
service = "wsc"
url = "https://scenario-external-server.test/"
"#;

#[test]
fn no_secret_comes_out_anywhere() {
    let place = Directory::new();
    fs::create_dir_all(place.path()).unwrap();
    let file = |name: &str| format!("{}/{name}", place.path());
    fs::write(file("shindan.toml"), TARGETS).unwrap();
    let (toml, output, page) = (file("shindan.toml"), file("output"), file("page"));
    let emulator = Emulator::start_with(&["--clock", "x60000000", "--accept-any-key"], 7);
    let own = [
        ("SHINDAN_CONFIG", &*toml),
        ("GITHUB_OUTPUT", &*output),
        ("GITHUB_STEP_SUMMARY", &*page),
        ("VADDY_AUTH_KEY", ""),
    ];
    let mut env = emulator.env_with(&own);
    env.retain(|(name, _)| SECRETS.iter().all(|(secret, _)| secret != name));
    let machine = Machine::new(&[&env[..], &SECRETS].concat());
    let formats = [
        "json",
        "jsonl",
        "sarif",
        "sarif-github",
        "junit",
        "gitlab-dast",
        "defectdojo",
        "md",
        "csv",
        "html",
        "github",
    ];
    let wanted: Vec<&str> = formats.iter().flat_map(|format| ["--report", format]).collect();
    let dir = file("reports");
    let scan = ["-vvv", "scan", "--all", "--yes", "--raw-report", "--report-dir", &dir];
    let run = machine.run(&[&scan[..], &wanted].concat()).exits(1);
    let json = machine.run(&["-vvv", "--log-format", "json", "attach", "--latest"]);
    let told = [&run.stdout, &run.stderr, &json.stdout, &json.stderr].map(String::clone).concat();
    let mut all = vec![("what is printed".to_owned(), told)];
    // Ten files, and what was sent for each of the three scans that have a report.
    assert_eq!(fs::read_dir(&dir).unwrap().count(), 13);
    let below = ["scans", "history"].map(|name| format!("{}/{name}", machine.state()));
    for folder in [place.path(), &dir, machine.state(), &below[0], &below[1]] {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() && path.file_name().is_some_and(|name| name != "shindan.toml") {
                all.push((path.display().to_string(), fs::read_to_string(&path).unwrap()));
            }
        }
    }
    let places: Vec<_> = all.iter().map(|(place, _)| place).collect();
    assert!(all.len() > 20, "{places:#?}");
    for (name, secret) in SECRETS {
        for form in forms(secret) {
            for (place, text) in &all {
                assert!(!text.contains(&form), "{name} as {form} in {place}");
            }
        }
    }
}

/// How a secret may look where somebody has encoded it.
fn forms(secret: &str) -> Vec<String> {
    let hex = |upper: bool| {
        let digits = |b: u8| if upper { format!("{b:02X}") } else { format!("{b:02x}") };
        secret.bytes().map(digits).collect::<String>()
    };
    let percent = |b: u8| match b {
        b if b.is_ascii_alphanumeric() || b"-._~".contains(&b) => char::from(b).to_string(),
        b => format!("%{b:02X}"),
    };
    let percent: String = secret.bytes().map(percent).collect();
    let html = secret.replace('"', "&quot;");
    let json = serde_json::to_string(secret).expect("a text is json");
    let mut forms = vec![
        secret.to_owned(),
        hex(true),
        hex(false),
        percent.replace("%20", "+"),
        percent,
        html,
        json.trim_matches('"').to_owned(),
        secret.chars().rev().collect(),
    ];
    // Whatever stands before it moves the digits.
    for skip in 0..3 {
        let bytes = [&vec![0; skip], secret.as_bytes()].concat();
        let digits = base64(&bytes);
        let known = digits.len() - 4;
        forms.push(digits[if skip == 0 { 0 } else { 4 }..known].to_owned());
    }
    forms
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let three = |chunk: &[u8]| {
        let at = |n: usize| u32::from(chunk.get(n).copied().unwrap_or_default());
        let bits = at(0) << 16 | at(1) << 8 | at(2);
        [18, 12, 6, 0].map(|shift| char::from(DIGITS[(bits >> shift & 63) as usize]))
    };
    bytes.chunks(3).flat_map(three).collect()
}

#[test]
fn the_search_finds_what_is_there() {
    assert!(forms("a b").contains(&"a%20b".to_owned()));
    assert_eq!(base64(b"canary-7"), "Y2FuYXJ5LTcA");
    assert!(forms("canary-7-canary").iter().any(|form| "xxY2FuYXJ5LTctY2FuYXJ5".contains(form)));
}
