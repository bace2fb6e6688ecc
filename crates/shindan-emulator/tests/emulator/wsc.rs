use shindan_emulator::{Clock, Emulator, Lang, SCAN_MS};
use shindan_proto::Error;
use shindan_wire::{Fault, Secret};
use wsc_model::{
    CancelJob, CreateJob, GetJobs, GetReport, InstanceNo, Job, RescanButton, ResultButton,
    SearchJobs, SearchType, StatusCode, StopJob, WscFault,
};

use crate::client::{Client, START};

const DAY_MS: i64 = 24 * 3_600_000;

fn all(client: &mut Client) -> Vec<Job> {
    client.ask(&GetJobs::new(100, 1)).expect("a list").resources.record_data
}

fn create(client: &mut Client, url: &str, memo: &str) -> InstanceNo {
    let mut job = CreateJob::new(url);
    job.memo = Some(memo.to_owned());
    client.ask(&job).expect("a valid job");
    all(client)[0].instance_no.clone()
}

fn repeat(client: &mut Client, master: &InstanceNo) -> Result<(), Error<WscFault>> {
    let mut job = CreateJob::new("http://site");
    job.master_instance_no = Some(master.clone());
    client.ask(&job).map(|_| ())
}

fn in_state(client: &mut Client, status: StatusCode) -> usize {
    let mut search = SearchJobs::new(10, 1);
    search.status_code = Some(status);
    client.ask(&search).expect("a list").resources.record_data.len()
}

fn is_call_fail<T>(result: Result<T, Error<WscFault>>) -> bool {
    matches!(result, Err(Error::Fault(fault)) if fault.code() == Some("901"))
}

/// Documented (wsc.life, <https://api.ncloud-docs.com/docs/en/security-websecuritychecker-searchjobs>): a
/// job is in one of the states of the table, and is found by its code.
/// Documented (wsc.life, <https://api.ncloud-docs.com/docs/en/security-websecuritychecker-getjobs>):
/// `result_button` names what can be done: `cancel`, `terminate` and at the end `report`.
/// Assumed (wsc.life): a job goes from 12 over 13, 14, 2 and 3 to 4, in a minute.
/// Assumed (wsc.getReport): a report is refused with 901 before the end.
#[test]
fn a_job_lives_through_the_documented_states() {
    let mut client = Client::new();
    let number = create(&mut client, "http://site", "");
    let report = GetReport::new(number);
    for (at_ms, status, text, button) in [
        (0, StatusCode::CRAWL_PENDING, "URL collection pending", ResultButton::Cancel),
        (2_000, StatusCode::CRAWL_RUNNING, "URL collection in progress", ResultButton::Terminate),
        (18_000, StatusCode::CRAWL_COMPLETED, "URL collection completed", ResultButton::Terminate),
        (20_000, StatusCode::PENDING, "diagnostic pending", ResultButton::Terminate),
        (22_000, StatusCode::RUNNING, "diagnostic in progress", ResultButton::Terminate),
        (SCAN_MS - 1, StatusCode::RUNNING, "diagnostic in progress", ResultButton::Terminate),
    ] {
        client.now = START.plus_ms(at_ms);
        let job = all(&mut client).remove(0);
        assert_eq!((job.status.as_str(), job.result_button), (text, Some(button)));
        assert_eq!((job.end_date.as_str(), job.crawl_cnt, job.rescan_button), ("", None, None));
        assert_eq!(in_state(&mut client, status), 1, "{text}");
        assert!(is_call_fail(client.ask(&report)), "{text}");
    }
    client.now = START.plus_ms(SCAN_MS);
    let job = all(&mut client).remove(0);
    assert_eq!(job.result_button, Some(ResultButton::Report));
    assert_eq!(in_state(&mut client, StatusCode::COMPLETED), 1);
    assert_eq!(in_state(&mut client, StatusCode::RUNNING), 0);
    let report = client.ask(&report).unwrap().0;
    assert_eq!(report.classify_by_risk_level.total, job.scan_cnt);
}

