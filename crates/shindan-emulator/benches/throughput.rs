//! How many requests a second the emulator answers on one core, beside a bare hyper server that returns the same bytes.
//!
//! Both serve 64 kept connections from a thread of their own and take turns. The ratio of what came back in a second
//! must be at least 0.70. Beside it stands the ratio of the time that their threads were on a processor: the clients
//! may be what holds the bare server up, and then the first ratio flatters the emulator.

#![expect(
    clippy::disallowed_methods,
    reason = "a bench reads the clock and what the system counts"
)]
#![expect(clippy::print_stdout, reason = "a bench prints its result")]

use std::{
    convert::Infallible, fs, net::SocketAddr, process::ExitCode, sync::mpsc, thread, time::Instant,
};

use bytes::Bytes;
use http::{HeaderValue, Request, Response, header};
use http_body_util::Full;
use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use shindan_emulator::{Emulator, SCAN_MS, Server, keys};
use shindan_hyper::now;
use shindan_proto::{Authorize, Base, NcpKey, Timestamp, VaddyKey, decode, encode};
use shindan_wire::Endpoint;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    runtime::{Builder, Handle, Runtime},
    task::JoinSet,
};
use vaddy_model::v2;
use wsc_model::{CreateJob, GetJobs};

const CONNECTIONS: usize = 64;
const REQUESTS: usize = 400;
const ROUNDS: usize = 15;
const LEAST: f64 = 0.7;

