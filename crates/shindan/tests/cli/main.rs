//! The real binary against its own emulator and against a server that answers what it is told to.

mod attach;
#[cfg(unix)]
mod canceled;
mod canned;
mod commands;
mod damaged;
mod dedupe;
mod emulated;
mod fleet;
mod hostile;
#[cfg(unix)]
mod interrupted;
#[cfg(unix)]
mod journaled;
#[cfg(unix)]
mod keys;
mod lossy;
mod machine;
mod network;
#[cfg(target_os = "linux")]
mod on_terminal;
#[cfg(unix)]
mod pipes;
#[cfg(unix)]
mod races;
mod refused;
#[cfg(unix)]
mod relay;
mod runs;
mod scans;
mod settings;
mod support;
mod tunnels;
mod unknown;
mod untrusted;
#[cfg(unix)]
mod unusable;
#[cfg(unix)]
mod wrapped;
