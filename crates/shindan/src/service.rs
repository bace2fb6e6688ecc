//! What the two services do not have in common, as far as following a scan and telling of it goes.

use serde_json::value::{RawValue, to_raw_value};
use shindan_journal::{Intent, Subject};
use shindan_proto::{
    NcpKey, Rejected, Scanner, VaddyKey, VaddyProject, VaddyScan, VaddyScanId, WscScan,
};
use shindan_report::{Diagnosis, door};
use shindan_wire::Api;
use vaddy_model::ScanResult;
use wsc_model::{CreateJob, InstanceNo, Job, ResultButton};

use crate::{
    environment::Environment, explain::Explain, failed::Failed, intent::fingerprint,
    progress::Measure, project,
};

/// A service whose scans can be followed and judged.
pub(crate) trait Service: Scanner<Api: Api<Fault: Explain>> {
    const NAME: &'static str;

    /// Who asks.
    fn user(&self) -> &str;

    /// How a running scan stands, in a word. Text from the network: escape it.
    fn phase(state: &Self::State) -> String;

    /// How far a running scan is, as far as the service has said so.
    fn measure(state: &Self::State) -> Measure;

    /// Names the target within its account.
    fn key(scan: &Self::Scan) -> String;

    /// What a journal keeps of it, besides the token.
    fn subject(scan: &Self::Scan) -> Subject;

    /// Everything besides the target that makes it another scan.
    fn options(scan: &Self::Scan) -> String;

    /// The scan that it repeats without a charge.
    fn repeats(scan: &Self::Scan) -> Option<String>;

    /// The scan that a record is about; what a record must not keep comes from the variables.
    fn recall(intent: &Intent, environment: &Environment) -> Result<Option<Self::Scan>, Failed>;

    /// The scan of this id in the same place.
    fn id(scan: &Self::Scan, text: &str) -> Option<Self::Id>;

    /// What is missing for a lost scan to be found again.
    fn remark(scan: &Self::Scan) -> Option<&'static str>;

    /// The command that shows what is in the way of a start.
    fn what_runs(scan: &Self::Scan) -> String;

    /// The text that was given at the start; empty if the report keeps none.
    fn memo(report: &Self::Report) -> &str;

    /// What a report says, in the words of both services.
    fn diagnose(report: &Self::Report) -> Diagnosis;

    /// Where the service's console shows it. Text from the network.
    fn console(report: &Self::Report) -> Option<&str>;

    /// The report without the scanned site's cookies.
    fn json(report: &Self::Report) -> serde_json::Result<Box<RawValue>>;

    /// The report as it came.
    fn body(report: &Self::Report) -> &[u8];
}

/// What the service calls the phases of a job in each of its languages, in their order. Nothing is decided by them.
///
/// Sources: <https://api.ncloud-docs.com/docs/en/security-websecuritychecker-searchjobs>, and for the last name of
/// the second phase the example of getJobs.
const PHASES: [&[&str]; 6] = [
    &["URL collection pending", "URL 수집 대기", "URL収集待ち"],
    &["URL collection in progress", "URL 수집 진행 중", "URL収集進行中", "URL収集中"],
    &["URL collection completed", "URL 수집 완료", "URL収集完了"],
    &["diagnostic pending", "진단 대기", "診断待ち"],
    &["diagnostic in progress", "진단 진행 중", "診断進行中"],
    &["diagnostic completed", "진단 완료", "診断完了"],
];

impl Service for NcpKey {
    const NAME: &'static str = "wsc";

    fn user(&self) -> &str {
        self.access_key()
    }

    fn phase(job: &Job) -> String {
        // The status is localized; the button is not, but says less.
        match (&job.result_button, job.status.as_str()) {
            (Some(ResultButton::Cancel), "") => "scheduled".to_owned(),
            (_, "") => "running".to_owned(),
            (_, status) => status.to_owned(),
        }
    }

    fn measure(job: &Job) -> Measure {
        let step = PHASES.iter().position(|names| names.contains(&job.status.as_str()));
        let step = step.map(|at| (at + 1, PHASES.len()));
        Measure { step, percent: job.progress.filter(|percent| *percent <= 100) }
    }

