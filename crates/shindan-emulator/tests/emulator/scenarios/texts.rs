//! What stands in answers.

use shindan_emulator::{Emulator, Lang, SCAN_MS, Scenario};
use vaddy_model::{Sort, v1, v2};
use wsc_model::{CreateJob, GetJobs, GetReport, Job, RiskCounts};

use super::{details, number, project, report, scan_result, start_wsc, url};
use crate::{
    client::{Client, START},
    flows::{NEVER, World},
};

/// A job of the target that is called after the scenario, half way.
fn running(mut client: Client, scenario: Scenario) -> Job {
    client.get(&CreateJob::new(&url(scenario)));
    client.wait_ms(SCAN_MS / 2);
    client.get(&GetJobs::new(10, 1)).resources.record_data.remove(0)
}

pub(super) fn findings() {
    let report = report(Scenario::Findings);
    assert_eq!(report.classify_by_risk_level, RiskCounts::new(2, 3, 4));
    assert!(report.vulnerability_category.contains("SQL 인젝션"));
    let details = format!("{:?}", details(&report));
    for risk in ["High", "Medium", "Low"] {
        assert!(details.contains(risk), "{details}");
    }
    assert_eq!(scan_result(Scenario::Findings).alert_count, Some(9));
}

pub(super) fn many() {
    let report = report(Scenario::Many);
    assert_eq!(report.classify_by_risk_level, RiskCounts::new(300, 900, 1_800));
    let details = details(&report);
    let items = details.values().map(|item| item.as_array().map_or(0, Vec::len));
    assert_eq!(items.sum::<usize>(), 3_000);
    assert_eq!(scan_result(Scenario::Many).alert_count, Some(3_000));
}

pub(super) fn ambiguous_crawl() {
    report(Scenario::AmbiguousCrawl);
    let (mut client, project) = (Client::new(), project(Scenario::AmbiguousCrawl));
    let mut search = v2::SearchCrawls::new(&project);
    search.search_label = Some("login".to_owned());
    let page = client.get(&search);
    assert_eq!((page.total, page.page, page.limit), (3, 1, 30));
    let ids: Vec<_> = page.items.iter().map(|crawl| crawl.id).collect();
    assert!(ids.is_sorted_by(|newer, older| newer > older), "{ids:?}");
    assert!(page.items.is_sorted_by(|newer, older| newer.start > older.start));
    search.sort = Some(Sort::Asc);
    let oldest = client.get(&search).items.remove(0);
    assert_eq!(Some(&oldest.id), ids.last());
    search.search_label = Some("recording 2".to_owned());
    assert_eq!(client.get(&search).total, 1);
    search.search_label = None;
    search.page = Some(2);
    let second = client.get(&search);
    assert_eq!((second.total, second.page, second.items.len()), (3, 2, 0));
    // The newest one is replayed, until it is deleted.
    assert_eq!(scan_result(Scenario::AmbiguousCrawl).crawl_id, Some(ids[0]));
    let number = client.emulator.vaddy_project_number(&project).expect("it exists");
    client.get(&v2::DeleteCrawl::new(number, ids[0]));
    let id = client.get(&v2::StartScan::new(&project)).scan_id;
    client.wait_ms(SCAN_MS);
    assert_eq!(client.get(&v2::GetScanResult::new(id)).crawl_id, Some(ids[1]));
    // A v1 project is called by its host.
    let host = v1::SearchCrawls::new("scenario-ambiguous-crawl.example.jp");
    assert_eq!(client.get(&host).total, 3);
}

pub(super) fn create_empty() {
    let mut client = Client::of(Emulator::builder().created_numbers().build(START));
    let created = client.get(&CreateJob::new(&url(Scenario::CreateEmpty)));
    assert_eq!(created.instance_no(), None);
    let created = client.get(&CreateJob::new("http://site"));
    assert_eq!(created.instance_no(), Some(number("1234567891")));
    let mut world = World::new(Emulator::builder().created_numbers().build(START));
    let outcome = start_wsc(&mut world, Scenario::CreateEmpty, NEVER);
    assert!(outcome.result.is_ok() && outcome.id.is_some(), "{outcome:?}");
    scan_result(Scenario::CreateEmpty);
}

pub(super) fn lang(scenario: Scenario, expected: &str) {
    for lang in [Lang::En, Lang::Ko, Lang::Ja] {
        let client = Client::of(Emulator::builder().lang(lang).build(START));
        assert_eq!(running(client, scenario).status, expected);
    }
    report(scenario);
    scan_result(scenario);
}

pub(super) fn null_progress() {
    let job = running(Client::new(), Scenario::NullProgress);
    assert_eq!((job.progress, job.crawl_cnt, job.scan_cnt), (None, None, None));
    report(Scenario::NullProgress);
    scan_result(Scenario::NullProgress);
}

pub(super) fn percent() {
    let job = running(Client::new(), Scenario::Percent);
    assert_eq!(job.progress, Some(50));
    assert!(job.crawl_cnt.is_some() && job.scan_cnt.is_some());
    report(Scenario::Percent);
    scan_result(Scenario::Percent);
}

pub(super) fn report_counts_only() {
    let report = report(Scenario::ReportCountsOnly);
    assert_eq!(report.classify_by_risk_level, RiskCounts::new(2, 3, 4));
    assert_eq!((report.details, report.recommendation), (None, None));
    assert_eq!(
        (report.classify_by_risk_domain, report.classify_by_risk_vulnerability),
        (None, None)
    );
    scan_result(Scenario::ReportCountsOnly);
}

/// Each mark stands in titles, `noted` of them in memos and labels, too.
pub(super) fn strange(scenario: Scenario, marks: &[&str], noted: usize) {
    // The token still stands in the memo, so the job is found.
    let report = report(scenario);
    assert_eq!(report.classify_by_risk_level, RiskCounts::new(2, 3, 4));
    let details: Vec<String> = details(&report).keys().cloned().collect();
    let result = scan_result(scenario);
    let label = result.crawl_label.expect("crawls have labels");
    let running = running(Client::new(), scenario);
    for (nth, mark) in marks.iter().enumerate() {
        assert!(report.vulnerability_category.contains(mark), "{mark:?}");
        assert!(details.iter().any(|title| title.contains(mark)), "{mark:?}");
        for text in [&report.memo, &label, &running.memo] {
            assert!(nth >= noted || text.contains(mark), "{mark:?} in {text:?}");
        }
    }
    assert!(report.memo.starts_with("[scan:"), "{:?}", report.memo);
    assert_eq!(result.scan_list.len(), 20);
}

pub(super) fn schema_drift() {
    let mut client = Client::new();
    let scan = client.get(&v2::StartScan::new(&project(Scenario::SchemaDrift))).scan_id;
    let job = running(client, Scenario::SchemaDrift);
    assert_eq!(job.result_button, Some("review".into()));
    let mut client = Client::new();
    client.get(&v2::StartScan::new(&project(Scenario::SchemaDrift)));
    let (_, body) = client.raw(&v2::GetScanResult::new(scan));
    assert!(body.contains("x_added") && body.contains("reviewing"), "{body}");
    client.emulator.set_scenario(None, Some(Scenario::SchemaDrift));
    client.get(&CreateJob::new("http://site"));
    let (_, body) = client.raw(&GetJobs::new(10, 1));
    assert_eq!(body.matches("x_added").count(), 3, "{body}");
    client.wait_ms(SCAN_MS);
    client.get(&GetReport::new(number("1234567890")));
    // Both clients get to the end.
    report(Scenario::SchemaDrift);
    scan_result(Scenario::SchemaDrift);
}
