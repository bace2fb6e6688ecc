//! The life of a job.
//!
//! ```text
//! URL pending (12) -> collecting (13) -> collected (14) -> pending (2) -> diagnosing (3) -> completed (4)
//!       | cancel            |   \----------------- stop ---------------|-------/
//!       v                   v                       v                  v
//!  canceled (91)        failed (15)   stopping (92) -> stopped (93)   failed (5)
//! ```

use serde_json::value::RawValue;
use shindan_proto::Timestamp;
use wsc_model::{CreateJob, InstanceNo, Job, RescanButton, ResultButton, StatusCode};

use super::Lang;
use crate::{
    Clock, Scenario,
    answers::Answers,
    clock::{Polled, SCAN_MS, korean, since},
    numbers::number,
    plot::{Plot, ReportState, Rescan},
};

/// Until when a job is usually in which state, in ms after its creation.
const LIFE: [(i64, StatusCode); 5] = [
    (CRAWL_BEGINS_MS, StatusCode::CRAWL_PENDING),
    (CRAWL_ENDS_MS, StatusCode::CRAWL_RUNNING),
    (20_000, StatusCode::CRAWL_COMPLETED),
    (SCAN_BEGINS_MS, StatusCode::PENDING),
    (SCAN_MS, StatusCode::RUNNING),
];
pub(super) const CRAWL_BEGINS_MS: i64 = 2_000;
pub(super) const CRAWL_ENDS_MS: i64 = 18_000;
pub(super) const SCAN_BEGINS_MS: i64 = 22_000;

/// How long a job takes to stop.
const STOPPING_MS: i64 = 2_000;

/// The first diagnosis of a target may be repeated for 60 days, twice, without a charge.
const REPEATABLE_MS: i64 = 60 * 24 * 3_600_000;
const MOST_REPETITIONS: usize = 2;

/// How often a report that is late cannot be read.
const LATE_READS: u32 = 3;

/// A job. Where a method takes the time, it is the [job's own](Self::time).
#[derive(Clone, Debug)]
pub(super) struct StoredJob {
    pub(super) number: InstanceNo,
    pub(super) asked: CreateJob,
    pub(super) scenario: Option<Scenario>,
    pub(super) created: Timestamp,
    pub(super) polled: Polled,
    pub(super) ended: Option<Ended>,
    pub(super) report_reads: u32,
    /// The job that it repeats, by its place.
    pub(super) master: Option<usize>,
    /// The places of its repetitions, oldest first.
    pub(super) repetitions: Vec<usize>,
    /// Its newest record in a list, as JSON, and how it looked then. Most lists show the same again.
    pub(super) shown: Option<(Look, Box<RawValue>)>,
}

/// What of a job changes in the lists, but for its repetitions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Look {
    lang: Lang,
    status: StatusCode,
    ended: Option<Timestamp>,
    button: Option<ResultButton>,
    rescan: Option<RescanButton>,
    percent: Option<u64>,
}

/// Somebody ended a job before its time.
#[derive(Clone, Copy, Debug)]
pub(super) enum Ended {
    Canceled(Timestamp),
    Stopped(Timestamp),
}

/// What a finished job has found: a function of what was scanned, so that a repetition finds the same.
pub(super) struct Findings {
    pub(super) urls: u64,
    pub(super) high: u64,
    pub(super) medium: u64,
    pub(super) low: u64,
}

impl StoredJob {
    pub(super) fn plot(&self) -> Plot {
        Plot::of(self.scenario)
    }

    /// Its own time, which polls may have moved ahead of the emulator's.
    pub(super) fn time(&self, at: Timestamp) -> Timestamp {
        at.plus_ms(self.polled.ms())
    }

    /// Its own time if it is shown now.
    pub(super) fn time_if_shown(&self, at: Timestamp, clock: Clock) -> Timestamp {
        at.plus_ms(self.polled.next(clock).ms())
    }

    pub(super) fn status(&self, now: Timestamp) -> StatusCode {
        match self.ended {
            Some(Ended::Canceled(_)) => StatusCode::CANCELED,
            Some(Ended::Stopped(asked)) if since(asked, now) < STOPPING_MS => StatusCode::STOPPING,
            Some(Ended::Stopped(_)) => StatusCode::STOPPED,
            None => {
                let Plot { pace, fails_at, .. } = self.plot();
                let age = since(self.created, now);
                if let Some(fails_at) = fails_at.filter(|&ms| age >= pace.after(ms)) {
                    let collects = fails_at < CRAWL_ENDS_MS;
                    return if collects { StatusCode::CRAWL_FAILED } else { StatusCode::FAILED };
                }
                let state = LIFE.iter().find(|(until, _)| age < pace.after(*until));
                state.map_or(StatusCode::COMPLETED, |&(_, status)| status)
            }
        }
    }

