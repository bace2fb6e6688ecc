//! A network in one process: it carries whole HTTP/1.1 messages and breaks where it is told to.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::{AbortHandle, JoinSet},
};

/// Where and how a connection breaks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cut {
    pub(crate) at: At,
    pub(crate) how: How,
}

/// Where a connection breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum At {
    /// As soon as it is there.
    Accept,
    /// After this many bytes of the request.
    Request(usize),
    /// After the whole request and this many bytes of the answer.
    Answer(usize),
    /// With the whole request on its way, which arrives when so much of the test's time has passed.
    Late(Duration),
}

/// How a connection breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum How {
    /// Both sides see an end in order.
    Fin,
    /// Both sides see a reset.
    Rst,
    /// The client sees nothing until it gives up, and then the server sees an end.
    Stall,
}

/// What has become of the cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It was made, and the server has done what it will do.
    Made,
    /// The client gave up before it was made.
    TooLate,
}

struct State {
    armed: Mutex<Option<Cut>>,
    hang_up: Mutex<Option<How>>,
    /// Requests of the client, whether they were carried on or not.
    heard: Mutex<Vec<Vec<u8>>>,
    elapsed: watch::Sender<Duration>,
    fate: watch::Sender<Option<Fate>>,
    /// The length of the last answer, in bytes.
    answer: watch::Sender<usize>,
}

/// Dropping it ends its connections.
pub(crate) struct Proxy {
    addr: SocketAddr,
    state: Arc<State>,
    accepting: AbortHandle,
}

impl Proxy {
    pub(crate) async fn before(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback has free ports");
        let addr = listener.local_addr().expect("it is bound");
        let state = Arc::new(State {
            armed: Mutex::new(None),
            hang_up: Mutex::new(None),
            heard: Mutex::new(Vec::new()),
            elapsed: watch::Sender::new(Duration::ZERO),
            fate: watch::Sender::new(None),
            answer: watch::Sender::new(0),
        });
        let accepting = tokio::spawn(accept(listener, server, Arc::clone(&state))).abort_handle();
        Self { addr, state, accepting }
    }

    pub(crate) fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Breaks the next connection, or the one with the next request, whichever the cut is about.
    pub(crate) fn arm(&self, cut: Cut) {
        *lock(&self.state.armed) = Some(cut);
    }

    /// Ends each connection as soon as it has carried an answer.
    pub(crate) fn hang_up(&self, how: How) {
        *lock(&self.state.hang_up) = Some(how);
    }

    /// The client's whole requests so far.
    pub(crate) fn heard(&self) -> Vec<Vec<u8>> {
        lock(&self.state.heard).clone()
    }

    /// The length of the last answer, in bytes.
    pub(crate) fn answer(&self) -> usize {
        *self.state.answer.borrow()
    }

    /// Tells how much of the test's time has passed.
    pub(crate) fn pass(&self, elapsed: Duration) {
        self.state.elapsed.send_replace(elapsed);
    }

    /// What has become of the cut, as soon as that is certain.
    pub(crate) async fn fate(&self) -> Fate {
        let mut fate = self.state.fate.subscribe();
        fate.wait_for(Option::is_some).await.expect("the sender lives in the state").expect("some")
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("nobody panics while holding it")
}

async fn accept(listener: TcpListener, server: SocketAddr, state: Arc<State>) {
    let mut lines = JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        let server = TcpStream::connect(server).await.expect("the emulator listens");
        // Dropped, they are reset, so that thousands of them leave no ports behind that have to wait.
        for stream in [&client, &server] {
            stream.set_zero_linger().expect("loopback has the option");
        }
        lines.spawn(Line { client, server, state: Arc::clone(&state) }.carry());
    }
}

/// A connection to us and the one that it is carried on by.
struct Line {
    client: TcpStream,
    server: TcpStream,
    state: Arc<State>,
}

impl Line {
    async fn carry(mut self) {
        if let Some(cut) = self.armed(|at| at == At::Accept) {
            return self.cut(cut, &[]).await;
        }
        while let Some(request) = message(&mut self.client).await {
            lock(&self.state.heard).push(request.clone());
            if let Some(cut) = self.armed(|at| at != At::Accept) {
                return self.cut(cut, &request).await;
            }
            write(&mut self.server, &request).await;
            let answer = message(&mut self.server).await.expect("a whole request is answered");
            self.state.answer.send_replace(answer.len());
            write(&mut self.client, &answer).await;
            let hang_up = *lock(&self.state.hang_up);
            if let Some(how) = hang_up {
                end(self.client, how).await;
                return end(self.server, how).await;
            }
        }
        if self.armed(|at| at != At::Accept).is_some() {
            self.state.fate.send_replace(Some(Fate::TooLate));
        }
    }

    fn armed(&self, fits: impl Fn(At) -> bool) -> Option<Cut> {
        lock(&self.state.armed).take_if(|cut| fits(cut.at))
    }

    async fn cut(mut self, cut: Cut, request: &[u8]) {
        let mut fate = Fate::Made;
        let owes_an_answer = match cut.at {
            At::Accept => false,
            At::Request(most) => {
                write(&mut self.server, &request[..most]).await;
                most == request.len()
            }
            At::Answer(most) => {
                write(&mut self.server, request).await;
                let answer = message(&mut self.server).await.expect("a whole request is answered");
                // Who has gone already has given up on less than was to be given.
                if !is_there(&self.client) {
                    fate = Fate::TooLate;
                }
                write(&mut self.client, &answer[..most]).await;
                false
            }
            At::Late(by) => {
                gone(&mut self.client).await;
                let mut elapsed = self.state.elapsed.subscribe();
                elapsed.wait_for(|elapsed| *elapsed >= by).await.expect("the state has the sender");
                write(&mut self.server, request).await;
                true
            }
        };
        end(self.client, cut.how).await;
        if owes_an_answer {
            message(&mut self.server).await.expect("a whole request is answered");
        }
        end(self.server, if cut.how == How::Stall { How::Fin } else { cut.how }).await;
        self.state.fate.send_replace(Some(fate));
    }
}

/// Ends a connection in order, or resets it, or leaves its end to the other side.
async fn end(mut stream: TcpStream, how: How) {
    match how {
        // See where it was accepted.
        How::Rst => return,
        // It fails if the other side has been faster.
        How::Fin => drop(stream.shutdown().await),
        How::Stall => {}
    }
    gone(&mut stream).await;
}

/// Waits until the other side has ended the connection, whatever it still says.
async fn gone(stream: &mut TcpStream) {
    let mut rest = [0; 1024];
    while matches!(stream.read(&mut rest).await, Ok(1..)) {}
}

fn is_there(stream: &TcpStream) -> bool {
    stream.try_read(&mut [0]).is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock)
}

/// Who has gone away is the reader's affair.
async fn write(stream: &mut TcpStream, bytes: &[u8]) {
    drop(stream.write_all(bytes).await);
}

/// Reads one whole message; `None` if the connection ends before.
async fn message(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(2048);
    while !is_whole(&bytes) {
        if !matches!(stream.read_buf(&mut bytes).await, Ok(1..)) {
            return None;
        }
    }
    Some(bytes)
}

fn is_whole(message: &[u8]) -> bool {
    let Some(head) = message.windows(4).position(|four| four == b"\r\n\r\n") else { return false };
    let text = String::from_utf8_lossy(&message[..head]).to_ascii_lowercase();
    let length = text.lines().find_map(|line| line.strip_prefix("content-length: "));
    let length = length.map_or(0, |length| length.parse().expect("hyper counts"));
    message.len() == head + 4 + length
}
