//! Journals of every release, which stay readable for ever.

use std::{fmt::Write as _, fs, path::Path};

use shindan_journal::{Decoded, Entry, Record, Run, decode, encode};

#[test]
fn every_kept_journal_means_what_it_meant() {
    let mut cases = 0;
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/journals");
    for version in fs::read_dir(root).unwrap() {
        for file in fs::read_dir(version.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "jsonl") {
                let meaning = meaning(&decode(&fs::read(&path).unwrap()).unwrap());
                let kept = fs::read_to_string(path.with_extension("folded.txt"));
                assert_eq!(Ok(meaning), kept.map_err(|error| error.to_string()), "{path:?}");
                cases += 1;
            }
        }
    }
    assert!(cases >= 15, "{cases}");
}

/// The frames were made by another program, so this is more than a mirror.
#[test]
fn writes_the_bytes_that_are_kept() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/journals/v1");
    for case in
        ["started", "found", "not_started", "duplicate", "accepted", "in_flight", "intended"]
    {
        let bytes = fs::read(folder.join(case).with_extension("jsonl")).unwrap();
        let mut again = Vec::new();
        for entry in decode(&bytes).unwrap().entries {
            let Entry::Record(record) = entry else { panic!("{case} is whole") };
            again.extend(encode(&record).unwrap());
        }
        assert_eq!(String::from_utf8(again), String::from_utf8(bytes), "{case}");
    }
}

fn meaning(decoded: &Decoded) -> String {
    let run = Run::fold(decoded);
    let mut text = String::new();
    let mut line = |name: &str, value: String| {
        writeln!(text, "{name}: {value}").expect("a string takes everything");
    };
    line("phase", format!("{:?}", run.phase()));
    line("open unknown", run.is_open_unknown().to_string());
    line("ids", format!("{:?}", run.ids()));
    line("sent", format!("{:?}", run.sent_at_ms));
    line("baseline", format!("{:?}", run.baseline_ids));
    for entry in &decoded.entries {
        match entry {
            Entry::Damage { offset } => line("damage", offset.to_string()),
            // What an optional field of a later version adds is not in an old record, nor in this text.
            Entry::Record(record) => line("record", json(record)),
        }
    }
    line("torn tail", format!("{:?}", decoded.torn_tail));
    text
}

fn json(record: &Record) -> String {
    let Ok(frame) = encode(record) else { return "of a later version".to_owned() };
    let line = String::from_utf8(frame).expect("JSON is text");
    line.trim_end()[18..].to_owned()
}
