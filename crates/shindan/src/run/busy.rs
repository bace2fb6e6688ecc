//! What is done about another scan of a VAddy project. WSC runs many at a time and is never busy.

use shindan_proto::{VaddyKey, VaddyProject};
use vaddy_model::{ScanStatus, v1, v2};

use super::{
    App,
    outlook::{Instead, Outlook},
    start::Plan,
};
use crate::{args::IfBusy, exit::Exit, failed::Failed, service::Service, state::State};

/// Follows the scan that runs, if there is one. VAddy lists only what has ended, so the id of one that runs is
/// known only where it was started from.
pub(super) async fn attach(
    app: &App,
    state: &State,
    plan: &mut Plan<VaddyKey>,
) -> Result<(), Failed> {
    if !runs(app, plan).await? {
        return Ok(());
    }
    if let Some(id) = plan.unfinished(state)? {
        let status = match &id.project {
            VaddyProject::V1 { fqdn, verification_code } => {
                let mut get = v1::GetScanResult::new(id.scan_id.clone(), fqdn);
                get.verification_code.clone_from(verification_code);
                app.call(&plan.target, &get).await?.value.status
            }
            VaddyProject::V2 { .. } => {
                let get = v2::GetScanResult::new(id.scan_id.clone());
                app.call(&plan.target, &get).await?.value.status
            }
        };
        if status == ScanStatus::Scanning {
            plan.outlook = Outlook::Known(id, Instead::Busy);
            return Ok(());
        }
    }
    Err(is_busy(plan)
        .cause("it was not started from here, and VAddy names a scan only when it has ended")
        .help("follow it with: shindan attach vaddy:ID, if you know its id")
        .help("or say --if-busy wait"))
}

/// What a scan that runs would mean, for somebody who only asks.
pub(super) async fn foresee(
    app: &App,
    plan: &mut Plan<VaddyKey>,
    if_busy: IfBusy,
) -> Result<(), Failed> {
    if !matches!(plan.outlook, Outlook::Start) {
        return Ok(());
    }
    match (runs(app, plan).await?, if_busy) {
        (false, _) => plan.because.push("nothing runs in the project".to_owned()),
        (true, IfBusy::Wait) => {
            plan.because.push("another scan runs; its end is waited for".to_owned());
        }
        (true, IfBusy::Skip) => {
            return Err(Failed::new(Exit::Incomplete, "another scan runs, so it is left out"));
        }
        (true, IfBusy::Fail | IfBusy::Attach) => return Err(is_busy(plan)),
    }
    Ok(())
}

fn is_busy(plan: &Plan<VaddyKey>) -> Failed {
    Failed::new(Exit::Precondition, "another scan of the project runs; nothing was started")
        .help(format!("see what runs with: {}", VaddyKey::what_runs(&plan.scan)))
}

async fn runs(app: &App, plan: &Plan<VaddyKey>) -> Result<bool, Failed> {
    let check = match &plan.scan.project {
        VaddyProject::V1 { fqdn, verification_code } => {
            let mut check = v1::CheckRunning::new(fqdn);
            check.verification_code.clone_from(verification_code);
            app.call(&plan.target, &check).await?
        }
        VaddyProject::V2 { project_id } => {
            app.call(&plan.target, &v2::CheckRunning::new(project_id)).await?
        }
    };
    Ok(check.value.running_process > 0)
}
