//! What is kept of very many: the newest, while counts and numbers go on.

use shindan_emulator::SCAN_MS;
use shindan_proto::Error;
use shindan_wire::Comma;
use vaddy_model::{ScanType, v1, v2};
use wsc_model::{CreateJob, GetJobs, GetReport, InstanceNo};

use crate::client::{Client, control};

const KEPT: u64 = 1_000;

#[test]
fn the_oldest_jobs_are_forgotten() {
    let mut client = Client::new();
    client.get(&CreateJob::new("http://site"));
    client.wait_ms(SCAN_MS);
    let mut repetition = CreateJob::new("http://site");
    repetition.master_instance_no = Some(number(0));
    client.get(&repetition);
    for nth in 2..=KEPT {
        client.get(&CreateJob::new(&format!("http://site-{nth}")));
    }
    client.wait_ms(SCAN_MS);
    // The first one is forgotten, and a repetition is shown under the job that it repeats.
    let page = client.get(&GetJobs::new(10, 1)).resources;
    assert_eq!(page.total_cnt, KEPT - 1);
    assert_eq!(page.record_data[0].instance_no, number(KEPT));
    assert!(matches!(client.ask(&GetReport::new(number(0))), Err(Error::Fault(_))));
    client.get(&GetReport::new(number(1)));
    client.get(&GetReport::new(number(KEPT)));
    let mut again = CreateJob::new("http://site-2");
    again.master_instance_no = Some(number(2));
    client.get(&again);
    let last = client.get(&GetJobs::new(1, 999)).resources.record_data.remove(0);
    assert_eq!((last.instance_no, last.slave_data.len()), (number(2), 1));
    let ledger = client.emulator.ledger();
    assert_eq!((ledger.wsc_created, ledger.wsc_repeated), (KEPT, 2));
}

#[test]
fn the_oldest_scans_and_projects_are_forgotten() {
    let mut client = Client::new();
    let start = |client: &mut Client, nth: u64| {
        client.get(&v2::StartScan::new(&format!("project-{nth}"))).scan_id
    };
    let (first, second) = (start(&mut client, 0), start(&mut client, 1));
    for nth in 2..=KEPT {
        start(&mut client, nth);
    }
    assert!(matches!(client.ask(&v2::GetScanResult::new(first)), Err(Error::Fault(_))));
    client.get(&v2::GetScanResult::new(second));
    assert_eq!(client.emulator.ledger().vaddy_started, KEPT + 1);
    // It comes back when it is named, under the number that it had.
    let number = client.emulator.vaddy_project_number("project-0");
    assert_eq!(number, Client::new().emulator.vaddy_project_number("project-0"));
    assert_eq!(client.get(&v2::SearchCrawls::new("project-0")).total, 1);
}

#[test]
fn what_is_too_long_is_refused() {
    let mut client = Client::new();
    let mut job = CreateJob::new("http://site");
    job.memo = Some("m".repeat(16 << 10));
    assert_eq!(client.raw(&job).0, 400);
    assert_eq!(client.raw(&v1::StartScan::new(&"a".repeat(254))).0, 400);
    let mut scan = v2::StartScan::new("p");
    scan.scan_type = Some(Comma(vec![ScanType::from("SQLI"); 1_000]));
    assert_eq!(client.raw(&scan).0, 400);
    assert_eq!(control(&mut client, "GET", "ledger", "").1["vaddy"]["started"], 0);
    assert_eq!(client.emulator.ledger().billed(), 0);
}

fn number(nth: u64) -> InstanceNo {
    InstanceNo::new(&(1_234_567_890 + nth).to_string()).expect("it has digits")
}
