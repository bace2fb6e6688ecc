//! What a sequence of records means.

use shindan_journal::{Class, Closed, Decoded, Entry, Outcome, Phase, Record, Run, encode};

use crate::words::{T, closed, intent, outcome, sent, state, whole};

fn first() -> Record {
    Record::Intent(Box::new(intent(1, "shop")))
}

fn run(records: Vec<Record>) -> Run {
    Run::fold(&whole([vec![first()], records].concat()))
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
        (vec![sent(), o(Unknown, None), sent()], Phase::InFlight),
        (vec![sent(), o(Started, Some("1")), o(Found, Some("1"))], started("1")),
        (vec![sent(), o(Accepted, None), o(Unknown, None)], Phase::Accepted),
        (vec![sent(), o(Started, Some("1")), o(Found, Some("2"))], Phase::Duplicate),
        (vec![sent(), o(Duplicate, None), o(Found, Some("2"))], Phase::Duplicate),
        // Closed.
        (vec![sent(), o(Started, Some("1")), closed(0)], Phase::Closed(0)),
        (vec![sent(), o(Refused, None), closed(5)], Phase::Closed(5)),
        (vec![sent(), o(Refused, None), closed(5), sent()], Phase::InFlight),
        (vec![closed(7)], Phase::Closed(7)),
        (vec![closed(7), sent()], Phase::InFlight),
        (vec![sent(), closed(7)], Phase::InFlight),
        (vec![sent(), o(Unknown, None), closed(7)], Phase::Unknown),
        (vec![sent(), o(Accepted, None), closed(7)], Phase::Accepted),
        (vec![sent(), o(Unknown, None), closed(7), o(Found, Some("1"))], Phase::Closed(7)),
        // What an intent alone is not followed by.
        (vec![state("queued")], Phase::Unknown),
        (vec![Record::Other, closed(0)], Phase::Unknown),
        (vec![first()], Phase::Unknown),
    ];
    for (records, expected) in rows {
        assert_eq!(run(records.clone()).phase(), expected, "{records:?}");
    }
}

/// Only a file that is whole proves that nothing has left.
#[test]
fn an_intent_alone_has_sent_nothing() {
    let intended = whole([first()]);
    let run = Run::fold(&intended);
    assert!(!run.is_open_unknown() && !run.blocks("wsc 5f2b8c1d shop"));

    let hole = Entry::Damage { offset: 400 };
    let mut suspicious = vec![
        Decoded { torn_tail: Some(400), ..intended.clone() },
        Decoded { torn_tail: Some(400), ..whole([first(), closed(7)]) },
    ];
    for place in 0..=1 {
        let mut damaged = intended.clone();
        damaged.entries.insert(place, hole.clone());
        suspicious.push(damaged);
    }
    for mut decoded in suspicious {
        let run = Run::fold(&decoded);
        assert_eq!(run.phase(), Phase::Unknown, "{decoded:?}");
        assert!(run.blocks("wsc 5f2b8c1d shop"), "{decoded:?}");
        assert!(!run.blocks("wsc 5f2b8c1d blog"), "{decoded:?}");
        // Appending ends a torn line, which is damage from then on.
        if decoded.torn_tail.take().is_some() {
            decoded.entries.push(hole.clone());
        }
        decoded.entries.push(Entry::Record(outcome(Class::NotStarted, None)));
        assert!(!Run::fold(&decoded).is_open_unknown(), "{decoded:?}");
    }
}

#[test]
fn without_an_intent_nothing_is_ruled_out() {
    for records in [vec![], vec![closed(0)], vec![state("queued")], vec![closed(0), first()]] {
        let run = Run::fold(&whole(records.clone()));
        assert_eq!(run.phase(), Phase::Unknown, "{records:?}");
        assert!(run.blocks("wsc 5f2b8c1d shop"), "{records:?}");
    }
    assert_eq!(Run::fold(&whole([outcome(Class::Refused, None)])).phase(), Phase::Refused);
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
        Record::Sent { at_ms: 99, baseline_ids: vec!["8".to_owned()] },
        outcome(Class::Duplicate, Some("2")),
        outcome(Class::Refused, Some("3")),
        state("queued"),
        Record::Other,
        state("running"),
    ]);
    assert_eq!(run.ids(), ["3", "2"]);
    assert_eq!(run.state.unwrap().text, "running");
    assert_eq!((run.sent_at_ms, &run.baseline_ids[..]), (Some(T + 1), &["7".to_owned()][..]));
    assert_eq!(run.outcomes.len(), 3);
}

#[test]
fn that_an_emulator_answered_is_remembered() {
    let played = |mut record| {
        if let Record::Outcome(Outcome { emulated, .. }) | Record::Closed(Closed { emulated, .. }) =
            &mut record
        {
            *emulated = true;
        }
        record
    };
    let started = || outcome(Class::Started, Some("8"));
    assert!(!run(vec![sent(), started(), closed(0)]).is_emulated());
    let later = vec![sent(), played(started()), outcome(Class::Found, Some("8"))];
    assert!(run(later).is_emulated());
    assert!(run(vec![sent(), started(), played(closed(0))]).is_emulated());
    // Version 1.0 has no word for it, and neither has a real run: its bytes are what they were.
    let line = String::from_utf8(encode(&started()).unwrap()).unwrap();
    assert!(!line.contains("emulated"), "{line}");
}
