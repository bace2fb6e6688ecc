//! What an HTTP endpoint is, as data.
//!
//! A request struct *is* the operation: an [`Endpoint`] impl of constants says how it travels. The
//! client codec, the emulator's router, the retry judge, the generated docs and the tests read that
//! one declaration, so an endpoint costs one file.
//!
//! ```
//! use serde::{Deserialize, Serialize};
//! use shindan_wire::{Api, Args, Effect, Endpoint, Fault, FaultKind, Method};
//!
//! #[derive(Clone, Debug, PartialEq)]
//! struct Refused(u16);
//! # impl std::fmt::Display for Refused {
//! #     fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { write!(f, "refused") }
//! # }
//! # impl std::error::Error for Refused {}
//! impl Fault for Refused {
//!     fn status(&self) -> u16 { self.0 }
//!     fn kind(&self) -> FaultKind { FaultKind::Refused }
//!     fn code(&self) -> Option<&str> { None }
//!     fn message(&self) -> &str { "no" }
//!     fn to_body(&self) -> Vec<u8> { b"no".to_vec() }
//! }
//!
//! struct Example;
//! impl Api for Example {
//!     const NAME: &'static str = "example";
//!     type Fault = Refused;
//!     fn fault(status: u16, _body: &[u8]) -> Option<Refused> {
//!         (status != 200).then_some(Refused(status))
//!     }
//! }
//!
//! #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
//! struct Echo { text: String }
//! impl Endpoint for Echo {
//!     type Api = Example;
//!     type Response = Echo;
//!     const NAME: &'static str = "echo";
//!     const METHOD: Method = Method::Get;
//!     const PATH: &'static str = "/echo";
//!     const ARGS: Args = Args::Query;
//!     const EFFECT: Effect = Effect::Read;
//!     const DOCS: &'static str = "https://example.com/echo";
//! }
//! ```

mod api;
mod comma;
mod endpoint;
mod entries;
pub mod lenient;
mod open_enum;
mod secret;

pub use api::{Api, Fault, FaultKind};
pub use comma::Comma;
pub use endpoint::{Args, Effect, Endpoint, Method, Visit};
pub use entries::Entries;
pub use lenient::FromLoose;
pub use secret::Secret;

#[doc(hidden)]
pub use serde as __serde;
