//! Every scenario, over the wire.

use core::time::Duration;

use shindan_emulator::{Emulator, Scenario};
use shindan_hyper::now;

use crate::world::{
    End::{self, Busy, Deadline, Failed, Finished, Lost, NotStarted, Refused, Stopped, Unknown},
    SERVICES, World,
};

/// How a start ends: WSC's, and VAddy's of a `v1` and a `v2` project.
fn expected(scenario: Scenario) -> [End; 3] {
    match scenario {
        Scenario::Clean
        | Scenario::Findings
        | Scenario::Many
        | Scenario::Incomplete
        | Scenario::Slow
        | Scenario::AmbiguousCrawl
        | Scenario::Queue
        | Scenario::ReportLate
        | Scenario::ClockSkew
        | Scenario::FreeRescan
        | Scenario::RescanExpired
        | Scenario::RescanUsedUp
        | Scenario::CreateEmpty
        | Scenario::LangKo
        | Scenario::LangJa
        | Scenario::LangEn
        | Scenario::NullProgress
        | Scenario::Percent
        | Scenario::ReportCountsOnly
        | Scenario::Unicode
        | Scenario::Injection
        | Scenario::SchemaDrift => [Finished; 3],
        Scenario::Canceled | Scenario::CrawlFailed => [Failed, Stopped, Stopped],
        Scenario::Stuck => [Deadline; 3],
        Scenario::Busy => [Finished, Busy, Busy],
        Scenario::ReportExpired => [Failed, Finished, Finished],
        Scenario::AuthBad | Scenario::Permission | Scenario::Quota => [Refused; 3],
        Scenario::ErrorIn200 | Scenario::NotSubscribed | Scenario::ExternalServer => {
            [Refused, Finished, Finished]
        }
        Scenario::NoCrawl => [Finished, Refused, Refused],
        // The start is the first, second or third request of those about the target, of which some are not let in.
        Scenario::Throttle => [Finished, Unknown, NotStarted],
        Scenario::Flaky => [Finished, Finished, NotStarted],
        // A job is found in the list, which is not its target's. Of VAddy nothing can be read before the start.
        Scenario::Garbage | Scenario::Truncated | Scenario::Reset => [Lost, Refused, Refused],
        other => panic!("{other} has no row"),
    }
}

fn emulator() -> Emulator {
    Emulator::builder().created_numbers().build(now().wall)
}

/// A scenario that is new has no row and fails.
#[tokio::test(start_paused = true)]
async fn each_ends_as_its_name_says() {
    for scenario in Scenario::ALL {
        for (service, end) in SERVICES.into_iter().zip(expected(scenario)) {
            let mut world = World::new(emulator()).await;
            let host = format!("scenario-{scenario}.test");
            let played = world.play(service, &host, Duration::MAX).await;
            let case = (scenario, service);
            played.assert_honest(&case);
            assert_eq!(played.end, end, "{case:?}: {played:?}");
            let is_paid = !matches!(end, Refused | Busy | NotStarted | Unknown);
            assert_eq!(played.ledger.billed(), u64::from(is_paid), "{case:?}: {played:?}");
        }
    }
}

/// Lists behave like this, too, when it is everybody's scenario.
#[tokio::test(start_paused = true)]
async fn none_is_paid_twice_or_told_wrong() {
    for scenario in Scenario::ALL {
        for service in SERVICES {
            let mut emulator = emulator();
            emulator.set_scenario(None, Some(scenario));
            let mut world = World::new(emulator).await;
            let played = world.play(service, "shop.test", Duration::MAX).await;
            played.assert_honest(&(scenario, service));
        }
    }
}
