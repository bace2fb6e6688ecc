//! From the start of `shindan emulator start` to its first answer, and how large the binary is.
//!
//! `cargo bench --profile release` takes the binary that is released.

#![expect(clippy::print_stdout, reason = "a bench prints its result")]

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{Command, ExitCode, Stdio},
    time::{Duration, Instant},
};

const SHINDAN: &str = env!("CARGO_BIN_EXE_shindan");
const RUNS: usize = 20;
const MOST: Duration = Duration::from_millis(50);

fn main() -> ExitCode {
    // The first one reads the binary from the disk.
    until_first_answer();
    let mut times: Vec<Duration> = (0..RUNS).map(|_| until_first_answer()).collect();
    times.sort_unstable();
    let (median, worst) = (times[RUNS / 2], times[RUNS - 1]);
    println!(
        "start to first answer: median {median:.1?}, worst {worst:.1?} of {RUNS} (at most {MOST:?})"
    );
    println!("binary: {} bytes", fs::metadata(SHINDAN).expect("it was built with this").len());
    if median <= MOST { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn until_first_answer() -> Duration {
    let begun = Instant::now();
    let mut emulator = Command::new(SHINDAN)
        .args(["emulator", "start"])
        .env_clear()
        .env("SHINDAN_STATE_DIR", concat!(env!("CARGO_TARGET_TMPDIR"), "/start"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it was built with this");
    let mut url = String::new();
    let mut stdout = BufReader::new(emulator.stdout.take().expect("it is piped"));
    stdout.read_line(&mut url).expect("it says where it listens");
    let address = url.trim().strip_prefix("# emulator: http://").expect("it begins with its url");
    let mut line = TcpStream::connect(address).expect("it listens");
    line.write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n").expect("it reads");
    let mut first = [0; 15];
    line.read_exact(&mut first).expect("it answers");
    let elapsed = begun.elapsed();
    assert_eq!(first, *b"HTTP/1.1 200 OK");
    emulator.kill().expect("it is our child");
    emulator.wait().expect("it is our child");
    elapsed
}
