//! Follows a scan to its end.

use core::time::Duration;

use shindan_wire::FaultKind;

use crate::{
    Error, Event, EventOf, FaultOf, Glance, Io, Look, ScanError, ScanResultOf, Scanner, Standing,
    Target, retry::fraction,
};

/// How a scan is started and followed.
#[derive(Clone, Debug)]
#[expect(
    clippy::exhaustive_structs,
    reason = "callers fill in what they want and take the rest from the default"
)]
pub struct WatchPolicy {
    /// The rest between the first polls.
    pub quick: Duration,
    /// How many polls are quick.
    pub quick_polls: u32,
    /// The rest between polls after that.
    pub steady: Duration,
    /// The rest between polls of a long scan.
    pub slow: Duration,
    /// When a scan counts as long.
    pub slow_after: Duration,
    /// The longest wait, for the end of a scan and for what an unknown start has left; the scan goes on after it.
    pub within: Option<Duration>,
    /// How long the service may be out of reach before the watch ends.
    pub outage: Duration,
    /// How long the service may not show a scan that is attached to; zero believes at once that it is not there.
    pub unseen: Duration,
    /// How long a start waits for the end of another scan of the same target.
    pub wait_while_busy: Duration,
    /// How long a start whose outcome is unknown is looked for at least, before its absence counts as proved: a
    /// late execution, or a list that lags behind, must show itself within it. Zero proves nothing.
    pub settle: Duration,
    /// Whether a start that was proved not to have been executed is made once more.
    pub retry_unstarted: bool,
    /// Whether a start ends as soon as the scan exists.
    pub detach: bool,
    /// Rests vary by a tenth, drawn from this seed.
    pub seed: u64,
}

impl Default for WatchPolicy {
    fn default() -> Self {
        Self {
            quick: Duration::from_secs(5),
            quick_polls: 10,
            steady: Duration::from_secs(20),
            slow: Duration::from_secs(60),
            slow_after: Duration::from_secs(30 * 60),
            within: None,
            outage: Duration::from_secs(15 * 60),
            unseen: Duration::ZERO,
            wait_while_busy: Duration::ZERO,
            settle: Duration::from_secs(90),
            retry_unstarted: false,
            detach: false,
            seed: 0,
        }
    }
}

impl WatchPolicy {
    /// How an unknown start is looked for.
    pub(crate) fn look(&self) -> Look {
        Look::UntilSettled { settle: self.settle, within: self.within }
    }

    fn rest(&self, polls: u32, elapsed: Duration, random: &mut u64) -> Duration {
        let usual = self.usual(polls, elapsed);
        usual.mul_f64(0.9) + fraction(usual / 5, random)
    }

    fn usual(&self, polls: u32, elapsed: Duration) -> Duration {
        if polls <= self.quick_polls {
            self.quick
        } else if elapsed < self.slow_after {
            self.steady
        } else {
            self.slow
        }
    }
}

/// A cancel that was not accepted is sent again after a fresh look, but not for ever.
const MOST_CANCELS: u32 = 5;

