//! Renders requests from the cases and snapshots from the responses.

use std::{fmt::Write as _, fs, path::Path};

use bytes::Bytes;
use http::{Request, Response};
use shindan_proto::{Authorize, Base, NcpKey, Timestamp, VaddyKey, decode, encode};
use shindan_wire::{Api, Endpoint, Fault, Visit};
use vaddy_model::Vaddy;
use wsc_model::{Site, Wsc};

use crate::{
    Result,
    files::{self, Mode},
};

/// When every rendered request was signed.
const AT: Timestamp = Timestamp::from_unix_ms(1_720_412_345_678);

pub(crate) fn run(mode: Mode) -> Result {
    let ncp = NcpKey::new(
        ncp_sign::Credential::new("AKEXAMPLE", "SKEXAMPLE").map_err(|error| error.to_string())?,
    );
    let vaddy = VaddyKey::new("alice", "k123")?;
    let mut wsc = Render::new(mode, Wsc::NAME, Site::Public.base_url(), |request| {
        ncp.authorize(request, AT);
    })?;
    wsc_model::each(&mut wsc);
    wsc.result?;
    let mut vaddy = Render::new(mode, Vaddy::NAME, Vaddy::BASE_URL, |request| {
        vaddy.authorize(request, AT);
    })?;
    vaddy_model::each(&mut vaddy);
    vaddy.result?;
    faults::<Wsc>(mode)?;
    faults::<Vaddy>(mode)
}

/// A response as it stands in a fixture: comments, head, blank line, body.
pub(crate) fn parse_response(text: &str) -> Result<Response<Bytes>> {
    let (head, body) =
        text.split_once("\n\n").ok_or("a response has a blank line after its head")?;
    let mut lines = head.lines().skip_while(|line| line.starts_with('#'));
    let status = lines
        .next()
        .and_then(|line| line.split(' ').nth(1))
        .ok_or("a response has a status line")?;
    let mut response = Response::builder().status(status);
    for line in lines {
        let (name, value) = line.split_once(": ").ok_or("a header is `name: value`")?;
        response = response.header(name, value);
    }
    Ok(response.body(Bytes::copy_from_slice(body.as_bytes()))?)
}

struct Render<A> {
    mode: Mode,
    api: &'static str,
    base: Base,
    authorize: A,
    result: Result,
}

impl<A: Fn(&mut Request<Bytes>)> Render<A> {
    fn new(mode: Mode, api: &'static str, base: &str, authorize: A) -> Result<Self> {
        Ok(Self { mode, api, base: base.parse()?, authorize, result: Ok(()) })
    }

    fn render<E: Endpoint>(&self) -> Result {
        let folder = files::root().join("fixtures").join(self.api).join(files::folder_of(E::NAME));
        for path in files::entries(&folder)? {
            let context = |error| format!("{}: {error}", path.display());
            if let Some(case) = files::case_of(&path, ".request.json") {
                let rendered = self.request::<E>(&path).map_err(context)?;
                self.ensure(&folder, &format!("{case}.request.http"), &rendered)?;
            } else if let Some(case) = files::case_of(&path, ".response.http") {
                let snapshot = snapshot::<E>(&path).map_err(context)?;
                self.ensure(&folder, &format!("{case}.decoded.txt"), &snapshot)?;
            }
        }
        Ok(())
    }

    fn request<E: Endpoint>(&self, path: &Path) -> Result<String> {
        let operation: E = serde_json::from_str(&fs::read_to_string(path)?)?;
        let mut request = encode(&self.base, &operation)?;
        (self.authorize)(&mut request);
        render_request(&request)
    }

    fn ensure(&self, folder: &Path, name: &str, contents: &str) -> Result {
        files::ensure(&folder.join(name), contents, self.mode, "fixtures")
    }
}

impl<A: Fn(&mut Request<Bytes>)> Visit for Render<A> {
    fn endpoint<E: Endpoint>(&mut self) {
        if self.result.is_ok() {
            self.result = self.render::<E>();
        }
    }
}

/// Secrets stay out, so that no signature in a fixture was made by our own code.
fn render_request(request: &Request<Bytes>) -> Result<String> {
    let uri = request.uri();
    let target = uri.path_and_query().ok_or("a request has a path")?;
    let mut text = format!("{} {target} HTTP/1.1\n", request.method());
    writeln!(text, "host: {}", uri.authority().ok_or("a request has a host")?)?;
    let mut headers: Vec<_> = request.headers().iter().collect();
    headers.sort_by_key(|(name, _)| name.as_str());
    for (name, value) in headers {
        let value = if value.is_sensitive() { "(sensitive)" } else { value.to_str()? };
        writeln!(text, "{name}: {value}")?;
    }
    if !request.body().is_empty() {
        writeln!(text, "\n{}", std::str::from_utf8(request.body())?)?;
    }
    Ok(text)
}

fn snapshot<E: Endpoint>(path: &Path) -> Result<String> {
    let answer = decode::<E>(parse_response(&fs::read_to_string(path)?)?).map_err(|error| {
        format!(
            "{error}: {}",
            std::error::Error::source(&error).map_or_else(String::new, ToString::to_string)
        )
    })?;
    let mut text = format!("{:#?}\n", answer.value);
    for rejected in &answer.rejected {
        writeln!(text, "rejected {}: {}", rejected.at, rejected.reason)?;
    }
    Ok(text)
}

fn faults<A: Api>(mode: Mode) -> Result {
    let folder = files::root().join("fixtures/faults").join(A::NAME);
    for path in files::entries(&folder)? {
        let Some(case) = files::case_of(&path, ".response.http") else { continue };
        let response = parse_response(&fs::read_to_string(&path)?)?;
        let fault = A::fault(response.status().as_u16(), response.body())
            .ok_or_else(|| format!("{} is not a fault", path.display()))?;
        let text = format!(
            "kind: {:?}\ncode: {}\nmessage: {}\ndisplay: {fault}\n",
            fault.kind(),
            fault.code().unwrap_or("-"),
            fault.message()
        );
        files::ensure(&folder.join(format!("{case}.fault.txt")), &text, mode, "fixtures")?;
    }
    Ok(())
}
