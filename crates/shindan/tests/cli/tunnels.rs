//! A proxy with real sockets that notes what it is told, and in whose tunnels something may go wrong.

use std::{
    io::{self, Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
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
            let ends = [client.try_clone()?, origin.try_clone()?];
            let back = thread::spawn(move || io::copy(&mut &ends[1], &mut &ends[0]));
            if let Tunnel::Open = way {
                io::copy(&mut &client, &mut &origin)?;
                origin.shutdown(Shutdown::Write)?;
            } else {
                lose_answer(&client, &origin)?;
            }
            let _ = back.join();
            Ok(())
        }
    }
}

/// Of TLS 1.3, the second protected record of a client is its request, after the end of the handshake.
fn lose_answer(mut client: &TcpStream, mut origin: &TcpStream) -> io::Result<()> {
    const PROTECTED: u8 = 23;
    let mut protected = 0;
    loop {
        let mut head = [0; 5];
        client.read_exact(&mut head)?;
        let mut record = vec![0; usize::from(u16::from_be_bytes([head[3], head[4]]))];
        client.read_exact(&mut record)?;
        protected += usize::from(head[0] == PROTECTED);
        if protected == 2 {
            client.shutdown(Shutdown::Both)?;
        }
        origin.write_all(&[&head[..], &record].concat())?;
        // Whoever hangs up may not be served: the request is to be carried out.
        if protected == 2 {
            loop {
                thread::park();
            }
        }
    }
}
