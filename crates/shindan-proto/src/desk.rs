//! How a flow that is written straight becomes a value that is stepped by hand.
//!
//! A flow is an `async fn` that awaits nothing but its [`Io`]. It lays one ask on the desk and
//! rests; its ticket owns the future, puts the driver's answer on the desk and polls it again.

use core::{
    fmt,
    pin::Pin,
    task::{Context, Poll, Waker},
    time::Duration,
};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::{Request, Response};

use crate::{Failure, Limits, Now, Sending, Step, Telling, Waiting};

/// What a flow may await: its driver, and nothing else.
pub struct Io<E>(Arc<Mutex<Desk<E>>>);

impl<E> fmt::Debug for Io<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Io(..)")
    }
}

struct Desk<E> {
    now: Now,
    // Boxed, because most flows rest, and a rest needs no place for a request.
    ask: Option<Box<Ask<E>>>,
    reply: Option<Reply>,
    cancel: Cancel,
}

#[expect(clippy::large_enum_variant, reason = "there is one per flow, and it is moved out at once")]
enum Ask<E> {
    Send(Request<Bytes>, Limits, Option<Duration>, &'static str),
    Wait(Duration, &'static str),
    Tell(E),
}

pub(crate) enum Reply {
    Received(Result<Response<Bytes>, Failure>),
    Waited,
    Woke,
    Told,
}

/// A wish to end; once the flow has noticed it, the rests of the ending itself are not cut short.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cancel {
    Unasked,
    Asked,
    Noticed,
}

/// How a rest ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rest {
    Over,
    Canceled,
}

/// Starts a flow and runs it to its first rest.
pub(crate) fn begin<T, E, F>(now: Now, flow: impl FnOnce(Io<E>) -> F) -> Step<T, E>
where
    F: Future<Output = T> + Send + 'static,
    E: Send + 'static,
{
    let desk = Arc::new(Mutex::new(Desk { now, ask: None, reply: None, cancel: Cancel::Unasked }));
    let future = Box::pin(flow(Io(Arc::clone(&desk))));
    Fiber { future, desk: Io(desk) }.step()
}

impl<E> Io<E> {
    /// The time of the last answer.
    pub(crate) fn now(&self) -> Now {
        self.desk().now
    }

    /// Has one exchange made; nothing, if the request has only waited for its turn. The ask is laid down at
    /// once, so that the request is not kept in the future.
    pub(crate) fn send(
        &self,
        request: Request<Bytes>,
        limits: Limits,
        share: Option<Duration>,
        why: &'static str,
    ) -> impl Future<Output = Option<Result<Response<Bytes>, Failure>>> + Send + use<'_, E>
    where
        E: Send,
    {
        self.desk().ask = Some(Box::new(Ask::Send(request, limits, share, why)));
        core::future::poll_fn(move |_| match self.desk().reply.take() {
            Some(Reply::Received(got)) => Poll::Ready(Some(got)),
            Some(Reply::Waited) => Poll::Ready(None),
            Some(Reply::Woke | Reply::Told) => unreachable!("a sending ticket delivers an answer"),
            None => Poll::Pending,
        })
    }

