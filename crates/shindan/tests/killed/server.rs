//! The emulator behind a server that takes its time, so that a kill falls before, into and after an execution.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread::{self, sleep},
    time::{Duration, Instant},
};

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use ncp_sign::Credential;
use shindan_emulator::{Clock, Emulator, keys};
use shindan_hyper::now;
use shindan_proto::{Authorize, Base, NcpKey, decode, encode};
use wsc_model::GetJobs;

use crate::{
    draw::Draw,
    plan::{Fate, Service},
};

/// Nothing is executed later than this after its client has gone or was cut off. A client that looks for a lost
/// start with `--settle 1s` looks for a second at least.
pub(crate) const LATEST: Duration = Duration::from_millis(400);
/// How long a slow start takes before it is executed, in ms; most of them are just early enough.
const SLOWEST: u64 = 420;
/// A scan takes six tenths of a second.
const SPEED: u32 = 100;
const PROJECT: &str = "shop";

pub(crate) struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    emulator: Mutex<Emulator>,
    book: Mutex<Book>,
}

/// What happened so far.
struct Book {
    draw: Draw,
    /// That of the first start; it is taken.
    fate: Option<Fate>,
    vaddy_scans: Vec<String>,
    /// One for each process, the present one last.
    seen: Vec<Seen>,
    ended: bool,
}

/// What has come from one process.
#[derive(Clone, Default)]
pub(crate) struct Seen {
    /// Arrivals and answers.
    pub(crate) events: Vec<Instant>,
    /// The arrival of the first start.
    pub(crate) start: Option<Instant>,
    /// When the process had gone.
    gone: Option<Instant>,
}

impl Server {
    pub(crate) fn start(service: Service, fate: Fate, draw: Draw) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = listener.local_addr().expect("it is bound");
        let named = service == Service::Wsc { named: true };
        let emulator = Emulator::builder().clock(Clock::Times(SPEED));
        let emulator = if named { emulator.created_numbers() } else { emulator };
        let emulator = emulator.build(now().wall);
        let (fate, vaddy_scans, seen) = (Some(fate), Vec::new(), Vec::new());
        let book = Book { draw, fate, vaddy_scans, seen, ended: false };
        let shared = Arc::new(Shared { emulator: emulator.into(), book: book.into() });
        let server = Self { address, shared: Arc::clone(&shared) };
        thread::spawn(move || {
            for stream in listener.incoming().filter_map(Result::ok) {
                let process = {
                    let book = shared.book();
                    if book.ended {
                        return;
                    }
                    book.seen.len()
                };
                let shared = Arc::clone(&shared);
                // A client that has gone reads no answer.
                thread::spawn(move || shared.serve(&stream, process).unwrap_or_default());
            }
        });
        server
    }

    /// The variables of a client.
    pub(crate) fn env(&self, service: Service) -> Vec<(&'static str, String)> {
        let url = format!("http://{}", self.address);
        let mut env = vec![
            ("NCLOUD_ACCESS_KEY_ID", keys::WSC_ACCESS_KEY.to_owned()),
            ("NCLOUD_SECRET_ACCESS_KEY", keys::WSC_SECRET_KEY.to_owned()),
            ("WSC_ENDPOINT", url.clone()),
            ("VADDY_USER", keys::VADDY_USER.to_owned()),
            ("VADDY_TOKEN", keys::VADDY_KEY.to_owned()),
            ("VADDY_API_SERVER", url),
        ];
        match service {
            Service::Wsc { .. } => {}
            Service::VaddyV1 => env.push(("VADDY_HOST", "www.example.jp".to_owned())),
            Service::VaddyV2 => {
                let number = self.shared.emulator().vaddy_project_number(PROJECT);
                let number = number.expect("the emulator has every project").to_string();
                env.extend([
                    ("VADDY_PROJECT_ID", PROJECT.to_owned()),
                    ("VADDY_PROJECT_NUMBER", number),
                ]);
            }
        }
        env
    }

    /// From now on requests come from another process.
    pub(crate) fn next_process(&self) {
        self.shared.book().seen.push(Seen::default());
    }

    /// What has come from the present process.
    pub(crate) fn seen(&self) -> Seen {
        self.shared.book().seen.last().cloned().unwrap_or_default()
    }

    /// Whether further starts are simply answered.
    pub(crate) fn fate_is_met(&self) -> bool {
        self.shared.book().fate.is_none_or(|fate| fate == Fate::Answered)
    }

    /// The process has ended. Connections are accepted in their order, so after this none of its own is left over.
    pub(crate) fn process_is_gone(&self) {
        self.shared.book().seen.last_mut().expect("there was one").gone = Some(Instant::now());
        let mut stream = TcpStream::connect(self.address).expect("it listens");
        stream.write_all(b"GET / HTTP/1.1\r\n\r\n").expect("it reads");
        stream.read_to_end(&mut Vec::new()).expect("it answers");
    }

    /// Waits until nothing of an earlier process is executed any more.
    pub(crate) fn drain(&self) {
        if let Some(gone) = self.seen().gone {
            sleep(LATEST.saturating_sub(gone.elapsed()));
        }
    }

    /// Every scan that was ever started, as the services list them. The ledger counts the same.
    pub(crate) fn scans(&self) -> Vec<String> {
        let mut emulator = self.shared.emulator();
        let mut scans = self.shared.book().vaddy_scans.clone();
        let (at, ledger) = (now().wall, emulator.ledger());
        assert_eq!(scans.len() as u64, ledger.vaddy_started);
        let base: Base = "http://127.0.0.1".parse().expect("it is a url");
        let credential = Credential::new(keys::WSC_ACCESS_KEY, keys::WSC_SECRET_KEY);
        let mut list = encode(&base, &GetJobs::new(100, 1)).expect("it can be sent");
        NcpKey::new(credential.expect("it is a key")).authorize(&mut list, at);
        let page = decode::<GetJobs>(emulator.answer(at, &list)).expect("it lists its jobs");
        let jobs: Vec<_> = page.resources.record_data.iter().map(|job| &job.instance_no).collect();
        assert_eq!(jobs.len() as u64, ledger.wsc_created + ledger.wsc_repeated);
        scans.extend(jobs.into_iter().map(ToString::to_string));
        scans
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.book().ended = true;
        let _ = TcpStream::connect(self.address);
    }
}

