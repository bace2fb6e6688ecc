use serde_json::value::{RawValue, to_raw_value};
use shindan_proto::Timestamp;
use shindan_wire::Comma;
use vaddy_model::{
    Crawl, CrawlId, ListedScan, ListedStatus, ResultPage, RunCheck, ScanId, ScanRef, ScanResult,
    ScanStatus, ScanType, VaddyFault,
};

use super::{Service, project::Name, texts};
use crate::{
    Scenario,
    answers::Answers,
    clock::{Polled, SCAN_MS, since, utc},
    numbers::number,
    plot::{Plot, Scene},
};

/// A scan. Where a method takes the time, it is the [scan's own](Self::time).
#[derive(Clone, Debug)]
pub(super) struct StoredScan {
    pub(super) id: ScanId,
    pub(super) project: Name,
    project_number: u64,
    crawl: Crawl,
    types: Vec<ScanType>,
    pub(super) scenario: Option<Scenario>,
    pub(super) started: Timestamp,
    polled: Polled,
    canceled: Option<Timestamp>,
    /// Its newest result, as JSON, and its state then.
    shown: Option<(ScanStatus, Box<RawValue>)>,
}

/// How many results a list has.
const LISTED: usize = 20;

impl Service {
    pub(super) fn start(
        &mut self,
        name: Name,
        crawl_id: Option<CrawlId>,
        types: Option<Comma<ScanType>>,
        scene: &Scene,
    ) -> Result<ScanRef, VaddyFault> {
        let (seed, nth, opened) = (self.seed, self.scans.ever(), self.opened);
        let project = self.project(&name)?;
        let types = types.map(|types| types.0).unwrap_or_default();
        if types.len() > ScanType::KNOWN.len() || !types.iter().all(ScanType::is_known) {
            return Err(texts::invalid_scan_type());
        }
        let wanted = |crawl: &Crawl| crawl_id.is_none_or(|id| crawl.id == id);
        let crawls = project.crawls(opened, &scene.plot());
        let crawl = crawls.into_iter().rfind(wanted).ok_or_else(texts::no_crawl)?;
        let project_number = project.number;
        if self.running(&name, scene)?.running_process > 0 {
            return Err(texts::already_running());
        }
        let id = new_id(seed, project_number, nth);
        self.scans.push(StoredScan {
            id: id.clone(),
            project: name,
            project_number,
            crawl,
            types,
            scenario: scene.scenario,
            started: scene.at,
            polled: Polled::default(),
            canceled: None,
            shown: None,
        });
        Ok(ScanRef::new(id))
    }

    /// That a canceled scan ends at once is assumed.
    pub(super) fn cancel(
        &mut self,
        id: &ScanId,
        is_of: impl Fn(&Name) -> bool,
        scene: &Scene,
    ) -> Result<ScanRef, VaddyFault> {
        let scan = self.scans.iter_mut().find(|scan| scan.id == *id && is_of(&scan.project));
        let scan = scan.ok_or_else(texts::no_such_scan)?;
        let now = scan.time(scene.at);
        if scan.status(now) != ScanStatus::Scanning {
            return Err(texts::already_finished());
        }
        scan.canceled = Some(now);
        Ok(ScanRef::new(id.clone()))
    }

    pub(super) fn result(
        &mut self,
        id: &ScanId,
        is_of: impl Fn(&Name) -> bool,
        scene: &Scene,
    ) -> Result<&RawValue, VaddyFault> {
        let scan = self.scans.iter_mut().find(|scan| scan.id == *id && is_of(&scan.project));
        let scan = scan.ok_or_else(texts::no_such_scan)?;
        scan.polled = scan.polled.next(scene.clock);
        let status = scan.status(scan.time(scene.at));
        let shown = scan.shown.take().filter(|(shown, _)| *shown == status);
        let shown = shown.unwrap_or_else(|| {
            let result = scan.result(self.seed, &status);
            (status, to_raw_value(&result).expect("a result is JSON"))
        });
        Ok(&scan.shown.insert(shown).1)
    }

