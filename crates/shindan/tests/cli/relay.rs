//! Stands between the binary and an emulator, and may keep requests or answers to itself.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use crate::{
    canned::{Asked, ok, read},
    support::{Directory, Emulator, LONGEST},
};

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// It is forwarded and answered.
    Pass,
    /// The same, once the relay is open.
    Later,
    /// It is not forwarded, and there is no answer.
    Never,
    /// It is carried out, and there is no answer.
    Mute,
    /// It is carried out, and this is answered.
    Instead(&'static str),
}

pub(crate) struct Relay {
    url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
    open: Arc<AtomicBool>,
}

impl Relay {
    /// `way` gets every request, and whether a start came before it.
    pub(crate) fn start(
        emulator: &Emulator,
        way: impl Fn(&Asked, bool) -> Way + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let url = format!("http://{}", listener.local_addr().expect("it is bound"));
        let relay = Self { url, asked: Arc::default(), open: Arc::default() };
        let (asked, open, way) = (relay.asked.clone(), relay.open.clone(), Arc::new(way));
        let address = emulator.url["http://".len()..].to_owned();
        thread::spawn(move || {
            for stream in listener.incoming().filter_map(Result::ok) {
                let (asked, open, way) = (asked.clone(), open.clone(), Arc::clone(&way));
                let address = address.clone();
                thread::spawn(move || exchange(&stream, &address, &asked, &open, &*way));
            }
        });
        relay
    }

    /// From now on everything passes; what was to pass later does it now.
    pub(crate) fn open(&self) {
        self.open.store(true, Ordering::SeqCst);
    }

    /// How many such requests came.
    pub(crate) fn count(&self, which: impl Fn(&Asked) -> bool) -> usize {
        self.asked
            .lock()
            .expect("nobody panics with it")
            .iter()
            .filter(|asked| which(asked))
            .count()
    }

    /// Waits for such a request; what is carried out without an answer is by then.
    pub(crate) fn wait_for(&self, which: impl Fn(&Asked) -> bool) {
        self.wait_for_more(which, 0);
    }

    /// Waits until there were more than so many.
    pub(crate) fn wait_for_more(&self, which: impl Fn(&Asked) -> bool, than: usize) {
        let begun = Instant::now();
        while self.count(&which) <= than {
            let asked = self.asked.lock().expect("nobody panics with it").clone();
            assert!(begun.elapsed() < LONGEST, "it was never asked for: {asked:?}");
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// The emulator's variables with this address, and a state directory.
    pub(crate) fn env<'a>(
        &'a self,
        emulator: &'a Emulator,
        state: &'a Directory,
    ) -> Vec<(&'a str, &'a str)> {
        emulator.env_with(&[
            ("WSC_ENDPOINT", &self.url),
            ("VADDY_API_SERVER", &self.url),
            ("VADDY_PROJECT_NUMBER", "7"),
            ("SHINDAN_STATE_DIR", state.path()),
        ])
    }
}

const NO_RESULTS: &str = r#"{"project_number":7,"page":1,"limit":20,"items":[]}"#;

fn exchange(
    mut stream: &TcpStream,
    address: &str,
    asked: &Mutex<Vec<Asked>>,
    open: &AtomicBool,
    way: &impl Fn(&Asked, bool) -> Way,
) {
    let Some((head, request)) = read(stream) else { return };
    let started = asked.lock().expect("nobody panics with it").iter().any(Asked::is_start);
    let is_open = || open.load(Ordering::SeqCst);
    let mut way = if is_open() { Way::Pass } else { way(&request, started) };
    // The emulator's projects have numbers of their own.
    if way == Way::Pass && request.line.contains("results/list") {
        way = Way::Instead(NO_RESULTS);
    }
    let log = || asked.lock().expect("nobody panics with it").push(request.clone());
    let answer = match way {
        Way::Mute | Way::Instead(_) => {
            let answer = forward(address, &head, &request);
            log();
            answer
        }
        Way::Pass => {
            log();
            forward(address, &head, &request)
        }
        Way::Later => {
            log();
            while !is_open() {
                thread::sleep(Duration::from_millis(5));
            }
            forward(address, &head, &request)
        }
        Way::Never => {
            log();
            String::new()
        }
    };
    let answer = match way {
        Way::Never | Way::Mute => loop {
            thread::park();
        },
        Way::Instead(body) => ok(body),
        Way::Pass | Way::Later => answer,
    };
    let _ = stream.write_all(answer.as_bytes());
}

/// One exchange with the emulator. A failure is no answer.
fn forward(address: &str, head: &str, request: &Asked) -> String {
    let mut stream = TcpStream::connect(address).expect("it listens");
    let head = head.strip_suffix("\r\n").expect("a head ends with an empty line");
    let _ = write!(stream, "{head}connection: close\r\n\r\n{}", request.body);
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer);
    answer
}
