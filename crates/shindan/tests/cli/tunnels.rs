//! A proxy with real sockets that notes what it is told, and in whose tunnels something may go wrong.

use std::{
    io::{self, Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use crate::canned;

/// What becomes of one request for a tunnel.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Tunnel {
    Open,
    /// It is open until a request went through it; the answer does not come back.
    LosesAnswer,
    /// It is not open: this is answered instead.
    Refused(&'static str),
    /// Nothing is answered.
    Hangs,
}

pub(crate) struct Proxy {
    /// Host and port.
    pub(crate) address: String,
    told: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    /// Every tunnel ends at the address of an https URL; `way` gets the tunnels' numbers from 0 on.
    pub(crate) fn to(url: &str, way: impl Fn(usize) -> Tunnel + Send + 'static) -> Self {
        let target = url.strip_prefix("https://").expect("it is an https url").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = listener.local_addr().expect("it is bound").to_string();
        let told = Arc::<Mutex<Vec<String>>>::default();
        let log = Arc::clone(&told);
        thread::spawn(move || {
            for stream in listener.incoming().filter_map(Result::ok) {
                let Some((head, _)) = canned::read(&stream) else { continue };
                let number = {
                    let mut log = log.lock().expect("nobody panics with it");
                    log.push(head);
                    log.len() - 1
                };
                let (way, target) = (way(number), target.clone());
                thread::spawn(move || serve(stream, way, &target));
            }
        });
        Self { address, told }
    }

    /// The heads of all requests for a tunnel.
    pub(crate) fn told(&self) -> Vec<String> {
        self.told.lock().expect("nobody panics with it").clone()
    }
}

fn serve(mut client: TcpStream, way: Tunnel, target: &str) -> io::Result<()> {
    match way {
        Tunnel::Hangs => loop {
            thread::park();
        },
        Tunnel::Refused(answer) => client.write_all(answer.as_bytes()),
        Tunnel::Open | Tunnel::LosesAnswer => {
            let origin = TcpStream::connect(target)?;
            client.write_all(b"HTTP/1.1 200 OK\r\n\r\n")?;
            let asked = Arc::new(AtomicBool::new(false));
            let back = thread::spawn({
                let (from, to) = (origin.try_clone()?, client.try_clone()?);
                let asked = Arc::clone(&asked);
                move || answers(&from, &to, &asked)
            });
            if let Tunnel::Open = way {
                io::copy(&mut &client, &mut &origin)?;
            } else {
                lose_answer(&client, &origin, &asked)?;
            }
            origin.shutdown(Shutdown::Both)?;
            let _ = back.join();
            Ok(())
        }
    }
}

/// Brings back what comes before the answer that is to be lost.
fn answers(mut from: &TcpStream, mut to: &TcpStream, lost: &AtomicBool) -> io::Result<()> {
    let mut bytes = [0; 4096];
    loop {
        let read = from.read(&mut bytes)?;
        if read == 0 {
            return to.shutdown(Shutdown::Both);
        }
        if !lost.load(Ordering::SeqCst) {
            to.write_all(&bytes[..read])?;
        }
    }
}

/// Of TLS 1.3, the second protected record of a client begins its request, after the end of the handshake. The request
/// is whole when nothing follows for a second.
fn lose_answer(
    mut client: &TcpStream,
    mut origin: &TcpStream,
    asked: &AtomicBool,
) -> io::Result<()> {
    const PROTECTED: u8 = 23;
    let mut protected = 0;
    loop {
        let mut head = [0; 5];
        match client.read_exact(&mut head) {
            Err(_) if protected >= 2 => return client.shutdown(Shutdown::Both),
            read => read?,
        }
        let mut record = vec![0; usize::from(u16::from_be_bytes([head[3], head[4]]))];
        client.read_exact(&mut record)?;
        protected += usize::from(head[0] == PROTECTED);
        if protected == 2 {
            asked.store(true, Ordering::SeqCst);
            client.set_read_timeout(Some(Duration::from_secs(1)))?;
        }
        origin.write_all(&[&head[..], &record].concat())?;
    }
}