/// Own (faults): a fast, stopped or advanced clock moves jobs and scans, and never the window of
/// signatures.
#[test]
fn a_fast_clock_moves_jobs_but_not_the_signature_window() {
    let mut client = Client::of(Emulator::builder().clock(Clock::Times(60)).build(START));
    create(&mut client, "http://site", "");
    client.wait_ms(SCAN_MS / 60);
    assert_eq!(all(&mut client)[0].result_button, Some(ResultButton::Report));
    assert_eq!(all(&mut client)[0].end_date, "2024-07-08 13:13:03");
    assert_eq!(client.emulator.ledger().refused_signatures, 0);
}

/// Documented (wsc.cancelJob): a job that has not begun is canceled.
/// Assumed (wsc.cancelJob): 12 counts as not begun; whatever else cannot be canceled is refused with 901.
/// Assumed (wsc.stopJob): what has not begun cannot be stopped, and is refused with 901.
#[test]
fn cancel_ends_what_waits() {
    let mut client = Client::new();
    let number = create(&mut client, "http://site", "");
    assert!(is_call_fail(client.ask(&StopJob::new(number.clone()))));
    client.wait_ms(1_000);
    client.ask(&CancelJob::new(number.clone())).unwrap();
    assert_eq!(in_state(&mut client, StatusCode::CANCELED), 1);
    client.wait_ms(2 * SCAN_MS);
    let job = all(&mut client).remove(0);
    assert_eq!(job.end_date, "2024-07-08 13:12:04");
    assert_eq!((job.result_button, job.rescan_button), (None, None));
    assert!(is_call_fail(client.ask(&CancelJob::new(number.clone()))));
    assert!(is_call_fail(client.ask(&GetReport::new(number))));
}

/// Documented (wsc.stopJob): a job that runs is stopped.
/// Assumed (wsc.life): a job that is stopped is 92 for two seconds and 93 afterwards, and never has a
/// report.
#[test]
fn stop_ends_what_runs_but_not_at_once() {
    let mut client = Client::new();
    let number = create(&mut client, "http://site", "");
    client.wait_ms(30_000);
    assert!(is_call_fail(client.ask(&CancelJob::new(number.clone()))));
    client.ask(&StopJob::new(number.clone())).unwrap();
    assert_eq!(in_state(&mut client, StatusCode::STOPPING), 1);
    assert_eq!(all(&mut client)[0].end_date, "");
    assert!(is_call_fail(client.ask(&StopJob::new(number.clone()))));
    client.wait_ms(2_000);
    assert_eq!(in_state(&mut client, StatusCode::STOPPED), 1);
    assert_eq!(all(&mut client)[0].end_date, "2024-07-08 13:12:35");
    client.wait_ms(SCAN_MS);
    assert!(is_call_fail(client.ask(&GetReport::new(number))));
}

/// Documented (wsc.createJob): `MasterInstanceNo` makes it a repetition of a finished job.
/// Documented (wsc.life, <https://www.ncloud.com/product/security/webSecurityChecker>): a diagnosis can
/// be repeated twice without a charge.
/// Assumed (wsc.life): repetitions stand in `slave_data` as jobs, newest first, and in no list; after two
/// of them `rescan_button` is `null`, and a third one is charged.
#[test]
fn a_finished_job_can_be_repeated_twice_for_nothing() {
    let mut client = Client::new();
    let first = create(&mut client, "http://site", "");
    assert!(is_call_fail(repeat(&mut client, &first)), "it still runs");
    for left in [1, 0] {
        client.wait_ms(SCAN_MS);
        assert_eq!(all(&mut client)[0].rescan_button, Some(RescanButton::Possible));
        repeat(&mut client, &first).unwrap();
        assert_eq!(all(&mut client)[0].slave_data.len(), 2 - left);
    }
    client.wait_ms(SCAN_MS);
    let job = all(&mut client).remove(0);
    assert_eq!(job.rescan_button, Some(RescanButton::Null));
    let (newest, older) = (&job.slave_data[0], &job.slave_data[1]);
    assert!(newest.instance_no > older.instance_no);
    assert_eq!(newest.scan_cnt, job.scan_cnt);
    let newest = newest.instance_no.clone();
    client.ask(&GetReport::new(newest.clone())).unwrap();
    assert!(is_call_fail(repeat(&mut client, &newest)), "a repetition is not repeated");
    assert_eq!(all(&mut client).len(), 1);

    let ledger = client.emulator.ledger();
    assert_eq!((ledger.wsc_created, ledger.wsc_repeated), (1, 2));
    repeat(&mut client, &first).unwrap();
    assert_eq!(client.emulator.ledger().wsc_created, 2, "the third one is charged");
}

