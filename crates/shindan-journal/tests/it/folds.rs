//! What a sequence of records means.

use shindan_journal::{Class, Entry, Phase, Record, Run};

use crate::words::{closed, intent, outcome, sent, state};

fn run(records: Vec<Record>) -> Run {
    let first = Record::Intent(Box::new(intent(1, "shop")));
    let entries: Vec<Entry> = core::iter::once(first).chain(records).map(Entry::Record).collect();
    Run::fold(&entries)
}

fn started(id: &str) -> Phase {
    Phase::Started(id.to_owned())
}

#[test]
fn phases() {
    use Class::{Accepted, Duplicate, Found, NotStarted, Other, Refused, Started, Unknown};
    let o = outcome;
    let rows = [
        (vec![], Phase::Intended),
        (vec![sent()], Phase::InFlight),
        (vec![sent(), o(Unknown, None)], Phase::Unknown),
        (vec![sent(), o(Other, None)], Phase::Unknown),
        (vec![sent(), o(Other, Some("1"))], Phase::Unknown),
        (vec![sent(), o(Accepted, None)], Phase::Accepted),
        (vec![sent(), o(Started, None)], Phase::Accepted),
        (vec![sent(), o(Started, Some("1"))], started("1")),
        (vec![sent(), o(Refused, None)], Phase::Refused),
        (vec![o(Refused, None)], Phase::Refused),
        (vec![sent(), o(NotStarted, None)], Phase::NotStarted),
        (vec![sent(), o(Duplicate, None)], Phase::Duplicate),
        // Reconciled.
        (vec![sent(), o(Found, Some("1"))], started("1")),
        (vec![sent(), o(Unknown, None), o(Found, Some("1"))], started("1")),
        (vec![sent(), o(Accepted, None), o(Found, Some("1"))], started("1")),
        (vec![sent(), o(Unknown, None), o(NotStarted, None)], Phase::NotStarted),
        // Found although it was given up.
        (vec![sent(), o(NotStarted, None), o(Found, Some("1"))], started("1")),
        // A second attempt opens it again.
        (vec![sent(), o(NotStarted, None), sent()], Phase::InFlight),
        (vec![sent(), o(Refused, None), sent()], Phase::InFlight),
        // What is known is not forgotten.
        (vec![sent(), o(Started, Some("1")), o(Unknown, None)], started("1")),
        (vec![sent(), o(Started, Some("1")), o(NotStarted, None)], started("1")),
        (vec![sent(), o(Started, Some("1")), sent()], started("1")),
        (vec![sent(), o(Started, Some("1")), o(Found, Some("1"))], started("1")),
        (vec![sent(), o(Accepted, None), o(Unknown, None)], Phase::Accepted),
        (vec![sent(), o(Started, Some("1")), o(Found, Some("2"))], Phase::Duplicate),
        (vec![sent(), o(Duplicate, None), o(Found, Some("2"))], Phase::Duplicate),
        // Closed.
        (vec![sent(), o(Started, Some("1")), closed(0)], Phase::Closed(0)),
        (vec![sent(), o(Refused, None), closed(5)], Phase::Closed(5)),
        (vec![sent(), o(Refused, None), closed(5), sent()], Phase::InFlight),
        (vec![closed(7)], Phase::Intended),
        (vec![sent(), closed(7)], Phase::InFlight),
        (vec![sent(), o(Unknown, None), closed(7)], Phase::Unknown),
        (vec![sent(), o(Accepted, None), closed(7)], Phase::Accepted),
        (vec![sent(), o(Unknown, None), closed(7), o(Found, Some("1"))], Phase::Closed(7)),
    ];
    for (records, expected) in rows {
        assert_eq!(run(records.clone()).phase(), expected, "{records:?}");
    }
}

#[test]
fn an_open_unknown_blocks_its_own_target_alone() {
    let open = run(vec![sent(), outcome(Class::Unknown, None), closed(7)]);
    assert!(open.is_open_unknown());
    assert!(open.blocks("wsc 5f2b8c1d shop"));
    assert!(!open.blocks("wsc 5f2b8c1d blog"));
    let decided = run(vec![sent(), outcome(Class::Started, Some("1"))]);
    assert!(!decided.blocks("wsc 5f2b8c1d shop"));
}

#[test]
fn keeps_every_id_and_the_last_of_the_rest() {
    let run = run(vec![
        sent(),
        outcome(Class::Unknown, Some("3")),
        Record::Sent { at_ms: 99 },
        outcome(Class::Duplicate, Some("2")),
        outcome(Class::Refused, Some("3")),
        state("queued"),
        Record::Other,
        state("running"),
    ]);
    assert_eq!(run.ids(), ["3", "2"]);
    assert_eq!(run.state.unwrap().text, "running");
    assert_eq!(run.sent_at_ms, Some(crate::words::T + 1));
    assert_eq!(run.outcomes.len(), 3);
}
