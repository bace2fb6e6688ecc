//! A whole driver on blocking sockets: lists WSC's diagnoses at the URL that is given.
//!
//! The keys come from `NCLOUD_ACCESS_KEY_ID` and `NCLOUD_SECRET_ACCESS_KEY`. It is built without
//! TLS, so it reaches an emulator; turn on one of ureq's TLS features for the service itself.
#![expect(clippy::disallowed_methods, reason = "the driver has the clock and the environment")]
#![expect(clippy::print_stdout, reason = "a program prints what it was asked for")]

use std::{
    env, error, io, thread,
    time::{Instant, SystemTime},
};

use bytes::Bytes;
use http::{Request, Response};
use shindan_proto::{Failure, Limits, NcpKey, Now, Sent, Step, Target, Timestamp};
use ureq::{Agent, Error, Timeout};
use wsc_model::SearchJobs;

fn main() -> Result<(), Box<dyn error::Error>> {
    let url = env::args().nth(1).ok_or("give the url of the service")?;
    let key = |name| env::var(name).map_err(|_| format!("set {name}"));
    let credential = ncp_sign::Credential::new(
        &key("NCLOUD_ACCESS_KEY_ID")?,
        &key("NCLOUD_SECRET_ACCESS_KEY")?,
    )?;
    let wsc = Target::new(url.parse()?, NcpKey::new(credential));

    let origin = Instant::now();
    let answer = run(wsc.call(now(origin), &SearchJobs::new(10, 1)), origin, |_| {})?;
    println!("{:#?}", answer.value);
    Ok(())
}

/// The driver.
fn run<T, E>(mut step: Step<T, E>, origin: Instant, mut observe: impl FnMut(&E)) -> T {
    loop {
        step = match step {
            Step::Send(mut sending) => {
                let request = std::mem::take(&mut sending.request);
                let got = exchange(request, sending.limits);
                sending.received(now(origin), got)
            }
            Step::Wait(waiting) => {
                thread::sleep(waiting.delay);
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

/// A new agent each time, so that a connection is never used twice.
fn exchange(request: Request<Bytes>, limits: Limits) -> Result<Response<Bytes>, Failure> {
    let agent: Agent = Agent::config_builder()
        .max_redirects(0)
        .http_status_as_error(false)
        .allow_non_standard_methods(true)
        .proxy(None)
        .timeout_resolve(Some(limits.connect))
        .timeout_connect(Some(limits.connect))
        .timeout_recv_response(Some(limits.first_byte))
        .timeout_per_read(Some(limits.idle))
        .timeout_global(Some(limits.total))
        .max_response_header_size(limits.head_bytes)
        .build()
        .into();
    let got = agent.run(request.map(Vec::from)).and_then(|answer| {
        let (head, body) = answer.into_parts();
        let most = limits.body_bytes as u64;
        let body = body.into_with_config().limit(most).read_to_vec()?;
        Ok(Response::from_parts(head, body.into()))
    });
    got.map_err(|error| Failure::new(sent(&error), error))
}

/// Never only when it is certain.
#[expect(clippy::wildcard_enum_match_arm, reason = "nothing else is certain")]
fn sent(error: &Error) -> Sent {
    match error {
        Error::Io(error) if error.kind() == io::ErrorKind::ConnectionRefused => Sent::Never,
        Error::HostNotFound
        | Error::ConnectionFailed
        | Error::Timeout(Timeout::Resolve | Timeout::Connect) => Sent::Never,
        _ => Sent::Perhaps,
    }
}

/// The monotonic clock of std may stand still while the machine is suspended.
fn now(origin: Instant) -> Now {
    let wall = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let wall = Timestamp::from_unix_ms(wall.as_millis().try_into().unwrap_or(i64::MAX));
    Now { mono: origin.elapsed(), wall }
}
