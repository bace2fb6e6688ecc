//! What holds for every operation of both services, as `each` lists them.

use std::collections::BTreeSet;

use bytes::Bytes;
use http::Request;
use proptest::{
    prelude::*,
    test_runner::{TestCaseError, TestRunner},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shindan_proto::{Base, EncodeError, accept, decode, encode, respond};
use shindan_wire::{Api, Args, Effect, Endpoint, Fault, Method, Visit};
use vaddy_model::{Vaddy, VaddyFault};
use wsc_model::{JobPage, Reply, ResultButton, Wsc, WscFault};

use crate::{each, generate::generate, random::Random};

fn base() -> Base {
    "https://example.com".parse().expect("it is a url")
}

/// Holds a property over seeds.
fn for_seeds(name: &str, property: impl Fn(u64) -> Result<(), TestCaseError>) {
    TestRunner::default()
        .run(&any::<u64>().no_shrink(), property)
        .unwrap_or_else(|error| panic!("{name}: {error}"));
}

#[test]
fn there_are_eighteen_operations_and_each_has_its_own_name() {
    struct Names(Vec<&'static str>);
    impl Visit for Names {
        fn endpoint<E: Endpoint>(&mut self) {
            self.0.push(E::NAME);
        }
    }
    let mut names = Names(Vec::new());
    each(&mut names);
    assert_eq!(names.0.len(), 18);
    assert_eq!(names.0.iter().collect::<BTreeSet<_>>().len(), 18);
}

/// The laws are worth as much as the values that they are held against.
#[test]
fn generated_values_are_long_deep_and_absent() {
    let pages = (0..1_024).map(|seed| generate::<Reply<JobPage>>(seed).resources.record_data);
    let pages: Vec<_> = pages.collect();
    assert!(pages.iter().any(Vec::is_empty));
    assert!(pages.iter().any(|jobs| jobs.len() == 3));
    let jobs: Vec<_> = pages.into_iter().flatten().collect();
    assert!(jobs.iter().any(|job| !job.slave_data.is_empty()));
    assert!(jobs.iter().any(|job| job.scan_cnt.is_none()));
    assert!(jobs.iter().any(|job| job.scan_cnt > Some(u64::from(u32::MAX))));
    assert!(jobs.iter().any(|job| job.result_button == Some(ResultButton::Report)));
    assert!(jobs.iter().any(|job| job.result_button.as_ref().is_some_and(|b| !b.is_known())));
}

#[test]
fn the_server_reads_the_request_that_the_client_meant() {
    struct Law;
    impl Visit for Law {
        fn endpoint<E: Endpoint>(&mut self) {
            for_seeds(E::NAME, |seed| {
                let operation: E = generate(seed);
                let request = encode(&base(), &operation)
                    .map_err(|error| TestCaseError::fail(format!("{operation:?}: {error}")))?;
                prop_assert_eq!(accept::<E>(&request), Some(Ok(operation)), "{:?}", request);
                Ok(())
            });
        }
    }
    each(&mut Law);
}

#[test]
fn the_client_reads_the_answer_that_the_server_meant() {
    struct Law;
    impl Visit for Law {
        fn endpoint<E: Endpoint>(&mut self) {
            for_seeds(E::NAME, |seed| {
                let answer: E::Response = generate(seed);
                let response = respond(&answer);
                let body = response.body().clone();
                let read = decode::<E>(response)
                    .map_err(|error| TestCaseError::fail(format!("{error:?} {body:?}")))?;
                prop_assert_eq!(&read.value, &answer, "{:?}", body);
                prop_assert_eq!(read.rejected, []);
                Ok(())
            });
        }
    }
    each(&mut Law);
}

/// 18 x 18: a router that is a list of types has no order.
#[test]
fn a_request_is_accepted_by_its_own_operation_alone() {
    struct Requests(Vec<(&'static str, Request<Bytes>)>);
    impl Visit for Requests {
        fn endpoint<E: Endpoint>(&mut self) {
            for seed in 0..64 {
                let request = encode(&base(), &generate::<E>(seed)).expect("it is canonical");
                self.0.push((E::NAME, request));
            }
        }
    }
    struct Router(Vec<(&'static str, Request<Bytes>)>);
    impl Visit for Router {
        fn endpoint<E: Endpoint>(&mut self) {
            for (name, request) in &self.0 {
                assert_eq!(accept::<E>(request).is_some(), *name == E::NAME, "{name} {}", E::NAME);
            }
        }
    }
    let mut requests = Requests(Vec::new());
    each(&mut requests);
    each(&mut Router(requests.0));
}

#[test]
fn a_path_has_the_segments_of_its_template_and_nothing_climbs() {
    struct Law;
    impl Visit for Law {
        fn endpoint<E: Endpoint>(&mut self) {
            for_seeds(E::NAME, |seed| {
                let operation: E = generate(seed);
                let Ok(request) = encode(&base(), &operation) else { return Ok(()) };
                let path = request.uri().path();
                prop_assert_eq!(path.split('/').count(), E::PATH.split('/').count(), "{}", path);
                for segment in path.split('/').skip(1) {
                    let plain = segment.to_ascii_lowercase().replace("%2e", ".");
                    prop_assert!(!["", ".", ".."].contains(&plain.as_str()), "{}", path);
                }
                Ok(())
            });
        }
    }
    each(&mut Law);
    // The services' own path arguments are all digits, so this one carries what the law is about.
    Law.endpoint::<Probe>();
    for hostile in ["", ".", ".."] {
        encode(&base(), &Probe { name: hostile.to_owned() }).expect_err(hostile);
    }
}

/// An operation whose path argument is any text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Probe {
    name: String,
}

impl Endpoint for Probe {
    type Api = Vaddy;
    type Response = Self;
    const NAME: &'static str = "probe";
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/probe/{name}/end";
    const ARGS: Args = Args::None;
    const EFFECT: Effect = Effect::Read;
    const DOCS: &'static str = "https://example.com";
}

/// Every text argument of every operation; what is not listed is refused by its type already.
const TEXT_ARGUMENTS: &[&str] = &[
    "createJob.ExcludeUrl",
    "createJob.Headers",
    "createJob.Memo",
    "createJob.Speed",
    "createJob.StartUrl",
    "createJob.UserAgent",
    "createJob.VulnItems",
    "searchJobs.searchKeyword",
    "searchJobs.searchType",
    "v1.cancelScan.fqdn",
    "v1.cancelScan.verification_code",
    "v1.checkRunning.fqdn",
    "v1.checkRunning.verification_code",
    "v1.getScanResult.fqdn",
    "v1.getScanResult.verification_code",
    "v1.searchCrawls.fqdn",
    "v1.searchCrawls.search_label",
    "v1.searchCrawls.sort",
    "v1.searchCrawls.verification_code",
    "v1.startScan.fqdn",
    "v1.startScan.scan_type",
    "v1.startScan.verification_code",
    "v2.checkRunning.project_id",
    "v2.searchCrawls.project_id",
    "v2.searchCrawls.search_label",
    "v2.searchCrawls.sort",
    "v2.startScan.project_id",
    "v2.startScan.scan_type",
];

#[test]
fn a_control_character_in_any_text_is_refused_by_name() {
    struct Law(BTreeSet<String>);
    impl Visit for Law {
        fn endpoint<E: Endpoint>(&mut self) {
            for seed in 0..64 {
                let good = serde_json::to_value(generate::<E>(seed)).expect("it is json");
                for (path, text) in texts(&good) {
                    for control in ['\0', '\n', '\r', '\u{1b}', '\u{7f}', '\u{85}'] {
                        let mut bad = good.clone();
                        *bad.pointer_mut(&path).expect("it was found there") =
                            Value::String(format!("a{control}{text}b"));
                        let Ok(operation) = serde_json::from_value::<E>(bad) else { continue };
                        let name = path.rsplit('/').find(|part| part.parse::<u8>().is_err());
                        let name = name
                            .expect("every text has a field")
                            .replace("~1", "/")
                            .replace("~0", "~");
                        let refusal = encode(&base(), &operation).expect_err(&path);
                        assert_eq!(refusal, EncodeError::ControlCharacter(name.clone()), "{path}");
                        assert!(refusal.to_string().contains(&name), "{refusal}");
                        let field = path.split('/').nth(1).expect("a pointer begins with a slash");
                        self.0.insert(format!("{}.{field}", E::NAME));
                    }
                }
            }
        }
    }
    let mut law = Law(BTreeSet::new());
    each(&mut law);
    assert_eq!(law.0.iter().map(String::as_str).collect::<Vec<_>>(), TEXT_ARGUMENTS);

    let mut job = wsc_model::CreateJob::new("https://example.com");
    job.headers.insert("X-A\r\nX-B".to_owned(), shindan_wire::Secret::new("fake".to_owned()));
    assert_eq!(
        encode(&base(), &job).unwrap_err(),
        EncodeError::ControlCharacter("Headers".to_owned())
    );
}

/// The texts in a JSON value and their JSON pointers.
fn texts(value: &Value) -> Vec<(String, String)> {
    let below = |key: &str, value: &Value| -> Vec<(String, String)> {
        let key = key.replace('~', "~0").replace('/', "~1");
        texts(value).into_iter().map(|(path, text)| (format!("/{key}{path}"), text)).collect()
    };
    match value {
        Value::String(text) => vec![(String::new(), text.clone())],
        Value::Array(items) => {
            items.iter().enumerate().flat_map(|(i, item)| below(&i.to_string(), item)).collect()
        }
        Value::Object(fields) => fields.iter().flat_map(|(key, item)| below(key, item)).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => Vec::new(),
    }
}

#[test]
fn a_fault_survives_its_body() {
    fn survives<A: Api>(fault: &A::Fault) -> Result<(), TestCaseError> {
        let body = fault.to_body();
        let again = A::fault(fault.status(), &body);
        prop_assert_eq!(again.as_ref(), Some(fault), "{}", String::from_utf8_lossy(&body));
        Ok(())
    }
    for_seeds("faults", |seed| {
        let mut random = Random(seed);
        let status = u16::try_from(100 + random.below(500)).expect("it is below 600");
        let text = |random: &mut Random| format!("a{}b", random.text());
        let details = (random.below(2) == 0).then(|| text(&mut random));
        let code = u32::try_from(random.below(1 << 32)).expect("it has 32 bits");
        survives::<Wsc>(&WscFault::service(status, code, &text(&mut random)))?;
        let code = if random.below(2) == 0 { code.to_string() } else { text(&mut random) };
        survives::<Wsc>(&WscFault::gateway(status, &code, &text(&mut random), details.as_deref()))?;
        survives::<Vaddy>(&VaddyFault::new(status, details.as_deref().or(Some("no"))))?;
        // Whatever else a server makes up is read as a fault or not at all, and a fault can be said again.
        for body in FOREIGN_BODIES {
            if let Some(fault) = Wsc::fault(status, body.as_bytes()) {
                survives::<Wsc>(&fault)?;
            }
            if let Some(fault) = Vaddy::fault(status, body.as_bytes()) {
                survives::<Vaddy>(&fault)?;
            }
        }
        Ok(())
    });
    survives::<Vaddy>(&VaddyFault::new(401, None)).unwrap();
}

const FOREIGN_BODIES: &[&str] = &[
    "",
    "<html>",
    "null",
    "[]",
    r#"{"error":"no"}"#,
    r#"{"error":{}}"#,
    r#"{"error":{"errorCode":" ","message":"no"}}"#,
    r#"{"error":{"errorCode":401,"message":"no","details":"why"}}"#,
    r#"{"error":{"errorCode":"E1","message":null,"details":""}}"#,
    r#"{"error":{"errorCode":1.5}}"#,
    r#"{"returnCode":1,"returnMessage":"no"}"#,
    r#"{"returnCode":"-1","resources":null}"#,
    r#"{"error_message":"no"}"#,
    r#"{"error_message":""}"#,
    r#"{"error_message":["no"]}"#,
];
