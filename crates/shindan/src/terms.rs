//! Under which terms a scan is judged and told of: what the settings say about its target.

use std::{collections::BTreeMap, path::Path};

use clap::ValueEnum as _;
use shindan_journal::{Intent, Subject};
use shindan_report::{
    Acceptance, Diagnosis, Finding, Place, accept, door,
    verdict::{Decision, FailOn::Never, Policy, Verdict, judge},
};

use crate::{
    args::FailOn,
    config::{Origin, Settings, Target, WHOLE, What},
    output::say,
    time::today,
};

#[derive(Clone, Debug)]
pub(crate) struct Terms {
    /// The target's name.
    name: String,
    pub(crate) fail_on: FailOn,
    pub(crate) min_coverage: u32,
    accepted: Vec<Acceptance>,
    routes: BTreeMap<String, String>,
    pub(crate) owner: Option<String>,
    pub(crate) place: Option<Place>,
}

impl Terms {
    /// Those of a target.
    pub(crate) fn of(settings: &Settings, target: &Target) -> Self {
        let accepted = settings.accepted.iter().map(|accepted| accepted.what.clone());
        Self {
            name: target.name.clone(),
            fail_on: settings.fail_on.unless(target.fail_on),
            min_coverage: settings.min_coverage.unless(target.min_coverage),
            accepted: accepted.chain(most_alerts(target)).collect(),
            routes: target.routes.clone(),
            owner: target.owner.clone(),
            place: place(&target.origin),
        }
    }

    /// Those of what was started before, if the file still has that target, with the gate and the coverage that were
    /// recorded then.
    pub(crate) fn recalled(settings: &Settings, intent: Option<&Intent>) -> Self {
        let Some(intent) = intent else { return Self::plain(settings, "") };
        let is_it = |target: &&Target| {
            target.name == intent.target
                && target.service() == intent.service
                && target.subject() == subject(&intent.scan)
        };
        let target = settings.targets.iter().find(is_it);
        let mut terms = target.map_or_else(
            || Self::plain(settings, &intent.target),
            |target| Self::of(settings, target),
        );
        let gate = intent.fail_on.as_deref().and_then(|word| FailOn::from_str(word, false).ok());
        terms.fail_on = settings.fail_on.unless(gate);
        terms.min_coverage = settings.min_coverage.unless(intent.min_coverage);
        terms
    }

    /// Those of what no file describes.
    pub(crate) fn plain(settings: &Settings, name: &str) -> Self {
        let accepted = settings.accepted.iter().map(|accepted| accepted.what.clone());
        Self {
            fail_on: settings.fail_on.value,
            min_coverage: settings.min_coverage.value,
            accepted: accepted.collect(),
            ..Self::usual(name)
        }
    }

    /// Those of what nobody has set anything for.
    pub(crate) fn usual(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            fail_on: FailOn::default(),
            min_coverage: WHOLE,
            accepted: Vec::new(),
            routes: BTreeMap::new(),
            owner: None,
            place: None,
        }
    }

    /// Marks what is accepted, and judges the rest.
    pub(crate) fn judge(&self, diagnosis: &mut Diagnosis) -> Verdict {
        let used = accept::apply(diagnosis, &self.name, &self.accepted, &today());
        let own = |accepted: &Acceptance| accepted.target.as_deref() == Some(&*self.name);
        for (accepted, used) in self.accepted.iter().zip(used) {
            if !used && own(accepted) && diagnosis.is_whole() {
                say(format!(
                    "note: {} accepts {}, which was not found any more",
                    self.name, accepted.fingerprint
                ));
            }
        }
        for finding in &mut diagnosis.findings {
            finding.place = self.route(finding).map(|file| Place::new(file, 1));
        }
        judge(diagnosis, &Policy::new(self.fail_on.into(), self.min_coverage))
    }

    /// Whether it would pass if nothing closed the gate.
    pub(crate) fn is_whole(&self, diagnosis: &Diagnosis) -> bool {
        judge(diagnosis, &Policy::new(Never, self.min_coverage)).decision == Decision::Pass
    }

    /// The file that makes the page where it was found: the longest route that fits.
    fn route(&self, finding: &Finding) -> Option<&str> {
        let url = finding.url.as_ref()?.as_raw().parse::<http::Uri>().ok()?;
        let fits = |route: &str| match route.strip_suffix("/**") {
            Some(above) => url
                .path()
                .strip_prefix(above)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/')),
            None => url.path() == route,
        };
        let fitting = self.routes.iter().filter(|(route, _)| fits(route));
        fitting.max_by_key(|(route, _)| route.len()).map(|(_, file)| &**file)
    }
}

/// So many alerts of VAddy are accepted, like a finding.
fn most_alerts(target: &Target) -> Option<Acceptance> {
    let What::Vaddy(project) = &target.what else { return None };
    let (most, until) = project.max_alerts.clone()?;
    let owner = target.owner.clone().unwrap_or_default();
    let mut accepted = Acceptance::new(door::vaddy_alerts(), "max-alerts", owner, until);
    (accepted.target, accepted.count) = (Some(target.name.clone()), most);
    Some(accepted)
}

/// A line of the project's file, as those who read the reports call it: from the root of the repository on.
fn place(origin: &Origin) -> Option<Place> {
    let Origin::Line(path, line) = origin else { return None };
    let path = std::path::absolute(path).ok()?;
    let is_root = |above: &&Path| above.join(".git").exists();
    let root = path.ancestors().skip(1).find(is_root).or(path.parent())?;
    let parts = path.strip_prefix(root).ok()?.iter().map(|part| part.to_str());
    let file = parts.collect::<Option<Vec<_>>>()?.join("/");
    Some(Place::new(file, u32::try_from(*line).ok()?))
}

/// What a journal's record was to scan.
pub(crate) fn subject(subject: &Subject) -> &str {
    match subject {
        Subject::Wsc { url } => url,
        Subject::VaddyV1 { fqdn, .. } => fqdn,
        Subject::VaddyV2 { project_id, .. } => project_id,
        _ => "",
    }
}
