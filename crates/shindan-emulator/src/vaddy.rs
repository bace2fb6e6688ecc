//! VAddy.

mod gate;
mod privnet;
mod project;
mod scan;
mod state;
mod texts;
mod v1;
mod v2;
pub(crate) mod wire;

use std::collections::BTreeMap;

use bytes::Bytes;
use http::{Method, Request, Response};
use project::{Name, Project};
use scan::StoredScan;
use shindan_proto::{Timestamp, refuse};
use vaddy_model::VaddyFault;

use crate::{
    Scenario,
    newest::Newest,
    plot::{Refusal, Scene},
    route::Route,
    scenario::Scenarios,
};

/// Everybody's projects: any name exists, except those that begin with `unknown-`.
#[derive(Clone, Debug)]
pub(crate) struct Service {
    pub(crate) seed: u32,
    pub(crate) any_key: bool,
    opened: Timestamp,
    projects: BTreeMap<Name, Project>,
    /// How often a project was named.
    named: u64,
    scans: Newest<StoredScan>,
}

impl Service {
    /// Crawls were recorded shortly before it opened.
    pub(crate) fn new(opened: Timestamp) -> Self {
        Self {
            seed: 0,
            any_key: false,
            opened,
            projects: BTreeMap::new(),
            named: 0,
            scans: Newest::new(),
        }
    }

    /// The scenario of the scan or project that a request names, or the one for all.
    pub(crate) fn scenario(
        &self,
        scenarios: &Scenarios,
        request: &Request<Bytes>,
    ) -> Option<Scenario> {
        let mut named = None;
        for (name, value) in form_urlencoded::parse(arguments(request)) {
            match &*name {
                "scan_id" => {
                    if let Some(scan) = self.scan(&value) {
                        return scan.scenario.or(scenarios.of_all());
                    }
                }
                "project_id" | "fqdn" if !value.is_empty() => named = Some(value),
                "project_number" => named = named.or(self.name_of(&value).map(Into::into)),
                _ => {}
            }
        }
        named.map_or(scenarios.of_all(), |name| scenarios.of(&name))
    }

    /// Answers a request in its documented form.
    pub(crate) fn answer(&mut self, scene: &Scene, request: &Request<Bytes>) -> Response<Bytes> {
        let mut response = self.answer_open(scene, request);
        if privnet::is_privnet(request) {
            privnet::close(&mut response);
        }
        response
    }

    fn answer_open(&mut self, scene: &Scene, request: &Request<Bytes>) -> Response<Bytes> {
        let path = request.uri().path();
        let routes: &[Route<Self>] = match path.get(..4) {
            Some("/v1/") => &v1::ROUTES,
            Some("/v2/") => &v2::ROUTES,
            _ => &[],
        };
        if !routes.is_empty() && !gate::is_open(request, self.any_key) {
            return refuse(&VaddyFault::new(401, None));
        }
        let refused = scene.refusal.and_then(|why| texts::of(why, request.method()));
        if let Some(fault) = &refused
            && scene.refusal != Some(Refusal::TimedOut)
        {
            return refuse(fault);
        }
        if privnet::is_privnet(request) {
            return self.privnet(request);
        }
        let answer = routes
            .iter()
            .find_map(|route| route(self, scene, request))
            .unwrap_or_else(|| refuse(&texts::no_such_path()));
        refused.map_or(answer, |fault| refuse(&fault))
    }

    /// Forgets what was started, and records new crawls; what was set stays.
    pub(crate) fn reset(&mut self, opened: Timestamp) {
        self.opened = opened;
        self.projects.clear();
        self.scans.clear();
    }

    /// How many scans are kept.
    pub(crate) fn keep(&mut self, most: usize) {
        self.scans = Newest::keeping(most);
    }

    pub(crate) fn started(&self) -> u64 {
        self.scans.ever() as u64
    }
}

fn arguments(request: &Request<Bytes>) -> &[u8] {
    if request.method() == Method::GET {
        request.uri().query().unwrap_or_default().as_bytes()
    } else {
        request.body()
    }
}
