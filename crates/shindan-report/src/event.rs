use serde::{Deserialize, Serialize};

use crate::{Counts, Coverage, Ended, Finding, Service, Untrusted, sink::json_visible};

/// A change of state, as one line of a file that grows while scans go on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Event {
    /// When, as `2026-11-21T06:30:00Z`; absent where a finished run does not know it any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
    /// Of which target; absent if it is of the run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<Untrusted>,
    /// What has happened.
    #[serde(flatten)]
    pub happened: Happened,
}

impl Event {
    /// Puts it together.
    pub fn new(time: Option<String>, target: Option<Untrusted>, happened: Happened) -> Self {
        Self { time, target, happened }
    }

    /// One line of JSON and its end. What could act in a terminal is escaped.
    pub fn line(&self) -> String {
        let json = serde_json::to_string(self).expect("an event is json");
        json_visible(&json) + "\n"
    }
}

/// What has happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Happened {
    /// The run has begun.
    RunBegan {
        /// The version of the tool.
        version: String,
    },
    /// Work on a target has begun.
    TargetBegan {
        /// Who is to scan it.
        service: Service,
        /// Whether an emulator plays the service.
        emulated: bool,
        /// What is to be scanned.
        subject: Untrusted,
    },
    /// The service has given the scan an id.
    ScanStarted {
        /// That id.
        scan: Untrusted,
    },
    /// The service is at another phase.
    Phase {
        /// One word for it.
        phase: String,
    },
    /// The report has a finding.
    Finding {
        /// That finding.
        finding: Box<Finding>,
    },
    /// Work on a target has ended, whatever became of it.
    TargetEnded {
        /// How.
        exit: Ended,
        /// Whether its scan has finished, was whole and passed the gate; the exit code alone does not say so.
        passed: bool,
        /// The numbers of the service; absent if the scan has not finished.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        counts: Option<Counts>,
        /// How much was scanned; absent if the scan has not finished.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        coverage: Option<Coverage>,
    },
    /// The run has ended.
    RunEnded {
        /// How.
        exit: Ended,
        /// Whether every target has passed.
        passed: bool,
    },
}
