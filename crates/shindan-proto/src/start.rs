//! At most one start per intent.

use shindan_wire::Fault;

use crate::{
    Ending, Error, FaultOf, Found, Io, Look, Now, Prior, Scanner, SentAt, Step, Target, Timestamp,
    desk::{Rest, begin},
    watch::{WatchPolicy, follow},
};

/// What a flow tells its driver. The driver goes on by [`Telling::told`](crate::Telling::told).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Event<Id, State> {
    /// Something else runs; waiting for its end before a start.
    Busy,
    /// The next thing to leave is a start: make that durable first, and what was there before. A driver that
    /// cannot answers by [`Telling::cancel`](crate::Telling::cancel), and nothing is sent.
    Starting(Vec<Id>),
    /// The service has named the scan: make the id durable first.
    Started(Id),
    /// The service has accepted the start but did not name the scan; looking for it.
    Accepted,
    /// Nobody knows whether the start was executed; looking for what it has left.
    Unknown,
    /// Found what an earlier attempt has started; nothing more will be started.
    Found(Id),
    /// How the scan stands.
    Running(State),
    /// The service cannot be asked at the moment; the scan goes on.
    Unreachable,
    /// The scan is being ended.
    Canceling,
    /// The service has agreed to end the scan; the next polls show whether it did.
    CancelAccepted,
}

/// The events of a service's flows.
pub type EventOf<S> = Event<<S as Scanner>::Id, <S as Scanner>::State>;

/// How a flow ended. The id is there whenever one is known, also beside an error.
#[derive(Debug)]
#[expect(clippy::exhaustive_structs, reason = "an id and a result are all there is to say")]
pub struct Outcome<S: Scanner> {
    /// The scan.
    pub id: Option<S::Id>,
    /// How it ended, or why nobody knows.
    pub result: ScanResultOf<S>,
}

/// How a service's scan ended, or why nobody knows.
pub type ScanResultOf<S> =
    Result<Ending<<S as Scanner>::Report>, ScanError<FaultOf<S>, <S as Scanner>::Id>>;

