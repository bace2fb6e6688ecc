//! Flows, emulator and virtual time over a network that is a number generator.
//!
//! What is asserted in every history stands in `promise.rs`: what each attempt's outcome is taken for (P-1), at
//! most one scan for one intent and none forgotten (P-2), and no finish but the service's own (P-3).

mod chance;
mod clocks;
mod deaths;
mod drive;
mod endless;
mod exhaustive;
mod histories;
mod looks;
mod lost;
mod promise;
mod service;
mod single;
mod unsent;
mod world;
