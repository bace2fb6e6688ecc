use crate::{Coverage, Diagnosis, Finding, Outcome, Service, Severity, Standing, Summary};

use super::texts::{Texts, fill, number};

/// Whose consoles are linked to.
pub(super) const CONSOLES: [&str; 2] = ["console.vaddy.net", "console.ncloud.com"];

/// How something ended, as a reader sees it at first sight; the later ones win.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Ending {
    /// It finished, and nothing stands against it.
    Pass,
    /// It ended without a full result.
    Incomplete,
    /// There is no result.
    Other,
    /// There are findings at or over the gate.
    Gate,
}

impl Ending {
    /// Of the whole run: a pass only if every target is one, whatever the code says.
    pub(super) fn of_run(summary: &Summary) -> Self {
        match summary.exit.code {
            0 => summary.targets.iter().map(Self::of_target).max().unwrap_or(Self::Other),
            1 => Self::Gate,
            3 => Self::Incomplete,
            _ => Self::Other,
        }
    }

    /// Of one target: a pass only with the report of a finished scan in which nothing is missing.
    pub(super) fn of_target(outcome: &Outcome) -> Self {
        let is_whole = |said: &Diagnosis| said.missing.is_empty();
        match (outcome.exit.code, outcome.diagnosis.as_ref().map(is_whole)) {
            (0, Some(true)) => Self::Pass,
            (0, Some(false)) | (3, _) => Self::Incomplete,
            (1, _) => Self::Gate,
            _ => Self::Other,
        }
    }

    /// One word, never translated; the name of its class and its shape.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Incomplete => "incomplete",
            Self::Other => "other",
            Self::Gate => "gate",
        }
    }
}

/// How many findings there are of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    /// Open and expired ones, in the order of [`Severity::ALL`].
    pub(super) open: [u64; 4],
    /// Those that somebody has accepted.
    pub(super) accepted: u64,
    /// The open ones that the scan before did not have.
    pub(super) new: u64,
    /// Whether something was not scanned or is missing, so that nothing found means little.
    pub(super) is_partial: bool,
}

impl Tally {
    /// Of several reports together.
    pub(super) fn of<'a>(diagnoses: impl IntoIterator<Item = &'a Diagnosis>) -> Self {
        let mut tally = Self::default();
        for said in diagnoses {
            let is_whole =
                said.coverage.percent == Some(100) && said.coverage.not_scanned.is_empty();
            tally.is_partial |= !is_whole || !said.missing.is_empty();
            said.findings.iter().for_each(|finding| tally.add(finding));
        }
        tally
    }

    fn add(&mut self, finding: &Finding) {
        let more = |sum: &mut u64| *sum = sum.saturating_add(finding.count);
        if let Standing::Accepted(_) = finding.standing {
            return more(&mut self.accepted);
        }
        more(&mut self.open[rank(finding.severity)]);
        if finding.is_new == Some(true) {
            more(&mut self.new);
        }
    }

    /// What to say if there are none.
    pub(super) fn nothing(self, texts: &Texts) -> Option<&'static str> {
        let is_empty = self.open == [0; 4] && self.accepted == 0;
        let words = if self.is_partial { texts.nothing_found_in_part } else { texts.nothing_found };
        is_empty.then_some(words)
    }
}

/// What to say first of a run with an emulator in it.
pub(super) fn emulated(texts: &Texts, summary: &Summary) -> Option<&'static str> {
    let mut marks = summary.targets.iter().map(|one| one.emulated);
    let words = if marks.clone().all(|is| is) { texts.emulated } else { texts.emulated_in_part };
    marks.any(|is| is).then_some(words)
}

/// Its place in [`Severity::ALL`].
pub(super) const fn rank(severity: Severity) -> usize {
    match severity {
        Severity::High => 0,
        Severity::Medium => 1,
        Severity::Low => 2,
        Severity::Unrated => 3,
    }
}

/// How much was scanned, in a few words.
pub(super) fn coverage(texts: &Texts, service: Service, coverage: &Coverage) -> String {
    let (scanned, left) = (coverage.scanned.len(), coverage.not_scanned.len());
    let count = |n: usize| number(n as u64);
    match (service, coverage.percent) {
        (Service::Wsc, _) if left > 0 => {
            fill(texts.coverage_partial, &[&count(left), &count(scanned + left)])
        }
        (Service::Wsc, Some(100)) if scanned > 0 => fill(texts.coverage_done, &[&count(scanned)]),
        (_, Some(percent)) => format!("{percent}%"),
        (_, None) => texts.unknown.to_owned(),
    }
}

/// The first characters of a text, and how many more it has.
pub(super) fn clipped(text: &str, longest: usize) -> (&str, u64) {
    match text.char_indices().nth(longest) {
        Some((end, _)) => (&text[..end], text[end..].chars().count() as u64),
        None => (text, 0),
    }
}
