//! Calls that fail on purpose: which, how often, and how.

mod dialect;

use core::fmt;

use bytes::Bytes;
use http::{HeaderValue, Request, Response, header};
use percent_encoding::percent_decode_str;

use crate::{Delivery, Emulator, Operation, arguments::Argument};

/// How many rules there can be.
const MOST_RULES: usize = 100;

/// Which calls of an operation fail, and how.
///
/// A status or a code is answered in the service's own dialect. With neither, and no body, the
/// operation's own answer is delivered in a bad way.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "callers fill in what they want and take the rest from `new`"
)]
pub struct FaultRule {
    /// The operation's whole name, like `wsc.getReport`.
    pub operation: String,
    /// Which of its calls.
    pub when: When,
    /// Only calls that have this text in their path, or in an argument.
    pub target: Option<String>,
    /// The HTTP status; if it is not given, the one of the code, or 200 for a body.
    pub status: Option<u16>,
    /// A documented code of WSC or its gateway.
    pub code: Option<u32>,
    /// `VAddy`'s text for a 400 or 404.
    pub message: Option<String>,
    /// A body of one's own in place of the service's.
    pub body: Option<String>,
    /// The header `Retry-After`, in seconds.
    pub retry_after: Option<u32>,
    /// How the answer arrives, if not whole.
    pub delivery: Option<Delivery>,
    /// Whether the operation is executed before it fails. If it is not said: only if its own answer is
    /// delivered.
    pub executed: Option<bool>,
}

impl FaultRule {
    /// Every call of an operation, with nothing wrong yet.
    pub fn new(operation: &str) -> Self {
        Self {
            operation: operation.to_owned(),
            when: When::Always,
            target: None,
            status: None,
            code: None,
            message: None,
            body: None,
            retry_after: None,
            delivery: None,
            executed: None,
        }
    }

    fn has_own_answer(&self) -> bool {
        self.status.is_none() && self.code.is_none() && self.body.is_none()
    }

    fn is_executed(&self) -> bool {
        self.executed.unwrap_or(self.has_own_answer())
    }
}

/// Which calls, counted from 1 since the rules were set, among those of the operation and the target.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a control page has a choice for each")]
pub enum When {
    /// All.
    Always,
    /// These.
    Nth(Vec<u64>),
    /// Every so many.
    Every(u64),
}

/// A rule that cannot be played.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InvalidFault {
    reason: String,
}

impl fmt::Display for InvalidFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl core::error::Error for InvalidFault {}

impl Emulator {
    /// Sets the rules in place of all that were set before, and counts from the beginning.
    ///
    /// All of them count each call; of those that fit, the first is played. Calls are counted and fail
    /// whether their credentials are right or not.
    pub fn set_faults(&mut self, rules: Vec<FaultRule>) -> Result<(), InvalidFault> {
        if rules.len() > MOST_RULES {
            let reason = format!("there are {} rules, and {MOST_RULES} are allowed", rules.len());
            return Err(InvalidFault { reason });
        }
        let prepared = rules.into_iter().enumerate().map(|(place, rule)| {
            prepare(rule)
                .map_err(|reason| InvalidFault { reason: format!("rule {}: {reason}", place + 1) })
        });
        self.faults = Faults(prepared.collect::<Result<_, _>>()?);
        Ok(())
    }

    /// The rules, with how many calls they have counted and how often they were played.
    pub fn faults(&self) -> impl Iterator<Item = (&FaultRule, u64, u64)> {
        self.faults.0.iter().map(|fault| (&fault.rule, fault.counted, fault.played))
    }
}

/// The rules that are set.
#[derive(Clone, Debug, Default)]
pub(crate) struct Faults(Vec<Fault>);

#[derive(Clone, Debug)]
struct Fault {
    rule: FaultRule,
    operation: &'static Operation,
    counted: u64,
    played: u64,
}

/// A call that fails now.
pub(crate) struct Strike {
    /// In place of the operation's own.
    answer: Option<Response<Bytes>>,
    delivery: Option<Delivery>,
    retry_after: Option<u32>,
    pub(crate) executed: bool,
}

impl Faults {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Counts a call, and says how it fails, if it does.
    pub(crate) fn strike(
        &mut self,
        operation: &Operation,
        request: &Request<Bytes>,
        arguments: &[Argument<'_>],
    ) -> Option<Strike> {
        let mut strike = None;
        for fault in &mut self.0 {
            let Fault { rule, operation: of, counted, played } = fault;
            if !core::ptr::eq(*of, operation) || !names(request, arguments, rule.target.as_deref())
            {
                continue;
            }
            *counted += 1;
            let fits = match &rule.when {
                When::Always => true,
                When::Nth(places) => places.contains(counted),
                When::Every(step) => *counted % step == 0,
            };
            if fits && strike.is_none() {
                *played += 1;
                strike = Some(Strike {
                    answer: dialect::answer(of, rule).expect("it was checked when it was set"),
                    delivery: rule.delivery,
                    retry_after: rule.retry_after,
                    executed: rule.is_executed(),
                });
            }
        }
        strike
    }
}

impl Strike {
    /// What is answered, if the operation itself would answer like this or was not executed.
    pub(crate) fn answer(self, own: Option<Response<Bytes>>) -> Response<Bytes> {
        let mut answer = self.answer.or(own).unwrap_or_default();
        if let Some(seconds) = self.retry_after {
            answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Some(delivery) = self.delivery {
            answer.extensions_mut().insert(delivery);
        }
        answer
    }
}

fn names(request: &Request<Bytes>, arguments: &[Argument<'_>], target: Option<&str>) -> bool {
    target.is_none_or(|target| {
        arguments.iter().any(|argument| argument.value.contains(target))
            || percent_decode_str(request.uri().path()).decode_utf8_lossy().contains(target)
    })
}

fn prepare(rule: FaultRule) -> Result<Fault, String> {
    let operation = Operation::named(&rule.operation).ok_or_else(|| {
        let nearest = Operation::named_like(&rule.operation);
        format!(
            "there is no operation of this name; did you mean {nearest}? GET /_emulator/operations \
             lists them"
        )
    })?;
    match &rule.when {
        When::Nth(places) if places.is_empty() || places.contains(&0) => {
            return Err("nth lists calls, and the first is 1".to_owned());
        }
        When::Every(0) => return Err("every is 1 or more".to_owned()),
        When::Always | When::Nth(_) | When::Every(_) => {}
    }
    if rule.target.as_deref() == Some("") {
        return Err("the target is empty; leave it out for all".to_owned());
    }
    if rule.has_own_answer() {
        let needs_answer = match rule.delivery {
            None => return Err("nothing fails: give a status, code, body or delivery".to_owned()),
            Some(Delivery::Reset { after: 0 } | Delivery::Stall { after: 0 } | Delivery::Huge) => {
                false
            }
            Some(_) => true,
        };
        if needs_answer && !rule.is_executed() {
            return Err(
                "there is no answer to deliver: give a status or a body, or execute it".to_owned()
            );
        }
    }
    dialect::answer(operation, &rule)?;
    Ok(Fault { rule, operation, counted: 0, played: 0 })
}
