//! Carries out a flow, until it ends or a signal says that nobody waits any more.

use std::{
    cell::RefCell,
    convert::Infallible,
    fmt::Display,
    future::poll_fn,
    ops::ControlFlow,
    pin::{Pin, pin},
    task::Poll,
    time::{Duration, Instant},
};

use shindan_hyper::Executor;
use shindan_journal::Error;
use shindan_proto::{Event, EventOf, Outcome, Step};
use tokio::{
    select,
    sync::Notify,
    time::{sleep, timeout},
};

use crate::{
    exit::Exit,
    github, log,
    output::{note, say},
    progress::{self, Line, Measure},
    run_log::RunLog,
    secrets::quote,
    service::Service,
    signals::Signals,
    time::seconds,
};

/// How following a scan ended.
pub(crate) enum End<S: Service> {
    /// The flow came to its end.
    Outcome(Outcome<S>),
    /// A signal came first.
    Signal { signal: Exit, start: Start<S::Id>, cancel: Cancel },
    /// The start could not be recorded, so it was not sent.
    Unrecorded(Error),
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

/// What the service was asked before we left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cancel {
    /// Nothing: the scan goes on.
    No,
    /// To end the scan, as soon as it could be asked; it has not agreed.
    Asked,
    /// To end the scan, and it has agreed.
    Agreed,
}

/// What a signal does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OnSignal {
    /// INT counts down first; a second one asks the service to end the scan. Others leave.
    Ask,
    /// Leave; the scan goes on.
    Leave,
    /// Ask the service to end the scan. Without a terminal, it gets little time to answer.
    Cancel { on_terminal: bool },
}

/// How long nothing may be written without live lines: far below the 5 to 10 minutes after which a pipeline takes a
/// silent job for dead, also if some are lost, and soon enough for a person who looks.
const SIGN_OF_LIFE: Duration = Duration::from_secs(60);
/// What is said of a scan of which nothing is known yet.
const ASKING: &str = "asking the service";
/// How long a start that is in flight may take to answer after a signal.
const LAST_WORD: Duration = Duration::from_secs(4);
/// What is said of a scan that another run has started.
pub(crate) const STARTED_BEFORE: &str = "it was started before with the same --dedupe-key, so nothing is started now; for a new scan say another key";
/// In seconds.
const COUNTDOWN: u32 = 5;
/// How long the service may take to agree to a cancel, and how long with a start in flight: the shortest time
/// that a pipeline leaves before it kills is five seconds.
const CANCEL: Duration = Duration::from_secs(2);
const START_AND_CANCEL: Duration = Duration::from_millis(4_400);
/// Whoever sits at a terminal decides when it is enough.
const WITHOUT_END: Duration = Duration::MAX;

/// How a flow is watched.
#[derive(Clone, Debug)]
pub(crate) struct Watch<Id> {
    /// What the lines about the scan begin with.
    pub(crate) name: String,
    /// The command that follows it again.
    pub(crate) resume: String,
    /// What is known already.
    pub(crate) start: Start<Id>,
    /// How long such a scan takes, in words.
    pub(crate) usual: Option<String>,
    pub(crate) on_signal: OnSignal,
}

