//! What a look from outside shows of the scans.

use shindan_proto::Timestamp;

use super::{Service, project::Name};
use crate::{
    Scenario,
    state::{MOST_SHOWN, Standing},
};

impl Service {
    /// The newest scan's id.
    pub(crate) fn newest(&self) -> String {
        self.scans.last().map(|scan| scan.id.to_string()).unwrap_or_default()
    }

    /// The newest scans, newest first.
    pub(crate) fn standings(&self, at: Timestamp) -> impl Iterator<Item = Standing> {
        self.newest_first().take(MOST_SHOWN).map(move |scan| {
            let (Name::Fqdn(target) | Name::Id(target)) = &scan.project;
            Standing {
                service: "vaddy",
                id: scan.id.to_string(),
                target: target.clone(),
                state: scan.status(at).as_str().to_owned(),
                started: scan.started,
                scenario: scan.scenario.map(Scenario::name),
            }
        })
    }
}
