//! Damage: every truncation and every single bit.

use shindan_journal::{BeginError, Class, Entry, Journal, Phase, Record, Run, decode, encode};

use crate::{
    disk::Disk,
    words::{closed, intent, outcome, records, run_id, sent, state, whole},
};

/// About 2 KiB with an outcome near the beginning, in the middle and near the end.
fn long_run() -> Vec<Record> {
    let baseline_ids = (100..150).map(|id: u32| id.to_string()).collect();
    let mut all = vec![first(), Record::Sent { at_ms: 1, baseline_ids }];
    all.push(outcome(Class::Started, Some("11")));
    all.extend((0..8).map(|step| state(&format!("{step} of 8, \"대기\"\n"))));
    all.push(outcome(Class::Duplicate, Some("12")));
    all.extend((8..16).map(|step| state(&format!("{step} of 16"))));
    all.push(outcome(Class::Duplicate, Some("13")));
    all.push(closed(7));
    all
}

fn first() -> Record {
    Record::Intent(Box::new(intent(1, "shop")))
}

fn lines(records: &[Record]) -> Vec<Vec<u8>> {
    records.iter().map(|record| encode(record).expect("it can be written")).collect()
}

/// Where each line ends, in bytes.
fn ends(lines: &[Vec<u8>]) -> Vec<usize> {
    let end = |at: &mut usize, line: &Vec<u8>| {
        *at += line.len();
        Some(*at)
    };
    lines.iter().scan(0, end).collect()
}

#[test]
fn cut_at_every_byte() {
    let all = long_run();
    let lines = lines(&all);
    let (bytes, ends) = (lines.concat(), ends(&lines));
    for cut in 0..=bytes.len() {
        let decoded = decode(&bytes[..cut]).unwrap();
        // A record that lacks nothing but its line feed is whole.
        let whole = ends.iter().filter(|end| **end - 1 <= cut).count();
        assert_eq!(records(&decoded.entries), all[..whole].iter().collect::<Vec<_>>(), "{cut}");
        assert_eq!(decoded.entries.len(), whole, "{cut}: a cut is not damage");
        let torn = cut > 0 && !ends.contains(&cut);
        assert_eq!(decoded.torn_tail.is_some(), torn, "{cut}");
    }
}

#[test]
fn every_single_bit_flipped() {
    let all = long_run();
    let lines = lines(&all);
    let (mut bytes, ends) = (lines.concat(), ends(&lines));
    assert!(bytes.len() >= 2048, "{}", bytes.len());
    for bit in 0..bytes.len() * 8 {
        let byte = bit / 8;
        bytes[byte] ^= 1 << (bit % 8);
        let decoded = decode(&bytes).unwrap();
        bytes[byte] ^= 1 << (bit % 8);
        let hit = ends.iter().position(|end| *end > byte).unwrap();
        let hits_line_feed = ends[hit] - 1 == byte;
        let mut left: Vec<&Record> = all.iter().collect();
        if !hits_line_feed {
            left.remove(hit);
        }
        assert_eq!(records(&decoded.entries), left, "bit {bit}: more is lost than what was hit");
        let start = if hits_line_feed { byte } else { ends[hit] - lines[hit].len() };
        let damage = Entry::Damage { offset: start };
        let torn = decoded.torn_tail.is_some_and(|tail| tail >= start && tail <= byte + 1);
        assert!(decoded.entries.contains(&damage) || torn, "bit {bit} is not reported");
        let run = Run::fold(&decoded);
        for (number, id) in [(2, "11"), (11, "12"), (20, "13")] {
            assert!(run.ids().contains(&id) || number == hit, "bit {bit}: {id} is lost");
        }
        assert!(!run.is_open_unknown(), "bit {bit}");
    }
}

/// The same file twice: torn and gone on with, or never torn.
#[test]
fn a_torn_line_costs_only_itself() {
    let all = long_run();
    let lines = lines(&all);
    for (torn, line) in lines.iter().enumerate() {
        for cut in 0..line.len() - 1 {
            let bytes = [&lines[..torn].concat(), &line[..cut], b"\n", &lines[torn + 1..].concat()]
                .concat();
            let decoded = decode(&bytes).unwrap();
            let mut left: Vec<&Record> = all.iter().collect();
            left.remove(torn);
            assert_eq!(records(&decoded.entries), left, "line {torn} cut at {cut}");
        }
    }
}

#[test]
fn a_missing_line_feed_costs_nothing() {
    let all = long_run();
    let lines = lines(&all);
    for (number, line) in lines.iter().enumerate().take(lines.len() - 1) {
        let (before, after) = (lines[..number].concat(), lines[number + 1..].concat());
        let decoded = decode(&[&before, &line[..line.len() - 1], &after].concat()).unwrap();
        assert_eq!(records(&decoded.entries), all.iter().collect::<Vec<_>>(), "{number}");
        let damage = Entry::Damage { offset: before.len() + line.len() - 1 };
        assert!(decoded.entries.contains(&damage), "{number}");
    }
}

