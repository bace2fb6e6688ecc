//! What `DefectDojo` takes as generic findings: the keys of its parser, read on 2026-11-21.
//!
//! Source: <https://github.com/DefectDojo/django-DefectDojo/blob/master/dojo/tools/generic/json_parser.py>

use serde_json::Value;

use super::Faults;

const REQUIRED: [&str; 3] = ["title", "severity", "description"];
const SEVERITIES: [&str; 5] = ["Info", "Low", "Medium", "High", "Critical"];
const LONGEST_TITLE: usize = 511;

/// One key that is in neither list aborts the import.
const OPTIONAL: [&str; 55] = [
    "active",
    "component_name",
    "component_version",
    "cve",
    "cvssv3",
    "cvssv3_score",
    "cvssv4",
    "cvssv4_score",
    "cwe",
    "cwes",
    "date",
    "dynamic_finding",
    "effort_for_fixing",
    "endpoints",
    "epss_percentile",
    "epss_score",
    "false_p",
    "file_path",
    "files",
    "fix_available",
    "fix_version",
    "impact",
    "is_mitigated",
    "kev_date",
    "known_exploited",
    "line",
    "mitigated",
    "mitigation",
    "nb_occurences",
    "numerical_severity",
    "out_of_scope",
    "param",
    "payload",
    "planned_remediation_date",
    "planned_remediation_version",
    "publish_date",
    "ransomware_used",
    "references",
    "risk_accepted",
    "sast_sink_object",
    "sast_source_file_path",
    "sast_source_line",
    "sast_source_object",
    "scanner_confidence",
    "service",
    "severity_justification",
    "static_finding",
    "steps_to_reproduce",
    "tags",
    "thread_id",
    "under_review",
    "unique_id_from_tool",
    "verified",
    "vuln_id_from_tool",
    "vulnerability_ids",
];

pub(super) fn check(import: &Value, faults: &mut Faults) {
    for (n, finding) in faults.list(import, "/findings", "").iter().enumerate() {
        let at = format!("/findings/{n}");
        for field in REQUIRED {
            faults.text(finding, &format!("/{field}"), &at);
        }
        let severity = finding.get("severity").and_then(Value::as_str).unwrap_or_default();
        let what = format!("has to be one of: {}", SEVERITIES.join(", "));
        faults.unless(SEVERITIES.contains(&severity), format!("{at}/severity"), what);
        let title = finding.get("title").and_then(Value::as_str).unwrap_or_default();
        let what = format!("has more than {LONGEST_TITLE} characters");
        faults.unless(title.chars().count() <= LONGEST_TITLE, format!("{at}/title"), what);
        for key in finding.as_object().into_iter().flat_map(|fields| fields.keys()) {
            let is_known = REQUIRED.contains(&key.as_str()) || OPTIONAL.contains(&key.as_str());
            faults.unless(is_known, format!("{at}/{key}"), "is a key that aborts the import");
        }
        let date = finding.get("date").and_then(Value::as_str);
        let is_day = date.is_none_or(|day| day.parse::<crate::Day>().is_ok());
        faults.unless(is_day, format!("{at}/date"), "has to be a day like 2026-11-21");
    }
}
