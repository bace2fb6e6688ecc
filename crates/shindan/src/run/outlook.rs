//! What a start would come to, as far as our own journal tells.

use std::time::Duration;

use shindan_journal::{BeginError, Intent, Phase, RunId, RunView};
use shindan_proto::Token;

use super::start::Plan;
use crate::{
    failed::Failed, follow::STARTED_BEFORE, run_log::now_ms, service::Service, state::State,
};

/// What a start would come to.
#[derive(Clone, Debug)]
pub(super) enum Outlook<Id> {
    /// A new scan.
    Start,
    /// A repetition that the service does not charge for; the scan says of what.
    Free,
    /// Nothing is started: this scan is followed.
    Known(Id, Instead),
}

/// Why a scan that is known is followed instead of a new one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Instead {
    /// An earlier run with the same key has started it.
    SameKey,
    /// It has finished here lately.
    Finished,
    /// It runs, and no second one is wanted.
    Busy,
}

impl Instead {
    /// For the journal.
    pub(super) fn evidence(self) -> &'static str {
        match self {
            Self::SameKey => "an earlier run with the same key has started it",
            Self::Finished => "it has finished here lately with the same options",
            Self::Busy => "it runs, and it was to be followed then",
        }
    }

    /// For a person.
    pub(super) fn sentence(self) -> &'static str {
        match self {
            Self::SameKey => STARTED_BEFORE,
            Self::Finished => {
                "it has finished within --reuse-within, so nothing is started now and its report is judged again"
            }
            Self::Busy => "it runs, so with --if-busy attach nothing is started now",
        }
    }
}

impl<S: Service> Plan<S> {
    /// Whether the journal knows a scan that is to be followed instead. Nothing is asked of the service
    /// where an earlier start of the target is unknown.
    pub(super) fn is_known(&mut self, state: &State, reuse: Duration) -> Result<bool, Failed> {
        let runs = self.readable(state)?;
        let same_key = self.earlier(&runs, None).map(|id| (id, Instead::SameKey));
        let finished = || self.finished(&runs, reuse).map(|id| (id, Instead::Finished));
        let Some((id, instead)) = same_key.or_else(finished) else { return Ok(false) };
        self.outlook = Outlook::Known(id, instead);
        Ok(true)
    }

    /// What the scan's report must not contradict: the mark of its start. Whether a repetition's report shows
    /// its own or that of the first scan is not documented.
    pub(super) fn mark(&self, runs: &[RunView]) -> Option<Token> {
        let intents = runs.iter().filter_map(|view| view.run.intent.as_ref());
        let mut ours = intents.filter(|intent| intent.token == self.token);
        match self.outlook {
            Outlook::Free | Outlook::Known(_, Instead::Finished | Instead::Busy) => None,
            _ if ours.any(|intent| intent.repeats.is_some()) => None,
            Outlook::Start | Outlook::Known(_, Instead::SameKey) => self.token.parse().ok(),
        }
    }

    /// Whether something is started.
    pub(super) fn starts(&self) -> bool {
        !matches!(self.outlook, Outlook::Known(..))
    }

    /// What an earlier run on this machine has started with the same key.
    ///
    /// VAddy keeps nothing with a scan that would find it again.
    pub(super) fn earlier(&self, runs: &[RunView], but: Option<RunId>) -> Option<S::Id> {
        self.dedupe_key.as_ref()?;
        let mut same = runs.iter().rev().filter(|view| {
            let same = |intent: &Intent| {
                (&intent.target_key, &intent.token) == (&self.target_key, &self.token)
            };
            Some(view.id) != but && view.run.intent.as_ref().is_some_and(same)
        });
        same.find_map(|view| self.only_scan(view))
    }

    /// What a run on this machine has started and judged within this time, with the same options.
    fn finished(&self, runs: &[RunView], within: Duration) -> Option<S::Id> {
        if within.is_zero() {
            return None;
        }
        let within = i64::try_from(within.as_millis()).unwrap_or(i64::MAX);
        let (now, options) = (now_ms(), self.options());
        let mut lately = runs.iter().rev().filter(|view| {
            let same = |intent: &Intent| {
                intent.target_key == self.target_key && intent.options.as_ref() == Some(&options)
            };
            let judged = matches!(view.run.phase(), Phase::Closed(0 | 1));
            let closed = view.run.closed.as_ref().map(|closed| now.saturating_sub(closed.at_ms));
            // A run that has only followed a scan does not make it any younger.
            view.run.sent_at_ms.is_some()
                && judged
                && closed.is_some_and(|age| (0..=within).contains(&age))
                && view.run.intent.as_ref().is_some_and(same)
        });
        lately.find_map(|view| self.only_scan(view))
    }

    /// The newest scan of the target that was started from here and has not ended here.
    pub(super) fn unfinished(&self, state: &State) -> Result<Option<S::Id>, Failed> {
        let runs = state.journal.runs()?.runs;
        let mut ours = runs.iter().rev().filter(|view| {
            let same = |intent: &Intent| intent.target_key == self.target_key;
            matches!(view.run.phase(), Phase::Started(_))
                && view.run.intent.as_ref().is_some_and(same)
        });
        Ok(ours.find_map(|view| self.only_scan(view)))
    }

    fn only_scan(&self, view: &RunView) -> Option<S::Id> {
        match view.run.ids()[..] {
            [id] => S::id(&self.scan, id),
            _ => None,
        }
    }

    /// All runs, unless one of them is in the way.
    fn readable(&self, state: &State) -> Result<Vec<RunView>, Failed> {
        let all = state.journal.runs()?;
        if let Some(error) = all.unreadable.into_iter().next() {
            return Err(Failed::from(error).and("nothing was sent"));
        }
        let Some(open) = all.runs.iter().find(|view| view.run.blocks(&self.target_key)) else {
            return Ok(all.runs);
        };
        // A process that is about to find out has the lock.
        let blocked = match state.journal.claim(open.id) {
            Ok(_) => BeginError::OpenUnknown { run: open.id, path: open.path.clone() },
            Err(held) => held,
        };
        Err(state.refused(open.id, blocked))
    }
}