/// Carries out a flow.
pub(crate) async fn follow<S: Service>(
    executor: &Executor,
    step: Step<Outcome<S>, EventOf<S>>,
    watch: Watch<S::Id>,
    log: Option<&mut RunLog>,
    signals: &mut Signals,
) -> End<S> {
    let Watch { name, resume, start, usual, on_signal } = watch;
    let run = log.as_ref().map(|log| log.run().to_string());
    let watcher = RefCell::new(Watcher::new::<S>(name, start, usual.as_deref(), log));
    let cancel = Notify::new();
    let mut flow = pin!(executor.run_until(step, cancel.notified(), |event: &EventOf<S>| {
        let flow = watcher.borrow_mut().see::<S>(event);
        if let Event::Started(id) | Event::Found(id) = event {
            github::scan_exists(S::NAME, run.as_deref(), &id.to_string(), &resume);
        }
        flow
    }));
    let left = select! {
        left = until_left(flow.as_mut(), &watcher, &cancel, &resume, on_signal, signals) => left,
        never = live(&watcher) => match never {},
    };
    let mut watcher = watcher.borrow_mut();
    if let Some(error) = watcher.unrecorded.take() {
        if let Some(log) = &mut watcher.log {
            log.nothing("it could not be recorded, so it was not sent");
        }
        return End::Unrecorded(error);
    }
    match left {
        Left::Ended(outcome) => {
            if let Some(log) = &mut watcher.log {
                log.end(&outcome);
            }
            End::Outcome(outcome)
        }
        Left::Signal(signal, asked) => {
            let cancel = match (asked, watcher.agreed) {
                (false, _) => Cancel::No,
                (true, false) => Cancel::Asked,
                (true, true) => Cancel::Agreed,
            };
            let start = watcher.start.clone();
            match (&mut watcher.log, &start) {
                (Some(log), Start::Before) => log.nothing("interrupted before the start"),
                (Some(log), Start::InFlight) => log.unknown("interrupted before the answer"),
                _ => {}
            }
            End::Signal { signal, start, cancel }
        }
    }
}

/// Shows that it goes on, also while nothing happens.
async fn live<Id: Clone + Display>(watcher: &RefCell<Watcher<'_, Id>>) -> Infallible {
    loop {
        let pause = watcher.borrow().pause();
        sleep(pause).await;
        watcher.borrow_mut().beat();
    }
}

enum Left<T> {
    Ended(T),
    /// Which signal, and whether the service was asked to end the scan.
    Signal(Exit, bool),
}

async fn until_left<S: Service>(
    mut flow: Pin<&mut impl Future<Output = Outcome<S>>>,
    watcher: &RefCell<Watcher<'_, S::Id>>,
    cancel: &Notify,
    resume: &str,
    on_signal: OnSignal,
    signals: &mut Signals,
) -> Left<Outcome<S>> {
    let signal = select! {
        outcome = &mut flow => return Left::Ended(outcome),
        signal = signals.next() => signal,
    };
    let in_flight = || watcher.borrow().start == Start::InFlight;
    let patience = match on_signal {
        // There is nothing to end, and now nothing may be started.
        _ if watcher.borrow().start == Start::Before => None,
        OnSignal::Ask if signal == Exit::Interrupted => {
            let what = match watcher.borrow().start {
                Start::Known(_) | Start::Accepted => "the scan",
                Start::Before | Start::InFlight | Start::Unknown => "whatever was started",
            };
            say(format!("{what} goes on; follow it again with: {resume}"));
            match countdown(flow.as_mut(), signals).await {
                Countdown::Ended(outcome) => return Left::Ended(outcome),
                Countdown::Again => Some(WITHOUT_END),
                Countdown::Over => None,
            }
        }
        OnSignal::Cancel { on_terminal: true } => Some(WITHOUT_END),
        OnSignal::Cancel { on_terminal: false } if in_flight() => Some(START_AND_CANCEL),
        OnSignal::Cancel { on_terminal: false } => Some(CANCEL),
        OnSignal::Ask | OnSignal::Leave => None,
    };
    if let Some(patience) = patience {
        say("asking the service to end the scan; another signal leaves at once");
        cancel.notify_one();
        return select! {
            outcome = &mut flow => Left::Ended(outcome),
            _ = signals.next() => Left::Signal(signal, true),
            () = sleep(patience) => Left::Signal(signal, true),
        };
    }
    if in_flight() {
        note("a start is on its way; waiting up to 4 s for the answer");
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
            return Left::Ended(outcome);
        }
    }
    Left::Signal(signal, false)
}

enum Countdown<T> {
    Ended(T),
    Again,
    Over,
}

