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
use http::{Request, Response, StatusCode};
use job::StoredJob;
use ncp_sign::Credential;
use shindan_proto::{Timestamp, accept, refuse};
use shindan_wire::Api;
use wsc_model::{
    CancelJob, CreateJob, GetJobs, GetReport, InstanceNo, SearchJobs, StopJob, Wsc, WscFault,
};

use crate::{
    Scenario,
    answers::Answers,
    keys,
    newest::Newest,
    plot::{Refusal, Scene},
    route::{Route, route},
    scenario::Scenarios,
};

/// One account's jobs.
#[derive(Clone, Debug)]
pub(crate) struct Service {
    pub(crate) seed: u32,
    pub(crate) lang: Lang,
    pub(crate) names_created: bool,
    pub(crate) faults_in_200: bool,
    pub(crate) any_key: bool,
    pub(crate) billed: u64,
    pub(crate) free: u64,
    pub(crate) refused_signatures: u64,
    credential: Credential,
    /// Repetitions are among them. They are newer than what they repeat, so they are forgotten after it.
    jobs: Newest<StoredJob>,
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
            any_key: false,
            billed: 0,
            free: 0,
            refused_signatures: 0,
            credential: credential.expect("the published keys are valid"),
            jobs: Newest::new(),
        }
    }

    /// The scenario of the job or target that a request names, or the one for all.
    pub(crate) fn scenario(
        &self,
        scenarios: &Scenarios,
        request: &Request<Bytes>,
    ) -> Option<Scenario> {
        let named = |rest: &str| {
            let number = rest.split('/').next().unwrap_or_default();
            self.jobs.iter().map(|(_, job)| job).find(|job| job.number.as_str() == number)
        };
        let job = request.uri().path().strip_prefix("/api/v1/jobs/").and_then(named);
        match (job, accept::<CreateJob>(request)) {
            (Some(job), _) => job.scenario.or(scenarios.of_all()),
            (None, Some(Ok(create))) => scenarios.of(&create.start_url),
            (None, Some(Err(_)) | None) => scenarios.of_all(),
        }
    }

    /// Answers a request that arrives when the service's clock shows `now`.
    pub(crate) fn answer(
        &mut self,
        now: Timestamp,
        scene: &Scene,
        request: &Request<Bytes>,
    ) -> Response<Bytes> {
        if let Err(fault) = gate::check(request, now, &self.credential, self.any_key) {
            self.refused_signatures += 1;
            return refuse(&fault);
        }
        let mut response = match scene.refusal.and_then(|why| faults::of(why, request.method())) {
            Some(fault) => {
                self.refused_signatures += u64::from(scene.refusal == Some(Refusal::Credentials));
                if scene.refusal == Some(Refusal::TimedOut) {
                    self.carry_out(scene, request);
                }
                refuse(&fault)
            }
            None => self.carry_out(scene, request),
        };
        if self.faults_in_200 || scene.plot().answers == Answers::ErrorsIn200 {
            let fault = Wsc::fault(response.status().as_u16(), response.body());
            if fault.is_some_and(|fault| faults::is_in_200(&fault)) {
                *response.status_mut() = StatusCode::OK;
            }
        }
        response
    }

    fn carry_out(&mut self, scene: &Scene, request: &Request<Bytes>) -> Response<Bytes> {
        ROUTES
            .iter()
            .find_map(|route| route(self, scene, request))
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

    /// How many jobs are kept.
    pub(crate) fn keep(&mut self, most: usize) {
        self.jobs = Newest::keeping(most);
    }

    fn place(&self, number: &InstanceNo) -> Result<usize, WscFault> {
        let found = self.jobs.iter().find(|(_, job)| job.number == *number);
        found.map(|(place, _)| place).ok_or_else(faults::call_fail)
    }
}
