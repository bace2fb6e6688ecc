//! The control calls, good and bad.

use http::Request;
use serde_json::{Value, json};
use shindan_emulator::{Clock, Emulator, SCAN_MS, Scenario};
use vaddy_model::v2;
use wsc_model::{CreateJob, GetJobs, SearchJobs};

use crate::client::{Client, START, control, raw};

fn client() -> Client {
    Client::of(Emulator::new(START).with_log(true))
}

fn get(client: &mut Client, path: &str) -> Value {
    let (status, body) = control(client, "GET", path, "");
    assert_eq!(status, 200, "{path}: {body}");
    body
}

#[track_caller]
fn refused(client: &mut Client, method: &str, path: &str, body: &str, why: &str) {
    let (status, answer) = control(client, method, path, body);
    let error = answer["error"].as_str().expect("a reason");
    assert_eq!(status, 400, "{body}: {error}");
    assert!(error.contains(why), "{body}: {error}");
}

#[test]
fn operations() {
    let answer = get(&mut Client::new(), "operations");
    let all = answer["operations"].as_array().unwrap();
    assert_eq!(all.len(), 18);
    let start = all.iter().find(|row| row["operation"] == "vaddy.v2.startScan").unwrap();
    assert_eq!(start["method"], "POST");
    assert_eq!(start["path"], "/v2/scan");
    assert_eq!(start["with"], json!(["action=start"]));
    assert_eq!(start["effect"], "once");
    let assumed: Vec<_> = all.iter().filter(|row| row["evidence"] == "assumed").collect();
    let names: Vec<_> = assumed.iter().map(|row| &row["operation"]).collect();
    assert_eq!(names, ["wsc.createJob", "wsc.getReport"]);
    assert!(all.iter().all(|row| row["evidence"] == "documented" || assumed.contains(&row)));
    // What no page names is answered all the same, and not called documented.
    let others = answer["undocumented"].as_array().unwrap();
    let tunnel = json!({"method": "GET", "path": "/v1/privnet/port", "evidence": "observed"});
    assert!(others.contains(&tunnel));
    for row in others {
        assert_ne!(row["evidence"], "documented");
        let request = Request::builder().method(row["method"].as_str().unwrap());
        let request = request.uri(row["path"].as_str().unwrap()).body(bytes::Bytes::new());
        assert_ne!(Client::new().send(&request.unwrap()).status(), 404, "{row}");
    }
}

