//! Runs that every format has to show: what can become of a scan, and what can stand in it.

#![expect(clippy::unwrap_used, reason = "what is written here is well-formed")]

use shindan_report::{
    Acceptance, Compared, Counts, Coverage, Depth, Diagnosis, Ended, Finding, Fingerprint, Outcome,
    Place, Point, Rule, Service, Severity, Standing, Summary, Untrusted,
};

/// What stands wherever a service or a site may write.
pub(crate) const HOSTILE: &[&str] = &[
    "::error file=a.rs::injected",
    "a\r\n::set-output name=a::b",
    "##vso[task.complete]",
    "\u{1b}[31mred\u{1b}[0m\u{1b}]0;title\u{7}\u{9b}2J",
    "<script>alert(1)</script><img src=x onerror=alert(1)>\"' onmouseover=alert(1)",
    "=cmd|' /C calc'!A0",
    "＝1+1",
    "\u{202e}fdp.exe\u{2066}",
    "](javascript:alert(1)) | `${{ secrets.A }}` **b** <!-- --> @user #1 https://evil.example/",
    "\u{0}\u{fffe}\u{ffff}]]>&amp;&#x1b;",
    "{{7*7}} {% raw %} %25 %0A",
];

/// All of them by name.
pub(crate) fn all() -> Vec<(&'static str, Summary)> {
    vec![
        ("clean", clean()),
        ("findings", findings()),
        ("incomplete", incomplete()),
        ("failed", failed()),
        ("many", many()),
        ("hostile", hostile()),
    ]
}

/// Both services, nothing found.
pub(crate) fn clean() -> Summary {
    let mut shop = wsc("shop", ok());
    shop.diagnosis = Some(diagnosis(Depth::Findings, Vec::new()));
    let mut admin = vaddy("admin", ok());
    admin.diagnosis = Some(alerts(0, 100));
    run(ok(), vec![shop, admin])
}

/// Findings of every severity and standing at every depth.
pub(crate) fn findings() -> Summary {
    let gate = Ended::new(1, "gate", vec![text("1 high")]);
    let mut shop = wsc("shop", gate.clone());
    let mut sql =
        at(0, "sql-injection", Severity::High, "https://www.stg.shop.example/search", "q");
    sql.is_new = Some(true);
    sql.place = Some(Place::new("src/routes/search.rs", 1));
    sql.advice = Some(text("Bind the parameters."));
    let mut ssi = at(1, "ssi-injection", Severity::High, "https://www.stg.shop.example/", "page");
    ssi.standing = Standing::Accepted(acceptance(&ssi, "2027-01-31"));
    ssi.is_new = Some(false);
    let mut xss = at(2, "xss", Severity::Medium, "https://www.stg.shop.example/a/1?b=c", "b");
    xss.standing = Standing::Expired(acceptance(&xss, "2026-01-31"));
    xss.is_new = Some(false);
    let mut low =
        at(3, "directory-listing", Severity::Low, "https://www.stg.shop.example/img/", "");
    low.parameter = None;
    shop.diagnosis = Some(diagnosis(Depth::Findings, vec![sql, ssi, xss, low]));
    shop.compared =
        Some(Compared::new("01JCZ7K2", "2026-11-19T06:30:00Z", 1, vec![fingerprint(77)], 3));
    let day = |day: u32| format!("2026-11-{day:02}").parse().unwrap();
    shop.trend = (10..=21).map(|n| Point::new(day(n), [u64::from(n % 3), 2, 4, 0])).collect();

    let mut api = wsc("api", Ended::new(1, "gate", vec![text("3 high")]));
    let mut counted = finding(4, "sql-injection", Severity::High);
    counted.count = 3;
    api.diagnosis = Some(diagnosis(Depth::Categories, vec![counted]));
    api.owner = None;

    let mut admin = vaddy("admin", Ended::new(1, "gate", vec![text("alerts: 2")]));
    admin.diagnosis = Some(alerts(2, 100));
    run(gate, vec![shop, api, admin])
}

