//! Thousands of scans that are waited for in one process, against the real `shindan emulator start` in other ones.
//!
//! `SHINDAN_FLEET_TARGETS` sets how many, `SHINDAN_FLEET_ACCOUNTS` how many accounts they belong to. Each account has
//! an emulator of its own, because one shows every job to all accounts, and the services show an account its own jobs
//! only. All scans are started before, and none ends before all are waited for.

#![cfg(target_os = "linux")]

#[path = "../soak/child.rs"]
mod child;
mod scans;

use std::{
    env, fs,
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    process,
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use child::Child;
use rustix::time::{ClockId, clock_gettime};
use scans::{Fleet, Seen};
use tokio::time::sleep;

/// What the process may take, in KiB.
const MOST_KIB: u64 = 96 << 10;
/// An account is asked five times a second at most, so that its reports take 100 seconds.
const IN_ONE_ACCOUNT: usize = 500;
/// How long all are waited for together.
const TOGETHER: Duration = Duration::from_secs(30);

#[test]
fn all_are_waited_for_to_their_end() {
    let targets = variable("SHINDAN_FLEET_TARGETS").unwrap_or(20);
    let accounts = variable("SHINDAN_FLEET_ACCOUNTS");
    let accounts = accounts.unwrap_or_else(|| targets.div_ceil(IN_ONE_ACCOUNT)).max(1);
    // A short run is a test that it works; only a long one measures how all wait together.
    let together = if targets > 500 { TOGETHER } else { Duration::ZERO };
    let mut children: Vec<Child> = (0..accounts).map(|nth| emulator(nth, targets)).collect();
    let emulators: Vec<SocketAddr> = children.iter().map(Child::address).collect();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime can be built").block_on(async {
        let fleet = Fleet::start(&emulators, targets).await;
        eprintln!("{} WSC jobs and {} VAddy scans run, {accounts} accounts", fleet.jobs(), fleet.scans());
        let (begun, cpu, asked) = (Instant::now(), cpu(), requests(&emulators));
        let told = |what: &str, errors: usize| {
            let (took, asked) = (begun.elapsed(), requests(&emulators) - asked);
            let rate = f64::from(u32::try_from(asked).expect("fewer")) / took.as_secs_f64();
            eprintln!(
                "{what}: targets {targets}, errors {errors}, requests {asked} ({rate:.1} a second), VmHWM {} KiB, CPU {:.1} s, wall {:.1} s",
                most(), self::cpu().saturating_sub(cpu).as_secs_f64(), took.as_secs_f64()
            );
        };
        let counts = Arc::new(Seen::default());
        let watches = fleet.watch(&counts);
        while counts.scans.load(Ordering::Relaxed) < targets {
            sleep(Duration::from_millis(20)).await;
        }
        told("all were seen running", 0);
        let (polls, busy) = (counts.polls.load(Ordering::Relaxed), self::cpu());
        sleep(together).await;
        let polls = counts.polls.load(Ordering::Relaxed) - polls;
        let busy = self::cpu().saturating_sub(busy).as_secs_f64();
        told("all were waited for together", 0);
        eprintln!("meanwhile: polls {polls}, CPU {busy:.1} s, wall {} s", together.as_secs());
        for &emulator in &emulators {
            call(emulator, "POST /_emulator/clock", r#"{"advance":"2m"}"#);
        }
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
    let memory = children.iter_mut().map(Child::memory);
    let (now, most_each) =
        memory.fold((0, 0), |(now, most), next| (now + next.now, most.max(next.most)));
    eprintln!("the emulators: VmRSS {now} KiB together, VmHWM {most_each} KiB at most");
    for child in &mut children {
        let said = child.end();
        assert!(!said.contains("panicked"), "the emulator has panicked:\n{said}");
    }
    assert!(most() <= MOST_KIB, "{} KiB are more than {MOST_KIB}", most());
}

/// Where no time passes by itself, so that all its scans end together.
fn emulator(nth: usize, targets: usize) -> Child {
    let state = format!("{}/fleet-{}-{nth}", env!("CARGO_TARGET_TMPDIR"), process::id());
    let keep = targets.to_string();
    Child::start(&[
        "--state-dir",
        &state,
        "--clock",
        "manual",
        "--accept-any-key",
        "--created-numbers",
        "--keep",
        &keep,
    ])
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

/// How many requests the emulators have answered.
fn requests(emulators: &[SocketAddr]) -> u64 {
    emulators.iter().map(|&emulator| answered(emulator)).sum()
}

fn answered(emulator: SocketAddr) -> u64 {
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
