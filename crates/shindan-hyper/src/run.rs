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
    pub fn run<T, E>(
        &self,
        step: Step<T, E>,
        mut observe: impl FnMut(&E),
    ) -> impl Future<Output = T> {
        let observe = move |event: &E| {
            observe(event);
            ControlFlow::Continue(())
        };
        self.run_until(step, pending(), observe)
    }

    /// Like [`run`](Self::run); when `cancel` is ready, or `observe` breaks, the flow is asked to end. So a
    /// journal that cannot be written breaks at the event before a start, and nothing is sent.
    ///
    /// A rest is cut short. An exchange in flight goes on, because dropping it would leave its
    /// outcome unknown; the flow ends when the answer is in. What ending means is the flow's to say:
    /// a watch may send a cancellation first.
    #[expect(
        clippy::manual_async_fn,
        reason = "an async fn keeps a second place for each argument, for as long as it lasts"
    )]
    pub fn run_until<T, E>(
        &self,
        mut step: Step<T, E>,
        cancel: impl Future<Output = ()>,
        mut observe: impl FnMut(&E) -> ControlFlow<()>,
    ) -> impl Future<Output = T> {
        async move {
            let mut cancel = pin!(cancel);
            let mut asked = false;
            loop {
                step = match step {
                    Step::Send(sending) => {
                        // Of many flows, most rest: they do not carry the place for a sending about.
                        Box::pin(self.send(sending, cancel.as_mut(), &mut asked)).await
                    }
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
    }

    /// Makes the exchange, in its account's turn if there is one, or takes the answer to the same.
    #[expect(
        clippy::manual_async_fn,
        reason = "an async fn keeps a second place for each argument, for as long as it lasts"
    )]
    fn send<T, E>(
        &self,
        mut sending: Sending<T, E>,
        mut cancel: Pin<&mut impl Future<Output = ()>>,
        asked: &mut bool,
    ) -> impl Future<Output = Step<T, E>> {
        async move {
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
            // Of many that send, most wait for their turn: they do not carry the place for an exchange about.
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
}

/// The request, signed anew if it had to wait.
fn in_time<T, E>(sending: Sending<T, E>, came: Instant) -> Step<T, E> {
    if came.elapsed() < SECOND { Step::Send(sending) } else { sending.waited(now()) }
}

#[cfg(test)]
mod tests {
    use shindan_proto::{
        NcpKey, Scanner, Target, VaddyKey, VaddyProject, VaddyScanId, WatchPolicy,
    };
    use vaddy_model::ScanId;
    use wsc_model::InstanceNo;

    use super::*;

    /// What thousands of flows in one process take each, besides what the flow itself does.
    fn size_of_flow<S: Scanner>(key: S, id: S::Id) -> usize {
        let target = Target::new("http://127.0.0.1:1".parse().unwrap(), key);
        let step = target.attach(now(), id, WatchPolicy::default());
        size_of_val(&Executor::new().run(step, |_| {}))
    }

    #[test]
    fn a_flow_at_rest_is_small() {
        let credential = ncp_sign::Credential::new("AKEXAMPLE", "SKEXAMPLE").unwrap();
        let wsc = size_of_flow(NcpKey::new(credential), InstanceNo::new("1").unwrap());
        let project = VaddyProject::V2 { project_id: "p".to_owned() };
        let id = VaddyScanId { project, scan_id: ScanId::new("s").unwrap() };
        let vaddy = size_of_flow(VaddyKey::new("user", "key").unwrap(), id);
        assert!(wsc <= 1_024 && vaddy <= 1_024, "{wsc} and {vaddy} bytes");
    }
}
