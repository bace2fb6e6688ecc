//! `shindan.toml`: what is read, in which order, and what is said about mistakes.

use std::fs;

use serde_json::Value;

use crate::support::{Directory, Run, shindan};

/// A project's directory, and a user's file.
struct Project(Directory);

impl Project {
    fn with(toml: &str) -> Self {
        let project = Self(Directory::new());
        fs::create_dir_all(project.path("config/shindan")).expect("it can be made");
        project.write("shindan.toml", toml);
        project
    }

    fn path(&self, name: &str) -> String {
        format!("{}/{name}", self.0.path())
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).expect("it can be written");
    }

    fn user(self, toml: &str) -> Self {
        self.write("config/shindan/config.toml", toml);
        self
    }

    fn run(&self, args: &[&str], env: &[(&str, &str)]) -> Run {
        let file = self.path("shindan.toml");
        let user = self.path("config");
        shindan(args, &[&[("SHINDAN_CONFIG", &*file), ("XDG_CONFIG_HOME", &*user)], env].concat())
    }

    /// A setting's value and where it comes from, without the directory.
    fn shown(&self, name: &str, env: &[(&str, &str)]) -> (String, String) {
        let run = self.run(&["config", "show", "--origin", "--output", "json"], env).exits(0);
        let rows: Value = serde_json::from_str(&run.stdout).expect("it is json");
        let row = rows.as_array().expect("rows").iter().find(|row| row["name"] == name);
        let row = row.expect("it is there");
        let text = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
        (text("value"), text("origin").replace(&format!("{}/", self.0.path()), ""))
    }
}

const WHOLE: &str = r#"version = 1

[defaults]
fail-on       = "medium"
wait-timeout  = "4h"
if-busy       = "fail"
reuse-within  = "6h"
max-parallel  = 8
rescan        = "never"

[budget]
max-billable-per-run = 3
max-billable-per-day = 10

[scope]
allowed-hosts = ["*.stg.shop.example", "api.stg.shop.example"]

[services.wsc]
profile = "ci"
site    = "gov"

[services.vaddy]
user-env  = "OUR_VADDY_USER"
token-env = "OUR_VADDY_TOKEN"

[targets.shop]
service     = "wsc"
url         = "https://www.stg.shop.example/"
environment = "staging"
tags        = ["web", "nightly"]
exclude     = ["https://www.stg.shop.example/logout"]
vuln-items  = ["ALL"]
user-agent  = "PC Chrome"
speed       = 1
rescan      = "auto"
header-env  = { Cookie = "SHOP_SESSION" }
owner       = "team-web"

[targets.admin]
service     = "vaddy"
project-id  = "6eb1f9fcbdb6a5a"
project-number = 123
crawl       = "admin login flow"
scan-type   = ["SQLI", "XSS", "XSS_STORE"]
environment = "staging"
fail-on     = "any"
"#;

#[test]
fn options_then_variables_then_the_project_then_the_user_then_the_default() {
    let project = Project::with(WHOLE)
        .user("version = 1\n[defaults]\nfail-on = \"low\"\n[budget]\nmax-billable-per-run = 2\nmax-billable-per-day = 20\n");
    for (name, env, value, origin) in [
        ("fail-on", &[][..], "medium", "shindan.toml:4"),
        ("fail-on", &[("SHINDAN_FAIL_ON", "any")], "any", "SHINDAN_FAIL_ON"),
        ("fail-on", &[("SHINDAN_FAIL_ON", "")], "medium", "shindan.toml:4"),
        ("wait-timeout", &[], "4h", "shindan.toml:5"),
        ("max-parallel", &[("SHINDAN_MAX_PARALLEL", "2")], "2", "SHINDAN_MAX_PARALLEL"),
        // A limit is the smallest that anybody has set.
        ("max-billable-per-run", &[], "2", "config/shindan/config.toml:5"),
        ("max-billable-per-day", &[], "10", "shindan.toml:13"),
        (
            "max-billable-per-run",
            &[("SHINDAN_MAX_BILLABLE_PER_RUN", "1")],
            "1",
            "SHINDAN_MAX_BILLABLE_PER_RUN",
        ),
        (
            "max-billable-per-run",
            &[("SHINDAN_MAX_BILLABLE_PER_RUN", "9")],
            "2",
            "config/shindan/config.toml:5",
        ),
        ("services.wsc.profile", &[], "ci", "shindan.toml:19"),
        ("services.wsc.profile", &[("NCLOUD_PROFILE", "x")], "x", "NCLOUD_PROFILE"),
        ("allowed-hosts", &[], "*.stg.shop.example, api.stg.shop.example", "shindan.toml:16"),
        ("targets.shop", &[], "wsc https://www.stg.shop.example/, team-web", "shindan.toml:26"),
        ("targets.admin", &[], "vaddy 6eb1f9fcbdb6a5a", "shindan.toml:39"),
    ] {
        assert_eq!(
            project.shown(name, env),
            (value.to_owned(), origin.to_owned()),
            "{name} {env:?}"
        );
    }
    let project =
        Project::with("version = 1\n").user("version = 1\n[defaults]\nfail-on = \"low\"\n");
    let user = "config/shindan/config.toml:3".to_owned();
    assert_eq!(project.shown("fail-on", &[]), ("low".to_owned(), user));
    assert_eq!(project.shown("if-busy", &[]), ("wait".to_owned(), "default".to_owned()));
    project.run(&["config", "check"], &[]).exits(0);
}

