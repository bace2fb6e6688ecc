//! What is told about one scan at the end: a row, an object, an exit code.

mod told;

use std::{fmt::Display, time::Duration};

use serde::Serialize;
use serde_json::value::RawValue;
use shindan_journal::RunId;
use shindan_proto::{Ending, FaultOf, ScanError, Target as Asked, Token};
use shindan_report::{Diagnosis, verdict::Decision};
use shindan_wire::Effect;

use self::told::Told;
use crate::{
    config::Target,
    exit::Exit,
    failed::Failed,
    follow::{Cancel, End, Start},
    output::say,
    raw,
    secrets::quote,
    service::Service as Scans,
    terms::Terms,
    time,
};

/// What is told about: a scan that was started or followed.
#[derive(Debug)]
pub(crate) struct Case {
    /// The target, as a person calls it.
    pub(crate) name: String,
    /// What is scanned: a URL, a host name or the id of a project.
    pub(crate) subject: String,
    pub(crate) run: Option<RunId>,
    /// The command that follows it again.
    pub(crate) attach: String,
    /// The command that finds out what an unknown start has left.
    pub(crate) reconcile: String,
    /// The command that shows what is in the way of a start.
    pub(crate) what_runs: String,
    /// Whether it was started by somebody else, so that its id may be wrong.
    pub(crate) attached: bool,
    /// What the scan was marked with when it was started, if it was started with a mark.
    pub(crate) token: Option<Token>,
    /// Whether a scan that is in the way leaves this one out.
    pub(crate) skips: bool,
    pub(crate) terms: Terms,
}

/// One scan, as scripts see it.
#[derive(Debug, Serialize)]
pub(crate) struct Conclusion {
    run: Option<String>,
    target: String,
    service: &'static str,
    emulated: bool,
    scan: Option<String>,
    result: &'static str,
    exit: u8,
    because: Vec<String>,
    seconds: u64,
    report: Option<Box<RawValue>>,
    #[serde(skip)]
    ended: bool,
    #[serde(skip)]
    skipped: bool,
    #[serde(skip)]
    told: Told,
    #[serde(skip)]
    outcome: Result<Exit, Failed>,
}

impl Conclusion {
    pub(crate) fn draw<S: Scans>(
        case: &Case,
        target: &Asked<S>,
        end: End<S>,
        took: Duration,
    ) -> Self {
        let mut conclusion = Self {
            run: case.run.map(|run| run.to_string()),
            target: case.name.clone(),
            service: S::NAME,
            emulated: target.is_emulated(),
            scan: None,
            result: "",
            exit: 0,
            because: Vec::new(),
            seconds: took.as_secs(),
            report: None,
            ended: false,
            skipped: false,
            told: Told::new(&case.subject, &case.terms),
            outcome: Ok(Exit::Incomplete),
        };
        conclusion.told.began_at = Some(time::before(took));
        match end {
            End::Unrecorded(error) => {
                conclusion.outcome = Err(Failed::from(error).and("nothing was started"));
            }
            End::Signal { signal, start, cancel } => {
                if let Start::Known(id) = &start {
                    conclusion.scan = Some(id.to_string());
                }
                conclusion.outcome = Err(interrupted(case, signal, &start, cancel));
            }
            End::Outcome(outcome) => {
                conclusion.scan = outcome.id.as_ref().map(ToString::to_string);
                conclusion.ended = outcome.result.is_ok();
                match outcome.result {
                    Ok(Ending::Finished(report)) => conclusion.judge::<S>(&report, case),
                    Ok(Ending::Stopped) => {
                        conclusion.because = vec!["it was ended early, or it crashed".to_owned()];
                    }
                    Ok(Ending::Failed(reason)) => {
                        conclusion.because = vec![format!("it failed: {}", quote(&reason))];
                    }
                    Err(ScanError::Detached) => conclusion.outcome = Ok(Exit::Ok),
                    Err(ScanError::Busy) if case.skips => {
                        conclusion.skipped = true;
                        conclusion.because =
                            vec!["another scan runs, so it was left out".to_owned()];
                    }
                    Err(error) => conclusion.outcome = Err(failed(case, target, &error)),
                }
            }
        }
        if let Err(failed) = &conclusion.outcome {
            conclusion.because.extend(failed.sentences().map(str::to_owned));
        }
        let exit = conclusion.exit();
        if !conclusion.ended && (conclusion.scan.is_some() || exit == Exit::Unknown) {
            conclusion.told.resume = Some(case.attach.clone());
        }
        conclusion.exit = exit.code();
        conclusion.result = match (exit == Exit::Ok, conclusion.ended) {
            (true, true) => "pass",
            (true, false) => "detached",
            (false, _) if conclusion.skipped => "skipped",
            (false, _) => exit.name(),
        };
        conclusion
    }

