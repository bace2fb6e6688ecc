//! `/_emulator/scenarios` and `/_emulator/scenarios/{target}`

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Answered, Call, Refusal, json};
use crate::{Emulator, Scenario, scenario::Scenarios, text::nearest};

/// How many targets can have a scenario, and how long a target is in bytes.
const MOST_TARGETS: usize = 1_000;
const LONGEST_TARGET: usize = 2_048;

#[derive(Serialize)]
struct Shown<'a> {
    /// The one of all targets that have none of their own.
    all: Option<&'static str>,
    targets: BTreeMap<&'a str, &'static str>,
    known: Vec<Known>,
}

#[derive(Serialize)]
struct Known {
    name: &'static str,
    meaning: &'static str,
}

#[derive(Serialize)]
struct One<'a> {
    target: &'a str,
    /// The one that it has: its own, the one in its name, or the one of all.
    scenario: Option<&'static str>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    scenario: String,
}

pub(super) fn answer(emulator: &mut Emulator, call: &Call<'_>) -> Answered {
    if call.rest.is_some_and(|target| target.is_empty() || target.len() > LONGEST_TARGET) {
        return Err(Refusal::Bad(format!("a target has 1 to {LONGEST_TARGET} bytes")));
    }
    match call.method {
        "GET" => {}
        "PUT" => put(emulator, call)?,
        "DELETE" => match call.rest {
            Some(target) => emulator.set_scenario(Some(target), None),
            None => emulator.scenarios = Scenarios::default(),
        },
        _ => return Err(Refusal::Method("GET, PUT, DELETE")),
    }
    Ok(match call.rest {
        None => json(&all(emulator)),
        Some(target) => {
            let scenario = emulator.scenarios.of(target).map(Scenario::name);
            json(&One { target, scenario })
        }
    })
}

fn put(emulator: &mut Emulator, call: &Call<'_>) -> Result<(), Refusal> {
    let wanted: Wanted = call.read(r#"{"scenario":"incomplete"}"#)?;
    let scenario = wanted.scenario.parse::<Scenario>().map_err(|error| {
        let all = Scenario::ALL.into_iter().map(|scenario| (scenario, scenario.name().into()));
        let nearest = nearest(&wanted.scenario, all).expect("there are scenarios");
        Refusal::Bad(format!("{error}; did you mean {nearest}?"))
    })?;
    let is_new = |target| !emulator.scenarios().any(|(known, _)| known == Some(target));
    if call.rest.is_some_and(is_new) && emulator.scenarios().count() >= MOST_TARGETS {
        return Err(Refusal::Bad(format!("{MOST_TARGETS} targets have a scenario; DELETE some")));
    }
    emulator.set_scenario(call.rest, Some(scenario));
    Ok(())
}

fn all(emulator: &Emulator) -> Shown<'_> {
    let known = Scenario::ALL.into_iter();
    let mut all = Shown {
        all: None,
        targets: BTreeMap::new(),
        known: known
            .map(|scenario| Known { name: scenario.name(), meaning: scenario.meaning() })
            .collect(),
    };
    for (target, scenario) in emulator.scenarios() {
        match target {
            Some(target) => drop(all.targets.insert(target, scenario.name())),
            None => all.all = Some(scenario.name()),
        }
    }
    all
}