/// Scans that ended too early.
pub(crate) fn incomplete() -> Summary {
    let short = Ended::new(3, "incomplete", vec![text("only 63% complete")]);
    let mut admin = vaddy("admin", short.clone());
    let mut said = alerts(0, 63);
    said.missing = vec!["only 63% complete".to_owned()];
    admin.diagnosis = Some(said);
    let mut shop =
        wsc("shop", Ended::new(3, "incomplete", vec![text("1 of 3 domains not scanned")]));
    let mut said = diagnosis(Depth::Totals, Vec::new());
    said.coverage.percent = Some(66);
    said.coverage.not_scanned = vec![text("static.stg.shop.example")];
    said.missing = vec!["1 of 3 domains not scanned".to_owned()];
    shop.diagnosis = Some(said);
    run(short, vec![admin, shop])
}

/// Targets without a scan that ended.
pub(crate) fn failed() -> Summary {
    let auth = Ended::new(4, "auth", vec![text("wsc.example did not accept the credentials")]);
    let shop = Outcome::new(
        text("shop"),
        Service::Wsc,
        text("https://www.stg.shop.example/"),
        auth.clone(),
    );
    let unknown = Ended::new(7, "unknown", vec![text("nobody knows whether it was started")]);
    let mut admin = vaddy("admin", unknown.clone());
    admin.scan = None;
    admin.resume = Some("shindan attach 01JD4Q8Z".to_owned());
    run(unknown, vec![shop, admin])
}

/// 3,000 findings.
pub(crate) fn many() -> Summary {
    let all = (0..3_000_u64).map(|n| {
        let severity =
            [Severity::High, Severity::Medium, Severity::Low][usize::try_from(n % 3).unwrap()];
        let rule = ["sql-injection", "xss", "directory-listing"][usize::try_from(n % 3).unwrap()];
        at(
            1_000 + n,
            rule,
            severity,
            &format!("https://www.stg.shop.example/page/{n}"),
            &format!("p{n}"),
        )
    });
    let mut all: Vec<_> = all.collect();
    all.sort_by_key(|finding| finding.severity);
    let gate = Ended::new(1, "gate", vec![text("1000 high")]);
    let mut shop = wsc("shop", gate.clone());
    shop.diagnosis = Some(diagnosis(Depth::Findings, all));
    run(gate, vec![shop])
}

/// Hostile text wherever there may be text of others, one of 100 KB with it.
pub(crate) fn hostile() -> Summary {
    let long = "A<\u{202e}|`".repeat(20_000);
    let texts = HOSTILE.iter().copied().chain([long.as_str()]);
    let outcomes = texts.enumerate().map(|(n, evil)| {
        let n = u64::try_from(n).unwrap();
        let mut outcome = wsc(evil, Ended::new(1, "gate", vec![text(evil)]));
        (outcome.subject, outcome.scan, outcome.console) =
            (text(evil), Some(text(evil)), Some(text(evil)));
        let mut finding = finding(5_000 + n, "sql-injection", Severity::High);
        finding.rule = Rule::new("wsc/other-3f1c9a0b", None, text(evil));
        (finding.method, finding.url) = (Some(text(evil)), Some(text(evil)));
        (finding.parameter, finding.advice) = (Some(text(evil)), Some(text(evil)));
        let mut said = diagnosis(Depth::Findings, vec![finding]);
        said.tested = vec![Rule::new("wsc/other-3f1c9a0b", None, text(evil))];
        said.coverage.scanned = vec![text(evil)];
        said.coverage.not_scanned = vec![text(evil)];
        said.missing = vec!["1 of 2 domains not scanned".to_owned()];
        outcome.diagnosis = Some(said);
        outcome
    });
    run(Ended::new(1, "gate", vec![text("1 high")]), outcomes.collect())
}

fn text(text: &str) -> Untrusted {
    Untrusted::new(text)
}

fn ok() -> Ended {
    Ended::new(0, "ok", Vec::new())
}

fn run(exit: Ended, targets: Vec<Outcome>) -> Summary {
    Summary::new("0.1.0", "2026-11-21T06:30:00Z", "2026-11-21T07:01:12Z", exit, targets)
}

fn wsc(target: &str, exit: Ended) -> Outcome {
    let mut outcome =
        Outcome::new(text(target), Service::Wsc, text("https://www.stg.shop.example/"), exit);
    outcome.owner = Some("team-web".to_owned());
    (outcome.fail_on, outcome.min_coverage) = (Some("high".to_owned()), Some(90));
    outcome.scan = Some(text("48213"));
    timed(outcome, 41)
}

