//! Control calls: scenarios, faults, clocks, snapshots, views and, rarely, a reset.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    thread::sleep,
    time::Duration,
};

use serde_json::{Value, json};
use shindan_emulator::{Operation, Scenario};

use crate::{draw::Draw, pace::Soak};

/// How long the emulator may take, on a machine with much else to do.
const PATIENCE: Duration = Duration::from_secs(30);
/// So few that each is soon replaced: all of them together are as large as they get after minutes.
const SNAPSHOTS: u64 = 3;
const VIEWS: [&str; 9] = [
    "health",
    "operations",
    "requests",
    "near-misses",
    "unread-fields",
    "ledger",
    "state",
    "scenarios",
    "snapshot",
];

pub(crate) fn run(soak: &Soak) {
    let mut draw = Draw::new(soak.seed, u64::MAX);
    while !soak.is_over() {
        sleep(soak.turn().min(soak.left()));
        let (method, path, body) = call(&mut draw);
        if method != "GET" && (path == "faults" || path == "reset" || path.starts_with("snapshot"))
        {
            count_faults(soak);
        }
        soak.count("control calls", 1);
        let status = ask(soak.address, method, &path, &body).0;
        soak.count(&format!("control calls with {status}"), 1);
        sleep(draw.ms(300).min(soak.left()));
    }
    count_faults(soak);
}

/// It still answers.
pub(crate) fn is_well(address: SocketAddr) {
    let (status, health) = ask(address, "GET", "health", "");
    assert_eq!((status, &health["status"]), (200, &json!("ok")));
}

fn call(draw: &mut Draw) -> (&'static str, String, String) {
    let scenario = json!({"scenario": draw.pick(&Scenario::ALL).name()}).to_string();
    let of = |path: &str| path.to_owned();
    match draw.below(200) {
        0..=9 => ("PUT", of("scenarios"), scenario),
        10..=29 => ("PUT", format!("scenarios/shop-{}.test", draw.below(40)), scenario),
        30..=59 => ("DELETE", of("scenarios"), String::new()),
        60..=99 => ("PUT", of("faults"), faults(draw).to_string()),
        100..=114 => ("DELETE", of("faults"), String::new()),
        115..=119 => ("PUT", format!("snapshot/s{}", draw.below(SNAPSHOTS)), String::new()),
        120..=122 => ("POST", format!("snapshot/s{}", draw.below(SNAPSHOTS)), String::new()),
        123 => ("DELETE", format!("snapshot/s{}", draw.below(SNAPSHOTS)), String::new()),
        124..=128 => ("POST", of("clock"), json!({"mode": "polls:3"}).to_string()),
        129..=133 => ("POST", of("clock"), json!({"mode": "manual", "advance": "90s"}).to_string()),
        134..=153 => ("POST", of("clock"), json!({"mode": "x1000"}).to_string()),
        154 if draw.one_in(4) => ("POST", of("reset"), String::new()),
        _ => ("GET", of(draw.pick(&VIEWS)), String::new()),
    }
}

/// Rules of which most are possible; what is not is refused with 400.
fn faults(draw: &mut Draw) -> Value {
    let rules = (0..=draw.below(4)).map(|_| {
        let operations = Operation::all();
        let place = usize::try_from(draw.below(operations.len() as u64)).unwrap_or_default();
        let mut rule = json!({"operation": operations[place].to_string()});
        match draw.below(3) {
            0 => rule["nth"] = json!([1, 2, 5]),
            1 => rule["every"] = json!(draw.below(5) + 1),
            _ => {}
        }
        match draw.below(5) {
            0 => rule["status"] = json!(draw.pick(&[429, 500, 502, 503, 504])),
            1 => rule["body"] = json!("<html>\u{1b}[31mnot what was asked for"),
            _ => {
                let delivery = draw.pick(&["reset", "truncate", "stall", "drip", "huge"]);
                rule["delivery"] = json!(delivery);
                if matches!(delivery, "reset" | "truncate" | "stall") {
                    rule["after"] = json!(draw.below(200));
                }
            }
        }
        if draw.one_in(3) {
            rule["executed"] = json!(draw.one_in(2));
        }
        if draw.one_in(4) {
            rule["retry_after"] = json!(draw.below(5));
        }
        rule
    });
    rules.collect()
}

/// They are forgotten with their rules.
fn count_faults(soak: &Soak) {
    let (_, faults) = ask(soak.address, "GET", "faults", "");
    let played = faults["faults"].as_array().into_iter().flatten();
    soak.count("faults", played.filter_map(|rule| rule["played"].as_u64()).sum());
}

/// Status and body of the answer to a control call. The emulator has to answer, unless it has no place for
/// another connection.
fn ask(address: SocketAddr, method: &str, path: &str, body: &str) -> (u16, Value) {
    for _ in 0..100 {
        if let Some(answer) = try_to_ask(address, method, path, body) {
            return answer;
        }
        sleep(Duration::from_millis(100));
    }
    panic!("{method} /_emulator/{path} is not answered");
}

fn try_to_ask(address: SocketAddr, method: &str, path: &str, body: &str) -> Option<(u16, Value)> {
    let mut line = TcpStream::connect(address).ok()?;
    line.set_read_timeout(Some(PATIENCE)).ok()?;
    let length = body.len();
    let request = format!(
        "{method} /_emulator/{path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
         content-length: {length}\r\n\r\n{body}"
    );
    line.write_all(request.as_bytes()).ok()?;
    let mut answer = String::new();
    line.read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some((status, serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {body}"))))
}
