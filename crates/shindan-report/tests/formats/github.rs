//! What a step on GitHub shows and hands on, read by ports of the runner's parsers.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

use shindan_report::{
    Diagnosis, Ended, Outcome, Severity, Standing, Summary, Untrusted,
    format::{annotations, outputs, started},
};

use crate::samples;

const TOKEN: &str = "c0ffee5ca1ab1e00c0ffee5ca1ab1e00";

#[test]
fn no_command_is_that_of_a_stranger() {
    for (name, summary) in samples::all() {
        let text = annotations(&summary, TOKEN);
        let commands = commands(&text);
        let of = |kind: &str| commands.iter().filter(|command| command.kind == kind).count();
        assert!(of("error") <= 10 && of("warning") <= 10, "{name}");
        assert_eq!(of("notice"), 1, "{name}");
        let cut = usize::from(matches!(name, "many" | "hostile"));
        assert_eq!(
            [of("group"), of("stop-commands"), of(TOKEN), of("endgroup")],
            [cut; 4],
            "{name}"
        );
        assert_eq!(commands.len(), of("error") + of("warning") + 1 + 4 * cut, "{name}");
        if cut == 0 {
            assert_eq!(commands.len(), text.lines().count(), "{name}");
        }
        assert!(!text.contains(|c: char| c != '\n' && c.is_control()), "{name}");
        assert!(text.lines().all(|line| line.len() < 20_000), "{name}");
    }
}

#[test]
fn what_was_cut_is_said_and_listed() {
    let text = annotations(&samples::many(), TOKEN);
    let notice = &by_kind(&text, "notice")[0];
    assert_eq!(
        notice.message,
        "0 of 1 targets passed: shop (wsc https://www.stg.shop.example/) gate; GitHub shows 10 of each, \
        so 990 errors and 1990 warnings have no annotation"
    );
    let plain = text.lines().filter(|line| !line.starts_with("::")).count();
    assert_eq!(plain, 990 + 1_990);
    assert!(by_kind(&text, "error").iter().all(|error| error.title().starts_with("HIGH ")));
    assert!(by_kind(&text, "warning").iter().all(|warning| warning.title().starts_with("MEDIUM ")));
}

#[test]
fn a_clean_run_says_what_was_scanned() {
    assert_eq!(
        annotations(&samples::clean(), TOKEN),
        "::notice title=shindan::2 of 2 targets passed: shop (wsc https://www.stg.shop.example/) ok, \
        admin (vaddy 6eb1f9fcbdb6a5a) ok\n"
    );
}

#[test]
fn findings_are_annotated_and_accepted_ones_are_not() {
    assert_eq!(
        annotations(&samples::findings(), TOKEN).lines().collect::<Vec<_>>(),
        [
            "::error title=HIGH SQL injection (new),file=src/routes/search.rs,line=1::SQL injection in parameter q of \
            GET https://www.stg.shop.example/search; target shop, fingerprint 0000000000000000",
            "::error title=HIGH SQL injection,file=shindan.toml,line=41::SQL injection \u{d7}3; target api, \
            fingerprint 0000000000000004",
            "::error title=UNRATED Alerts of VAddy,file=shindan.toml,line=55::Alerts of VAddy \u{d7}2; target admin, \
            fingerprint 0000000000000009",
            "::warning title=MEDIUM Cross-site scripting,file=shindan.toml,line=41::Cross-site scripting in parameter b \
            of GET https://www.stg.shop.example/a/1?b=c; accepted only until 2026-01-31; target shop, \
            fingerprint 0000000000000002",
            "::warning title=LOW Directory listing,file=shindan.toml,line=41::Directory listing of \
            GET https://www.stg.shop.example/img/; target shop, fingerprint 0000000000000003",
            "::notice title=shindan::0 of 3 targets passed: shop (wsc https://www.stg.shop.example/) gate, \
            api (wsc https://www.stg.shop.example/) gate, admin (vaddy 6eb1f9fcbdb6a5a) gate; 1 accepted are left out",
        ]
    );
}