/// A few seconds in which a second INT means more than leaving; the flow goes on meanwhile.
async fn countdown<T>(
    mut flow: Pin<&mut impl Future<Output = T>>,
    signals: &mut Signals,
) -> Countdown<T> {
    for left in (1..=COUNTDOWN).rev() {
        say(format!("leaving in {left} s; Ctrl-C again asks the service to end the scan instead"));
        select! {
            outcome = &mut flow => return Countdown::Ended(outcome),
            signal = signals.next() => {
                return if signal == Exit::Interrupted { Countdown::Again } else { Countdown::Over };
            }
            () = sleep(Duration::from_secs(1)) => {}
        }
    }
    Countdown::Over
}

/// Records what has to be durable, and shows what has changed.
struct Watcher<'a, Id> {
    name: String,
    log: Option<&'a mut RunLog>,
    line: Option<Line>,
    begun: Instant,
    start: Start<Id>,
    agreed: bool,
    unrecorded: Option<Error>,
    /// How it stands, and when that was last written.
    last: (String, Instant),
}

impl<'a, Id: Clone + Display> Watcher<'a, Id> {
    fn new<S: Service<Id = Id>>(
        name: String,
        start: Start<Id>,
        usual: Option<&str>,
        log: Option<&'a mut RunLog>,
    ) -> Self {
        let line = Line::new(&name, S::NAME, usual);
        let (begun, last) = (Instant::now(), (ASKING.to_owned(), Instant::now()));
        let mut all = Self { name, log, line, begun, start, agreed: false, unrecorded: None, last };
        all.show(ASKING, Measure::default());
        all
    }

    /// The record comes first: what is said may be the last that this process does.
    fn see<S: Service<Id = Id>>(&mut self, event: &EventOf<S>) -> ControlFlow<()> {
        if let Some(log) = &mut self.log {
            if let Event::Starting(before) = event
                && let Err(error) = log.sent(before)
            {
                self.unrecorded = Some(error);
                return ControlFlow::Break(());
            }
            log.event::<S>(event);
        }
        self.say::<S>(event);
        ControlFlow::Continue(())
    }

    fn say<S: Service<Id = Id>>(&mut self, event: &EventOf<S>) {
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
                let earlier = matches!(self.start, Start::Before);
                self.start = Start::Known(id.clone());
                if earlier {
                    format!("found as {id}; {STARTED_BEFORE}")
                } else {
                    format!("found as {id}")
                }
            }
            Event::Running(state) => quote(&S::phase(state)),
            Event::Unreachable => {
                "the service cannot be asked at the moment; the scan goes on".to_owned()
            }
            Event::Canceling => "being ended".to_owned(),
            Event::CancelAccepted => {
                self.agreed = true;
                "the service agreed to end it".to_owned()
            }
            _ => return,
        };
        let running =
            if let Event::Running(state) = event { Some(S::measure(state)) } else { None };
        self.show(&text, running.unwrap_or_default());
        if self.last.0 == text {
            return;
        }
        let mut fields = vec![("target", log::text(&self.name)), ("state", log::text(&text))];
        if let Some(log) = &self.log {
            fields.push(("run", log.run().to_string().into()));
        }
        if let Start::Known(id) = &self.start {
            fields.push(("scan", log::text(&id.to_string())));
        }
        log::event("a scan has come so far", &fields);
        self.last.0 = text;
        // A phase passes, but what was started must still be read when the live line has gone.
        if progress::in_lines() || running.is_none() {
            self.write();
        }
    }

    fn show(&mut self, text: &str, measure: Measure) {
        if let Some(line) = &mut self.line {
            if let Start::Known(id) = &self.start {
                line.name_scan(&id.to_string());
            }
            line.stand(text, measure);
        }
    }

    fn write(&mut self) {
        self.last.1 = Instant::now();
        note(format!("{}: {} ({})", self.name, self.last.0, seconds(self.begun.elapsed())));
    }

    /// Until something should be seen.
    fn pause(&self) -> Duration {
        match &self.line {
            Some(line) => line.pause(),
            None if progress::in_lines() => SIGN_OF_LIFE.saturating_sub(self.last.1.elapsed()),
            None => WITHOUT_END,
        }
    }

    fn beat(&mut self) {
        match &self.line {
            Some(line) => line.draw(self.begun.elapsed()),
            None => self.write(),
        }
    }
}
