use std::{
    future::{Future, pending},
    mem::take,
    ops::ControlFlow,
    pin::pin,
};

use shindan_proto::Step;
use tokio::{select, time::sleep};

use crate::{Executor, now};

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
                Step::Send(mut sending) => {
                    let request = take(&mut sending.request);
                    let mut exchange = pin!(self.exchange(request, sending.limits));
                    let got = loop {
                        select! {
                            got = &mut exchange => break got,
                            () = &mut cancel, if !asked => {
                                asked = true;
                                sending.ask_cancel();
                            }
                        }
                    };
                    sending.received(now(), got)
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
