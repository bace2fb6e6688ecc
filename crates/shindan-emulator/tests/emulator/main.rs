//! The emulator as a client sees it: real requests and answers, invented time, no sockets.

mod bytes;
mod client;
mod clocks;
mod flows;
mod properties;
mod scenarios;
mod vaddy;
mod wire;
mod wsc;
