//! `shindan emulator start`: both services on a port of this machine.

use std::{
    io::{self, Write},
    net::SocketAddr,
};

use shindan_emulator::{Emulator, Server, keys};
use shindan_hyper::now;

use super::signals;
use crate::{args::EmulatorCommand, exit::Exit, failed::Failed, state::quoted};

pub(super) async fn run(command: EmulatorCommand) -> Result<Exit, Failed> {
    let EmulatorCommand::Start { listen, clock, seed, scenario, tls } = command;
    if !listen.ip().is_loopback() {
        return Err(Failed::new(
            Exit::Usage,
            format!("{listen} is not an address of this machine alone"),
        )
        .help("listen on 127.0.0.1 or [::1]"));
    }
    let mut signals = signals()?;
    let mut emulator = Emulator::builder().clock(clock).seed(seed).build(now().wall);
    emulator.set_scenario(None, scenario);
    let mut server = serve(listen, emulator).await?;
    let mut url = server.url();
    if let Some(directory) = &tls {
        let any_port = SocketAddr::new(listen.ip(), 0);
        server.add_https(any_port, directory).await.map_err(|error| {
            Failed::new(Exit::Output, "the emulator cannot serve https")
                .cause(error)
                .help("say --tls DIR, a directory that can be written")
        })?;
        url = server.https_url().unwrap_or(url);
    }
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "{}", server.url())?;
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
    if let Some(ca) = server.ca_path() {
        for name in ["SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"] {
            writeln!(stdout, "export {name}={}", quoted(ca))?;
        }
    }
    stdout.flush()?;
    drop(stdout);
    signals.next().await;
    Ok(Exit::Ok)
}

/// Lets it listen there.
pub(super) async fn serve(listen: SocketAddr, emulator: Emulator) -> Result<Server, Failed> {
    Server::start(listen, emulator).await.map_err(|error| {
        Failed::new(Exit::Usage, format!("the emulator cannot listen on {listen}"))
            .cause(error)
            .help("say --listen 127.0.0.1:0 for a free port")
    })
}
