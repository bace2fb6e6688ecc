use http::Uri;
use serde_json::{Map, Value, json};
use shindan_wire::Secret;
use wsc_model::{GetReport, Raw, Report, ReportReply, ResultButton, RiskCounts, WscFault};

use super::{
    Service, faults,
    job::{CRAWL_BEGINS_MS, CRAWL_ENDS_MS, Findings, SCAN_BEGINS_MS, StoredJob},
};
use crate::{
    clock::{SCAN_MS, korean_with_slashes},
    plot::{ReportState, Scene},
    route::Play,
};

/// The two items whose keywords are documented; `ALL` stands for them here.
const ALL: [&str; 2] = ["XSS", "SSI Injection"];

impl Play<Service> for GetReport {
    fn play(self, service: &mut Service, scene: &Scene) -> Result<Self::Response, WscFault> {
        let place = service.place(&self.instance_no)?;
        let job = &mut service.jobs[place];
        if job.button(job.time(scene.at)) != Some(ResultButton::Report) {
            return Err(faults::call_fail());
        }
        if job.is_late() {
            return Err(faults::unexpected());
        }
        Ok(ReportReply(report(job, &job.findings(service.seed))))
    }

    fn unreadable(_: &Service) -> WscFault {
        faults::call_fail()
    }
}

fn report(job: &StoredJob, findings: &Findings) -> Report {
    let (asked, plot) = (&job.asked, job.plot());
    let time = |usual_ms| korean_with_slashes(job.created.plus_ms(plot.pace.after(usual_ms)));
    let range = |from, to| format!("{}~{}", time(from), time(to));
    let host = asked.start_url.parse::<Uri>().ok().and_then(|uri| uri.host().map(str::to_owned));
    let host = host.unwrap_or_else(|| asked.start_url.clone());
    let items: Vec<&str> = if !plot.titles.is_empty() {
        plot.titles.to_vec()
    } else if asked.vuln_items.iter().any(|item| item == "ALL") {
        ALL.to_vec()
    } else {
        asked.vuln_items.iter().map(String::as_str).collect()
    };
    let found = found(&items, findings);

    let mut report = Report::new(RiskCounts::new(findings.high, findings.medium, findings.low));
    report.report_date = time(SCAN_MS);
    report.target_info.clone_from(&asked.start_url);
    report.crawl_time = range(CRAWL_BEGINS_MS, CRAWL_ENDS_MS);
    report.scan_time = range(SCAN_BEGINS_MS, SCAN_MS);
    report.excluded_url = asked.exclude_url.join(", ");
    report.login_info =
        asked.headers.get("Cookie").map(|cookie| Secret::new(cookie.expose().clone()));
    report.vulnerability_category = items.join(", ");
    asked.user_agent.as_str().clone_into(&mut report.user_agent);
    report.memo = job.memo();
    report.scanned_domain_list = vec![raw(&json!(host))];
    if plot.complete < 100 {
        report.not_scanned_domain_list = vec![raw(&json!(format!("static.{host}")))];
    }
    if plot.report == ReportState::CountsOnly {
        return report;
    }
    report.classify_by_risk_domain = Some(raw(&json!({ host: counts(&found, |_| true) })));
    report.classify_by_risk_vulnerability =
        Some(raw(&by_item(&items, |item| counts(&found, |finding| finding.item == item))));
    report.details = Some(raw(&by_item(&items, |item| {
        let of_item = found.iter().filter(|finding| finding.item == item);
        of_item.map(|finding| finding.detail(&asked.start_url, plot.note)).collect()
    })));
    report.recommendation =
        Some(raw(&by_item(&items, |item| json!(format!("How to prevent {item}")))));
    report
}

struct Finding<'a> {
    item: &'a str,
    risk: &'static str,
    parameter: usize,
}

impl Finding<'_> {
    fn detail(&self, url: &str, note: &str) -> Value {
        let parameter = format!("p{}{note}", self.parameter);
        json!({"Url": url, "Parameter": parameter, "Risk": self.risk})
    }
}

/// As many findings as were counted, spread over the items.
fn found<'a>(items: &[&'a str], findings: &Findings) -> Vec<Finding<'a>> {
    let risks = [("High", findings.high), ("Medium", findings.medium), ("Low", findings.low)];
    let risks = risks.iter().flat_map(|&(risk, count)| (0..count).map(move |_| risk));
    let items = items.iter().cycle();
    risks
        .zip(items)
        .enumerate()
        .map(|(parameter, (risk, item))| Finding { item, risk, parameter })
        .collect()
}

// What stands inside the following four objects is not documented, so their shape is assumed.

fn by_item(items: &[&str], value: impl Fn(&str) -> Value) -> Value {
    items.iter().map(|&item| (item.to_owned(), value(item))).collect::<Map<_, _>>().into()
}

fn counts(found: &[Finding<'_>], of: impl Fn(&Finding<'_>) -> bool) -> Value {
    let count = |risk| found.iter().filter(|finding| of(finding) && finding.risk == risk).count();
    json!({"High": count("High"), "Medium": count("Medium"), "Low": count("Low")})
}

fn raw(value: &Value) -> Raw {
    serde_json::from_str(&value.to_string()).expect("a value is json and not nested deeply")
}
