//! The server over real loopback sockets.

mod bytes;
mod events;
mod guard;
mod hostile;
mod life;
mod replay;
#[cfg(feature = "tls")]
mod tls;
