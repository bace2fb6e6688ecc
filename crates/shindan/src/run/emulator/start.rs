//! `start`: serves in this process.

use std::{
    io,
    net::SocketAddr,
    path::{Path, absolute},
};

use shindan_emulator::{Emulator, Server};
use shindan_hyper::{Executor, now};

use super::{
    super::{App, signals, token},
    holder,
    place::{Place, Record},
    variables,
};
use crate::{args::EmulatorArgs, exit::Exit, failed::Failed, output::note};

pub(super) async fn run(app: &App, place: &Place, args: &EmulatorArgs) -> Result<Exit, Failed> {
    let listen = args.listen;
    let tls_listen = args.tls_listen.unwrap_or(SocketAddr::new(listen.ip(), 0));
    for address in [listen, tls_listen] {
        if !args.expose && !address.ip().is_loopback() {
            return Err(Failed::new(
                Exit::Usage,
                format!("{address} is not an address of this machine alone"),
            )
            .help("listen on 127.0.0.1 or [::1], or say --expose"));
        }
    }
    if args.expose {
        warn(listen);
    }
    let mut signals = signals()?;
    let claim = place.claim().await?;
    let instance = token()?.to_string();
    let emulator = emulator(args, &instance);
    let mut server = serve(&app.executor, listen, args.expose, emulator).await?;
    if let Some(directory) = &args.tls {
        let directory = directory.as_deref().unwrap_or(place.directory());
        add_https(&app.executor, &mut server, tls_listen, directory).await?;
    }
    let record = record(&server, instance)?;
    claim.publish(&record)?;
    variables::announce(app, place, &record)?;
    tokio::select! {
        _ = signals.next() => {}
        () = server.stopped() => {}
    }
    Ok(Exit::Ok)
}

/// Lets it listen there.
pub(in crate::run) async fn serve(
    executor: &Executor,
    listen: SocketAddr,
    exposed: bool,
    emulator: Emulator,
) -> Result<Server, Failed> {
    let started = if exposed {
        Server::start_exposed(listen, emulator).await
    } else {
        Server::start(listen, emulator).await
    };
    let error = match started {
        Ok(server) => return Ok(server),
        Err(error) => error,
    };
    Err(if error.kind() == io::ErrorKind::AddrInUse {
        taken(executor, listen).await
    } else {
        Failed::new(Exit::Usage, format!("the emulator cannot listen on {listen}"))
    }
    .cause(error)
    .help("say --listen 127.0.0.1:0 for a free port"))
}

async fn taken(executor: &Executor, listen: SocketAddr) -> Failed {
    let holder = holder::of(executor, listen).await;
    Failed::new(Exit::Unavailable, format!("{listen} is taken by {holder}"))
}

fn emulator(args: &EmulatorArgs, instance: &str) -> Emulator {
    let mut builder = Emulator::builder()
        .instance(instance)
        .clock(args.clock)
        .seed(args.seed)
        .lang(args.status_lang.into())
        .keep(usize::try_from(args.keep).unwrap_or(usize::MAX));
    if let Some(scenario) = args.scenario {
        builder = builder.scenario(None, scenario);
    }
    if args.accept_any_key {
        builder = builder.any_key();
    }
    if args.errors_in_200 {
        builder = builder.faults_in_200();
    }
    if args.created_numbers {
        builder = builder.created_numbers();
    }
    builder.build(now().wall)
}

async fn add_https(
    executor: &Executor,
    server: &mut Server,
    listen: SocketAddr,
    directory: &Path,
) -> Result<(), Failed> {
    let failed = |error| {
        Failed::new(Exit::Output, "the emulator cannot serve https")
            .cause(error)
            .help("say --tls DIR, a directory that can be written, and look at --tls-listen")
    };
    // Whoever reads the path of the authority may stand in another directory.
    let directory = absolute(directory).map_err(failed)?;
    match server.add_https(listen, &directory).await {
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
            let help = "leave --tls-listen out for a free port";
            Err(taken(executor, listen).await.cause(error).help(help))
        }
        added => added.map_err(failed),
    }
}

fn record(server: &Server, instance: String) -> Result<Record, Failed> {
    let ca = match server.ca_path() {
        Some(path) => Some(path.to_str().map(str::to_owned).ok_or_else(|| {
            Failed::new(Exit::Usage, format!("{} is not valid UTF-8", path.display()))
                .help("say --tls DIR, a directory with another name")
        })?),
        None => None,
    };
    let number = server.with(|emulator| emulator.vaddy_project_number(variables::PROJECT));
    let https_url = server.https_url().as_deref().map(on_this_machine);
    Ok(Record::of_this_process(instance, on_this_machine(&server.url()), https_url, ca, number))
}

/// What listens on all addresses is reached here under this machine's own.
fn on_this_machine(url: &str) -> String {
    url.replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:")
}

/// Says what `--expose` means.
pub(super) fn warn(listen: SocketAddr) {
    let ip = listen.ip();
    note(
        "warning: other machines can use both services, see the scans in them and start others; control calls and \
         the page answer this machine alone, and all requests must name localhost or a vendor's host",
    );
    if !ip.is_unspecified() && !ip.is_loopback() {
        note(
            "warning: shindan speaks plain http to this machine alone; for its own commands listen on 0.0.0.0 or [::]",
        );
    }
}
