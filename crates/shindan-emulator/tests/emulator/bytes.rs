//! Answers, byte for byte as the vendors' documents print them; only figures that the emulator
//! invents differ.

use http::{Method, Request};
use shindan_emulator::{Emulator, Lang, SCAN_MS};
use shindan_proto::Timestamp;
use shindan_wire::Comma;
use vaddy_model::{ScanId, ScanType, v1, v2};
use wsc_model::{
    CancelJob, CreateJob, GetJobs, GetReport, InstanceNo, SearchJobs, SearchType, StopJob,
};

use crate::client::{Client, START, authorized, encoded, raw};

const SUCCESS: &str = r#"{"returnCode":"0","returnDesc":"Request Success","returnMessage":"Success","resources":null}"#;
const CALL_FAIL: &str = r#"{"error":{"errorCode":901,"message":"API Call Fail"}}"#;

fn first() -> InstanceNo {
    InstanceNo::new("1234567890").expect("ten digits")
}

fn job(url: &str, memo: Option<&str>) -> CreateJob {
    let mut job = CreateJob::new(url);
    job.memo = memo.map(str::to_owned);
    job
}

/// Documented (wsc.getJobs): an account without jobs gets zeros for all counts and pages, and `null` for
/// the records.
/// Assumed (wsc.searchJobs): a search without hits is answered like a list without jobs.
#[test]
fn wsc_without_jobs() {
    let empty = r#"{"returnCode":"0","returnDesc":"Request Success","returnMessage":"Success","resources":{"total_cnt":0,"total_page_cnt":0,"current_start_page":0,"current_end_page":0,"record_data":null}}"#;
    let mut client = Client::new();
    assert_eq!(client.raw(&GetJobs::new(10, 1)), (200, empty.to_owned()));
    assert_eq!(client.raw(&SearchJobs::new(10, 1)), (200, empty.to_owned()));
}

/// The vendor's example of a running job, whole: it stands in the page of stopJob.
/// Documented (wsc.searchJobs,
/// <https://api.ncloud-docs.com/docs/en/security-websecuritychecker-stopjob>): a job whose URLs are being
/// collected is shown as in the example, byte by byte.
/// Documented (wsc.stopJob): a job that is stopped is answered with `"resources":null`.
/// Assumed (wsc.createJob): it is answered like a stop, with `"resources":null`, and does not name the
/// new job.
#[test]
fn wsc_running_job() {
    let started = Timestamp::from_unix_ms(1_720_586_558_000);
    let mut client = Client::of(Emulator::builder().lang(Lang::Ja).build(started));
    client.now = started;
    assert_eq!(client.raw(&job("http://target-domain.com", None)), (200, SUCCESS.to_owned()));
    client.wait_ms(5_000);
    let mut search = SearchJobs::new(10, 1);
    search.search_type = Some(SearchType::Url);
    search.search_keyword = "target-domain.com".to_owned();
    let (status, body) = client.raw(&search);
    assert_eq!(status, 200);
    assert_eq!(
        body,
        r#"{"returnCode":"0","returnDesc":"Request Success","returnMessage":"Success","resources":{"total_cnt":1,"total_page_cnt":1,"current_start_page":1,"current_end_page":1,"record_data":[{"instanceNo":"1234567890","start_date":"2024-07-10 13:42:38","end_date":"","status":"URL収集中","progress":null,"start_url":"http://target-domain.com","crawl_cnt":"","scan_cnt":"","memo":"","result_button":"terminate","result_desc":"","rescan_button":"","slave_data":null}]}}"#
    );
    assert_eq!(client.raw(&StopJob::new(first())), (200, SUCCESS.to_owned()));
}

