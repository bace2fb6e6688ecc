//! What a step of GitHub Actions shows and hands on: annotations, the job's summary, outputs.

use std::{
    fs::OpenOptions,
    io::{self, Write as _},
    path::Path,
    sync::{Mutex, PoisonError},
};

use shindan_report::{
    Ended, Lang, Outcome, Service, Summary, Untrusted,
    format::{Format, annotations, outputs, started},
    sink,
};

use crate::{environment::Environment, exit::Exit, failed::Failed, output::stderr_is_read};

const OUTPUT: &str = "GITHUB_OUTPUT";
const SUMMARY: &str = "GITHUB_STEP_SUMMARY";

/// The scans so far, and the file of the outputs; `None` unless that is wanted.
static SO_FAR: Mutex<Option<(String, Vec<Outcome>)>> = Mutex::new(None);

/// From now on the outputs are written as soon as a scan exists: a job that is killed later leaves them.
pub(crate) fn watch(environment: &Environment) {
    let file = environment.path(OUTPUT).map(|path| path.display().to_string());
    *SO_FAR.lock().unwrap_or_else(PoisonError::into_inner) = file.map(|file| (file, Vec::new()));
}

/// A scan exists. What cannot be written here is told at the end.
pub(crate) fn scan_exists(service: &str, run: Option<&str>, scan: &str, resume: &str) {
    let mut so_far = SO_FAR.lock().unwrap_or_else(PoisonError::into_inner);
    let Some((file, all)) = &mut *so_far else { return };
    let service = if service == "vaddy" { Service::Vaddy } else { Service::Wsc };
    let nothing = Untrusted::default();
    let mut outcome =
        Outcome::new(nothing.clone(), service, nothing, Ended::new(0, "", Vec::new()));
    outcome.run = run.map(str::to_owned);
    outcome.scan = Some(Untrusted::new(scan));
    outcome.resume = Some(resume.to_owned());
    all.push(outcome);
    let _ = hand_on(Path::new(file), &started(all));
}

/// The end of a run, for whoever looks at the step and for the steps after it.
pub(crate) fn conclude(
    environment: &Environment,
    summary: &Summary,
    report_dir: Option<&Path>,
    lang: Lang,
) -> Result<(), Failed> {
    let token = random()?;
    if stderr_is_read() {
        let _ = io::stderr().lock().write_all(annotations(summary, &token).as_bytes());
    }
    if let Some(path) = environment.path(SUMMARY) {
        // It is far below the 1 MiB that GitHub takes.
        let page = Format::Md.render(summary, lang);
        append(path, &page).map_err(|error| unwritten(SUMMARY, &error))?;
    }
    if let Some(path) = environment.path(OUTPUT) {
        let mut all = outputs(summary);
        if let Some(directory) = report_dir {
            all.push(("report-dir", directory.display().to_string()));
        }
        hand_on(path, &all)?;
    }
    Ok(())
}

fn hand_on(path: &Path, outputs: &[(&str, String)]) -> Result<(), Failed> {
    let mut text = String::new();
    for (name, value) in outputs {
        let output = sink::actions_output(name, value, &random()?);
        text += &output
            .ok_or_else(|| Failed::new(Exit::Internal, "an output has no end of its own"))?;
    }
    append(path, &text).map_err(|error| unwritten(OUTPUT, &error))
}

/// In one piece: other processes of the step may write too.
fn append(path: &Path, text: &str) -> io::Result<()> {
    OpenOptions::new().append(true).create(true).open(path)?.write_all(text.as_bytes())
}

fn unwritten(name: &str, error: &io::Error) -> Failed {
    Failed::new(Exit::Output, format!("the file of {name} cannot be written"))
        .cause(error)
        .help("leave github out of the reports, or let it be written")
}

/// 128 random bits as letters and digits.
fn random() -> Result<String, Failed> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| {
        Failed::new(Exit::Internal, "the system gives no random numbers").cause(error)
    })?;
    Ok(format!("{:032x}", u128::from_ne_bytes(bytes)))
}
