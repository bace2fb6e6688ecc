//! Starts one scan and follows it, until it ends or a signal says that nobody waits any more.

use std::{
    cell::RefCell,
    future::poll_fn,
    pin::pin,
    task::Poll,
    time::{Duration, Instant},
};

use shindan_hyper::Executor;
use shindan_proto::{Event, EventOf, Outcome, Step};
use tokio::{select, time::timeout};

use crate::{exit::Exit, output::note, service::Service, signals::Signals};

/// How following a scan ended.
pub(crate) enum End<S: Service> {
    /// The flow came to its end.
    Outcome(Outcome<S>),
    /// A signal came first; the scan is not touched.
    Signal(Exit, Start<S::Id>),
}

/// How far the start of a scan has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Start<Id> {
    /// No byte of it has left.
    Before,
    /// It may be on its way.
    InFlight,
    /// It was sent, and how it was answered does not say what became of it.
    Unknown,
    /// The service took it but did not name the scan.
    Accepted,
    /// The service has named the scan.
    Known(Id),
}

/// How often a line is written although nothing has changed.
const SIGN_OF_LIFE: Duration = Duration::from_secs(60);

/// How long a start that is in flight may take to answer after a signal.
pub(crate) const LAST_WORD: Duration = Duration::from_secs(4);
/// What is said meanwhile.
pub(crate) const IN_FLIGHT: &str = "a start is on its way; waiting up to 4 s for the answer";

/// Carries out a flow; `name` is what the lines about this scan begin with.
pub(crate) async fn follow<S: Service>(
    executor: &Executor,
    name: &str,
    step: Step<Outcome<S>, EventOf<S>>,
    signals: &mut Signals,
) -> End<S> {
    let watcher = RefCell::new(Watcher::new(name));
    let mut flow =
        pin!(executor.run(step, |event: &EventOf<S>| watcher.borrow_mut().see::<S>(event)));
    let signal = select! {
        outcome = &mut flow => return End::Outcome(outcome),
        signal = signals.next() => signal,
    };
    let in_flight = || watcher.borrow().start == Start::InFlight;
    if in_flight() {
        note(IN_FLIGHT);
        // The flow is driven only until the service has answered.
        let answered = poll_fn(|cx| match flow.as_mut().poll(cx) {
            Poll::Ready(outcome) => Poll::Ready(Some(outcome)),
            Poll::Pending if in_flight() => Poll::Pending,
            Poll::Pending => Poll::Ready(None),
        });
        let outcome = select! {
            answered = timeout(LAST_WORD, answered) => answered.ok().flatten(),
            _ = signals.next() => None,
        };
        if let Some(outcome) = outcome {
            return End::Outcome(outcome);
        }
    }
    let start = watcher.borrow().start.clone();
    End::Signal(signal, start)
}

/// Writes a line when something has changed.
struct Watcher<Id> {
    name: String,
    begun: Instant,
    start: Start<Id>,
    last: Option<(String, Instant)>,
}

impl<Id: Clone + std::fmt::Display> Watcher<Id> {
    fn new(name: &str) -> Self {
        Self { name: name.to_owned(), begun: Instant::now(), start: Start::Before, last: None }
    }

    fn see<S: Service<Id = Id>>(&mut self, event: &EventOf<S>) {
        let text = match event {
            Event::Busy => "another scan runs; waiting for its end".to_owned(),
            Event::Starting(_) => {
                self.start = Start::InFlight;
                "starting".to_owned()
            }
            Event::Started(id) => {
                self.start = Start::Known(id.clone());
                format!("started as {id}")
            }
            Event::Accepted => {
                self.start = Start::Accepted;
                "started; looking for its number".to_owned()
            }
            Event::Unknown => {
                self.start = Start::Unknown;
                "nobody knows whether it was started; looking for what it left".to_owned()
            }
            Event::Found(id) => {
                self.start = Start::Known(id.clone());
                format!("found as {id}")
            }
            Event::Running(state) => S::phase(state),
            Event::Unreachable => {
                "the service cannot be asked at the moment; the scan goes on".to_owned()
            }
            Event::Canceling => "being ended".to_owned(),
            _ => return,
        };
        let now = Instant::now();
        let news = self
            .last
            .as_ref()
            .is_none_or(|(last, at)| *last != text || now.duration_since(*at) >= SIGN_OF_LIFE);
        if news {
            note(format!("{}: {text} ({})", self.name, seconds(now - self.begun)));
            self.last = Some((text, now));
        }
    }
}

/// A time span for people: `8s`, `31m09s`, `4h05m`.
pub(crate) fn seconds(span: Duration) -> String {
    let seconds = span.as_secs();
    match seconds {
        0..60 => format!("{seconds}s"),
        60..3_600 => format!("{}m{:02}s", seconds / 60, seconds % 60),
        _ => format!("{}h{:02}m", seconds / 3_600, seconds / 60 % 60),
    }
}