#[test]
fn health() {
    let mut client = Client::of(Emulator::builder().clock(Clock::Times(60)).build(START));
    let health = get(&mut client, "health");
    assert_eq!((&health["status"], &health["clock"]), (&json!("ok"), &json!("x60")));
    assert_eq!(health["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(health["services"], json!(["wsc", "vaddy"]));
    for name in health["capabilities"].as_array().unwrap() {
        let (status, _) = control(&mut client, "GET", name.as_str().unwrap(), "");
        let expected = match name.as_str().unwrap() {
            "reset" | "stop" => 405,
            // They are the server's.
            "events" => 404,
            _ => 200,
        };
        assert_eq!(status, expected, "{name}");
    }
}

#[test]
fn who_does_not_know_it_cannot_end_it() {
    let mut nameless = Client::new();
    let mut client = Client::of(Emulator::builder().instance("ABCD").build(START));
    for client in [&mut nameless, &mut client] {
        for wrong in
            ["", "{}", r#"{"instance":null}"#, r#"{"instance":""}"#, r#"{"instance":"ABCE"}"#]
        {
            assert_eq!(control(client, "POST", "stop", wrong).0, 400, "{wrong}");
        }
    }
    let known = r#"{"instance":"ABCD"}"#;
    assert_eq!(control(&mut nameless, "POST", "stop", known).0, 400);
    assert_eq!(control(&mut client, "POST", "stop", known).0, 200);
    assert!(!get(&mut client, "health").to_string().contains("ABCD"));
}

#[test]
fn unknown_paths_and_methods() {
    let mut client = Client::new();
    for (path, nearest) in [("ledgers", "ledger"), ("near_misses", "near-misses"), ("", "clock")] {
        let (status, body) = control(&mut client, "GET", path, "");
        let error = body["error"].as_str().unwrap();
        assert_eq!(status, 404, "{path}");
        assert!(error.contains(nearest) || path.is_empty(), "{path}: {error}");
    }
    for path in ["ledger/", "ledger/x", "health/x", "faults/x", "clock/x", "reset/x", "/ledger"] {
        assert_eq!(control(&mut client, "GET", path, "").0, 404, "{path}");
    }
    for (path, allowed) in [
        ("health", "GET"),
        ("operations", "GET"),
        ("requests", "GET"),
        ("near-misses", "GET"),
        ("unread-fields", "GET"),
        ("ledger", "GET"),
        ("state", "GET"),
        ("snapshot", "GET"),
        ("reset", "POST"),
        ("clock", "GET, POST"),
        ("faults", "GET, PUT, DELETE"),
        ("scenarios", "GET, PUT, DELETE"),
        ("scenarios/x", "GET, PUT, DELETE"),
        ("snapshot/x", "GET, PUT, POST, DELETE"),
    ] {
        let request = Request::builder().method("PATCH").uri(format!("/_emulator/{path}"));
        let answer = client.send(&request.body(bytes::Bytes::new()).unwrap());
        assert_eq!(
            (answer.status().as_u16(), &answer.headers()["allow"]),
            (405, &allowed.parse().unwrap())
        );
        assert!(raw(&answer).1.contains(allowed), "{path}");
    }
    let other = Request::get("/_emulatory").body(bytes::Bytes::new()).unwrap();
    assert_eq!(raw(&client.send(&other)), (404, r#"{"error_message":"not found"}"#.to_owned()));
    let bad = Request::get("/_emulator/scenarios/%ff").body(bytes::Bytes::new()).unwrap();
    assert_eq!(client.send(&bad).status(), 400);
}

#[test]
fn the_clock() {
    let mut client = client();
    let clock = |mode: &str, time: &str, real: &str| {
        let of = |time| format!("2024-07-08T{time}Z");
        json!({"mode": mode, "time": of(time), "real": of(real)})
    };
    assert_eq!(get(&mut client, "clock"), clock("real", "04:12:03.000", "04:12:03.000"));
    let post = |client: &mut Client, body: &str| control(client, "POST", "clock", body);
    assert_eq!(post(&mut client, r#"{"mode":"manual"}"#).0, 200);
    client.wait_ms(60_500);
    assert_eq!(get(&mut client, "clock"), clock("manual", "04:12:03.000", "04:13:03.500"));
    let (_, advanced) = post(&mut client, r#"{"advance":"15m"}"#);
    assert_eq!(advanced, clock("manual", "04:27:03.000", "04:13:03.500"));
    for (by, time) in [("500ms", "04:27:03.500"), ("2s", "04:27:05.500"), ("1h", "05:27:05.500")] {
        let (_, advanced) = post(&mut client, &format!(r#"{{"advance":"{by}"}}"#));
        assert_eq!(advanced, clock("manual", time, "04:13:03.500"));
    }
    assert_eq!(post(&mut client, r#"{"speed":60,"advance":"1s"}"#).0, 200);
    client.wait_ms(1_000);
    assert_eq!(get(&mut client, "clock"), clock("x60", "05:28:06.500", "04:13:04.500"));
    assert_eq!(post(&mut client, r#"{"mode":"polls:3"}"#).1["mode"], "polls:3");
    assert_eq!(client.emulator.clock(), Clock::Polls(3));

    let before = get(&mut client, "clock");
    for (body, why) in [
        ("", "not like"),
        ("{}", "give a mode, a speed or an advance"),
        ("[]", "not like"),
        (r#"{"mode":"fast"}"#, "a clock is real"),
        (r#"{"mode":"real","speed":2}"#, "not both"),
        (r#"{"speed":-1}"#, "not like"),
        (r#"{"speed":100001}"#, "x100000"),
        (r#"{"mode":"x4000000000"}"#, "x100000"),
        (r#"{"advance":"15"}"#, "an advance is"),
        (r#"{"advance":"m"}"#, "an advance is"),
        (r#"{"advance":"-15m"}"#, "an advance is"),
        (r#"{"advance":"１m"}"#, "an advance is"),
        (r#"{"advance":"99999999999999999999d"}"#, "an advance is"),
        (r#"{"advance":"18446744073709551615ms"}"#, "year 9000"),
        (r#"{"advance":"9999999d"}"#, "year 9000"),
        // Nothing is set if a part is wrong.
        (r#"{"mode":"manual","advance":"x"}"#, "an advance is"),
        (r#"{"by":"15m"}"#, "unknown field `by`"),
    ] {
        refused(&mut client, "POST", "clock", body, why);
    }
    assert_eq!(get(&mut client, "clock"), before);
}

/// However it is set, what is written with its time can be written.
#[test]
fn the_latest_clock() {
    let mut client = client();
    control(&mut client, "POST", "clock", r#"{"mode":"manual","advance":"2500000d"}"#);
    client.raw(&CreateJob::new("http://site"));
    client.ask(&v2::StartScan::new("p")).unwrap();
    let list = client.ask(&GetJobs::new(1, 1)).unwrap();
    assert!(list.resources.record_data[0].start_date.starts_with("8869-"), "{list:?}");
    assert_eq!(get(&mut client, "state")["state"].as_array().unwrap().len(), 2);
}

#[test]
fn scenarios() {
    let mut client = client();
    let put = |client: &mut Client, path: &str, name: &str| {
        control(client, "PUT", path, &format!(r#"{{"scenario":"{name}"}}"#))
    };
    let url = "scenarios/https%3A%2F%2Fshop.test%2Fa%3Fb";
    let answer = put(&mut client, url, "stuck");
    assert_eq!(answer, (200, json!({"target": "https://shop.test/a?b", "scenario": "stuck"})));
    put(&mut client, "scenarios/p1", "busy");
    put(&mut client, "scenarios", "slow");
    let all = get(&mut client, "scenarios");
    assert_eq!(all["all"], "slow");
    assert_eq!(all["targets"], json!({"https://shop.test/a?b": "stuck", "p1": "busy"}));
    assert_eq!(all["known"].as_array().unwrap().len(), Scenario::ALL.len());
    assert_eq!(client.emulator.scenarios().count(), 3);
    assert_eq!(get(&mut client, "scenarios/p1")["scenario"], "busy");
    assert_eq!(get(&mut client, "scenarios/p2")["scenario"], "slow");
    let named = get(&mut client, "scenarios/https://scenario-clean.test/");
    assert_eq!(named, json!({"target": "https://scenario-clean.test/", "scenario": "clean"}));
    assert_eq!(control(&mut client, "DELETE", "scenarios/p1", "").1["scenario"], "slow");
    let (_, none) = control(&mut client, "DELETE", "scenarios", "");
    assert_eq!((&none["all"], &none["targets"]), (&Value::Null, &json!({})));

    refused(&mut client, "PUT", "scenarios/a", r#"{"scenario":"stuk"}"#, "did you mean stuck?");
    refused(&mut client, "PUT", "scenarios/a", r#"{"scenario":1}"#, "not like");
    refused(&mut client, "PUT", "scenarios/a", "stuck", "not like");
    refused(&mut client, "PUT", "scenarios/", r#"{"scenario":"stuck"}"#, "1 to 2048 bytes");
    let long = format!("scenarios/{}", "x".repeat(2_049));
    refused(&mut client, "PUT", &long, r#"{"scenario":"stuck"}"#, "1 to 2048 bytes");
    for i in 0..1_000 {
        assert_eq!(put(&mut client, &format!("scenarios/t{i}"), "stuck").0, 200);
    }
    refused(&mut client, "PUT", "scenarios/a", r#"{"scenario":"stuck"}"#, "1000 targets");
    assert_eq!(put(&mut client, "scenarios/t7", "clean").0, 200);
}

#[test]
fn requests() {
    let mut client = client();
    client.raw(&GetJobs::new(10, 1));
    client.raw(&SearchJobs::new(10, 1));
    let all = get(&mut client, "requests");
    assert_eq!(all["last"], 2);
    assert_eq!(
        all["requests"][0],
        json!({"number": 1, "time": "2024-07-08T04:12:03.000Z", "method": "GET",
            "path": "/api/v1/jobs?limit=10&page=1", "operation": "wsc.getJobs", "status": 200,
            "fault": false, "account": "emulator", "unread": [], "lesson": null})
    );
    let newer = get(&mut client, "requests?since=1");
    assert_eq!(newer["requests"].as_array().unwrap().len(), 1);
    assert_eq!(newer["requests"][0]["operation"], "wsc.searchJobs");
    refused(&mut client, "GET", "requests?since=x", "", "the number of a request");
    refused(&mut client, "GET", "requests?after=1", "", "only since");

    let mut wrong = crate::client::authorized(&GetJobs::new(10, 1), START);
    *wrong.uri_mut() = "/api/v1/jobs?page=1&limit=10".parse().unwrap();
    client.send(&wrong);
    let lesson = &get(&mut client, "requests?since=2")["requests"][0]["lesson"];
    assert_eq!(lesson["causes"][0]["cause"], "query-reordered");
    assert!(lesson["causes"][0]["hint"].as_str().unwrap().starts_with("sign the query"));
    assert_eq!(lesson["differs_at"], "GET /api/v1/jobs?".len());
    assert_eq!(
        lesson["received"],
        "GET /api/v1/jobs?limit=10&page=1\n1720411923000\nshindan-emulator-access-key"
    );
    assert_eq!(get(&mut client, "near-misses"), json!({"near_misses": []}));
    assert_eq!(get(&mut client, "unread-fields"), json!({"unread_fields": []}));
    let stray = Request::get("/v2/crawls?user=u&deep=1").body(bytes::Bytes::new()).unwrap();
    client.send(&stray);
    let misses = &get(&mut client, "near-misses")["near_misses"];
    assert_eq!(misses[0]["nearest"], "vaddy.v2.searchCrawls");
    assert_eq!(misses[0]["request"]["path"], "/v2/crawls?user=***&deep=***");
}

#[test]
fn the_state() {
    let mut client = client();
    client.raw(&CreateJob::new("https://user:pass@site/a?key=canary#x"));
    client.wait_ms(30_000);
    control(&mut client, "PUT", "scenarios/p", r#"{"scenario":"slow"}"#);
    let id = client.ask(&v2::StartScan::new("p")).unwrap().scan_id;
    // What runs keeps what it was created with.
    control(&mut client, "PUT", "scenarios/p", r#"{"scenario":"stuck"}"#);
    assert_eq!(
        get(&mut client, "state"),
        json!({"state": [
            {"service": "wsc", "id": "1234567890", "target": "https://site/a",
                "state": "diagnostic in progress", "started": "2024-07-08T04:12:03.000Z", "scenario": null},
            {"service": "vaddy", "id": id.as_str(), "target": "p",
                "state": "scanning", "started": "2024-07-08T04:12:33.000Z", "scenario": "slow"},
        ]})
    );
}

#[test]
fn a_reset() {
    let mut client =
        Client::of(Emulator::builder().seed(7).clock(Clock::Times(60)).build(START).with_log(true));
    let first = client.raw(&v2::StartScan::new("p"));
    client.raw(&CreateJob::new("http://site"));
    client.send(&crate::client::encoded(&GetJobs::new(1, 1)));
    control(&mut client, "PUT", "scenarios", r#"{"scenario":"slow"}"#);
    let fault = r#"[{"operation":"wsc.getJobs","status":500}]"#;
    assert_eq!(control(&mut client, "PUT", "faults", fault).0, 200);
    client.wait_ms(SCAN_MS);
    let (status, health) = control(&mut client, "POST", "reset", "");
    assert_eq!((status, &health["refused_signatures"]), (200, &json!(0)));
    let ledger = json!({"wsc": {"created": 0}, "vaddy": {"started": 0}, "calls": []});
    assert_eq!(get(&mut client, "ledger"), ledger);
    assert_eq!(get(&mut client, "state"), json!({"state": []}));
    assert_eq!(get(&mut client, "faults"), json!({"faults": []}));
    assert_eq!(get(&mut client, "scenarios")["all"], Value::Null);
    assert_eq!(get(&mut client, "requests"), json!({"requests": [], "last": 3}));
    let clock = get(&mut client, "clock");
    assert_eq!((&clock["mode"], &clock["time"]), (&json!("x60"), &clock["real"]));
    assert_eq!(client.ask(&GetJobs::new(1, 1)).unwrap().resources.total_cnt, 0);
    // The seed stays, so the same scan has the same id.
    assert_eq!(client.raw(&v2::StartScan::new("p")), first);
}
