use crate::{Class, Closed, Decoded, Entry, Intent, Outcome, Record, Report, State};

/// What is known of a run: a fold over its file.
///
/// It fails closed. Whatever is missing, contradictory or not understood leaves the outcome undecided,
/// and an id that was known once stays known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Run {
    /// What was to be started; `None` if damage has taken it.
    pub intent: Option<Intent>,
    /// When the first start left, in Unix ms; `None` too if damage has taken it, and then the intent is older.
    pub sent_at_ms: Option<i64>,
    /// The scans that the service showed just before that start; empty too if damage has taken it.
    pub baseline_ids: Vec<String>,
    /// Every outcome, the oldest first.
    pub outcomes: Vec<Outcome>,
    /// How the scan stood at last.
    pub state: Option<State>,
    /// The reports that were written.
    pub reports: Vec<Report>,
    /// How the run has ended, at last.
    pub closed: Option<Closed>,
    /// Never [`Phase::Closed`].
    start: Phase,
}

/// Where a run stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a caller must handle each of them")]
pub enum Phase {
    /// The intent is durable, and no start has left: the file is whole and has no [`Record::Sent`].
    Intended,
    /// A start has left, and nothing is known of it.
    InFlight,
    /// Nobody knows what has become of the start, or whether one has left.
    #[default]
    Unknown,
    /// The start was accepted, and the scan is not known.
    Accepted,
    /// This scan was started.
    Started(String),
    /// The start was certainly not executed.
    Refused,
    /// Nothing was started, after a search.
    NotStarted,
    /// More than one scan was started; see [`Run::ids`].
    Duplicate,
    /// The outcome is decided, and the run has ended with this exit code.
    Closed(u8),
}

impl Run {
    /// What a file says.
    ///
    /// Damage and a torn tail may be a lost [`Record::Sent`]. One such loss leaves no trace: a file that
    /// something else has cut at the very end of its intent counts as [`Phase::Intended`]. No kill and no loss
    /// of power does that, because a start leaves only after its record was synced.
    pub fn fold(decoded: &Decoded) -> Self {
        let mut run = Self::default();
        for entry in &decoded.entries {
            match entry {
                Entry::Record(record) => run.record(record),
                Entry::Damage { .. } => run.start.hole(),
            }
        }
        if decoded.torn_tail.is_some() {
            run.start.hole();
        }
        if only_intended(decoded) {
            run.start = Phase::Intended;
        }
        run
    }

    /// Where it stands. It is [`Phase::Closed`] only when the outcome of the start is decided too.
    pub fn phase(&self) -> Phase {
        match &self.closed {
            Some(closed) if !self.is_open_unknown() => Phase::Closed(closed.exit_code),
            _ => self.start.clone(),
        }
    }

    /// A scan may have been started that nobody knows. Only an outcome ends this: neither closing the run
    /// nor the death of its process does.
    pub fn is_open_unknown(&self) -> bool {
        match self.start {
            Phase::InFlight | Phase::Unknown | Phase::Accepted => true,
            Phase::Intended
            | Phase::Started(_)
            | Phase::Refused
            | Phase::NotStarted
            | Phase::Duplicate
            | Phase::Closed(_) => false,
        }
    }

    /// Whether nothing may be started for this target before the run's outcome is known. A run that lost
    /// its intent may have been for any target.
    pub fn blocks(&self, target_key: &str) -> bool {
        let same = |intent: &Intent| intent.target_key == target_key;
        self.is_open_unknown() && self.intent.as_ref().is_none_or(same)
    }

    /// Whether an emulator has answered at any time: nothing of this run was really scanned.
    pub fn is_emulated(&self) -> bool {
        self.outcomes.iter().any(|outcome| outcome.emulated)
            || self.closed.as_ref().is_some_and(|closed| closed.emulated)
    }

    /// Every scan that an outcome has named, each once, the oldest first.
    pub fn ids(&self) -> Vec<&str> {
        let mut ids: Vec<&str> = Vec::new();
        for id in self.outcomes.iter().flat_map(|outcome| outcome.id.iter().chain(&outcome.ids)) {
            if !ids.contains(&id.as_str()) {
                ids.push(id);
            }
        }
        ids
    }

    fn record(&mut self, record: &Record) {
        match record {
            Record::Intent(intent) => self.intent = Some((**intent).clone()),
            Record::Sent { at_ms, baseline_ids } => {
                if self.sent_at_ms.is_none() {
                    self.sent_at_ms = Some(*at_ms);
                    self.baseline_ids.clone_from(baseline_ids);
                }
                self.start.sent();
            }
            Record::Outcome(outcome) => {
                self.start.outcome(outcome);
                self.outcomes.push(outcome.clone());
            }
            Record::State(state) => self.state = Some(state.clone()),
            Record::Report(report) => self.reports.push(report.clone()),
            Record::Closed(closed) => self.closed = Some(closed.clone()),
            Record::Other => {}
        }
    }
}

/// Whether the file is whole and says what was to be started, perhaps how the run has ended, and nothing
/// else. Whatever else it says may stand for a start.
fn only_intended(Decoded { entries, torn_tail }: &Decoded) -> bool {
    let closed = |entry: &Entry| matches!(entry, Entry::Record(Record::Closed(_)));
    match &entries[..] {
        [Entry::Record(Record::Intent(_)), rest @ ..] => {
            torn_tail.is_none() && rest.iter().all(closed)
        }
        _ => false,
    }
}

impl Phase {
    /// Whether nothing is left to be known: it has ended, or has certainly started nothing.
    pub fn is_over(&self) -> bool {
        match self {
            Self::Closed(_) | Self::Intended | Self::Refused | Self::NotStarted => true,
            Self::InFlight
            | Self::Unknown
            | Self::Accepted
            | Self::Started(_)
            | Self::Duplicate => false,
        }
    }

    fn sent(&mut self) {
        if matches!(self, Self::Unknown | Self::Refused | Self::NotStarted) {
            *self = Self::InFlight;
        }
    }

    /// What was lost may have been another attempt.
    fn hole(&mut self) {
        if matches!(self, Self::Refused | Self::NotStarted) {
            *self = Self::Unknown;
        }
    }

    /// Two names are two scans.
    fn joined_by(&self, id: &str) -> Self {
        if matches!(self, Self::Started(known) if known != id) {
            Self::Duplicate
        } else {
            Self::Started(id.to_owned())
        }
    }

    fn outcome(&mut self, outcome: &Outcome) {
        let next = match (outcome.class, &outcome.id) {
            (Class::Duplicate, _) => Self::Duplicate,
            (Class::Started | Class::Found, Some(id)) => self.joined_by(id),
            (Class::Started | Class::Found | Class::Accepted, _) => Self::Accepted,
            (Class::Unknown | Class::Other, _) => Self::Unknown,
            (Class::NotStarted, _) => Self::NotStarted,
            (Class::Refused, _) => Self::Refused,
        };
        let proved = matches!(next, Self::Started(_) | Self::Duplicate);
        let sticks = match self {
            Self::Duplicate => true,
            Self::Started(_) => !proved,
            // An accepted start exists, even where no list shows it.
            Self::Accepted => next == Self::Unknown,
            Self::Intended
            | Self::InFlight
            | Self::Unknown
            | Self::Refused
            | Self::NotStarted
            | Self::Closed(_) => false,
        };
        if !sticks {
            *self = next;
        }
    }
}
