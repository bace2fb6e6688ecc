//! What a look from outside shows of the jobs.

use shindan_proto::{Timestamp, Token};

use super::{Lang, Service, job::StoredJob};
use crate::{
    Scenario,
    state::{MOST_SHOWN, Standing},
};

impl Service {
    /// The newest job's number, and the token in its memo.
    pub(crate) fn newest(&self) -> (String, Option<String>) {
        let newest = self.jobs.last();
        let number = newest.map(|job| job.number.to_string()).unwrap_or_default();
        (number, newest.and_then(token))
    }

    /// The newest jobs, newest first.
    pub(crate) fn standings(&self, at: Timestamp) -> impl Iterator<Item = Standing> {
        self.jobs.iter().rev().take(MOST_SHOWN).map(move |(_, job)| Standing {
            service: "wsc",
            id: job.number.to_string(),
            target: job.asked.start_url.clone(),
            state: Lang::En.text(job.status(at)).to_owned(),
            started: job.created,
            scenario: job.scenario.map(Scenario::name),
        })
    }
}

/// The token by which its client finds it again; the rest of a memo is nobody's business.
fn token(job: &StoredJob) -> Option<String> {
    let mut texts = job.asked.memo.as_deref()?.split("[scan:").skip(1);
    texts.find_map(|rest| {
        let (token, _) = rest.split_once(']')?;
        Some(token.parse::<Token>().ok()?.to_string())
    })
}
