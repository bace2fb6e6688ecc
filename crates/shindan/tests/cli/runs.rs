//! `runs`: what is listed, exported and removed.

use std::collections::BTreeSet;

use serde_json::Value;
use shindan_journal::{Class, Closed, Outcome, Record, RunId};

use crate::machine::Machine;

const LONG_AGO_MS: i64 = 1_700_000_000_000;

fn sent() -> Record {
    Record::Sent { at_ms: LONG_AGO_MS, baseline_ids: vec!["10".to_owned()] }
}

fn outcome(class: Class, ids: &[&str]) -> Record {
    let mut ids = ids.iter().map(|id| (*id).to_owned());
    let id = if ids.len() == 1 { ids.next() } else { None };
    Record::Outcome(Outcome {
        class,
        id,
        ids: ids.collect(),
        evidence: "a test".to_owned(),
        emulated: false,
        at_ms: LONG_AGO_MS,
    })
}

fn closed() -> Record {
    Record::Closed(Closed {
        verdict: "gate".to_owned(),
        exit_code: 1,
        emulated: false,
        at_ms: LONG_AGO_MS,
    })
}

/// One run of every kind, with its name in the list and whether it is over.
fn every_kind(machine: &Machine, at_ms: i64) -> Vec<(RunId, &'static str, bool)> {
    let kinds = [
        ("not sent", vec![], true),
        ("in flight", vec![sent()], false),
        ("unknown", vec![sent(), outcome(Class::Unknown, &[])], false),
        ("unknown", vec![sent(), outcome(Class::Unknown, &[]), closed()], false),
        ("accepted", vec![sent(), outcome(Class::Accepted, &[])], false),
        ("started", vec![sent(), outcome(Class::Started, &["11"])], false),
        ("refused", vec![sent(), outcome(Class::Refused, &[])], true),
        ("not started", vec![sent(), outcome(Class::NotStarted, &[])], true),
        ("duplicate", vec![sent(), outcome(Class::Duplicate, &["11", "12"])], false),
        ("ended", vec![sent(), outcome(Class::Found, &["11"]), closed()], true),
    ];
    let runs = kinds.into_iter().enumerate().map(|(n, (state, records, over))| {
        let target = format!("site-{n}.example");
        let at_ms = at_ms + i64::try_from(n).expect("it is small");
        (machine.recorded(at_ms, &target, &records), state, over)
    });
    runs.collect()
}

fn names(listed: &Value) -> BTreeSet<String> {
    let listed = listed.as_array().expect("a list").iter();
    listed.map(|told| told["run"].as_str().expect("a run").to_owned()).collect()
}

#[test]
fn what_is_over_and_old_is_removed() {
    let machine = Machine::new(&[]);
    let old = every_kind(&machine, LONG_AGO_MS);
    let now = now_ms();
    let young = machine.recorded(now, "young.example", &[closed()]).to_string();
    let over = |over: bool| -> BTreeSet<String> {
        let some = old.iter().filter(|(.., is)| *is == over).map(|(run, ..)| run.to_string());
        some.collect()
    };

    let files = machine.files();
    let dry = machine.run(&["runs", "prune", "--dry-run", "--output", "json"]).exits(0);
    let dry = dry.says("4 of 11 runs would be removed");
    assert_eq!((names(&dry.json()), machine.files()), (over(true), files));

    let pruned = machine.run(&["runs", "prune", "--output", "json"]).exits(0);
    assert_eq!(names(&pruned.says("4 of 11 runs removed").json()), over(true));
    let left: BTreeSet<_> = machine.runs().iter().map(|view| view.id.to_string()).collect();
    assert_eq!(left, over(false).into_iter().chain([young.clone()]).collect());

    machine.run(&["runs", "prune", "--older-than", "0s"]).exits(0);
    let left: BTreeSet<_> = machine.runs().iter().map(|view| view.id.to_string()).collect();
    assert_eq!(left, over(false));
    machine.run(&["runs", "prune", "--older-than", "1000000h"]).exits(2);
}

fn now_ms() -> i64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    i64::try_from(now.expect("it is after 1970").as_millis()).expect("it fits")
}

#[test]
fn what_is_told_of_each() {
    let machine = Machine::new(&[]);
    assert_eq!(
        machine.run(&["runs", "list", "--output", "json"]).exits(0).json(),
        Value::Array(vec![])
    );
    assert_eq!(machine.run(&["runs", "export"]).exits(0).stdout, "");
    let runs = every_kind(&machine, LONG_AGO_MS);
    let listed = machine.run(&["runs", "list", "--output", "json"]).exits(0).json();
    let exported = machine.run(&["runs", "export"]).exits(0).stdout;
    let lines: Vec<Value> =
        exported.lines().map(|line| serde_json::from_str(line).expect("an object")).collect();
    assert_eq!(lines.len(), runs.len());
    for (n, (run, state, _)) in runs.iter().enumerate() {
        let run = run.to_string();
        assert_eq!(
            (&listed[n]["run"], &listed[n]["state"]),
            (&run.as_str().into(), &(*state).into())
        );
        let shown = machine.run(&["runs", "show", &run, "--output", "json"]).exits(0);
        let unknown = ["in flight", "unknown", "accepted"].contains(state);
        assert_eq!(shown.stderr.contains("shindan runs reconcile"), unknown, "{shown:?}");
        assert_eq!(shown.json(), lines[n]);
        assert_eq!(lines[n]["records"][0]["type"], "intent");
    }
    let one = runs[5].0.to_string();
    let line = machine.run(&["runs", "export", &one]).exits(0).stdout;
    assert_eq!(serde_json::from_str::<Value>(&line).expect("one object"), lines[5]);
    for (wrong, code) in [("0", 2), ("zz", 6), ("../x", 6)] {
        machine.run(&["runs", "show", wrong]).exits(code).says("shindan runs list");
    }
}
