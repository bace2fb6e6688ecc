//! Clients that misbehave, on raw sockets. Nothing that they are told is looked at.

use std::{
    io::{self, Read, Write},
    net::TcpStream,
    thread::sleep,
    time::Duration,
};

use shindan_emulator::keys;

use crate::{draw::Draw, pace::Soak};

/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_millis(500);
/// How many connections are opened at once. The server takes 256 of all clients.
const BURST: usize = 300;

/// One client, until the end.
pub(crate) fn run(soak: &Soak, nth: u64) {
    let mut draw = Draw::new(soak.seed, nth);
    while !soak.is_over() {
        sleep(soak.turn().min(soak.left()));
        soak.count("abuses", 1);
        // The server may break off at any time, and often should.
        let _ = abuse(soak, &mut draw);
        sleep(draw.ms(100).min(soak.left()));
    }
}

fn abuse(soak: &Soak, draw: &mut Draw) -> io::Result<()> {
    let mut line = connect(soak)?;
    match draw.below(24) {
        0 | 1 => line.write_all(b"GET /api/v1/jobs?limit=10&pa")?,
        2 | 3 => {
            line.write_all(&garbage(draw))?;
            hear(&mut line, 4_096)?;
        }
        // More than it takes, announced or not.
        4 => {
            line.write_all(head("/v1/scan", "application/json", 10 << 20).as_bytes())?;
            line.write_all(&vec![b'['; 2 << 20])?;
            hear(&mut line, 4_096)?;
        }
        5 => {
            line.write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\n")?;
            (0..2_000).try_for_each(|nth| write!(line, "x-{nth}: {nth}\r\n"))?;
            line.write_all(b"\r\n")?;
            hear(&mut line, 4_096)?;
        }
        // A connection that is closed while there is something to read is reset.
        6..=9 => {
            line.write_all(b"GET /_emulator/requests HTTP/1.1\r\nhost: localhost\r\n\r\n")?;
            line.peek(&mut [0])?;
        }
        // One byte after the other, and not to the end.
        10 => {
            for byte in b"GET /v2/scan/result?scan_id=1-5f0c7a4e HTTP/1.1\r\nhost: loc" {
                line.write_all(&[*byte])?;
                sleep(Duration::from_millis(10).min(soak.left()));
            }
        }
        11..=14 => {
            let (path, name) = draw.pick(&[
                ("/v2/scan", "project_id"),
                ("/v1/scan", "fqdn"),
                ("/v1/privnet/sshkey", "sshkey=x&fqdn"),
            ]);
            let length = draw.pick(&[10, 200, 300, 500_000]);
            let value: String =
                (0..length).map(|_| draw.pick(&['a', 'b', '.', '%', '0'])).collect();
            post(&mut line, path, &format!("action=start&{name}={value}"))?;
        }
        15 => {
            let types = vec!["SQLI"; 100_000].join(",");
            let host = draw.below(u64::MAX);
            post(
                &mut line,
                "/v1/scan",
                &format!("action=start&fqdn={host}.test&scan_type={types}"),
            )?;
        }
        16 => {
            let depth = 100_000;
            line.write_all(head("/v1/scan", "application/json", depth).as_bytes())?;
            line.write_all(&vec![b'['; depth])?;
            hear(&mut line, 4_096)?;
        }
        17 | 18 => {
            let ask = "GET /api/v1/jobs HTTP/1.1\r\nhost: localhost\r\n\r\n".repeat(50);
            line.write_all(ask.as_bytes())?;
            hear(&mut line, 1_000)?;
        }
        19 | 20 => {
            let path = "/%zz/%00/".repeat(draw.pick(&[1, 100, 5_000]));
            write!(line, "DELETE {path}?a=%ff&{path} HTTP/1.1\r\nhost: localhost\r\n\r\n")?;
            hear(&mut line, 4_096)?;
        }
        21 | 22 => {
            line.write_all(
                b"GET / HTTP/1.1\r\nhost: shop.test\r\norigin: https://shop.test\r\n\r\n",
            )?;
            hear(&mut line, 4_096)?;
        }
        _ => {
            let lines: Vec<_> = (0..BURST).filter_map(|_| connect(soak).ok()).collect();
            sleep(draw.ms(20));
            drop(lines);
        }
    }
    Ok(())
}

fn connect(soak: &Soak) -> io::Result<TcpStream> {
    let line = TcpStream::connect_timeout(&soak.address, PATIENCE)?;
    line.set_read_timeout(Some(PATIENCE))?;
    line.set_write_timeout(Some(PATIENCE))?;
    Ok(line)
}

/// A form with the right key.
fn post(line: &mut TcpStream, path: &str, form: &str) -> io::Result<()> {
    let form = format!("user={}&auth_key={}&{form}", keys::VADDY_USER, keys::VADDY_KEY);
    let head = head(path, "application/x-www-form-urlencoded", form.len());
    line.write_all(head.as_bytes())?;
    line.write_all(form.as_bytes())?;
    hear(line, 4_096)
}

fn head(path: &str, content_type: &str, length: usize) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: {content_type}\r\ncontent-length: {length}\r\n\r\n"
    )
}

/// Reads something of an answer, at most so many bytes.
fn hear(line: &mut TcpStream, most: usize) -> io::Result<()> {
    let mut bytes = vec![0; most];
    line.read(&mut bytes).map(drop)
}

fn garbage(draw: &mut Draw) -> Vec<u8> {
    (0..draw.below(4_000)).map(|_| u8::try_from(draw.below(256)).unwrap_or_default()).collect()
}
