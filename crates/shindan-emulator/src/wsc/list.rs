use shindan_proto::Timestamp;
use wsc_model::{GetJobs, Job, JobPage, Reply, SearchJobs, SearchType, WscFault};

use super::{Service, faults, job::StoredJob};
use crate::route::Play;

impl Play<Service> for GetJobs {
    fn play(self, service: &mut Service, at: Timestamp) -> Result<Self::Response, WscFault> {
        service.page(self.limit, self.page, at, |_| true)
    }

    fn unreadable(_: &Service) -> WscFault {
        faults::bad_request()
    }
}

/// How a keyword is matched is not documented; that it may be any part of the text is assumed.
impl Play<Service> for SearchJobs {
    fn play(self, service: &mut Service, at: Timestamp) -> Result<Self::Response, WscFault> {
        let (in_url, in_memo) = match self.search_type {
            None => (true, true),
            Some(SearchType::Url) => (true, false),
            Some(SearchType::Memo) => (false, true),
            Some(_) => return Err(faults::bad_request()),
        };
        let matches = |job: &StoredJob| {
            let memo = job.asked.memo.as_deref().unwrap_or_default();
            let keyword = self.search_keyword.as_str();
            (in_url && job.asked.start_url.contains(keyword) || in_memo && memo.contains(keyword))
                && self.status_code.is_none_or(|status| job.status(at) == status)
        };
        service.page(self.limit, self.page, at, matches)
    }

    fn unreadable(_: &Service) -> WscFault {
        faults::bad_request()
    }
}

impl Service {
    /// A page of the jobs that match, newest first. A repetition is shown under its job, so a job is
    /// also listed if one of its repetitions matches; that is assumed.
    fn page(
        &self,
        limit: u32,
        page: u32,
        at: Timestamp,
        matches: impl Fn(&StoredJob) -> bool,
    ) -> Result<Reply<JobPage>, WscFault> {
        let Some(before) = page.checked_sub(1).filter(|_| limit > 0) else {
            return Err(faults::bad_request());
        };
        let listed = |job: &&StoredJob| {
            job.master.is_none()
                && (matches(job) || job.repetitions.iter().any(|&place| matches(&self.jobs[place])))
        };
        let all: Vec<&StoredJob> = self.jobs.iter().rev().filter(listed).collect();
        let skipped = u64::from(before) * u64::from(limit);
        let records = all
            .iter()
            .skip(skipped.try_into().unwrap_or(usize::MAX))
            .take(limit.try_into().unwrap_or(usize::MAX))
            .map(|job| self.record(job, at))
            .collect();
        Ok(Reply::new(JobPage::new(all.len() as u64, limit, page, records)))
    }

    fn record(&self, job: &StoredJob, at: Timestamp) -> Job {
        let mut record = job.record(at, self.lang, self.seed);
        let repetitions = job.repetitions.iter().rev();
        record.slave_data =
            repetitions.map(|&place| self.jobs[place].record(at, self.lang, self.seed)).collect();
        record
    }
}
