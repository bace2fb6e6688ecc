//! The life of a job.
//!
//! ```text
//! URL pending (12) -> collecting (13) -> collected (14) -> pending (2) -> diagnosing (3) -> completed (4)
//!       | cancel            \----------------- stop -----------------------/
//!       v                                       v
//!  canceled (91)                 stopping (92) -> stopped (93)
//! ```

use shindan_proto::Timestamp;
use wsc_model::{CreateJob, InstanceNo, Job, RescanButton, ResultButton, StatusCode};

use super::Lang;
use crate::{
    clock::{SCAN_MS, korean, since},
    numbers::number,
};

/// Until when a job is in which state, in ms after its creation.
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

#[derive(Clone, Debug)]
pub(super) struct StoredJob {
    pub(super) number: InstanceNo,
    pub(super) asked: CreateJob,
    pub(super) created: Timestamp,
    pub(super) ended: Option<Ended>,
    /// The job that it repeats, by its place.
    pub(super) master: Option<usize>,
    /// The places of its repetitions, oldest first.
    pub(super) repetitions: Vec<usize>,
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
    pub(super) fn status(&self, at: Timestamp) -> StatusCode {
        match self.ended {
            Some(Ended::Canceled(_)) => StatusCode::CANCELED,
            Some(Ended::Stopped(asked)) if since(asked, at) < STOPPING_MS => StatusCode::STOPPING,
            Some(Ended::Stopped(_)) => StatusCode::STOPPED,
            None => {
                let age = since(self.created, at);
                let state = LIFE.iter().find(|(until, _)| age < *until);
                state.map_or(StatusCode::COMPLETED, |&(_, status)| status)
            }
        }
    }

    /// What the console would offer. That a job can be canceled only until its URLs are collected is assumed.
    pub(super) fn button(&self, at: Timestamp) -> Option<ResultButton> {
        match self.status(at) {
            StatusCode::CRAWL_PENDING => Some(ResultButton::Cancel),
            StatusCode::CRAWL_RUNNING
            | StatusCode::CRAWL_COMPLETED
            | StatusCode::PENDING
            | StatusCode::RUNNING => Some(ResultButton::Terminate),
            StatusCode::COMPLETED => Some(ResultButton::Report),
            StatusCode(_) => None,
        }
    }

    /// Whether it may be repeated without a charge. What the button shows when it may not is assumed,
    /// and that a repetition itself may not.
    pub(super) fn rescan(&self, at: Timestamp) -> Option<RescanButton> {
        (self.status(at) == StatusCode::COMPLETED).then(|| {
            if self.master.is_some() || self.repetitions.len() >= MOST_REPETITIONS {
                RescanButton::Null
            } else if since(self.created, at) > REPEATABLE_MS {
                RescanButton::Expired
            } else {
                RescanButton::Possible
            }
        })
    }

    /// As the lists show it, without its repetitions.
    pub(super) fn record(&self, at: Timestamp, lang: Lang, seed: u32) -> Job {
        let mut record = Job::new(self.number.clone(), &self.asked.start_url);
        record.start_date = korean(self.created);
        record.end_date = self.ended_at(at).map(korean).unwrap_or_default();
        lang.text(self.status(at)).clone_into(&mut record.status);
        record.memo = self.asked.memo.clone().unwrap_or_default();
        record.result_button = self.button(at);
        record.rescan_button = self.rescan(at);
        if self.status(at) == StatusCode::COMPLETED {
            let findings = self.findings(seed);
            record.crawl_cnt = Some(findings.urls);
            record.scan_cnt = Some(findings.high + findings.medium + findings.low);
        }
        record
    }

    pub(super) fn findings(&self, seed: u32) -> Findings {
        let random = number(seed, &self.asked.start_url);
        Findings {
            urls: 1 + random % 40,
            high: (random >> 8) % 2,
            medium: (random >> 16) % 3,
            low: (random >> 24) % 4,
        }
    }

    fn ended_at(&self, at: Timestamp) -> Option<Timestamp> {
        match (self.status(at), self.ended) {
            (StatusCode::COMPLETED, _) => Some(self.created.plus_ms(SCAN_MS)),
            (_, Some(Ended::Canceled(when))) => Some(when),
            (StatusCode::STOPPED, Some(Ended::Stopped(when))) => Some(when.plus_ms(STOPPING_MS)),
            _ => None,
        }
    }
}
