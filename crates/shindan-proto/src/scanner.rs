use core::{fmt, time::Duration};

use crate::{Authorize, Error, FaultOf, Io, SentAt, Target};

/// What a service lends to the flows [`start`](Target::start) and [`attach`](Target::attach).
///
/// Its methods are flows themselves: they await nothing but their [`Io`].
pub trait Scanner: Authorize + fmt::Debug + Sized {
    /// What to scan, and how.
    type Scan: Clone + Send + Sync + 'static;
    /// Names a scan for good, also in another process.
    type Id: Clone + PartialEq + fmt::Display + fmt::Debug + Send + Sync + 'static;
    /// How a running scan stands, as the service shows it.
    type State: fmt::Debug + Send + Sync + 'static;
    /// What a finished scan leaves.
    type Report: fmt::Debug + Send + 'static;

    /// What is there before a start.
    fn before<E: Send>(
        io: &Io<E>,
        target: &Target<Self>,
        scan: &Self::Scan,
    ) -> impl Future<Output = Result<Prior<Self::Id>, Error<FaultOf<Self>>>> + Send;

    /// Starts it; a success may come without an id.
    fn start<E: Send>(
        io: &Io<E>,
        target: &Target<Self>,
        scan: &Self::Scan,
    ) -> impl Future<Output = Result<Option<Self::Id>, Error<FaultOf<Self>>>> + Send;

    /// What a start that left at `sent` has left behind, judged against what was there `before`.
    fn find<E: Send>(
        io: &Io<E>,
        target: &Target<Self>,
        scan: &Self::Scan,
        before: &[Self::Id],
        sent: SentAt,
        look: Look,
    ) -> impl Future<Output = Found<Self::Id>> + Send;

    /// How a scan stands.
    fn poll<E: Send>(
        io: &Io<E>,
        target: &Target<Self>,
        id: &Self::Id,
        glance: &mut Glance,
    ) -> impl Future<Output = Result<Standing<Self>, Error<FaultOf<Self>>>> + Send;

    /// Ends a scan in the way that its state allows.
    fn cancel<E: Send>(
        io: &Io<E>,
        target: &Target<Self>,
        id: &Self::Id,
        state: &Self::State,
    ) -> impl Future<Output = Result<(), Error<FaultOf<Self>>>> + Send;
}

/// What is there before a start.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a start must handle each of them")]
pub enum Prior<Id> {
    /// A start may go ahead; these scans are older.
    Clear(Vec<Id>),
    /// The service would refuse: something else runs.
    Busy,
    /// The service would charge for the repetition that was to be free.
    Charged,
    /// An earlier attempt at the same intent has started these.
    Ours(Vec<Id>),
}

/// How long to look for what a start has left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a service must handle each of them")]
pub enum Look {
    /// One look for what is known to exist: did somebody on the way send it twice?
    Once,
    /// Until a late execution, or what a list has not shown yet, would have shown itself.
    UntilSettled {
        /// For this long at least.
        settle: Duration,
        /// And not much longer than this, whatever still runs.
        within: Option<Duration>,
    },
}

/// What a start has left.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a start must handle each of them")]
pub enum Found<Id> {
    /// Exactly this scan.
    One(Id),
    /// More than one: somebody sent it twice.
    Many(Vec<Id>),
    /// Certainly nothing.
    Nothing,
    /// It could not be found out.
    Unclear,
}

/// What a poll may make use of.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct Glance {
    /// A list that was asked for at this instant of the driver's monotonic clock or later is fresh enough; without
    /// it, nothing but the poll's own exchanges is.
    pub since: Option<Duration>,
    /// The page of the list at which the last poll has stopped; 0 before the first one.
    pub page: u32,
}

/// How a scan stands.
#[derive(Debug)]
#[expect(clippy::exhaustive_enums, reason = "a watch must handle each of them")]
pub enum Standing<S: Scanner> {
    /// The service does not know it, or not yet.
    Missing,
    /// It has not ended, or not in a way that we recognize.
    Running(S::State),
    /// It has ended.
    Ended(Ending<S::Report>),
}

/// How a scan ended. Nothing that is not positively recognized is `Finished`.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "a gate must handle each of them")]
pub enum Ending<R> {
    /// It has finished and left a report.
    Finished(R),
    /// Somebody ended it; VAddy has the same word for a crash.
    Stopped,
    /// It failed. The reason is text from the network: escape it before showing it.
    Failed(String),
}
