//! A router is a list of types.

use bytes::Bytes;
use http::{Request, Response};
use serde::Serialize;
use shindan_proto::{accept, refuse, respond};
use shindan_wire::{Api, Endpoint};

use crate::plot::Scene;

/// An operation as a service of the emulator carries it out.
pub(crate) trait Play<S>: Endpoint {
    /// Carries it out. The answer is its response type, or is written like it.
    fn play(self, service: &mut S, scene: &Scene) -> Result<impl Serialize, FaultOf<Self>>;

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
    Some(match accept::<E>(request)? {
        Ok(operation) => match operation.play(service, scene) {
            Ok(answer) => respond(&answer),
            Err(fault) => refuse(&fault),
        },
        Err(_) => refuse(&E::unreadable(service)),
    })
}
