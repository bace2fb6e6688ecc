use std::collections::BTreeSet;

use crate::{Ended, Outcome, Summary, Untrusted};

/// Exit codes, the one that matters most first. One that is not among them matters more than all of these.
pub const EXIT_ORDER: [u8; 15] = [1, 7, 70, 130, 143, 2, 4, 5, 6, 3, 10, 9, 8, 11, 0];

/// Makes one run out of several, the earliest first: it has the targets of all of them, and of a target that several
/// have, what the last one says.
///
/// A scan that an emulator has played never stands in for a real one. The exit is the worst of the targets that are
/// left and of the runs that no target of theirs explains, like one that could not write its reports. Times are not
/// looked at, so the order is the caller's to choose.
pub fn merge(first: &Summary, later: &[Summary]) -> Summary {
    let Some(last) = later.last() else { return first.clone() };
    let runs: Vec<&Summary> = [first].into_iter().chain(later).collect();
    let mut targets = Vec::new();
    for (n, run) in runs.iter().enumerate() {
        let newer: BTreeSet<_> =
            runs[n + 1..].iter().flat_map(|run| &run.targets).map(Outcome::key).collect();
        let stays = |outcome: &&Outcome| !newer.contains(&outcome.key());
        targets.extend(run.targets.iter().filter(stays).cloned());
    }
    let began_at = runs.iter().map(|run| &run.began_at).min().unwrap_or(&first.began_at);
    let ended_at = runs.iter().map(|run| &run.ended_at).max().unwrap_or(&last.ended_at);
    let exit = exit(&runs, &targets);
    Summary::new(last.version.clone(), began_at.clone(), ended_at.clone(), exit, targets)
}

/// The worst exit, and the reasons of all who have it.
fn exit(runs: &[&Summary], targets: &[Outcome]) -> Ended {
    let unexplained =
        |run: &&&Summary| run.targets.iter().all(|outcome| outcome.exit.code != run.exit.code);
    let of_runs = runs.iter().filter(unexplained).map(|run| (None, &run.exit));
    let of_targets = targets.iter().map(|outcome| (Some(&outcome.target), &outcome.exit));
    let all: Vec<_> = of_runs.chain(of_targets).collect();
    let worst = all.iter().map(|(_, exit)| *exit).min_by_key(|exit| rank(exit.code));
    let worst = worst.expect("a run without targets has an exit of its own");
    let mut because = Vec::new();
    for (target, exit) in all.iter().filter(|(_, exit)| exit.code == worst.code) {
        because.extend(exit.because.iter().map(|reason| match target {
            Some(target) => Untrusted::new(format!("{}: {}", target.as_raw(), reason.as_raw())),
            None => reason.clone(),
        }));
    }
    Ended::new(worst.code, worst.name.clone(), because)
}

fn rank(code: u8) -> usize {
    EXIT_ORDER.iter().position(|known| *known == code).map_or(0, |n| n + 1)
}
