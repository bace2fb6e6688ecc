//! A whole driver on smol and hyper's client: asks VAddy whether a scan runs in a project.
//!
//! Give the URL of the service; user, key and project come from `VADDY_USER`, `VADDY_TOKEN` and
//! `VADDY_PROJECT_ID`. It has no TLS, so it reaches an emulator.
#![expect(clippy::disallowed_methods, reason = "the driver has the clock and the environment")]
#![expect(clippy::print_stdout, reason = "a program prints what it was asked for")]

use std::{
    env, error,
    future::{Future, pending},
    time::{Duration, Instant, SystemTime},
};

use bytes::{Bytes, BytesMut};
use http::{Request, Response, Uri, header, uri::Scheme};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::client::conn::http1;
use shindan_proto::{Failure, Limits, Now, Sent, Step, Target, Timestamp, VaddyKey};
use smol::{Timer, future::or, net::TcpStream};
use smol_hyper::rt::FuturesIo;
use vaddy_model::v2::CheckRunning;

type BoxError = Box<dyn error::Error + Send + Sync>;

fn main() -> Result<(), Box<dyn error::Error>> {
    let url = env::args().nth(1).ok_or("give the url of the service")?;
    let var = |name| env::var(name).map_err(|_| format!("set {name}"));
    let key = VaddyKey::new(&var("VADDY_USER")?, &var("VADDY_TOKEN")?)?;
    let vaddy = Target::new(url.parse()?, key);
    let operation = CheckRunning::new(&var("VADDY_PROJECT_ID")?);

    let origin = Instant::now();
    let answer = smol::block_on(run(vaddy.call(now(origin), &operation), origin, |_| {}))?;
    println!("{:#?}", answer.value);
    Ok(())
}

/// The driver.
async fn run<T, E>(mut step: Step<T, E>, origin: Instant, mut observe: impl FnMut(&E)) -> T {
    loop {
        step = match step {
            Step::Send(mut sending) => {
                let request = std::mem::take(&mut sending.request);
                let got = exchange(request, sending.limits).await;
                sending.received(now(origin), got)
            }
            Step::Wait(waiting) => {
                Timer::after(waiting.delay).await;
                waiting.woke(now(origin))
            }
            Step::Tell(telling) => {
                observe(&telling.event);
                telling.told(now(origin))
            }
            Step::Done(output) => return output,
        }
    }
}

/// A new connection each time, and one request on it.
async fn exchange(request: Request<Bytes>, limits: Limits) -> Result<Response<Bytes>, Failure> {
    if request.uri().scheme() != Some(&Scheme::HTTP) {
        return Err(Failure::new(Sent::Never, "this driver has no tls"));
    }
    let connected = within(limits.connect, TcpStream::connect(address(request.uri()))).await;
    let stream = connected.map_err(|error| Failure::new(Sent::Never, error))?;
    let got = within(limits.total, converse(stream, request, limits)).await;
    got.map_err(|error| Failure::new(Sent::Perhaps, error))
}

async fn converse(
    stream: TcpStream,
    mut request: Request<Bytes>,
    limits: Limits,
) -> Result<Response<Bytes>, BoxError> {
    let host = request.uri().authority().ok_or("there is no host")?.as_str().parse()?;
    request.headers_mut().insert(header::HOST, host);
    let path_and_query = request.uri().path_and_query().cloned().ok_or("there is no path")?;
    *request.uri_mut() = path_and_query.into();

    let mut http = http1::Builder::new();
    let stream = FuturesIo::new(stream);
    let (mut sender, connection) = http.max_buf_size(limits.head_bytes).handshake(stream).await?;
    let answer = async {
        let sent = sender.send_request(request.map(Full::new));
        let (head, body) = within(limits.first_byte, sent).await?.into_parts();
        let mut body = Limited::new(body, limits.body_bytes);
        let mut bytes = BytesMut::new();
        while let Some(frame) =
            within(limits.idle, async { body.frame().await.transpose() }).await?
        {
            if let Ok(data) = frame.into_data() {
                bytes.extend_from_slice(&data);
            }
        }
        Ok(Response::from_parts(head, bytes.freeze()))
    };
    let connection = async {
        // How it ended shows in the answer, or in the lack of one.
        let _ = connection.await;
        pending().await
    };
    or(answer, connection).await
}

async fn within<T, E: Into<BoxError>>(
    limit: Duration,
    work: impl Future<Output = Result<T, E>>,
) -> Result<T, BoxError> {
    let late = async {
        Timer::after(limit).await;
        Err(format!("it took longer than {limit:?}").into())
    };
    or(async { work.await.map_err(Into::into) }, late).await
}

fn address(uri: &Uri) -> (String, u16) {
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
    (host.to_owned(), uri.port_u16().unwrap_or(80))
}

/// The monotonic clock of std may stand still while the machine is suspended.
fn now(origin: Instant) -> Now {
    let wall = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let wall = Timestamp::from_unix_ms(wall.as_millis().try_into().unwrap_or(i64::MAX));
    Now { mono: origin.elapsed(), wall }
}