    fn key(scan: &WscScan) -> String {
        let url = &scan.job.start_url;
        let Ok(uri) = url.parse::<http::Uri>() else { return url.clone() };
        let host = uri.authority().map_or("", |authority| authority.as_str()).to_ascii_lowercase();
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        format!("{}://{host}{path}", uri.scheme_str().unwrap_or_default())
    }

    fn subject(scan: &WscScan) -> Subject {
        Subject::Wsc { url: scan.job.start_url.clone() }
    }

    fn options(scan: &WscScan) -> String {
        // As they are sent, because that stays the same.
        let mut job = scan.job.clone();
        // What it repeats is only what it costs.
        (job.memo, job.master_instance_no) = (None, None);
        serde_json::to_string(&job).expect("a job is json")
    }

    fn repeats(scan: &WscScan) -> Option<String> {
        scan.job.master_instance_no.as_ref().map(ToString::to_string)
    }

    fn recall(intent: &Intent, _: &Environment) -> Result<Option<WscScan>, Failed> {
        let (Subject::Wsc { url }, Ok(token)) = (&intent.scan, intent.token.parse()) else {
            return Ok(None);
        };
        let mut job = CreateJob::new(url);
        // What is found by its place under another job is looked for there.
        if let Some(repeats) = &intent.repeats {
            let Ok(master) = repeats.parse() else { return Ok(None) };
            job.master_instance_no = Some(master);
        }
        Ok(Some(WscScan { job, token }))
    }

    fn id(_: &WscScan, text: &str) -> Option<InstanceNo> {
        text.parse().ok()
    }

    fn remark(_: &WscScan) -> Option<&'static str> {
        None
    }

    fn what_runs(_: &WscScan) -> String {
        "shindan wsc job list".to_owned()
    }

    fn memo(report: &Self::Report) -> &str {
        &report.memo
    }

    fn diagnose(report: &Self::Report) -> Diagnosis {
        door::wsc(report, &rejected(&report.rejected))
    }

    fn console(_: &Self::Report) -> Option<&str> {
        None
    }

    fn json(report: &Self::Report) -> serde_json::Result<Box<RawValue>> {
        let mut report = report.value.clone();
        report.login_info = None;
        to_raw_value(&report)
    }

    fn body(report: &Self::Report) -> &[u8] {
        report.body()
    }
}

impl Service for VaddyKey {
    const NAME: &'static str = "vaddy";

    fn user(&self) -> &str {
        self.user()
    }

    fn phase(state: &ScanResult) -> String {
        state.status.as_str().to_owned()
    }

    fn measure(_: &ScanResult) -> Measure {
        // What a finished scan has covered is no measure of one that runs.
        Measure::default()
    }

    fn key(scan: &VaddyScan) -> String {
        match &scan.project {
            // The code is a secret, but two projects may differ in nothing else.
            VaddyProject::V1 { fqdn, verification_code: Some(code) } => {
                format!("v1 {fqdn} {}", fingerprint(&format!("{fqdn} {code}")))
            }
            VaddyProject::V1 { fqdn, verification_code: None } => format!("v1 {fqdn}"),
            VaddyProject::V2 { project_id } => format!("v2 {project_id}"),
        }
    }

    fn subject(scan: &VaddyScan) -> Subject {
        let (project_number, crawl_id) = (scan.project_number, scan.crawl_id);
        match &scan.project {
            VaddyProject::V1 { fqdn, .. } => {
                Subject::VaddyV1 { fqdn: fqdn.clone(), project_number, crawl_id }
            }
            VaddyProject::V2 { project_id } => {
                Subject::VaddyV2 { project_id: project_id.clone(), project_number, crawl_id }
            }
        }
    }

    fn options(scan: &VaddyScan) -> String {
        let types = scan.scan_type.iter().flat_map(|types| &types.0);
        let crawl = scan.crawl_id.map_or_else(String::new, |id| id.to_string());
        types.fold(crawl, |options, scan_type| options + " " + scan_type.as_str())
    }

    fn repeats(_: &VaddyScan) -> Option<String> {
        None
    }

