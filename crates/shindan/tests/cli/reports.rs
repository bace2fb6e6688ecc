//! What a run leaves behind: files, whatever happened, and a verdict that the accepted findings change.

use std::{fs, path::Path};

use serde_json::Value;

use crate::{
    emulator_lives::Detached,
    support::{Directory, Run, Running},
    team::Team,
};

/// A scan takes no time.
pub(crate) const CLOCK: &str = "x60000000";

/// Nothing is repeated free: on this clock the offer may be over before it is taken.
pub(crate) const TARGETS: &str = r#"
[defaults]
rescan = "never"
[targets.clean]
service = "wsc"
url = "https://scenario-clean.test/"
[targets.found]
service = "wsc"
url = "https://scenario-findings.test/"
owner = "team-web"
[targets.short]
service = "vaddy"
fqdn = "scenario-incomplete.test"
[targets.gone]
service = "wsc"
url = "https://scenario-external-server.test/"
"#;

pub(crate) fn scan(team: &Team, reports: &Directory, more: &[&str]) -> Run {
    let args = ["scan", "--all", "--yes", "--report-dir", reports.path()];
    team.machine.run(&[&args[..], more].concat())
}

pub(crate) fn summary(reports: &Directory) -> Value {
    let text = fs::read_to_string(format!("{}/summary.json", reports.path()));
    let text = text.expect("it was written");
    serde_json::from_str(&text).expect("it is json")
}

pub(crate) fn target<'a>(summary: &'a Value, name: &str) -> &'a Value {
    let mut targets = summary["targets"].as_array().expect("a list").iter();
    targets.find(|target| target["target"] == name).expect("it is there")
}

#[test]
fn every_target_is_in_every_file_however_it_ended() {
    let team = Team::with(CLOCK, TARGETS);
    let reports = Directory::new();
    let all = [
        "jsonl",
        "sarif",
        "gitlab-dast",
        "defectdojo",
        "md",
        "csv",
        "json",
        "html",
        "junit",
        "sarif-github",
    ];
    let wanted: Vec<&str> = all.iter().flat_map(|format| ["--report", format]).collect();
    let run = scan(&team, &reports, &wanted).exits(1);
    let summary = summary(&reports);
    assert_eq!(summary["exit"]["code"], 1);
    for (name, code) in [("clean", 0), ("found", 1), ("short", 3), ("gone", 6)] {
        assert_eq!(target(&summary, name)["exit"]["code"], code, "{name}");
        for file in fs::read_dir(reports.path()).unwrap() {
            let path = file.unwrap().path();
            let text = fs::read_to_string(&path).unwrap();
            assert!(text.contains(name), "{name} is not in {}", path.display());
        }
    }
    assert_eq!(fs::read_dir(reports.path()).unwrap().count(), all.len());
    assert!(run.stdout.contains("✗ gate") && run.stdout.contains("✓ pass"), "{}", run.stdout);
    assert!(run.stdout.contains("reports  "), "{}", run.stdout);
}

