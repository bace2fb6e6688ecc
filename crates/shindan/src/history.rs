//! What earlier scans of a target have found: for what is new, how it goes on, and how long it takes.
//!
//! A convenience: what cannot be read counts as not there, and what cannot be written is left out.

use std::{
    collections::BTreeMap,
    fs::{self, DirBuilder},
    io,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use shindan_report::{
    Compared, Depth, Diagnosis, Fingerprint, Outcome, Point, Severity, Untrusted,
};

use crate::{intent::fingerprint, reports::private};

/// Older scans than these are forgotten.
const MOST: usize = 100;
/// As many are in a trend.
const SHOWN: usize = 20;
/// As many say how long it takes.
const TIMED: usize = 9;

/// The directory with one file for each target.
#[derive(Clone, Debug)]
pub(crate) struct History {
    directory: PathBuf,
}

/// One scan that has finished.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Past {
    run: String,
    scan: Untrusted,
    ended_at: String,
    seconds: u64,
    depth: Depth,
    /// High, medium, low, unrated.
    counts: [u64; 4],
    findings: BTreeMap<Fingerprint, u64>,
}

impl History {
    pub(crate) fn new(state: &Path) -> Self {
        Self { directory: state.join("history") }
    }

    /// Fills in what has changed since the scan before, then keeps this one for the next.
    pub(crate) fn compare_and_keep(&self, outcome: &mut Outcome) {
        let (Some(diagnosis), Some(run), Some(scan), Some(ended_at)) =
            (&mut outcome.diagnosis, &outcome.run, &outcome.scan, &outcome.ended_at)
        else {
            return;
        };
        let path = self.path(outcome.service.as_str(), outcome.subject.as_raw(), outcome.emulated);
        let mut all = read(&path);
        // What is followed or judged again is the same scan.
        all.retain(|past| past.scan != *scan);
        outcome.compared = all.last().and_then(|last| compare(diagnosis, last));
        let this = Past::new(run, scan, ended_at, outcome.seconds, diagnosis);
        // With a part of a scan the next one would find much that is new.
        let is_whole = diagnosis.is_whole();
        all.push(this);
        outcome.trend = all.iter().rev().take(SHOWN).rev().filter_map(Past::point).collect();
        if !is_whole {
            return;
        }
        let kept = &all[all.len().saturating_sub(MOST)..];
        let lines = kept.iter().filter_map(|past| serde_json::to_string(past).ok());
        let text: String = lines.map(|line| line + "\n").collect();
        // Without it the next scan has nothing to be compared with, which is told then.
        let _ = self.make().and_then(|()| private(&path, text.as_bytes()));
    }

    /// How long a scan usually takes, in seconds, and of how many scans that is the median.
    pub(crate) fn usual_seconds(
        &self,
        service: &str,
        subject: &str,
        emulated: bool,
    ) -> Option<(u64, usize)> {
        let all = read(&self.path(service, subject, emulated));
        let mut seconds: Vec<_> = all.iter().rev().take(TIMED).map(|past| past.seconds).collect();
        seconds.sort_unstable();
        Some((*seconds.get(seconds.len() / 2)?, seconds.len()))
    }

    fn make(&self) -> io::Result<()> {
        let mut options = DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut options, 0o700);
        options.recursive(true).create(&self.directory)
    }

    fn path(&self, service: &str, subject: &str, emulated: bool) -> PathBuf {
        // What an emulator has found is no news of a site.
        let name = fingerprint(&format!("{service}\n{subject}\n{emulated}"));
        self.directory.join(format!("{name}.jsonl"))
    }
}

impl Past {
    fn new(
        run: &str,
        scan: &Untrusted,
        ended_at: &str,
        seconds: u64,
        diagnosis: &Diagnosis,
    ) -> Self {
        let count = |severity| {
            let all = diagnosis.findings.iter().filter(|finding| finding.severity == severity);
            all.fold(0_u64, |sum, finding| sum.saturating_add(finding.count))
        };
        Self {
            run: run.to_owned(),
            scan: scan.clone(),
            ended_at: ended_at.to_owned(),
            seconds,
            depth: diagnosis.depth,
            counts: Severity::ALL.map(count),
            findings: numbers(diagnosis),
        }
    }

    fn point(&self) -> Option<Point> {
        Some(Point::new(self.ended_at.get(..10)?.parse().ok()?, self.counts))
    }
}

fn numbers(diagnosis: &Diagnosis) -> BTreeMap<Fingerprint, u64> {
    let all = diagnosis.findings.iter();
    all.map(|finding| (finding.fingerprint.clone(), finding.count)).collect()
}

/// Marks what is new. Reports that tell differently much are not comparable.
fn compare(diagnosis: &mut Diagnosis, last: &Past) -> Option<Compared> {
    if diagnosis.depth != last.depth {
        return None;
    }
    let now = numbers(diagnosis);
    let gone = last.findings.keys().filter(|before| !now.contains_key(before));
    // What a scan did not reach may still be there.
    let fixed = gone.filter(|_| diagnosis.is_whole()).cloned().collect();
    let (mut new, mut unchanged) = (0_u64, 0_u64);
    for finding in &mut diagnosis.findings {
        let before = last.findings.get(&finding.fingerprint).copied().unwrap_or_default();
        finding.is_new = Some(finding.count > before);
        new = new.saturating_add(finding.count.saturating_sub(before));
        unchanged = unchanged.saturating_add(finding.count.min(before));
    }
    Some(Compared::new(&*last.run, &*last.ended_at, new, fixed, unchanged))
}

fn read(path: &Path) -> Vec<Past> {
    let text = fs::read_to_string(path).unwrap_or_default();
    text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}