fn main() -> ExitCode {
    let clients = runtime();
    let mut emulator = Emulator::new(now().wall.plus_ms(-SCAN_MS));
    for nth in 0..10 {
        start(&mut emulator, &wsc_key(), &CreateJob::new(&format!("https://shop-{nth}.example/")));
    }
    let scan = start(&mut emulator, &vaddy_key(), &v2::StartScan::new("shop")).scan_id;
    let (emulator, of_emulator) = emulator_server(emulator);

    let list = || signed(&wsc_key(), &GetJobs::new(10, 1));
    let result = || signed(&vaddy_key(), &v2::GetScanResult::new(scan.clone()));
    let requests: [(&str, &dyn Fn() -> Vec<u8>); 2] =
        [("wsc.getJobs, ten records", &list), ("vaddy.v2.getScanResult", &result)];
    let mut is_fast = true;
    for (name, request) in requests {
        let answer = clients.block_on(one(emulator, &request()));
        let (bare, of_bare) = bare_server(&answer);
        assert_eq!(clients.block_on(one(bare, &request())).len(), answer.len());
        let (mut ours, mut theirs, mut wall, mut busy) = (vec![], vec![], vec![], vec![]);
        for _ in 0..ROUNDS {
            let our = clients.block_on(round(emulator, &of_emulator, &request(), answer.len()));
            let their = clients.block_on(round(bare, &of_bare, &request(), answer.len()));
            wall.push(our.per_second / their.per_second);
            busy.push(their.busy_ns / our.busy_ns);
            ours.push(our);
            theirs.push(their);
        }
        println!("{name}: {} bytes", answer.len());
        for (name, rounds) in [("emulator", ours), ("bare hyper", theirs)] {
            let per_second = median(rounds.iter().map(|round| round.per_second).collect());
            let busy_ns = median(rounds.iter().map(|round| round.busy_ns).collect());
            println!(
                "  {name:<10} {per_second:>7.0} requests/s, {busy_ns:>6.0} ns of its core each"
            );
        }
        let (wall, busy) = (median(wall), median(busy));
        println!("  ratio {wall:.2} (at least {LEAST:.2}), by the time on its core {busy:.2}");
        is_fast &= wall >= LEAST;
    }
    println!("peak memory of both servers and the clients: {} KiB", peak_kib());
    if is_fast { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().expect("a runtime can be built")
}

fn wsc_key() -> NcpKey {
    let credential = ncp_sign::Credential::new(keys::WSC_ACCESS_KEY, keys::WSC_SECRET_KEY);
    NcpKey::new(credential.expect("the published keys are valid"))
}

fn vaddy_key() -> VaddyKey {
    VaddyKey::new(keys::VADDY_USER, keys::VADDY_KEY).expect("the published keys are valid")
}

fn authorized<E: Endpoint>(
    key: &impl Authorize<Api = E::Api>,
    operation: &E,
    at: Timestamp,
) -> Request<Bytes> {
    let base: Base = "http://localhost".parse().expect("loopback is accepted");
    let mut request = encode(&base, operation).expect("the operation can be encoded");
    key.authorize(&mut request, at);
    request
}

/// What started a whole scan ago has ended.
fn start<E: Endpoint>(
    emulator: &mut Emulator,
    key: &impl Authorize<Api = E::Api>,
    operation: &E,
) -> E::Response {
    let at = now().wall.plus_ms(-SCAN_MS);
    let answer = emulator.answer(at, &authorized(key, operation, at));
    decode::<E>(answer).expect("it is not refused").value
}

/// A request's bytes.
fn signed<E: Endpoint>(key: &impl Authorize<Api = E::Api>, operation: &E) -> Vec<u8> {
    let request = authorized(key, operation, now().wall);
    let target = request.uri().path_and_query().map_or("/", |target| target.as_str());
    let mut bytes =
        format!("{} {target} HTTP/1.1\r\nhost: localhost\r\n", request.method()).into_bytes();
    for (name, value) in request.headers() {
        let line: [&[u8]; 4] = [name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"];
        bytes.extend(line.concat());
    }
    bytes.extend(b"\r\n");
    bytes
}

/// A thread that serves the emulator until the bench ends.
fn emulator_server(emulator: Emulator) -> (SocketAddr, Handle) {
    serve(move || async {
        let server = Server::start(([127, 0, 0, 1], 0).into(), emulator)
            .await
            .expect("loopback has free ports");
        let addr = server.addr();
        (addr, async move {
            core::future::pending::<()>().await;
            drop(server);
        })
    })
}

/// A thread that answers everything with these bytes.
fn bare_server(answer: &[u8]) -> (SocketAddr, Handle) {
    let answer = response(answer);
    serve(move || async {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback has free ports");
        let addr = listener.local_addr().expect("it is bound");
        (addr, async move {
            while let Ok((stream, _)) = listener.accept().await {
                stream.set_nodelay(true).expect("it is a tcp connection");
                let answer = answer.clone();
                let service = service_fn(move |_| {
                    let answer = answer.clone().map(Full::new);
                    async move { Ok::<_, Infallible>(answer) }
                });
                tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
            }
        })
    })
}

/// Runs a server on a runtime and a thread of its own.
fn serve<F, S>(server: impl FnOnce() -> F + Send + 'static) -> (SocketAddr, Handle)
where
    F: Future<Output = (SocketAddr, S)>,
    S: Future,
{
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        runtime().block_on(async {
            let (addr, forever) = server().await;
            tell.send((addr, Handle::current())).expect("the bench waits for it");
            forever.await;
        });
    });
    told.recv().expect("the server says where it listens")
}

fn response(bytes: &[u8]) -> Response<Bytes> {
    let text = core::str::from_utf8(bytes).expect("answers are text");
    let (head, body) = text.split_once("\r\n\r\n").expect("an answer has a head");
    let mut response = Response::new(Bytes::from(body.to_owned()));
    for line in head.lines().skip(1) {
        let (name, value) = line.split_once(": ").expect("a header has a value");
        let name: header::HeaderName = name.parse().expect("it is a header's name");
        let value: HeaderValue = value.parse().expect("it is a header's value");
        response.headers_mut().insert(name, value);
    }
    response
}

/// One exchange on a connection of its own.
async fn one(server: SocketAddr, request: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(server).await.expect("it listens");
    stream.write_all(request).await.expect("it reads");
    let mut answer = Vec::new();
    loop {
        assert_ne!(stream.read_buf(&mut answer).await.expect("it answers"), 0, "it answers whole");
        let text = String::from_utf8_lossy(&answer);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        assert!(head.starts_with("HTTP/1.1 200 OK"), "{text}");
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        if length.expect("it has a length").parse() == Ok(body.len()) {
            return answer;
        }
    }
}

struct Round {
    per_second: f64,
    busy_ns: f64,
}

/// All connections ask so many times, one request after the other.
async fn round(server: SocketAddr, thread: &Handle, request: &[u8], answer: usize) -> Round {
    let mut streams = Vec::new();
    for _ in 0..CONNECTIONS {
        let stream = TcpStream::connect(server).await.expect("it listens");
        stream.set_nodelay(true).expect("it is a tcp connection");
        streams.push(stream);
    }
    let request = Bytes::copy_from_slice(request);
    let (busy, begun) = (busy_ns(thread).await, Instant::now());
    let mut clients = JoinSet::new();
    for mut stream in streams {
        let request = request.clone();
        clients.spawn(async move {
            let mut bytes = vec![0; answer];
            for _ in 0..REQUESTS {
                stream.write_all(&request).await.expect("it reads");
                stream.read_exact(&mut bytes).await.expect("it answers");
                assert!(bytes.starts_with(b"HTTP/1.1 200 OK"), "it answers");
            }
        });
    }
    clients.join_all().await;
    let requests = f64::from(u32::try_from(CONNECTIONS * REQUESTS).expect("it is no large number"));
    let seconds = begun.elapsed().as_secs_f64();
    let busy = busy_ns(thread).await - busy;
    Round { per_second: requests / seconds, busy_ns: busy / requests }
}

/// How long the server's thread has been on a processor, in nanoseconds.
async fn busy_ns(thread: &Handle) -> f64 {
    let read = thread.spawn(async { fs::read_to_string("/proc/thread-self/schedstat") });
    let counts = read.await.expect("it does not panic").expect("Linux counts this");
    counts.split(' ').next().and_then(|ns| ns.parse().ok()).expect("it begins with a number")
}

fn peak_kib() -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("Linux tells this");
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = peak.and_then(|peak| peak.trim().strip_suffix(" kB")?.parse().ok());
    kib.expect("it is a number")
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
