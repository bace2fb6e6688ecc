//! A client without a network.

use bytes::Bytes;
use http::{Request, Response};
use ncp_sign::Credential;
use shindan_emulator::{Emulator, keys};
use shindan_proto::{Authorize, Base, Error, NcpKey, Timestamp, VaddyKey, decode, encode};
use shindan_wire::{Api, Endpoint};
use vaddy_model::Vaddy;
use wsc_model::Wsc;

/// 2024-07-08 13:12:03 in Korea, the time of the vendor's example.
pub(crate) const START: Timestamp = Timestamp::from_unix_ms(1_720_411_923_000);

pub(crate) struct Client {
    pub(crate) emulator: Emulator,
    pub(crate) now: Timestamp,
}

impl Client {
    pub(crate) fn new() -> Self {
        Self::of(Emulator::new(START))
    }

    pub(crate) fn of(emulator: Emulator) -> Self {
        Self { emulator, now: START }
    }

    pub(crate) fn wait_ms(&mut self, ms: i64) {
        self.now = self.now.plus_ms(ms);
    }

    pub(crate) fn send(&mut self, request: &Request<Bytes>) -> Response<Bytes> {
        self.emulator.answer(self.now, request)
    }

    pub(crate) fn answer<E: Endpoint<Api: Keyed>>(&mut self, operation: &E) -> Response<Bytes> {
        let request = authorized(operation, self.now);
        self.send(&request)
    }

    pub(crate) fn ask<E: Endpoint<Api: Keyed>>(
        &mut self,
        operation: &E,
    ) -> Result<E::Response, Error<<E::Api as Api>::Fault>> {
        decode::<E>(self.answer(operation)).map(|answer| answer.value)
    }

    /// What an operation that succeeds brings.
    pub(crate) fn get<E: Endpoint<Api: Keyed>>(&mut self, operation: &E) -> E::Response {
        self.ask(operation).expect("it is not refused")
    }

    /// Status and body of an answer.
    pub(crate) fn raw<E: Endpoint<Api: Keyed>>(&mut self, operation: &E) -> (u16, String) {
        raw(&self.answer(operation))
    }
}

pub(crate) fn raw(response: &Response<Bytes>) -> (u16, String) {
    let body = String::from_utf8(response.body().to_vec()).expect("answers are text");
    (response.status().as_u16(), body)
}

pub(crate) fn base() -> Base {
    "http://127.0.0.1".parse().expect("a loopback url")
}

pub(crate) fn encoded<E: Endpoint>(operation: &E) -> Request<Bytes> {
    encode(&base(), operation).expect("the operation can be encoded")
}

pub(crate) fn authorized<E: Endpoint<Api: Keyed>>(operation: &E, at: Timestamp) -> Request<Bytes> {
    let mut request = encoded(operation);
    <E::Api as Keyed>::key().authorize(&mut request, at);
    request
}

/// A service whose keys the emulator publishes.
pub(crate) trait Keyed: Api {
    type Key: Authorize<Api = Self>;

    fn key() -> Self::Key;
}

impl Keyed for Wsc {
    type Key = NcpKey;

    fn key() -> NcpKey {
        let credential = Credential::new(keys::WSC_ACCESS_KEY, keys::WSC_SECRET_KEY);
        NcpKey::new(credential.expect("the published keys are valid"))
    }
}

impl Keyed for Vaddy {
    type Key = VaddyKey;

    fn key() -> VaddyKey {
        VaddyKey::new(keys::VADDY_USER, keys::VADDY_KEY).expect("the published keys are valid")
    }
}

/// Signs a request that is no operation.
pub(crate) fn sign(request: &mut Request<Bytes>, at: Timestamp) {
    Wsc::key().authorize(request, at);
}

pub(crate) fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

/// A control call: status and body.
pub(crate) fn control(
    client: &mut Client,
    method: &str,
    path: &str,
    body: &str,
) -> (u16, serde_json::Value) {
    let request = Request::builder().method(method).uri(format!("/_emulator/{path}"));
    let answer = client.send(&request.body(body.to_owned().into()).expect("it is a request"));
    assert_eq!(answer.headers()["content-type"], "application/json");
    let (status, body) = raw(&answer);
    (status, serde_json::from_str(&body).expect("a control call is answered in json"))
}
