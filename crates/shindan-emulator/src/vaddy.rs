//! VAddy.

mod gate;
mod privnet;
mod project;
mod scan;
mod texts;
mod v1;
mod v2;
mod wire;

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use http::{Request, Response};
use project::{Name, Project};
use scan::StoredScan;
use shindan_proto::{Timestamp, refuse};
use vaddy_model::VaddyFault;

use crate::route::Route;

/// Everybody's projects: any name exists, except those that begin with `unknown-`.
#[derive(Clone, Debug)]
pub(crate) struct Service {
    pub(crate) seed: u32,
    pub(crate) any_key: bool,
    opened: Timestamp,
    projects: BTreeMap<Name, Project>,
    /// Oldest first.
    scans: Vec<StoredScan>,
    /// The hosts for whose tunnel a key was registered.
    tunnels: BTreeSet<String>,
}

impl Service {
    /// Crawls were recorded shortly before it opened.
    pub(crate) fn new(opened: Timestamp) -> Self {
        Self {
            seed: 0,
            any_key: false,
            opened,
            projects: BTreeMap::new(),
            scans: Vec::new(),
            tunnels: BTreeSet::new(),
        }
    }

    /// Answers a request that arrives when it is `at` in the emulator's time.
    pub(crate) fn answer(&mut self, at: Timestamp, request: &Request<Bytes>) -> Response<Bytes> {
        let request = &*wire::as_documented(request);
        let mut response = self.answer_documented(at, request);
        if privnet::is_privnet(request) {
            privnet::close(&mut response);
        }
        response
    }

    fn answer_documented(&mut self, at: Timestamp, request: &Request<Bytes>) -> Response<Bytes> {
        let path = request.uri().path();
        let routes: &[Route<Self>] = match path.get(..4) {
            Some("/v1/") => &v1::ROUTES,
            Some("/v2/") => &v2::ROUTES,
            _ => &[],
        };
        if !routes.is_empty() && !gate::is_open(request, self.any_key) {
            return refuse(&VaddyFault::new(401, None));
        }
        if privnet::is_privnet(request) {
            return self.privnet(request);
        }
        routes
            .iter()
            .find_map(|route| route(self, at, request))
            .unwrap_or_else(|| refuse(&texts::no_such_path()))
    }

    pub(crate) fn started(&self) -> u64 {
        self.scans.len() as u64
    }
}