    /// One scan at a time runs in a project, so the newest one tells.
    pub(super) fn running(&mut self, name: &Name, scene: &Scene) -> Result<RunCheck, VaddyFault> {
        self.project(name)?;
        let newest = self.newest_first().find(|scan| scan.project == *name);
        let runs =
            newest.is_some_and(|scan| scan.status(scan.time(scene.at)) == ScanStatus::Scanning);
        Ok(RunCheck::new((runs || scene.plot().busy).into()))
    }

    /// The scan with this id.
    pub(super) fn scan(&self, id: &str) -> Option<&StoredScan> {
        self.newest_first().find(|scan| scan.id.as_str() == id)
    }

    pub(super) fn newest_first(&self) -> impl Iterator<Item = &StoredScan> {
        self.scans.iter().rev().map(|(_, scan)| scan)
    }

    pub(super) fn list(
        &self,
        project_number: u64,
        scene: &Scene,
    ) -> Result<ResultPage, VaddyFault> {
        if !self.projects.values().any(|project| project.number == project_number) {
            return Err(texts::not_match_project_number());
        }
        let newest = self.newest_first().filter(|scan| scan.project_number == project_number);
        let items =
            newest.filter_map(|scan| scan.listed(self.seed, scan.time(scene.at))).take(LISTED);
        Ok(ResultPage::new(project_number, items.collect()))
    }
}

impl StoredScan {
    fn plot(&self) -> Plot {
        Plot::of(self.scenario)
    }

    /// Its own time, which polls may have moved ahead of the emulator's.
    fn time(&self, at: Timestamp) -> Timestamp {
        at.plus_ms(self.polled.ms())
    }

    pub(super) fn status(&self, now: Timestamp) -> ScanStatus {
        match self.canceled {
            Some(_) => ScanStatus::Canceled,
            None if since(self.started, now) < self.lasts_ms() => ScanStatus::Scanning,
            None if self.plot().fails_at.is_some() => ScanStatus::Canceled,
            None => ScanStatus::Finish,
        }
    }

    /// How long it takes if nobody cancels it.
    fn lasts_ms(&self) -> i64 {
        let Plot { pace, fails_at, .. } = self.plot();
        pace.after(fails_at.unwrap_or(SCAN_MS))
    }

    fn end(&self) -> Timestamp {
        self.started.plus_ms(self.lasts_ms())
    }

    /// A function of how it was started and of this state.
    fn result(&self, seed: u32, status: &ScanStatus) -> ScanResult {
        let plot = self.plot();
        let mut result = ScanResult::new(status.clone());
        if result.status == ScanStatus::Scanning && plot.answers == Answers::Drifted {
            result.status = "reviewing".into();
        }
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
        result.end_time = Some(utc(self.end()));
        result.scan_result_url = Some(self.url());
        result.complete = Some(plot.complete);
        result.crawl_id = Some(self.crawl.id);
        result.crawl_label.clone_from(&self.crawl.label);
        result.scan_list = self.type_names();
        result.scan_list.extend((!plot.note.is_empty()).then(|| plot.note.to_owned()));
        result
    }

    /// As the list shows it; a running scan is left out.
    fn listed(&self, seed: u32, now: Timestamp) -> Option<ListedScan> {
        let status = match self.status(now) {
            ScanStatus::Finish => ListedStatus::Complete,
            ScanStatus::Canceled => ListedStatus::Cancel,
            ScanStatus::Scanning | _ => return None,
        };
        let mut listed = ListedScan::new(self.id.clone(), status);
        if listed.status == ListedStatus::Complete {
            listed.scan_count = Some(self.scan_count(seed));
            listed.alert_count = Some(self.alert_count(seed));
            listed.complete = Some(self.plot().complete);
        }
        listed.crawl_id = Some(self.crawl.id);
        listed.crawl_label.clone_from(&self.crawl.label);
        listed.start_time = Some(utc(self.started));
        listed.end_time = Some(utc(self.canceled.unwrap_or_else(|| self.end())));
        listed.scan_result_url = self.url();
        Some(listed)
    }

    fn scan_count(&self, seed: u32) -> u64 {
        20 + self.random(seed) % 180
    }

    fn alert_count(&self, seed: u32) -> u64 {
        self.plot().found.map_or((self.random(seed) >> 8) % 4, |found| found.iter().sum())
    }

    /// The same for every scan of a project, so that a repetition finds the same.
    fn random(&self, seed: u32) -> u64 {
        number(seed, self.project.text())
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
