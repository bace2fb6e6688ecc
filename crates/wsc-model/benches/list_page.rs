//! What it costs to read a list page of 1,000 jobs whose numbers are quoted, beside the same model
//! written with `#[serde(untagged)]` enums of a number and a text.
//!
//! Nanoseconds differ from machine to machine, so the budget at the end is a ratio of one run, taken
//! in turns.

#![expect(clippy::disallowed_methods, reason = "a bench reads the clock")]
#![expect(clippy::print_stdout, reason = "a bench prints its result")]

use std::{fmt::Write, hint::black_box, time::Instant};

use criterion::Criterion;
use serde::Deserialize;
use wsc_model::{JobPage, Reply};

const RECORDS: u32 = 1_000;

fn main() {
    let page = page();
    assert_eq!(ours(&page).resources.record_data.len(), RECORDS as usize);
    assert_same(&ours(&page), &untagged(&page));

    let mut ours = || {
        black_box(ours(black_box(&page)));
    };
    let mut untagged = || {
        black_box(untagged(black_box(&page)));
    };
    let mut criterion = Criterion::default().configure_from_args();
    criterion.bench_function("ours", |bencher| bencher.iter(&mut ours));
    criterion.bench_function("untagged", |bencher| bencher.iter(&mut untagged));
    criterion.final_summary();

    let [ours, untagged] = medians([&mut ours, &mut untagged]);
    println!("{} bytes; per record ours {ours:.0} ns, untagged {untagged:.0} ns", page.len());
    println!("ours / untagged = {:.2} (budget 0.60)", ours / untagged);
}

/// Nanoseconds per record of each, measured in turns so that a slow moment hits both.
fn medians<const N: usize>(mut contenders: [&mut dyn FnMut(); N]) -> [f64; N] {
    const ROUNDS: usize = 201;
    let mut times = [[0.0; ROUNDS]; N];
    for round in 0..ROUNDS {
        for (contender, times) in contenders.iter_mut().zip(&mut times) {
            let begun = Instant::now();
            contender();
            times[round] = begun.elapsed().as_secs_f64() * 1e9 / f64::from(RECORDS);
        }
    }
    times.map(|mut times| {
        times.sort_by(f64::total_cmp);
        times[ROUNDS / 2]
    })
}

/// A page as the vendor's example shows its records, with every number as text.
fn page() -> String {
    let mut records = String::new();
    for number in 0..RECORDS {
        let comma = if number == 0 { "" } else { "," };
        write!(
            records,
            r#"{comma}{{"instanceNo":"{}","start_date":"2024-07-08 13:12:03","end_date":"2024-07-08 13:15:10",
            "status":"診断完了","progress":"100","start_url":"http://your-domain/{number}","crawl_cnt":"{}",
            "scan_cnt":"{}","memo":"サンプル","result_button":"report","result_desc":"",
            "rescan_button":"possible","slave_data":null}}"#,
            1_234_567_890 + number,
            number * 7,
            number % 50,
        )
        .expect("a string can be written to");
    }
    format!(
        r#"{{"returnCode":"0","returnDesc":"Request Success","returnMessage":"Success","resources":{{"total_cnt":"{RECORDS}","total_page_cnt":"1","current_start_page":"1","current_end_page":"1","record_data":[{records}]}}}}"#
    )
}

fn ours(page: &str) -> Reply<JobPage> {
    serde_json::from_str(page).expect("the page is valid")
}

fn untagged(page: &str) -> UntaggedReply {
    serde_json::from_str(page).expect("the page is valid")
}

/// Both have read the same.
fn assert_same(ours: &Reply<JobPage>, untagged: &UntaggedReply) {
    assert_eq!(untagged.return_code.text(), "0");
    assert_eq!(untagged.return_desc, ours.return_desc);
    assert_eq!(untagged.return_message, ours.return_message);
    let (ours, untagged) = (&ours.resources, &untagged.resources);
    for (ours, untagged) in [
        (ours.total_cnt, &untagged.total_cnt),
        (ours.total_page_cnt, &untagged.total_page_cnt),
        (ours.current_start_page, &untagged.current_start_page),
        (ours.current_end_page, &untagged.current_end_page),
    ] {
        assert_eq!(untagged.number(), Some(ours));
    }
    let jobs = ours.record_data.iter().zip(untagged.record_data.as_deref().unwrap_or_default());
    for (ours, untagged) in jobs {
        assert_eq!(untagged.instance_no.text(), ours.instance_no.as_str());
        assert_eq!(untagged.start_date, ours.start_date);
        assert_eq!(untagged.end_date, ours.end_date);
        assert_eq!(untagged.status, ours.status);
        assert_eq!(untagged.start_url, ours.start_url);
        assert_eq!(untagged.memo, ours.memo);
        assert_eq!(untagged.result_desc, ours.result_desc);
        assert_eq!(number(untagged.progress.as_ref()), ours.progress.map(u64::from));
        assert_eq!(number(untagged.crawl_cnt.as_ref()), ours.crawl_cnt);
        assert_eq!(number(untagged.scan_cnt.as_ref()), ours.scan_cnt);
        let button = ours.result_button.as_ref().map(wsc_model::ResultButton::as_str);
        assert_eq!(untagged.result_button.as_deref(), button);
        let button = ours.rescan_button.as_ref().map(wsc_model::RescanButton::as_str);
        assert_eq!(untagged.rescan_button.as_deref(), button);
        assert_eq!(untagged.slave_data.as_ref().map_or(0, Vec::len), ours.slave_data.len());
    }
}

/// What the loose fields would be without our visitor; the texts are plain strings, which is less
/// than ours accept and so in its favor.
#[derive(Deserialize)]
#[serde(untagged)]
enum Loose {
    Number(u64),
    Text(String),
}

impl Loose {
    fn number(&self) -> Option<u64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(text) => text.parse().ok(),
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text.clone(),
        }
    }
}

fn number(loose: Option<&Loose>) -> Option<u64> {
    loose?.number()
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct UntaggedReply {
    return_code: Loose,
    #[serde(default)]
    return_desc: String,
    #[serde(default)]
    return_message: String,
    resources: UntaggedPage,
}

#[derive(Deserialize)]
struct UntaggedPage {
    total_cnt: Loose,
    total_page_cnt: Loose,
    current_start_page: Loose,
    current_end_page: Loose,
    record_data: Option<Vec<UntaggedJob>>,
}

#[derive(Deserialize)]
struct UntaggedJob {
    #[serde(rename = "instanceNo")]
    instance_no: Loose,
    #[serde(default)]
    start_date: String,
    #[serde(default)]
    end_date: String,
    #[serde(default)]
    status: String,
    progress: Option<Loose>,
    #[serde(default)]
    start_url: String,
    crawl_cnt: Option<Loose>,
    scan_cnt: Option<Loose>,
    #[serde(default)]
    memo: String,
    result_button: Option<String>,
    #[serde(default)]
    result_desc: String,
    rescan_button: Option<String>,
    slave_data: Option<Vec<Self>>,
}
