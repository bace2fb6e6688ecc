use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use shindan_proto::Timestamp;
use wsc_model::{GetJobs, Job, JobPage, Reply, SearchJobs, SearchType, WscFault};

use super::{Service, faults, job::StoredJob};
use crate::{plot::Scene, route::Play};

impl Play<Service> for GetJobs {
    fn play(self, service: &mut Service, scene: &Scene) -> Result<impl Serialize, WscFault> {
        service.page(self.limit, self.page, scene, |_, _| true)
    }

    fn unreadable(_: &Service) -> WscFault {
        faults::bad_request()
    }
}

/// How a keyword is matched is not documented; that it may be any part of the text is assumed.
impl Play<Service> for SearchJobs {
    fn play(self, service: &mut Service, scene: &Scene) -> Result<impl Serialize, WscFault> {
        let (in_url, in_memo) = match self.search_type {
            None => (true, true),
            Some(SearchType::Url) => (true, false),
            Some(SearchType::Memo) => (false, true),
            Some(_) => return Err(faults::bad_request()),
        };
        let matches = |job: &StoredJob, now: Timestamp| {
            let memo = job.asked.memo.as_deref().unwrap_or_default();
            let keyword = self.search_keyword.as_str();
            (in_url && job.asked.start_url.contains(keyword) || in_memo && memo.contains(keyword))
                && self.status_code.is_none_or(|status| job.status(now) == status)
        };
        service.page(self.limit, self.page, scene, matches)
    }

    fn unreadable(_: &Service) -> WscFault {
        faults::bad_request()
    }
}

impl Service {
    /// A page of the jobs that match, newest first. A repetition is shown under its job, so a job is
    /// also listed if one of its repetitions matches; that is assumed.
    fn page(
        &mut self,
        limit: u32,
        page: u32,
        scene: &Scene,
        matches: impl Fn(&StoredJob, Timestamp) -> bool,
    ) -> Result<Reply<Records<'_>>, WscFault> {
        let Some(before) = page.checked_sub(1).filter(|_| limit > 0) else {
            return Err(faults::bad_request());
        };
        let matches = |job: &StoredJob| matches(job, job.time_if_shown(scene.at, scene.clock));
        let listed = |&(_, job): &(usize, &StoredJob)| {
            job.master.is_none()
                && (matches(job) || job.repetitions.iter().any(|&place| matches(&self.jobs[place])))
        };
        let all: Vec<usize> =
            self.jobs.iter().rev().filter(listed).map(|(place, _)| place).collect();
        let skipped = u64::from(before) * u64::from(limit);
        let shown = all
            .iter()
            .skip(skipped.try_into().unwrap_or(usize::MAX))
            .take(limit.try_into().unwrap_or(usize::MAX));
        let shown: Vec<usize> = shown.copied().collect();
        for &place in &shown {
            self.show(place, scene);
        }
        let JobPage { total_cnt, total_page_cnt, current_start_page, current_end_page, .. } =
            JobPage::new(all.len() as u64, limit, page, Vec::new());
        let records = shown.iter().map(|&place| self.jobs[place].shown.as_ref());
        let json = records.map(|shown| &*shown.expect("it has just been made").1);
        let record_data: Vec<&RawValue> = json.collect();
        Ok(Reply::new(Records {
            total_cnt,
            total_page_cnt,
            current_start_page,
            current_end_page,
            record_data: (!record_data.is_empty()).then_some(record_data),
        }))
    }

    /// Makes a record with its repetitions, if it is not there yet; all of them have been asked for then.
    fn show(&mut self, place: usize, scene: &Scene) {
        let job = &mut self.jobs[place];
        job.polled = job.polled.next(scene.clock);
        let look = job.look(job.time(scene.at), self.lang);
        let is_shown = job.shown.as_ref().is_some_and(|(shown, _)| *shown == look);
        if job.repetitions.is_empty() && is_shown {
            return;
        }
        let mut record = job.record(&look, self.seed);
        record.slave_data = self.repetitions(place, scene);
        let json = to_raw_value(&record).expect("a record is JSON");
        self.jobs[place].shown = Some((look, json));
    }

    /// The records of its repetitions, newest first.
    fn repetitions(&mut self, place: usize, scene: &Scene) -> Vec<Job> {
        let places = self.jobs[place].repetitions.clone().into_iter().rev();
        let records = places.map(|place| {
            let job = &mut self.jobs[place];
            job.polled = job.polled.next(scene.clock);
            job.record(&job.look(job.time(scene.at), self.lang), self.seed)
        });
        records.collect()
    }
}

/// A [`JobPage`] whose records are JSON already.
#[derive(Serialize)]
struct Records<'a> {
    total_cnt: u64,
    total_page_cnt: u64,
    current_start_page: u64,
    current_end_page: u64,
    record_data: Option<Vec<&'a RawValue>>,
}
