//! A driver that cannot record a start cancels it at [`Event::Starting`], and nothing is sent.

use shindan_proto::{Event, ScanError, VaddyScan};

use crate::{
    lost::{self, Intent, on_vaddy},
    service::{Service, policy, v1_scan, v2_scan},
    single::{self, drive, works},
    world::{Kind, World},
};

/// Cancels at the nth start, when every start before it was lost on its way; how many were sent.
fn starts_before<S: Service>(world: &mut World, intent: &Intent<S>, nth: u32) -> u32 {
    let (mut told, mut sent) = (0, 0);
    let outcome = drive(
        world,
        |now| intent.target.start(now, intent.scan.clone(), policy(true)),
        |event| {
            told += u32::from(matches!(event, Event::Starting(_)));
            told == nth
        },
        |world, request| {
            if Kind::of(request) == Kind::Start {
                sent += 1;
                return single::lost();
            }
            works(world, request)
        },
    );
    assert!(matches!(outcome.result, Err(ScanError::Canceled)), "{outcome:?}");
    assert_eq!(told, nth);
    assert_eq!(world.ledger(), 0);
    sent
}

#[test]
fn on_wsc() {
    for nth in [1, 2] {
        assert_eq!(starts_before(&mut World::new(), &lost::on_wsc(true), nth), nth - 1);
    }
}

#[test]
fn on_vaddy_v1_there_is_one_start_only() {
    assert_eq!(starts_before(&mut World::new(), &on_vaddy(v1_scan(), true), 1), 0);
}

#[test]
fn on_vaddy_v1_and_v2_with_the_number() {
    for nth in [1, 2] {
        let mut world = World::new();
        let v2 = v2_scan(&mut world);
        let v1 = VaddyScan { project_number: v2.project_number, ..v1_scan() };
        for scan in [v1, v2] {
            assert_eq!(starts_before(&mut world, &on_vaddy(scan, true), nth), nth - 1);
        }
    }
}
