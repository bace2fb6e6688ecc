//! Many flows of one account: they share what they may, and wait for their turn.

use std::{
    ops::ControlFlow,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use ncp_sign::Credential;
use shindan_hyper::{Executor, now};
use shindan_proto::{Ending, NcpKey, Outcome, Target, WatchPolicy};
use tokio::{
    sync::Notify,
    task::JoinSet,
    time::{sleep, timeout},
};
use wsc_model::InstanceNo;

use crate::peer::{Peer, header};

/// More than any of these takes.
const LONG: Duration = Duration::from_secs(60);
const MANY: usize = 100;

/// A list of [`MANY`] jobs that run until it was asked for so often.
async fn listing(lists: usize) -> Peer {
    let asked = Arc::new(AtomicUsize::new(0));
    Peer::playing(move |mut line| {
        let asked = Arc::clone(&asked);
        async move {
            while line.request().await {
                let ended = asked.fetch_add(1, Ordering::SeqCst) + 1 >= lists;
                line.say(list(if ended { "cause" } else { "terminate" })).await;
            }
        }
    })
    .await
}

fn list(button: &str) -> String {
    let job = |number| format!(r#"{{"instanceNo":"{number}","result_button":"{button}"}}"#);
    let jobs: Vec<_> = (1..=MANY).map(job).collect();
    let jobs = jobs.join(",");
    let body = format!(
        r#"{{"returnCode":"0","returnDesc":"","returnMessage":"","resources":{{"total_cnt":{MANY},
        "total_page_cnt":1,"current_start_page":1,"current_end_page":1,"record_data":[{jobs}]}}}}"#
    );
    format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

fn service(peer: &Peer, access_key: &str) -> Target<NcpKey> {
    let credential = Credential::new(access_key, "SKEXAMPLE").expect("the key is well-formed");
    Target::new(peer.base(), NcpKey::new(credential))
}

fn policy(seed: usize) -> WatchPolicy {
    WatchPolicy {
        quick: Duration::from_millis(500),
        seed: seed.try_into().expect("a few"),
        ..WatchPolicy::default()
    }
}

/// Watches all jobs of the list.
fn watch(executor: &Executor, service: &Target<NcpKey>) -> JoinSet<Outcome<NcpKey>> {
    let mut watches = JoinSet::new();
    for number in 1..=MANY {
        let (executor, service) = (executor.clone(), service.clone());
        let id = InstanceNo::new(&number.to_string()).expect("it is a number");
        watches.spawn(async move {
            executor.run(service.attach(now(), id, policy(number)), |_| {}).await
        });
    }
    watches
}

async fn have_ended(watches: JoinSet<Outcome<NcpKey>>) {
    let outcomes = timeout(LONG, watches.join_all()).await.expect("nothing holds them up");
    for outcome in outcomes {
        assert!(matches!(outcome.result, Ok(Ending::Failed(_))), "{outcome:?}");
    }
}

#[tokio::test]
async fn one_list_serves_all_watches() {
    let peer = listing(6).await;
    let watches = watch(&Executor::new().for_account(), &service(&peer, "AK"));
    have_ended(watches).await;
    let requests = peer.requests().len();
    // Each has looked several times; a machine that stands still for a while costs a few lists more.
    assert!((6..30).contains(&requests), "{requests}");
}

#[tokio::test]
async fn two_accounts_share_nothing() {
    let peer = listing(1).await;
    let executor = Executor::new();
    let first = watch(&executor.for_account(), &service(&peer, "AKFIRST"));
    let second = watch(&executor.for_account(), &service(&peer, "AKSECOND"));
    have_ended(first).await;
    have_ended(second).await;
    let requests = peer.requests();
    let of = |key: &str| {
        let requests = requests.iter().map(|bytes| String::from_utf8_lossy(bytes));
        requests.filter(|head| header(head, "x-ncp-iam-access-key") == Some(key)).count()
    };
    // The first to come asks at once, and all others are served what the second one is answered.
    assert_eq!((of("AKFIRST"), of("AKSECOND"), requests.len()), (2, 2, 4));
}

#[tokio::test]
async fn without_an_account_each_asks_for_itself() {
    let peer = listing(1).await;
    have_ended(watch(&Executor::new(), &service(&peer, "AK"))).await;
    assert_eq!(peer.requests().len(), MANY);
}

#[tokio::test]
async fn who_asks_and_goes_away_is_followed_by_the_next() {
    let asked = Arc::new(AtomicUsize::new(0));
    let peer = Peer::playing(move |mut line| {
        let asked = Arc::clone(&asked);
        async move {
            while line.request().await {
                // The first one is never answered.
                if asked.fetch_add(1, Ordering::SeqCst) > 0 {
                    line.say(list("cause")).await;
                }
            }
        }
    })
    .await;
    let (executor, service) = (Executor::new().for_account(), service(&peer, "AK"));
    let first = service.attach(now(), InstanceNo::new("1").expect("a number"), policy(0));
    let asking = executor.clone();
    let asking = tokio::spawn(async move { asking.run(first, |_| {}).await });
    while peer.requests().is_empty() {
        sleep(Duration::from_millis(1)).await;
    }
    let watches = watch(&executor, &service);
    sleep(Duration::from_millis(50)).await;
    assert_eq!(peer.requests().len(), 1, "the others wait");
    asking.abort();
    have_ended(watches).await;
}

#[tokio::test]
async fn who_is_to_end_waits_for_nobody() {
    let peer = Peer::playing(|mut line| async move {
        // Nobody is ever answered.
        while line.request().await {}
    })
    .await;
    let service = service(&peer, "AK");
    let executor = Executor::new().for_account();
    let watches = watch(&executor, &service);
    while peer.requests().is_empty() {
        sleep(Duration::from_millis(1)).await;
    }
    let step = service.attach(now(), InstanceNo::new("1").expect("a number"), policy(0));
    let wish = Arc::new(Notify::new());
    let (ending, wished) = (executor.clone(), Arc::clone(&wish));
    let ending = tokio::spawn(async move {
        ending.run_until(step, wished.notified(), |_| ControlFlow::Continue(())).await
    });
    sleep(Duration::from_millis(50)).await;
    assert_eq!(peer.requests().len(), 1);
    wish.notify_one();
    let asked = async {
        while peer.requests().len() < 2 {
            sleep(Duration::from_millis(1)).await;
        }
    };
    timeout(LONG, asked).await.expect("it asks for itself");
    ending.abort();
    drop(watches);
}
