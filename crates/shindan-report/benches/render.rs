//! Every format of a report with 3,000 findings: milliseconds, bytes, and the peak memory of it all.

#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a bench looks at the clock and prints its figures"
)]

use std::{fs, time::Instant};

use serde_json::{Value, json};
use shindan_report::{
    Ended, Lang, Outcome, Service, Summary, Untrusted, door,
    format::{Format, annotations},
};

const FINDINGS: usize = 3_000;

fn main() {
    let summary = summary();
    let before = peak_kib();
    let begun = Instant::now();
    for format in Format::all() {
        let begun = Instant::now();
        let bytes = format.render(&summary, Lang::Ko).len();
        let took = begun.elapsed().as_secs_f64() * 1_000.0;
        println!("{:<14}{took:>8.1} ms {bytes:>10} bytes", format.as_str());
    }
    let bytes = annotations(&summary, "0123456789abcdef0123456789abcdef").len();
    println!("{:<25}{bytes:>10} bytes", "github");
    let took = begun.elapsed().as_secs_f64() * 1_000.0;
    println!("all of them {took:.0} ms; peak {} KiB, {before} KiB of it before", peak_kib());
}

fn summary() -> Summary {
    let titles = ["SQL 인젝션", "크로스 사이트 스크립팅(XSS)", "SSI Injection", "Something else"];
    let risks = ["High", "Medium", "Low"];
    let finding = |n: usize| {
        json!({
            "Url": format!("https://www.stg.shop.example/page/{n}/item"),
            "Parameter": format!("parameter-{n}"),
            "Risk": risks[n % risks.len()],
        })
    };
    let of = |place: usize| -> Vec<Value> {
        (0..FINDINGS).filter(|n| n % titles.len() == place).map(finding).collect()
    };
    let details: serde_json::Map<_, _> =
        titles.iter().enumerate().map(|(n, title)| ((*title).to_owned(), of(n).into())).collect();
    let report = json!({
        "Vulnerability_Category": titles.join(", "),
        "Scanned_Domain_List": ["www.stg.shop.example"],
        "Classify_byRisk_Level": {"Total": 3_000, "High": 1_000, "Medium": 1_000, "Low": 1_000},
        "Details": details,
    });
    let report = serde_json::from_str(&report.to_string()).expect("it is a report");
    let gate = Ended::new(1, "gate", vec![Untrusted::new("1000 high")]);
    let subject = Untrusted::new("https://www.stg.shop.example/");
    let mut shop = Outcome::new(Untrusted::new("shop"), Service::Wsc, subject, gate.clone());
    let diagnosis = door::wsc(&report, &[]);
    assert_eq!(diagnosis.findings.len(), FINDINGS);
    shop.diagnosis = Some(diagnosis);
    let (began, ended) = ("2026-11-21T06:30:00Z", "2026-11-21T07:01:12Z");
    Summary::new("0.1.0", began, ended, gate, vec![shop])
}

/// Of this process so far, in KiB; 0 where the system does not tell.
fn peak_kib() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or_default()
}
