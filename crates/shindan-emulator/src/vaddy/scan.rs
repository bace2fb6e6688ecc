use shindan_proto::Timestamp;
use shindan_wire::Comma;
use vaddy_model::{
    Crawl, CrawlId, ListedScan, ListedStatus, ResultPage, RunCheck, ScanId, ScanRef, ScanResult,
    ScanStatus, ScanType, VaddyFault,
};

use super::{Service, project::Name, texts};
use crate::{
    clock::{SCAN_MS, since, utc},
    numbers::number,
};

#[derive(Clone, Debug)]
pub(super) struct StoredScan {
    pub(super) id: ScanId,
    pub(super) project: Name,
    project_number: u64,
    crawl: Crawl,
    types: Vec<ScanType>,
    pub(super) started: Timestamp,
    canceled: Option<Timestamp>,
}

/// How many results a list has.
const LISTED: usize = 20;

impl Service {
    pub(super) fn start(
        &mut self,
        name: Name,
        crawl_id: Option<CrawlId>,
        types: Option<Comma<ScanType>>,
        at: Timestamp,
    ) -> Result<ScanRef, VaddyFault> {
        let (seed, nth) = (self.seed, self.scans.len());
        let project = self.project(&name)?;
        let types = types.map(|types| types.0).unwrap_or_default();
        if !types.iter().all(ScanType::is_known) {
            return Err(texts::invalid_scan_type());
        }
        let wanted = |crawl: &&Crawl| crawl_id.is_none_or(|id| crawl.id == id);
        let crawl = project.crawl.as_ref().filter(wanted).cloned().ok_or_else(texts::no_crawl)?;
        let project_number = project.number;
        if self.running(&name, at)?.running_process > 0 {
            return Err(texts::already_running());
        }
        let id = new_id(seed, project_number, nth);
        self.scans.push(StoredScan {
            id: id.clone(),
            project: name,
            project_number,
            crawl,
            types,
            started: at,
            canceled: None,
        });
        Ok(ScanRef::new(id))
    }

    /// That a canceled scan ends at once is assumed.
    pub(super) fn cancel(
        &mut self,
        id: &ScanId,
        is_of: impl Fn(&Name) -> bool,
        at: Timestamp,
    ) -> Result<ScanRef, VaddyFault> {
        let scan = self.scans.iter_mut().find(|scan| scan.id == *id && is_of(&scan.project));
        let scan = scan.ok_or_else(texts::no_such_scan)?;
        if scan.status(at) != ScanStatus::Scanning {
            return Err(texts::already_finished());
        }
        scan.canceled = Some(at);
        Ok(ScanRef::new(id.clone()))
    }

    pub(super) fn result(
        &self,
        id: &ScanId,
        is_of: impl Fn(&Name) -> bool,
        at: Timestamp,
    ) -> Result<ScanResult, VaddyFault> {
        let scan = self.scans.iter().find(|scan| scan.id == *id && is_of(&scan.project));
        scan.map(|scan| scan.result(self.seed, at)).ok_or_else(texts::no_such_scan)
    }

    /// One scan at a time runs in a project, so the newest one tells.
    pub(super) fn running(&mut self, name: &Name, at: Timestamp) -> Result<RunCheck, VaddyFault> {
        self.project(name)?;
        let newest = self.scans.iter().rev().find(|scan| scan.project == *name);
        let runs = newest.is_some_and(|scan| scan.status(at) == ScanStatus::Scanning);
        Ok(RunCheck::new(runs.into()))
    }

    pub(super) fn list(
        &self,
        project_number: u64,
        at: Timestamp,
    ) -> Result<ResultPage, VaddyFault> {
        if !self.projects.values().any(|project| project.number == project_number) {
            return Err(texts::not_match_project_number());
        }
        let newest = self.scans.iter().rev().filter(|scan| scan.project_number == project_number);
        let items = newest.filter_map(|scan| scan.listed(self.seed, at)).take(LISTED);
        Ok(ResultPage::new(project_number, items.collect()))
    }
}

