//! Thousands of scans that are waited for in one process, against the real `shindan emulator start` in another one.
//!
//! `SHINDAN_FLEET_TARGETS` sets how many, `SHINDAN_FLEET_ACCOUNTS` how many accounts they belong to. At five
//! requests a second for each account, the reports of 2,500 scans take 500 seconds, so that there are accounts enough
//! for some minutes. The emulator shows each account the jobs of all, so that more accounts read and keep more lists. All scans are started before, and none ends before all are waited for.

#![cfg(target_os = "linux")]

#[path = "../soak/child.rs"]
mod child;
mod scans;

use std::{
    env, fs,
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use child::Child;
use rustix::time::{ClockId, clock_gettime};
use scans::Fleet;
use tokio::time::sleep;

/// What the process may take, in KiB.
const MOST_KIB: u64 = 96 << 10;
/// How many scans of one account can be waited for in a short time.
const IN_ONE_ACCOUNT: usize = 2_500;
/// How long all are waited for together.
const TOGETHER: Duration = Duration::from_secs(30);

#[test]
fn all_are_waited_for_to_their_end() {
    let targets = variable("SHINDAN_FLEET_TARGETS").unwrap_or(20);
    let accounts = variable("SHINDAN_FLEET_ACCOUNTS");
    let accounts = accounts.unwrap_or_else(|| targets.div_ceil(IN_ONE_ACCOUNT)).max(1);
    // A short run is a test that it works; only a long one measures how all wait together.
    let together = if targets > 500 { TOGETHER } else { Duration::ZERO };
    let keep = targets.to_string();
    let options = ["--clock", "manual", "--accept-any-key", "--created-numbers", "--keep", &keep];
    let mut child = Child::start(&options);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime can be built").block_on(async {
        let fleet = Fleet::start(child.address(), targets, accounts).await;
        eprintln!("{} WSC jobs and {} VAddy scans run, {accounts} accounts", fleet.jobs(), fleet.scans());
        let (begun, cpu, asked) = (Instant::now(), cpu(), requests(child.address()));
        let told = |what: &str, errors: usize| {
            let (took, asked) = (begun.elapsed(), requests(child.address()) - asked);
            let rate = f64::from(u32::try_from(asked).expect("fewer")) / took.as_secs_f64();
            eprintln!(
                "{what}: targets {targets}, errors {errors}, requests {asked} ({rate:.1} a second), VmHWM {} KiB, CPU {:.1} s, wall {:.1} s",
                most(), self::cpu().saturating_sub(cpu).as_secs_f64(), took.as_secs_f64()
            );
        };
        let running = Arc::new(AtomicUsize::new(0));
        let watches = fleet.watch(&running);
        while running.load(Ordering::Relaxed) < targets {
            sleep(Duration::from_millis(20)).await;
        }
        told("all were seen running", 0);
        sleep(together).await;
        told("all were waited for together", 0);
        call(child.address(), "POST /_emulator/clock", r#"{"advance":"2m"}"#);
        let mut errors = 0;
        for said in watches.join_all().await.into_iter().flatten() {
            errors += 1;
            if errors <= 10 {
                eprintln!("{said}");
            }
        }
        told("all have ended", errors);
        assert_eq!(errors, 0);
    });
    let memory = child.memory();
    eprintln!("the emulator: VmRSS {} KiB, VmHWM {} KiB", memory.now, memory.most);
    let said = child.end();
    assert!(!said.contains("panicked"), "the emulator has panicked:\n{said}");
    assert!(most() <= MOST_KIB, "{} KiB are more than {MOST_KIB}", most());
}

/// The most memory that this process has taken, in KiB.
fn most() -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("it runs");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse().ok());
    kib.expect("it has a VmHWM")
}

/// The CPU time of this process.
fn cpu() -> Duration {
    clock_gettime(ClockId::ProcessCPUTime).try_into().expect("it is not negative")
}

/// How many requests the emulator has answered.
fn requests(emulator: SocketAddr) -> u64 {
    let answer = call(emulator, &format!("GET /_emulator/requests?since={}", u64::MAX), "");
    let last = answer.split_once("\"last\":").expect("it has a last one").1;
    last.trim()
        .split(|c: char| !c.is_ascii_digit())
        .next()
        .and_then(|digits| digits.parse().ok())
        .expect("a number")
}

/// A control call, and what it is answered.
fn call(emulator: SocketAddr, what: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(emulator).expect("it listens");
    let head = format!(
        "{what} HTTP/1.1\r\nhost: {emulator}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(head.as_bytes()).expect("it reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers");
    assert!(answer.starts_with("HTTP/1.1 200"), "{what}: {answer}");
    answer
}

fn variable(name: &str) -> Option<usize> {
    env::var(name).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{name} is a number")))
}
