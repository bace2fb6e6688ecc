//! Every fault on the operations that no flow asks for, as single calls.

use shindan_emulator::{Delivery, Emulator, FaultRule, Operation, When, keys};
use shindan_hyper::{Executor, now};
use shindan_proto::{Target, VaddyKey};
use vaddy_model::{v1, v2};

use crate::faults::{role, rules};

const PROJECT: &str = "shop.test";

#[tokio::test(start_paused = true)]
async fn crawls_are_neither_listed_nor_called_deleted_wrongly() {
    let mut played = 0;
    for operation in Operation::all().iter().filter(|of| role(&of.to_string()).is_none()) {
        for when in [When::Always, When::Nth(vec![1])] {
            for rule in rules(operation) {
                play(operation, FaultRule { when: when.clone(), ..rule }).await;
                played += 1;
            }
        }
    }
    eprintln!("{played} calls");
    assert!(played > 0);
}

async fn play(operation: &Operation, fault: FaultRule) {
    let server = Emulator::builder().start().await.expect("loopback has free ports");
    let key = VaddyKey::new(keys::VADDY_USER, keys::VADDY_KEY).expect("they are valid");
    let target = Target::new(server.url().parse().expect("loopback is accepted"), key);
    let executor = Executor::new();
    let (of_v1, of_v2) = (v1::SearchCrawls::new(PROJECT), v2::SearchCrawls::new(PROJECT));
    let known_v1 = executor.run(target.call(now(), &of_v1), |_| {}).await.expect("no fault yet");
    let known_v2 = executor.run(target.call(now(), &of_v2), |_| {}).await.expect("no fault yet");
    let crawl = known_v2.items[0].id;
    let number = server.with(|emulator| emulator.vaddy_project_number(PROJECT)).expect("it is one");
    server.with(|emulator| emulator.set_faults(vec![fault.clone()])).expect("it can be played");

    // What was answered, if that was believed, and whether it is so.
    let believed = match operation.name {
        "v1.searchCrawls" => {
            let page = executor.run(target.call(now(), &of_v1), |_| {}).await;
            page.ok().map(|page| *page == *known_v1)
        }
        "v2.searchCrawls" => {
            let page = executor.run(target.call(now(), &of_v2), |_| {}).await;
            page.ok().map(|page| *page == *known_v2)
        }
        "v2.deleteCrawl" => {
            let delete = v2::DeleteCrawl::new(number, crawl);
            let deleted = executor.run(target.call(now(), &delete), |_| {}).await;
            let left = executor.run(target.call(now(), &of_v2), |_| {}).await.expect("no fault");
            deleted.ok().map(|_| left.items.iter().all(|item| item.id != crawl))
        }
        other => panic!("{other} has no call"),
    };
    assert_ne!(believed, Some(false), "{fault:?}: what is believed is wrong");
    let failed = server.with(|emulator| emulator.faults().next().expect("it is set").2);
    assert!(failed > 0, "{fault:?}: nobody has met it");
    if fault.when == When::Always {
        // A short answer has arrived by drops before the client's patience is at its end.
        let may_arrive = fault.delivery == Some(Delivery::Drip) && fault.status.is_none();
        assert!(may_arrive || believed.is_none(), "{fault:?}");
    }
}
