//! A router is a list of types.

use bytes::Bytes;
use http::{Request, Response};
use shindan_proto::{accept, refuse, respond};
use shindan_wire::{Api, Endpoint};

use crate::plot::Scene;

/// An operation as a service of the emulator carries it out.
pub(crate) trait Play<S>: Endpoint {
    /// Carries it out.
    fn play(self, service: &mut S, scene: &Scene) -> Result<Self::Response, FaultOf<Self>>;

    /// The answer if its arguments cannot be read.
    fn unreadable(service: &S) -> FaultOf<Self>;
}

pub(crate) type FaultOf<E> = <<E as Endpoint>::Api as Api>::Fault;

/// Answers a request if it is for the operation that the route stands for.
pub(crate) type Route<S> = fn(&mut S, &Scene, &Request<Bytes>) -> Option<Response<Bytes>>;

pub(crate) fn route<S, E: Play<S>>(
    service: &mut S,
    scene: &Scene,
    request: &Request<Bytes>,
) -> Option<Response<Bytes>> {
    let played = match accept::<E>(request)? {
        Ok(operation) => operation.play(service, scene),
        Err(_) => Err(E::unreadable(service)),
    };
    Some(match played {
        Ok(answer) => respond::<E>(&answer),
        Err(fault) => refuse(&fault),
    })
}
