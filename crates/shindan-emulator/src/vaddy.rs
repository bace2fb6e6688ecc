//! VAddy.

mod gate;
mod project;
mod scan;
mod state;
mod texts;
mod v1;
mod v2;

use std::collections::BTreeMap;

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
    opened: Timestamp,
    projects: BTreeMap<Name, Project>,
    /// Oldest first.
    scans: Vec<StoredScan>,
}

impl Service {
    /// Crawls were recorded shortly before it opened.
    pub(crate) fn new(opened: Timestamp) -> Self {
        Self { seed: 0, opened, projects: BTreeMap::new(), scans: Vec::new() }
    }

    /// Answers a request that arrives when it is `at` in the emulator's time.
    pub(crate) fn answer(&mut self, at: Timestamp, request: &Request<Bytes>) -> Response<Bytes> {
        let path = request.uri().path();
        let routes: &[Route<Self>] = match path.get(..4) {
            Some("/v1/") => &v1::ROUTES,
            Some("/v2/") => &v2::ROUTES,
            _ => &[],
        };
        if !routes.is_empty() && !gate::is_open(request) {
            return refuse(&VaddyFault::new(401, None));
        }
        routes
            .iter()
            .find_map(|route| route(self, at, request))
            .unwrap_or_else(|| refuse(&texts::no_such_path()))
    }

    /// Forgets what was started, and records new crawls; what was set stays.
    pub(crate) fn reset(&mut self, opened: Timestamp) {
        self.opened = opened;
        self.projects.clear();
        self.scans.clear();
    }

    pub(crate) fn started(&self) -> u64 {
        self.scans.len() as u64
    }
}
