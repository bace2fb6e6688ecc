//! The executor against scripted servers on this machine, byte by byte.

mod account;
mod cancel;
mod connections;
mod flow;
mod limits;
mod peer;
mod proxied;
mod roots;
mod tls;
mod truncation;
mod unsent;
mod wire;
