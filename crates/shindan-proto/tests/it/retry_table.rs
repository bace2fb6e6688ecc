//! The retry table of the design, written down a second time, against the judge and against calls.

use core::{marker::PhantomData, time::Duration};

use bytes::Bytes;
use http::{Request, Response};
use shindan_proto::{
    Authorize, Error, Failure, Now, RetryPolicy, Sent, Step, Target, Timestamp,
    retry::{CameBack, Retry, Verdict},
};
use shindan_wire::{Api, Effect, Endpoint, FaultKind, Visit};

use crate::{
    each,
    fixture::{responses, root},
    generate::generate,
};

use Expected::{Again, Ambiguous, Stop};

#[derive(Clone, Copy, Debug, PartialEq)]
enum Expected {
    Again,
    Stop,
    Ambiguous,
}

/// What came back, and what follows for a read, a convergent operation, one that counts, one that costs.
const TABLE: &[(&str, [Expected; 4])] = &[
    ("Never", [Again, Again, Again, Again]),
    ("Perhaps", [Again, Ambiguous, Ambiguous, Ambiguous]),
    ("Throttled", [Again, Again, Again, Again]),
    ("Quota", [Stop, Stop, Stop, Stop]),
    ("Unauthenticated", [Stop, Stop, Stop, Stop]),
    ("Forbidden", [Stop, Stop, Stop, Stop]),
    ("Refused", [Stop, Stop, Stop, Stop]),
    ("Server", [Again, Ambiguous, Ambiguous, Ambiguous]),
    ("CatchAll", [Again, Ambiguous, Ambiguous, Ambiguous]),
    ("Unrecognized", [Stop, Ambiguous, Ambiguous, Ambiguous]),
    ("Unreadable", [Stop, Ambiguous, Ambiguous, Ambiguous]),
];

const EFFECTS: [Effect; 4] = [Effect::Read, Effect::Converge, Effect::Once, Effect::Billed];

/// The class of every operation by name, so that a wrong constant in a model is noticed too.
const CLASSES: [&[&str]; 4] = [
    &[
        "getJobs",
        "getReport",
        "searchJobs",
        "v1.checkRunning",
        "v1.getScanResult",
        "v1.searchCrawls",
        "v2.checkRunning",
        "v2.getScanResult",
        "v2.listResults",
        "v2.searchCrawls",
    ],
    &["cancelJob", "stopJob", "v1.cancelScan", "v2.cancelScan", "v2.deleteCrawl"],
    &["v1.startScan", "v2.startScan"],
    &["createJob"],
];

fn expected(came_back: &str, class: usize) -> Expected {
    let row = TABLE.iter().find(|(name, _)| *name == came_back);
    row.unwrap_or_else(|| panic!("{came_back} is not in the table")).1[class]
}

const NOW: Now = Now { mono: Duration::ZERO, wall: Timestamp::from_unix_ms(1_720_412_345_000) };

#[test]
fn the_judge_agrees_with_the_table() {
    let headers = http::HeaderMap::new();
    let kinds = [
        FaultKind::Throttled,
        FaultKind::Quota,
        FaultKind::Unauthenticated,
        FaultKind::Forbidden,
        FaultKind::Refused,
        FaultKind::Server,
        FaultKind::CatchAll,
        FaultKind::Unrecognized,
    ];
    let mut came_back: Vec<(String, CameBack<'_>)> = kinds
        .into_iter()
        .map(|kind| (format!("{kind:?}"), CameBack::Fault(kind, &headers)))
        .collect();
    came_back
        .extend([Sent::Never, Sent::Perhaps].map(|s| (format!("{s:?}"), CameBack::Nothing(s))));
    came_back.push(("Unreadable".to_owned(), CameBack::Unreadable));
    assert_eq!(came_back.len(), TABLE.len());
    for (name, came_back) in came_back {
        for (class, effect) in EFFECTS.into_iter().enumerate() {
            let mut retry = Retry::new(&RetryPolicy::default(), effect, NOW);
            let got = match retry.judge(NOW, NOW, came_back, &mut 0) {
                Verdict::Retry(_) => Again,
                Verdict::Stop => Stop,
                Verdict::Ambiguous => Ambiguous,
                Verdict::GiveUp => {
                    panic!("{name} {effect:?}: one attempt is not enough to give up")
                }
            };
            assert_eq!(got, expected(&name, class), "{name} {effect:?}");
        }
    }
}

/// P-1: every operation against everything that can come back for it.
#[test]
fn every_call_follows_the_table() {
    struct Calls(usize);
    impl Visit for Calls {
        fn endpoint<E: Endpoint>(&mut self) {
            let class = CLASSES.iter().position(|class| class.contains(&E::NAME));
            let class = class.unwrap_or_else(|| panic!("{} has no class", E::NAME));
            let mut row = |came_back: &str, got| {
                let what = format!("{} {came_back} {got:?}", E::NAME);
                assert_eq!(after_one_attempt::<E>(got), expected(came_back, class), "{what}");
                self.0 += 1;
            };
            for file in responses(&root().join("faults").join(E::Api::NAME)) {
                row(&file.comments[1].1, Ok(file.response));
            }
            row("Never", Err(Failure::new(Sent::Never, "refused")));
            row("Perhaps", Err(Failure::new(Sent::Perhaps, "cut off")));
            for body in UNREADABLE {
                row("Unreadable", Ok(Response::new(Bytes::from_static(body.as_bytes()))));
            }
        }
    }
    let mut calls = Calls(0);
    each(&mut calls);
    assert!(calls.0 > 500, "{} rows", calls.0);
}

const UNREADABLE: &[&str] =
    &["", "<html>", r#"{"returnCode":"0","resources":"#, "[]", "{}", "null", "\0"];

fn after_one_attempt<E: Endpoint>(got: Result<Response<Bytes>, Failure>) -> Expected {
    let base = "https://example.com".parse().expect("it is a url");
    let target = Target::new(base, Nobody::<E::Api>(PhantomData));
    let Step::Send(sending) = target.call(NOW, &generate::<E>(1)) else {
        panic!("a call sends first")
    };
    match sending.received(NOW, got) {
        Step::Wait(_) => Again,
        Step::Done(Err(Error::Ambiguous(_))) => Ambiguous,
        Step::Done(Err(Error::Fault(_) | Error::Unauthenticated { .. } | Error::Decode(_))) => Stop,
        other @ (Step::Send(_) | Step::Tell(_) | Step::Done(_)) => {
            panic!("not an outcome of one attempt: {other:?}")
        }
    }
}

/// No credentials, for any service.
struct Nobody<A>(PhantomData<A>);

impl<A: Api> Authorize for Nobody<A> {
    type Api = A;
    const TIMED: bool = true;

    fn authorize(&self, _request: &mut Request<Bytes>, _at: Timestamp) {}
}
