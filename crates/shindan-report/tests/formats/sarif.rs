//! Both dialects of SARIF.

#![expect(clippy::unwrap_used, reason = "what is read here was just written")]

use serde_json::Value;
use shindan_report::{
    Place, Standing, Summary, Untrusted,
    check::{Checked, check},
    format::{sarif, sarif_github},
};

use crate::{markdown_is_text, samples, unfinished, valid};

const SCHEMA: &str = include_str!("../../../../fixtures/schemas/sarif-2.1.0.json");
/// The published pattern of `language`, which we do not write, has a bracket too many for a strict reader.
fn schema() -> String {
    let wrong = "[a-zA-Z]{2}]?$";
    assert!(SCHEMA.contains(wrong));
    SCHEMA.replace(wrong, "[a-zA-Z]{2}$")
}

const DIALECTS: [fn(&Summary) -> String; 2] = [sarif, sarif_github];

fn read(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn list<'a>(value: &'a Value, pointer: &str) -> &'a [Value] {
    value.pointer(pointer).and_then(Value::as_array).unwrap()
}

fn results(sarif: &Value) -> Vec<&Value> {
    list(sarif, "/runs").iter().flat_map(|run| list(run, "/results")).collect()
}

fn uri(result: &Value) -> &str {
    result.pointer("/locations/0/physicalLocation/artifactLocation/uri").unwrap().as_str().unwrap()
}

#[test]
fn both_are_valid_by_the_schema_and_the_same_every_time() {
    let texts = samples::all().into_iter().flat_map(|(name, summary)| {
        DIALECTS.map(|render| {
            assert_eq!(render(&summary), render(&summary), "{name}");
            (name, render(&summary))
        })
    });
    valid(&schema(), texts);
}

#[test]
fn github_takes_its_dialect_and_not_the_other() {
    for (name, summary) in samples::all() {
        assert_eq!(check(&sarif_github(&summary), Checked::GitHub), [""; 0], "{name}");
    }
    let faults = check(&sarif(&samples::findings()), Checked::GitHub).join("\n");
    assert!(faults.contains("/suppressions is ignored by GitHub"), "{faults}");
    assert!(faults.contains("/physicalLocation/region/startLine"), "{faults}");
}

#[test]
fn a_clean_run_has_no_results_and_says_what_was_scanned() {
    for render in DIALECTS {
        let sarif = read(&render(&samples::clean()));
        assert_eq!(results(&sarif), [&Value::Null; 0]);
        let [wsc, vaddy] = list(&sarif, "/runs") else { panic!("one run for each service") };
        assert_eq!(
            wsc["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"],
            "shop: https://www.stg.shop.example/ by Web Security Checker, scan 48213, 100% scanned, \
             domains scanned: www.stg.shop.example, api.stg.shop.example."
        );
        assert_eq!(wsc["invocations"][0]["executionSuccessful"], true);
        assert_eq!(list(wsc, "/tool/driver/rules").len(), 4);
        assert_eq!(wsc["automationDetails"]["id"], "shindan/wsc/2026-11-21T06:30:00Z");
        assert_eq!(vaddy["automationDetails"]["id"], "shindan/vaddy/2026-11-21T06:30:00Z");
        assert_eq!(vaddy["tool"]["driver"]["name"], "shindan (VAddy)");
    }
}

#[test]
fn what_did_not_finish_was_not_successful_and_says_why() {
    let mut nothing = samples::clean();
    nothing.targets.clear();
    for summary in unfinished().into_iter().chain([nothing]) {
        for render in DIALECTS {
            let sarif = read(&render(&summary));
            for invocation in list(&sarif, "/runs").iter().flat_map(|run| list(run, "/invocations"))
            {
                assert_eq!(invocation["executionSuccessful"], false);
                let notes = list(invocation, "/toolExecutionNotifications");
                assert!(notes.iter().any(|note| note["level"] == "error"), "{notes:?}");
            }
        }
    }
    let text = sarif_github(&samples::incomplete());
    assert!(text.contains("admin: the scan did not finish: only 63% complete"));
    assert!(text.contains("shop: the scan did not finish: 1 of 3 domains not scanned"));
}

