use crate::{Event, Happened, Outcome, Summary};

/// The events of a run that is over, one on each line: target by target, not by time. What a summary does not
/// know, like the phases, is not among them.
pub fn jsonl(summary: &Summary) -> String {
    let began = Happened::RunBegan { version: summary.version.clone() };
    let ended = Happened::RunEnded { exit: summary.exit.clone(), passed: summary.has_passed() };
    let mut text = Event::new(Some(summary.began_at.clone()), None, began).line();
    for outcome in &summary.targets {
        for event in events(outcome) {
            text += &event.line();
        }
    }
    text + &Event::new(Some(summary.ended_at.clone()), None, ended).line()
}

fn events(outcome: &Outcome) -> Vec<Event> {
    let event = |time: Option<&String>, happened| {
        Event::new(time.cloned(), Some(outcome.target.clone()), happened)
    };
    let (began_at, ended_at) = (outcome.began_at.as_ref(), outcome.ended_at.as_ref());
    let mut events = vec![event(
        began_at,
        Happened::TargetBegan {
            service: outcome.service,
            emulated: outcome.emulated,
            subject: outcome.subject.clone(),
        },
    )];
    events.extend(outcome.scan.iter().map(|scan| {
        // The summary knows that it was started, not when.
        event(None, Happened::ScanStarted { scan: scan.clone() })
    }));
    let said = outcome.diagnosis.as_ref();
    events.extend(
        said.iter().flat_map(|said| &said.findings).map(|finding| {
            event(ended_at, Happened::Finding { finding: Box::new(finding.clone()) })
        }),
    );
    events.push(event(
        ended_at,
        Happened::TargetEnded {
            exit: outcome.exit.clone(),
            passed: outcome.has_passed(),
            counts: said.map(|said| said.counts),
            coverage: said.map(|said| said.coverage.clone()),
        },
    ));
    events
}
