//! What is told about one scan at the end: a row, an object, an exit code.

use std::time::Duration;

use serde::Serialize;
use serde_json::value::RawValue;
use shindan_proto::{Ending, FaultOf, ScanError, Target};
use shindan_wire::Effect;

use crate::{
    args::FailOn,
    exit::Exit,
    failed::Failed,
    follow::{End, Start, seconds},
    output::{Rows, figure},
    secrets::quote,
    service::{Figures, Service},
};

/// One scan, as scripts see it.
#[derive(Debug, Serialize)]
pub(crate) struct Conclusion {
    target: String,
    service: &'static str,
    scan: Option<String>,
    result: &'static str,
    exit: u8,
    because: Vec<String>,
    seconds: u64,
    report: Option<Box<RawValue>>,
    #[serde(skip)]
    figures: Figures,
    #[serde(skip)]
    outcome: Result<Exit, Failed>,
}

impl Conclusion {
    pub(crate) fn draw<S: Service>(
        name: &str,
        target: &Target<S>,
        scan: &S::Scan,
        end: End<S>,
        took: Duration,
        fail_on: FailOn,
    ) -> Self {
        let mut conclusion = Self {
            target: name.to_owned(),
            service: S::NAME,
            scan: None,
            result: "",
            exit: 0,
            because: Vec::new(),
            seconds: took.as_secs(),
            report: None,
            figures: Figures::default(),
            outcome: Ok(Exit::Incomplete),
        };
        match end {
            End::Signal(signal, start) => {
                if let Start::Known(id) = &start {
                    conclusion.scan = Some(id.to_string());
                }
                conclusion.outcome = Err(interrupted::<S>(name, scan, signal, &start));
            }
            End::Outcome(outcome) => {
                conclusion.scan = outcome.id.as_ref().map(ToString::to_string);
                match outcome.result {
                    Ok(Ending::Finished(report)) => conclusion.judge::<S>(&report, fail_on),
                    Ok(Ending::Stopped) => {
                        conclusion.because = vec!["it was ended early, or it crashed".to_owned()];
                    }
                    Ok(Ending::Failed(reason)) => {
                        conclusion.because = vec![format!("it failed: {}", quote(&reason))];
                    }
                    Err(error) => {
                        let again = S::look_again(scan, outcome.id.as_ref());
                        conclusion.outcome = Err(failed(target, &error, &again));
                    }
                }
            }
        }
        if let Err(failed) = &conclusion.outcome {
            conclusion.because.extend(failed.sentences().map(str::to_owned));
        }
        let exit = conclusion.exit();
        conclusion.exit = exit.code();
        conclusion.result = if exit == Exit::Ok { "pass" } else { exit.name() };
        conclusion
    }

    fn judge<S: Service>(&mut self, report: &S::Report, fail_on: FailOn) {
        let verdict = S::judge(report, fail_on);
        self.figures = S::figures(report);
        self.because = verdict.because;
        self.outcome = Ok(verdict.exit);
        match S::json(report) {
            Ok(json) => self.report = Some(json),
            Err(error) => self.outcome = Err(Failed::new(Exit::Internal, error)),
        }
    }

    pub(crate) fn exit(&self) -> Exit {
        match &self.outcome {
            Ok(exit) => *exit,
            Err(failed) => failed.exit(),
        }
    }

    /// Whether the scan has ended, and so a row.
    pub(crate) fn has_result(&self) -> bool {
        self.outcome.is_ok()
    }

    /// The verdict in a line, where it is not a pass.
    pub(crate) fn remark(&self) -> Option<String> {
        let (exit, because) = (self.exit(), self.because.join(", "));
        (self.has_result() && exit != Exit::Ok)
            .then(|| format!("exit {} ({}): {}: {because}", exit.code(), exit.name(), self.target))
    }

    pub(crate) fn scan(&self) -> Option<&str> {
        self.scan.as_deref()
    }

    pub(crate) fn into_outcome(self) -> Result<Exit, Failed> {
        self.outcome
    }

    /// All of them in one table.
    pub(crate) fn table<'a>(all: impl IntoIterator<Item = &'a Self>) -> Rows {
        Rows::new(&[
            "TARGET", "SERVICE", "SCAN", "RESULT", "HIGH", "MED", "LOW", "ALERTS", "COVERAGE",
            "TIME",
        ])
        .rows(all.into_iter().map(Self::row))
    }

    fn row(&self) -> Vec<String> {
        let figures = &self.figures;
        vec![
            self.target.clone(),
            self.service.to_owned(),
            figure(self.scan.as_ref()),
            self.result.to_owned(),
            figure(figures.high),
            figure(figures.medium),
            figure(figures.low),
            figure(figures.alerts),
            figure(figures.coverage.as_ref()),
            seconds(Duration::from_secs(self.seconds)),
        ]
    }
}

/// A signal ended the wait, and nothing else.
fn interrupted<S: Service>(
    name: &str,
    scan: &S::Scan,
    signal: Exit,
    start: &Start<S::Id>,
) -> Failed {
    let id = if let Start::Known(id) = start { Some(id) } else { None };
    let look = format!("look at it again with: {}", S::look_again(scan, id));
    match start {
        Start::Before => Failed::new(signal, "interrupted before anything was started"),
        Start::InFlight | Start::Unknown => Failed::new(
            Exit::Unknown,
            format!("interrupted while the start of {name} was on its way: nobody knows whether it was started"),
        )
        .help(look)
        .help("do not start it again before you have looked"),
        Start::Accepted => {
            Failed::new(signal, format!("nobody waits for {name} any more; the scan goes on")).help(look)
        }
        Start::Known(id) => {
            Failed::new(signal, format!("nobody waits for {name} any more; the scan {id} goes on"))
                .help(look)
        }
    }
}

/// Why a scan has no ending; `again` is the command that shows it.
fn failed<S: Service>(
    target: &Target<S>,
    error: &ScanError<FaultOf<S>, S::Id>,
    again: &str,
) -> Failed {
    let call = |error| Failed::call(target.base(), Effect::Read, target.skew_ms(), error);
    let look = format!("look at it again with: {again}");
    match error {
        ScanError::Refused(error) => call(error).and("nothing was started"),
        ScanError::Busy => Failed::new(Exit::Precondition, error)
            .cause(format!("{} says that a scan runs, and it runs one at a time", S::NAME))
            .help(format!("see what runs with: {again}")),
        ScanError::NotStarted => Failed::new(Exit::Unavailable, error),
        ScanError::Canceled => Failed::new(Exit::Interrupted, error),
        ScanError::Unknown => Failed::new(Exit::Unknown, error)
            .help(look)
            .help("do not start it again before you have looked"),
        ScanError::Duplicate(ids) => ids
            .iter()
            .fold(Failed::new(Exit::Unknown, error), |failed, id| {
                failed.cause(format!("scan {id}"))
            })
            .help(look)
            .help("end the ones that nobody needs; do not start it again"),
        ScanError::Missing => Failed::new(Exit::Incomplete, error).help(look),
        ScanError::Lost(error) => call(error).and("the scan may still run").help(look),
        ScanError::Deadline => Failed::new(Exit::Waiting, error).help(look),
        error @ (ScanError::Detached | _) => Failed::new(Exit::Internal, error).help(look),
    }
}
