//! What each start of a run would come to, looked up before anybody is asked.

use futures_util::{StreamExt, stream};
use shindan_hyper::Executor;
use shindan_proto::{NcpKey, VaddyKey};

use super::{
    busy,
    fleet::Fleet,
    free,
    guard::Budget,
    order,
    outlook::Outlook,
    start::{How, Plan},
};
use crate::{
    args::IfBusy,
    conclusion::Conclusion,
    config::{Target, What},
    failed::Failed,
    state::State,
    terms::Terms,
};

/// A target, and what a start of it would come to.
pub(super) struct Prepared<'t> {
    pub(super) target: &'t Target,
    pub(super) said: Result<Ready, Failed>,
}

/// A start that is ready to be made.
pub(super) enum Ready {
    /// A diagnosis.
    Wsc(Box<Plan<NcpKey>>),
    /// A scan.
    Vaddy(Box<Plan<VaddyKey>>),
}

impl Fleet<'_> {
    /// Looks up, side by side, what each target that may be scanned would come to. Starts nothing.
    pub(super) async fn prepare<'t>(
        &self,
        checked: Vec<(&'t Target, Result<(), Failed>)>,
    ) -> Result<Vec<Prepared<'t>>, Failed> {
        // Before anything is looked up, it is known that a start can be recorded.
        self.state.probe()?;
        let lookups = checked.into_iter().map(|(target, said)| async move {
            let said = match said {
                Ok(()) => self.ready(target).await,
                Err(failed) => Err(failed),
            };
            Prepared { target, said }
        });
        let lookups = stream::iter(lookups).buffered(self.parallel());
        let mut prepared: Vec<_> = lookups.collect().await;
        let mut budget = Budget::new(&self.state, self.settings)?;
        for Prepared { said, .. } in &mut prepared {
            if said.as_ref().is_ok_and(Ready::is_charged)
                && let Err(failed) = budget.take()
            {
                *said = Err(failed);
            }
        }
        Ok(prepared)
    }

    async fn ready(&self, target: &Target) -> Result<Ready, Failed> {
        let (app, settings, key) = (self.app, self.settings, self.dedupe_key.clone());
        let reuse = settings.reuse_within.unless(target.reuse_within);
        match &target.what {
            What::Wsc(site) => {
                let mut plan = order::wsc(app, self.wsc()?.clone(), target, site, key)?;
                if !plan.is_known(&self.state, reuse)? {
                    let rescan = settings.rescan.unless(site.rescan);
                    free::look_up(app, &mut plan, rescan).await?;
                }
                Ok(Ready::Wsc(Box::new(plan)))
            }
            What::Vaddy(project) => {
                let vaddy = self.vaddy()?.clone();
                let mut plan = order::vaddy(app, vaddy, target, project, key).await?;
                let known = plan.is_known(&self.state, reuse)?;
                if !known && self.if_busy(target) == IfBusy::Attach {
                    busy::attach(app, &self.state, &mut plan).await?;
                }
                Ok(Ready::Vaddy(Box::new(plan)))
            }
        }
    }
}

impl Ready {
    pub(super) async fn run(
        self,
        executor: &Executor,
        state: &State,
        how: How,
        terms: Terms,
    ) -> Result<Conclusion, Failed> {
        match self {
            Self::Wsc(plan) => plan.run(executor, state, how, terms).await,
            Self::Vaddy(plan) => plan.run(executor, state, how, terms).await,
        }
    }

    /// Whether something is started.
    pub(super) fn starts(&self) -> bool {
        match self {
            Self::Wsc(plan) => plan.starts(),
            Self::Vaddy(plan) => plan.starts(),
        }
    }

    /// Whether what is started is charged; the plan of a VAddy account covers its scans.
    pub(super) fn is_charged(&self) -> bool {
        matches!(self, Self::Wsc(plan) if matches!(plan.outlook, Outlook::Start))
    }
}