#[test]
fn a_result_says_what_and_where() {
    let sarif = read(&sarif(&samples::findings()));
    let [sql, ssi, xss, listing, counted, alerts] = results(&sarif)[..] else { panic!("six") };
    assert_eq!(
        sql["message"]["text"],
        "SQL injection in parameter q at GET https://www.stg.shop.example/search."
    );
    assert_eq!((sql["level"].as_str(), uri(sql)), (Some("error"), "search"));
    assert_eq!(sql["baselineState"], "new");
    assert_eq!(sql["webRequest"], serde_json::json!({ "method": "GET", "target": "/search" }));
    assert_eq!(uri(ssi), "./");
    assert_eq!(ssi["suppressions"][0]["status"], "accepted");
    assert_eq!(
        ssi["suppressions"][0]["justification"],
        "WAF blocks it; SHOP-412 (kim@example.com, until 2027-01-31)"
    );
    assert_eq!((xss["suppressions"].as_array().unwrap().len(), uri(xss)), (0, "a/1?b=c"));
    let text = xss["message"]["text"].as_str().unwrap();
    assert!(text.ends_with(", no longer accepted (until 2026-01-31)."), "{text}");
    assert_eq!(
        listing["message"]["text"],
        "Directory listing at GET https://www.stg.shop.example/img/."
    );
    assert_eq!(counted["message"]["text"], "SQL injection in api, 3 times.");
    assert_eq!(counted["occurrenceCount"], 3);
    assert_eq!(alerts["message"]["text"], "Alerts of VAddy in admin, 2 times, not rated by VAddy.");
    assert_eq!(alerts["level"], "error");
    assert_eq!(alerts["hostedViewerUri"], "https://console.vaddy.net/scan_status/1/1-837b5f9f");
}

#[test]
fn rules_are_rated_by_the_worst_finding() {
    let sarif = read(&sarif_github(&samples::findings()));
    let rules = list(&sarif, "/runs/0/tool/driver/rules");
    let rated = rules.iter().map(|rule| {
        let rated = rule["properties"]["security-severity"].as_str();
        (rule["name"].as_str().unwrap(), rated.unwrap())
    });
    assert_eq!(
        rated.collect::<Vec<_>>(),
        [
            ("DirectoryListing", "2.0"),
            ("SqlInjection", "8.0"),
            ("SsiInjection", "8.0"),
            ("Xss", "5.5")
        ]
    );
    assert_eq!(rules[1]["help"]["text"], "Bind the parameters.");
    let alerts = &list(&sarif, "/runs/1/tool/driver/rules")[0];
    assert!(alerts["properties"].get("security-severity").is_none());
}

#[test]
fn a_known_weakness_is_named() {
    let mut summary = samples::findings();
    let said = summary.targets[0].diagnosis.as_mut().unwrap();
    said.tested[0].cwe = Some(89);
    let text = sarif(&summary);
    valid(&schema(), [("cwe", text.clone())]);
    let sarif = read(&text);
    let rule = &list(&sarif, "/runs/0/tool/driver/rules")[1];
    assert_eq!(rule["properties"]["tags"][2], "external/cwe/cwe-089");
    assert_eq!(rule["relationships"][0]["target"]["id"], "89");
    assert_eq!(sarif["runs"][0]["taxonomies"][0]["taxa"][0]["id"], "89");
}

#[test]
fn github_shows_what_nobody_has_accepted_at_a_file_that_exists() {
    let mut summary = samples::findings();
    for (place, expected) in [
        (Some(Place::new("src/ä b.rs", 3)), ("src/%C3%A4%20b.rs", 3)),
        (Some(Place::new("./src/a:b.rs", 0)), ("src/a%3Ab.rs", 1)),
        (Some(Place::new("../a.rs", 3)), ("shindan.toml", 1)),
        (Some(Place::new("/etc/passwd", 3)), ("shindan.toml", 1)),
        (Some(Place::new("", 3)), ("shindan.toml", 1)),
        (None, ("shindan.toml", 41)),
    ] {
        summary.targets[0].diagnosis.as_mut().unwrap().findings[0].place = place;
        let sarif = read(&sarif_github(&summary));
        let found = results(&sarif);
        assert_eq!(found.len(), 5);
        assert!(found.iter().all(|one| one.get("suppressions").is_none()));
        let region = found[0].pointer("/locations/0/physicalLocation/region/startLine").unwrap();
        assert_eq!((uri(found[0]), region.as_i64()), (expected.0, Some(expected.1)));
        assert_eq!(check(&sarif.to_string(), Checked::GitHub), [""; 0]);
    }
    summary.targets[0].place = None;
    let sarif = read(&sarif_github(&summary));
    assert_eq!(uri(results(&sarif)[0]), "shindan.toml");
}

