//! The real binary against its own emulator and against a server that answers what it is told to.

mod attach;
mod canned;
mod commands;
mod damaged;
mod dedupe;
mod hostile;
#[cfg(unix)]
mod interrupted;
#[cfg(unix)]
mod journaled;
mod lossy;
mod machine;
#[cfg(unix)]
mod races;
mod refused;
mod runs;
mod scans;
mod support;
mod unknown;
mod untrusted;
#[cfg(unix)]
mod unusable;
