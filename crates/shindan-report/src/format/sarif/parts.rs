//! What both dialects of SARIF have in common: runs, rules, invocations, and how a text becomes a message.

use std::collections::BTreeMap;

use super::model::{
    AutomationDetails, Configuration, Found, Help, Invocation, Location, Log, LogicalLocation,
    Named, Notification, Relationship, Rule, RuleProperties, Run, Target, Taxon, Text, Tool,
    ToolComponent,
};
use crate::{
    Finding, Outcome, Service, Severity, Summary, Untrusted,
    format::common::{
        clip, id, is_finished, json, place, scanned, sentence, services, text_of, title, why,
    },
};

/// GitHub's limit of a rule's full description, in characters.
const LONGEST_DESCRIPTION: usize = 1_024;
const CWE: Named = Named { name: "CWE" };

/// One run for each service, because GitHub takes one run of a tool and category; `fill` adds the results.
pub(crate) fn log(summary: &Summary, fill: impl Fn(&mut Run, &[&Outcome], &Rules<'_>)) -> String {
    let runs = services(&summary.targets).map(|service| {
        let of: Vec<_> = summary.targets.iter().filter(|one| one.service == service).collect();
        let rules = Rules::of(&of);
        let mut run = run(summary, Some(service));
        run.tool.driver.rules = Some(rules.described(service));
        if let Some(taxonomy) = rules.taxonomy() {
            run.tool.driver.supported_taxonomies = vec![CWE];
            run.taxonomies = vec![taxonomy];
        }
        run.invocations = of.iter().map(|outcome| invocation(outcome)).collect();
        fill(&mut run, &of, &rules);
        run
    });
    let mut runs: Vec<_> = runs.collect();
    if runs.is_empty() {
        runs.push(nothing_asked(summary));
    }
    let log =
        Log { schema: "https://json.schemastore.org/sarif-2.1.0.json", version: "2.1.0", runs };
    json(&log)
}

fn run(summary: &Summary, service: Option<Service>) -> Run {
    let (name, category) = match service {
        Some(service) => (format!("shindan ({})", service.title()), service.as_str()),
        None => ("shindan".to_owned(), "none"),
    };
    let driver = ToolComponent {
        name,
        semantic_version: Some(summary.version.clone()),
        rules: Some(Vec::new()),
        ..ToolComponent::default()
    };
    Run {
        tool: Tool { driver },
        automation_details: AutomationDetails {
            id: format!("shindan/{category}/{}", summary.began_at),
        },
        invocations: Vec::new(),
        original_uri_base_ids: BTreeMap::new(),
        taxonomies: Vec::new(),
        results: Vec::new(),
    }
}

/// A run without a target has scanned nothing, so it is no success.
fn nothing_asked(summary: &Summary) -> Run {
    let mut run = run(summary, None);
    run.invocations = vec![Invocation {
        execution_successful: false,
        exit_code: summary.exit.code,
        exit_code_description: summary.exit.name.clone(),
        start_time_utc: Some(summary.began_at.clone()),
        end_time_utc: Some(summary.ended_at.clone()),
        tool_execution_notifications: vec![note("error", &Untrusted::new("no target was scanned"))],
    }];
    run
}

fn invocation(outcome: &Outcome) -> Invocation {
    let is_finished = is_finished(outcome);
    let mut notes = vec![note("note", &scanned(outcome))];
    if !is_finished {
        notes.push(note("error", &why(outcome)));
    }
    Invocation {
        execution_successful: is_finished,
        exit_code: outcome.exit.code,
        exit_code_description: outcome.exit.name.clone(),
        start_time_utc: outcome.began_at.clone(),
        end_time_utc: outcome.ended_at.clone(),
        tool_execution_notifications: notes,
    }
}

/// Something about a run that is no finding.
pub(crate) fn note(level: &'static str, text: &Untrusted) -> Notification {
    Notification { level, message: Text { text: message(text) + "." } }
}

/// One result, without the place in a file.
pub(crate) fn found(outcome: &Outcome, finding: &Finding, rules: &Rules<'_>) -> Found {
    let what = place(finding);
    let (name, kind) = match text_of(finding.parameter.as_ref()) {
        Some(parameter) => (format!("{what}?{parameter}"), "parameter"),
        None if what.is_empty() => (outcome.target.as_raw().to_owned(), "resource"),
        None => (what, "resource"),
    };
    let named = LogicalLocation {
        fully_qualified_name: Untrusted::new(clip(&name, LONGEST_DESCRIPTION)).for_terminal(),
        kind,
    };
    Found {
        rule_id: finding.rule.id.clone(),
        rule_index: rules.index(&finding.rule.id),
        level: level(finding.severity),
        message: Text { text: message(&sentence(outcome, finding)) + "." },
        guid: id(outcome, finding).to_string(),
        occurrence_count: (finding.count > 1).then_some(finding.count),
        locations: vec![Location { physical_location: None, logical_locations: vec![named] }],
        partial_fingerprints: BTreeMap::new(),
        baseline_state: None,
        suppressions: None,
        web_request: None,
        hosted_viewer_uri: None,
    }
}

/// A text as a plain message: controls are visible, and what the standard reads as an embedded link or as a
/// placeholder is escaped as it says in 3.11.5 and 3.11.6.
pub(crate) fn message(text: &Untrusted) -> String {
    let mut message = String::new();
    for c in text.for_terminal().chars() {
        match c {
            '\\' | '[' | ']' => message.extend(['\\', c]),
            '{' | '}' => message.extend([c, c]),
            _ => message.push(c),
        }
    }
    message
}

/// VAddy rates nothing, and any of its alerts closes every gate, so an unrated finding is an error.
pub(crate) fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::High | Severity::Unrated => "error",
        Severity::Medium => "warning",
        Severity::Low => "note",
    }
}