/// What cannot be read is neither dropped nor passed; what is no report at all is not kept as one.
#[test]
fn a_part_that_cannot_be_read_is_kept_without_secrets() {
    let emulator = Detached::start(&["--clock", "x60000000"]);
    let answers = |body: &str| {
        let rule = serde_json::json!([
            {"operation": "vaddy.v2.getScanResult", "status": 200, "body": body}
        ]);
        emulator.run(&["fault", "set", &rule.to_string()]).exits(0);
    };
    let figures = r#""status":"finish","alert_count":0,"complete":100,"scan_count":5"#;
    answers(&format!(r#"{{{figures},"scan_list":["XSS",{{"Cookie":"canary","b":1}}]}}"#));
    let reports = Directory::new();
    let scan = |more: &str| {
        let script = "exec $0 scan --yes --project-id";
        emulator.shell(&format!("{script} {more} --report-dir {}", reports.path()))
    };
    scan("p").exits(3).says("1 part of the report cannot be read");
    let kept = |name: &str| name.ends_with(".raw.json");
    let names = || {
        let files = fs::read_dir(reports.path()).unwrap();
        files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect::<Vec<_>>()
    };
    let raw: Vec<_> = names().into_iter().filter(|name| kept(name)).collect();
    assert_eq!(raw.len(), 1, "{raw:?}");
    let raw = fs::read_to_string(format!("{}/{}", reports.path(), raw[0])).unwrap();
    assert!(raw.contains("\"b\": 1") && !raw.contains("canary"), "{raw}");

    // Half a scan has found something: what is overlooked is the gate alone.
    answers(r#"{"status":"finish","alert_count":2,"complete":50,"scan_count":5}"#);
    scan("half").exits(1);
    scan("half --exit-zero").exits(3).says("exit 3 in place of 1");
    let saved = format!("{}/summary.json", reports.path());
    emulator.0.run(&["report", "check", &saved]).exits(1);
    emulator.0.run(&["report", "check", &saved, "--exit-zero"]).exits(3);

    answers("<html>oops</html>");
    // A page in between may go away, so it is asked for again until the wait is over.
    scan("other --wait-timeout 1s").exits(10).says("cannot be read");
    assert_eq!(names().iter().filter(|name| kept(name)).count(), 1);
    assert!(summary(&reports)["targets"][0]["diagnosis"].is_null());
}

/// A secret that looks like a word of ours takes nothing away.
#[test]
fn a_secret_that_looks_like_a_report_spoils_none() {
    let team = Team::with(CLOCK, TARGETS);
    for secret in ["2026", "high", "found", "open"] {
        let reports = Directory::new();
        let env = [("VADDY_VERIFICATION_CODE", secret), ("HTTPS_PROXY", "")];
        let args = ["scan", "found", "--yes", "--rescan", "never", "--report-dir", reports.path()];
        team.machine.run_with(&args, &env).exits(1);
        assert_eq!(summary(&reports)["exit"]["name"], "gate", "{secret}");
    }
}

#[test]
fn attach_judges_like_the_run_did() {
    let toml = "[defaults]\nmin-coverage = 40\n[targets.part]\nservice = \"vaddy\"\nfqdn = \"scenario-incomplete.test\"\n";
    let team = Team::with(CLOCK, toml);
    team.machine.run(&["scan", "part", "--yes", "--min-coverage", "100"]).exits(3);
    team.machine.run(&["attach", "--latest"]).exits(3);
    team.machine.run(&["attach", "--latest", "--min-coverage", "60"]).exits(0);
}

#[test]
fn coverage_can_be_asked_for_less() {
    let team = Team::with(CLOCK, TARGETS);
    let scan = |percent| team.machine.run(&["scan", "short", "--yes", "--min-coverage", percent]);
    scan("64").exits(3).says("63%");
    scan("63").exits(0);
    scan("101").exits(2);
}

#[test]
fn what_was_not_started_is_left_behind_too() {
    let team = Team::with(CLOCK, TARGETS);
    for args in [&["scan", "clean"][..], &["scan", "--url", "https://clean.example/"]] {
        let reports = Directory::new();
        let place = ["--report-dir", reports.path()];
        team.machine.run(&[args, &place].concat()).exits(5);
        assert_eq!(summary(&reports)["exit"]["name"], "refused", "{args:?}");
        let wrong = [("NCLOUD_SECRET_ACCESS_KEY", "")];
        team.machine.run_with(&[args, &["--yes"], &place].concat(), &wrong).exits(4);
        assert_eq!(summary(&reports)["targets"][0]["exit"]["code"], 4, "{args:?}");
        let nobody = [("WSC_ENDPOINT", "http://127.0.0.1:1")];
        team.machine.run_with(&[args, &["--yes"], &place].concat(), &nobody).exits(9);
        let saved = format!("{}/summary.json", reports.path());
        team.machine.run(&["report", "check", &saved]).exits(9);
        assert!(!fs::read_to_string(format!("{}/index.html", reports.path())).unwrap().is_empty());
    }
}

/// Whoever reads the reports of an earlier run after this one was killed would take them for this one's.
#[cfg(unix)]
#[test]
fn a_killed_run_leaves_reports_that_do_not_pass() {
    let team = Team::with("x1", TARGETS);
    let reports = Directory::new();
    let scan = ["scan", "clean", "--yes", "--report-dir", reports.path()];
    let running = team.machine.spawn(&scan);
    running.wait_for("found as");
    running.signal("-KILL");
    running.finish();
    assert_eq!(summary(&reports)["exit"]["name"], "incomplete");
    let saved = format!("{}/summary.json", reports.path());
    team.machine.run(&["report", "check", &saved]).exits(3).says("cut off");
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_not_replaced_and_what_a_link_leads_to_is() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let team = Team::with(CLOCK, TARGETS);
    let place = Directory::new();
    fs::create_dir_all(place.path()).unwrap();
    let [link, file] = ["link", "file"].map(|name| format!("{}/{name}", place.path()));
    fs::write(&file, "old").unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    symlink(&file, &link).unwrap();
    let scan = |report: &str| {
        team.machine.run(&["scan", "clean", "--yes", "--rescan", "never", "--report", report])
    };
    scan("html=/dev/null").exits(2).says("it is no file");
    scan("json=-").exits(2).says("report convert");
    assert_eq!(team.emulator.ledger(), (0, 0));
    scan(&format!("html={link}")).exits(0);
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert!(fs::read_to_string(&file).unwrap().contains("<!DOCTYPE html>"));
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
}

#[test]
fn only_the_gate_can_be_overlooked() {
    let team = Team::with(CLOCK, TARGETS);
    let scan = |name| team.machine.run(&["scan", name, "--yes", "--exit-zero"]);
    scan("found").exits(0).says("--exit-zero");
    scan("short").exits(3);
    scan("gone").exits(6);
    // Of each target for itself: what has not finished is not hidden by what was found elsewhere.
    let reports = Directory::new();
    let both = ["scan", "found", "short", "--yes", "--exit-zero", "--report-dir", reports.path()];
    team.machine.run(&both).exits(3);
    assert_eq!(summary(&reports)["exit"]["code"], 1);
    let saved = format!("{}/summary.json", reports.path());
    team.machine.run(&["report", "check", &saved]).exits(1);
    team.machine.run(&["report", "check", &saved, "--exit-zero"]).exits(3);
}

#[test]
fn a_place_that_cannot_be_written_is_told_of_before_anything_is_started() {
    let team = Team::with(CLOCK, TARGETS);
    let reports = Directory::new();
    fs::create_dir_all(reports.path()).unwrap();
    let file = format!("{}/file", reports.path());
    fs::write(&file, "whole").unwrap();
    let scan = |args: &[&str]| team.machine.run(&[&["scan", "clean", "--yes"], args].concat());
    scan(&["--report-dir", &format!("{file}/below")]).exits(11).says("nothing was started");
    scan(&["--report", &format!("json={}", reports.path())]).exits(2).says("it is no file");
    let twice = format!("json={file}");
    let other = format!("html={file}");
    scan(&["--report", &twice, "--report", &other]).exits(2).says("two reports");
    scan(&["--report", "pdf=x"]).exits(2);
    scan(&["--report", "json="]).exits(2);
    assert_eq!(team.emulator.ledger(), (0, 0));
    assert_eq!(fs::read_to_string(&file).unwrap(), "whole");
}

#[cfg(unix)]
#[test]
fn a_report_that_cannot_be_written_leaves_the_old_one_whole() {
    let team = Team::with(CLOCK, TARGETS);
    let reports = Directory::new();
    fs::create_dir_all(reports.path()).unwrap();
    let path = format!("{}/index.html", reports.path());
    fs::write(&path, "old").unwrap();
    // In blocks of 512 bytes: a journal is shorter, the page is longer.
    let limit = ["sh", "-c", r#"trap '' XFSZ; ulimit -f 8; exec "$@""#, "sh"];
    let html = format!("html={path}");
    let scan = ["scan", "clean", "--yes", "--rescan", "never", "--report", &html];
    let run = Running::under(&limit, &scan, &team.machine.env()).finish().exits(11);
    run.says("index.html cannot be written").says("nothing was started");
    assert_eq!(fs::read_to_string(&path).unwrap(), "old");
    assert_eq!(fs::read_dir(reports.path()).unwrap().count(), 1);
    assert_eq!(team.emulator.ledger(), (0, 0));
}

#[test]
fn what_a_site_wrote_harms_no_reader() {
    let team = Team::with(
        CLOCK,
        "[targets.evil]\nservice = \"wsc\"\nurl = \"https://scenario-injection.test/\"\n",
    );
    let reports = Directory::new();
    let formats = [
        "--report", "csv", "--report", "md", "--report", "html", "--report", "junit", "--report",
        "github",
    ];
    let run = scan(&team, &reports, &formats).exits(1);
    let said = run.stdout.clone() + &run.stderr;
    assert!(!said.contains('\u{1b}') && !said.contains('\u{202e}'), "{said}");
    assert!(!said.lines().any(|line| line.trim_start().starts_with("::set-output")), "{said}");
    let page = fs::read_to_string(format!("{}/index.html", reports.path())).unwrap();
    assert!(!page.contains("<script"), "{page}");
}

#[test]
fn a_saved_run_becomes_every_other_format_and_ends_like_it_did() {
    let team = Team::with(CLOCK, TARGETS);
    let reports = Directory::new();
    scan(&team, &reports, &[]).exits(1);
    let saved = format!("{}/summary.json", reports.path());
    for (format, file) in
        [("html", "index.html"), ("junit", "junit.xml"), ("sarif-github", "github.sarif")]
    {
        let written = fs::read_to_string(format!("{}/{file}", reports.path())).unwrap();
        let run = team.machine.run(&["report", "convert", &saved, format]).exits(0);
        assert_eq!(run.stdout.trim_end(), written.trim_end(), "{format}");
    }
    team.machine.run(&["report", "check", &saved]).exits(1);
    team.machine.run(&["report", "check", &saved, "--exit-zero"]).exits(6);
    team.machine.run(&["report", "check", &format!("{}/github.sarif", reports.path())]).exits(0);
    team.machine.run(&["report", "diff", &saved, &saved]).exits(0);
    let merged = team.machine.run(&["report", "merge", &saved, &saved]).exits(0);
    assert!(merged.stdout.trim_end() == fs::read_to_string(&saved).unwrap().trim_end());
    // Somebody has made a pass of it.
    let mut forged = summary(&reports);
    forged["exit"] = serde_json::json!({"code": 0, "name": "ok", "because": []});
    for target in forged["targets"].as_array_mut().unwrap() {
        target["exit"] = serde_json::json!({"code": 0, "name": "ok", "because": []});
    }
    fs::write(&saved, forged.to_string()).unwrap();
    team.machine.run(&["report", "check", &saved]).exits(1);
    forged["targets"] = serde_json::json!([forged["targets"][2]]);
    fs::write(&saved, forged.to_string()).unwrap();
    team.machine.run(&["report", "check", &saved]).exits(3);
    forged["targets"] = serde_json::json!([]);
    fs::write(&saved, forged.to_string()).unwrap();
    team.machine.run(&["report", "check", &saved]).exits(3);
    fs::write(&saved, "{\"schema\": 2}").unwrap();
    team.machine.run(&["report", "check", &saved, "--as", "summary"]).exits(2);
}

#[test]
fn a_pipeline_on_github_gets_its_outputs_as_soon_as_the_scan_exists() {
    let stuck = "[targets.clean]\nservice = \"wsc\"\nurl = \"https://scenario-stuck.test/\"\n";
    let team = Team::with("x60", stuck);
    let place = Directory::new();
    fs::create_dir_all(place.path()).unwrap();
    let [output, page] = ["output", "summary"].map(|name| format!("{}/{name}", place.path()));
    let machine = crate::machine::Machine::new(
        &[&team.machine.env()[..], &[("GITHUB_OUTPUT", &output), ("GITHUB_STEP_SUMMARY", &page)]]
            .concat(),
    );
    let running = machine.spawn(&["scan", "clean", "--yes", "--report", "github"]);
    running.wait_for("found as");
    running.wait_for("URL collection");
    let outputs = fs::read_to_string(&output).unwrap();
    assert!(outputs.contains("scan-id<<") && outputs.contains("shindan attach"), "{outputs}");
    assert!(!Path::new(&page).exists());
    running.signal("-TERM");
    running.finish().exits(143);
    let outputs = fs::read_to_string(&output).unwrap();
    assert!(outputs.contains("\nnone\n"), "{outputs}");
    assert!(fs::read_to_string(&page).unwrap().contains("clean"));
}
