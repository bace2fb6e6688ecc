//! Runs the binary and its emulator.

use std::{
    env, fs,
    io::{self, Read, Write},
    net::{SocketAddr, TcpStream},
    path::PathBuf,
    process::{self, Child, Command, Stdio},
    sync::{
        Arc, Condvar, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;
use shindan_journal::Journal;

pub(crate) const SHINDAN: &str = env!("CARGO_BIN_EXE_shindan");

/// A process that hangs fails its test instead of stopping all of them.
pub(crate) const LONGEST: Duration = Duration::from_secs(60);

/// What a process left.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    /// stdout is one JSON document and nothing else.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self:?}");
        self
    }

    pub(crate) fn says(self, text: &str) -> Self {
        assert!(self.stderr.contains(text), "no {text:?} in {self:?}");
        self
    }
}

/// Runs the binary without a terminal, with these variables alone, and with a state directory of its own.
pub(crate) fn shindan(args: &[&str], env: &[(&str, &str)]) -> Run {
    Running::spawn(args, env).finish()
}

/// A directory of its own, gone with its owner.
pub(crate) struct Directory(PathBuf);

impl Directory {
    pub(crate) fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        Self(env::temp_dir().join(format!("shindan-cli-{}-{number}", process::id())))
    }

    pub(crate) fn path(&self) -> &str {
        self.0.to_str().expect("it is ASCII below the temporary directory")
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A process that is being started has the locks of this one until it runs.
static STARTING: Mutex<()> = Mutex::new(());

/// Starts a process.
pub(crate) fn spawn(command: &mut Command) -> Child {
    let _nobody_else = STARTING.lock();
    command.spawn().expect("it is there")
}

/// The only run of a state directory, as its file shows it. Nobody holds its lock.
pub(crate) fn the_run(state: &Directory) -> shindan_journal::Run {
    let journal = Journal::open(state.0.as_path()).expect("it can be opened");
    let [view] = &journal.runs().expect("they can be listed").runs[..] else {
        panic!("not exactly one run");
    };
    assert_eq!((view.damage().count(), view.torn_tail), (0, None));
    let _nobody_else = STARTING.lock();
    journal.claim(view.id).expect("nobody holds its lock");
    view.run.clone()
}

/// The arguments of the command that stands after a text.
pub(crate) fn command_after(told: &str, text: &str) -> Vec<String> {
    let line = told.split_once(text).and_then(|(_, rest)| rest.lines().next());
    let command = line.and_then(|line| line.trim().strip_prefix("shindan "));
    let command = command.unwrap_or_else(|| panic!("no command after {text:?} in {told:?}"));
    command.split_whitespace().map(str::to_owned).collect()
}

/// The binary while it runs.
pub(crate) struct Running {
    child: Child,
    stdout: Captured,
    stderr: Captured,
    secrets: Vec<String>,
    _state: Directory,
}

impl Running {
    pub(crate) fn spawn(args: &[&str], env: &[(&str, &str)]) -> Self {
        Self::launch(Command::new(SHINDAN).args(args), env)
    }

    /// The same, started by another program that takes a command at its end.
    pub(crate) fn under(program: &[&str], args: &[&str], env: &[(&str, &str)]) -> Self {
        let line = [program, &[SHINDAN], args].concat();
        Self::launch(Command::new(line[0]).args(&line[1..]), env)
    }

    /// The same within another command.
    pub(crate) fn launch(command: &mut Command, env: &[(&str, &str)]) -> Self {
        let (read, stderr) = io::pipe().expect("there are pipes");
        Self::connect(command.stdin(Stdio::null()).stderr(stderr), read, env)
    }

    /// Its stdin and stderr are set already, and what it writes to stderr can be read at `stderr`.
    pub(crate) fn connect(
        command: &mut Command,
        stderr: impl Read + Send + 'static,
        env: &[(&str, &str)],
    ) -> Self {
        let state = Directory::new();
        // No server's role is asked for outside of this machine.
        let nobody = [("NCLOUD_METADATA_API_ENDPOINT", "http://127.0.0.1:9")];
        command.env_clear().env("SHINDAN_STATE_DIR", state.path());
        command.envs(nobody).envs(env.iter().copied());
        let mut child = spawn(command.stdout(Stdio::piped()));
        // Ours are closed, so that the end of its own is seen.
        command.stdin(Stdio::null()).stderr(Stdio::null());
        let stdout = Captured::of(child.stdout.take().expect("it is piped"));
        let stderr = Captured::of(stderr);
        let secret = |name: &str| name.contains("SECRET") || name.contains("TOKEN");
        let secrets = env.iter().filter(|(name, value)| secret(name) && !value.is_empty());
        let secrets = secrets.map(|(_, value)| (*value).to_owned()).collect();
        Self { child, stdout, stderr, secrets, _state: state }
    }

    /// Waits for the end, and checks that no secret was printed.
    pub(crate) fn finish(mut self) -> Run {
        let begun = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("it is our child") {
                break status;
            }
            assert!(begun.elapsed() < LONGEST, "it does not end: {}", self.stderr.text());
            thread::sleep(Duration::from_millis(5));
        };
        let code = status.code().unwrap_or(-1);
        let run = Run { code, stdout: self.stdout.whole(), stderr: self.stderr.whole() };
        for secret in &self.secrets {
            assert!(!run.stdout.contains(secret), "a secret on stdout");
            assert!(!run.stderr.contains(secret), "a secret on stderr");
        }
        run
    }

    /// Waits until stderr contains the text.
    pub(crate) fn wait_for(&self, text: &str) {
        let read = self.stderr.wait(|read| read.contains(text));
        assert!(read.contains(text), "it ended without {text:?}: {read}");
    }

    /// The same of stdout.
    pub(crate) fn wait_for_stdout(&self, text: &str) {
        let read = self.stdout.wait(|read| read.contains(text));
        assert!(read.contains(text), "it ended without {text:?}: {read}");
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn signal(&self, signal: &str) {
        kill(signal, &self.id().to_string());
    }

    /// To it and its children, if it was made the leader of a group.
    pub(crate) fn signal_group(&self, signal: &str) {
        kill(signal, &format!("-{}", self.child.id()));
    }
}

pub(crate) fn kill(signal: &str, whom: &str) {
    let sent = spawn(Command::new("kill").args([signal, "--", whom])).wait();
    assert!(sent.expect("it is our child").success());
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Not by lines: a question ends without one.
fn fill(pipe: &mut impl Read, bytes: &mut Vec<u8>) -> io::Result<usize> {
    let mut buffer = [0; 4096];
    let read = pipe.read(&mut buffer)?;
    bytes.extend(&buffer[..read]);
    Ok(read)
}

/// What a pipe has brought so far, and whether that is all.
#[derive(Clone)]
struct Captured(Arc<(Mutex<(String, bool)>, Condvar)>);

impl Captured {
    fn of(mut pipe: impl Read + Send + 'static) -> Self {
        let captured = Self(Arc::default());
        let to = captured.clone();
        thread::spawn(move || {
            let mut bytes = Vec::new();
            loop {
                // Reading a terminal that nobody has open any more is an error.
                let read = fill(&mut pipe, &mut bytes).unwrap_or(0);
                let whole =
                    str::from_utf8(&bytes).map_or_else(|error| error.valid_up_to(), str::len);
                let text: Vec<_> = bytes.drain(..whole).collect();
                let (state, changed) = &*to.0;
                let mut state = state.lock().expect("nobody panics with it");
                state.0.push_str(str::from_utf8(&text).expect("so much is whole"));
                state.1 = read == 0;
                changed.notify_all();
                if read == 0 {
                    assert!(bytes.is_empty(), "what it prints is UTF-8");
                    return;
                }
            }
        });
        captured
    }

    fn wait(&self, enough: impl Fn(&str) -> bool) -> String {
        let (state, changed) = &*self.0;
        let state = state.lock().expect("nobody panics with it");
        let waiting = |(read, ended): &mut (String, bool)| !*ended && !enough(read);
        let waited = changed.wait_timeout_while(state, LONGEST, waiting);
        let (state, _) = waited.expect("nobody panics with it");
        assert!(enough(&state.0) || state.1, "it never came: {}", state.0);
        state.0.clone()
    }

    fn whole(&self) -> String {
        self.wait(|_| false)
    }

    fn text(&self) -> String {
        self.0.0.lock().expect("nobody panics with it").0.clone()
    }
}

/// `shindan emulator start` on a free port, ended on drop.
pub(crate) struct Emulator {
    running: Running,
    pub(crate) url: String,
    variables: Vec<(String, String)>,
}

impl Emulator {
    pub(crate) fn start(clock: &str) -> Self {
        Self::start_with(&["--clock", clock], 7)
    }

    /// The same with other options, after which it prints so many lines: its URL and the variables.
    pub(crate) fn start_with(options: &[&str], lines: usize) -> Self {
        let running = Running::spawn(&[&["emulator", "start"], options].concat(), &[]);
        let printed = running
            .stdout
            .wait(|read| read.ends_with('\n') && read.matches("\nexport ").count() + 1 == lines);
        let url = printed.lines().find_map(|line| line.strip_prefix("# emulator: "));
        let url = url.expect("a line has the url").to_owned();
        let variables = printed.lines().filter(|line| !line.starts_with('#')).map(|line| {
            let (name, value) = line
                .strip_prefix("export ")
                .and_then(|line| line.split_once('='))
                .expect("every line is a comment or an export");
            (name.to_owned(), value.to_owned())
        });
        let variables = variables.collect();
        Self { running, url, variables }
    }

    /// The variables that it printed.
    pub(crate) fn env(&self) -> Vec<(&str, &str)> {
        self.variables.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }

    /// The same with some set to something else.
    pub(crate) fn env_with<'a>(&'a self, other: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
        self.env().into_iter().chain(other.iter().copied()).collect()
    }

    pub(crate) fn run(&self, args: &[&str]) -> Run {
        shindan(args, &self.env())
    }

    /// How many WSC jobs were created and VAddy scans started.
    pub(crate) fn ledger(&self) -> (u64, u64) {
        let ledger = self.get("/_emulator/ledger");
        let count = |service: &str, what: &str| ledger[service][what].as_u64().expect("a number");
        (count("wsc", "created"), count("vaddy", "started"))
    }

    /// How many WSC jobs were repeated free.
    pub(crate) fn repeated(&self) -> u64 {
        let ledger = self.get("/_emulator/ledger");
        let calls = ledger["calls"].as_array().expect("a list");
        calls.iter().filter(|call| call["free"] == true).count() as u64
    }

    pub(crate) fn get(&self, path: &str) -> Value {
        self.call("GET", path)
    }

    /// A control call without a body.
    pub(crate) fn post(&self, path: &str) -> Value {
        self.call("POST", path)
    }

    fn call(&self, method: &str, path: &str) -> Value {
        let address: SocketAddr = self.url["http://".len()..].parse().expect("host and port");
        let mut stream = TcpStream::connect(address).expect("it listens");
        write!(stream, "{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n")
            .expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        let (_, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
        serde_json::from_str(body).expect("json")
    }

    /// Ends it with a signal.
    pub(crate) fn stop(self, signal: &str) -> Run {
        self.running.signal(signal);
        self.running.finish()
    }
}
