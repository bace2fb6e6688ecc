//! Who has started what.

use std::panic::catch_unwind;

use http::HeaderValue;
use shindan_emulator::{Emulator, SCAN_MS, StartCall};
use vaddy_model::{v1, v2};
use wsc_model::{CreateJob, GetJobs, InstanceNo};

use crate::client::{Client, START, authorized};

fn calls(client: &Client) -> Vec<StartCall> {
    client.emulator.start_calls().cloned().collect()
}

#[test]
fn every_start_has_its_caller() {
    let mut client = Client::new();
    let mut create = CreateJob::new("http://site");
    create.memo = Some("secret note [scan:nothing] [scan:ABCDEFGHIJKLMNOP] more".to_owned());
    let mut request = authorized(&create, START);
    request.headers_mut().insert("user-agent", HeaderValue::from_static("curl/8"));
    client.send(&request);
    request.headers_mut().insert("x-shindan-run", HeaderValue::from_static("nightly-7"));
    client.send(&request);
    client.wait_ms(SCAN_MS);
    create.master_instance_no = Some(InstanceNo::new("1234567890").unwrap());
    client.raw(&create);
    let id = client.ask(&v2::StartScan::new("p")).unwrap().scan_id;
    // None of these starts anything.
    client.raw(&v2::StartScan::new("p"));
    client.raw(&CreateJob::new("no url"));
    client.raw(&GetJobs::new(10, 1));
    client.ask(&v1::StartScan::new("www.example.jp")).unwrap();

    let calls = calls(&client);
    let rows: Vec<_> =
        calls.iter().map(|call| (&*call.operation, &*call.started, call.free)).collect();
    assert_eq!(
        rows[..4],
        [
            ("wsc.createJob", "1234567890", false),
            ("wsc.createJob", "1234567891", false),
            ("wsc.createJob", "1234567892", true),
            ("vaddy.v2.startScan", id.as_str(), false),
        ]
    );
    assert_eq!((rows.len(), rows[4].0), (5, "vaddy.v1.startScan"));
    assert_eq!(calls[0].user_agent.as_deref(), Some("curl/8"));
    assert_eq!(calls[0].run.as_deref(), Some("ABCDEFGHIJKLMNOP"));
    assert_eq!(calls[1].run.as_deref(), Some("nightly-7"));
    assert_eq!((calls[3].time, calls[3].run.as_deref()), (START.plus_ms(SCAN_MS), None));
    assert!(!format!("{calls:?}").contains("secret note"));
    assert_eq!(client.emulator.ledger().billed(), 4);
    client.emulator.assert_billed(4);
}

#[test]
fn a_wrong_bill_names_the_calls() {
    let mut client = Client::new();
    client.emulator.assert_billed(0);
    client.raw(&CreateJob::new("http://site"));
    client.raw(&CreateJob::new("http://site"));
    let emulator = client.emulator;
    let panic = catch_unwind(|| emulator.assert_billed(1)).unwrap_err();
    let text = panic.downcast_ref::<String>().expect("a panic with a text");
    let line = |number| {
        format!("\n  2024-07-08T04:12:03.000Z wsc.createJob {number}, run unknown, by unknown")
    };
    assert_eq!(
        *text,
        format!("2 calls were charged and not 1:{}{}", line("1234567890"), line("1234567891"))
    );
}

#[test]
fn the_calls_are_bounded_and_the_counts_go_on() {
    let mut client = Client::of(Emulator::new(START));
    let request = authorized(&CreateJob::new("http://site"), START);
    for _ in 0..1_100 {
        client.send(&request);
    }
    assert_eq!(calls(&client).len(), 1_000);
    assert_eq!(calls(&client)[999].started, "1234568989");
    client.emulator.assert_billed(1_100);
}
