//! Calls that fail on purpose.

use http::header;
use serde_json::json;
use shindan_emulator::{Delivery, Emulator, FaultRule, When};
use shindan_proto::Error;
use shindan_wire::{Fault, FaultKind};
use vaddy_model::v2;
use wsc_model::{CreateJob, GetJobs, GetReport, InstanceNo};

use crate::client::{Client, START, authorized, control, raw};

pub(crate) fn client_with(rules: Vec<FaultRule>) -> Client {
    let mut emulator = Emulator::new(START).with_log(true);
    emulator.set_faults(rules).expect("the rules can be played");
    Client::of(emulator)
}

pub(crate) fn rule(operation: &str, status: u16) -> FaultRule {
    FaultRule { status: Some(status), ..FaultRule::new(operation) }
}

fn error(code: &str, message: &str) -> String {
    format!(r#"{{"error":{{"errorCode":"{code}","message":"{message}"}}}}"#)
}

/// Documented (faults, <https://api.ncloud-docs.com/docs/en/security-websecuritychecker>): an error of
/// WSC on purpose has the code and the text that its gateway and its service have for this status.
/// Assumed (faults): a status for which there is none is a page of HTML.
#[test]
fn wsc_has_its_dialect() {
    let fault = |status: Option<u16>, code: Option<u32>| {
        let rule = FaultRule { status, code, ..FaultRule::new("wsc.getJobs") };
        client_with(vec![rule]).raw(&GetJobs::new(10, 1))
    };
    for (status, code, answer, body) in [
        (Some(429), None, 429, error("410", "Throttle Limited")),
        (Some(429), Some(400), 429, error("400", "Quota Exceeded")),
        (None, Some(420), 429, error("420", "Rate Limited")),
        (Some(503), None, 503, error("500", "Endpoint Error")),
        (Some(504), None, 504, error("510", "Endpoint Timeout")),
        (Some(500), None, 500, error("900", "Unexpected Error")),
        (None, Some(210), 401, error("210", "Permission Denied")),
        (Some(404), None, 404, error("300", "Not Found Exception")),
        (Some(413), None, 413, error("430", "Request Entity Too Large")),
        (Some(400), None, 400, error("100", "Bad Request Exception")),
        (
            Some(401),
            None,
            401,
            error("200", "Authentication Failed")
                .replace("\"}}", r#"","details":"Invalid authentication information."}}"#),
        ),
        (None, Some(901), 400, r#"{"error":{"errorCode":901,"message":"API Call Fail"}}"#.into()),
        (
            Some(200),
            Some(901),
            200,
            r#"{"error":{"errorCode":901,"message":"API Call Fail"}}"#.into(),
        ),
        (
            None,
            Some(169_201),
            401,
            r#"{"error":{"errorCode":169201,"message":"Auth Check Error"}}"#.into(),
        ),
        (
            Some(200),
            Some(169_202),
            200,
            r#"{"error":{"errorCode":169202,"message":"User Check Error"}}"#.into(),
        ),
    ] {
        assert_eq!(fault(status, code), (answer, body), "{status:?} {code:?}");
    }
    let (status, page) = fault(Some(502), None);
    assert_eq!((status, page.starts_with("<html>")), (502, true), "{page}");
}

/// Documented (faults, <https://github.com/vaddy/WebAPI-document/blob/master/VAddy-WebApi.md>): a 400 of
/// VAddy on purpose is `error_message` with the given text.
/// Assumed (faults): a 401 is empty, and a 5xx is a page of HTML.
#[test]
fn vaddy_has_its_dialect() {
    let fault = |status: u16, message: Option<&str>| {
        let message = message.map(str::to_owned);
        let rule = FaultRule { message, ..rule("vaddy.v2.checkRunning", status) };
        client_with(vec![rule]).answer(&v2::CheckRunning::new("p"))
    };
    assert_eq!(raw(&fault(401, None)), (401, String::new()));
    let busy = r#"{"error_message":"Scan has already been running"}"#.to_owned();
    assert_eq!(raw(&fault(400, Some("Scan has already been running"))), (400, busy));
    let page = fault(503, None);
    assert_eq!(page.headers()[header::CONTENT_TYPE], "text/html");
    assert!(raw(&page).1.contains("503 Service Unavailable"));
}

#[test]
fn bodies_and_headers_of_ones_own() {
    for (body, status, content_type) in [
        ("<html>login</html>", None, "text/html"),
        (r#"{"error_message":"x"}"#, Some(418), "application/json"),
        ("plain", Some(200), "text/plain"),
    ] {
        let rule = FaultRule {
            body: Some(body.to_owned()),
            status,
            retry_after: Some(7),
            ..FaultRule::new("wsc.getJobs")
        };
        let answer = client_with(vec![rule]).answer(&GetJobs::new(10, 1));
        assert_eq!(raw(&answer), (status.unwrap_or(200), body.to_owned()));
        assert_eq!(answer.headers()[header::CONTENT_TYPE], content_type);
        assert_eq!(answer.headers()[header::RETRY_AFTER], "7");
        assert_eq!(answer.headers()["x-shindan-emulator"], "1");
    }
}

/// Own (faults): an answer can be reset, cut, slow, late, endless or none at all.
#[test]
fn deliveries_travel_with_the_answer() {
    for delivery in [
        Delivery::Reset { after: 3 },
        Delivery::Truncate { after: 3 },
        Delivery::Stall { after: 0 },
        Delivery::Drip,
        Delivery::Huge,
    ] {
        let bad = FaultRule { delivery: Some(delivery), ..FaultRule::new("wsc.getJobs") };
        let answer = client_with(vec![bad.clone()]).answer(&GetJobs::new(10, 1));
        assert_eq!(answer.extensions().get(), Some(&delivery));
        // Nothing else was said, so it is the operation's own answer.
        assert_eq!(raw(&answer), Client::new().raw(&GetJobs::new(10, 1)));
        let with_status = FaultRule { status: Some(503), ..bad };
        let answer = client_with(vec![with_status]).answer(&GetJobs::new(10, 1));
        assert_eq!((answer.status().as_u16(), answer.extensions().get()), (503, Some(&delivery)));
    }
    let whole = client_with(vec![rule("wsc.getJobs", 503)]).answer(&GetJobs::new(10, 1));
    assert_eq!(whole.extensions().get::<Delivery>(), None);
}

/// Own (faults): a rule is about one operation, or one target of it, and counts its calls from 1.
#[test]
fn calls_are_counted_per_operation_and_target() {
    let statuses = |when: When, target: Option<&str>, projects: &[&str]| {
        let target = target.map(str::to_owned);
        let rule = FaultRule { when, target, ..rule("vaddy.v2.checkRunning", 503) };
        let mut client = client_with(vec![rule]);
        let ask = |project: &&str| {
            // Another operation in between changes no count.
            client.raw(&v2::SearchCrawls::new(project));
            client.raw(&v2::CheckRunning::new(project)).0
        };
        projects.iter().map(ask).collect::<Vec<u16>>()
    };
    let five = ["a"; 5];
    assert_eq!(statuses(When::Always, None, &five), [503; 5]);
    assert_eq!(statuses(When::Nth(vec![1, 4]), None, &five), [503, 200, 200, 503, 200]);
    assert_eq!(statuses(When::Every(2), None, &five), [200, 503, 200, 503, 200]);
    let mixed = ["a", "b", "a", "b", "b"];
    assert_eq!(statuses(When::Nth(vec![2]), Some("b"), &mixed), [200, 200, 200, 503, 200]);
}

#[test]
fn targets_are_found_where_they_stand() {
    let job = CreateJob::new("https://shop.test/ä");
    let report = GetReport::new(InstanceNo::new("77").unwrap());
    let hits = |target: &str, operation: &str| {
        let target = Some(target.to_owned());
        let mut client = client_with(vec![FaultRule { target, ..rule(operation, 503) }]);
        (client.raw(&job).0, client.raw(&report).0, client.raw(&v2::StartScan::new("a b")).0)
    };
    assert_eq!(hits("https://shop.test/ä", "wsc.createJob").0, 503);
    assert_eq!(hits("other", "wsc.createJob").0, 200);
    assert_eq!(hits("77", "wsc.getReport").1, 503);
    assert_eq!(hits("78", "wsc.getReport").1, 400);
    assert_eq!(hits("a b", "vaddy.v2.startScan").2, 503);
}

#[test]
fn the_first_rule_that_fits_is_played_and_all_count() {
    let second = FaultRule { when: When::Nth(vec![2]), ..rule("wsc.getJobs", 503) };
    let mut client = client_with(vec![second, rule("wsc.getJobs", 429)]);
    let mut status = || client.raw(&GetJobs::new(10, 1)).0;
    assert_eq!([status(), status(), status()], [429, 503, 429]);
    let counts: Vec<_> =
        client.emulator.faults().map(|(_, counted, played)| (counted, played)).collect();
    assert_eq!(counts, [(3, 1), (3, 2)]);
    assert!(client.emulator.requests_since(0).all(|logged| logged.fault));
}

/// Own (faults): a fault comes before a request is carried out, unless it is told to come after it.
#[test]
fn what_is_not_executed_starts_nothing() {
    for (executed, billed) in [(None, 0), (Some(false), 0), (Some(true), 1)] {
        let rule = FaultRule { executed, ..rule("wsc.createJob", 504) };
        let mut client = client_with(vec![rule]);
        assert_eq!(client.raw(&CreateJob::new("http://site")).0, 504);
        client.emulator.assert_billed(billed);
    }
    for (executed, billed) in [(None, 1), (Some(false), 0)] {
        let delivery = Some(Delivery::Reset { after: 0 });
        let rule = FaultRule { executed, delivery, ..FaultRule::new("wsc.createJob") };
        client_with(vec![rule.clone()]).raw(&CreateJob::new("http://site"));
        let mut client = client_with(vec![rule]);
        client.raw(&CreateJob::new("http://site"));
        client.emulator.assert_billed(billed);
    }
}

#[test]
fn rules_over_http() {
    let mut client = Client::new();
    let rules = r#"[
        {"operation":"wsc.getJobs","nth":[1],"status":429,"retry_after":3},
        {"operation":"vaddy.v2.startScan","every":2,"target":"p","delivery":"truncate","after":5,"executed":true}
    ]"#;
    let (status, set) = control(&mut client, "PUT", "faults", rules);
    assert_eq!(status, 200, "{set}");
    client.raw(&GetJobs::new(10, 1));
    let shown = json!({"faults": [
        {"operation": "wsc.getJobs", "nth": [1], "status": 429, "retry_after": 3, "counted": 1, "played": 1},
        {"operation": "vaddy.v2.startScan", "every": 2, "target": "p", "delivery": "truncate", "after": 5,
            "executed": true, "counted": 0, "played": 0},
    ]});
    assert_eq!(control(&mut client, "GET", "faults", ""), (200, shown.clone()));

    for (rules, why) in [
        ("", "not like"),
        (r#"{"operation":"wsc.getJobs"}"#, "not like"),
        (r#"[{"status":500}]"#, "missing field `operation`"),
        (r#"[{"operation":"wsc.getReports","status":500}]"#, "did you mean wsc.getReport?"),
        (r#"[{"operation":"getJobs","status":500}]"#, "did you mean wsc.getJobs?"),
        (r#"[{"operation":"vaddy.startScan","status":500}]"#, "did you mean vaddy.v"),
        (r#"[{"operation":"wsc.getJobs","sattus":500}]"#, "unknown field `sattus`"),
        (r#"[{"operation":"wsc.getJobs"}]"#, "rule 1: nothing fails"),
        (r#"[{"operation":"wsc.getJobs","retry_after":1}]"#, "nothing fails"),
        (r#"[{"operation":"wsc.getJobs","status":500,"nth":[]}]"#, "the first is 1"),
        (r#"[{"operation":"wsc.getJobs","status":500,"nth":[0]}]"#, "the first is 1"),
        (r#"[{"operation":"wsc.getJobs","status":500,"every":0}]"#, "every is 1 or more"),
        (r#"[{"operation":"wsc.getJobs","status":500,"every":1,"nth":[1]}]"#, "not both"),
        (r#"[{"operation":"wsc.getJobs","status":500,"target":""}]"#, "the target is empty"),
        (r#"[{"operation":"wsc.getJobs","status":418}]"#, "nothing for http 418"),
        (r#"[{"operation":"wsc.getJobs","status":200}]"#, "nothing for http 200"),
        (r#"[{"operation":"wsc.getJobs","status":200,"code":410}]"#, "comes with http [429]"),
        (r#"[{"operation":"wsc.getJobs","code":411}]"#, "no code 411"),
        (r#"[{"operation":"wsc.getJobs","status":400,"message":"x"}]"#, "only vaddy's"),
        (r#"[{"operation":"wsc.getJobs","code":901,"body":"x"}]"#, "only wsc has codes"),
        (r#"[{"operation":"wsc.getJobs","status":99,"body":"x"}]"#, "between 200 and 599"),
        (r#"[{"operation":"wsc.getJobs","status":600,"body":"x"}]"#, "between 200 and 599"),
        (r#"[{"operation":"vaddy.v1.startScan","code":901}]"#, "only wsc has codes"),
        (r#"[{"operation":"vaddy.v1.startScan","status":400}]"#, "need a message"),
        (r#"[{"operation":"vaddy.v1.startScan","status":503,"message":"x"}]"#, "400 and 404"),
        (
            r#"[{"operation":"vaddy.v1.startScan","message":"x","delivery":"drip"}]"#,
            "needs a status",
        ),
        (r#"[{"operation":"vaddy.v1.startScan","status":429}]"#, "nothing for http 429"),
        (r#"[{"operation":"wsc.getJobs","delivery":"drip","after":1}]"#, "after goes with"),
        (r#"[{"operation":"wsc.getJobs","status":500,"after":1}]"#, "after goes with"),
        (r#"[{"operation":"wsc.getJobs","delivery":"explode"}]"#, "unknown variant"),
        (
            r#"[{"operation":"wsc.getJobs","delivery":"drip","executed":false}]"#,
            "no answer to deliver",
        ),
    ] {
        let (status, body) = control(&mut client, "PUT", "faults", rules);
        let error = body["error"].as_str().expect("a reason");
        assert!(status == 400 && error.contains(why), "{rules}: {error}");
    }
    let many = vec![rule("wsc.getJobs", 500); 101];
    assert!(client.emulator.set_faults(many).unwrap_err().to_string().contains("101 rules"));
    assert_eq!(control(&mut client, "GET", "faults", ""), (200, shown), "nothing was changed");
    assert_eq!(control(&mut client, "DELETE", "faults", ""), (200, json!({"faults": []})));
    assert_eq!(client.raw(&GetJobs::new(10, 1)).0, 200);
}

/// Every gateway code is read by the client as what it is.
#[test]
fn the_client_understands_the_dialect() {
    for (code, kind) in [
        (100, FaultKind::Refused),
        (200, FaultKind::Unauthenticated),
        (210, FaultKind::Forbidden),
        (300, FaultKind::Refused),
        (400, FaultKind::Quota),
        (410, FaultKind::Throttled),
        (420, FaultKind::Throttled),
        (430, FaultKind::Refused),
        (500, FaultKind::Server),
        (510, FaultKind::Server),
        (900, FaultKind::Server),
        (901, FaultKind::CatchAll),
        (169_201, FaultKind::Forbidden),
        (169_202, FaultKind::Forbidden),
        (160_331, FaultKind::Refused),
        (160_332, FaultKind::Refused),
        (160_351, FaultKind::Refused),
        (160_353, FaultKind::Refused),
    ] {
        let rule = FaultRule { code: Some(code), ..FaultRule::new("wsc.getJobs") };
        let Err(Error::Fault(fault)) = client_with(vec![rule]).ask(&GetJobs::new(10, 1)) else {
            panic!("{code} is no fault")
        };
        assert_eq!((fault.kind(), fault.code()), (kind, Some(&*code.to_string())));
    }
}

/// A rule about one operation touches no other, and whether credentials are right makes no difference.
#[test]
fn strangers_are_counted_too() {
    let mut client =
        client_with(vec![FaultRule { when: When::Nth(vec![2]), ..rule("wsc.getJobs", 503) }]);
    let mut wrong = authorized(&GetJobs::new(10, 1), START);
    wrong.headers_mut().remove("x-ncp-iam-access-key");
    assert_eq!(client.send(&wrong).status(), 401);
    assert_eq!(client.raw(&GetJobs::new(10, 1)).0, 503);
    assert_eq!(client.raw(&GetJobs::new(10, 1)).0, 200);
}
