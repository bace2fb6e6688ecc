use core::{convert::Infallible, time::Duration};

use bytes::Bytes;
use http::{Request, Response};
use shindan_wire::{Api, Effect, Endpoint, Fault, FaultKind};

use crate::{
    Answer, Authorize, Base, Cause, EncodeError, Error, Failure, Limits, Now, Stage, Step, Target,
    Traffic,
    codec::{decode, encode},
    desk::{Io, Rest, begin},
    retry::{CameBack, Retry, Verdict, server_ahead_ms},
    traffic::outcome,
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
    since: Option<Duration>,
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
            since: None,
            request: encode(base, operation)?,
            read: Box::new(move |response| decode::<E>(response).map(&read)),
        })
    }

    /// The answer to an exchange that began at this instant or later will do, whoever has asked; none, if there
    /// is no instant.
    pub(crate) fn since(self, since: Option<Duration>) -> Self {
        Self { since, ..self }
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
    let mut since = exchange.since;
    loop {
        let (sent, skew_ms) = (io.now(), target.skew_ms());
        let (operation, effect, number) = (exchange.name, exchange.effect, retry.attempts() + 1);
        let traffic = Traffic { operation, effect, attempt: number, stage: Stage::Leaves };
        let sending = {
            let mut request = exchange.request.clone();
            // Signed per attempt: a signature is as old as the attempt, never as old as the call.
            target.auth().authorize(&mut request, sent.wall.plus_ms(skew_ms));
            target.tell(&traffic);
            let share = since.map(|since| sent.mono.saturating_sub(since));
            io.send(request, exchange.limits, share, exchange.name)
        };
        let Some(got) = sending.await else {
            retry.waited(io.now().mono.saturating_sub(sent.mono));
            continue;
        };
        // The next attempt is not served what this one was.
        since = since.map(|_| io.now().mono);
        let status = got.as_ref().ok().map(|response| response.status().as_u16());
        let attempt = Attempt { target, traffic, status, sent, now: io.now(), skew_ms };
        let delay = match attempt.result(&mut retry, exchange, got) {
            Ok(result) => return result,
            Err(delay) => delay,
        };
        if io.wait(delay, "the next attempt").await == Rest::Canceled {
            return Err(Error::Canceled);
        }
    }
}

/// An attempt that has come back.
struct Attempt<'a, A> {
    target: &'a Target<A>,
    traffic: Traffic,
    status: Option<u16>,
    sent: Now,
    now: Now,
    /// What it was signed with: another call of the same target may have adopted a clock meanwhile.
    skew_ms: i64,
}

impl<A: Authorize> Attempt<'_, A> {
    /// The result of a call, or the delay before its next attempt.
    fn result<T>(
        &self,
        retry: &mut Retry,
        exchange: &Exchange<T, FaultOf<A>>,
        got: Result<Response<Bytes>, Failure>,
    ) -> Result<Result<T, Error<FaultOf<A>>>, Duration> {
        let response = match got {
            Ok(response) => response,
            Err(failure) => {
                return match self.judge(retry, CameBack::Nothing(failure.sent())) {
                    Verdict::Retry(delay) => Err(delay),
                    Verdict::Ambiguous => Ok(Err(Error::Ambiguous(Cause::Failure(failure)))),
                    Verdict::Stop | Verdict::GiveUp => {
                        Ok(Err(Error::Transport { attempts: retry.attempts(), source: failure }))
                    }
                };
            }
        };
        let headers = response.headers().clone();
        self.target.answered(&headers);
        match (exchange.read)(response) {
            Ok(value) => {
                self.target.quota().refill(self.traffic.effect);
                self.tell("done", None);
                Ok(Ok(value))
            }
            Err(Error::Fault(fault)) => {
                let kind = fault.kind();
                match self.judge(retry, CameBack::Fault(kind, &headers)) {
                    Verdict::Retry(delay) => Err(delay),
                    Verdict::Ambiguous => Ok(Err(Error::Ambiguous(Cause::Fault(fault)))),
                    Verdict::GiveUp => Ok(Err(Error::GaveUp { attempts: retry.attempts(), fault })),
                    Verdict::Stop if kind == FaultKind::Unauthenticated => {
                        let server_ahead_ms = server_ahead_ms(self.sent, self.now, &headers);
                        Ok(Err(Error::Unauthenticated { fault, server_ahead_ms }))
                    }
                    Verdict::Stop => Ok(Err(Error::Fault(fault))),
                }
            }
            Err(Error::Decode(error)) => match self.judge(retry, CameBack::Unreadable) {
                Verdict::Ambiguous => Ok(Err(Error::Ambiguous(Cause::Decode(error)))),
                Verdict::Retry(_) | Verdict::Stop | Verdict::GiveUp => {
                    Ok(Err(Error::Decode(error)))
                }
            },
            Err(other) => Ok(Err(other)),
        }
    }

    fn tell(&self, outcome: &'static str, again_in: Option<Duration>) {
        let took = self.now.mono.saturating_sub(self.sent.mono);
        let stage = Stage::Back { status: self.status, outcome, took, again_in };
        self.target.tell(&Traffic { stage, ..self.traffic });
    }

    fn judge(&self, retry: &mut Retry, came_back: CameBack<'_>) -> Verdict {
        let verdict = self.verdict(retry, came_back);
        let again_in = if let Verdict::Retry(delay) = verdict { Some(delay) } else { None };
        self.tell(outcome(came_back), again_in);
        verdict
    }

    /// What the judge says, as far as the target's quota allows.
    fn verdict(&self, retry: &mut Retry, came_back: CameBack<'_>) -> Verdict {
        let mut skew_ms = self.skew_ms;
        let verdict = retry.judge(self.sent, self.now, came_back, &mut skew_ms);
        if skew_ms != self.skew_ms {
            self.target.set_skew_ms(skew_ms);
            return verdict;
        }
        match verdict {
            Verdict::Retry(_) if !self.target.quota().pay(self.traffic.effect, came_back) => {
                Verdict::GiveUp
            }
            Verdict::Retry(_) | Verdict::Stop | Verdict::GiveUp | Verdict::Ambiguous => verdict,
        }
    }
}
