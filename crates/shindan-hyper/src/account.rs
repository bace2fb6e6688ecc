//! What everything that is asked in one account's name has in common: a pace, and answers that do for several.

use std::{
    collections::{HashMap, VecDeque},
    error::Error as _,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use http::{Request, Response};
use shindan_proto::{Failure, Sent};
use tokio::{
    sync::{self, OwnedMutexGuard},
    time::{Instant, sleep_until},
};

/// How many requests leave within a second at most.
const PACE: usize = 5;
pub(crate) const SECOND: Duration = Duration::from_secs(1);
/// No watch rests longer between its polls.
const OLD: Duration = Duration::from_secs(60);

/// One account's line and its shared answers.
#[derive(Default)]
pub(crate) struct Account {
    /// Whoever is not urgent stands here first, so that an urgent request waits for one of them at most.
    line: sync::Mutex<()>,
    /// When the last requests left; who holds it goes next.
    left: sync::Mutex<VecDeque<Instant>>,
    places: Mutex<HashMap<Asked, Arc<sync::Mutex<Place>>>>,
}

/// What makes two requests the same.
#[derive(PartialEq, Eq, Hash)]
struct Asked {
    what: String,
    body: Bytes,
}

/// Where those meet who ask for the same. Who holds it asks, and the others wait for it; if the one who holds it
/// goes away, the next one asks.
#[derive(Default)]
pub(crate) struct Place(Option<Kept>);

struct Kept {
    began: Instant,
    ended: Instant,
    got: Result<Response<Bytes>, (Sent, Option<String>)>,
}

impl Account {
    /// Waits until a request may leave, in turn.
    pub(crate) async fn turn(&self, urgent: bool) {
        let _first = if urgent { None } else { Some(self.line.lock().await) };
        let mut left = self.left.lock().await;
        if left.len() == PACE {
            if let Some(oldest) = left.front() {
                sleep_until(*oldest + SECOND).await;
            }
            left.pop_front();
        }
        left.push_back(Instant::now());
    }

    /// Waits for the place where this is asked for.
    pub(crate) async fn place(&self, request: &Request<Bytes>) -> OwnedMutexGuard<Place> {
        let place = {
            let what = format!("{} {}", request.method(), request.uri());
            let asked = Asked { what, body: request.body().clone() };
            Arc::clone(self.places().entry(asked).or_default())
        };
        place.lock_owned().await
    }

    /// Keeps an answer for the others, and forgets what nobody is going to take any more.
    pub(crate) fn keep(
        &self,
        mut place: OwnedMutexGuard<Place>,
        began: Instant,
        got: &Result<Response<Bytes>, Failure>,
    ) {
        let got = match got {
            Ok(answer) => Ok(answer.clone()),
            Err(failure) => Err((failure.sent(), failure.source().map(ToString::to_string))),
        };
        place.0 = Some(Kept { began, ended: Instant::now(), got });
        drop(place);
        let is_wanted = |place: &Arc<sync::Mutex<Place>>| {
            let is_old =
                |place: &Place| place.0.as_ref().is_none_or(|kept| kept.began.elapsed() > OLD);
            Arc::strong_count(place) > 1 || !place.try_lock().is_ok_and(|place| is_old(&place))
        };
        self.places().retain(|_, place| is_wanted(place));
    }

    fn places(&self) -> MutexGuard<'_, HashMap<Asked, Arc<sync::Mutex<Place>>>> {
        // Nothing panics while it is locked.
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// What somebody else was answered, if that will do for who came at `came`: the exchange began at most `share`
    /// before. What has failed is only for those who came before it ended.
    pub(crate) fn take(
        &self,
        came: Instant,
        share: Duration,
    ) -> Option<Result<Response<Bytes>, Failure>> {
        let kept = self.0.as_ref().filter(|kept| kept.began + share >= came)?;
        match &kept.got {
            Ok(answer) if answer.status().is_success() || came <= kept.ended => {
                Some(Ok(answer.clone()))
            }
            Err((sent, why)) if came <= kept.ended => {
                let why = why.clone().unwrap_or_else(|| "it has failed".to_owned());
                Some(Err(Failure::new(*sent, why)))
            }
            Ok(_) | Err(_) => None,
        }
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use tokio::{
        task::{JoinSet, yield_now},
        time::sleep,
    };

    use super::*;

    const SHORT: Duration = Duration::from_millis(1);

    /// In which order they left, and when; each came after the one before.
    async fn leave(account: &Arc<Account>, each: &[bool]) -> Vec<(usize, Instant)> {
        let left = Arc::new(Mutex::new(Vec::new()));
        let mut all = JoinSet::new();
        for (nth, urgent) in each.iter().copied().enumerate() {
            let (account, left) = (Arc::clone(account), Arc::clone(&left));
            all.spawn(async move {
                account.turn(urgent).await;
                left.lock().unwrap().push((nth, Instant::now()));
            });
            yield_now().await;
        }
        while all.join_next().await.is_some() {}
        left.lock().unwrap().clone()
    }

    #[tokio::test(start_paused = true)]
    async fn no_more_than_five_leave_in_a_second() {
        let begun = Instant::now();
        let left = leave(&Arc::default(), &[false; 50]).await;
        for five in left.windows(PACE + 1) {
            assert!(five[PACE].1 - five[0].1 >= SECOND, "{five:?}");
        }
        assert!(left.iter().map(|(nth, _)| *nth).eq(0..50), "in turn: {left:?}");
        assert!(begun.elapsed() < 10 * SECOND, "and no fewer: {:?}", begun.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn the_urgent_go_first() {
        let mut each = [false; 50];
        each[40] = true;
        each[45] = true;
        let left = leave(&Arc::default(), &each).await;
        let order: Vec<_> = left.iter().map(|(nth, _)| *nth).take(10).collect();
        // One who is not urgent is at the head already.
        assert_eq!(order, [0, 1, 2, 3, 4, 5, 40, 45, 6, 7]);
    }

    #[tokio::test(start_paused = true)]
    async fn who_goes_away_holds_nobody_up() {
        let account = Arc::new(Account::default());
        leave(&account, &[false; PACE]).await;
        for urgent in [false, true, false] {
            let gone = Arc::clone(&account);
            let gone = tokio::spawn(async move { gone.turn(urgent).await });
            sleep(SHORT).await;
            gone.abort();
        }
        let begun = Instant::now();
        leave(&account, &[false]).await;
        assert!(begun.elapsed() < SECOND, "{:?}", begun.elapsed());
    }

    fn place(began: Instant, ended: Instant, status: Option<u16>) -> Place {
        let got = match status {
            Some(status) => {
                Ok(Response::builder().status(status).body(Bytes::new()).expect("a status"))
            }
            None => Err((Sent::Perhaps, Some("it broke".to_owned()))),
        };
        Place(Some(Kept { began, ended, got }))
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_is_as_old_as_its_question() {
        let began = Instant::now();
        let place = place(began, began + SECOND, Some(200));
        let taken = |came, share| place.take(began + came, share).is_some();
        assert!(taken(4 * SECOND, 4 * SECOND));
        assert!(!taken(4 * SECOND, (4 * SECOND).saturating_sub(SHORT)));
        assert!(taken(Duration::ZERO, Duration::ZERO));
        assert!(!taken(SHORT, Duration::ZERO), "on its way, but asked for too early");
        assert!(Place::default().take(began, SECOND).is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn a_failure_is_for_those_who_waited_for_it() {
        let began = Instant::now();
        for status in [None, Some(401), Some(429), Some(503), Some(302)] {
            let place = place(began, began + SECOND, status);
            let taken = |came, share| place.take(began + came, share).is_some();
            assert!(taken(SECOND, SECOND), "{status:?}");
            assert!(!taken(SECOND + SHORT, 4 * SECOND), "{status:?}");
            assert!(!taken(SECOND, SECOND.saturating_sub(SHORT)), "{status:?}");
        }
        let failed = place(began, began, None).take(began, SECOND).expect("it came in time");
        let failure = failed.expect_err("there was no answer");
        assert_eq!(failure.sent(), Sent::Perhaps);
        assert_eq!(failure.source().expect("it has a cause").to_string(), "it broke");
    }
}
