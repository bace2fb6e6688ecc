//! The emulator in a process of its own, so that its memory is its own.

use std::{
    fs,
    io::{BufRead, BufReader, Read},
    net::SocketAddr,
    process::{self, Command, Stdio},
    thread::{self, JoinHandle},
};

pub(crate) struct Child {
    process: process::Child,
    address: SocketAddr,
    stderr: Option<JoinHandle<String>>,
}

/// Its memory in KiB.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Memory {
    /// `VmRSS`.
    pub(crate) now: u64,
    /// `VmHWM`.
    pub(crate) most: u64,
}

impl Child {
    /// `shindan emulator start` with these options.
    pub(crate) fn start(options: &[&str]) -> Self {
        let state = format!("{}/emulator-{}", env!("CARGO_TARGET_TMPDIR"), process::id());
        let mut process = Command::new(env!("CARGO_BIN_EXE_shindan"))
            .args(["emulator", "start"])
            .args(options)
            .env_clear()
            .env("SHINDAN_STATE_DIR", state)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary was built with this test");
        let mut stdout = BufReader::new(process.stdout.take().expect("it is piped"));
        let mut url = String::new();
        stdout.read_line(&mut url).expect("it says where it listens");
        let address =
            url.trim().strip_prefix("# emulator: http://").and_then(|host| host.parse().ok());
        let address = address.unwrap_or_else(|| panic!("no address in {url:?}"));
        thread::spawn(move || stdout.read_to_end(&mut Vec::new()));
        let mut stderr = process.stderr.take().expect("it is piped");
        let stderr = thread::spawn(move || {
            let mut said = Vec::new();
            stderr.read_to_end(&mut said).expect("a pipe can be read");
            String::from_utf8_lossy(&said).into_owned()
        });
        Self { process, address, stderr: Some(stderr) }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// It still runs, and takes so much.
    pub(crate) fn memory(&mut self) -> Memory {
        let ended = self.process.try_wait().expect("it is our child");
        if let Some(status) = ended {
            panic!("the emulator has ended, {status}:\n{}", self.said());
        }
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id()));
        let status = status.expect("it runs");
        let value = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let kib = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse().ok());
            kib.unwrap_or_else(|| panic!("no {name} in {status}"))
        };
        Memory { now: value("VmRSS:"), most: value("VmHWM:") }
    }

    /// Ends it and returns what it wrote to stderr.
    pub(crate) fn end(&mut self) -> String {
        self.process.kill().expect("it is our child");
        self.process.wait().expect("it is our child");
        self.said()
    }

    /// What it wrote to stderr until its end.
    fn said(&mut self) -> String {
        let stderr = self.stderr.take().map(JoinHandle::join);
        stderr.and_then(Result::ok).expect("it is read once")
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