fn vaddy(target: &str, exit: Ended) -> Outcome {
    let mut outcome = Outcome::new(text(target), Service::Vaddy, text("6eb1f9fcbdb6a5a"), exit);
    outcome.scan = Some(text("1-837b5f9f-e088-4af5-9491-67f7ce8035a4"));
    outcome.console = Some(text("https://console.vaddy.net/scan_status/1/1-837b5f9f"));
    timed(outcome, 55)
}

fn timed(mut outcome: Outcome, line: u32) -> Outcome {
    outcome.run = Some("01JD4Q8Z4D8K3T9V0B6M2N5P7R".to_owned());
    outcome.began_at = Some("2026-11-21T06:30:03Z".to_owned());
    outcome.ended_at = Some("2026-11-21T07:01:12Z".to_owned());
    outcome.seconds = 1_869;
    outcome.place = Some(Place::new("shindan.toml", line));
    outcome
}

fn diagnosis(depth: Depth, findings: Vec<Finding>) -> Diagnosis {
    let of = |severity| {
        findings.iter().filter(|one| one.severity == severity).map(|one| one.count).sum()
    };
    let (high, medium, low): (u64, u64, u64) =
        (of(Severity::High), of(Severity::Medium), of(Severity::Low));
    let mut counts = Counts::default();
    (counts.total, counts.high, counts.medium, counts.low) =
        (Some(high + medium + low), Some(high), Some(medium), Some(low));
    let mut coverage = Coverage::default();
    coverage.percent = Some(100);
    coverage.scanned = vec![text("www.stg.shop.example"), text("api.stg.shop.example")];
    let mut diagnosis = Diagnosis::new(depth, counts, coverage);
    diagnosis.tested =
        ["sql-injection", "xss", "ssi-injection", "directory-listing"].map(rule).to_vec();
    diagnosis.findings = findings;
    diagnosis
}

fn alerts(count: u64, percent: u32) -> Diagnosis {
    let mut counts = Counts::default();
    counts.total = Some(count);
    let mut coverage = Coverage::default();
    (coverage.percent, coverage.requests) = (Some(percent), Some(1_234));
    let mut diagnosis = Diagnosis::new(Depth::Totals, counts, coverage);
    diagnosis.tested = vec![
        Rule::new("vaddy/sql-injection", Some("SQL injection".to_owned()), text("SQL Injection")),
        Rule::new("vaddy/xss", Some("Cross-site scripting".to_owned()), text("XSS")),
    ];
    if count > 0 {
        let rule = Rule::new("vaddy/alerts", Some("Alerts of VAddy".to_owned()), text("alerts"));
        let mut finding = Finding::new(fingerprint(9), rule, Severity::Unrated);
        finding.count = count;
        diagnosis.findings = vec![finding];
    }
    diagnosis
}

fn rule(id: &str) -> Rule {
    let (name, title) = match id {
        "sql-injection" => ("SQL injection", "SQL 인젝션"),
        "xss" => ("Cross-site scripting", "크로스 사이트 스크립팅(XSS)"),
        "ssi-injection" => ("Server-side include injection", "SSI 인젝션"),
        _ => ("Directory listing", "디렉터리 목록 노출"),
    };
    Rule::new(format!("wsc/{id}"), Some(name.to_owned()), text(title))
}

fn finding(n: u64, id: &str, severity: Severity) -> Finding {
    Finding::new(fingerprint(n), rule(id), severity)
}

fn at(n: u64, id: &str, severity: Severity, url: &str, parameter: &str) -> Finding {
    let mut finding = finding(n, id, severity);
    finding.method = Some(text("GET"));
    finding.url = Some(text(url));
    finding.parameter = Some(text(parameter));
    finding
}

fn fingerprint(n: u64) -> Fingerprint {
    format!("{n:016x}").parse().unwrap()
}

fn acceptance(finding: &Finding, until: &str) -> Acceptance {
    let until = until.parse().unwrap();
    let mut acceptance = Acceptance::new(
        finding.fingerprint.clone(),
        "WAF blocks it; SHOP-412",
        "kim@example.com",
        until,
    );
    acceptance.severity = Some(finding.severity);
    acceptance
}
