use shindan_proto::Timestamp;
use wsc_model::{GetJobs, Job, JobPage, Reply, SearchJobs, SearchType, WscFault};

use super::{Service, faults, job::StoredJob};
use crate::{plot::Scene, route::Play};

impl Play<Service> for GetJobs {
    fn play(self, service: &mut Service, scene: &Scene) -> Result<Self::Response, WscFault> {
        service.page(self.limit, self.page, scene, |_, _| true)
    }

    fn unreadable(_: &Service) -> WscFault {
        faults::bad_request()
    }
}

/// How a keyword is matched is not documented; that it may be any part of the text is assumed.
impl Play<Service> for SearchJobs {
    fn play(self, service: &mut Service, scene: &Scene) -> Result<Self::Response, WscFault> {
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
    ) -> Result<Reply<JobPage>, WscFault> {
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
        let records = shown.map(|&place| self.show(place, scene)).collect();
        Ok(Reply::new(JobPage::new(all.len() as u64, limit, page, records)))
    }

    /// A record with its repetitions; all of them have been asked for then.
    fn show(&mut self, place: usize, scene: &Scene) -> Job {
        let job = &mut self.jobs[place];
        job.polled = job.polled.next(scene.clock);
        let mut record = job.record(job.time(scene.at), self.lang, self.seed);
        let repetitions = job.repetitions.clone();
        let repetitions = repetitions.into_iter().rev();
        record.slave_data = repetitions.map(|place| self.show(place, scene)).collect();
        record
    }
}