    /// Of a target of which nothing was started.
    pub(crate) fn of_nothing(target: &Target, terms: &Terms, failed: Failed) -> Self {
        Self {
            run: None,
            target: target.name.clone(),
            service: target.service(),
            scan: None,
            result: failed.exit().name(),
            exit: failed.exit().code(),
            because: failed.sentences().map(str::to_owned).collect(),
            emulated: false,
            seconds: 0,
            report: None,
            ended: false,
            skipped: false,
            told: Told::new(target.subject(), terms),
            outcome: Err(failed),
        }
    }

    /// On stderr, as one of many.
    pub(crate) fn say(&self) {
        match &self.outcome {
            Ok(_) => self.remark().into_iter().for_each(say),
            Err(failed) => failed.say_of(&self.target),
        }
    }

    fn judge<S: Scans>(&mut self, report: &S::Report, case: &Case) {
        if case.token.as_ref().is_some_and(|token| token.is_another_in(S::memo(report))) {
            let failed = Failed::new(
                Exit::Incomplete,
                "the service shows another scan under its number",
            )
            .cause(
                "the report carries the mark of another start, so it says nothing about this one",
            )
            .help("look into the service's console");
            (self.ended, self.outcome) = (false, Err(failed));
            return;
        }
        let mut diagnosis = S::diagnose(report);
        let verdict = case.terms.judge(&mut diagnosis);
        self.told.is_whole = case.terms.is_whole(&diagnosis);
        self.told.raw = raw::scrubbed(S::body(report));
        self.told.diagnosis = Some(diagnosis);
        self.told.console = S::console(report).map(str::to_owned);
        self.because = verdict.because;
        self.outcome = Ok(match verdict.decision {
            Decision::Pass => Exit::Ok,
            Decision::Gate => Exit::Gate,
            Decision::Incomplete => Exit::Incomplete,
        });
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

    /// What it would be if the gate were overlooked.
    pub(crate) fn beneath_the_gate(&self) -> Exit {
        let exit = self.exit();
        match (exit == Exit::Gate, self.told.is_whole) {
            (false, _) => exit,
            (true, true) => Exit::Ok,
            (true, false) => Exit::Incomplete,
        }
    }

    /// Whether nothing more can become of the scan.
    pub(crate) fn has_ended(&self) -> bool {
        self.ended
    }

    /// Whether there is something to show in a row.
    pub(crate) fn has_result(&self) -> bool {
        self.outcome.is_ok()
    }

    /// The verdict in a line, where it is not a pass.
    pub(crate) fn remark(&self) -> Option<String> {
        let (exit, because) = (self.exit(), self.because.join(", "));
        (self.has_result() && exit != Exit::Ok)
            .then(|| format!("exit {} ({}): {}: {because}", exit.code(), exit.name(), self.target))
    }

    /// Our own state could not be written, which matters if nothing else does.
    pub(crate) fn not_recorded(&mut self, failed: Failed) {
        if self.exit() == Exit::Ok {
            let failed = failed.and("everything else was done");
            self.because.extend(failed.sentences().map(str::to_owned));
            (self.exit, self.result) = (failed.exit().code(), failed.exit().name());
            self.outcome = Err(failed);
        }
    }

    pub(crate) fn run(&self) -> &str {
        self.run.as_deref().unwrap_or_default()
    }

    pub(crate) fn scan(&self) -> Option<&str> {
        self.scan.as_deref()
    }

    pub(crate) fn into_outcome(self) -> Result<Exit, Failed> {
        self.outcome
    }

    /// Why it is not a pass, a sentence each, as one of many.
    pub(crate) fn reasons(&self) -> impl Iterator<Item = String> {
        self.because.iter().map(|why| format!("{}: {why}", self.target))
    }

    /// Who scanned.
    pub(crate) fn service(&self) -> &'static str {
        self.service
    }

