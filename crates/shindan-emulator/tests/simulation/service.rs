//! The two services as the simulation starts scans in them.

use shindan_emulator::keys;
use shindan_proto::{
    Authorize, Base, EventOf, NcpKey, Now, Outcome, RetryPolicy, Scanner, Step, Target, Token,
    VaddyKey, VaddyProject, VaddyScan, VaddyScanId, WatchPolicy, WscScan, decode, encode,
};
use shindan_wire::Endpoint;
use std::time::Duration;
use vaddy_model::{ScanStatus, v1, v2};
use wsc_model::{CreateJob, GetJobs, InstanceNo, ResultButton};

use crate::world::World;

/// A service whose truth can be asked for, past every network.
pub(crate) trait Service: Scanner {
    /// Somebody else's start of the same; the scan, if it was executed.
    fn start_foreign(world: &mut World, scan: &Self::Scan) -> Option<Self::Id>;

    /// Whether a scan has finished, or `None` if it does not exist.
    fn has_finished(world: &mut World, id: &Self::Id) -> Option<bool>;
}

impl Service for NcpKey {
    /// Nobody else has the token.
    fn start_foreign(_world: &mut World, _scan: &WscScan) -> Option<InstanceNo> {
        None
    }

    fn has_finished(world: &mut World, id: &InstanceNo) -> Option<bool> {
        let page = ask(world, &ncp_key(), &GetJobs::new(1_000, 1))?;
        let mut jobs = page.resources.record_data.into_iter();
        let job = jobs.find(|job| job.instance_no == *id)?;
        Some(job.result_button == Some(ResultButton::Report))
    }
}

impl Service for VaddyKey {
    fn start_foreign(world: &mut World, scan: &VaddyScan) -> Option<VaddyScanId> {
        let mut request = match &scan.project {
            VaddyProject::V1 { fqdn, .. } => encode(&base(), &v1::StartScan::new(fqdn)),
            VaddyProject::V2 { project_id } => encode(&base(), &v2::StartScan::new(project_id)),
        }
        .expect("the operation is valid");
        vaddy_key().authorize(&mut request, world.wall());
        let answer = world.execute_foreign(&request);
        let scan_id = decode::<v2::StartScan>(answer).ok()?.value.scan_id;
        Some(VaddyScanId { project: scan.project.clone(), scan_id })
    }

    fn has_finished(world: &mut World, id: &VaddyScanId) -> Option<bool> {
        let result = match &id.project {
            VaddyProject::V1 { fqdn, .. } => {
                ask(world, &vaddy_key(), &v1::GetScanResult::new(id.scan_id.clone(), fqdn))
            }
            VaddyProject::V2 { .. } => {
                ask(world, &vaddy_key(), &v2::GetScanResult::new(id.scan_id.clone()))
            }
        };
        Some(result?.status == ScanStatus::Finish)
    }
}

fn ask<A: Authorize, E: Endpoint<Api = A::Api>>(
    world: &mut World,
    key: &A,
    operation: &E,
) -> Option<E::Response> {
    let mut request = encode(&base(), operation).expect("the operation is valid");
    key.authorize(&mut request, world.wall());
    let answer = world.emulator.answer(world.wall(), &request);
    decode::<E>(answer).ok().map(|answer| answer.value)
}

pub(crate) type Begun<S> = Step<Outcome<S>, EventOf<S>>;

pub(crate) fn wsc() -> Target<NcpKey> {
    Target::new(base(), ncp_key())
}

pub(crate) fn wsc_scan() -> WscScan {
    WscScan { job: CreateJob::new("https://www.example.com"), token: Token::from_bytes([7; 16]) }
}

pub(crate) fn vaddy() -> Target<VaddyKey> {
    Target::new(base(), vaddy_key()).with_policy(RetryPolicy { seed: 1, ..RetryPolicy::default() })
}

pub(crate) fn start_wsc(now: Now, repeat: bool) -> Begun<NcpKey> {
    wsc().start(now, wsc_scan(), policy(repeat))
}

/// A v1 project whose number nobody knows.
pub(crate) fn v1_scan() -> VaddyScan {
    let project = VaddyProject::V1 { fqdn: "www.example.jp".to_owned(), verification_code: None };
    VaddyScan { project, project_number: None, crawl_id: None, scan_type: None }
}

/// A v2 project with its number.
pub(crate) fn v2_scan(world: &mut World) -> VaddyScan {
    let project_id = "0a1b2c3d4e5f607".to_owned();
    let project_number = world.emulator.vaddy_project_number(&project_id);
    assert!(project_number.is_some(), "the emulator has every project");
    let project = VaddyProject::V2 { project_id };
    VaddyScan { project, project_number, crawl_id: None, scan_type: None }
}

/// With or without one more start after the proof that the first one was not executed.
pub(crate) fn policy(retry_unstarted: bool) -> WatchPolicy {
    let within = Some(Duration::from_secs(3_600));
    WatchPolicy { within, retry_unstarted, ..WatchPolicy::default() }
}

fn ncp_key() -> NcpKey {
    let credential = ncp_sign::Credential::new(keys::WSC_ACCESS_KEY, keys::WSC_SECRET_KEY);
    NcpKey::new(credential.expect("the published key is valid"))
}

fn vaddy_key() -> VaddyKey {
    VaddyKey::new(keys::VADDY_USER, keys::VADDY_KEY).expect("the published key is valid")
}

/// The emulator does not look at the host.
fn base() -> Base {
    "https://service.example".parse().expect("it is an endpoint")
}
