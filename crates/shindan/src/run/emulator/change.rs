//! The commands that change an emulator that runs, or show what can be changed.

use std::{collections::BTreeMap, fs};

use http::Method;
use serde::Deserialize;
use serde_json::json;

use super::{
    super::App,
    control::{Answer, Control, in_path},
};
use crate::{
    args::{ClockCommand, FaultArgs, FaultCommand, ScenarioCommand},
    exit::Exit,
    failed::Failed,
    output::{Rows, figure, note},
};

pub(super) async fn reset(control: &Control<'_>) -> Result<Exit, Failed> {
    control.call(Method::POST, "reset", String::new()).await?;
    note("everything that was started and asked is forgotten");
    Ok(Exit::Ok)
}

pub(super) async fn clock(
    app: &App,
    control: &Control<'_>,
    command: Option<ClockCommand>,
) -> Result<Exit, Failed> {
    #[derive(Deserialize)]
    struct Shown {
        mode: String,
        time: String,
        real: String,
    }
    let change = match command {
        None | Some(ClockCommand::Show) => None,
        Some(ClockCommand::Set { clock }) => Some(json!({ "mode": clock.to_string() })),
        Some(ClockCommand::Advance { by }) => Some(json!({ "advance": by })),
    };
    let answer = match change {
        None => control.get("clock").await?,
        Some(change) => control.call(Method::POST, "clock", change.to_string()).await?,
    };
    let Shown { mode, time, real } = answer.read()?;
    app.output.answer(&answer.0, |_| {
        Rows::new(&["CLOCK", "TIME", "REAL TIME"]).row([mode, time, real])
    })?;
    Ok(Exit::Ok)
}

pub(super) async fn scenario(
    app: &App,
    control: &Control<'_>,
    command: ScenarioCommand,
) -> Result<Exit, Failed> {
    let call = |target: Option<String>| match target {
        Some(target) => format!("scenarios/{}", in_path(&target)),
        None => "scenarios".to_owned(),
    };
    match command {
        ScenarioCommand::List => {
            let answer = control.get("scenarios").await?;
            show_scenarios(app, &answer, true)?;
        }
        ScenarioCommand::Set { name, target } => {
            let body = json!({ "scenario": name }).to_string();
            let set = control.call(Method::PUT, &call(target), body).await;
            set.map_err(|failed| failed.help("list them with: shindan emulator scenario list"))?;
            show_scenarios(app, &control.get("scenarios").await?, false)?;
        }
        ScenarioCommand::Clear { target } => {
            control.call(Method::DELETE, &call(target), String::new()).await?;
            show_scenarios(app, &control.get("scenarios").await?, false)?;
        }
    }
    Ok(Exit::Ok)
}

fn show_scenarios(app: &App, answer: &Answer, known_too: bool) -> Result<(), Failed> {
    #[derive(Deserialize)]
    struct Scenarios {
        all: Option<String>,
        targets: BTreeMap<String, String>,
        known: Vec<Known>,
    }
    #[derive(Deserialize)]
    struct Known {
        name: String,
        meaning: String,
    }
    let Scenarios { all, targets, known } = answer.read()?;
    if known_too && !app.output.is_json() {
        let known = known.into_iter().map(|Known { name, meaning }| vec![name, meaning]);
        app.output.answer(&(), |()| Rows::new(&["SCENARIO", "MEANING"]).rows(known))?;
        app.output.lines(&[String::new()])?;
    }
    app.output.answer(&answer.0, |_| {
        Rows::new(&["TARGET", "SCENARIO"])
            .row(["all others".to_owned(), figure(all)])
            .rows(targets.into_iter().map(|(target, scenario)| vec![target, scenario]))
    })
}

pub(super) async fn fault(
    app: &App,
    control: &Control<'_>,
    command: FaultCommand,
) -> Result<Exit, Failed> {
    let answer = match command {
        FaultCommand::Operations => return operations(app, control).await,
        FaultCommand::List => control.get("faults").await?,
        FaultCommand::Set(args) => {
            let set = control.call(Method::PUT, "faults", rules(*args)?).await;
            set.map_err(|failed| {
                failed.help("list what can fail with: shindan emulator fault operations")
            })?
        }
        FaultCommand::Clear => control.call(Method::DELETE, "faults", String::new()).await?,
    };
    show_faults(app, &answer)?;
    Ok(Exit::Ok)
}

/// A list of rules as JSON.
fn rules(args: FaultArgs) -> Result<String, Failed> {
    match args.rules {
        None => {
            serde_json::to_string(&[args.rule]).map_err(|error| Failed::new(Exit::Internal, error))
        }
        Some(rules) => match rules.strip_prefix('@') {
            None => Ok(rules),
            Some(path) => fs::read_to_string(path).map_err(|error| {
                Failed::new(Exit::Usage, format!("{path} cannot be read")).cause(error)
            }),
        },
    }
}

fn show_faults(app: &App, answer: &Answer) -> Result<(), Failed> {
    #[derive(Deserialize)]
    struct Faults {
        faults: Vec<Fault>,
    }
    #[derive(Deserialize)]
    struct Fault {
        operation: String,
        nth: Option<Vec<u64>>,
        every: Option<u64>,
        counted: u64,
        played: u64,
        /// How it fails.
        #[serde(flatten)]
        how: BTreeMap<String, serde_json::Value>,
    }
    let Faults { faults } = answer.read()?;
    app.output.answer(&answer.0, |_| {
        let rows = faults.into_iter().map(|fault| {
            let calls = match (fault.nth, fault.every) {
                (Some(nth), _) => nth.iter().map(u64::to_string).collect::<Vec<_>>().join(","),
                (None, Some(every)) => format!("every {every}"),
                (None, None) => "all".to_owned(),
            };
            let how: Vec<_> =
                fault.how.iter().map(|(name, value)| format!("{name}={value}")).collect();
            vec![
                fault.operation,
                calls,
                how.join(" "),
                fault.counted.to_string(),
                fault.played.to_string(),
            ]
        });
        Rows::new(&["OPERATION", "CALLS", "FAULT", "COUNTED", "FAILED"]).rows(rows)
    })
}

async fn operations(app: &App, control: &Control<'_>) -> Result<Exit, Failed> {
    #[derive(Deserialize)]
    struct Operations {
        operations: Vec<Row>,
    }
    #[derive(Deserialize)]
    struct Row {
        operation: String,
        method: String,
        path: String,
        with: Vec<String>,
    }
    let answer = control.get("operations").await?;
    let Operations { operations } = answer.read()?;
    app.output.answer(&answer.0, |_| {
        Rows::new(&["OPERATION", "METHOD", "PATH", "WITH"]).rows(operations.into_iter().map(
            |Row { operation, method, path, with }| vec![operation, method, path, with.join(", ")],
        ))
    })?;
    Ok(Exit::Ok)
}
