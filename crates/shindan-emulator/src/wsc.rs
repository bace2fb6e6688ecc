//! WSC behind its gateway.

mod create;
mod end;
mod faults;
mod gate;
mod job;
mod lang;
mod lesson;
mod list;
mod report;
mod state;

pub use lang::Lang;
pub use lesson::{Cause, Lesson};

use bytes::Bytes;
use http::{Request, Response};
use job::StoredJob;
use ncp_sign::Credential;
use shindan_proto::{Timestamp, refuse};
use wsc_model::{
    CancelJob, CreateJob, GetJobs, GetReport, InstanceNo, SearchJobs, StopJob, WscFault,
};

use crate::{
    keys,
    route::{Route, route},
};

/// One account's jobs.
#[derive(Clone, Debug)]
pub(crate) struct Service {
    pub(crate) seed: u32,
    pub(crate) lang: Lang,
    pub(crate) names_created: bool,
    pub(crate) faults_in_200: bool,
    pub(crate) billed: u64,
    pub(crate) free: u64,
    pub(crate) refused_signatures: u64,
    credential: Credential,
    /// Oldest first, repetitions among them.
    jobs: Vec<StoredJob>,
}

const ROUTES: [Route<Service>; 6] = [
    route::<_, GetJobs>,
    route::<_, SearchJobs>,
    route::<_, CreateJob>,
    route::<_, GetReport>,
    route::<_, StopJob>,
    route::<_, CancelJob>,
];

impl Service {
    pub(crate) fn new() -> Self {
        let credential = Credential::new(keys::WSC_ACCESS_KEY, keys::WSC_SECRET_KEY);
        Self {
            seed: 0,
            lang: Lang::En,
            names_created: false,
            faults_in_200: false,
            billed: 0,
            free: 0,
            refused_signatures: 0,
            credential: credential.expect("the published keys are valid"),
            jobs: Vec::new(),
        }
    }

    /// Answers a request that arrives at real time `now`, which is `at` in the emulator's time.
    pub(crate) fn answer(
        &mut self,
        now: Timestamp,
        at: Timestamp,
        request: &Request<Bytes>,
    ) -> Response<Bytes> {
        if let Err(fault) = gate::check(request, now, &self.credential) {
            self.refused_signatures += 1;
            return refuse(&fault);
        }
        ROUTES
            .iter()
            .find_map(|route| route(self, at, request))
            .unwrap_or_else(|| refuse(&faults::no_such_path()))
    }

    /// Why it has refused a request, if the signature was the reason; `now` is real time.
    pub(crate) fn explain(&self, now: Timestamp, request: &Request<Bytes>) -> Option<Lesson> {
        lesson::explain(request, now, &self.credential)
    }

    /// Forgets what was started; what was set stays.
    pub(crate) fn reset(&mut self) {
        (self.billed, self.free, self.refused_signatures) = (0, 0, 0);
        self.jobs.clear();
    }

    fn place(&self, number: &InstanceNo) -> Result<usize, WscFault> {
        let place = self.jobs.iter().position(|job| job.number == *number);
        place.ok_or_else(|| self.call_fail())
    }

    /// The catch-all: the number is wrong, or the job's state does not allow it.
    fn call_fail(&self) -> WscFault {
        faults::call_fail(self.faults_in_200)
    }
}
