//! The real binary against its own emulator and against a server that answers what it is told to.

mod canned;
mod commands;
mod hostile;
#[cfg(unix)]
mod interrupted;
mod refused;
mod scans;
mod support;
mod untrusted;
