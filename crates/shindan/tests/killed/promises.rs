//! What holds whenever no process runs, however the one before has ended.

use shindan_journal::Phase;

use crate::round::Round;

/// A promise that was not kept.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Broken {
    /// More than one scan for one intent.
    Double(String),
    /// A scan that nobody knows.
    Lost(String),
    /// Something that was said is not so.
    Claim(String),
}

/// Compares the services' own lists with the journal and with what the last process has said.
pub(crate) fn check(round: &mut Round) {
    // Nobody writes into the journal now; the list may still grow by a start that is on its way.
    let (runs, scans, said) = (round.runs(), round.scans(), round.last());
    let mut broken = Vec::new();
    let mut double = |holds: bool, what: &str| {
        if !holds {
            broken.push(Broken::Double(what.to_owned()));
        }
    };
    double(scans.len() <= round.intents, "at most one scan for one intent");
    let each = runs.iter().map(|view| view.run.ids());
    double(each.clone().all(|ids| ids.len() <= 1), "at most one scan in a run");
    let named: Vec<&str> = each.flatten().collect();
    let mut distinct = named.clone();
    distinct.sort_unstable();
    distinct.dedup();
    double(round.has_key() || distinct.len() == named.len(), "two intents do not share a scan");

    let mut lost = |holds: bool, what: &str| {
        if !holds {
            broken.push(Broken::Lost(what.to_owned()));
        }
    };
    let unnamed = scans.iter().filter(|scan| !named.contains(&scan.as_str())).count();
    let open = runs.iter().filter(|view| view.run.is_open_unknown()).count();
    // So what is not sent, refused or not started has no scan.
    lost(unnamed <= open, "every scan is in the journal, or its run is open");
    let mut shown = scans.iter().filter(|scan| said.contains(scan));
    lost(shown.all(|scan| named.contains(&scan.as_str())), "what was printed is in the journal");
    let printed = said.stderr.lines().find_map(|line| line.strip_prefix("run ")?.split_once(':'));
    let latest = runs.last();
    let same = |(run, _)| latest.is_some_and(|view| view.id.to_string() == run);
    lost(printed.is_none_or(same), "the run that was printed is in the journal");

    let mut claim = |holds: bool, what: &str| {
        if !holds {
            broken.push(Broken::Claim(what.to_owned()));
        }
    };
    claim(named.iter().all(|id| scans.iter().any(|scan| scan == id)), "a known scan exists");
    let phase = latest.map(|view| view.run.phase());
    let nothing = [None, Some(Phase::Intended), Some(Phase::NotStarted), Some(Phase::Refused)];
    let denied = said.code == Some(9) || said.contains("nothing was started");
    claim(!denied || nothing.contains(&phase), "nothing was started where that is said");
    let is_open = latest.is_some_and(|view| view.run.is_open_unknown());
    claim(said.code != Some(7) || is_open, "exit 7 is for what is unknown");
    let follows = !said.command.starts_with("runs");
    let judged = follows && matches!(said.code, Some(0 | 1 | 3));
    let has_scan = latest.is_some_and(|view| view.run.ids().len() == 1);
    claim(!judged || has_scan, "what was judged or left running is a known scan");
    round.broken.append(&mut broken);
}
