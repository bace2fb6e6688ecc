use crate::{Outcome, Standing, Summary};

/// Outputs of a step that are known as soon as scans exist, by name: pass the targets as they are now and write them
/// again whenever one more scan has begun.
///
/// Scripts paste outputs into shells, so an id or a command with anything but letters, digits and a few harmless
/// marks is left out. A value may have several lines.
pub fn started(targets: &[Outcome]) -> Vec<(&'static str, String)> {
    let runs = targets.iter().filter_map(|outcome| outcome.run.clone());
    let scans = targets.iter().filter_map(|outcome| {
        let scan = outcome.scan.as_ref()?;
        is_made_of(scan.as_raw(), "-")
            .then(|| format!("{}:{}", outcome.service.as_str(), scan.as_raw()))
    });
    let commands = targets.iter().filter_map(|outcome| outcome.resume.clone());
    vec![
        ("run-id", once(runs.filter(|run| is_made_of(run, "-")), " ")),
        ("scan-id", once(scans, " ")),
        ("resume-command", once(commands.filter(|command| is_made_of(command, " -_.:/=")), "\n")),
    ]
}

/// All outputs of a step that is over, by name; where the reports are is for the tool to add.
///
/// `gate` is `pass`, `fail`, or `none` if nobody can say. `findings-total` counts what is not accepted; it ends with
/// `+`, which no comparison takes for zero, unless every scan has finished and was whole.
pub fn outputs(summary: &Summary) -> Vec<(&'static str, String)> {
    let gate = match summary.exit.code {
        _ if summary.has_passed() => "pass",
        1 => "fail",
        _ => "none",
    };
    let mut outputs = started(&summary.targets);
    outputs.extend([("findings-total", total(summary)), ("gate", gate.to_owned())]);
    outputs
}

fn total(summary: &Summary) -> String {
    let is_whole =
        |outcome: &Outcome| outcome.diagnosis.as_ref().is_some_and(|said| said.missing.is_empty());
    let all_whole = !summary.targets.is_empty() && summary.targets.iter().all(is_whole);
    let findings = summary.targets.iter().filter_map(|outcome| outcome.diagnosis.as_ref());
    let findings = findings.flat_map(|said| &said.findings);
    let counted = findings.filter(|one| !matches!(one.standing, Standing::Accepted(_)));
    let total = counted.fold(0_u64, |total, one| total.saturating_add(one.count));
    format!("{total}{}", if all_whole { "" } else { "+" })
}

fn is_made_of(text: &str, marks: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || marks.contains(c))
}

fn once(all: impl Iterator<Item = String>, between: &str) -> String {
    let mut seen: Vec<String> = Vec::new();
    for one in all {
        if !seen.contains(&one) {
            seen.push(one);
        }
    }
    seen.join(between)
}
