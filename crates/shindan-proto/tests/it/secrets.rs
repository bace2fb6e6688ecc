//! A canary goes in wherever a secret does, and is seen nowhere that people or logs look.

use core::{error::Error as StdError, fmt::Debug, time::Duration};

use bytes::Bytes;
use http::Response;
use ncp_sign::Credential;
use shindan_proto::{
    Authorize, Failure, FaultOf, KeyIn, NcpKey, Now, Sent, Step, Target, Timestamp, VaddyKey,
    decode,
};
use shindan_wire::{Endpoint, Fault, Secret};
use vaddy_model::v2;
use wsc_model::{CreateJob, GetJobs, GetReport};

use crate::generate::generate;

const CANARY: &str = "CANARY0f3a91";
const NOW: Now = Now { mono: Duration::ZERO, wall: Timestamp::from_unix_ms(1_720_412_345_678) };

#[track_caller]
fn assert_silent(what: &impl Debug) {
    for shown in [format!("{what:?}"), format!("{what:#?}")] {
        assert!(!shown.contains(CANARY), "{shown}");
    }
}

#[track_caller]
fn assert_chain_silent(error: &(dyn StdError + 'static)) {
    let mut next = Some(error);
    while let Some(error) = next {
        assert!(!error.to_string().contains(CANARY), "{error}");
        next = error.source();
    }
}

fn job() -> CreateJob {
    let mut job = CreateJob::new("https://example.com");
    job.headers.insert("Cookie".to_owned(), Secret::new(format!("SESSION={CANARY}")));
    job
}

fn wsc() -> Target<NcpKey> {
    let credential = Credential::new("AKIDEXAMPLE", CANARY).expect("both keys are valid");
    Target::new("https://example.com".parse().expect("it is a url"), NcpKey::new(credential))
}

fn vaddy(key_in: KeyIn) -> Target<VaddyKey> {
    let key = VaddyKey::new("alice", CANARY).expect("both are valid").with_key_in(key_in);
    Target::new("https://example.com".parse().expect("it is a url"), key)
}

#[test]
fn credentials_targets_and_operations_are_silent() {
    assert_silent(&wsc());
    assert_silent(&vaddy(KeyIn::Header));
    assert_silent(&vaddy(KeyIn::Parameter));
    assert_silent(&job());
    for key in [format!("{CANARY}\n"), format!("{CANARY} ")] {
        let refusal = VaddyKey::new("alice", &key).expect_err("it has a space");
        assert_silent(&refusal);
        assert_chain_silent(&refusal);
    }
    for url in [format!("https://user:{CANARY}@host"), format!("https://host/?key={CANARY}")] {
        let refusal = url.parse::<shindan_proto::Base>().expect_err("it may hold a password");
        assert_silent(&refusal);
        assert_chain_silent(&refusal);
    }
}

#[test]
fn an_operation_that_cannot_be_encoded_is_silent() {
    let mut job = job();
    job.headers.insert("X-Key".to_owned(), Secret::new(format!("{CANARY}\r\n")));
    let Step::Done(Err(error)) = wsc().call(NOW, &job) else { panic!("it must not be sent") };
    assert_silent(&error);
    assert_chain_silent(&error);
}

#[test]
fn a_report_is_silent() {
    let body = format!(
        r#"{{"returnCode":"0","resources":{{"Login_Info":"SESSION={CANARY}","Details":{{"cookie":"{CANARY}"}},
        "Scanned_Domain_List":["{CANARY}"],"Classify_byRisk_Level":{{"Total":0}}}}}}"#
    );
    let answer = decode::<GetReport>(Response::new(body.into())).expect("it is a report");
    let login = answer.value.0.login_info.as_ref().expect("it is there");
    assert!(login.expose().contains(CANARY));
    assert_silent(&answer);
    assert_silent(&answer.value);
}

