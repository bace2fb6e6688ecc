//! The emulator as a client sees it: real requests and answers, invented time, no sockets.

mod bytes;
mod client;
mod flows;
mod properties;
mod vaddy;
mod wire;
mod wsc;
