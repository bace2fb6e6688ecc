//! Who has a port that is taken.

use std::{net::SocketAddr, time::Duration};

use http::Request;
use shindan_hyper::Executor;
use shindan_proto::Limits;

/// How long it has to say that it is an emulator.
const QUICK: Duration = Duration::from_secs(1);

/// As much of it as can be known.
pub(super) async fn of(executor: &Executor, listen: SocketAddr) -> String {
    let who = process(listen.port()).unwrap_or_else(|| "another process".to_owned());
    if is_emulator(executor, listen).await { format!("an emulator: {who}") } else { who }
}

async fn is_emulator(executor: &Executor, listen: SocketAddr) -> bool {
    let uri = format!("http://{listen}/_emulator/health");
    let Ok(request) = Request::get(uri).body(Vec::new().into()) else { return false };
    let mut limits = Limits::READ;
    limits.total = QUICK;
    let answer = executor.exchange(request, limits).await;
    answer.is_ok_and(|answer| answer.headers().contains_key("x-shindan-emulator"))
}

/// The name and the id of the one process that listens on a port, of IPv4, IPv6 or both, if the system tells.
#[cfg(target_os = "linux")]
fn process(port: u16) -> Option<String> {
    use std::{fs, path::PathBuf};

    let tables = ["tcp", "tcp6"].map(|table| fs::read_to_string(format!("/proc/net/{table}")));
    let tables: Vec<String> = tables.into_iter().flatten().collect();
    let lines = tables.iter().flat_map(|table| table.lines());
    let sockets: Vec<PathBuf> =
        lines.filter_map(|line| Some(format!("socket:[{}]", inode(line, port)?).into())).collect();
    if sockets.is_empty() {
        return None;
    }
    let processes = fs::read_dir("/proc").ok()?.flatten();
    let holder = processes.map(|process| process.path()).find(|process| {
        // Those of other users cannot be looked into.
        let files = fs::read_dir(process.join("fd")).into_iter().flatten().flatten();
        let open: Vec<PathBuf> = files.filter_map(|file| fs::read_link(file.path()).ok()).collect();
        sockets.iter().all(|socket| open.contains(socket))
    })?;
    let name = fs::read_to_string(holder.join("comm")).ok()?;
    Some(format!("{}, process {}", name.trim_end(), holder.file_name()?.display()))
}

/// The number of the socket, if this line of the table is one that listens on the port.
#[cfg(target_os = "linux")]
fn inode(line: &str, port: u16) -> Option<&str> {
    const LISTENS: &str = "0A";
    let mut columns = line.split_whitespace();
    let (address, state) = (columns.nth(1)?, columns.nth(1)?);
    let (_, of_address) = address.rsplit_once(':')?;
    let is_it = state == LISTENS && u16::from_str_radix(of_address, 16) == Ok(port);
    columns.nth(5).filter(|_| is_it)
}

#[cfg(not(target_os = "linux"))]
fn process(_port: u16) -> Option<String> {
    None
}