/// Documented (wsc.life, <https://www.ncloud.com/product/security/webSecurityChecker>): a repetition is
/// free for 60 days and for the same target.
/// Assumed (wsc.life): after 60 days `rescan_button` is `expired`, and a repetition is charged and not
/// refused.
#[test]
fn a_late_repetition_or_that_of_another_target_is_charged() {
    let mut client = Client::new();
    let other = create(&mut client, "http://other", "");
    let first = create(&mut client, "http://site", "");
    client.wait_ms(SCAN_MS);
    repeat(&mut client, &other).unwrap();
    assert_eq!(client.emulator.ledger().wsc_created, 3);
    client.wait_ms(60 * DAY_MS);
    assert_eq!(all(&mut client)[0].rescan_button, Some(RescanButton::Expired));
    repeat(&mut client, &first).unwrap();
    let ledger = client.emulator.ledger();
    assert_eq!((ledger.wsc_created, ledger.wsc_repeated), (4, 0));
}

/// Documented (wsc.searchJobs): it looks in URLs, in memos, or everywhere, and for a state.
/// Assumed (wsc.searchJobs): the keyword may stand anywhere in the text.
#[test]
fn a_search_looks_where_it_is_told_to() {
    let mut client = Client::new();
    let first = create(&mut client, "http://shop.example", "weekly [scan:AAAA]");
    client.wait_ms(SCAN_MS);
    let second = create(&mut client, "http://blog.example", "shop owner");
    let mut found = |place: Option<SearchType>, keyword: &str, status: Option<StatusCode>| {
        let mut search = SearchJobs::new(10, 1);
        search.search_type = place;
        search.search_keyword = keyword.to_owned();
        search.status_code = status;
        let page = client.ask(&search).unwrap().resources;
        page.record_data.iter().map(|job| job.instance_no.to_string()).collect::<Vec<_>>()
    };
    let (first, second) = (first.as_str(), second.as_str());
    assert_eq!(found(Some(SearchType::Url), "shop", None), [first]);
    assert_eq!(found(Some(SearchType::Memo), "shop", None), [second]);
    assert_eq!(found(Some(SearchType::Memo), "AAAA", None), [first]);
    assert_eq!(found(None, "shop", None), [second, first]);
    assert_eq!(found(None, "", Some(StatusCode::COMPLETED)), [first]);
    assert_eq!(found(None, "shop", Some(StatusCode::CRAWL_PENDING)), [second]);
    assert!(found(Some(SearchType::Url), "nowhere", None).is_empty());
}

/// Documented (wsc.getJobs): a page has as many jobs as were asked for, and the number of the last page.
/// Assumed (wsc.getJobs): the newest job comes first; a page behind the last one is empty.
#[test]
fn pages_are_newest_first() {
    let mut client = Client::new();
    for _ in 0..25 {
        client.ask(&CreateJob::new("http://site")).unwrap();
    }
    let mut numbers = Vec::new();
    for (page, size) in [(1, 10), (2, 10), (3, 5), (4, 0)] {
        let page = client.ask(&GetJobs::new(10, page)).unwrap().resources;
        assert_eq!((page.total_cnt, page.total_page_cnt), (25, 3));
        assert_eq!((page.current_start_page, page.current_end_page), (1, 3));
        assert_eq!(page.record_data.len(), size);
        numbers.extend(page.record_data.into_iter().map(|job| job.instance_no));
    }
    assert!(numbers.is_sorted_by(|newer, older| newer > older));
    assert_eq!(numbers.len(), 25);
}

