//! What GitHub code scanning takes.
//!
//! Source: <https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning>

use std::collections::BTreeSet;

use serde_json::Value;

use super::Faults;

/// GitHub's limit is 10 MB after gzip; a file that is no larger before it is no larger after it.
const MOST_BYTES: usize = 10_000_000;
const MOST_RUNS: usize = 20;
const MOST_RULES: usize = 25_000;
const MOST_RESULTS: usize = 25_000;
const MOST_LOCATIONS: usize = 1_000;
const MOST_TAGS: usize = 20;
const LONGEST_DESCRIPTION: usize = 1_024;

pub(super) fn check(sarif: &Value, bytes: usize, faults: &mut Faults) {
    faults.unless(bytes <= MOST_BYTES, "the file", format!("has more than {MOST_BYTES} bytes"));
    faults.text(sarif, "/$schema", "");
    let version = sarif.get("version").and_then(Value::as_str);
    faults.unless(version == Some("2.1.0"), "/version", "has to be 2.1.0");
    let runs = faults.list(sarif, "/runs", "");
    faults.unless(!runs.is_empty(), "/runs", "is empty: a clean scan is a run without results");
    faults.unless(runs.len() <= MOST_RUNS, "/runs", format!("has more than {MOST_RUNS} runs"));
    let mut categories = BTreeSet::new();
    for (n, run) in runs.iter().enumerate() {
        let at = format!("/runs/{n}");
        let category = check_run(run, &at, faults);
        let is_first = category.is_none_or(|category| categories.insert(category));
        faults.unless(is_first, &at, "has the tool and category of a run before it");
    }
}

/// Gives back the tool and the category.
fn check_run<'a>(run: &'a Value, at: &str, faults: &mut Faults) -> Option<(&'a str, &'a str)> {
    let tool = faults.text(run, "/tool/driver/name", at);
    let rules = faults.list(run, "/tool/driver/rules", at);
    let most = format!("has more than {MOST_RULES} rules");
    faults.unless(rules.len() <= MOST_RULES, format!("{at}/tool/driver/rules"), most);
    let mut ids = BTreeSet::new();
    for (n, rule) in rules.iter().enumerate() {
        let at = format!("{at}/tool/driver/rules/{n}");
        check_rule(rule, &at, faults);
        let is_first = rule.get("id").and_then(Value::as_str).is_none_or(|id| ids.insert(id));
        faults.unless(is_first, &at, "has the id of a rule before it");
    }

    let results = faults.list(run, "/results", at);
    let most = format!("has more than {MOST_RESULTS} results");
    faults.unless(results.len() <= MOST_RESULTS, format!("{at}/results"), most);
    let mut hashes = BTreeSet::new();
    for (n, result) in results.iter().enumerate() {
        let at = format!("{at}/results/{n}");
        check_result(result, rules, &ids, &at, faults);
        let hash = result.pointer("/partialFingerprints/primaryLocationLineHash");
        let name = hash.map(|hash| (result.get("ruleId").and_then(Value::as_str), hash.as_str()));
        let is_first = name.is_none_or(|name| hashes.insert(name));
        faults.unless(is_first, &at, "has the rule and fingerprint of a result before it");
    }

    let id = faults.text(run, "/automationDetails/id", at)?;
    let category = id.rsplit_once('/').map_or("", |(category, _)| category);
    let what = "has to be a category, a slash and the id of the run";
    faults.unless(!category.is_empty(), format!("{at}/automationDetails/id"), what);
    Some((tool?, category))
}

fn check_rule(rule: &Value, at: &str, faults: &mut Faults) {
    faults.text(rule, "/id", at);
    faults.text(rule, "/shortDescription/text", at);
    faults.text(rule, "/help/text", at);
    let full = faults.text(rule, "/fullDescription/text", at).unwrap_or_default();
    let most = format!("has more than {LONGEST_DESCRIPTION} characters");
    let is_short = full.chars().count() <= LONGEST_DESCRIPTION;
    faults.unless(is_short, format!("{at}/fullDescription/text"), most);

    let tags = rule.pointer("/properties/tags").and_then(Value::as_array);
    let tags = tags.map(Vec::as_slice).unwrap_or_default();
    let at_tags = format!("{at}/properties/tags");
    faults.unless(tags.len() <= MOST_TAGS, &at_tags, format!("has more than {MOST_TAGS} tags"));
    let Some(severity) = rule.pointer("/properties/security-severity") else { return };
    let number = severity.as_str().and_then(|text| text.parse::<f64>().ok());
    faults.unless(
        number.is_some_and(|number| number > 0.0 && number <= 10.0),
        format!("{at}/properties/security-severity"),
        "has to be a text with a number over 0 and up to 10",
    );
    let is_security = tags.iter().any(|tag| tag == "security");
    faults.unless(is_security, at_tags, "has no \"security\", so GitHub ignores the severity");
}

