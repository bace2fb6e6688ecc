//! The real binary against its own emulator and against a server that answers what it is told to.

#[cfg(unix)]
mod canceled;
mod canned;
mod commands;
mod hostile;
#[cfg(unix)]
mod interrupted;
#[cfg(target_os = "linux")]
mod on_terminal;
#[cfg(unix)]
mod pipes;
mod refused;
#[cfg(unix)]
mod relay;
mod scans;
mod support;
mod untrusted;
#[cfg(unix)]
mod wrapped;
