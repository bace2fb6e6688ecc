//! The keys of a server's role, from the metadata service that a server of NAVER Cloud can ask.

use std::{
    net::{IpAddr, Ipv4Addr},
    time::Duration,
};

use bytes::Bytes;
use http::{HeaderValue, Request, Uri, header};
use http_body_util::{BodyExt, Empty, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use tokio::{net::TcpStream, time::timeout};

use crate::{environment::Environment, failed::Failed, secrets};

const ENDPOINT: &str = "NCLOUD_METADATA_API_ENDPOINT";
const USUAL: &str = "http://169.254.169.254";
const PATH: &str = "/latest/meta-data/iam/security-credentials/";
/// As long as the vendor's own tools wait.
const PATIENCE: Duration = Duration::from_secs(3);
const MOST_BYTES: usize = 64 * 1024;

/// Keys that hold for a while.
pub(super) struct Role {
    pub(super) access_key: String,
    pub(super) secret_key: String,
    pub(super) name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    access_key_id: String,
    secret_access_key: String,
    /// Another cloud's: its keys are for that cloud alone.
    token: Option<serde::de::IgnoredAny>,
}

/// Asks for the first role's keys, or says why there are none.
pub(super) async fn ask(environment: &Environment) -> Result<Result<Role, String>, Failed> {
    let (host, port) = match environment.read(&[ENDPOINT], endpoint)? {
        Some(endpoint) => endpoint,
        None => endpoint(USUAL).expect("it is an address"),
    };
    let asked = timeout(PATIENCE, role(host, port)).await;
    Ok(asked.unwrap_or_else(|_| Err("it did not answer in time".to_owned())))
}

/// Keys travel unprotected here: only to this machine and to what is reached without a router.
fn endpoint(url: &str) -> Result<(IpAddr, u16), String> {
    let wrong =
        || "it is not the address of a metadata service like http://169.254.169.254".to_owned();
    let uri: Uri = url.parse().map_err(|_| wrong())?;
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
    let host: IpAddr = match host {
        "localhost" => Ipv4Addr::LOCALHOST.into(),
        host => host.parse().map_err(|_| wrong())?,
    };
    let near = match host {
        IpAddr::V4(host) => host.is_loopback() || host.is_link_local(),
        IpAddr::V6(host) => host.is_loopback() || host.is_unicast_link_local(),
    };
    if uri.scheme_str() != Some("http") || !near || !matches!(uri.path(), "" | "/") {
        return Err(wrong());
    }
    Ok((host, uri.port_u16().unwrap_or(80)))
}

async fn role(host: IpAddr, port: u16) -> Result<Role, String> {
    let roles = get(host, port, PATH).await?;
    let name = String::from_utf8_lossy(&roles).lines().next().unwrap_or_default().trim().to_owned();
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
    if name.is_empty() || !name.bytes().all(plain) {
        return Err("it names no role".to_owned());
    }
    let answer = get(host, port, &format!("{PATH}{name}")).await?;
    let answer: Answer = serde_json::from_slice(&answer)
        .map_err(|_| format!("its keys of the role {name} cannot be read"))?;
    secrets::keep([&*answer.access_key_id, &*answer.secret_access_key].into_iter());
    if answer.token.is_some() {
        return Err(format!("the role {name} is one of another cloud"));
    }
    Ok(Role { access_key: answer.access_key_id, secret_key: answer.secret_access_key, name })
}

async fn get(host: IpAddr, port: u16, path: &str) -> Result<Bytes, String> {
    let broken = |error: hyper::Error| format!("it broke the connection: {error}");
    let stream = TcpStream::connect((host, port)).await.map_err(|error| error.to_string())?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(broken)?;
    let driven = tokio::spawn(connection);
    let mut request = Request::new(Empty::<Bytes>::new());
    *request.uri_mut() = path.parse().map_err(|_| "it names no role".to_owned())?;
    let name = HeaderValue::try_from(host.to_string()).expect("an address is visible ascii");
    request.headers_mut().insert(header::HOST, name);
    let answer = sender.send_request(request).await.map_err(broken)?;
    let status = answer.status();
    let body = Limited::new(answer, MOST_BYTES).collect().await;
    driven.abort();
    if !status.is_success() {
        return Err(format!("it answered with status {}", status.as_u16()));
    }
    Ok(body.map_err(|error| format!("its answer cannot be read: {error}"))?.to_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_stay_near() {
        for url in [
            "http://169.254.169.254",
            "http://127.0.0.1:8080/",
            "http://[::1]:1",
            "http://localhost:9",
        ] {
            assert!(endpoint(url).is_ok(), "{url}");
        }
        for url in [
            "",
            "169.254.169.254",
            "https://169.254.169.254",
            "http://10.0.0.1",
            "http://metadata.example",
            "http://127.0.0.1/a",
        ] {
            assert!(endpoint(url).is_err(), "{url}");
        }
    }
}