#[test]
fn mistakes_have_a_place_and_a_suggestion() {
    let accepted = |more: &str| {
        let said = "fingerprint = \"3f1c9a0be2d47715\"\nreason = \"r\"\nowner = \"o\"";
        format!("[[accept]]\n{said}\n{more}")
    };
    let target = "[targets.shop]\nservice = \"wsc\"\nurl = \"https://a/\"\n";
    for (lines, place, says) in [
        ("[defaults]\nfail-onn = \"high\"", ":3:1", "did you mean fail-on?"),
        ("[default]\n", ":2:2", "did you mean defaults?"),
        ("[defaults]\nfail-on = \"hihg\"", ":3:11", "none of: high, medium, low, any, never"),
        ("[defaults]\nfail-on = true", ":3:11", "a text, a whole number or a day"),
        ("[defaults]\nwait-timeout = \"4 hours\"", ":3:16", "90s, 15m or 4h"),
        ("[defaults]\nmax-parallel = 0", ":3:16", "at least 1"),
        ("[budget]\nmax-billable-per-run = -1", ":3:24", "not a number"),
        ("[scope]\nallowed-hosts = [\"a.example\", \"https://b\"]", ":3:31", "not a host"),
        ("[services.wsc]\nsite = \"kr\"", ":3:8", "public, gov, fin"),
        ("[targets.shop]\nurl = \"https://a/\"", ":2:1", "it has no service"),
        ("[targets.shop]\nservice = \"wcs\"", ":3:11", "none of: wsc, vaddy"),
        ("[targets.shop]\nservice = \"wsc\"", ":2:1", "it has no url"),
        ("[targets.shop]\nservice = \"wsc\"\nurl = \"shop\"", ":4:7", "not a url"),
        (
            "[targets.shop]\nservice = \"wsc\"\nurl = \"https://a/\"\ncrawl = 3",
            ":2:1",
            "crawl is for targets of vaddy",
        ),
        ("[targets.a]\nservice = \"vaddy\"", ":2:1", "neither a project-id nor an fqdn"),
        (
            "[targets.a]\nservice = \"vaddy\"\nproject-id = \"p\"\nfqdn = \"h\"",
            ":2:1",
            "keep one of them",
        ),
        (
            "[targets.a]\nservice = \"vaddy\"\nproject-id = \"p\"\nspeed = 1",
            ":2:1",
            "speed is for targets of wsc",
        ),
        (
            "[targets.shop]\nservice = \"wsc\"\nurl = \"https://a/\"\nenvironment = \"prod\"",
            ":5:15",
            "production, staging",
        ),
        (
            "[targets.shop]\nservice = \"wsc\"\nurl = \"https://a/\"\nheader-env = { Cookie = \"a b\" }",
            ":5:25",
            "variable",
        ),
        ("[[accept]]\nreason = \"r\"", ":2:1", "has no fingerprint"),
        ("[[accept]]\nfingerprint = \"3F1C\"", ":3:15", "16 digits"),
        (&accepted("until = \"2027-02-30\""), ":6:9", "written like 2027-01-31"),
        (&accepted("until = 2027-01-31\ntarget = \"shop\""), ":7:10", "no target shop"),
        (&accepted("until = 2027-01-31\ncount = 0"), ":7:9", "at least 1"),
        (
            "[targets.a]\nservice = \"vaddy\"\nproject-id = \"p\"\nmax-alerts = 3",
            ":2:1",
            "max-alerts-until",
        ),
        (&format!("{target}max-alerts = 3"), ":2:1", "max-alerts is for targets of vaddy"),
        (&format!("{target}routes = {{ \"/a\" = \"../a.rs\" }}"), ":5:19", "within the project"),
        (&format!("{target}routes = {{ \"a*\" = \"a.rs\" }}"), ":5:19", "a route is"),
        ("[defaults]\nmin-coverage = 101", ":3:16", "between 0 and 100"),
        ("[reports]\nformats = [\"pdf\"]", ":3:12", "none of: json"),
        ("[reports]\nlang = \"kr\"", ":3:8", "none of: en, ko, ja"),
        (&format!("{target}{target}"), ":5:10", "duplicate"),
        ("version = 1", ":2:1", "duplicate"),
        ("[defaults", ":2:10", "expected"),
    ] {
        let project = Project::with(&format!("version = 1\n{lines}\n"));
        for args in [&["config", "check"][..], &["wsc", "job", "list"]] {
            let run = project.run(args, &[]).exits(2);
            run.says(&format!("shindan.toml{place}: ")).says(says);
        }
    }
    for (text, says) in [("", "version = 1 is missing"), ("version = 2\n", "reads version 1")] {
        Project::with(text).run(&["config", "check"], &[]).exits(2).says(says);
    }
}

