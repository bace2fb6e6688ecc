//! `JUnit` XML, read by an XML parser.

use roxmltree::{Document, Node};
use shindan_report::{Service, format::junit};

use crate::{samples, unfinished};

fn cases<'a>(suite: &Node<'a, 'a>) -> Vec<Node<'a, 'a>> {
    suite.children().filter(|node| node.has_tag_name("testcase")).collect()
}

/// What became of a case: `pass`, `failure`, `error` or `skipped`.
fn became<'a>(case: &Node<'a, 'a>) -> &'a str {
    let bad = case.children().filter(Node::is_element);
    let bad: Vec<_> = bad.map(|node| node.tag_name().name()).collect();
    let bad: Vec<_> = bad.into_iter().filter(|name| *name != "system-out").collect();
    assert!(bad.len() < 2, "most readers know one: {bad:?}");
    bad.first().copied().unwrap_or("pass")
}

fn suites<'a>(document: &'a Document<'a>) -> Vec<Node<'a, 'a>> {
    let root = document.root_element();
    assert_eq!(root.tag_name().name(), "testsuites");
    assert_eq!(root.attribute("skipped"), None, "the schema of Jenkins has none");
    root.children().filter(Node::is_element).collect()
}

#[test]
fn every_suite_has_what_jenkins_needs_and_counts_well() {
    for (name, summary) in samples::all() {
        let text = junit(&summary);
        assert_eq!(text, junit(&summary), "{name}");
        let document = Document::parse(&text).unwrap();
        let suites = suites(&document);
        assert_eq!(suites.len(), summary.targets.len(), "{name}");
        for suite in suites {
            let cases = cases(&suite);
            let number = |what: &str| cases.iter().filter(|case| became(case) == what).count();
            for (attribute, expected) in [
                ("tests", cases.len()),
                ("failures", number("failure")),
                ("errors", number("error")),
                ("skipped", number("skipped")),
            ] {
                assert_eq!(suite.attribute(attribute), Some(&*expected.to_string()), "{name}");
            }
            assert_eq!(cases[0].attribute("name"), Some("scan"));
            assert!(cases.iter().all(|case| case.attribute("name").is_some_and(|n| !n.is_empty())));
            assert!(cases.iter().all(|case| case.attribute("classname").is_some()));
            let properties = suite.children().find(|node| node.has_tag_name("properties")).unwrap();
            for property in properties.children().filter(Node::is_element) {
                assert!(property.has_attribute("name") && property.has_attribute("value"));
            }
        }
    }
}

#[test]
fn a_clean_run_passes_and_says_what_was_looked_for() {
    let text = junit(&samples::clean());
    let document = Document::parse(&text).unwrap();
    let [shop, admin] = suites(&document)[..] else { panic!("two suites") };
    let names: Vec<_> = cases(&shop).iter().map(|case| case.attribute("name").unwrap()).collect();
    assert_eq!(
        names,
        [
            "scan",
            "SQL injection",
            "Cross-site scripting",
            "Server-side include injection",
            "Directory listing"
        ]
    );
    assert!(cases(&shop).iter().chain(&cases(&admin)).all(|case| became(case) == "pass"));
    assert!(text.contains("shop: https://www.stg.shop.example/ by Web Security Checker"));
    assert_eq!(shop.attribute("name"), Some("wsc.shop"));
    assert_eq!(shop.attribute("time"), Some("1869.000"));
    assert_eq!(shop.attribute("timestamp"), Some("2026-11-21T06:30:03Z"));
}

#[test]
fn what_did_not_finish_is_an_error_and_nothing_of_it_passes() {
    for summary in unfinished() {
        let text = junit(&summary);
        let document = Document::parse(&text).unwrap();
        for suite in suites(&document) {
            let became: Vec<_> = cases(&suite).iter().map(became).collect();
            assert_eq!(became[0], "error");
            assert!(became[1..].iter().all(|one| *one == "skipped"), "{became:?}");
        }
    }
    let mut nothing = samples::clean();
    nothing.targets.clear();
    assert!(junit(&nothing).contains("<error message=\"no target was scanned\""));
}

#[test]
fn findings_fail_from_the_gate_on() {
    let mut summary = samples::findings();
    for (gate, expected) in [
        (None, ["failure", "skipped", "failure", "failure"]),
        (Some("any"), ["failure", "skipped", "failure", "failure"]),
        (Some("low"), ["failure", "skipped", "failure", "failure"]),
        (Some("medium"), ["failure", "skipped", "failure", "pass"]),
        (Some("high"), ["failure", "skipped", "pass", "pass"]),
        (Some("never"), ["pass", "skipped", "pass", "pass"]),
        (Some("HIGH"), ["failure", "skipped", "failure", "failure"]),
    ] {
        summary.targets.iter_mut().for_each(|one| one.fail_on = gate.map(str::to_owned));
        let text = junit(&summary);
        let document = Document::parse(&text).unwrap();
        let [shop, _, admin] = suites(&document)[..] else { panic!("three suites") };
        let shop = cases(&shop);
        assert_eq!(shop[1..5].iter().map(became).collect::<Vec<_>>(), expected, "{gate:?}");
        assert_eq!(
            shop[1].attribute("name"),
            Some("SQL injection: GET https://www.stg.shop.example/search (q)")
        );
        let skipped = shop[2].children().find(|node| node.has_tag_name("skipped")).unwrap();
        assert_eq!(
            skipped.attribute("message"),
            Some("accepted until 2027-01-31 by kim@example.com: WAF blocks it; SHOP-412")
        );
        let alerts = if gate == Some("never") { "pass" } else { "failure" };
        assert_eq!(became(&cases(&admin)[1]), alerts, "{gate:?}");
    }
}

#[test]
fn hostile_text_stays_text() {
    let summary = samples::hostile();
    let text = junit(&summary);
    let document = Document::parse(&text).unwrap();
    let known = ["testsuites", "testsuite", "testcase", "properties", "property"];
    for node in document.descendants().filter(Node::is_element) {
        let name = node.tag_name().name();
        let others = ["failure", "error", "skipped", "system-out"];
        assert!(known.contains(&name) || others.contains(&name), "{name}");
        assert!(node.attributes().all(|one| !one.value().chars().any(shindan_report::sink::acts)));
    }
    for (suite, target) in suites(&document).iter().zip(&summary.targets) {
        let name = suite.attribute("name").unwrap();
        let whole = format!("{}.{}", Service::Wsc.as_str(), target.target.for_xml());
        let whole: String = whole.chars().take(200).collect();
        assert_eq!(name.chars().take(200).collect::<String>(), whole);
    }
}
