//! A server, and its page in a browser.

use ncp_sign::{Credential, sign};
use serde_json::json;
use shindan_emulator::{Clock, Emulator, Server, keys};
use shindan_hyper::now;
use shindan_proto::{NcpKey, Target};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use wsc_model::CreateJob;

use crate::browser::Browser;

pub(crate) struct Scene {
    pub(crate) server: Server,
    pub(crate) browser: Browser,
}

impl Scene {
    /// With a clock that stands still; `None` if there is no browser.
    pub(crate) async fn open() -> Option<Self> {
        let server = Emulator::builder().clock(Clock::Manual).start().await;
        let server = server.expect("a free loopback port");
        let mut browser = Browser::start()?;
        browser.call("Page.navigate", &json!({ "url": format!("{}/_emulator/", server.url()) }));
        browser.wait_for("document.querySelector('#live')?.textContent === 'live'");
        browser.wait_for("document.querySelector('#clock-mode').textContent.includes('still')");
        Some(Self { server, browser })
    }

    /// Waits until a part of the page shows a text.
    pub(crate) fn shows(&mut self, id: &str, text: &str) {
        let part = format!("document.getElementById({id:?})");
        let text = json!(text);
        self.browser
            .wait_for(&format!("{part}.checkVisibility() && {part}.innerText.includes({text})"));
    }

    /// What must hold at the end of every visit: it called nobody else, and nothing was refused or failed.
    pub(crate) fn end(mut self) {
        self.browser.run("new Promise((go) => setTimeout(go, 200))");
        let own = self.server.url();
        for event in &self.browser.events {
            let params = &event["params"];
            match event["method"].as_str().unwrap_or_default() {
                "Network.requestWillBeSent" => {
                    let url = params["request"]["url"].as_str().expect("a request has a url");
                    let is_own = url.strip_prefix(&own).is_some_and(|rest| rest.starts_with('/'));
                    assert!(is_own || url == "data:,", "{url}");
                }
                "Network.webSocketCreated"
                | "Network.webTransportCreated"
                | "Runtime.exceptionThrown"
                | "Runtime.consoleAPICalled"
                | "Log.entryAdded"
                | "Audits.issueAdded" => panic!("{event}"),
                _ => {}
            }
        }
    }

    pub(crate) fn wsc(&self) -> Target<NcpKey> {
        let credential = credential();
        let base = self.server.url().parse().expect("a server's url is an endpoint");
        Target::new(base, NcpKey::new(credential))
    }

    /// Asks WSC with a signature of another text than the one that is sent.
    pub(crate) async fn sign_wrongly(&self, path: &str, signed: &str) {
        let now_ms = now().wall.unix_ms().try_into().expect("it is after 1970");
        let signature = sign("GET", signed, now_ms, &credential());
        self.send(&format!(
            "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nx-ncp-apigw-timestamp: {now_ms}\r\n\
             x-ncp-iam-access-key: {}\r\nx-ncp-apigw-signature-v2: {}\r\n\r\n",
            self.server.addr(),
            keys::WSC_ACCESS_KEY,
            signature.as_str()
        ))
        .await;
    }

    /// Lets WSC scan a URL that no client of ours would send.
    pub(crate) async fn create_job(&self, start_url: &str) {
        let body = serde_json::to_string(&CreateJob::new(start_url)).expect("it is json");
        let now_ms = now().wall.unix_ms().try_into().expect("it is after 1970");
        let signature = sign("PUT", "/api/v1/job", now_ms, &credential());
        self.send(&format!(
            "PUT /api/v1/job HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nx-ncp-apigw-timestamp: {now_ms}\r\n\
             x-ncp-iam-access-key: {}\r\nx-ncp-apigw-signature-v2: {}\r\nContent-Length: {}\r\n\r\n{body}",
            self.server.addr(),
            keys::WSC_ACCESS_KEY,
            signature.as_str(),
            body.len(),
        ))
        .await;
    }

    /// Sends bytes and waits for the whole answer.
    pub(crate) async fn send(&self, request: &str) {
        let mut stream = TcpStream::connect(self.server.addr()).await.expect("it listens");
        stream.write_all(request.as_bytes()).await.expect("it reads");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.expect("it answers");
        assert!(answer.starts_with(b"HTTP/1.1 "), "{}", String::from_utf8_lossy(&answer));
    }
}

fn credential() -> Credential {
    Credential::new(keys::WSC_ACCESS_KEY, keys::WSC_SECRET_KEY)
        .expect("the published keys are valid")
}
