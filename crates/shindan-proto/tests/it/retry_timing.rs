//! How long the judge waits, how often it tries, and when it believes another clock.

use core::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue, header};
use proptest::prelude::*;
use shindan_proto::{
    Now, RetryPolicy, Sent, Timestamp,
    retry::{CameBack, Retry, Verdict},
};
use shindan_wire::{Effect, FaultKind};

/// Our clock; the server's is years away in most of these tests.
const WALL: Timestamp = Timestamp::from_unix_ms(1_720_412_345_000);
const NOW: Now = at(Duration::ZERO);

const fn at(mono: Duration) -> Now {
    Now { mono, wall: WALL }
}

fn headers(pairs: &[(HeaderName, &str)]) -> HeaderMap {
    let value = |text| HeaderValue::from_str(text).expect("it is a header value");
    pairs.iter().map(|(name, text)| (name.clone(), value(text))).collect()
}

/// The delay after a first attempt that was throttled with these headers.
fn delay(pairs: &[(HeaderName, &str)]) -> Duration {
    let mut retry = Retry::new(&RetryPolicy::default(), Effect::Billed, NOW);
    match retry.judge(NOW, NOW, CameBack::Fault(FaultKind::Throttled, &headers(pairs)), &mut 0) {
        Verdict::Retry(delay) => delay,
        other @ (Verdict::Stop | Verdict::GiveUp | Verdict::Ambiguous) => {
            panic!("{pairs:?}: {other:?}")
        }
    }
}

#[test]
fn a_server_may_ask_for_seconds_or_for_a_date_on_its_own_clock() {
    let ours = delay(&[]);
    assert!(ours <= Duration::from_millis(500), "{ours:?}");
    let date =
        |seconds: i64| Timestamp::from_unix_ms(946_684_800_000 + seconds * 1_000).to_http_date();
    for (retry_after, sent_date, expected) in [
        ("3", None, Duration::from_secs(3)),
        (" 7 ", None, Duration::from_secs(7)),
        (&date(9), Some(date(0)), Duration::from_secs(9)),
        ("1000000000", None, ours + Duration::from_secs(60)),
        ("18446744073709551615", None, ours + Duration::from_secs(60)),
        (&date(1_000_000_000), Some(date(0)), ours + Duration::from_secs(60)),
        // What says nothing leaves our own delay.
        ("0", None, ours),
        (&date(0), Some(date(5)), ours),
        (&date(9), None, ours),
        (&date(9), Some("yesterday".to_owned()), ours),
        ("-3", None, ours),
        ("3.5", None, ours),
        ("18446744073709551616", None, ours),
        ("soon", None, ours),
        ("", None, ours),
    ] {
        let mut pairs = vec![(header::RETRY_AFTER, retry_after)];
        pairs.extend(sent_date.as_deref().map(|date| (header::DATE, date)));
        assert_eq!(delay(&pairs), expected, "{pairs:?}");
    }
}

/// A refused signature, answered with this date and these other headers, from an exchange this long.
fn refused(
    skew_ms: &mut i64,
    server_ahead_ms: i64,
    took: Duration,
    others: &[(HeaderName, &str)],
) -> Verdict {
    let middle = i64::try_from(took.as_millis() / 2).expect("it is short");
    let date = WALL.plus_ms(middle + server_ahead_ms).to_http_date();
    let mut pairs = vec![(header::DATE, date.as_str())];
    pairs.extend_from_slice(others);
    let mut retry = Retry::new(&RetryPolicy::default(), Effect::Billed, NOW);
    let came_back = headers(&pairs);
    retry.judge(NOW, at(took), CameBack::Fault(FaultKind::Unauthenticated, &came_back), skew_ms)
}

const NOW_AGAIN: Verdict = Verdict::Retry(Duration::ZERO);
const SECOND: Duration = Duration::from_secs(1);
const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

#[test]
fn a_clock_is_adopted_only_if_it_explains_the_refusal() {
    for (in_use, server_ahead_ms, expected) in [
        (0, 0, Verdict::Stop),
        (0, 4 * MINUTE_MS - 1_000, Verdict::Stop),
        (0, 4 * MINUTE_MS + 1_000, NOW_AGAIN),
        (0, DAY_MS, NOW_AGAIN),
        (0, DAY_MS + 1_000, Verdict::Stop),
        // What counts is the distance from the skew that the signature was made with.
        (10 * MINUTE_MS, 10 * MINUTE_MS, Verdict::Stop),
        (10 * MINUTE_MS, 14 * MINUTE_MS + 1_000, NOW_AGAIN),
        (10 * MINUTE_MS, 0, NOW_AGAIN),
        (DAY_MS, -DAY_MS, NOW_AGAIN),
    ] {
        for sign in [1, -1] {
            let (in_use, server_ahead_ms) = (sign * in_use, sign * server_ahead_ms);
            let mut skew_ms = in_use;
            let got = refused(&mut skew_ms, server_ahead_ms, Duration::ZERO, &[]);
            assert_eq!(got, expected, "{in_use} {server_ahead_ms}");
            let then = if got == NOW_AGAIN { server_ahead_ms } else { in_use };
            assert_eq!(skew_ms, then, "{in_use} {server_ahead_ms}");
        }
    }
}