#[test]
fn a_mistake_shows_no_key() {
    let project = Project::with("version = 1\n[services.vaddy]\ntoken = \"canary-in-a-file\"\n");
    let run = project.run(&["config", "check"], &[]).exits(2);
    assert!(!run.stderr.contains("canary"), "{run:?}");
}

#[test]
fn a_users_file_has_no_targets() {
    let user = "version = 1\n[targets.shop]\nservice = \"wsc\"\nurl = \"https://a/\"\n";
    Project::with("version = 1\n")
        .user(user)
        .run(&["config", "check"], &[])
        .exits(2)
        .says("targets");
}

#[test]
fn a_file_that_was_named_must_be_there() {
    let project = Project::with("version = 1\n");
    project
        .run(&["-c", "/nowhere/shindan.toml", "config", "check"], &[])
        .exits(2)
        .says("there is no file");
    project.run(&["-c", project.0.path(), "config", "check"], &[]).exits(2).says("cannot be read");
}

/// Editors and the reader agree, as far as a schema can tell.
#[test]
fn the_schema_means_the_same() {
    let schema = shindan(&["config", "schema"], &[]).exits(0).json();
    let schema = jsonschema::validator_for(&schema).expect("it is a schema");
    let json = |text: &str| -> Value { toml::from_str(text).expect("it is toml") };
    assert!(schema.is_valid(&json(WHOLE)), "{:?}", schema.iter_errors(&json(WHOLE)).next());
    for wrong in [
        "",
        "version = 2",
        "version = 1\n[default]",
        "version = 1\n[defaults]\nfail-onn = \"high\"",
        "version = 1\n[defaults]\nfail-on = \"hihg\"",
        "version = 1\n[defaults]\nmax-parallel = 0",
        "version = 1\n[budget]\nmax-billable-per-run = -1",
        "version = 1\n[services.wsc]\nsite = \"kr\"",
        "version = 1\n[targets.a]\nurl = \"https://a/\"",
        "version = 1\n[targets.a]\nservice = \"wsc\"",
        "version = 1\n[targets.a]\nservice = \"wsc\"\nurl = \"https://a/\"\ncrawl = 3",
        "version = 1\n[targets.a]\nservice = \"vaddy\"",
        "version = 1\n[targets.a]\nservice = \"vaddy\"\nproject-id = \"p\"\nfqdn = \"h\"",
        "version = 1\n[targets.a]\nservice = \"vaddy\"\nproject-id = \"p\"\nspeed = 1",
    ] {
        assert!(!schema.is_valid(&json(wrong)), "{wrong}");
        Project::with(wrong).run(&["config", "check"], &[]).exits(2);
    }
}