    /// What the service sent, without secrets: where not all of it could be read, or if it is wanted anyway.
    pub(crate) fn raw(&self, is_wanted: bool) -> Option<&str> {
        let is_whole = self.told.diagnosis.as_ref().is_none_or(Diagnosis::is_complete);
        self.told.raw.as_deref().filter(|_| is_wanted || !is_whole)
    }
}

/// A signal ended the wait.
fn interrupted<Id: Display>(
    case: &Case,
    signal: Exit,
    start: &Start<Id>,
    cancel: Cancel,
) -> Failed {
    let Case { name, attach, reconcile, .. } = case;
    let follow = format!("follow it again with: {attach}");
    let scan = match start {
        Start::Before => return Failed::new(signal, "interrupted before anything was started"),
        Start::InFlight | Start::Unknown => {
            return Failed::new(
                Exit::Unknown,
                format!("interrupted while the start of {name} was on its way: nobody knows whether it was started"),
            )
            .help(format!("find out with: {reconcile}"))
            .help("do not start it again before you have looked");
        }
        Start::Accepted => "the scan".to_owned(),
        Start::Known(id) => format!("the scan {id}"),
    };
    let what = match cancel {
        Cancel::No => format!("nobody waits for {name} any more; {scan} goes on"),
        Cancel::Asked => format!(
            "nobody waits for {name} any more; the service has not agreed to end {scan}, so it may go on"
        ),
        Cancel::Agreed => {
            format!("nobody waits for {name} any more; the service agreed to end {scan}")
        }
    };
    Failed::new(signal, what).help(follow)
}

/// Why a scan has no ending.
fn failed<S: Scans>(
    case: &Case,
    target: &Asked<S>,
    error: &ScanError<FaultOf<S>, S::Id>,
) -> Failed {
    let call = |error| Failed::call(target.base(), Effect::Read, target.skew_ms(), error);
    let follow = format!("follow it again with: {}", case.attach);
    let look = format!("find out what became of it with: {}", case.reconcile);
    match error {
        ScanError::Refused(error) => call(error).and("nothing was started"),
        ScanError::Busy => Failed::new(Exit::Precondition, error)
            .cause(format!("{} says that a scan runs, and it runs one at a time", S::NAME))
            .help(format!("see what runs with: {}", case.what_runs)),
        ScanError::Charged => Failed::new(Exit::Refused, error)
            .cause("somebody else has used it since it was looked up")
            .help("see what it would cost now with: shindan plan"),
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
            .help(format!("follow each of them with: shindan attach {}:ID", S::NAME))
            .help("end the ones that nobody needs; do not start it again"),
        ScanError::Missing if case.attached => Failed::new(Exit::Precondition, error)
            .help("check its id, and that it is a scan of this account"),
        ScanError::Missing => Failed::new(Exit::Incomplete, error).help(follow),
        ScanError::Lost(error) => {
            let failed = call(error);
            let unknown_id = case.attached && failed.exit() == Exit::Precondition;
            if unknown_id { failed } else { failed.and("the scan may still run").help(follow) }
        }
        ScanError::Deadline => Failed::new(Exit::Waiting, error).help(follow),
        error @ (ScanError::Detached | _) => Failed::new(Exit::Internal, error).help(follow),
    }
}
