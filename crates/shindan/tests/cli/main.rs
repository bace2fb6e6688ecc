//! The real binary against its own emulator and against a server that answers what it is told to.

mod accepted;
mod attach;
#[cfg(unix)]
mod canary;
mod canceled;
mod canned;
mod commands;
mod damaged;
mod dedupe;
#[cfg(unix)]
mod doctor;
#[cfg(unix)]
mod dry_run;
mod emulated;
#[cfg(unix)]
mod emulator_commands;
#[cfg(unix)]
mod emulator_lives;
mod fleet;
mod guide;
mod hostile;
#[cfg(unix)]
mod interrupted;
#[cfg(unix)]
mod journaled;
#[cfg(unix)]
mod keys;
mod lang;
#[cfg(target_os = "linux")]
mod live;
mod log;
mod lossy;
mod machine;
#[cfg(unix)]
mod money;
mod network;
#[cfg(target_os = "linux")]
mod on_terminal;
#[cfg(unix)]
mod pipes;
mod plan;
mod pretend;
mod quiet;
#[cfg(unix)]
mod races;
#[cfg(unix)]
mod recipes;
mod refused;
#[cfg(unix)]
mod relay;
mod reports;
mod runs;
mod scans;
mod settings;
mod situations;
mod support;
mod team;
mod tunnels;
mod unknown;
mod untrusted;
#[cfg(unix)]
mod unusable;
#[cfg(unix)]
mod wrapped;