impl Shared {
    fn emulator(&self) -> MutexGuard<'_, Emulator> {
        self.emulator.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn serve(&self, stream: &TcpStream, process: usize) -> std::io::Result<()> {
        let Some(request) = read(stream) else { return Ok(()) };
        if request.uri().path() == "/" {
            let answer = self.emulator().answer(now().wall, &request);
            return write(stream, &answer);
        }
        let (fate, before, after) = self.arrived(process, &request);
        let cut = (fate == Fate::Late).then(Instant::now);
        if cut.is_some() {
            stream.shutdown(Shutdown::Both)?;
        }
        sleep(before);
        let answer = (fate != Fate::Dropped).then(|| self.execute(process, cut, &request));
        sleep(after);
        match (fate, answer.flatten()) {
            (Fate::Answered, Some(answer)) => write(stream, &answer)?,
            (Fate::BadGateway, Some(_)) => {
                let mut answer = Response::new(Bytes::from("<h1>502 Bad Gateway</h1>"));
                *answer.status_mut() = StatusCode::BAD_GATEWAY;
                write(stream, &answer)?;
            }
            _ => {}
        }
        self.event(process);
        Ok(())
    }

    /// What becomes of a request, and how long it takes before and after it is executed.
    fn arrived(&self, process: usize, request: &Request<Bytes>) -> (Fate, Duration, Duration) {
        self.event(process);
        let mut book = self.book();
        let (mut before, after) = (book.draw.ms(25), book.draw.ms(25));
        let mut fate = Fate::Answered;
        if is_start(request) {
            book.seen[process - 1].start.get_or_insert_with(Instant::now);
            fate = book.fate.take().unwrap_or(Fate::Answered);
            if book.draw.one_in(3) {
                before = book.draw.ms(SLOWEST);
            }
        }
        (fate, before, after)
    }

    fn event(&self, process: usize) {
        self.book().seen[process - 1].events.push(Instant::now());
    }

    /// `None` if it is too late for it.
    fn execute(
        &self,
        process: usize,
        cut: Option<Instant>,
        request: &Request<Bytes>,
    ) -> Option<Response<Bytes>> {
        let mut emulator = self.emulator();
        let mut book = self.book();
        let since = cut.or(book.seen[process - 1].gone);
        if since.is_some_and(|since| since.elapsed() >= LATEST) {
            return None;
        }
        let started = emulator.ledger().vaddy_started;
        let answer = emulator.answer(now().wall, request);
        if emulator.ledger().vaddy_started > started {
            let body: serde_json::Value =
                serde_json::from_slice(answer.body()).expect("it answers json");
            book.vaddy_scans.push(body["scan_id"].as_str().expect("an id").to_owned());
        }
        Some(answer)
    }
}

fn is_start(request: &Request<Bytes>) -> bool {
    let form = |text: &[u8]| request.body().windows(text.len()).any(|window| window == text);
    request.method() == "PUT" || form(b"action=start")
}

/// A whole request, or nothing.
fn read(stream: &TcpStream) -> Option<Request<Bytes>> {
    let mut reader = BufReader::new(stream);
    let mut line = || {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|_| line.ends_with("\r\n"))?;
        Some(line.trim_end().to_owned())
    };
    let first = line()?;
    let mut words = first.split(' ');
    let mut request = Request::builder().method(words.next()?).uri(words.next()?);
    let mut length = 0;
    loop {
        let header = line()?;
        let Some((name, value)) = header.split_once(": ") else { break };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.parse().ok()?;
        }
        request = request.header(name, value);
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    request.body(body.into()).ok()
}

fn write(mut stream: &TcpStream, answer: &Response<Bytes>) -> std::io::Result<()> {
    let mut bytes = format!("HTTP/1.1 {}\r\n", answer.status()).into_bytes();
    for (name, value) in answer.headers() {
        bytes.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
    }
    let length = answer.body().len();
    bytes.extend(format!("content-length: {length}\r\nconnection: close\r\n\r\n").bytes());
    bytes.extend(answer.body());
    stream.write_all(&bytes)
}