/// A refusal before a hole decides nothing: the hole may have been a second start.
#[test]
fn what_is_lost_may_have_been_a_start() {
    for class in [Class::NotStarted, Class::Refused] {
        let mut known = whole([first(), sent(), outcome(class, None)]);
        assert!(!Run::fold(&known).is_open_unknown());
        known.entries.push(Entry::Damage { offset: 500 });
        assert!(Run::fold(&known).is_open_unknown(), "{class:?}");
    }
}

/// Whether a run lets its target be started again as if nothing had been.
fn forgets(run: &Run) -> bool {
    !run.is_open_unknown() && run.ids().is_empty()
}

/// Runs in which a start has left, and runs in which none counts.
fn histories() -> Vec<Vec<Record>> {
    let o = outcome;
    let started = || o(Class::Started, Some("11"));
    let not_started = || o(Class::NotStarted, None);
    let refused = || o(Class::Refused, None);
    [
        vec![],
        vec![closed(4)],
        vec![sent()],
        vec![sent(), closed(7)],
        vec![sent(), started(), state("running"), closed(0)],
        vec![sent(), o(Class::Unknown, None), not_started(), sent()],
        vec![sent(), not_started(), sent(), started()],
        vec![sent(), refused(), closed(5)],
    ]
    .map(|rest| [vec![first()], rest].concat())
    .into()
}

#[test]
fn no_flipped_bit_makes_a_start_forgotten() {
    let mut suspected = 0;
    for all in histories() {
        let mut bytes = lines(&all).concat();
        let forgettable = forgets(&Run::fold(&decode(&bytes).unwrap()));
        for bit in 0..bytes.len() * 8 {
            bytes[bit / 8] ^= 1 << (bit % 8);
            let run = Run::fold(&decode(&bytes).unwrap());
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert!(forgettable || !forgets(&run), "bit {bit} of {all:?}");
            assert_ne!(run.phase(), Phase::Intended, "bit {bit} of {all:?}");
            suspected += usize::from(forgettable && !forgets(&run));
        }
    }
    assert!(suspected >= 3_000, "{suspected}");
}

/// The accepted gap: nothing tells a file that was cut where a line ends from one that was never longer.
#[test]
fn only_a_cut_where_a_line_ends_makes_a_start_forgotten() {
    for all in histories() {
        let lines = lines(&all);
        let (bytes, ends) = (lines.concat(), ends(&lines));
        let forgettable = forgets(&Run::fold(&decode(&bytes).unwrap()));
        for cut in 0..bytes.len() {
            let run = Run::fold(&decode(&bytes[..cut]).unwrap());
            assert_eq!(run.phase() == Phase::Intended, cut == ends[0], "cut at {cut} of {all:?}");
            assert!(
                forgettable || !forgets(&run) || ends.contains(&cut),
                "cut at {cut} of {all:?}"
            );
        }
    }
}

#[test]
fn damage_is_reported_with_file_and_offset_and_kept() {
    let disk = Disk::default();
    let all = long_run();
    let lines = lines(&all);
    let mut bytes = lines.concat();
    let offset = lines[0].len();
    bytes[offset + 25] ^= 1;
    let name = format!("{}.jsonl", run_id(1));
    disk.put(&name, &bytes);
    let journal = Journal::on(disk.clone());
    let view = journal.latest().unwrap().unwrap();
    let texts: Vec<String> = view.damage().map(|damage| damage.to_string()).collect();
    let expected =
        format!("state/scans/{name} is damaged at byte {offset}; the rest of it is used");
    assert_eq!(texts, [expected]);
    journal.reopen(run_id(1)).and_then(|mut file| file.append(&closed(0))).unwrap();
    assert_eq!(disk.bytes(&name)[..bytes.len()], bytes);
}

/// Nobody knows whose start it was, so nothing may be started.
#[test]
fn a_run_without_an_intent_blocks_every_target() {
    let all = long_run();
    let lines = lines(&all);
    for left in [&b""[..], &lines[0][..100], &lines[1], b"\n"] {
        let disk = Disk::default();
        disk.put(&format!("{}.jsonl", run_id(1)), left);
        let journal = Journal::on(disk);
        let refused = journal.begin(intent(2, "another"));
        assert!(matches!(refused, Err(BeginError::OpenUnknown { .. })), "{left:?}");
        journal
            .reopen(run_id(1))
            .and_then(|mut file| file.append(&outcome(Class::NotStarted, None)))
            .unwrap();
        journal.begin(intent(2, "another")).unwrap();
    }
}