impl StoredScan {
    pub(super) fn status(&self, at: Timestamp) -> ScanStatus {
        match self.canceled {
            Some(_) => ScanStatus::Canceled,
            None if since(self.started, at) < SCAN_MS => ScanStatus::Scanning,
            None => ScanStatus::Finish,
        }
    }

    fn result(&self, seed: u32, at: Timestamp) -> ScanResult {
        let mut result = ScanResult::new(self.status(at));
        if result.status != ScanStatus::Finish {
            return result;
        }
        match &self.project {
            Name::Fqdn(fqdn) => result.fqdn = Some(fqdn.clone()),
            Name::Id(id) => result.project_id = Some(id.clone()),
        }
        result.scan_id = Some(self.id.clone());
        result.scan_count = Some(self.scan_count(seed));
        result.alert_count = Some(self.alert_count(seed));
        result.timezone = Some("UTC".to_owned());
        result.start_time = Some(utc(self.started));
        result.end_time = Some(utc(self.started.plus_ms(SCAN_MS)));
        result.scan_result_url = Some(self.url());
        result.complete = Some(100);
        result.crawl_id = Some(self.crawl.id);
        result.crawl_label.clone_from(&self.crawl.label);
        result.scan_list = self.type_names();
        result
    }

    /// As the list shows it; a running scan is left out.
    fn listed(&self, seed: u32, at: Timestamp) -> Option<ListedScan> {
        let (status, end) = match (self.status(at), self.canceled) {
            (ScanStatus::Finish, _) => (ListedStatus::Complete, self.started.plus_ms(SCAN_MS)),
            (_, Some(canceled)) => (ListedStatus::Cancel, canceled),
            (_, None) => return None,
        };
        let mut listed = ListedScan::new(self.id.clone(), status);
        if listed.status == ListedStatus::Complete {
            listed.scan_count = Some(self.scan_count(seed));
            listed.alert_count = Some(self.alert_count(seed));
            listed.complete = Some(100);
        }
        listed.crawl_id = Some(self.crawl.id);
        listed.crawl_label.clone_from(&self.crawl.label);
        listed.start_time = Some(utc(self.started));
        listed.end_time = Some(utc(end));
        listed.scan_result_url = self.url();
        Some(listed)
    }

    fn scan_count(&self, seed: u32) -> u64 {
        20 + self.random(seed) % 180
    }

    fn alert_count(&self, seed: u32) -> u64 {
        (self.random(seed) >> 8) % 4
    }

    /// The same for every scan of a project, so that a repetition finds the same.
    fn random(&self, seed: u32) -> u64 {
        let (Name::Fqdn(text) | Name::Id(text)) = &self.project;
        number(seed, text)
    }

    fn url(&self) -> String {
        format!("https://console.vaddy.net/scan_status/{}/{}", self.project_number, self.id)
    }

    /// Only the names of the first two are documented; the others are assumed. So is it that the
    /// plan covers every type.
    fn type_names(&self) -> Vec<String> {
        let name = |code: &str| match code {
            "SQLI" => "SQL Injection".to_owned(),
            "XSS" => "XSS".to_owned(),
            code => code.replace('_', " "),
        };
        if self.types.is_empty() {
            ScanType::KNOWN.iter().map(|code| name(code)).collect()
        } else {
            self.types.iter().map(|scan_type| name(scan_type.as_str())).collect()
        }
    }
}

/// The project's number and something like a UUID.
fn new_id(seed: u32, project_number: u64, nth: usize) -> ScanId {
    let high = number(seed, &format!("scan {nth} high"));
    let low = number(seed, &format!("scan {nth} low"));
    let id = format!(
        "{project_number}-{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        (high & 0x0fff) | 0x4000,
        ((low >> 48) & 0x3fff) | 0x8000,
        low & 0xffff_ffff_ffff
    );
    ScanId::new(&id).expect("it has digits, letters and hyphens")
}
