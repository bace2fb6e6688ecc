//! A server that answers what it is told to, byte for byte, and remembers what it was asked.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

/// One request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// Method, path and query.
    pub(crate) line: String,
    pub(crate) body: String,
}

impl Asked {
    pub(crate) fn is_start(&self) -> bool {
        self.line.starts_with("PUT") || self.body.contains("action=start")
    }

    /// Whether it asks what may be repeated free.
    pub(crate) fn is_lookup(&self) -> bool {
        self.line.ends_with("/jobs/search") && self.body.contains(r#""searchType":"url""#)
    }

    pub(crate) fn is_cancel(&self) -> bool {
        self.line.starts_with("PATCH") || self.body.contains("action=cancel")
    }
}

pub(crate) struct Canned {
    pub(crate) url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Canned {
    /// `answer` gets every request and how many came before it.
    pub(crate) fn start(answer: impl Fn(&Asked, usize) -> String + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let url = format!("http://{}", listener.local_addr().expect("it is bound"));
        let asked = Arc::<Mutex<Vec<Asked>>>::default();
        let log = Arc::clone(&asked);
        thread::spawn(move || {
            for stream in listener.incoming().filter_map(Result::ok) {
                let Some((_, request)) = read(&stream) else { continue };
                let before = {
                    let mut log = log.lock().expect("nobody panics with it");
                    log.push(request.clone());
                    log.len() - 1
                };
                let _ = (&stream).write_all(answer(&request, before).as_bytes());
            }
        });
        Self { url, asked }
    }

    /// Always the same answer.
    pub(crate) fn always(answer: impl Into<String>) -> Self {
        let answer = answer.into();
        Self::start(move |_, _| answer.clone())
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().expect("nobody panics with it").clone()
    }

    /// Variables that point both services here, with secrets that must not be seen again.
    pub(crate) fn env(&self) -> [(&str, &str); 6] {
        [
            ("WSC_ENDPOINT", &self.url),
            ("VADDY_API_SERVER", &self.url),
            ("NCLOUD_ACCESS_KEY_ID", "ACCESSKEY0123456789"),
            ("NCLOUD_SECRET_ACCESS_KEY", "canary-7Jx2PqW9-secret"),
            ("VADDY_USER", "alice"),
            ("VADDY_TOKEN", "canary7Jx2PqW9token"),
        ]
    }
}

/// A complete answer.
pub(crate) fn answer(status: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n{headers}\r\n{body}"
    )
}

/// A list without any job.
pub(crate) const NO_JOBS: &str = r#"{"returnCode":"0","resources":{"total_cnt":0,"total_page_cnt":0,
    "current_start_page":0,"current_end_page":0,"record_data":null}}"#;

pub(crate) fn ok(body: &str) -> String {
    answer("200 OK", "content-type: application/json\r\n", body)
}

/// One request, and its head as it came.
pub(crate) fn read(stream: &TcpStream) -> Option<(String, Asked)> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let (mut head, mut length) = (line.clone(), 0);
    loop {
        let mut header = String::new();
        if reader.read_line(&mut header).ok()? == 0 {
            return None;
        }
        if let Some(value) = header.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        head.push_str(&header);
        if header == "\r\n" {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let line = line.trim_end().trim_end_matches(" HTTP/1.1").to_owned();
    Some((head, Asked { line, body: String::from_utf8(body).ok()? }))
}
