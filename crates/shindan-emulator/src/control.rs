//! What is asked of the emulator itself: everything below `/_emulator/`.

mod clock;
mod faults;
mod scenarios;
mod snapshot;
mod stop;
mod views;

use core::fmt::Display;

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use percent_encoding::percent_decode_str;
use serde::{Serialize, de::DeserializeOwned};
use shindan_proto::Timestamp;

use crate::{Emulator, text::nearest};

/// What is known of the server around the emulator.
#[derive(Clone, Debug, Default)]
pub(crate) struct Host {
    /// What tells this emulator from every other one.
    pub(crate) instance: Option<String>,
    /// Whether a call has asked for the end.
    pub(crate) stopped: bool,
    /// How many requests and connections were closed.
    pub(crate) turned_away: u64,
}

/// One control call.
struct Call<'a> {
    method: &'a str,
    /// What follows the name in the path, decoded; `None` if there is no slash after the name.
    rest: Option<&'a str>,
    query: &'a str,
    body: &'a [u8],
    /// Real time.
    now: Timestamp,
}

/// Why a call is not carried out.
enum Refusal {
    /// What is wrong with it.
    Bad(String),
    /// There is nothing under this path.
    NotFound(String),
    /// Only these methods are possible.
    Method(&'static str),
}

/// The body of an answer, or why there is none.
type Answered = Result<Vec<u8>, Refusal>;

const NAMES: [&str; 14] = [
    "health",
    "operations",
    "reset",
    "clock",
    "scenarios",
    "faults",
    "requests",
    "near-misses",
    "unread-fields",
    "ledger",
    "snapshot",
    "state",
    "events",
    "stop",
];

/// Answers what belongs to neither service; `now` is real time.
pub(crate) fn answer(
    emulator: &mut Emulator,
    now: Timestamp,
    request: &Request<Bytes>,
) -> Option<Response<Bytes>> {
    let path = request.uri().path();
    if path == "/" {
        return Some(written(match request.method() {
            &Method::GET => Ok(br#"{"service":"shindan-emulator"}"#.to_vec()),
            _ => Err(Refusal::Method("GET")),
        }));
    }
    let path = path.strip_prefix("/_emulator")?;
    if !(path.is_empty() || path.starts_with('/')) {
        return None;
    }
    let path = percent_decode_str(path.strip_prefix('/').unwrap_or_default()).decode_utf8();
    let Ok(path) = path else {
        return Some(written(Err(Refusal::Bad("the path is not utf-8".to_owned()))));
    };
    let (name, rest) = match path.split_once('/') {
        Some((name, rest)) => (name, Some(rest)),
        None => (&*path, None),
    };
    let method = request.method().as_str();
    let query = request.uri().query().unwrap_or_default();
    let call = Call { method, rest, query, body: request.body(), now };
    Some(written(dispatch(emulator, name, &call)))
}

fn dispatch(emulator: &mut Emulator, name: &str, call: &Call<'_>) -> Answered {
    match (name, call.rest) {
        ("scenarios", _) => scenarios::answer(emulator, call),
        ("snapshot", _) => snapshot::answer(emulator, call),
        (_, Some(_)) => Err(no_such_path(name)),
        ("clock", None) => clock::answer(emulator, call),
        ("faults", None) => faults::answer(emulator, call),
        ("stop", None) => stop::answer(emulator, call),
        ("events", None) => Err(Refusal::NotFound("only a server has events".to_owned())),
        ("reset", None) => {
            call.only("POST")?;
            emulator.reset(call.now);
            Ok(json(&views::health(emulator)))
        }
        _ => {
            let view = views::view(name).ok_or_else(|| no_such_path(name))?;
            call.only("GET")?;
            view(emulator, call)
        }
    }
}

impl Call<'_> {
    fn only(&self, method: &'static str) -> Result<(), Refusal> {
        if self.method == method { Ok(()) } else { Err(Refusal::Method(method)) }
    }

    /// Reads the body as JSON.
    fn read<T: DeserializeOwned>(&self, like: &str) -> Result<T, Refusal> {
        serde_json::from_slice(self.body)
            .map_err(|error| Refusal::Bad(format!("the body is not like {like}: {error}")))
    }
}

impl Refusal {
    fn bad(error: impl Display) -> Self {
        Self::Bad(error.to_string())
    }
}

fn no_such_path(name: &str) -> Refusal {
    let names = NAMES.into_iter().map(|name| (name, name.into()));
    let nearest = nearest(name, names).expect("there are names");
    Refusal::NotFound(format!("there is no such control call; did you mean /_emulator/{nearest}?"))
}

fn json(answer: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(answer).expect("an answer is json")
}

fn written(answered: Answered) -> Response<Bytes> {
    #[derive(Serialize)]
    struct Error<'a> {
        error: &'a str,
    }
    let error = |error: &str| json(&Error { error });
    let mut allowed = None;
    let (status, body) = match answered {
        Ok(body) => (StatusCode::OK, body),
        Err(Refusal::Bad(why)) => (StatusCode::BAD_REQUEST, error(&why)),
        Err(Refusal::NotFound(why)) => (StatusCode::NOT_FOUND, error(&why)),
        Err(Refusal::Method(methods)) => {
            allowed = Some(HeaderValue::from_static(methods));
            (StatusCode::METHOD_NOT_ALLOWED, error(&format!("use {methods} here")))
        }
    };
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.extend(allowed.map(|methods| (header::ALLOW, methods)));
    response
}
