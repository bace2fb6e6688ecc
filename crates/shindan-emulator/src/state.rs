//! The jobs and scans, and the states that were saved under a name.

use core::fmt;
use std::{collections::BTreeMap, mem};

use serde::Serialize;
use shindan_proto::Timestamp;

use crate::{
    Emulator,
    clock::Time,
    faults::Faults,
    scenario::Scenarios,
    text::{serialize_time, without_secrets},
};

/// How many jobs and how many scans are shown.
pub(crate) const MOST_SHOWN: usize = 1_000;
/// How many states can be saved.
const MOST_SAVED: usize = 16;

/// A job or scan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Standing {
    /// `wsc` or `vaddy`.
    pub service: &'static str,
    /// The job's number or the scan's id.
    pub id: String,
    /// What is scanned: a URL without login and query, a VAddy project's id or host.
    pub target: String,
    /// The service's own word for its state; WSC's in English.
    pub state: String,
    /// When it was started, in the emulator's time.
    #[serde(serialize_with = "serialize_time")]
    pub started: Timestamp,
    /// The scenario that it was created with.
    pub scenario: Option<&'static str>,
}

/// A state that was saved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Saved {
    /// Its name.
    pub name: String,
    /// When it was saved, in real time.
    #[serde(serialize_with = "serialize_time")]
    pub saved: Timestamp,
    /// How many diagnoses and scans were charged until then.
    pub billed: u64,
}

/// An emulator without log and snapshots, and when it stood like this.
#[derive(Clone, Debug)]
pub(crate) struct Snapshot {
    saved: Timestamp,
    emulator: Emulator,
}

pub(crate) type Snapshots = BTreeMap<String, Snapshot>;

impl Emulator {
    /// The newest 1,000 jobs and as many scans as they stand at real time `now`, newest first.
    pub fn standings(&self, now: Timestamp) -> Vec<Standing> {
        let at = self.time.at(now);
        let all = self.wsc.standings(at).chain(self.vaddy.standings(at)).map(|mut standing| {
            standing.target = without_secrets(&standing.target);
            standing
        });
        all.collect()
    }

    /// Forgets what was started and asked, and takes scenarios and faults away. How time runs, everything
    /// else that was set, and saved states stay. The time of jobs and scans begins with `now`.
    pub fn reset(&mut self, now: Timestamp) {
        self.time = Time::new(now).with(self.time.clock());
        self.scenarios = Scenarios::default();
        self.faults = Faults::default();
        self.starts.clear();
        self.log.clear();
        self.turns = 0;
        self.wsc.reset();
        self.vaddy.reset(now);
    }

    /// Saves the state under a name: jobs, scans, ledger, clock, scenarios and faults, but not the log.
    pub fn save(&mut self, now: Timestamp, name: &str) -> Result<(), InvalidSnapshot> {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        if !(1..=64).contains(&name.len()) || !name.bytes().all(is_plain) {
            return Err(InvalidSnapshot::Name);
        }
        if self.snapshots.len() == MOST_SAVED && !self.snapshots.contains_key(name) {
            return Err(InvalidSnapshot::TooMany);
        }
        let (log, mut snapshots) = (mem::take(&mut self.log), mem::take(&mut self.snapshots));
        snapshots.insert(name.to_owned(), Snapshot { saved: now, emulator: self.clone() });
        (self.log, self.snapshots) = (log, snapshots);
        Ok(())
    }

    /// Goes back to a saved state: jobs and scans are as old as they were then. The log stays.
    pub fn restore(&mut self, now: Timestamp, name: &str) -> Result<(), InvalidSnapshot> {
        let Snapshot { saved, emulator } =
            self.snapshots.get(name).cloned().ok_or(InvalidSnapshot::Unknown)?;
        let (log, snapshots) = (mem::take(&mut self.log), mem::take(&mut self.snapshots));
        *self = Self { time: emulator.time.resumed(saved, now), log, snapshots, ..emulator };
        Ok(())
    }

    /// Forgets a saved state; whether there was one.
    pub fn forget(&mut self, name: &str) -> bool {
        self.snapshots.remove(name).is_some()
    }

    /// The saved states, by name.
    pub fn saved(&self) -> impl Iterator<Item = Saved> {
        self.snapshots.iter().map(|(name, snapshot)| Saved {
            name: name.clone(),
            saved: snapshot.saved,
            billed: snapshot.emulator.ledger().billed(),
        })
    }
}

/// A state cannot be saved or restored under this name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidSnapshot {
    /// The name is empty, too long, or has other characters.
    Name,
    /// There are 16 already.
    TooMany,
    /// Nothing was saved under it.
    Unknown,
}

impl fmt::Display for InvalidSnapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Name => {
                "a snapshot's name has 1 to 64 letters, digits, dots, hyphens or underscores"
            }
            Self::TooMany => "there are 16 snapshots already; DELETE one of them",
            Self::Unknown => "there is no such snapshot; GET /_emulator/snapshot lists them",
        })
    }
}

impl core::error::Error for InvalidSnapshot {}