/// All kinds that were looked for or found, by id.
pub(crate) struct Rules<'a>(BTreeMap<&'a str, Kind<'a>>);

struct Kind<'a> {
    index: usize,
    rule: &'a crate::Rule,
    worst: Option<Severity>,
    advice: Option<&'a str>,
}

impl<'a> Rules<'a> {
    fn of(outcomes: &[&'a Outcome]) -> Self {
        let mut rules = BTreeMap::new();
        for said in outcomes.iter().filter_map(|outcome| outcome.diagnosis.as_ref()) {
            for rule in said.tested.iter().chain(said.findings.iter().map(|one| &one.rule)) {
                let kind = Kind { index: 0, rule, worst: None, advice: None };
                rules.entry(rule.id.as_str()).or_insert(kind);
            }
            for finding in &said.findings {
                if let Some(kind) = rules.get_mut(finding.rule.id.as_str()) {
                    let worst = kind.worst.unwrap_or(finding.severity).min(finding.severity);
                    kind.worst = Some(worst);
                    kind.advice = kind.advice.or(text_of(finding.advice.as_ref()));
                }
            }
        }
        rules.values_mut().enumerate().for_each(|(index, kind)| kind.index = index);
        Self(rules)
    }

    fn index(&self, id: &str) -> usize {
        self.0.get(id).map_or(0, |kind| kind.index)
    }

    fn described(&self, service: Service) -> Vec<Rule> {
        self.0.values().map(|kind| kind.described(service)).collect()
    }

    fn taxonomy(&self) -> Option<ToolComponent> {
        let mut numbers: Vec<_> = self.0.values().filter_map(|kind| kind.rule.cwe).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let taxa: Vec<_> = numbers.iter().map(|cwe| Taxon { id: cwe.to_string() }).collect();
        let name = CWE.name.to_owned();
        (!taxa.is_empty()).then(|| ToolComponent { name, taxa, ..ToolComponent::default() })
    }
}

impl Kind<'_> {
    fn described(&self, service: Service) -> Rule {
        let (id, title) = (&self.rule.id, title(self.rule));
        let full = format!(
            "{}: {} calls it \"{}\"",
            clip(title.as_raw(), 200),
            service.title(),
            clip(self.rule.title.as_raw(), 200)
        );
        let advice = self.advice.map_or_else(
            || format!("{} gives no advice. Look for {id} in its console.", service.title()),
            |advice| clip(advice, 4_000),
        );
        let advice = Untrusted::new(advice);
        let cwe = self.rule.cwe;
        let tags = ["security".to_owned(), "dast".to_owned()];
        let rated = match self.worst {
            Some(Severity::High) => Some("8.0"),
            Some(Severity::Medium) => Some("5.5"),
            Some(Severity::Low) => Some("2.0"),
            Some(Severity::Unrated) | None => None,
        };
        Rule {
            id: id.clone(),
            name: pascal_case(id),
            short_description: Text { text: message(&Untrusted::new(clip(title.as_raw(), 200))) },
            full_description: Text {
                text: clip(&(message(&Untrusted::new(full)) + "."), LONGEST_DESCRIPTION),
            },
            help: Help { text: message(&advice), markdown: advice.for_markdown() },
            default_configuration: Configuration { level: self.worst.map_or("warning", level) },
            relationships: cwe.map(superset).into_iter().collect(),
            properties: RuleProperties {
                tags: tags
                    .into_iter()
                    .chain(cwe.map(|n| format!("external/cwe/cwe-{n:03}")))
                    .collect(),
                security_severity: rated,
            },
        }
    }
}

fn superset(cwe: u32) -> Relationship {
    let target = Target { id: cwe.to_string(), tool_component: CWE };
    Relationship { target, kinds: ["superset"] }
}

/// `wsc/sql-injection` becomes `SqlInjection`.
fn pascal_case(id: &str) -> String {
    let words = id.rsplit('/').next().unwrap_or_default().split('-');
    let big = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
    };
    words.map(big).collect::<Vec<String>>().concat()
}
