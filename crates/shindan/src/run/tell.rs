//! What a run ends with: reports, one table, the findings that matter, and one code.

use std::path::PathBuf;

use shindan_report::{Ended, Outcome, Summary, Untrusted};

use super::App;
use crate::{
    conclusion::Conclusion,
    config::{Settings, Target},
    exit::Exit,
    failed::Failed,
    github,
    history::History,
    output::{note, say},
    reports::Reports,
    secrets::redact,
    state::State,
    table,
    terms::Terms,
    time,
};

/// What is told of a run, and with what it began.
pub(super) struct Telling<'a> {
    pub(super) app: &'a App,
    pub(super) reports: Reports,
    began_at: String,
    /// Where what earlier runs have found is kept; without it nothing is compared.
    state: Option<PathBuf>,
}

impl<'a> Telling<'a> {
    pub(super) fn new(app: &'a App, reports: Reports) -> Self {
        if reports.github {
            github::watch(&app.environment);
        }
        Self { app, reports, began_at: time::now(), state: None }
    }

    /// Compares with earlier scans of the same targets.
    #[must_use]
    pub(super) fn with_history(self, state: &State) -> Self {
        Self { state: Some(state.directory.clone()), ..self }
    }

    /// Of one scan that was asked for alone: what went wrong with it is the error of the command.
    pub(super) fn of_one(&self, conclusion: Conclusion) -> Result<Exit, Failed> {
        let all = std::slice::from_ref(&conclusion);
        let summary = self.summary(all);
        let written = self.written(&summary, all);
        let told = self.conclude(&conclusion, &summary).and_then(|()| self.below(&summary));
        let exit = self.returned(all);
        match conclusion.into_outcome() {
            Ok(_) if exit == Exit::Ok => told.and(written).map(|()| Exit::Ok),
            Ok(_) => Ok(exit),
            Err(failed) => Err(failed),
        }
    }

    /// Of many: one table, and the code that matters most.
    pub(super) fn of_all(&self, conclusions: &[Conclusion]) -> Result<Exit, Failed> {
        let summary = self.summary(conclusions);
        let written = self.written(&summary, conclusions);
        let exit = Exit::worst(conclusions.iter().map(Conclusion::exit));
        let verdict = Verdict { exit: exit.code(), result: exit.name(), targets: conclusions };
        let told = self.app.output.answer(&verdict, |_| table::rows(&summary.targets));
        let told = told.and_then(|()| self.below(&summary));
        let line = format!("exit {} ({})", exit.code(), exit.name());
        let because: Vec<_> = summary.exit.because.iter().map(Untrusted::as_raw).collect();
        if exit == Exit::Ok {
            note(format!("{line}: all {} targets passed", conclusions.len()));
        } else {
            say(format!("{line}: {}", because.join("; ")));
        }
        let returned = self.returned(conclusions);
        if returned == Exit::Ok { told.and(written).map(|()| Exit::Ok) } else { Ok(returned) }
    }

    /// Before anything is started: whatever becomes of this process, no report of an earlier run is taken for this
    /// one's, and none of this one passes.
    pub(super) fn begin(&self, settings: &Settings, targets: &[Target]) -> Result<(), Failed> {
        let failed = Failed::new(Exit::Incomplete, "this run was cut off before its end");
        let summary = self.of_nothing(settings, targets, &failed);
        self.reports.write(&summary).map_err(|failed| failed.and("nothing was started"))
    }

    /// Nothing was started, and that is left behind too.
    pub(super) fn of_none(
        &self,
        settings: &Settings,
        targets: &[Target],
        failed: Failed,
    ) -> Result<Exit, Failed> {
        let summary = self.of_nothing(settings, targets, &failed);
        // What keeps a report from being written is said there; what kept the scans from starting matters more.
        let _ = self.written(&summary, &[]);
        Err(failed)
    }

    fn of_nothing(&self, settings: &Settings, targets: &[Target], failed: &Failed) -> Summary {
        let of_none =
            |target| Conclusion::of_nothing(target, &Terms::of(settings, target), failed.clone());
        self.summary(&targets.iter().map(of_none).collect::<Vec<_>>())
    }