/// Polls until the scan has ended. `patience` is how long the service may not know it yet.
pub(crate) async fn follow<S: Scanner>(
    io: &Io<EventOf<S>>,
    target: &Target<S>,
    id: &S::Id,
    policy: &WatchPolicy,
    patience: Duration,
) -> ScanResultOf<S> {
    let begun = io.now().mono;
    let (mut patience, mut polls, mut random) = (patience, 0, policy.seed);
    let over =
        |now: Duration| policy.within.is_some_and(|within| now.saturating_sub(begun) >= within);
    // Since when no poll has shown the scan.
    let mut away = None;
    let (mut cancel, mut glance) = (CancelState::default(), Glance::default());
    loop {
        cancel.notice(io).await;
        let asked = io.now().mono;
        // Less than the shortest rest, so that no poll is served the answer of the one before. What was asked for
        // before the watch may not show the scan, and a wish to end has to see what it did.
        let age = policy.usual(polls, asked.saturating_sub(begun)).mul_f64(0.8);
        glance.since = (!cancel.wanted).then(|| begun.max(asked.saturating_sub(age)));
        // Of thousands of watches most rest: what a poll and a cancel need is boxed, so that they do not keep
        // room for it.
        let poll = match Box::pin(S::poll(io, target, id, &mut glance)).await {
            Ok(Standing::Ended(ending)) => return Ok(ending),
            Ok(Standing::Running(state)) => Ok(Some(state)),
            Ok(Standing::Missing) => Ok(None),
            Err(error) => Err(error),
        };
        polls += 1;
        let now = io.now().mono;
        match poll {
            Ok(Some(state)) => {
                // A list that changes while it is read may leave out what it has shown before.
                (away, patience) = (None, policy.outage);
                Box::pin(cancel.send(io, target, id, &state)).await?;
                io.tell(Event::Running(state)).await;
            }
            Ok(None) => {
                if now.saturating_sub(*away.get_or_insert(asked)) >= patience {
                    return Err(ScanError::Missing);
                }
            }
            // A wish to end cut the poll's own rests short.
            Err(Error::Canceled) => continue,
            Err(error) => {
                let away = now.saturating_sub(*away.get_or_insert(asked));
                // At the end of the wait an answer that cannot be read says more than that the time is over.
                let unread = over(now) && matches!(error, Error::Decode(_));
                if !passing(&error) || away >= policy.outage || unread {
                    return Err(ScanError::Lost(error));
                }
                io.tell(Event::Unreachable).await;
            }
        }
        // The last answer counts, however late it came.
        if over(now) {
            return Err(ScanError::Deadline);
        }
        let mut rest = policy.rest(polls, now.saturating_sub(begun), &mut random);
        if let Some(within) = policy.within {
            rest = rest.min(begun.saturating_add(within).saturating_sub(now));
        }
        let rested = io.now().mono;
        io.wait(rest, "the next poll").await;
        // For what the machine has slept longer the service is not to blame.
        let overslept = io.now().mono.saturating_sub(rested).saturating_sub(rest);
        away = away.map(|since| since.saturating_add(overslept));
    }
}

/// Whether asking again later may help.
fn passing<F: shindan_wire::Fault>(error: &Error<F>) -> bool {
    match error {
        // Something between us and the service may answer with pages of its own.
        Error::Transport { .. } | Error::GaveUp { .. } | Error::Decode(_) => true,
        Error::Fault(fault) => fault.kind() == FaultKind::Unrecognized,
        Error::Encode(_)
        | Error::Unauthenticated { .. }
        | Error::Ambiguous(_)
        | Error::Canceled => false,
    }
}

/// The wish to end, from its arrival to the service's consent.
#[derive(Default)]
struct CancelState {
    wanted: bool,
    accepted: bool,
    sent: u32,
}

impl CancelState {
    async fn notice<Id: Send, State: Send>(&mut self, io: &Io<Event<Id, State>>) {
        if !self.wanted && io.cancel_wanted() {
            self.wanted = true;
            io.tell(Event::Canceling).await;
        }
    }

    /// Sends the cancel once it is wanted; the next poll shows what it did.
    async fn send<S: Scanner>(
        &mut self,
        io: &Io<EventOf<S>>,
        target: &Target<S>,
        id: &S::Id,
        state: &S::State,
    ) -> Result<(), ScanError<FaultOf<S>, S::Id>> {
        if !self.wanted || self.accepted {
            return Ok(());
        }
        self.sent += 1;
        match S::cancel(io, target, id, state).await {
            Ok(()) => {
                self.accepted = true;
                io.tell(Event::CancelAccepted).await;
            }
            Err(error) if self.sent >= MOST_CANCELS => return Err(ScanError::Lost(error)),
            Err(_) => {}
        }
        Ok(())
    }
}
