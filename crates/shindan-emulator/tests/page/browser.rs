//! A headless Chromium, driven by its own protocol.

use std::{
    env, fs,
    io::{self, ErrorKind},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tungstenite::{Message, WebSocket, client};

/// The longest wait for anything.
const PATIENCE: Duration = Duration::from_secs(30);
/// The names that it has, which CI looks for, too.
const NAMES: &str = include_str!("browsers.txt");
/// Set where a skipped test would hide something.
const REQUIRED: &str = "SHINDAN_PAGE_TEST_REQUIRED";

pub(crate) struct Browser {
    _process: Process,
    socket: WebSocket<TcpStream>,
    calls: u64,
    session: Option<String>,
    /// What it told, oldest first.
    pub(crate) events: Vec<Value>,
}

impl Browser {
    /// One of its own with an empty page, or `None` with a printed reason if there is no Chromium.
    pub(crate) fn start() -> Option<Self> {
        let started =
            find().and_then(|path| Process::start(&path)).and_then(|(process, address)| {
                let stream = TcpStream::connect(("127.0.0.1", address.0)).map_err(reason)?;
                stream.set_read_timeout(Some(PATIENCE)).map_err(reason)?;
                let url = format!("ws://127.0.0.1:{}{}", address.0, address.1);
                let (socket, _) = client(url, stream).map_err(|error| error.to_string())?;
                Ok(Self { _process: process, socket, calls: 0, session: None, events: Vec::new() })
            });
        match started {
            Ok(mut browser) => {
                browser.attach();
                Some(browser)
            }
            Err(why) => {
                assert!(env::var_os(REQUIRED).is_none(), "the page cannot be tested: {why}");
                eprintln!("skipped: {why}");
                None
            }
        }
    }

    fn attach(&mut self) {
        let target = self.call("Target.createTarget", &json!({ "url": "about:blank" }));
        let target = json!({ "targetId": target["targetId"], "flatten": true });
        let session = self.call("Target.attachToTarget", &target);
        self.session = session["sessionId"].as_str().map(ToOwned::to_owned);
        for domain in ["Page", "Runtime", "Network", "Log", "Audits", "Accessibility"] {
            self.call(&format!("{domain}.enable"), &json!({}));
        }
    }

    /// One call of the protocol.
    pub(crate) fn call(&mut self, method: &str, params: &Value) -> Value {
        self.calls += 1;
        let mut call = json!({ "id": self.calls, "method": method, "params": params });
        if let Some(session) = &self.session {
            call["sessionId"] = json!(session);
        }
        self.socket.send(Message::text(call.to_string())).expect("the browser reads");
        loop {
            let message = self.socket.read().expect("the browser answers in time");
            let Message::Text(text) = message else { continue };
            let mut message: Value = serde_json::from_str(&text).expect("it talks json");
            if message["id"] == self.calls {
                assert!(message["error"].is_null(), "{method}: {}", message["error"]);
                return message["result"].take();
            }
            self.events.push(message);
        }
    }

    /// What a script on the page returns.
    pub(crate) fn run(&mut self, script: &str) -> Value {
        let script = json!({ "expression": script, "returnByValue": true, "awaitPromise": true });
        let mut ran = self.call("Runtime.evaluate", &script);
        assert!(ran["exceptionDetails"].is_null(), "{script}: {}", ran["exceptionDetails"]);
        ran["result"]["value"].take()
    }

    pub(crate) fn text(&mut self, script: &str) -> String {
        let value = self.run(script);
        value.as_str().unwrap_or_else(|| panic!("{script} is {value} and no text")).to_owned()
    }

    /// Waits until a script returns true.
    pub(crate) fn wait_for(&mut self, script: &str) {
        let begun = Instant::now();
        while self.run(script) != true {
            let page = "document.body.innerText";
            assert!(begun.elapsed() < PATIENCE, "never: {script}\n{}", self.text(page));
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Clicks in the middle of an element, as a mouse does.
    pub(crate) fn click(&mut self, selector: &str) {
        let place = self.run(&format!(
            "(() => {{ const element = document.querySelector({selector:?}); \
             element.scrollIntoView({{ block: 'center' }}); \
             const at = element.getBoundingClientRect(); \
             return [at.x + at.width / 2, at.y + at.height / 2]; }})()"
        ));
        for kind in ["mousePressed", "mouseReleased"] {
            let (x, y) = (&place[0], &place[1]);
            let click = json!({ "type": kind, "x": x, "y": y, "button": "left", "clickCount": 1 });
            self.call("Input.dispatchMouseEvent", &click);
        }
    }
}

/// It ends with this, and its folder too.
struct Process {
    child: Child,
    profile: PathBuf,
}

impl Process {
    /// With the port and the path at which it is driven.
    fn start(path: &Path) -> Result<(Self, (u16, String)), String> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let next = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("shindan-page-{}-{next}", std::process::id());
        let profile = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&profile).map_err(reason)?;
        let child = Command::new(path)
            .args(["--headless", "--no-sandbox", "--remote-debugging-port=0", "--disable-gpu"])
            .args(["--disable-dev-shm-usage", "--no-first-run", "--disable-extensions"])
            .args(["--disable-background-networking", "--disable-component-update"])
            .args(["--disable-sync", "--disable-default-apps", "--no-proxy-server"])
            .arg("--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1")
            .arg(format!("--user-data-dir={}", profile.display()))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("{} does not start: {error}", path.display()))?;
        let mut process = Self { child, profile };
        let address = process.address()?;
        Ok((process, address))
    }

    fn address(&mut self) -> Result<(u16, String), String> {
        let file = self.profile.join("DevToolsActivePort");
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            let text = fs::read_to_string(&file).unwrap_or_default();
            if let Some((port, path)) = text.split_once('\n').filter(|(_, path)| !path.is_empty()) {
                let port = port.parse().map_err(|_| format!("{port} is no port"))?;
                return Ok((port, path.trim().to_owned()));
            }
            if let Ok(Some(status)) = self.child.try_wait() {
                return Err(format!("the browser ended at its start: {status}"));
            }
            thread::sleep(Duration::from_millis(20));
        }
        Err("the browser says no port".to_owned())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        // Its helpers may still be about to end, and write.
        for _ in 0..50 {
            match fs::remove_dir_all(&self.profile) {
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    thread::sleep(Duration::from_millis(20));
                }
                _ => return,
            }
        }
    }
}

fn find() -> Result<PathBuf, String> {
    if let Some(path) = env::var_os("CHROMIUM") {
        return Ok(path.into());
    }
    let folders = env::var_os("PATH").unwrap_or_default();
    let paths: Vec<PathBuf> = env::split_paths(&folders).collect();
    let all = NAMES.lines().flat_map(|name| paths.iter().map(move |folder| folder.join(name)));
    all.into_iter().find(|path| path.is_file()).ok_or_else(|| {
        "there is no Chromium; install Debian's package chromium, or name one in CHROMIUM"
            .to_owned()
    })
}

#[expect(clippy::needless_pass_by_value, reason = "`map_err` passes a value")]
fn reason(error: io::Error) -> String {
    error.to_string()
}