#[test]
fn the_same_finding_of_two_targets_is_two_alerts() {
    let mut summary = samples::findings();
    summary.targets.truncate(1);
    let mut twin = summary.targets[0].clone();
    twin.target = Untrusted::new("preview");
    summary.targets.push(twin);
    let text = sarif_github(&summary);
    assert_eq!(check(&text, Checked::GitHub), [""; 0]);
    let sarif = read(&text);
    let found = results(&sarif);
    let hash = |n: usize| &found[n]["partialFingerprints"]["primaryLocationLineHash"];
    assert_eq!((hash(0), hash(3)), (&"0000000000000000:1".into(), &"0000000000000000:2".into()));
    assert_ne!(found[0]["guid"], found[3]["guid"]);
}

#[test]
fn more_than_github_takes_is_cut_and_said() {
    let mut summary = samples::many();
    let findings = &mut summary.targets[0].diagnosis.as_mut().unwrap().findings;
    let low = findings.last().unwrap().clone();
    findings.splice(0..0, std::iter::repeat_n(low, 22_001));
    let text = sarif_github(&summary);
    let sarif = read(&text);
    assert_eq!(results(&sarif).len(), 25_000);
    assert_eq!(results(&sarif)[0]["level"], "error");
    assert!(text.contains("GitHub takes 25000 findings; 1 more are left out."));
    assert!(check(&text, Checked::GitHub).iter().all(|fault| fault.contains("bytes")));
}

#[test]
fn urls_become_references_that_cannot_be_mistaken() {
    let mut summary = samples::findings();
    let mut texts = Vec::new();
    for (url, expected) in [
        ("https://www.stg.shop.example", Some("./")),
        ("https://www.stg.shop.example//evil.example/", Some(".//evil.example/")),
        ("https://www.stg.shop.example/a:b/c", Some("./a:b/c")),
        ("https://www.stg.shop.example/?a=b#c", Some("./?a=b")),
        ("https://WWW.stg.shop.example/a", Some("a")),
        ("http://www.stg.shop.example/a", Some("http://www.stg.shop.example/a")),
        ("https://other.example:8443/a", Some("https://other.example:8443/a")),
        ("localhost:8000/x", None),
        ("javascript:alert(1)", None),
    ] {
        let findings = &mut summary.targets[0].diagnosis.as_mut().unwrap().findings;
        findings[0].url = Some(Untrusted::new(url));
        let text = sarif(&summary);
        let sarif = read(&text);
        let first = results(&sarif)[0];
        let at = first.pointer("/locations/0/physicalLocation/artifactLocation/uri");
        assert_eq!(at.and_then(Value::as_str), expected, "{url}");
        texts.push(("url", text));
    }
    valid(&schema(), texts);
}

#[test]
fn hostile_text_stays_text() {
    for render in DIALECTS {
        let text = render(&samples::hostile());
        assert!(!text.chars().any(shindan_report::sink::acts));
        let sarif = read(&text);
        for result in results(&sarif) {
            let message = result["message"]["text"].as_str().unwrap();
            assert!(!message.chars().any(shindan_report::sink::acts), "{message}");
            for (at, bracket) in message.match_indices(['[', ']']) {
                let slashes = message[..at].chars().rev().take_while(|c| *c == '\\').count();
                assert_eq!(slashes % 2, 1, "{bracket} at {at} of {message}");
            }
            let doubled = message.replace("{{", "").replace("}}", "");
            assert!(!doubled.contains(['{', '}']), "{message}");
        }
        for rule in list(&sarif, "/runs/0/tool/driver/rules") {
            markdown_is_text(rule["help"]["markdown"].as_str().unwrap());
        }
    }
}

#[test]
fn no_finding_is_lost() {
    for (name, summary) in samples::all() {
        let findings = summary.targets.iter().filter_map(|target| target.diagnosis.as_ref());
        let findings: Vec<_> = findings.flat_map(|said| &said.findings).collect();
        let is_accepted = |standing: &Standing| matches!(standing, Standing::Accepted(_));
        let open = findings.iter().filter(|one| !is_accepted(&one.standing)).count();
        assert_eq!(results(&read(&sarif(&summary))).len(), findings.len(), "{name}");
        assert_eq!(results(&read(&sarif_github(&summary))).len(), open, "{name}");
    }
}