/// Bodies with the canary where no text was expected.
fn bodies() -> impl Iterator<Item = String> {
    [
        CANARY.to_owned(),
        format!("<html>{CANARY}"),
        format!("\"{CANARY}\""),
        format!(r#"{{"returnCode":"0","resources":"{CANARY}"}}"#),
        format!(r#"{{"returnCode":"0","resources":["{CANARY}","#),
        format!(r#"{{"returnCode":"0","resources":{{"total_cnt":"{CANARY}"}}}}"#),
        format!(r#"{{"returnCode":"0","resources":{{"Classify_byRisk_Level":"a\"{CANARY}\"b"}}}}"#),
        format!(r#"{{"scan_id":"{CANARY} "not an id"}}"#),
        format!(r#"{{"scan_id":"{CANARY} not an id","status":["{CANARY}"],"running_process":"{CANARY}"}}"#),
        format!(r#"{{"total":"{CANARY}","project_number":"{CANARY}","message":{{"a":"{CANARY}"}}}}"#),
    ]
    .into_iter()
}

/// Every step that a call rests at, and how it ends, for every way an attempt can go wrong.
fn assert_call_silent<A: Authorize + Debug, E: Endpoint<Api = A::Api>>(
    target: &Target<A>,
    operation: &E,
) where
    FaultOf<A>: Debug,
{
    assert_silent(operation);
    let body = |status: u16| {
        move |body: String| {
            let mut response = Response::new(Bytes::from(body));
            *response.status_mut() = status.try_into().expect("it is a status");
            Ok(response)
        }
    };
    let failures = [Sent::Never, Sent::Perhaps]
        .map(|sent| Err(Failure::new(sent, "the connection was reset")));
    let answers =
        bodies().map(body(200)).chain(bodies().map(body(502))).chain(bodies().map(body(401)));
    for got in failures.into_iter().chain(answers) {
        let mut step = target.call(NOW, operation);
        let mut got = Some(got);
        loop {
            assert_silent(&step);
            step = match step {
                Step::Send(sending) => match got.take() {
                    Some(got) => sending.received(NOW, got),
                    None => break,
                },
                Step::Wait(waiting) => waiting.woke(NOW),
                Step::Tell(telling) => match telling.event {},
                Step::Done(result) => {
                    if let Err(error) = result {
                        assert_chain_silent(&error);
                    }
                    break;
                }
            };
        }
    }
}

#[test]
fn calls_are_silent_whatever_comes_back() {
    assert_call_silent(&wsc(), &job());
    assert_call_silent(&wsc(), &GetJobs::new(10, 1));
    assert_call_silent(&wsc(), &generate::<GetReport>(1));
    for key_in in [KeyIn::Header, KeyIn::Parameter] {
        assert_call_silent(&vaddy(key_in), &generate::<v2::StartScan>(1));
        assert_call_silent(&vaddy(key_in), &generate::<v2::CheckRunning>(1));
        assert_call_silent(&vaddy(key_in), &generate::<v2::GetScanResult>(1));
        assert_call_silent(&vaddy(key_in), &generate::<v2::SearchCrawls>(1));
    }
}

/// A refusal's text is there for whoever asks for it, and in no error message.
#[test]
fn the_text_of_a_refusal_is_in_no_message() {
    fn refusal<E: Endpoint>(status: u16, body: String) {
        let mut response = Response::new(Bytes::from(body));
        *response.status_mut() = status.try_into().expect("it is a status");
        let error = decode::<E>(response).expect_err("it is a refusal");
        let fault = error.fault().expect("it is a refusal");
        assert!(fault.message().contains(CANARY));
        assert_chain_silent(&error);
    }
    for status in [200, 400, 401, 500] {
        refusal::<v2::StartScan>(status, format!(r#"{{"error_message":"{CANARY}"}}"#));
        for code in ["901", "\"200\"", &format!("\"{CANARY}\""), "null"] {
            let error =
                format!(r#"{{"errorCode":{code},"message":"{CANARY}","details":"{CANARY}"}}"#);
            refusal::<CreateJob>(status, format!(r#"{{"error":{error}}}"#));
        }
        let envelope = format!(r#"{{"returnCode":"{CANARY}","returnMessage":"{CANARY}"}}"#);
        refusal::<CreateJob>(status, envelope);
    }
}
