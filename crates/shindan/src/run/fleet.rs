//! Several scans in one process: side by side, each with its own outcome, and one verdict.

use std::{cell::Cell, collections::BTreeMap, time::Duration};

use futures_util::{StreamExt, stream};
use shindan_hyper::Executor;
use shindan_proto::{NcpKey, Target as Service, VaddyKey};
use tokio::{select, sync::Mutex};

use super::{
    App, guard,
    prepare::{Prepared, Ready},
    seed, signals,
    start::How,
};
use crate::{
    args::IfBusy,
    conclusion::Conclusion,
    config::{Settings, Target, What},
    exit::Exit,
    failed::Failed,
    state::State,
    terms::Terms,
};

/// What all scans of a run have in common.
pub(super) struct Fleet<'a> {
    pub(super) app: &'a App,
    pub(super) state: State,
    pub(super) settings: &'a Settings,
    wsc: Option<Result<Service<NcpKey>, Failed>>,
    vaddy: Option<Result<Service<VaddyKey>, Failed>>,
    /// Each service is asked in one account's name.
    wsc_executor: Executor,
    vaddy_executor: Executor,
    how: How,
    pub(super) dedupe_key: Option<String>,
    /// A signal came: nothing more is started.
    ended: Cell<Option<Exit>>,
}

impl<'a> Fleet<'a> {
    /// Looks up the keys of the services that are needed, and opens the journal.
    pub(super) async fn new(
        app: &'a App,
        settings: &'a Settings,
        how: How,
        dedupe_key: Option<String>,
        targets: &[Target],
    ) -> Result<Self, Failed> {
        let of_wsc = targets.iter().any(|target| matches!(target.what, What::Wsc(_)));
        let of_vaddy = targets.iter().any(|target| matches!(target.what, What::Vaddy(_)));
        let wsc = if of_wsc { Some(app.wsc().await) } else { None };
        let vaddy = of_vaddy.then(|| app.vaddy());
        let (state, ended) = (app.state()?, Cell::new(None));
        // One target is asked about so rarely that it needs no pace.
        let executor = || match targets {
            [_] => app.executor.clone(),
            _ => app.executor.for_account(),
        };
        let (wsc_executor, vaddy_executor) = (executor(), executor());
        Ok(Self {
            app,
            state,
            settings,
            wsc,
            vaddy,
            wsc_executor,
            vaddy_executor,
            how,
            dedupe_key,
            ended,
        })
    }

    /// Whether each target may be scanned, and its service asked.
    pub(super) fn check<'t>(&self, targets: &'t [Target]) -> Vec<(&'t Target, Result<(), Failed>)> {
        let both = targets.iter().map(|target| {
            let ours = guard::check(self.settings, target);
            (target, self.has_keys(target).and(ours))
        });
        both.collect()
    }

    fn has_keys(&self, target: &Target) -> Result<(), Failed> {
        match &target.what {
            What::Wsc(_) => self.wsc().map(|_| ()),
            What::Vaddy(_) => self.vaddy().map(|_| ()),
        }
    }

    /// Starts and follows the targets that are ready.
    pub(super) async fn all(&self, prepared: Vec<Prepared<'_>>) -> Result<Vec<Conclusion>, Failed> {
        let mut signals = signals()?;
        let places: BTreeMap<_, Mutex<()>> =
            prepared.iter().map(|one| (one.target.subject(), Mutex::default())).collect();
        let scans = prepared.into_iter().enumerate().map(|(at, Prepared { target, said })| {
            let place = &places[target.subject()];
            async move {
                let conclusion = match said {
                    Ok(ready) => self.next(target, ready, place).await,
                    Err(failed) => Err(failed),
                };
                let conclusion = conclusion.unwrap_or_else(|failed| {
                    Conclusion::of_nothing(target, &Terms::of(self.settings, target), failed)
                });
                conclusion.say();
                (at, conclusion)
            }
        });
        let all = stream::iter(scans).buffer_unordered(self.parallel()).collect::<Vec<_>>();
        let mut all = std::pin::pin!(all);
        let mut conclusions = loop {
            select! {
                conclusions = &mut all => break conclusions,
                signal = signals.next() => self.ended.set(Some(signal)),
            }
        };
        conclusions.sort_by_key(|(at, _)| *at);
        Ok(conclusions.into_iter().map(|(_, conclusion)| conclusion).collect())
    }

    /// One of many, when its turn has come.
    async fn next(
        &self,
        target: &Target,
        ready: Ready,
        place: &Mutex<()>,
    ) -> Result<Conclusion, Failed> {
        // The services scan a project or a site once at a time.
        let _alone = place.lock().await;
        match self.ended.get() {
            None => self.one(target, ready).await,
            Some(signal) => Err(Failed::new(signal, "interrupted before anything was started")),
        }
    }

    /// Starts and follows one target.
    pub(super) async fn one(&self, target: &Target, ready: Ready) -> Result<Conclusion, Failed> {
        let executor = match &target.what {
            What::Wsc(_) => &self.wsc_executor,
            What::Vaddy(_) => &self.vaddy_executor,
        };
        let terms = Terms::of(self.settings, target);
        ready.run(executor, &self.state, self.how_for(target)?, terms).await
    }

    pub(super) fn parallel(&self) -> usize {
        usize::try_from(self.settings.max_parallel.value).unwrap_or(usize::MAX)
    }

    pub(super) fn if_busy(&self, target: &Target) -> IfBusy {
        self.settings.if_busy.unless(target.if_busy)
    }

    fn how_for(&self, target: &Target) -> Result<How, Failed> {
        let settings = self.settings;
        let within = settings.wait_timeout.unless(target.wait_timeout);
        let mut how = self.how.clone();
        how.policy.within = Some(within);
        how.policy.seed = seed()?;
        how.skips = self.if_busy(target) == IfBusy::Skip;
        how.policy.wait_while_busy = match self.if_busy(target) {
            IfBusy::Wait => within,
            IfBusy::Skip | IfBusy::Fail | IfBusy::Attach => Duration::ZERO,
        };
        Ok(how)
    }

    pub(super) fn wsc(&self) -> Result<&Service<NcpKey>, Failed> {
        looked_up(self.wsc.as_ref())
    }

    pub(super) fn vaddy(&self) -> Result<&Service<VaddyKey>, Failed> {
        looked_up(self.vaddy.as_ref())
    }
}

fn looked_up<T>(service: Option<&Result<T, Failed>>) -> Result<&T, Failed> {
    let service = service.expect("it is looked up if a target needs it");
    service.as_ref().map_err(Clone::clone)
}
