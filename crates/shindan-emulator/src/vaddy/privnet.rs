//! `/v1/privnet`, which the vendor's agent asks and no document names: a project's host that only a tunnel
//! reaches. Questions and answers are read off its clients; when a ping succeeds is assumed.

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, header};
use shindan_proto::refuse;
use vaddy_model::VaddyFault;

use super::{Service, project::Name, texts};

const PATH: &str = "/v1/privnet/";

/// A tunnel's port is its project's number and this, so that it is fixed and nobody else's.
const PORTS: u64 = 2_000;

pub(super) fn is_privnet(request: &Request<Bytes>) -> bool {
    request.uri().path().starts_with(PATH)
}

/// The agent reads each answer to the end of the connection.
pub(super) fn close(response: &mut Response<Bytes>) {
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
}

impl Service {
    /// Answers a request whose user and key are right.
    pub(super) fn privnet(&mut self, request: &Request<Bytes>) -> Response<Bytes> {
        match self.tunnel(request) {
            Ok(body) => {
                let mut response = Response::new(Bytes::from(body));
                let json = HeaderValue::from_static("application/json");
                response.headers_mut().insert(header::CONTENT_TYPE, json);
                response
            }
            Err(fault) => refuse(&fault),
        }
    }

    fn tunnel(&mut self, request: &Request<Bytes>) -> Result<String, VaddyFault> {
        let (method, uri) = (request.method(), request.uri());
        let post = method == Method::POST;
        let asked = uri.path().strip_prefix(PATH).unwrap_or_default();
        if !matches!((asked, post), ("sshkey", true) | ("port" | "ping", false))
            || !(post || method == Method::GET)
        {
            return Err(texts::no_such_path());
        }
        let arguments =
            if post { request.body() } else { uri.query().unwrap_or_default().as_bytes() };
        let fqdn = argument(arguments, "fqdn").ok_or_else(texts::bad_argument)?;
        let project = self.project(&Name::Fqdn(fqdn))?;
        Ok(match asked {
            "sshkey" => {
                argument(arguments, "sshkey").ok_or_else(texts::bad_argument)?;
                project.has_tunnel = true;
                r#"{"status":"ok"}"#.to_owned()
            }
            "port" => format!(r#"{{"port":{}}}"#, PORTS + project.number),
            // No tunnel is ever opened to us, so the key stands for it.
            _ if project.has_tunnel => r#"{"status":"ok"}"#.to_owned(),
            _ => r#"{"status":"ng"}"#.to_owned(),
        })
    }
}

/// The first argument of a name that is not empty.
fn argument(arguments: &[u8], name: &str) -> Option<String> {
    let mut pairs = form_urlencoded::parse(arguments);
    pairs.find(|(key, value)| key == name && !value.is_empty()).map(|(_, value)| value.into_owned())
}