#[test]
fn a_target_that_has_not_finished_comes_first_and_is_an_error() {
    let errors = |summary: &Summary| {
        let text = annotations(summary, TOKEN);
        let of = |error: &Command| format!("{} | {}", error.title(), error.message);
        by_kind(&text, "error").iter().map(of).collect::<Vec<_>>()
    };
    assert_eq!(
        errors(&samples::failed()),
        [
            "shop: auth | wsc.example did not accept the credentials; the scan has not finished",
            "admin: unknown | nobody knows whether it was started; the scan has not finished; \
            go on with: shindan attach 01JD4Q8Z",
        ]
    );
    assert_eq!(
        errors(&samples::incomplete()),
        ["admin: incomplete | only 63% complete", "shop: incomplete | 1 of 3 domains not scanned"]
    );
    let mut both = samples::failed();
    both.targets.insert(0, samples::findings().targets.remove(0));
    assert!(errors(&both)[0].starts_with("shop: auth | ") && errors(&both)[2].starts_with("HIGH "));
    // Findings do not hide that the rest was not scanned.
    let mut half = samples::findings();
    said(&mut half.targets[0]).missing = vec!["1 of 3 domains not scanned".to_owned()];
    assert_eq!(errors(&half)[0], "shop: gate | 1 high; 1 of 3 domains not scanned");
    let mut lower = samples::findings();
    lower.targets[0].exit = Ended::new(3, "incomplete", vec![Untrusted::new("only 80% complete")]);
    assert_eq!(errors(&lower)[0], "shop: incomplete | only 80% complete");
    // Nor does a gate without a finding to show go unsaid.
    let mut unseen = samples::many();
    said(&mut unseen.targets[0]).findings.clear();
    assert_eq!(errors(&unseen), ["shop: gate | 1000 high"]);
    // A run may fail although no target did.
    let mut run = samples::clean();
    run.exit = Ended::new(11, "output", vec![Untrusted::new("the disk is full")]);
    assert_eq!(errors(&run), ["shindan: output | the disk is full"]);
    run.targets.clear();
    run.exit = Ended::new(0, "ok", Vec::new());
    assert_eq!(errors(&run), ["shindan: ok | no target was scanned"]);
}

#[test]
fn a_scan_that_was_left_running_is_no_pass_and_no_failure() {
    let mut summary = samples::clean();
    summary.targets[0].diagnosis = None;
    summary.targets[0].emulated = true;
    let text = annotations(&summary, TOKEN);
    let warning = &by_kind(&text, "warning")[0];
    assert_eq!(warning.title(), "shop (emulated): unfinished");
    assert_eq!(warning.message, "the scan has not finished");
    assert!(by_kind(&text, "notice")[0].message.starts_with("1 of 2 targets passed: "));
    assert_eq!(output(&summary, "gate"), "none");
    assert_eq!(output(&summary, "findings-total"), "0+");
}

#[test]
fn the_worst_and_the_new_findings_come_first() {
    let mut summary = samples::many();
    said(&mut summary.targets[0]).findings.reverse();
    let warnings = by_kind(&annotations(&summary, TOKEN), "warning");
    assert!(warnings.iter().all(|warning| warning.title().starts_with("MEDIUM ")));
    said(&mut summary.targets[0]).findings.reverse();
    said(&mut summary.targets[0]).findings[500].is_new = Some(true);
    let text = annotations(&summary, TOKEN);
    assert!(by_kind(&text, "error")[0].message.ends_with("fingerprint 00000000000009c4"));
}

#[test]
fn outputs_tell_a_pass_from_everything_else() {
    for (name, gate, total) in [
        ("clean", "pass", "0"),
        // One of them is accepted.
        ("findings", "fail", "8"),
        ("incomplete", "none", "0+"),
        ("failed", "none", "0+"),
        ("many", "fail", "3000"),
        ("hostile", "fail", "12+"),
    ] {
        let summary = samples::all().into_iter().find(|sample| sample.0 == name).unwrap().1;
        assert_eq!(output(&summary, "gate"), gate, "{name}");
        assert_eq!(output(&summary, "findings-total"), total, "{name}");
    }
    let mut empty = samples::clean();
    empty.targets.clear();
    assert_eq!(
        (output(&empty, "gate"), output(&empty, "findings-total")),
        ("none".into(), "0+".into())
    );
}

