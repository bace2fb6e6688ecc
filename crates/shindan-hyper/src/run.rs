use std::{
    future::{Future, pending},
    mem::take,
    ops::ControlFlow,
    pin::{Pin, pin},
};

use shindan_proto::{Sending, Step};
use tokio::{
    select,
    time::{Instant, sleep},
};

use crate::{Executor, account::SECOND, now};

impl Executor {
    /// Carries out a flow to its end. `observe` takes note of each event before the flow goes on.
    pub async fn run<T, E>(&self, step: Step<T, E>, mut observe: impl FnMut(&E)) -> T {
        let observe = |event: &E| {
            observe(event);
            ControlFlow::Continue(())
        };
        self.run_until(step, pending(), observe).await
    }

    /// Like [`run`](Self::run); when `cancel` is ready, or `observe` breaks, the flow is asked to end. So a
    /// journal that cannot be written breaks at the event before a start, and nothing is sent.
    ///
    /// A rest is cut short. An exchange in flight goes on, because dropping it would leave its
    /// outcome unknown; the flow ends when the answer is in. What ending means is the flow's to say:
    /// a watch may send a cancellation first.
    pub async fn run_until<T, E>(
        &self,
        mut step: Step<T, E>,
        cancel: impl Future<Output = ()>,
        mut observe: impl FnMut(&E) -> ControlFlow<()>,
    ) -> T {
        let mut cancel = pin!(cancel);
        let mut asked = false;
        loop {
            step = match step {
                Step::Send(sending) => self.send(sending, cancel.as_mut(), &mut asked).await,
                Step::Wait(waiting) => select! {
                    () = sleep(waiting.delay) => waiting.woke(now()),
                    () = &mut cancel, if !asked => {
                        asked = true;
                        waiting.cancel(now())
                    }
                },
                Step::Tell(telling) => match observe(&telling.event) {
                    ControlFlow::Continue(()) => telling.told(now()),
                    ControlFlow::Break(()) => {
                        asked = true;
                        telling.cancel(now())
                    }
                },
                Step::Done(output) => return output,
            };
        }
    }

    /// Makes the exchange, in its account's turn if there is one, or takes the answer to the same.
    async fn send<T, E>(
        &self,
        mut sending: Sending<T, E>,
        mut cancel: Pin<&mut impl Future<Output = ()>>,
        asked: &mut bool,
    ) -> Step<T, E> {
        let (came, mut place) = (Instant::now(), None);
        if let Some(account) = &self.account {
            if let Some(share) = sending.share.filter(|_| !*asked) {
                select! {
                    met = account.place(&sending.request) => {
                        if let Some(got) = met.take(came, share) {
                            drop(met);
                            return match in_time(sending, came) {
                                Step::Send(sending) => sending.received(now(), got),
                                step @ (Step::Wait(_) | Step::Tell(_) | Step::Done(_)) => step,
                            };
                        }
                        place = Some(met);
                    }
                    () = &mut cancel => {
                        *asked = true;
                        sending.ask_cancel();
                    }
                }
            }
            loop {
                // Who is to end a scan does not wait for those who look at theirs.
                let urgent = *asked || sending.limits.fresh_connection;
                select! {
                    () = account.turn(urgent) => break,
                    () = &mut cancel, if !*asked => {
                        *asked = true;
                        sending.ask_cancel();
                    }
                }
            }
            sending = match in_time(sending, came) {
                Step::Send(sending) => sending,
                step @ (Step::Wait(_) | Step::Tell(_) | Step::Done(_)) => return step,
            };
        }
        let began = Instant::now();
        let request = take(&mut sending.request);
        // Of many flows, most rest: they do not carry the place for an exchange about.
        let mut exchange = Box::pin(self.exchange(request, sending.limits));
        let got = loop {
            select! {
                got = &mut exchange => break got,
                () = &mut cancel, if !*asked => {
                    *asked = true;
                    sending.ask_cancel();
                }
            }
        };
        if let (Some(account), Some(place)) = (&self.account, place) {
            account.keep(place, began, &got);
        }
        sending.received(now(), got)
    }
}

/// The request, signed anew if it had to wait.
fn in_time<T, E>(sending: Sending<T, E>, came: Instant) -> Step<T, E> {
    if came.elapsed() < SECOND { Step::Send(sending) } else { sending.waited(now()) }
}
