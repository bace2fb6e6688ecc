//! The binary, to its end or until it is killed.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{self, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::{
    plan::{Kill, Since},
    server::Server,
};

/// Nothing that a round does takes longer.
const LONGEST: Duration = Duration::from_secs(60);

/// What a process has said.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) command: String,
    /// `None` if it was killed.
    pub(crate) code: Option<i32>,
    pub(crate) ms: u128,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Said {
    pub(crate) fn contains(&self, text: &str) -> bool {
        self.stdout.contains(text) || self.stderr.contains(text)
    }
}

/// Runs it with these variables alone.
pub(crate) fn run(
    args: &[&str],
    env: &[(&'static str, String)],
    state: &Path,
    server: &Server,
    kill: Option<Kill>,
) -> Said {
    server.next_process();
    let begun = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_shindan"))
        .args(args)
        .env_clear()
        .env("SHINDAN_STATE_DIR", state)
        .envs(env.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary was built with this test");
    let is_due = || {
        let (Some(kill), seen) = (kill, server.seen()) else { return false };
        let since = match kill.since {
            Since::Event(0) => Some(begun),
            Since::Event(n) => seen.events.get(n - 1).copied(),
            Since::Start => seen.start,
        };
        since.is_some_and(|since| since.elapsed() >= kill.after)
    };
    while child.try_wait().expect("it is our child").is_none() {
        if is_due() || begun.elapsed() > LONGEST {
            child.kill().expect("it is our child");
            break;
        }
        thread::sleep(Duration::from_millis(1));
    }
    let ms = begun.elapsed().as_millis();
    let output = child.wait_with_output().expect("it is our child");
    server.process_is_gone();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    Said { command: args.join(" "), code: output.status.code(), ms, stdout, stderr }
}

/// A state directory of its own, gone with its owner.
pub(crate) struct Directory(PathBuf);

impl Directory {
    pub(crate) fn new(round: u64) -> Self {
        Self(env::temp_dir().join(format!("shindan-killed-{}-{round}", process::id())))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn remove(&self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        self.remove();
    }
}
