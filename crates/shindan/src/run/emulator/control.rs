//! Control calls to an emulator that runs. What answers is not trusted.

use std::time::Duration;

use http::{Method, Request, StatusCode};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::value::RawValue;
use shindan_hyper::Executor;
use shindan_proto::Limits;

use super::place::Record;
use crate::{exit::Exit, failed::Failed, secrets::quote};

/// It is on this machine and answers at once, if it is well.
const PATIENCE: Duration = Duration::from_secs(5);

/// An emulator that runs.
pub(super) struct Control<'a> {
    executor: &'a Executor,
    url: String,
}

/// An answer as it came.
#[derive(Debug)]
pub(super) struct Answer(pub(super) Box<RawValue>);

impl<'a> Control<'a> {
    pub(super) fn of(executor: &'a Executor, record: &Record) -> Self {
        Self { executor, url: record.url.clone() }
    }

    pub(super) async fn get(&self, call: &str) -> Result<Answer, Failed> {
        self.call(Method::GET, call, String::new()).await
    }

    /// One control call: what follows `/_emulator/` in its path, and its body.
    pub(super) async fn call(
        &self,
        method: Method,
        call: &str,
        body: String,
    ) -> Result<Answer, Failed> {
        #[derive(Deserialize)]
        struct Refused {
            error: String,
        }
        let unusable = |why| {
            Failed::new(Exit::Contract, format!("{} is no emulator of this tool", self.url))
                .cause(why)
        };
        let request = Request::builder()
            .method(method)
            .uri(format!("{}/_emulator/{call}", self.url))
            .body(body.into())
            .map_err(|error| Failed::new(Exit::Usage, "this cannot be asked").cause(error))?;
        let mut limits = Limits::READ;
        (limits.first_byte, limits.total) = (PATIENCE, 2 * PATIENCE);
        let answer = self.executor.exchange(request, limits).await.map_err(|failure| {
            Failed::new(Exit::Unavailable, format!("the emulator on {} does not answer", self.url))
                .cause(failure)
                .help("end it with: shindan emulator stop, and start it again")
        })?;
        if !answer.headers().contains_key("x-shindan-emulator") {
            return Err(unusable("its answer is not marked as one"));
        }
        match answer.status() {
            StatusCode::OK => {
                let json = serde_json::from_slice(answer.body());
                json.map(Answer).map_err(|_| unusable("its answer is not JSON"))
            }
            status => Err(match serde_json::from_slice::<Refused>(answer.body()) {
                Ok(refused) => Failed::new(Exit::Usage, quote(&refused.error)),
                Err(_) => unusable("it refused the call without a reason")
                    .cause(format!("http {}", status.as_u16())),
            }),
        }
    }
}

impl Answer {
    /// What of it is needed.
    pub(super) fn read<T: DeserializeOwned>(&self) -> Result<T, Failed> {
        serde_json::from_str(self.0.get()).map_err(|error| {
            Failed::new(Exit::Contract, "the emulator answered something that cannot be read")
                .cause(error)
                .help("use the same version of shindan for it and for this command")
        })
    }
}

/// A part of a path, with everything escaped that is not plain.
pub(super) fn in_path(text: &str) -> String {
    let escaped = text.bytes().map(|byte| match byte {
        b'-' | b'.' | b'_' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    });
    escaped.collect()
}