    /// What the console would offer. That a job can be canceled only until its URLs are collected is assumed.
    pub(super) fn button(&self, now: Timestamp) -> Option<ResultButton> {
        match self.status(now) {
            StatusCode::CRAWL_PENDING => Some(ResultButton::Cancel),
            StatusCode::CRAWL_RUNNING
            | StatusCode::CRAWL_COMPLETED
            | StatusCode::PENDING
            | StatusCode::RUNNING => Some(ResultButton::Terminate),
            StatusCode::COMPLETED if self.plot().report == ReportState::Expired => {
                Some(ResultButton::Expired)
            }
            StatusCode::COMPLETED => Some(ResultButton::Report),
            StatusCode::FAILED | StatusCode::CRAWL_FAILED => Some(ResultButton::Cause),
            StatusCode(_) => None,
        }
    }

    /// Whether it may be repeated without a charge. What the button shows when it may not is assumed,
    /// and that a repetition itself may not.
    pub(super) fn rescan(&self, now: Timestamp) -> Option<RescanButton> {
        (self.status(now) == StatusCode::COMPLETED).then(|| match self.plot().rescan {
            _ if self.master.is_some() => RescanButton::Null,
            Rescan::UsedUp => RescanButton::Null,
            Rescan::Expired => RescanButton::Expired,
            Rescan::Usual if self.repetitions.len() >= MOST_REPETITIONS => RescanButton::Null,
            Rescan::Usual if since(self.created, now) > REPEATABLE_MS => RescanButton::Expired,
            Rescan::Usual | Rescan::Always => RescanButton::Possible,
        })
    }

    /// Whether its report is ready only later; each call is a read of it.
    pub(super) fn is_late(&mut self) -> bool {
        self.report_reads = self.report_reads.saturating_add(1);
        self.plot().report == ReportState::Late && self.report_reads <= LATE_READS
    }

    /// What of it changes in the lists.
    pub(super) fn look(&self, now: Timestamp, lang: Lang) -> Look {
        let (plot, status) = (self.plot(), self.status(now));
        let button = self.button(now);
        let counts = plot.counts_early && button == Some(ResultButton::Terminate);
        let percent = || {
            since(self.created, now).clamp(0, SCAN_MS).unsigned_abs() * 100 / SCAN_MS.unsigned_abs()
        };
        Look {
            lang: plot.lang.unwrap_or(lang),
            status,
            ended: self.ended_at(now),
            button,
            rescan: self.rescan(now),
            percent: counts.then(percent),
        }
    }

    /// As the lists show it, without its repetitions: a function of how it was created and of this look.
    pub(super) fn record(&self, look: &Look, seed: u32) -> Job {
        let plot = self.plot();
        let mut record = Job::new(self.number.clone(), &self.asked.start_url);
        record.start_date = korean(self.created);
        record.end_date = look.ended.map(korean).unwrap_or_default();
        look.lang.text(look.status).clone_into(&mut record.status);
        record.memo = self.memo();
        record.result_button.clone_from(&look.button);
        record.rescan_button.clone_from(&look.rescan);
        if look.button == Some(ResultButton::Cause) {
            // The text is assumed.
            record.result_desc = format!("The target did not respond.{}", plot.note);
        }
        let findings = self.findings(seed);
        let found = findings.high + findings.medium + findings.low;
        if look.status == StatusCode::COMPLETED {
            record.crawl_cnt = Some(findings.urls);
            record.scan_cnt = Some(found);
        } else if look.button == Some(ResultButton::Terminate) {
            if let Some(percent) = look.percent {
                record.progress = percent.try_into().ok();
                record.crawl_cnt = Some(findings.urls * percent / 100);
                record.scan_cnt = Some(found * percent / 100);
            }
            if plot.answers == Answers::Drifted {
                "diagnostic under review".clone_into(&mut record.status);
                record.result_button = Some("review".into());
            }
        }
        record
    }

    pub(super) fn memo(&self) -> String {
        let memo = self.asked.memo.as_deref().unwrap_or_default();
        [memo, self.plot().note].concat()
    }

    pub(super) fn findings(&self, seed: u32) -> Findings {
        let random = number(seed, &self.asked.start_url);
        let by_name = [(random >> 8) % 2, (random >> 16) % 3, (random >> 24) % 4];
        let [high, medium, low] = self.plot().found.unwrap_or(by_name);
        Findings { urls: 1 + random % 40, high, medium, low }
    }

    fn ended_at(&self, now: Timestamp) -> Option<Timestamp> {
        let Plot { pace, fails_at, .. } = self.plot();
        match (self.status(now), self.ended) {
            (StatusCode::COMPLETED, _) => Some(self.created.plus_ms(pace.after(SCAN_MS))),
            (StatusCode::FAILED | StatusCode::CRAWL_FAILED, _) => {
                fails_at.map(|ms| self.created.plus_ms(pace.after(ms)))
            }
            (_, Some(Ended::Canceled(when))) => Some(when),
            (StatusCode::STOPPED, Some(Ended::Stopped(when))) => Some(when.plus_ms(STOPPING_MS)),
            _ => None,
        }
    }
}
