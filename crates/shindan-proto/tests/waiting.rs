//! Watches that read a long list keep little of it while each waits for the next page.
//!
//! A binary of its own, because it looks at the memory of its process.

#![cfg(target_os = "linux")]

use core::{fmt::Write, time::Duration};
use std::fs;

use bytes::Bytes;
use http::Response;
use shindan_proto::{NcpKey, Now, Step, Target, Timestamp, WatchPolicy};
use wsc_model::InstanceNo;

const NOW: Now = Now { mono: Duration::ZERO, wall: Timestamp::from_unix_ms(1_720_412_345_000) };
const WATCHES: usize = 16;
const PAGES: usize = 16;
/// How many jobs a watch asks for at once.
const JOBS: usize = 100;
const MEMO: usize = 1_000;

#[test]
fn a_watch_does_not_keep_the_pages_before() {
    let credential = ncp_sign::Credential::new("AKEXAMPLE", "SKEXAMPLE").unwrap();
    let target = Target::new("http://127.0.0.1:1".parse().unwrap(), NcpKey::new(credential));
    let attach = || target.attach(NOW, InstanceNo::new("1").unwrap(), WatchPolicy::default());
    let mut watches: Vec<_> = (0..WATCHES).map(|_| attach()).collect();
    let before = memory();
    for nth in 1..PAGES {
        let page = page(nth);
        let read = |step| match step {
            Step::Send(sending) => {
                let query = sending.request.uri().query().unwrap_or_default().to_owned();
                let asked = query.split('&').any(|pair| pair == format!("page={nth}"));
                assert!(asked, "page {nth} is asked for, not {query:?}");
                sending.received(NOW, Ok(Response::new(page.clone())))
            }
            other @ (Step::Wait(_) | Step::Tell(_) | Step::Done(_)) => panic!("{other:?}"),
        };
        watches = watches.into_iter().map(read).collect();
    }
    assert!(watches.iter().all(|step| matches!(step, Step::Send(_))));
    let (grown, all) = (memory().saturating_sub(before), WATCHES * PAGES * JOBS * MEMO / 1_024);
    assert!(grown <= all / 4, "they keep {grown} KiB of about {all} KiB that they were shown");
}

/// A page of others' jobs.
fn page(nth: usize) -> Bytes {
    let mut jobs = String::new();
    for job in 0..JOBS {
        let comma = if job == 0 { "" } else { "," };
        let (number, memo) = (1_000_000 + nth * JOBS + job, "m".repeat(MEMO));
        write!(
            jobs,
            r#"{comma}{{"instanceNo":"{number}","start_date":"2024-07-08 13:12:03","end_date":"","status":"x",
            "progress":"1","start_url":"http://your-domain","crawl_cnt":"1","scan_cnt":"1","memo":"{memo}",
            "result_button":"stop","result_desc":"","rescan_button":null,"slave_data":null}}"#
        )
        .expect("a string takes it");
    }
    let total = PAGES * JOBS;
    Bytes::from(format!(
        r#"{{"returnCode":"0","returnDesc":"","returnMessage":"Success","resources":{{"total_cnt":{total},
        "total_page_cnt":{PAGES},"current_start_page":1,"current_end_page":10,"record_data":[{jobs}]}}}}"#
    ))
}

/// What this process takes now, in KiB.
#[expect(clippy::disallowed_methods, reason = "the system tells it in a file")]
fn memory() -> usize {
    let status = fs::read_to_string("/proc/self/status").expect("it runs");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse().ok());
    kib.expect("it has a VmRSS")
}
