//! Every fault on every operation of a flow, over the wire: before the operation is executed, and after it.

use core::time::Duration;

use shindan_emulator::{Delivery, Emulator, FaultRule, Operation, When};
use shindan_hyper::now;

use crate::world::{
    End,
    Service::{self, VaddyV1, VaddyV2, Wsc},
    World,
};

/// An operation of a flow.
pub(crate) struct Role {
    service: Service,
    /// Whether it starts a scan.
    starts: bool,
    /// When the flow is asked to end.
    cancel_at: Duration,
    /// A start whose answer is lost: only then the operation is asked for.
    lost: Option<&'static str>,
}

/// Which part an operation plays; `None` if no flow asks for it, so that it is called by itself.
pub(crate) fn role(operation: &str) -> Option<Role> {
    let of = |service| Role { service, starts: false, cancel_at: Duration::MAX, lost: None };
    let canceled =
        |service, after_s| Role { cancel_at: Duration::from_secs(after_s), ..of(service) };
    Some(match operation {
        "wsc.createJob" => Role { starts: true, ..of(Wsc) },
        "vaddy.v1.startScan" => Role { starts: true, ..of(VaddyV1) },
        "vaddy.v2.startScan" => Role { starts: true, ..of(VaddyV2) },
        "wsc.getJobs" | "wsc.searchJobs" | "wsc.getReport" => of(Wsc),
        "vaddy.v1.checkRunning" | "vaddy.v1.getScanResult" => of(VaddyV1),
        "vaddy.v2.checkRunning" | "vaddy.v2.getScanResult" => of(VaddyV2),
        "vaddy.v2.listResults" => Role { lost: Some("vaddy.v2.startScan"), ..of(VaddyV2) },
        // A job can be canceled while it waits; after that it is stopped.
        "wsc.cancelJob" => canceled(Wsc, 0),
        "wsc.stopJob" => canceled(Wsc, 20),
        "vaddy.v1.cancelScan" => canceled(VaddyV1, 20),
        "vaddy.v2.cancelScan" => canceled(VaddyV2, 20),
        "vaddy.v1.searchCrawls" | "vaddy.v2.searchCrawls" | "vaddy.v2.deleteCrawl" => return None,
        other => panic!("{other} has no role"),
    })
}

/// What is answered in place of an operation's own answer, and whether the operation may have been executed then.
/// Who refuses does not execute.
fn answers(operation: &Operation) -> Vec<(FaultRule, bool)> {
    let rule = || FaultRule::new(&operation.to_string());
    let status = |status| FaultRule { status: Some(status), ..rule() };
    let mut answers: Vec<_> = [500, 502, 503, 504].map(|code| (status(code), true)).into();
    answers.push((FaultRule { retry_after: Some(7), ..status(503) }, true));
    answers.push((status(401), false));
    for body in ["<html>login</html>", "", "{}", "[1", "null"] {
        answers.push((FaultRule { body: Some(body.to_owned()), ..rule() }, true));
    }
    if operation.service == "wsc" {
        let code = |code| FaultRule { code: Some(code), ..rule() };
        answers.extend([400, 410, 901, 169_201].map(|refused| (code(refused), false)));
        answers.push((FaultRule { retry_after: Some(7), ..code(410) }, false));
    } else {
        for message in ["Scan has already been running", "permission denied", "?"] {
            let message = Some(message.to_owned());
            answers.push((FaultRule { message, ..status(400) }, false));
        }
    }
    answers
}

const DELIVERIES: [Delivery; 8] = [
    Delivery::Reset { after: 0 },
    Delivery::Reset { after: 9 },
    Delivery::Truncate { after: 0 },
    Delivery::Truncate { after: 9 },
    Delivery::Stall { after: 0 },
    Delivery::Stall { after: 9 },
    Delivery::Drip,
    Delivery::Huge,
];

/// Each fault, before the operation is executed and, where that can be, after it.
pub(crate) fn rules(operation: &Operation) -> Vec<FaultRule> {
    let mut rules = Vec::new();
    for (answer, may_be_executed) in answers(operation) {
        if may_be_executed {
            rules.push(FaultRule { executed: Some(true), ..answer.clone() });
        }
        rules.push(FaultRule { executed: Some(false), ..answer });
    }
    for delivery in DELIVERIES.map(Some) {
        let rule = FaultRule { delivery, ..FaultRule::new(&operation.to_string()) };
        rules.push(rule.clone());
        // Something must be there to be delivered.
        rules.push(FaultRule { status: Some(503), executed: Some(false), ..rule });
    }
    rules
}

#[tokio::test(start_paused = true)]
async fn wsc_is_neither_paid_twice_nor_told_wrong() {
    play_all(Wsc).await;
}

#[tokio::test(start_paused = true)]
async fn vaddy_v1_is_neither_paid_twice_nor_told_wrong() {
    play_all(VaddyV1).await;
}

#[tokio::test(start_paused = true)]
async fn vaddy_v2_is_neither_paid_twice_nor_told_wrong() {
    play_all(VaddyV2).await;
}

async fn play_all(service: Service) {
    let mut played = 0;
    for operation in Operation::all() {
        let role = role(&operation.to_string()).filter(|role| role.service == service);
        let Some(role) = role else { continue };
        let twice = role.starts.then_some(When::Every(2));
        for when in [When::Always, When::Nth(vec![1])].into_iter().chain(twice) {
            for rule in rules(operation) {
                play(&role, FaultRule { when: when.clone(), ..rule }).await;
                played += 1;
            }
        }
    }
    eprintln!("{played} flows of {service:?}");
}

async fn play(role: &Role, fault: FaultRule) {
    let mut emulator = Emulator::builder().created_numbers().build(now().wall);
    let mut rules = vec![fault.clone()];
    rules.extend(role.lost.map(|start| FaultRule {
        executed: Some(true),
        status: Some(504),
        ..FaultRule::new(start)
    }));
    emulator.set_faults(rules).expect("the rules can be played");
    let mut world = World::new(emulator).await;
    let seen = world.play(role.service, "shop.test", role.cancel_at).await;
    seen.assert_honest(&fault);
    let (asked, failed) = world.server.with(|emulator| {
        let (_, asked, failed) = emulator.faults().next().expect("it is set");
        (asked, failed)
    });
    assert!(asked > 0, "{fault:?}: nobody asks for it: {seen:?}");
    assert!(failed > 0 || fault.when == When::Every(2), "{fault:?}: {seen:?}");
    if role.starts && fault.when == When::Always {
        // Nothing else starts a scan, so it depends on the rule alone.
        let own = fault.status.is_none() && fault.code.is_none() && fault.body.is_none();
        let paid = u64::from(fault.executed.unwrap_or(own));
        assert_eq!(seen.ledger.billed(), paid, "{fault:?}: {seen:?}");
        assert!(paid == 1 || seen.end != End::Finished, "{fault:?}: {seen:?}");
        // Nothing tells a v1 project's scan from another's, so without its answer it is known to nobody.
        let arrives = own && fault.delivery == Some(Delivery::Drip);
        assert!(
            role.service != VaddyV1 || paid == 0 || arrives || seen.end == End::Unknown,
            "{fault:?}: {seen:?}"
        );
        // A job carries its token, so it is found however its number was lost.
        assert!(
            role.service != Wsc || paid == 0 || seen.end == End::Finished,
            "{fault:?}: {seen:?}"
        );
    }
}