/// The vendor's example of a finished job but for its end and its counts.
/// Documented (wsc.getJobs): a finished job is shown as in the example, with a number, counts and times
/// in text; its end and its counts are its own.
#[test]
fn wsc_finished_job() {
    let mut client = Client::of(Emulator::builder().lang(Lang::Ja).build(START));
    client.raw(&job("http://your-domain", Some("サンプル")));
    client.wait_ms(SCAN_MS);
    let (status, body) = client.raw(&GetJobs::new(10, 1));
    assert_eq!(status, 200);
    assert_eq!(
        body,
        r#"{"returnCode":"0","returnDesc":"Request Success","returnMessage":"Success","resources":{"total_cnt":1,"total_page_cnt":1,"current_start_page":1,"current_end_page":1,"record_data":[{"instanceNo":"1234567890","start_date":"2024-07-08 13:12:03","end_date":"2024-07-08 13:13:03","status":"診断完了","progress":null,"start_url":"http://your-domain","crawl_cnt":"35","scan_cnt":"5","memo":"サンプル","result_button":"report","result_desc":"","rescan_button":"possible","slave_data":null}]}}"#
    );
}

/// The documented fields in the documented order; the children of the last four are assumed.
/// Documented (wsc.getReport): the fields of a report have the documented names, in the order of the
/// table.
/// Assumed (wsc.getReport): a report stands in `resources`, and its last four fields hold objects whose
/// fields no page names.
#[test]
fn wsc_report() {
    let mut client = Client::new();
    client.raw(&job("http://your-domain", Some("sample")));
    client.wait_ms(SCAN_MS);
    let (status, body) = client.raw(&GetReport::new(first()));
    assert_eq!(status, 200);
    let (documented, assumed) = body.split_once(r#""Classify_byRisk_Domain":"#).unwrap();
    assert_eq!(
        documented,
        r#"{"returnCode":"0","returnDesc":"Request Success","returnMessage":"Success","resources":{"report_date":"2024/07/08 13:13:03","Target_Info":"http://your-domain","Crawl_Time":"2024/07/08 13:12:05~2024/07/08 13:12:21","Scan_Time":"2024/07/08 13:12:25~2024/07/08 13:13:03","Excluded_Url":"","Login_Info":"","Vulnerability_Category":"XSS, SSI Injection","User_Agent":"PC Chrome","Memo":"sample","Scanned_Domain_List":["your-domain"],"Not_Scanned_Domain_List":[],"Classify_byRisk_Level":{"Total":5,"High":1,"Medium":2,"Low":2},"#
    );
    let places = ["Classify_byRisk_Vulnerability", "Details", "Recommendation"]
        .map(|field| assumed.find(&format!(r#""{field}":{{"#)).unwrap());
    assert!(places.is_sorted(), "{assumed}");
}

/// Assumed (wsc.createJob): if a job is named at all, it is named as `resources.instanceNo`; this has to
/// be switched on.
#[test]
fn wsc_created_with_a_number() {
    let mut client = Client::of(Emulator::builder().created_numbers().build(START));
    let named = SUCCESS.replace("null", r#"{"instanceNo":"1234567890"}"#);
    assert_eq!(client.raw(&job("http://your-domain", None)), (200, named));
}

/// Documented (wsc.cancelJob, wsc.stopJob): a number that does not exist is answered with error 901, an
/// integer, `API Call Fail`.
/// Documented (wsc.cancelJob): a job that is canceled is answered with `"resources":null`.
/// Documented (wsc.errors, <https://api.ncloud-docs.com/docs/en/security-websecuritychecker>): error 901
/// comes with HTTP 400; older pages have it with HTTP 200, which can be switched on.
#[test]
fn wsc_cancel_stop_and_the_catch_all() {
    let mut client = Client::new();
    assert_eq!(client.raw(&CancelJob::new(first())), (400, CALL_FAIL.to_owned()));
    client.raw(&job("http://your-domain", None));
    assert_eq!(client.raw(&CancelJob::new(first())), (200, SUCCESS.to_owned()));
    let mut old = Client::of(Emulator::builder().faults_in_200().build(START));
    assert_eq!(old.raw(&StopJob::new(first())), (200, CALL_FAIL.to_owned()));
}

/// Documented (wsc.errors, <https://api.ncloud-docs.com/docs/en/security-websecuritychecker>): errors of
/// the gateway have codes in text: "200" with HTTP 401, "300" with 404 for an unknown path, "100" with
/// 400.
/// Assumed (wsc.signature): a signature that is missing, of an unknown key, wrong or too old is refused
/// with "200" and one of four texts in `details`.
/// Assumed (wsc.getJobs): a limit or a page of 0 is a bad request.
#[test]
fn wsc_gateway() {
    let unauthenticated = |details: &str| {
        let body = format!(
            r#"{{"error":{{"errorCode":"200","message":"Authentication Failed","details":"{details}"}}}}"#
        );
        (401, body)
    };
    let mut client = Client::new();
    let list = GetJobs::new(10, 1);

    let bare = encoded(&list);
    let missing = unauthenticated("Authentication information are missing.");
    assert_eq!(raw(&client.send(&bare)), missing);
    let mut half = authorized(&list, START);
    half.headers_mut().remove("x-ncp-apigw-signature-v2");
    assert_eq!(raw(&client.send(&half)), missing);

    let mut stranger = authorized(&list, START);
    stranger.headers_mut().insert("x-ncp-iam-access-key", "stranger".parse().unwrap());
    assert_eq!(
        raw(&client.send(&stranger)),
        unauthenticated("Invalid authentication information. Client ID does not exist.")
    );

    let mut forged = authorized(&list, START);
    *forged.method_mut() = Method::PATCH;
    assert_eq!(raw(&client.send(&forged)), unauthenticated("Invalid authentication information."));

    let old = authorized(&list, START.plus_ms(-360_000));
    assert_eq!(
        raw(&client.send(&old)),
        unauthenticated("Invalid authentication information. Timestamp is out of range.")
    );

    let mut elsewhere = Request::new(bytes::Bytes::new());
    *elsewhere.uri_mut() = "http://127.0.0.1/api/v1/search".parse().unwrap();
    crate::client::sign(&mut elsewhere, START);
    let not_found = r#"{"error":{"errorCode":"300","message":"Not Found Exception"}}"#;
    assert_eq!(raw(&client.send(&elsewhere)), (404, not_found.to_owned()));

    let bad_request = r#"{"error":{"errorCode":"100","message":"Bad Request Exception"}}"#;
    assert_eq!(client.raw(&GetJobs::new(0, 1)), (400, bad_request.to_owned()));
    assert_eq!(client.raw(&GetJobs::new(10, 0)), (400, bad_request.to_owned()));
}

/// Assumed (wsc.createJob): a URL without `http://` or `https://` is refused with 160331, no items to
/// look for with 160332, and neither is charged.
#[test]
fn wsc_parameters() {
    let mut client = Client::new();
    let check = r#"{"error":{"errorCode":160331,"message":"ActionURL Check Error"}}"#;
    assert_eq!(client.raw(&job("your-domain", None)), (400, check.to_owned()));
    let mut nothing = job("http://your-domain", None);
    nothing.vuln_items.clear();
    let check = r#"{"error":{"errorCode":160332,"message":"Param Check Error"}}"#;
    assert_eq!(client.raw(&nothing), (400, check.to_owned()));
    assert_eq!(client.emulator.ledger().wsc_created, 0);
}

const PROJECT: &str = "0a1b2c3d4e5f607";

fn start(client: &mut Client) -> ScanId {
    client.ask(&v2::StartScan::new(PROJECT)).expect("nothing runs").scan_id
}

/// Documented (vaddy.v2.startScan): a start is answered with the new scan's id alone.
/// Documented (vaddy.v2.checkRunning): it says 1 while a scan runs and 0 afterwards.
/// Documented (vaddy.v2.getScanResult): a scan is `scanning`, `canceled`, or `finish` with all its
/// fields; times are UTC with `+0000`.
/// Documented (vaddy.v2.cancelScan): a cancel is answered with the scan's id.
/// Assumed (vaddy.v2.cancelScan): the next result says `canceled` at once.
#[test]
fn vaddy_start_cancel_and_poll() {
    let mut client = Client::new();
    let mut scan = v2::StartScan::new(PROJECT);
    scan.scan_type = Some(Comma(vec![ScanType::Xss, ScanType::Sqli]));
    let id = "9356-fd85adca-7db4-4f49-bd26-7b02d1a2b4ba";
    assert_eq!(client.raw(&scan), (200, format!(r#"{{"scan_id":"{id}"}}"#)));
    let id = ScanId::new(id).unwrap();
    let result = v2::GetScanResult::new(id.clone());
    let running = v2::CheckRunning::new(PROJECT);
    assert_eq!(client.raw(&result), (200, r#"{"status":"scanning"}"#.to_owned()));
    assert_eq!(client.raw(&running), (200, r#"{"running_process":1}"#.to_owned()));

    client.wait_ms(SCAN_MS);
    assert_eq!(client.raw(&running), (200, r#"{"running_process":0}"#.to_owned()));
    let finish = format!(
        r#"{{"status":"finish","project_id":"{PROJECT}","scan_id":"{id}","scan_count":159,"alert_count":0,"timezone":"UTC","start_time":"2024-07-08T04:12:03+0000","end_time":"2024-07-08T04:13:03+0000","scan_result_url":"https://console.vaddy.net/scan_status/9356/{id}","complete":100,"crawl_id":93560,"crawl_label":"login and cart","scan_list":["XSS","SQL Injection"]}}"#
    );
    assert_eq!(client.raw(&result), (200, finish));

    let second = start(&mut client);
    let echo = format!(r#"{{"scan_id":"{second}"}}"#);
    assert_eq!(client.raw(&v2::CancelScan::new(second.clone())), (200, echo));
    assert_eq!(
        client.raw(&v2::GetScanResult::new(second)),
        (200, r#"{"status":"canceled"}"#.to_owned())
    );
}

/// Documented (vaddy.v1.getScanResult): a result names the host where the second version names the
/// project.
#[test]
fn vaddy_v1_result_names_the_host() {
    let mut client = Client::new();
    let scan = client.ask(&v1::StartScan::new("www.example.jp")).unwrap();
    client.wait_ms(SCAN_MS);
    let (_, body) = client.raw(&v1::GetScanResult::new(scan.scan_id, "www.example.jp"));
    assert!(
        body.starts_with(r#"{"status":"finish","fqdn":"www.example.jp","scan_id":""#),
        "{body}"
    );
}

/// Documented (vaddy.v2.searchCrawls): crawls come in pages of 30 with a total; what is not found is an
/// empty list and no error.
/// Documented (vaddy.v2.listResults): scans that ended come without those that run; the counts of a
/// canceled one are `null`; the zone is called `time_zone` here.
#[test]
fn vaddy_lists() {
    let mut client = Client::new();
    let crawls = r#"{"total":1,"page":1,"limit":30,"items":[{"id":93560,"label":"login and cart","start":"2024-07-08T03:12:03+0000","end":"2024-07-08T03:32:03+0000"}]}"#;
    assert_eq!(client.raw(&v2::SearchCrawls::new(PROJECT)), (200, crawls.to_owned()));
    let mut none = v2::SearchCrawls::new(PROJECT);
    none.search_label = Some("checkout".to_owned());
    let empty = r#"{"total":0,"page":1,"limit":30,"items":[]}"#;
    assert_eq!(client.raw(&none), (200, empty.to_owned()));

    let number = 9356;
    let empty = format!(r#"{{"project_number":{number},"page":1,"limit":20,"items":[]}}"#);
    assert_eq!(client.raw(&v2::ListResults::new(number)), (200, empty));
    let finished = start(&mut client);
    client.wait_ms(SCAN_MS);
    let canceled = start(&mut client);
    client.wait_ms(1_000);
    client.ask(&v2::CancelScan::new(canceled.clone())).unwrap();
    start(&mut client);
    let rest = r#""crawl_id":93560,"crawl_label":"login and cart","time_zone":"UTC""#;
    let url = "https://console.vaddy.net/scan_status/9356";
    let list = format!(
        r#"{{"project_number":9356,"page":1,"limit":20,"items":[{{"scan_id":"{canceled}","status":"Cancel","scan_count":null,"alert_count":null,"complete":null,{rest},"start_time":"2024-07-08T04:13:03+0000","end_time":"2024-07-08T04:13:04+0000","scan_result_url":"{url}/{canceled}"}},{{"scan_id":"{finished}","status":"Complete","scan_count":159,"alert_count":0,"complete":100,{rest},"start_time":"2024-07-08T04:12:03+0000","end_time":"2024-07-08T04:13:03+0000","scan_result_url":"{url}/{finished}"}}]}}"#
    );
    assert_eq!(client.raw(&v2::ListResults::new(number)), (200, list));
}

/// Observed (vaddy.v2.startScan, <https://github.com/vaddy/go-vaddy>): a kind of check that does not
/// exist is refused with `Invalid scan type selected`.
/// Documented (vaddy.v2.listResults): a project that does not exist is refused with `not match the
/// Project Number`.
/// Documented (vaddy.v2.deleteCrawl): another project's crawl is refused with 400 and `not match
/// project`, and `crawl_id not found.` comes with 404.
/// Assumed (vaddy.key): a 401 has neither a body nor a type.
#[test]
fn vaddy_refusals() {
    let refused = |text: &str| (400, format!(r#"{{"error_message":"{text}"}}"#));
    let mut client = Client::new();
    start(&mut client);
    let again = v2::StartScan::new(PROJECT);
    assert_eq!(client.raw(&again), refused("Scan has already been running"));
    let mut unknown = v2::StartScan::new("other");
    unknown.scan_type = Some(Comma(vec![ScanType::Xss, ScanType::from("MAGIC")]));
    assert_eq!(client.raw(&unknown), refused("Invalid scan type selected"));
    assert_eq!(client.raw(&v2::ListResults::new(0)), refused("not match the Project Number"));

    let page = client.ask(&v2::SearchCrawls::new(PROJECT)).unwrap();
    let (crawl, number) = (page.items[0].id, page.items[0].id / 10);
    assert_eq!(client.raw(&v2::DeleteCrawl::new(number + 1, crawl)), refused("not match project"));
    let ok = r#"{"message":"ok"}"#.to_owned();
    assert_eq!(client.raw(&v2::DeleteCrawl::new(number, crawl)), (200, ok));
    let gone = r#"{"error_message":"crawl_id not found."}"#.to_owned();
    assert_eq!(client.raw(&v2::DeleteCrawl::new(number, crawl)), (404, gone));

    let bare = encoded(&v2::CheckRunning::new(PROJECT));
    let answer = client.send(&bare);
    assert_eq!(raw(&answer), (401, String::new()));
    assert!(!answer.headers().contains_key("content-type"));
}

/// The ledger's body is promised to the last byte.
#[test]
fn control() {
    let mut client = Client::new();
    client.raw(&job("http://your-domain", None));
    start(&mut client);
    client.send(&encoded(&GetJobs::new(1, 1)));
    let mut get = |path: &str| {
        let answer = client.send(&Request::get(path).body(bytes::Bytes::new()).unwrap());
        assert_eq!(answer.headers()["date"], "Mon, 08 Jul 2024 04:12:03 GMT");
        assert_eq!(answer.headers()["x-shindan-emulator"], "1");
        raw(&answer)
    };
    let ledger = concat!(
        r#"{"wsc":{"created":1},"vaddy":{"started":1},"calls":["#,
        r#"{"time":"2024-07-08T04:12:03.000Z","operation":"wsc.createJob","started":"1234567890","#,
        r#""free":false,"user_agent":null,"run":null},"#,
        r#"{"time":"2024-07-08T04:12:03.000Z","operation":"vaddy.v2.startScan","#,
        r#""started":"9356-fd85adca-7db4-4f49-bd26-7b02d1a2b4ba","#,
        r#""free":false,"user_agent":null,"run":null}]}"#
    );
    assert_eq!(get("/_emulator/ledger"), (200, ledger.to_owned()));
    assert!(get("/_emulator/health").1.ends_with(r#","refused_signatures":1,"turned_away":0}"#));
    assert_eq!(get("/").0, 200);
    assert_eq!(get("/favicon.ico"), (404, r#"{"error_message":"not found"}"#.to_owned()));
}
