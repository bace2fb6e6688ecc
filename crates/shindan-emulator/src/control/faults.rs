//! `/_emulator/faults`

use serde::{Deserialize, Serialize};

use super::{Answered, Call, Refusal, json};
use crate::{Delivery, Emulator, FaultRule, When};

/// A rule as it is written in JSON.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    operation: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    nth: Option<Vec<u64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    every: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delivery: Option<Kind>,
    /// Bytes of the body before it is cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    executed: Option<bool>,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Reset,
    Truncate,
    Stall,
    Drip,
    Huge,
}

#[derive(Serialize)]
struct Faults {
    faults: Vec<Listed>,
}

#[derive(Serialize)]
struct Listed {
    #[serde(flatten)]
    rule: Rule,
    /// How many calls were counted, and how many failed.
    counted: u64,
    played: u64,
}

pub(super) fn answer(emulator: &mut Emulator, call: &Call<'_>) -> Answered {
    match call.method {
        "GET" => {}
        "PUT" => {
            let example = r#"[{"operation":"wsc.getReport","nth":[1,2],"status":500}]"#;
            let rules: Vec<Rule> = call.read(example)?;
            let rules = rules.into_iter().map(read).collect::<Result<_, _>>()?;
            emulator.set_faults(rules).map_err(Refusal::bad)?;
        }
        "DELETE" => emulator.set_faults(Vec::new()).map_err(Refusal::bad)?,
        _ => return Err(Refusal::Method("GET, PUT, DELETE")),
    }
    let faults = emulator.faults().map(|(rule, counted, played)| Listed {
        rule: write(rule),
        counted,
        played,
    });
    Ok(json(&Faults { faults: faults.collect() }))
}

fn read(rule: Rule) -> Result<FaultRule, Refusal> {
    let when = match (rule.nth, rule.every) {
        (None, None) => When::Always,
        (Some(places), None) => When::Nth(places),
        (None, Some(step)) => When::Every(step),
        (Some(_), Some(_)) => return Err(Refusal::bad("give nth or every, not both")),
    };
    let after = rule.after.unwrap_or_default();
    let delivery = match (rule.delivery, rule.after) {
        (Some(Kind::Reset), _) => Some(Delivery::Reset { after }),
        (Some(Kind::Truncate), _) => Some(Delivery::Truncate { after }),
        (Some(Kind::Stall), _) => Some(Delivery::Stall { after }),
        (_, Some(_)) => return Err(Refusal::bad("after goes with reset, truncate or stall")),
        (Some(Kind::Drip), None) => Some(Delivery::Drip),
        (Some(Kind::Huge), None) => Some(Delivery::Huge),
        (None, None) => None,
    };
    Ok(FaultRule {
        operation: rule.operation,
        when,
        target: rule.target,
        status: rule.status,
        code: rule.code,
        message: rule.message,
        body: rule.body,
        retry_after: rule.retry_after,
        delivery,
        executed: rule.executed,
    })
}

fn write(rule: &FaultRule) -> Rule {
    let rule = rule.clone();
    let (nth, every) = match rule.when {
        When::Always => (None, None),
        When::Nth(places) => (Some(places), None),
        When::Every(step) => (None, Some(step)),
    };
    let (delivery, after) = match rule.delivery {
        None => (None, None),
        Some(Delivery::Reset { after }) => (Some(Kind::Reset), Some(after)),
        Some(Delivery::Truncate { after }) => (Some(Kind::Truncate), Some(after)),
        Some(Delivery::Stall { after }) => (Some(Kind::Stall), Some(after)),
        Some(Delivery::Drip) => (Some(Kind::Drip), None),
        Some(Delivery::Huge) => (Some(Kind::Huge), None),
    };
    Rule {
        operation: rule.operation,
        nth,
        every,
        target: rule.target,
        status: rule.status,
        code: rule.code,
        message: rule.message,
        body: rule.body,
        retry_after: rule.retry_after,
        delivery,
        after,
        executed: rule.executed,
    }
}
