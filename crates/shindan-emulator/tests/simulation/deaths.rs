//! A client that is killed at each of its first steps, after every sequence of fates (T-KILL-POINTS): what its
//! record does not name, the next process on its machine finds.

use std::time::Duration;

use shindan_proto::{NcpKey, ScanError, VaddyKey};

use crate::{
    chance::Luck,
    drive::drive,
    exhaustive::Path,
    lost::{Intent, Left, elsewhere, left, on_vaddy, on_wsc, reconcile},
    service::{Service, v1_scan, v2_scan, wsc_scan},
    world::{World, usual},
};

/// How many exchanges are tried in every way.
const EXCHANGES: usize = 4;
const STEPS: u32 = 24;
/// How long nobody looks.
const PAUSES: [Duration; 3] =
    [Duration::ZERO, Duration::from_secs(30), Duration::from_secs(10 * 60)];

/// What has become of one client.
#[derive(Clone, Copy, PartialEq)]
enum End {
    /// It has ended before it could be killed.
    Alive,
    /// Its record says all.
    Recorded,
    /// It was looked for.
    LookedFor,
}

fn death<S: Service>(
    world: &mut World,
    intent: &Intent<S>,
    path: &mut Path,
    dies_at: u32,
    pause: Duration,
) -> End {
    let mut client = intent.client(world);
    client.dies_at = Some(dies_at);
    let Some(dead) = drive(world, vec![client], path, |_, _, _| {}).pop() else {
        return End::Alive;
    };
    world.pass_until(world.elapsed + pause);
    let (outcome, end) = match left(world, dead) {
        Left::Known(outcome) => (outcome, End::Recorded),
        Left::Lost(dead) => {
            let (_, outcome) = reconcile(world, dead, intent, 0, None, &mut Luck);
            (outcome.expect("nobody kills it twice"), End::LookedFor)
        }
    };
    // Everything that was on its way has arrived.
    world.pass_until(world.elapsed + Duration::from_secs(600));
    let started = world.ledger();
    assert!(started <= 1, "{started} scans: {outcome:?}");
    if let Some(id) = &outcome.id {
        assert_eq!(started, 1, "a scan was made up: {outcome:?}");
        assert!(S::has_finished(world, id).is_some(), "a scan was made up: {outcome:?}");
    }
    if end == End::LookedFor {
        if !intent.can_be_found {
            assert!(matches!(outcome.result, Err(ScanError::Unknown)), "{outcome:?}");
        } else if started == 1 {
            assert!(outcome.id.is_some(), "a scan was lost: {outcome:?}");
        } else {
            assert!(matches!(outcome.result, Err(ScanError::NotStarted)), "{outcome:?}");
        }
    } else {
        assert_eq!(outcome.id.is_some(), started == 1, "a scan was lost: {outcome:?}");
    }
    end
}

#[expect(clippy::print_stdout, reason = "the figures of a run, shown on demand")]
fn every_death<S: Service>(
    name: &str,
    throttles: bool,
    intent: impl Fn(&mut World) -> Intent<S>,
    after: impl Fn(&mut World),
) {
    let (mut recorded, mut looked_for) = (0, 0);
    for dies_at in 0..STEPS {
        for pause in PAUSES {
            let mut path = Path::new(EXCHANGES, throttles);
            loop {
                let ran = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                    let mut world = World::new();
                    let intent = intent(&mut world);
                    let end = death(&mut world, &intent, &mut path, dies_at, pause);
                    if end != End::Alive {
                        after(&mut world);
                    }
                    end
                }));
                let Ok(end) = ran else {
                    panic!("sequence {:?}, killed at {dies_at}, {pause:?}", path.fates())
                };
                recorded += u64::from(end == End::Recorded);
                looked_for += u64::from(end == End::LookedFor);
                if !path.next() {
                    break;
                }
            }
        }
    }
    println!("{name}: {recorded} deaths whose record says all, {looked_for} looked for");
    assert!(recorded > 0 && looked_for > 0);
}

/// The same token from another machine, which has no record, pays nothing more.
fn start_elsewhere(world: &mut World) {
    let already = world.ledger();
    let client = elsewhere(wsc_scan()).client(world);
    drive::<NcpKey>(world, vec![client], &mut Luck, |_, _, _| {});
    assert_eq!(world.ledger(), 1, "there were {already}");
}

#[test]
fn on_wsc_whose_answers_name_no_job() {
    every_death("wsc", true, |_| on_wsc(true), start_elsewhere);
}

#[test]
fn on_wsc_whose_answers_name_the_job() {
    let named = |world: &mut World| {
        *world = World::of(usual().created_numbers());
        on_wsc(false)
    };
    every_death("wsc, named", true, named, start_elsewhere);
}

#[test]
fn on_vaddy_v1() {
    every_death("vaddy v1", false, |_| on_vaddy(v1_scan(), false), |_| {});
}

#[test]
fn on_vaddy_v2() {
    let after_another = |world: &mut World| {
        let scan = v2_scan(world);
        VaddyKey::start_foreign(world, &scan).expect("nothing runs before it");
        world.pass_until(Duration::from_secs(30));
        on_vaddy(scan, true)
    };
    every_death("vaddy v2", false, after_another, |_| {});
}