/// Documented (wsc.getReport): it has the excluded URLs, the items, the memo and the login that the job
/// was created with.
/// Assumed (wsc.getReport): excluded URLs and items are joined by commas, and the login is the cookie as
/// it was sent.
#[test]
fn a_report_echoes_what_was_asked_for() {
    let mut client = Client::new();
    let mut job = CreateJob::new("https://site:8443/shop?q=1");
    job.exclude_url = vec!["https://site/a".to_owned(), "https://site/b".to_owned()];
    job.vuln_items = vec!["XSS".to_owned(), "Something New".to_owned()];
    job.memo = Some("audit".to_owned());
    job.headers.insert("Cookie".to_owned(), Secret::new("canary".to_owned()));
    client.ask(&job).unwrap();
    client.wait_ms(SCAN_MS);
    let number = all(&mut client)[0].instance_no.clone();
    let report = client.ask(&GetReport::new(number)).unwrap().0;
    assert_eq!(report.excluded_url, "https://site/a, https://site/b");
    assert_eq!(report.vulnerability_category, "XSS, Something New");
    assert_eq!(report.memo, "audit");
    assert_eq!(report.login_info, Some(Secret::new("canary".to_owned())));
    assert_eq!(report.scanned_domain_list[0].as_json(), r#""site""#);
    assert!(!format!("{:?}", client.emulator).contains("canary"));
}

/// The states that a language has a text for are the states that a job can have.
/// Assumed (wsc.life): `status` is the text of the table of states, in English unless another language is
/// set; the examples show others, too.
#[test]
fn every_language_has_every_text() {
    for lang in [Lang::En, Lang::Ko, Lang::Ja] {
        let mut client = Client::of(Emulator::builder().lang(lang).build(START));
        create(&mut client, "http://site", "");
        for _ in 0..62 {
            assert_ne!(all(&mut client)[0].status, "");
            client.wait_ms(1_000);
        }
    }
}

#[test]
fn the_loose_form_says_the_same() {
    let mut strict = Client::new();
    let mut loose = Client::of(Emulator::builder().loose().build(START));
    for client in [&mut strict, &mut loose] {
        create(client, "http://site", "");
        client.wait_ms(SCAN_MS);
        create(client, "http://site", "second");
    }
    assert_eq!(all(&mut strict), all(&mut loose));
    let (_, body) = loose.raw(&GetJobs::new(10, 1));
    for form in [r#""returnCode":0"#, r#""total_cnt":"2""#, r#""instanceNo":1234567890"#] {
        assert!(body.contains(form), "{form} in {body}");
    }
    assert!(body.contains(r#""crawl_cnt":null"#) && body.contains(r#""memo":null"#), "{body}");

    let number = InstanceNo::new("1234567890").unwrap();
    let [strict_report, loose_report] = [&mut strict, &mut loose]
        .map(|client| client.ask(&GetReport::new(number.clone())).unwrap().0);
    assert_eq!(strict_report.classify_by_risk_level, loose_report.classify_by_risk_level);
    assert!(loose_report.crawl_time.contains(" ~ "), "{}", loose_report.crawl_time);
    let wrong = CancelJob::new(InstanceNo::new("1").unwrap());
    assert_eq!(loose.raw(&wrong).1, r#"{"error":{"errorCode":"901","message":"API Call Fail"}}"#);
    assert!(is_call_fail(loose.ask(&wrong)));
}

#[test]
fn seeds_change_numbers_and_nothing_else() {
    let jobs = |seed| {
        let mut client = Client::of(Emulator::builder().seed(seed).build(START));
        create(&mut client, "http://site", "");
        client.wait_ms(SCAN_MS);
        all(&mut client).remove(0)
    };
    assert_eq!(jobs(7), jobs(7));
    assert_ne!(jobs(7).instance_no, jobs(8).instance_no);
}