    /// Rests; a wish to end cuts the rest short, or spares it, and is then noticed.
    pub(crate) async fn wait(&self, delay: Duration, why: &'static str) -> Rest
    where
        E: Send,
    {
        // The wish may have come while an exchange was in flight.
        if !self.cancel_asked() {
            self.rest(delay, why).await;
            if !self.cancel_asked() {
                return Rest::Over;
            }
        }
        Rest::Canceled
    }

    /// Rests without noticing a wish to end: what is being looked for has to be found first.
    pub(crate) fn rest(
        &self,
        delay: Duration,
        why: &'static str,
    ) -> impl Future<Output = ()> + Send + use<'_, E>
    where
        E: Send,
    {
        self.desk().ask = Some(Box::new(Ask::Wait(delay, why)));
        core::future::poll_fn(move |_| {
            if self.desk().reply.take().is_some() { Poll::Ready(()) } else { Poll::Pending }
        })
    }

    /// Tells the driver something and goes on when it has taken note.
    pub(crate) fn tell(&self, event: E) -> impl Future<Output = ()> + Send + use<'_, E>
    where
        E: Send,
    {
        self.desk().ask = Some(Box::new(Ask::Tell(event)));
        core::future::poll_fn(move |_| {
            if self.desk().reply.take().is_some() { Poll::Ready(()) } else { Poll::Pending }
        })
    }

    /// Whether an end is wished for, be it noticed or not; now it is noticed.
    pub(crate) fn cancel_wanted(&self) -> bool {
        self.cancel_asked() || self.desk().cancel == Cancel::Noticed
    }

    /// Whether an end is wished for that nobody has noticed yet; now it is noticed.
    fn cancel_asked(&self) -> bool {
        let mut desk = self.desk();
        let asked = desk.cancel == Cancel::Asked;
        if asked {
            desk.cancel = Cancel::Noticed;
        }
        asked
    }

    fn desk(&self) -> MutexGuard<'_, Desk<E>> {
        // A panic inside a flow leaves nothing half-written on the desk.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A flow at rest: its future and its desk.
pub(crate) struct Fiber<T, E> {
    future: Pin<Box<dyn Future<Output = T> + Send>>,
    desk: Io<E>,
}

impl<T, E> Fiber<T, E> {
    /// What it takes at rest, in bytes, besides what it has on the heap.
    #[cfg(test)]
    pub(crate) fn size(&self) -> usize {
        size_of_val(&*self.future) + size_of::<Desk<E>>()
    }

    pub(crate) fn ask_cancel(&mut self) {
        let mut desk = self.desk.desk();
        if desk.cancel == Cancel::Unasked {
            desk.cancel = Cancel::Asked;
        }
    }

    pub(crate) fn resume(self, now: Now, reply: Reply) -> Step<T, E> {
        {
            let mut desk = self.desk.desk();
            desk.now = now;
            desk.reply = Some(reply);
        }
        self.step()
    }

    fn step(mut self) -> Step<T, E> {
        if let Poll::Ready(output) =
            self.future.as_mut().poll(&mut Context::from_waker(Waker::noop()))
        {
            return Step::Done(output);
        }
        let ask = self.desk.desk().ask.take();
        match ask.map(|ask| *ask) {
            Some(Ask::Send(request, limits, share, why)) => {
                Step::Send(Sending::new(request, limits, share, why, self))
            }
            Some(Ask::Wait(delay, why)) => Step::Wait(Waiting::new(delay, why, self)),
            Some(Ask::Tell(event)) => Step::Tell(Telling::new(event, self)),
            None => panic!("a flow awaited something that is not its desk"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Timestamp;

    const NOW: Now = Now { mono: Duration::ZERO, wall: Timestamp::from_unix_ms(0) };

    #[test]
    #[should_panic(expected = "not its desk")]
    fn a_flow_may_await_nothing_else() {
        let _ = begin::<(), (), _>(NOW, |_io| core::future::pending());
    }

    #[test]
    fn a_wish_to_end_is_noticed_once() {
        let step = begin::<Vec<Rest>, (), _>(NOW, |io| async move {
            vec![
                io.wait(Duration::from_secs(1), "a").await,
                io.wait(Duration::from_secs(1), "b").await,
            ]
        });
        let Step::Wait(first) = step else { panic!("{step:?}") };
        let Step::Wait(second) = first.cancel(NOW) else { panic!("the flow has two rests") };
        let Step::Done(rests) = second.cancel(NOW) else { panic!("the flow has two rests") };
        assert_eq!(rests, [Rest::Canceled, Rest::Over]);
    }

    #[test]
    fn steps_are_send() {
        fn is_send<T: Send>() {}
        is_send::<Step<(), ()>>();
    }
}
