use core::convert::Infallible;

use bytes::Bytes;
use http::{Request, Response};
use shindan_wire::{Api, Effect, Endpoint, Fault, FaultKind};

use crate::{
    Answer, Authorize, Base, Cause, EncodeError, Error, Limits, Now, Step, Target,
    codec::{decode, encode},
    desk::{Io, Rest, begin},
    retry::{CameBack, Retry, Verdict, server_ahead_ms},
};

/// The fault of the service that a credential is for.
pub type FaultOf<A> = <<A as Authorize>::Api as Api>::Fault;

/// What a call of an operation brings.
pub type CallResult<A, E> = Result<Answer<<E as Endpoint>::Response>, Error<FaultOf<A>>>;

type Read<T, F> = dyn Fn(Response<Bytes>) -> Result<T, Error<F>> + Send + Sync;

/// An operation with its type erased to what a call needs: the request, its effect, how to read the answer.
pub(crate) struct Exchange<T, F: Fault> {
    name: &'static str,
    effect: Effect,
    limits: Limits,
    request: Request<Bytes>,
    read: Box<Read<T, F>>,
}

impl<T: 'static, F: Fault> Exchange<T, F> {
    pub(crate) fn new<E: Endpoint<Api: Api<Fault = F>>>(
        base: &Base,
        operation: &E,
        read: impl Fn(Answer<E::Response>) -> T + Send + Sync + 'static,
    ) -> Result<Self, EncodeError> {
        let limits = match E::EFFECT {
            Effect::Read if E::BULKY => Limits::REPORT,
            Effect::Read => Limits::READ,
            Effect::Converge | Effect::Once | Effect::Billed => Limits::CHANGE,
        };
        Ok(Self {
            name: E::NAME,
            effect: E::EFFECT,
            limits,
            request: encode(base, operation)?,
            read: Box::new(move |response| decode::<E>(response).map(&read)),
        })
    }
}

impl<A: Authorize> Target<A> {
    /// One operation with its retries.
    ///
    /// An operation of another service does not compile.
    pub fn call<E: Endpoint<Api = A::Api>>(
        &self,
        now: Now,
        operation: &E,
    ) -> Step<CallResult<A, E>> {
        let exchange = match Exchange::new(&self.base, operation, |answer| answer) {
            Ok(exchange) => exchange,
            Err(error) => return Step::Done(Err(error.into())),
        };
        let target = self.clone();
        begin(now, |io: Io<Infallible>| async move { call(&io, &target, &exchange).await })
    }
}

/// Makes attempts until there is a result or the judge says that it is enough.
pub(crate) async fn call<T, A: Authorize, E: Send>(
    io: &Io<E>,
    target: &Target<A>,
    exchange: &Exchange<T, FaultOf<A>>,
) -> Result<T, Error<FaultOf<A>>> {
    let mut retry = Retry::new(target.policy(), exchange.effect, io.now());
    loop {
        let sent = io.now();
        let mut request = exchange.request.clone();
        // Signed per attempt: a signature is as old as the attempt, never as old as the call.
        target.auth().authorize(&mut request, target.server_time(sent.wall));
        let got = io.send(request, exchange.limits, exchange.name).await;
        let delay = match judge(&mut retry, target, exchange, sent, io.now(), got) {
            Ok(result) => return result,
            Err(delay) => delay,
        };
        if io.wait(delay, "the next attempt").await == Rest::Canceled {
            return Err(Error::Canceled);
        }
    }
}

/// The result of a call, or the delay before its next attempt.
fn judge<T, A: Authorize>(
    retry: &mut Retry,
    target: &Target<A>,
    exchange: &Exchange<T, FaultOf<A>>,
    sent: Now,
    now: Now,
    got: Result<Response<Bytes>, crate::Failure>,
) -> Result<Result<T, Error<FaultOf<A>>>, core::time::Duration> {
    let mut skew_ms = target.skew_ms();
    let response = match got {
        Ok(response) => response,
        Err(failure) => {
            return match retry.judge(sent, now, CameBack::Nothing(failure.sent()), &mut skew_ms) {
                Verdict::Retry(delay) => Err(delay),
                Verdict::Ambiguous => Ok(Err(Error::Ambiguous(Cause::Failure(failure)))),
                Verdict::Stop | Verdict::GiveUp => {
                    Ok(Err(Error::Transport { attempts: retry.attempts(), source: failure }))
                }
            };
        }
    };
    let headers = response.headers().clone();
    match (exchange.read)(response) {
        Ok(value) => Ok(Ok(value)),
        Err(Error::Fault(fault)) => {
            let kind = fault.kind();
            let verdict = retry.judge(sent, now, CameBack::Fault(kind, &headers), &mut skew_ms);
            target.set_skew_ms(skew_ms);
            match verdict {
                Verdict::Retry(delay) => Err(delay),
                Verdict::Ambiguous => Ok(Err(Error::Ambiguous(Cause::Fault(fault)))),
                Verdict::GiveUp => Ok(Err(Error::GaveUp { attempts: retry.attempts(), fault })),
                Verdict::Stop if kind == FaultKind::Unauthenticated => {
                    Ok(Err(Error::Unauthenticated {
                        fault,
                        server_ahead_ms: server_ahead_ms(sent, now, &headers),
                    }))
                }
                Verdict::Stop => Ok(Err(Error::Fault(fault))),
            }
        }
        Err(Error::Decode(error)) => {
            match retry.judge(sent, now, CameBack::Unreadable, &mut skew_ms) {
                Verdict::Ambiguous => Ok(Err(Error::Ambiguous(Cause::Decode(error)))),
                Verdict::Retry(_) | Verdict::Stop | Verdict::GiveUp => {
                    Ok(Err(Error::Decode(error)))
                }
            }
        }
        Err(other) => Ok(Err(other)),
    }
}
