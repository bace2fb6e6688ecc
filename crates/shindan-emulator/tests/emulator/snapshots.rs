//! States that are saved under a name.

use serde_json::json;
use shindan_emulator::{Clock, Emulator, InvalidSnapshot, SCAN_MS, Scenario};
use vaddy_model::v2;
use wsc_model::{CreateJob, GetJobs};

use crate::client::{Client, START, control};

fn statuses(client: &mut Client) -> Vec<String> {
    let page = client.ask(&GetJobs::new(10, 1)).expect("a page");
    page.resources.record_data.into_iter().map(|job| job.status).collect()
}

#[test]
fn a_saved_state_comes_back_whole() {
    let mut client = Client::of(Emulator::new(START).with_log(true));
    client.raw(&CreateJob::new("http://site"));
    client.emulator.set_scenario(None, Some(Scenario::Clean));
    client.wait_ms(10_000);
    let (status, saved) = control(&mut client, "PUT", "snapshot/crawling", "");
    let listed = json!({"name": "crawling", "saved": "2024-07-08T04:12:13.000Z", "billed": 1});
    assert_eq!((status, &saved), (200, &listed));

    client.raw(&CreateJob::new("http://other"));
    client.ask(&v2::StartScan::new("p")).unwrap();
    client.emulator.set_scenario(None, None);
    client.emulator.set_clock(client.now, Clock::Manual);
    client.wait_ms(100 * SCAN_MS);
    assert_eq!(control(&mut client, "GET", "snapshot/crawling", ""), (200, listed.clone()));
    assert_eq!(client.emulator.ledger().billed(), 3);
    assert_eq!(control(&mut client, "POST", "snapshot/crawling", ""), (200, listed));
    assert_eq!(statuses(&mut client), ["URL collection in progress"]);
    assert_eq!(client.emulator.clock(), Clock::REAL);
    assert_eq!(client.emulator.scenarios().count(), 1);
    assert_eq!((client.emulator.ledger().billed(), client.emulator.start_calls().count()), (1, 1));
    // The log is not part of it.
    assert_eq!(client.emulator.last_request(), 4);
    client.wait_ms(SCAN_MS - 10_000);
    assert_eq!(statuses(&mut client), ["diagnostic completed"]);
    // It can be gone back to again, also after a reset.
    client.emulator.reset(client.now);
    client.emulator.restore(client.now, "crawling").unwrap();
    assert_eq!(statuses(&mut client), ["URL collection in progress"]);
}

#[test]
fn snapshots_are_few_and_have_plain_names() {
    let mut client = Client::new();
    for name in ["", "a/b", "a%20b", "%C3%A4", &"x".repeat(65)] {
        let (status, body) = control(&mut client, "PUT", &format!("snapshot/{name}"), "");
        assert_eq!((status, body["error"].is_string()), (400, true), "{name}");
    }
    for method in ["GET", "POST", "DELETE"] {
        assert_eq!(control(&mut client, method, "snapshot/none", "").0, 404, "{method}");
    }
    for i in 0..16 {
        assert_eq!(control(&mut client, "PUT", &format!("snapshot/s{i}"), "").0, 200);
    }
    let (status, body) = control(&mut client, "PUT", "snapshot/one-more", "");
    assert_eq!(status, 400);
    assert!(body["error"].as_str().unwrap().contains("16 snapshots"), "{body}");
    assert_eq!(client.emulator.save(START, "one-more"), Err(InvalidSnapshot::TooMany));
    assert_eq!(client.emulator.save(START, "s3"), Ok(()));
    let (_, left) = control(&mut client, "DELETE", "snapshot/s3", "");
    assert_eq!(left["snapshots"].as_array().unwrap().len(), 15);
    assert_eq!(control(&mut client, "GET", "snapshot", ""), (200, left));
    assert_eq!(client.emulator.save(START, "one-more"), Ok(()));
    assert!(client.emulator.forget("one-more") && !client.emulator.forget("one-more"));
}
