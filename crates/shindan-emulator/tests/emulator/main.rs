//! The emulator as a client sees it: real requests and answers, invented time, no sockets.

mod bounds;
mod bytes;
mod client;
mod clocks;
mod control;
mod faults;
mod faulty_flows;
mod flows;
mod ledger;
mod lessons;
mod log;
mod properties;
mod scenarios;
mod secrets;
mod shared;
mod snapshots;
mod vaddy;
mod wire;
mod wsc;
