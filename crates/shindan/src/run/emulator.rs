//! `shindan emulator start`: both services on a port of this machine.

use std::{
    io::{self, Write},
    net::SocketAddr,
};

use shindan_emulator::{Emulator, Server, keys};
use shindan_hyper::now;

use super::signals;
use crate::{args::Speedup, exit::Exit, failed::Failed};

pub(super) async fn start(listen: SocketAddr, clock: Speedup) -> Result<Exit, Failed> {
    if !listen.ip().is_loopback() {
        return Err(Failed::new(
            Exit::Usage,
            format!("{listen} is not an address of this machine alone"),
        )
        .help("listen on 127.0.0.1 or [::1]"));
    }
    let mut signals = signals()?;
    let server = serve(listen, clock).await?;
    let url = server.url();
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "{url}")?;
    for (name, value) in [
        ("NCLOUD_ACCESS_KEY_ID", keys::WSC_ACCESS_KEY),
        ("NCLOUD_SECRET_ACCESS_KEY", keys::WSC_SECRET_KEY),
        ("WSC_ENDPOINT", &url),
        ("VADDY_USER", keys::VADDY_USER),
        ("VADDY_TOKEN", keys::VADDY_KEY),
        ("VADDY_API_SERVER", &url),
    ] {
        writeln!(stdout, "export {name}={value}")?;
    }
    stdout.flush()?;
    drop(stdout);
    signals.next().await;
    Ok(Exit::Ok)
}

/// An empty emulator that listens there.
pub(super) async fn serve(listen: SocketAddr, clock: Speedup) -> Result<Server, Failed> {
    let emulator = Emulator::new(now().wall).with_speed(clock.0);
    Server::start(listen, emulator).await.map_err(|error| {
        Failed::new(Exit::Usage, format!("the emulator cannot listen on {listen}"))
            .cause(error)
            .help("say --listen 127.0.0.1:0 for a free port")
    })
}