#[test]
fn ids_are_outputs_as_soon_as_there_are_any() {
    let targets = samples::findings().targets;
    assert_eq!(
        started(&targets[..1]),
        [
            ("run-id", "01JD4Q8Z4D8K3T9V0B6M2N5P7R".to_owned()),
            ("scan-id", "wsc:48213".to_owned()),
            ("resume-command", String::new()),
        ]
    );
    let scans = "wsc:48213 vaddy:1-837b5f9f-e088-4af5-9491-67f7ce8035a4";
    assert_eq!(started(&targets)[1], ("scan-id", scans.to_owned()));
    assert_eq!(started(&samples::failed().targets)[2].1, "shindan attach 01JD4Q8Z");
    // Nothing that a shell would act on.
    assert_eq!(started(&samples::hostile().targets)[1].1, "");
    let mut evil = samples::failed();
    evil.targets[1].resume = Some("shindan attach 1; rm -r x".to_owned());
    evil.targets[1].run = Some("$(id)".to_owned());
    assert!(started(&evil.targets).iter().all(|(_, value)| value.is_empty()));
}

#[test]
fn no_finding_is_worth_less_for_being_expired() {
    let mut summary = samples::findings();
    for outcome in &mut summary.targets {
        said(outcome).findings.retain(|one| matches!(one.standing, Standing::Expired(_)));
        said(outcome).findings.iter_mut().for_each(|one| one.severity = Severity::High);
    }
    assert_eq!(output(&summary, "findings-total"), "1");
    assert!(
        by_kind(&annotations(&summary, TOKEN), "error")
            .iter()
            .any(|error| error.title().starts_with("HIGH "))
    );
}

fn said(outcome: &mut Outcome) -> &mut Diagnosis {
    outcome.diagnosis.as_mut().unwrap()
}

fn output(summary: &Summary, name: &str) -> String {
    outputs(summary).into_iter().find(|output| output.0 == name).unwrap().1
}

struct Command {
    kind: String,
    properties: Vec<(String, String)>,
    message: String,
}

impl Command {
    fn title(&self) -> &str {
        let title = self.properties.iter().find(|property| property.0 == "title");
        title.map_or("", |property| &property.1)
    }
}

fn by_kind(text: &str, kind: &str) -> Vec<Command> {
    commands(text).into_iter().filter(|command| command.kind == kind).collect()
}

/// What the runner takes for commands: `::kind properties::message` where a trimmed line begins, `##[kind]`
/// anywhere, and nothing but the token after `stop-commands`.
fn commands(text: &str) -> Vec<Command> {
    let mut stopped: Option<String> = None;
    let mut commands = Vec::new();
    for line in text.split(['\n', '\r']) {
        assert!(!line.contains("##["), "{line}");
        let Some((head, message)) =
            line.trim_start().strip_prefix("::").and_then(|rest| rest.split_once("::"))
        else {
            continue;
        };
        let (kind, properties) = head.split_once(' ').unwrap_or((head, ""));
        if stopped.as_deref().is_some_and(|token| token != kind) {
            continue;
        }
        stopped = (kind == "stop-commands").then(|| message.to_owned());
        let properties = properties.split(',').filter_map(|property| property.split_once('='));
        let decode = |text: &str| {
            let text = text.replace("%0D", "\r").replace("%0A", "\n");
            text.replace("%3A", ":").replace("%2C", ",").replace("%25", "%")
        };
        commands.push(Command {
            kind: kind.to_owned(),
            properties: properties.map(|(name, value)| (name.to_owned(), decode(value))).collect(),
            message: decode(message),
        });
    }
    commands
}
