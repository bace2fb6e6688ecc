//! One start, from its record in the journal to its end.

use std::{
    io::{self, IsTerminal},
    time::{Duration, Instant},
};

use shindan_hyper::{Executor, now};
use shindan_journal::{Class, Intent, Phase, RunFile, RunId, Version};
use shindan_proto::{Outcome, ScanError, Target, WatchPolicy};

use super::{
    outlook::{Instead, Outlook},
    seed, signals,
};
use crate::{
    args::{FollowArgs, IntentArgs, OnInterrupt, word},
    conclusion::{Case, Conclusion},
    config::LONGEST_WAIT,
    failed::Failed,
    follow::{self, End, OnSignal, Watch},
    history::History,
    intent::fingerprint,
    output::note,
    progress,
    run_log::{RunLog, now_ms},
    service::Service,
    state::State,
    terms::{Terms, subject},
    time::seconds,
};

/// A start that was approved.
pub(super) struct Plan<S: Service> {
    pub(super) name: String,
    pub(super) target: Target<S>,
    pub(super) account: String,
    pub(super) scan: S::Scan,
    /// Names the target, see [`intent::target_key`].
    pub(super) target_key: String,
    /// Names the intent; empty if nothing finds it again.
    pub(super) token: String,
    /// What the token is made of; without it every start is a new intent.
    pub(super) dedupe_key: Option<String>,
    /// What it would come to, as it was looked up before it was approved.
    pub(super) outlook: Outlook<S::Id>,
    /// Why, in words.
    pub(super) because: Vec<String>,
}

/// How it is followed.
#[derive(Clone)]
pub(super) struct How {
    pub(super) policy: WatchPolicy,
    pub(super) on_signal: OnSignal,
    /// Whether a scan that is in the way leaves this one out.
    pub(super) skips: bool,
}

impl How {
    /// Leaves as soon as the scan exists.
    pub(super) fn detached(intent: &IntentArgs) -> Result<Self, Failed> {
        let policy = WatchPolicy {
            detach: true,
            settle: intent.settle,
            seed: seed()?,
            ..WatchPolicy::default()
        };
        Ok(Self { policy, on_signal: OnSignal::Leave, skips: false })
    }

    pub(super) fn followed(follow: &FollowArgs) -> Result<Self, Failed> {
        let policy = WatchPolicy {
            within: Some(follow.wait_timeout.unwrap_or(LONGEST_WAIT)),
            seed: seed()?,
            ..WatchPolicy::default()
        };
        let on_terminal = io::stdin().is_terminal() && io::stderr().is_terminal();
        let on_signal = match follow.on_interrupt {
            OnInterrupt::Cancel => OnSignal::Cancel { on_terminal },
            OnInterrupt::Detach if on_terminal => OnSignal::Ask,
            OnInterrupt::Detach => OnSignal::Leave,
        };
        Ok(Self { policy, on_signal, skips: false })
    }
}

