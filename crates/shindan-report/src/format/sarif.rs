pub(crate) mod model;
pub(crate) mod parts;

use std::collections::BTreeMap;

use self::{
    model::{ArtifactLocation, Found, PhysicalLocation, Run, Suppression, WebRequest},
    parts::{Rules, found, log},
};
use super::common::{Web, text_of};
use crate::{Finding, Outcome, Standing, Summary, sink};

/// SARIF 2.1.0 as the standard means it for a scan of a running site, one run for each service: for archives and
/// for readers of SARIF that know URLs. GitHub is not one of them: see [`sarif_github`](crate::format::sarif_github).
///
/// URLs are relative to the `TARGET` of their target; accepted findings are there, suppressed; a target whose
/// scan did not finish is an invocation that was not successful. VAddy rates nothing, so its alerts are errors
/// without a severity.
pub fn sarif(summary: &Summary) -> String {
    log(summary, |run, outcomes, rules| {
        for (n, outcome) in outcomes.iter().enumerate() {
            let base = base(run, outcome, n);
            let findings = outcome.diagnosis.iter().flat_map(|said| &said.findings);
            run.results.extend(findings.map(|one| result(outcome, one, rules, base.as_ref())));
        }
    })
}

/// The name and the origin of a target's URLs, where the target is a URL.
struct Base {
    id: String,
    origin: String,
}

fn base(run: &mut Run, outcome: &Outcome, n: usize) -> Option<Base> {
    let origin = Web::of(Some(&outcome.subject))?.origin;
    let id = if n == 0 { "TARGET".to_owned() } else { format!("TARGET{}", n + 1) };
    let at = ArtifactLocation { uri: format!("{origin}/"), uri_base_id: None };
    run.original_uri_base_ids.insert(id.clone(), at);
    Some(Base { id, origin })
}

fn result(outcome: &Outcome, finding: &Finding, rules: &Rules<'_>, base: Option<&Base>) -> Found {
    let mut result = found(outcome, finding, rules);
    let web = Web::of(finding.url.as_ref());
    if let (Some(web), [location]) = (&web, result.locations.as_mut_slice()) {
        let artifact_location = artifact(web, base);
        location.physical_location = Some(PhysicalLocation { artifact_location, region: None });
    }
    result.web_request = web.map(|web| WebRequest {
        method: text_of(finding.method.as_ref()).map(str::to_owned),
        target: web.path,
    });
    result.partial_fingerprints =
        BTreeMap::from([("shindan/v1", finding.fingerprint.as_str().to_owned())]);
    result.baseline_state = finding.is_new.map(|is_new| if is_new { "new" } else { "unchanged" });
    result.suppressions = Some(match &finding.standing {
        Standing::Accepted(accepted) => vec![Suppression {
            kind: "external",
            status: "accepted",
            justification: format!(
                "{} ({}, until {})",
                accepted.reason, accepted.owner, accepted.until
            ),
        }],
        Standing::Open | Standing::Expired(_) => Vec::new(),
    });
    result.hosted_viewer_uri = outcome.console.as_ref().and_then(|at| sink::link(at.as_raw()));
    result
}

fn artifact(web: &Web, base: Option<&Base>) -> ArtifactLocation {
    let Some(base) = base.filter(|base| base.origin == web.origin) else {
        return ArtifactLocation { uri: format!("{}{}", web.origin, web.path), uri_base_id: None };
    };
    let path = web.path.trim_start_matches('/');
    // An empty reference is refused, a second slash would begin a host, and a colon would end a scheme.
    let is_plain = web.path.len() == path.len() + 1
        && path.starts_with(|c: char| c.is_ascii_alphanumeric())
        && !path.split(['/', '?']).next().unwrap_or_default().contains(':');
    let uri = if is_plain { path.to_owned() } else { format!(".{}", web.path) };
    ArtifactLocation { uri, uri_base_id: Some(base.id.clone()) }
}
