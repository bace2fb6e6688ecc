//! What the two services do not have in common, as far as following a scan and telling of it goes.

use serde_json::value::{RawValue, to_raw_value};
use shindan_proto::{NcpKey, Scanner, VaddyKey, VaddyProject, VaddyScan, VaddyScanId, WscScan};
use shindan_wire::Api;
use vaddy_model::ScanResult;
use wsc_model::{InstanceNo, Job, ResultButton};

use crate::{
    args::FailOn,
    explain::Explain,
    output::figure,
    verdict::{self, Verdict},
};

/// A service whose scans can be followed and judged.
pub(crate) trait Service: Scanner<Api: Api<Fault: Explain>> {
    const NAME: &'static str;

    /// How a running scan stands, in a word. Text from the network: escape it.
    fn phase(state: &Self::State) -> String;

    /// The command that shows the scan again.
    fn look_again(scan: &Self::Scan, id: Option<&Self::Id>) -> String;

    fn judge(report: &Self::Report, fail_on: FailOn) -> Verdict;

    fn figures(report: &Self::Report) -> Figures;

    /// The report without the scanned site's cookies.
    fn json(report: &Self::Report) -> serde_json::Result<Box<RawValue>>;
}

/// The columns of the table that differ.
#[derive(Debug, Default)]
pub(crate) struct Figures {
    pub(crate) high: Option<u64>,
    pub(crate) medium: Option<u64>,
    pub(crate) low: Option<u64>,
    pub(crate) alerts: Option<u64>,
    pub(crate) coverage: Option<String>,
}

impl Service for NcpKey {
    const NAME: &'static str = "wsc";

    fn phase(job: &Job) -> String {
        // The status is localized; the button is not, but says less.
        match (&job.result_button, job.status.as_str()) {
            (Some(ResultButton::Cancel), "") => "scheduled".to_owned(),
            (_, "") => "running".to_owned(),
            (_, status) => status.to_owned(),
        }
    }

    fn look_again(scan: &WscScan, _: Option<&InstanceNo>) -> String {
        format!("shindan wsc job search --memo {}", scan.token)
    }

    fn judge(report: &Self::Report, fail_on: FailOn) -> Verdict {
        verdict::wsc(report, report.rejected.len(), fail_on)
    }

    fn figures(report: &Self::Report) -> Figures {
        let counts = report.classify_by_risk_level;
        let (scanned, left) =
            (report.scanned_domain_list.len(), report.not_scanned_domain_list.len());
        let coverage = if left == 0 {
            "done".to_owned()
        } else {
            format!("{scanned} of {} domains", scanned + left)
        };
        Figures {
            high: counts.high,
            medium: counts.medium,
            low: counts.low,
            alerts: counts.total,
            coverage: Some(coverage),
        }
    }

    fn json(report: &Self::Report) -> serde_json::Result<Box<RawValue>> {
        let mut report = report.value.clone();
        report.login_info = None;
        to_raw_value(&report)
    }
}

impl Service for VaddyKey {
    const NAME: &'static str = "vaddy";

    fn phase(state: &ScanResult) -> String {
        state.status.as_str().to_owned()
    }

    fn look_again(scan: &VaddyScan, id: Option<&VaddyScanId>) -> String {
        let project = match &scan.project {
            VaddyProject::V1 { fqdn, .. } => format!("--fqdn {fqdn}"),
            VaddyProject::V2 { project_id } => format!("--project-id {project_id}"),
        };
        match id {
            Some(id) => format!("shindan vaddy scan result {id} {project}"),
            None => format!("shindan vaddy scan running {project}"),
        }
    }

    fn judge(report: &Self::Report, fail_on: FailOn) -> Verdict {
        verdict::vaddy(report, report.rejected.len(), fail_on)
    }

    fn figures(report: &Self::Report) -> Figures {
        Figures {
            alerts: report.alert_count,
            coverage: Some(figure(report.complete.map(|complete| format!("{complete}%")))),
            ..Figures::default()
        }
    }

    fn json(report: &Self::Report) -> serde_json::Result<Box<RawValue>> {
        to_raw_value(&report.value)
    }
}
