//! Records in few words.

use shindan_journal::{
    Class, Closed, Decoded, Entry, Intent, Outcome, Record, RunId, State, Subject, Version,
};

pub(crate) const T: i64 = 1_795_000_000_000;

pub(crate) fn run_id(number: u8) -> RunId {
    RunId::new(T + i64::from(number), [number; 10])
}

pub(crate) fn intent(number: u8, target: &str) -> Intent {
    Intent {
        version: Version::CURRENT,
        run: run_id(number),
        service: "wsc".to_owned(),
        endpoint: "https://wsc.apigw.ntruss.com".to_owned(),
        account: "5f2b8c1d".to_owned(),
        target: target.to_owned(),
        target_key: format!("wsc 5f2b8c1d {target}"),
        token: "FAKEFAKEFAKE2345".to_owned(),
        dedupe_key: None,
        fail_on: None,
        min_coverage: None,
        options: None,
        repeats: None,
        scan: Subject::Wsc { url: format!("https://{target}.example/") },
        at_ms: T,
    }
}

pub(crate) fn sent() -> Record {
    Record::Sent { at_ms: T + 1, baseline_ids: vec!["7".to_owned()] }
}

pub(crate) fn outcome(class: Class, id: Option<&str>) -> Record {
    Record::Outcome(Outcome {
        class,
        id: id.map(str::to_owned),
        ids: Vec::new(),
        evidence: "a test says so".to_owned(),
        emulated: false,
        at_ms: T + 2,
    })
}

pub(crate) fn state(text: &str) -> Record {
    Record::State(State { text: text.to_owned(), at_ms: T + 3 })
}

pub(crate) fn closed(exit_code: u8) -> Record {
    Record::Closed(Closed { verdict: "clean".to_owned(), exit_code, emulated: false, at_ms: T + 4 })
}

/// An undamaged file.
pub(crate) fn whole(records: impl IntoIterator<Item = Record>) -> Decoded {
    Decoded { entries: records.into_iter().map(Entry::Record).collect(), torn_tail: None }
}

pub(crate) fn records(entries: &[Entry]) -> Vec<&Record> {
    entries
        .iter()
        .filter_map(|entry| match entry {
            Entry::Record(record) => Some(record),
            Entry::Damage { .. } => None,
        })
        .collect()
}
