//! Records survive their bytes.

use std::path::PathBuf;

use proptest::{collection::vec, option, prelude::*};
use shindan_journal::{
    Class, Closed, Entry, Intent, Outcome, Record, Report, Run, RunId, State, Subject, Version,
    decode, encode, scan_id_line,
};

/// Line feeds, control characters, quotes and all of Unicode.
fn text() -> impl Strategy<Value = String> {
    vec(any::<char>(), 0..20).prop_map(|characters| characters.into_iter().collect())
}

fn subject() -> impl Strategy<Value = Subject> {
    let number = || option::of(any::<u64>());
    prop_oneof![
        text().prop_map(|url| Subject::Wsc { url }),
        (text(), number(), number()).prop_map(|(fqdn, project_number, crawl_id)| {
            Subject::VaddyV1 { fqdn, project_number, crawl_id }
        }),
        (text(), number(), number()).prop_map(|(project_id, project_number, crawl_id)| {
            Subject::VaddyV2 { project_id, project_number, crawl_id }
        }),
    ]
}

fn intent() -> impl Strategy<Value = Record> {
    let names = (text(), text(), text(), text(), text(), text(), option::of(text()));
    (any::<i64>(), any::<[u8; 10]>(), names, subject()).prop_map(|(at_ms, random, names, scan)| {
        let (service, endpoint, account, target, target_key, token, dedupe_key) = names;
        Record::Intent(Box::new(Intent {
            version: Version::CURRENT,
            run: RunId::new(at_ms, random),
            service,
            endpoint,
            account,
            target,
            target_key,
            token,
            fail_on: dedupe_key.clone(),
            min_coverage: dedupe_key.as_ref().map(|_| 40),
            options: dedupe_key.clone(),
            repeats: dedupe_key.clone(),
            dedupe_key,
            scan,
            at_ms,
        }))
    })
}

fn class() -> impl Strategy<Value = Class> {
    use Class::{Accepted, Duplicate, Found, NotStarted, Refused, Started, Unknown};
    proptest::sample::select(vec![
        Started, Accepted, Unknown, NotStarted, Refused, Duplicate, Found,
    ])
}

fn record() -> impl Strategy<Value = Record> {
    let ids = (option::of(text()), vec(text(), 0..3));
    let outcome = (class(), ids, text(), any::<bool>(), any::<i64>());
    prop_oneof![
        intent(),
        (any::<i64>(), vec(text(), 0..4))
            .prop_map(|(at_ms, baseline_ids)| Record::Sent { at_ms, baseline_ids }),
        outcome.prop_map(|(class, (id, ids), evidence, emulated, at_ms)| {
            Record::Outcome(Outcome { class, id, ids, evidence, emulated, at_ms })
        }),
        (text(), any::<i64>()).prop_map(|(text, at_ms)| Record::State(State { text, at_ms })),
        (text(), text(), any::<i64>()).prop_map(|(path, sha256, at_ms)| {
            Record::Report(Report { path: PathBuf::from(path), sha256, at_ms })
        }),
        (text(), any::<u8>(), any::<bool>(), any::<i64>()).prop_map(
            |(verdict, exit_code, emulated, at_ms)| {
                Record::Closed(Closed { verdict, exit_code, emulated, at_ms })
            }
        ),
    ]
}

fn bytes(records: &[Record]) -> Vec<u8> {
    records.iter().flat_map(|record| encode(record).expect("it can be written")).collect()
}

proptest! {
    #[test]
    fn come_back_as_they_were(records in vec(record(), 0..8)) {
        let bytes = bytes(&records);
        prop_assert_eq!(bytes.split_inclusive(|byte| *byte == b'\n').count(), records.len());
        let decoded = decode(&bytes).unwrap();
        let entries: Vec<Entry> = records.into_iter().map(Entry::Record).collect();
        prop_assert_eq!(decoded.entries, entries);
        prop_assert_eq!(decoded.torn_tail, None);
    }

    #[test]
    fn a_torn_tail_means_what_damage_at_the_end_means(records in vec(record(), 0..5), torn in record(), cut: prop::sample::Index) {
        let whole = bytes(&records);
        let last = encode(&torn).unwrap();
        let bytes = [&whole[..], &last[..cut.index(last.len() - 1)]].concat();
        let (decoded, mut without) = (decode(&bytes).unwrap(), decode(&whole).unwrap());
        let is_torn = bytes.len() > whole.len();
        prop_assert_eq!(decoded.torn_tail.is_some(), is_torn);
        if is_torn {
            without.entries.push(Entry::Damage { offset: whole.len() });
        }
        prop_assert_eq!(Run::fold(&decoded), Run::fold(&without));
    }

    #[test]
    fn any_bytes_are_read_without_a_panic(garbage in vec(any::<u8>(), 0..200), records in vec(record(), 0..3)) {
        let bytes = [&garbage[..], b"\n", &bytes(&records)].concat();
        let decoded = decode(&bytes).unwrap();
        prop_assert!(decoded.entries.ends_with(&records.into_iter().map(Entry::Record).collect::<Vec<_>>()));
    }
}

#[test]
fn what_a_later_version_writes_is_read_past_and_never_written() {
    assert!(encode(&Record::Other).is_err());
}

#[test]
fn a_scan_id_is_one_line_of_ascii() {
    assert_eq!(scan_id_line("wsc", "12345"), "SCAN-ID service=wsc id=12345");
    assert_eq!(
        scan_id_line("vaddy", "1-\n\u{1b}[2J가"),
        "SCAN-ID service=vaddy id=1-\\n\\u{1b}[2J\\u{ac00}"
    );
}