    fn recall(intent: &Intent, environment: &Environment) -> Result<Option<VaddyScan>, Failed> {
        let (project, number, crawl_id) = match &intent.scan {
            Subject::VaddyV1 { fqdn, project_number, crawl_id } => {
                let verification_code = project::verification_code(environment)?;
                let project = VaddyProject::V1 { fqdn: fqdn.clone(), verification_code };
                (project, project_number, crawl_id)
            }
            Subject::VaddyV2 { project_id, project_number, crawl_id } => {
                let project = VaddyProject::V2 { project_id: project_id.clone() };
                (project, project_number, crawl_id)
            }
            Subject::Wsc { .. } | _ => return Ok(None),
        };
        // Without the number nothing is found; it may be set only now.
        let project_number = project::number(*number, environment)?;
        Ok(Some(VaddyScan { project, project_number, crawl_id: *crawl_id, scan_type: None }))
    }

    fn id(scan: &VaddyScan, text: &str) -> Option<VaddyScanId> {
        Some(VaddyScanId { project: scan.project.clone(), scan_id: text.parse().ok()? })
    }

    fn remark(scan: &VaddyScan) -> Option<&'static str> {
        let remark = "without VADDY_PROJECT_NUMBER a scan whose id gets lost cannot be found again";
        scan.project_number.is_none().then_some(remark)
    }

    fn what_runs(scan: &VaddyScan) -> String {
        match &scan.project {
            VaddyProject::V1 { fqdn, .. } => format!("shindan vaddy scan running --fqdn {fqdn}"),
            VaddyProject::V2 { project_id } => {
                format!("shindan vaddy scan running --project-id {project_id}")
            }
        }
    }

    fn memo(_: &Self::Report) -> &'static str {
        ""
    }

    fn diagnose(report: &Self::Report) -> Diagnosis {
        door::vaddy(report, &rejected(&report.rejected))
    }

    fn console(report: &Self::Report) -> Option<&str> {
        report.scan_result_url.as_deref()
    }

    fn json(report: &Self::Report) -> serde_json::Result<Box<RawValue>> {
        to_raw_value(&report.value)
    }

    fn body(report: &Self::Report) -> &[u8] {
        report.body()
    }
}

/// The parts of an answer that cannot be read, a sentence each.
fn rejected(parts: &[Rejected]) -> Vec<String> {
    parts.iter().map(|part| format!("{}: {}", part.at, part.reason)).collect()
}

#[cfg(test)]
mod tests {
    use shindan_journal::{RunId, Version};

    use super::*;

    #[test]
    fn a_repetition_is_looked_for_under_what_it_repeats() {
        let mut intent = Intent {
            version: Version::CURRENT,
            run: RunId::new(0, [7; 10]),
            service: "wsc".to_owned(),
            endpoint: String::new(),
            account: String::new(),
            target: String::new(),
            target_key: String::new(),
            token: "ABCDEFGHIJKLMNOP".to_owned(),
            dedupe_key: None,
            fail_on: None,
            min_coverage: None,
            options: None,
            repeats: Some("12".to_owned()),
            scan: Subject::Wsc { url: "https://shop.example/".to_owned() },
            at_ms: 0,
        };
        let environment = Environment::from([("A", "b")]);
        let scan = NcpKey::recall(&intent, &environment).unwrap().unwrap();
        assert_eq!(NcpKey::repeats(&scan).as_deref(), Some("12"));
        let mut new = scan.clone();
        new.job.master_instance_no = None;
        assert_eq!(NcpKey::options(&scan), NcpKey::options(&new));
        intent.repeats = Some("../12".to_owned());
        assert!(NcpKey::recall(&intent, &environment).unwrap().is_none());
    }

    #[test]
    fn a_measure_is_what_the_service_said() {
        let mut job = Job::new("1".parse().unwrap(), "https://shop.example/");
        for (status, step) in [
            ("", None),
            ("Scheduled", None),
            ("URL collection pending", Some((1, 6))),
            ("URL収集中", Some((2, 6))),
            ("진단 대기", Some((4, 6))),
            ("診断進行中", Some((5, 6))),
            ("diagnostic in progress or so", None),
            ("진단 실패", None),
        ] {
            status.clone_into(&mut job.status);
            assert_eq!(NcpKey::measure(&job), Measure { step, percent: None }, "{status}");
        }
        for (progress, percent) in [(0, Some(0)), (100, Some(100)), (101, None)] {
            job.progress = Some(progress);
            assert_eq!(NcpKey::measure(&job).percent, percent);
        }
    }
}