#[test]
fn a_clock_is_read_at_the_middle_of_a_short_exchange_with_the_server_itself() {
    let far = 10 * MINUTE_MS;
    let mut skew_ms = 0;
    assert_eq!(refused(&mut skew_ms, far, 900 * SECOND, &[]), NOW_AGAIN);
    assert_eq!(skew_ms, far);

    let mut skew_ms = 0;
    assert_eq!(refused(&mut skew_ms, far, 960 * SECOND, &[]), Verdict::Stop, "16 minutes");
    assert_eq!(refused(&mut skew_ms, far, SECOND, &[(header::AGE, "0")]), Verdict::Stop);
    for date in [None, Some(""), Some("1720412345"), Some("yesterday")] {
        let mut retry = Retry::new(&RetryPolicy::default(), Effect::Read, NOW);
        let came_back =
            headers(&date.map(|date| (header::DATE, date)).into_iter().collect::<Vec<_>>());
        let fault = CameBack::Fault(FaultKind::Unauthenticated, &came_back);
        assert_eq!(retry.judge(NOW, NOW, fault, &mut skew_ms), Verdict::Stop, "{date:?}");
    }
    assert_eq!(skew_ms, 0);
}

#[test]
fn a_clock_is_adopted_once_and_only_if_the_policy_says_so() {
    let far = WALL.plus_ms(10 * MINUTE_MS).to_http_date();
    let farther = WALL.plus_ms(20 * MINUTE_MS).to_http_date();
    let (far, farther) = (headers(&[(header::DATE, &far)]), headers(&[(header::DATE, &farther)]));
    for effect in [Effect::Read, Effect::Converge, Effect::Once, Effect::Billed] {
        let mut skew_ms = 0;
        let mut retry = Retry::new(&RetryPolicy::default(), effect, NOW);
        let [first, second] = [&far, &farther].map(|headers| {
            retry.judge(
                NOW,
                NOW,
                CameBack::Fault(FaultKind::Unauthenticated, headers),
                &mut skew_ms,
            )
        });
        assert_eq!((first, second, skew_ms), (NOW_AGAIN, Verdict::Stop, 10 * MINUTE_MS));

        let policy = RetryPolicy { adopt_clock: false, ..RetryPolicy::default() };
        let mut retry = Retry::new(&policy, effect, NOW);
        let fault = CameBack::Fault(FaultKind::Unauthenticated, &far);
        assert_eq!(retry.judge(NOW, NOW, fault, &mut 0), Verdict::Stop);
    }
}

/// Fails for ever: the delays that were asked for, and when the last attempt began.
fn delays(policy: &RetryPolicy, effect: Effect, exchange: Duration) -> (Vec<Duration>, Duration) {
    let mut retry = Retry::new(policy, effect, NOW);
    let (mut delays, mut begun) = (Vec::new(), Duration::ZERO);
    loop {
        let ended = begun + exchange;
        match retry.judge(at(begun), at(ended), CameBack::Nothing(Sent::Never), &mut 0) {
            Verdict::Retry(delay) => {
                delays.push(delay);
                begun = ended + delay;
            }
            Verdict::GiveUp => {
                assert_eq!(retry.attempts() as usize, delays.len() + 1);
                return (delays, begun);
            }
            other @ (Verdict::Stop | Verdict::Ambiguous) => panic!("{other:?}"),
        }
    }
}

#[test]
fn attempts_are_counted() {
    let policy = RetryPolicy::default();
    for (effect, retries) in
        [(Effect::Read, 4), (Effect::Converge, 2), (Effect::Once, 2), (Effect::Billed, 2)]
    {
        assert_eq!(delays(&policy, effect, Duration::ZERO).0.len(), retries, "{effect:?}");
    }
    let patient = RetryPolicy { read_attempts: 1, ..policy };
    assert!(delays(&patient, Effect::Read, Duration::ZERO).0.is_empty());
}

proptest! {
    #[test]
    fn delays_double_within_their_bounds(
        seed: u64,
        attempts in 1u32..40,
        within_ms in 0u64..600_000,
        exchange_ms in 0u64..60_000,
    ) {
        let policy = RetryPolicy {
            seed,
            read_attempts: attempts,
            within: Duration::from_millis(within_ms),
            ..RetryPolicy::default()
        };
        let exchange = Duration::from_millis(exchange_ms);
        let (drawn, last_begun) = delays(&policy, Effect::Read, exchange);
        for (index, delay) in (0..).zip(&drawn) {
            let bound = policy.first.saturating_mul(1 << index.min(20)).min(policy.most);
            prop_assert!(*delay <= bound, "{index}: {delay:?}");
        }
        prop_assert!(drawn.len() < attempts as usize);
        prop_assert!(last_begun <= policy.within);
        prop_assert_eq!(delays(&policy, Effect::Read, exchange), (drawn, last_begun));
    }

    #[test]
    fn another_seed_gives_other_delays(seed: u64, other: u64) {
        prop_assume!(seed != other);
        let draw = |seed| {
            let policy = RetryPolicy { seed, ..RetryPolicy::default() };
            delays(&policy, Effect::Read, Duration::ZERO).0
        };
        prop_assert_ne!(draw(seed), draw(other));
    }
}
