use std::{cmp::Reverse, collections::BTreeMap, fmt::Write as _};

use super::{
    common::is_accepted,
    sarif::{
        model::{ArtifactLocation, Found, PhysicalLocation, Region, Run},
        parts::{Rules, found, log, note},
    },
};
use crate::{Finding, Outcome, Place, Summary, Untrusted};

/// Where a finding is shown that has no place: the project's own file.
pub const FALLBACK: &str = "shindan.toml";

/// GitHub refuses a run with more.
const MOST_RESULTS: usize = 25_000;

/// SARIF 2.1.0 as GitHub code scanning accepts it.
///
/// GitHub shows a finding at a line of a file of the repository, and refuses URLs. A finding of a scan has no
/// such line, so each is shown where its route is served, if the project's file says so ([`Finding::place`]), or
/// else at the line that names the target ([`Outcome::place`]), or else at the first line of [`FALLBACK`]. Such a
/// line does not mean that the fault is in it. A file that is not in the repository makes an alert that shows
/// no source.
///
/// Accepted findings are left out, because GitHub shows suppressed ones as open. When nothing was found, there
/// are runs with no results. A target whose scan did not finish is an invocation that was not successful, with a
/// notification that says why. Of more than 25,000 findings of a service, the worst are written.
pub fn sarif_github(summary: &Summary) -> String {
    log(summary, |run, outcomes, rules| {
        let mut all: Vec<(&Outcome, &Finding)> = Vec::new();
        for outcome in outcomes {
            let findings = outcome.diagnosis.iter().flat_map(|said| &said.findings);
            all.extend(findings.filter(|one| !is_accepted(one)).map(|one| (*outcome, one)));
        }
        cut(run, &mut all);
        let mut seen = BTreeMap::new();
        run.results = all.iter().map(|(of, one)| result(of, one, rules, &mut seen)).collect();
    })
}

/// Leaves out what GitHub would refuse the whole run for, and says so.
fn cut(run: &mut Run, all: &mut Vec<(&Outcome, &Finding)>) {
    let Some(more) = all.len().checked_sub(MOST_RESULTS).filter(|more| *more > 0) else { return };
    all.sort_by_key(|(_, one)| (one.severity, Reverse(one.is_new)));
    all.truncate(MOST_RESULTS);
    if let Some(first) = run.invocations.first_mut() {
        let text = format!("GitHub takes {MOST_RESULTS} findings; {more} more are left out");
        first.tool_execution_notifications.push(note("warning", &Untrusted::new(text)));
    }
}

fn result<'a>(
    outcome: &Outcome,
    finding: &'a Finding,
    rules: &Rules<'_>,
    seen: &mut BTreeMap<&'a str, u32>,
) -> Found {
    let mut result = found(outcome, finding, rules);
    let place = finding.place.as_ref().or(outcome.place.as_ref());
    for location in &mut result.locations {
        location.physical_location = Some(physical(place));
    }
    // The host is no part of a fingerprint, so two targets can have the same finding: GitHub would show one.
    let fingerprint = finding.fingerprint.as_str();
    let nth = seen.entry(fingerprint).or_default();
    *nth += 1;
    result.partial_fingerprints =
        BTreeMap::from([("primaryLocationLineHash", format!("{fingerprint}:{nth}"))]);
    result
}

fn physical(place: Option<&Place>) -> PhysicalLocation {
    let known = place.and_then(|place| Some((relative(&place.file)?, place.line.max(1))));
    let (uri, line) = known.unwrap_or_else(|| (FALLBACK.to_owned(), 1));
    PhysicalLocation {
        artifact_location: ArtifactLocation { uri, uri_base_id: None },
        region: Some(Region { start_line: line, start_column: 1, end_line: line, end_column: 2 }),
    }
}

/// A path of the repository as a relative URI, if it is one.
fn relative(file: &str) -> Option<String> {
    let is_inside = |part: &str| !part.is_empty() && part != "." && part != "..";
    let file = file.trim_start_matches("./");
    if !file.split('/').all(is_inside) {
        return None;
    }
    let mut uri = String::new();
    for byte in file.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    Some(uri)
}