impl<S: Service> Plan<S> {
    /// Makes the intent durable, starts at most once, and follows as far as is wanted.
    pub(super) async fn run(
        self,
        executor: &Executor,
        state: &State,
        how: How,
        terms: Terms,
    ) -> Result<Conclusion, Failed> {
        let mut signals = signals()?;
        let begun = Instant::now();
        let file = self.begin(state, &terms)?;
        let run = file.id();
        let case = Case {
            name: self.name.clone(),
            subject: subject(&S::subject(&self.scan)).to_owned(),
            run: Some(run),
            attach: state.command(&format!("attach {run}")),
            reconcile: state.command(&format!("runs reconcile {run}")),
            what_runs: S::what_runs(&self.scan),
            attached: false,
            token: self.mark(&state.journal.runs()?.runs),
            skips: how.skips,
            terms,
        };
        note(format!("run {run}: {} scan of {}", S::NAME, self.name));
        note(format!("if it is cut off, go on with: {}", case.attach));
        let past = History::new(&state.directory);
        let usual = past.usual_seconds(S::NAME, &case.subject, self.target.is_emulated());
        let usual = usual.map(|(usual, of)| {
            format!("est. {} (median of {of})", seconds(Duration::from_secs(usual)))
        });
        if let Some(usual) = usual.as_ref().filter(|_| progress::in_lines()) {
            note(format!("{}: {usual}", self.name));
        }
        if let Some(key) = &self.dedupe_key {
            note(format!("its --dedupe-key is: {key}"));
        }
        if matches!(self.outlook, Outlook::Free) {
            note(format!("{}: {}", self.name, self.because.join("; ")));
        }
        if let Some(remark) = S::remark(&self.scan) {
            note(format!("note: {remark}"));
        }
        let mut log = RunLog::new(file, &self.target);
        let known = match &self.outlook {
            Outlook::Known(id, instead) => Some((id.clone(), *instead)),
            // Another process may have started it since that was looked up.
            Outlook::Start | Outlook::Free => {
                let runs = state.journal.runs()?.runs;
                self.earlier(&runs, Some(run)).map(|id| (id, Instead::SameKey))
            }
        };
        if known.is_none() {
            self.note_others(state)?;
        }
        let watch = |start| Watch {
            name: self.name.clone(),
            resume: case.attach.clone(),
            start,
            usual: usual.clone(),
            on_signal: how.on_signal,
        };
        let end = if let Some((id, instead)) = known {
            log.named(Class::Found, &id, instead.evidence());
            note(format!("{}: found as {id}; {}", self.name, instead.sentence()));
            if how.policy.detach {
                End::Outcome(Outcome { id: Some(id), result: Err(ScanError::Detached) })
            } else {
                let watch = watch(follow::Start::Known(id.clone()));
                let policy = WatchPolicy { unseen: how.policy.outage, ..how.policy };
                let step = self.target.attach(now(), id, policy);
                follow::follow(executor, step, watch, Some(&mut log), &mut signals).await
            }
        } else {
            let step = self.target.start(now(), self.scan.clone(), how.policy);
            let watch = watch(follow::Start::Before);
            follow::follow(executor, step, watch, Some(&mut log), &mut signals).await
        };
        super::note_clock(&self.target);
        super::note_emulator(&self.target);
        let conclusion = Conclusion::draw(&case, &self.target, end, begun.elapsed());
        Ok(finish(log, conclusion))
    }

    /// The target is locked from here on.
    fn begin(&self, state: &State, terms: &Terms) -> Result<RunFile, Failed> {
        let mut random = [0; 10];
        getrandom::fill(&mut random).map_err(super::no_randomness)?;
        let at_ms = now_ms();
        let intent = Intent {
            version: Version::CURRENT,
            run: RunId::new(at_ms, random),
            service: S::NAME.to_owned(),
            endpoint: self.target.base().to_string(),
            account: self.account.clone(),
            target: self.name.clone(),
            target_key: self.target_key.clone(),
            token: self.token.clone(),
            dedupe_key: self.dedupe_key.clone(),
            fail_on: Some(word(&terms.fail_on)),
            min_coverage: Some(terms.min_coverage),
            options: Some(self.options()),
            repeats: S::repeats(&self.scan),
            scan: S::subject(&self.scan),
            at_ms,
        };
        let run = intent.run;
        state.journal.begin(intent).map_err(|error| state.refused(run, error))
    }

    /// Another intent is not refused, but its scan may be the one that is wanted.
    fn note_others(&self, state: &State) -> Result<(), Failed> {
        for view in state.journal.runs()?.runs {
            let same = |intent: &Intent| intent.target_key == self.target_key;
            if view.run.intent.as_ref().is_some_and(same)
                && matches!(view.run.phase(), Phase::Started(_) | Phase::Duplicate)
            {
                let attach = state.command(&format!("attach {}", view.id));
                note(format!(
                    "note: run {} of this target has not ended here; follow it with: {attach}",
                    view.id
                ));
            }
        }
        Ok(())
    }

    /// Everything besides the target that makes it another scan, as the journal keeps it.
    pub(super) fn options(&self) -> String {
        fingerprint(&S::options(&self.scan))
    }
}

/// What is left to be recorded, and whether all of it was.
pub(super) fn finish(mut log: RunLog, mut conclusion: Conclusion) -> Conclusion {
    if conclusion.has_ended() {
        log.closed(conclusion.exit());
    }
    if let Some(error) = log.trouble {
        conclusion.not_recorded(Failed::from(error));
    }
    conclusion
}
