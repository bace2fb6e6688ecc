//! Several runs as one.

use proptest::prelude::*;
use shindan_report::{EXIT_ORDER, Ended, Outcome, Service, Summary, Untrusted, merge};

use crate::samples;

#[test]
fn one_run_is_its_own_merge() {
    for (name, summary) in samples::all() {
        assert_eq!(merge(&summary, &[]), summary, "{name}");
        let twice = merge(&summary, std::slice::from_ref(&summary));
        assert_eq!(twice.targets, summary.targets, "{name}");
        assert_eq!(twice.exit.code, summary.exit.code, "{name}");
    }
}

#[test]
fn all_targets_of_all_runs_are_there() {
    let (mut first, second) = (samples::findings(), samples::failed());
    first.targets[0].target = Untrusted::new("web");
    first.targets[2].target = Untrusted::new("back");
    let merged = merge(&first, std::slice::from_ref(&second));
    assert_eq!(merged.targets, [first.targets, second.targets].concat());
    assert_eq!(merged.exit.code, 1);
    let because: Vec<_> = merged.exit.because.iter().map(Untrusted::as_raw).collect();
    assert_eq!(because, ["web: 1 high", "api: 3 high", "back: alerts: 2"]);
}

#[test]
fn the_later_one_of_a_target_wins() {
    let waiting = run("10", &[("shop", 8), ("admin", 0)]);
    let attached = run("11", &[("shop", 0)]);
    let merged = merge(&waiting, &[attached]);
    assert_eq!(told(&merged), [("admin", 0), ("shop", 0)]);
    assert_eq!(merged.exit, Ended::new(0, "code 0", Vec::new()));
    let again = merge(&merged, &[run("12", &[("admin", 1)])]);
    assert_eq!(told(&again), [("shop", 0), ("admin", 1)]);
    assert_eq!(again.exit.code, 1);
    assert_eq!(
        (&*again.began_at, &*again.ended_at),
        ("2026-11-10T00:00:00Z", "2026-11-12T01:00:00Z")
    );
}

#[test]
fn no_emulator_stands_in_for_a_service() {
    let real = run("10", &[("shop", 1)]);
    let mut pretended = run("11", &[("shop", 0)]);
    pretended.targets[0].emulated = true;
    let merged = merge(&real, &[pretended]);
    assert_eq!(told(&merged), [("shop", 1), ("shop", 0)]);
    assert_eq!(merged.exit.code, 1);
    let mut other = run("11", &[("shop", 0)]);
    other.targets[0].service = Service::Vaddy;
    assert_eq!(merge(&real, &[other]).exit.code, 1);
}

/// A run can fail though no target of it did.
#[test]
fn what_no_target_explains_stays() {
    let mut full = run("10", &[("shop", 0)]);
    full.exit = Ended::new(11, "output", vec![Untrusted::new("the disk is full")]);
    let merged = merge(&full, &[run("11", &[("shop", 0)])]);
    assert_eq!(merged.exit, full.exit);
    let mut nothing = run("10", &[]);
    nothing.exit = Ended::new(2, "usage", Vec::new());
    assert_eq!(merge(&nothing, &[run("11", &[("shop", 3)])]).exit.code, 2);
    assert_eq!(merge(&run("11", &[("shop", 3)]), &[nothing]).exit.code, 2);
}

#[test]
fn the_worst_of_two_exits_is_that_of_the_table() {
    assert_eq!(EXIT_ORDER, [1, 7, 70, 130, 143, 2, 4, 5, 6, 3, 10, 9, 8, 11, 0]);
    for (n, worse) in EXIT_ORDER.iter().enumerate() {
        for better in &EXIT_ORDER[n..] {
            let merged = merge(&run("10", &[("a", *better)]), &[run("11", &[("b", *worse)])]);
            assert_eq!(merged.exit.code, *worse);
        }
        // What nobody knows is no better than what everybody does.
        let merged = merge(&run("10", &[("a", *worse)]), &[run("11", &[("b", 99)])]);
        assert_eq!(merged.exit.code, 99);
    }
}

proptest! {
    #[test]
    fn it_does_not_matter_what_is_merged_first(
        (a, b, c) in (any_run(10), any_run(11), any_run(12))
    ) {
        let left = merge(&merge(&a, std::slice::from_ref(&b)), std::slice::from_ref(&c));
        let right = merge(&a, &[merge(&b, std::slice::from_ref(&c))]);
        prop_assert_eq!(&left, &merge(&a, &[b, c]));
        prop_assert_eq!(left, right);
    }
}

fn any_run(day: u8) -> impl Strategy<Value = Summary> {
    let target = (0..5_usize, 0..EXIT_ORDER.len());
    prop::collection::vec(target, 1..5).prop_map(move |targets| {
        let name =
            |(name, code): (usize, usize)| (["a", "b", "c", "d", "e"][name], EXIT_ORDER[code]);
        let targets: Vec<_> = targets.into_iter().map(name).collect();
        run(&day.to_string(), &targets)
    })
}

/// A run of a day, whose exit is the worst of its targets.
fn run(day: &str, targets: &[(&str, u8)]) -> Summary {
    let ended = |code| Ended::new(code, format!("code {code}"), Vec::new());
    let outcome = |(name, code): &(&str, u8)| {
        let text = Untrusted::new(*name);
        let mut outcome = Outcome::new(text.clone(), Service::Wsc, text, ended(*code));
        outcome.run = Some(day.to_owned());
        outcome
    };
    let worst = targets.iter().map(|target| target.1);
    let worst = worst.min_by_key(|code| EXIT_ORDER.iter().position(|known| known == code));
    let (began_at, ended_at) =
        (format!("2026-11-{day}T00:00:00Z"), format!("2026-11-{day}T01:00:00Z"));
    let targets = targets.iter().map(outcome).collect();
    Summary::new("0.1.0", began_at, ended_at, ended(worst.unwrap_or_default()), targets)
}

fn told(summary: &Summary) -> Vec<(&str, u8)> {
    summary.targets.iter().map(|outcome| (outcome.target.as_raw(), outcome.exit.code)).collect()
}
