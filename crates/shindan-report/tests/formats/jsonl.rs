//! The events of a run, each line read by itself.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

use serde_json::{Value, json};
use shindan_report::{Ended, Event, Format, Happened, Lang, Summary};

use crate::samples;

#[test]
fn every_line_is_an_event() {
    for (name, summary) in samples::all() {
        let text = Format::Jsonl.render(&summary, Lang::Ja);
        let events = events(&text);
        let of_target = |outcome: &shindan_report::Outcome| {
            let findings = outcome.diagnosis.iter().map(|said| said.findings.len()).sum::<usize>();
            2 + usize::from(outcome.scan.is_some()) + findings
        };
        let count = 2 + summary.targets.iter().map(of_target).sum::<usize>();
        assert_eq!(events.len(), count, "{name}");
        assert!(text.ends_with('\n') && !text.contains("\n\n"), "{name}");
        assert!(!text.contains(|c: char| c != '\n' && c.is_control()), "{name}");
        // Written again, nothing is lost.
        assert_eq!(events.iter().map(Event::line).collect::<String>(), text, "{name}");
        for outcome in &summary.targets {
            let began = Happened::TargetBegan {
                service: outcome.service,
                emulated: outcome.emulated,
                subject: outcome.subject.clone(),
            };
            let is_told = |event: &Event| {
                event.happened == began && event.target.as_ref() == Some(&outcome.target)
            };
            assert!(events.iter().any(is_told), "{name}");
        }
    }
}

#[test]
fn only_what_has_passed_says_so() {
    for (name, summary) in samples::all() {
        let passed = passed(&summary);
        assert_eq!(passed.len(), summary.targets.len() + 1, "{name}");
        assert!(passed.iter().all(|passed| *passed == (name == "clean")), "{name}");
    }
    let mut left_running = samples::clean();
    left_running.targets[0].diagnosis = None;
    assert_eq!(passed(&left_running), [false, true, false]);
    let mut partly = samples::clean();
    let said = partly.targets[1].diagnosis.as_mut().unwrap();
    said.missing = vec!["the coverage is unknown".to_owned()];
    assert_eq!(passed(&partly), [true, false, false]);
    let mut unwritten = samples::clean();
    unwritten.exit = Ended::new(11, "output", Vec::new());
    assert_eq!(passed(&unwritten), [true, true, false]);
    let mut nothing = samples::clean();
    nothing.targets.clear();
    assert_eq!(passed(&nothing), [false]);
}

#[test]
fn a_line_is_what_a_script_expects() {
    let text = Format::Jsonl.render(&samples::failed(), Lang::En);
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(
        lines[0],
        json!({ "time": "2026-11-21T06:30:00Z", "kind": "run-began", "version": "0.1.0" })
    );
    assert_eq!(
        lines[2],
        json!({
            "target": "shop", "kind": "target-ended", "passed": false,
            "exit": { "code": 4, "name": "auth", "because": ["wsc.example did not accept the credentials"] },
        })
    );
    assert_eq!(lines[5]["kind"], "run-ended");
    let phase = Happened::Phase { phase: "diagnosing".to_owned() };
    let event = Event::new(Some("2026-11-21T06:41:30Z".to_owned()), None, phase);
    assert_eq!(
        event.line(),
        "{\"time\":\"2026-11-21T06:41:30Z\",\"kind\":\"phase\",\"phase\":\"diagnosing\"}\n"
    );
    assert_eq!(events(&event.line()), [event]);
}

fn events(text: &str) -> Vec<Event> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn passed(summary: &Summary) -> Vec<bool> {
    let events = events(&Format::Jsonl.render(summary, Lang::En));
    let passed = events.into_iter().filter_map(|event| {
        let (Happened::TargetEnded { passed, .. } | Happened::RunEnded { passed, .. }) =
            event.happened
        else {
            return None;
        };
        Some(passed)
    });
    passed.collect()
}