/// Why a scan has no ending.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ScanError<F: Fault, Id: core::fmt::Debug> {
    /// Nothing was started: what was there before could not be read, or the start was refused.
    #[error("nothing was started")]
    Refused(#[source] Error<F>),
    /// Nothing was started, because something else runs.
    #[error("nothing was started, because another scan of the same target runs; wait for its end")]
    Busy,
    /// Nothing was started: the repetition that was to be free is not offered any more.
    #[error("nothing was started: the service does not offer the free repetition any more")]
    Charged,
    /// Nothing was started: nothing was found of a start whose outcome was unknown.
    #[error("nothing was started: the start was not executed; it can be tried again")]
    NotStarted,
    /// The flow was asked to end before a start left.
    #[error("nothing was started: canceled before the start")]
    Canceled,
    /// It may or may not have been started.
    #[error("nobody knows whether the scan was started; look before starting again")]
    Unknown,
    /// More than one scan carries this intent.
    #[error("more than one scan was started for one intent; look at them before starting again")]
    Duplicate(Vec<Id>),
    /// The service does not know the scan.
    #[error("the service does not know this scan")]
    Missing,
    /// The scan goes on, but the service could not be asked for too long, or gave an answer that ends the watch.
    #[error("the scan can no longer be followed; it may still run")]
    Lost(#[source] Error<F>),
    /// The scan goes on, but we have waited long enough.
    #[error("the scan still runs after the longest wait")]
    Deadline,
    /// It was started, and nobody wanted to wait.
    #[error("the scan runs; nobody waits for it")]
    Detached,
}

/// A start of which somebody knows only that it may have left: what a journal has kept.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_structs, reason = "a caller builds it from a record")]
pub struct LostStart<S: Scanner> {
    /// What was to be scanned, with the same token.
    pub scan: S::Scan,
    /// What was there before, as [`Event::Starting`] told it.
    pub before: Vec<S::Id>,
    /// When it left, by the calendar of the machine.
    pub sent: Timestamp,
    /// Whether the service had accepted it, as [`Event::Accepted`] told it.
    pub accepted: bool,
}

impl<S: Scanner> Target<S> {
    /// Starts a scan, at most once, and follows it to its end.
    ///
    /// The driver is told of [`Event::Starting`] before a byte of the start leaves, and of
    /// [`Event::Started`] before anything else is done with the id.
    pub fn start(
        &self,
        now: Now,
        scan: S::Scan,
        policy: WatchPolicy,
    ) -> Step<Outcome<S>, EventOf<S>> {
        let target = self.clone();
        begin(now, |io| async move {
            let (id, before) = match start(&io, &target, &scan, &policy).await {
                Ok(started) => started,
                Err((id, error)) => return Outcome { id, result: Err(error) },
            };
            if policy.detach && !io.cancel_wanted() {
                return Outcome { id: Some(id), result: Err(ScanError::Detached) };
            }
            // The service has named it, so a list that does not show it is no more than an outage.
            let result = follow(&io, &target, &id, &policy, policy.outage).await;
            // What was sent twice may have shown itself only now. Whoever has waited long enough looks once.
            let looks = if matches!(result, Err(ScanError::Deadline)) { 1 } else { LAST_LOOKS };
            let result = match twins(&io, &target, &scan, &before, &id, looks).await {
                Some(ids) => Err(ScanError::Duplicate(ids)),
                None => result,
            };
            Outcome { id: Some(id), result }
        })
    }

    /// Looks for what a start has left that another process has sent; starts nothing.
    ///
    /// If exactly one scan is found, the driver is told [`Event::Found`] and the result is
    /// [`ScanError::Detached`]: [`attach`](Self::attach) follows it. [`ScanError::NotStarted`] is a proof, after
    /// which the intent may be started again.
    pub fn reconcile(
        &self,
        now: Now,
        lost: LostStart<S>,
        policy: &WatchPolicy,
    ) -> Step<Outcome<S>, EventOf<S>> {
        let (target, look) = (self.clone(), policy.look());
        begin(now, |io| async move {
            let LostStart { scan, before, sent, accepted } = lost;
            let sent = SentAt::long_ago(sent, io.now());
            let found = S::find(&io, &target, &scan, &before, sent, look).await;
            let (id, error) = match found {
                Found::One(id) => {
                    io.tell(Event::Found(id.clone())).await;
                    (Some(id), ScanError::Detached)
                }
                Found::Many(ids) => (None, ScanError::Duplicate(ids)),
                Found::Nothing if !accepted => (None, ScanError::NotStarted),
                // What was accepted exists, even where no list shows it.
                Found::Nothing | Found::Unclear => (None, ScanError::Unknown),
            };
            Outcome { id, result: Err(error) }
        })
    }

    /// Follows a scan that was started before, here or elsewhere.
    pub fn attach(&self, now: Now, id: S::Id, policy: WatchPolicy) -> Step<Outcome<S>, EventOf<S>> {
        let target = self.clone();
        begin(now, |io| async move {
            let result = follow(&io, &target, &id, &policy, policy.unseen).await;
            Outcome { id: Some(id), result }
        })
    }
}

/// How often a look after the end is tried.
const LAST_LOOKS: u32 = 5;

type Failed<S> = (Option<<S as Scanner>::Id>, ScanError<FaultOf<S>, <S as Scanner>::Id>);

async fn start<S: Scanner>(
    io: &Io<EventOf<S>>,
    target: &Target<S>,
    scan: &S::Scan,
    policy: &WatchPolicy,
) -> Result<(S::Id, Vec<S::Id>), Failed<S>> {
    let before = match clear::<S>(io, target, scan, policy).await.map_err(|error| (None, error))? {
        Prior::Clear(ids) => ids,
        Prior::Busy => return Err((None, ScanError::Busy)),
        Prior::Charged => return Err((None, ScanError::Charged)),
        Prior::Ours(ids) => return Ok((adopt::<S>(io, ids).await?, Vec::new())),
    };
    let (mut again, mut accepted, mut unknown) = (policy.retry_unstarted, false, false);
    let sent = SentAt::now(io.now());
    loop {
        io.tell(Event::Starting(before.clone())).await;
        if io.cancel_wanted() {
            return Err((None, ScanError::Canceled));
        }
        let refused = match S::start(io, target, scan).await {
            Ok(Some(id)) => {
                io.tell(Event::Started(id.clone())).await;
                return match twins(io, target, scan, &before, &id, 1).await {
                    Some(ids) => Err((Some(id), ScanError::Duplicate(ids))),
                    None => Ok((id, before)),
                };
            }
            Ok(None) => {
                accepted = true;
                io.tell(Event::Accepted).await;
                None
            }
            Err(Error::Ambiguous(_)) => {
                unknown = true;
                io.tell(Event::Unknown).await;
                None
            }
            // After an attempt whose fate is unknown a refusal may be the trace of it: look first.
            Err(refused) if unknown => Some(refused),
            Err(Error::Canceled) => return Err((None, ScanError::Canceled)),
            Err(refused) => return Err((None, ScanError::Refused(refused))),
        };
        let look = policy.look();
        match S::find(io, target, scan, &before, sent, look).await {
            Found::One(id) => return Ok((adopt::<S>(io, vec![id]).await?, before)),
            Found::Many(ids) => return Err((None, ScanError::Duplicate(ids))),
            // What was accepted exists, even where no list shows it.
            Found::Nothing if accepted => return Err((None, ScanError::Unknown)),
            Found::Nothing if again && !io.cancel_wanted() => again = false,
            Found::Nothing => {
                return Err((None, refused.map_or(ScanError::NotStarted, ScanError::Refused)));
            }
            Found::Unclear => return Err((None, ScanError::Unknown)),
        }
    }
}

/// Reads what is there, and waits for the end of what is in the way if that is wanted.
async fn clear<S: Scanner>(
    io: &Io<EventOf<S>>,
    target: &Target<S>,
    scan: &S::Scan,
    policy: &WatchPolicy,
) -> Result<Prior<S::Id>, ScanError<FaultOf<S>, S::Id>> {
    let begun = io.now().mono;
    loop {
        let prior = match S::before(io, target, scan).await {
            Ok(prior) => prior,
            Err(Error::Canceled) => return Err(ScanError::Canceled),
            Err(error) => return Err(ScanError::Refused(error)),
        };
        if prior != Prior::Busy || io.now().mono.saturating_sub(begun) >= policy.wait_while_busy {
            return Ok(prior);
        }
        io.tell(Event::Busy).await;
        if io.wait(policy.steady, "the end of another scan").await == Rest::Canceled {
            return Err(ScanError::Canceled);
        }
    }
}

async fn adopt<S: Scanner>(io: &Io<EventOf<S>>, mut ids: Vec<S::Id>) -> Result<S::Id, Failed<S>> {
    if ids.len() > 1 {
        return Err((None, ScanError::Duplicate(ids)));
    }
    let id = ids.pop().ok_or((None, ScanError::Unknown))?;
    io.tell(Event::Found(id.clone())).await;
    Ok(id)
}

/// The scans of one intent, if there are more than the one that is known.
async fn twins<S: Scanner>(
    io: &Io<EventOf<S>>,
    target: &Target<S>,
    scan: &S::Scan,
    before: &[S::Id],
    id: &S::Id,
    looks: u32,
) -> Option<Vec<S::Id>> {
    for look in 1..=looks {
        match S::find(io, target, scan, before, SentAt::now(io.now()), Look::Once).await {
            Found::Many(ids) => return Some(ids),
            Found::One(other) if other != *id => return Some(vec![id.clone(), other]),
            Found::One(_) | Found::Nothing => return None,
            Found::Unclear if look < looks => {
                io.rest(target.policy().most, "the next look for a second scan").await;
            }
            Found::Unclear => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use core::time::Duration;

    use vaddy_model::ScanId;
    use wsc_model::InstanceNo;

    use super::*;
    use crate::{NcpKey, VaddyKey, VaddyProject, VaddyScanId};

    const NOW: Now = Now { mono: Duration::ZERO, wall: Timestamp::from_unix_ms(0) };

    fn size_of_watch<S: Scanner>(key: S, id: S::Id) -> usize {
        let target = Target::new("http://127.0.0.1:1".parse().unwrap(), key);
        match target.attach(NOW, id, WatchPolicy::default()) {
            Step::Send(sending) => sending.fiber.size(),
            step @ (Step::Wait(_) | Step::Tell(_) | Step::Done(_)) => panic!("{step:?}"),
        }
    }

    /// Thousands of them rest in one process at the same time.
    #[test]
    fn a_watch_at_rest_is_small() {
        let credential = ncp_sign::Credential::new("AKEXAMPLE", "SKEXAMPLE").unwrap();
        let wsc = size_of_watch(NcpKey::new(credential), InstanceNo::new("1").unwrap());
        let project = VaddyProject::V2 { project_id: "p".to_owned() };
        let id = VaddyScanId { project, scan_id: ScanId::new("s").unwrap() };
        let vaddy = size_of_watch(VaddyKey::new("user", "key").unwrap(), id);
        assert!(wsc <= 1_792 && vaddy <= 1_792, "{wsc} and {vaddy} bytes");
    }
}