    /// One scan, as a row and a remark or as an object.
    fn conclude(&self, conclusion: &Conclusion, summary: &Summary) -> Result<(), Failed> {
        if let Some(remark) = conclusion.remark() {
            say(remark);
        }
        // An error is told on stderr, but a script always gets its object.
        let output = self.app.output;
        if !conclusion.has_result() && !output.is_json() {
            return Ok(());
        }
        output.answer(conclusion, |_| table::rows(&summary.targets)).map_err(|failed| {
            match conclusion.scan() {
                Some(id) => failed.started(id),
                None => failed,
            }
        })
    }

    /// What every report shows. Whatever is secret and may have come back from a service is taken out here.
    fn summary(&self, conclusions: &[Conclusion]) -> Summary {
        let exit = Exit::worst(conclusions.iter().map(Conclusion::exit));
        let because = conclusions.iter().filter(|conclusion| conclusion.exit() == exit);
        let because = because.flat_map(Conclusion::reasons).map(Untrusted::new).collect();
        let mut summary = Summary::new(
            env!("CARGO_PKG_VERSION"),
            self.began_at.clone(),
            time::now(),
            Ended::new(exit.code(), exit.name(), because),
            conclusions.iter().map(|conclusion| self.outcome(conclusion)).collect(),
        );
        summary.for_each_text(|text| *text = redact(text));
        summary
    }

    fn outcome(&self, conclusion: &Conclusion) -> Outcome {
        let mut outcome = conclusion.outcome();
        if let Some(state) = &self.state {
            History::new(state).compare_and_keep(&mut outcome);
        }
        outcome
    }

    /// Writes the files; what cannot be written is said at once, because another code may hide it.
    fn written(&self, summary: &Summary, conclusions: &[Conclusion]) -> Result<(), Failed> {
        let mut written = self.reports.write(summary);
        let elsewhere = self.state.clone().unwrap_or_else(std::env::temp_dir);
        for conclusion in conclusions {
            let raw = conclusion.raw(self.reports.keeps_raw);
            if let (Some(raw), Some(scan)) = (raw, conclusion.scan()) {
                let name = [conclusion.service(), scan];
                match self.reports.keep_raw(&elsewhere.join("raw"), name, raw) {
                    Ok(path) => {
                        note(format!("what the service sent is kept in {}", path.display()));
                    }
                    Err(failed) => written = written.and(Err(failed)),
                }
            }
        }
        if self.reports.github {
            let directory = self.reports.directory();
            let lang = self.reports.lang();
            written =
                written.and(github::conclude(&self.app.environment, summary, directory, lang));
        }
        if let Err(failed) = &written {
            failed.say();
        }
        written
    }

    /// Below the table: what was found, and where it is told in full.
    fn below(&self, summary: &Summary) -> Result<(), Failed> {
        let mut lines = table::findings(summary);
        lines.extend(table::scans(summary));
        lines.extend(table::compared(summary));
        let paths: Vec<_> = self.reports.paths().map(|path| path.display().to_string()).collect();
        if !paths.is_empty() {
            lines.extend([String::new(), format!("reports  {}", paths.join("  "))]);
        }
        if lines.is_empty() { Ok(()) } else { self.app.output.lines(&lines) }
    }

    /// Only the gate can be overlooked on request, of each target for itself: what has not finished does not pass.
    fn returned(&self, conclusions: &[Conclusion]) -> Exit {
        let exit = Exit::worst(conclusions.iter().map(Conclusion::exit));
        if exit != Exit::Gate || !self.reports.exit_zero {
            return exit;
        }
        let beneath = Exit::worst(conclusions.iter().map(Conclusion::beneath_the_gate));
        say(format!("exit {} in place of 1, because --exit-zero was said", beneath.code()));
        beneath
    }
}

/// All targets, as scripts see them.
#[derive(serde::Serialize)]
struct Verdict<'a> {
    exit: u8,
    result: &'static str,
    targets: &'a [Conclusion],
}
