//! One free call, and everything that can be learned from it.

use std::{mem::take, time::Duration};

use http::{HeaderMap, header};
use shindan_hyper::now;
use shindan_proto::{Authorize, Now, RetryPolicy, Step, Target, Timestamp};
use shindan_wire::{Api, Endpoint};
use tokio::time::{sleep, timeout};

use super::super::{App, seed};
use crate::{exit::Exit, explain::Explain, failed::Failed};

/// For one look-up of a name, and for a call with its attempts.
pub(super) const LONGEST: Duration = Duration::from_secs(10);

/// What a call has brought.
pub(super) struct Called {
    /// Whether there was an answer at all.
    pub(super) answered: bool,
    /// How far the service's clock is ahead of ours, in ms, if its answer had a date.
    pub(super) ahead_ms: Option<i64>,
    pub(super) result: Result<(), Failed>,
}

/// How patiently, where a person waits.
pub(super) fn policy(app: &App) -> Result<RetryPolicy, Failed> {
    let adopt_clock = app.adopt_clock;
    Ok(RetryPolicy { read_attempts: 2, seed: seed()?, adopt_clock, ..RetryPolicy::default() })
}

/// Makes a call that costs nothing.
pub(super) async fn call<A, E>(app: &App, target: &Target<A>, operation: &E) -> Called
where
    A: Authorize<Api: Api<Fault: Explain>>,
    E: Endpoint<Api = A::Api>,
{
    let (mut answered, mut ahead_ms) = (false, None);
    let whole = async {
        let mut step = target.call(now(), operation);
        loop {
            step = match step {
                Step::Send(mut sending) => {
                    let (request, sent) = (take(&mut sending.request), now());
                    let got = app.executor.exchange(request, sending.limits).await;
                    if let Ok(answer) = &got {
                        (answered, ahead_ms) = (true, ahead(sent, now(), answer.headers()));
                    }
                    sending.received(now(), got)
                }
                Step::Wait(waiting) => {
                    sleep(waiting.delay).await;
                    waiting.woke(now())
                }
                Step::Tell(telling) => match telling.event {},
                Step::Done(result) => break result,
            }
        }
    };
    let result = match timeout(LONGEST, whole).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(Failed::call(target.base(), E::EFFECT, target.skew_ms(), &error)),
        Err(_) => {
            Err(Failed::new(Exit::Unavailable, format!("no usable answer within {LONGEST:?}"))
                .help("check the network, the proxy and the endpoint, then try again"))
        }
    };
    Called { answered, ahead_ms, result }
}

/// The date of an answer less the middle of its exchange; nothing if it comes from a cache.
fn ahead(sent: Now, now: Now, headers: &HeaderMap) -> Option<i64> {
    if headers.contains_key(header::AGE) {
        return None;
    }
    let date = Timestamp::from_http_date(headers.get(header::DATE)?.to_str().ok()?)?;
    let half: i64 = (now.mono.saturating_sub(sent.mono) / 2).as_millis().try_into().ok()?;
    Some(date.unix_ms().saturating_sub(sent.wall.plus_ms(half).unix_ms()))
}