fn check_result(
    result: &Value,
    rules: &[Value],
    ids: &BTreeSet<&str>,
    at: &str,
    faults: &mut Faults,
) {
    faults.text(result, "/message/text", at);
    let id = faults.text(result, "/ruleId", at);
    let is_known = id.is_some_and(|id| ids.contains(id));
    faults.unless(is_known, format!("{at}/ruleId"), "names no rule of this run");
    if let Some(index) = result.get("ruleIndex") {
        let index = index.as_u64().and_then(|index| usize::try_from(index).ok());
        let rule = index.and_then(|index| rules.get(index)).and_then(|rule| rule.get("id"));
        let is_same = rule.and_then(Value::as_str) == id;
        faults.unless(is_same, format!("{at}/ruleIndex"), "is not the index of the rule");
    }
    if let Some(level) = result.get("level").and_then(Value::as_str) {
        let is_level = ["none", "note", "warning", "error"].contains(&level);
        faults.unless(is_level, format!("{at}/level"), "is no level");
    }
    faults.text(result, "/partialFingerprints/primaryLocationLineHash", at);
    let suppressions = result.get("suppressions").and_then(Value::as_array);
    let what = "is ignored by GitHub: the result would be shown as open";
    faults.unless(suppressions.is_none_or(Vec::is_empty), format!("{at}/suppressions"), what);

    let locations = faults.list(result, "/locations", at);
    let most = format!("has more than {MOST_LOCATIONS} locations");
    faults.unless(locations.len() <= MOST_LOCATIONS, format!("{at}/locations"), most);
    match locations.first() {
        Some(location) => check_location(location, &format!("{at}/locations/0"), faults),
        None => faults
            .add(format!("{at}/locations"), "is empty: GitHub shows no result without a place"),
    }
}

fn check_location(location: &Value, at: &str, faults: &mut Faults) {
    const URI: &str = "/physicalLocation/artifactLocation/uri";
    if let Some(uri) = faults.text(location, URI, at)
        && let Some(fault) = fault_of(uri)
    {
        faults.add(format!("{at}{URI}"), fault);
    }
    let number = |name: &str| {
        let value = location.pointer(&format!("/physicalLocation/region/{name}"));
        value.and_then(Value::as_u64).filter(|n| *n > 0)
    };
    let [line, column, end_line, end_column] = ["startLine", "startColumn", "endLine", "endColumn"]
        .map(|name| {
            let found = number(name);
            let what = "has to be a number from 1";
            faults.unless(found.is_some(), format!("{at}/physicalLocation/region/{name}"), what);
            found
        });
    let is_forward = (line, column) <= (end_line, end_column);
    faults.unless(is_forward, format!("{at}/physicalLocation/region"), "ends before it begins");
}

/// Why a URI is no file of the repository, if it is none.
fn fault_of(uri: &str) -> Option<String> {
    let scheme = uri.split(['/', '?', '#']).next().and_then(|first| first.split_once(':'));
    if let Some((scheme, _)) = scheme {
        return Some(format!(
            "has the scheme \"{scheme}\", but the repository is of the scheme \"file\": it has to be a relative path"
        ));
    }
    let is_allowed = |b: u8| b.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/%".contains(&b);
    if uri.starts_with('/') {
        Some("is an absolute path: the alert would point to a file that does not exist".to_owned())
    } else if uri.split('/').any(|part| part == "..") {
        Some("leaves the repository".to_owned())
    } else if !uri.bytes().all(is_allowed) {
        Some("has characters that a relative path has to percent-encode".to_owned())
    } else {
        None
    }
}
