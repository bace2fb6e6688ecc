//! A machine that keeps its state from one command to the next.

use std::{fs, path::PathBuf};

use shindan_journal::{Intent, Journal, Record, RunId, RunView, Subject, Version};

use crate::support::{Directory, Run, Running};

pub(crate) struct Machine {
    state: Directory,
    env: Vec<(String, String)>,
}

impl Machine {
    pub(crate) fn new(env: &[(&str, &str)]) -> Self {
        let state = Directory::new();
        let env = [env, &[("SHINDAN_STATE_DIR", state.path())]].concat();
        let env = env.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
        Self { env: env.collect(), state }
    }

    pub(crate) fn state(&self) -> &str {
        self.state.path()
    }

    pub(crate) fn env(&self) -> Vec<(&str, &str)> {
        self.env.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }

    pub(crate) fn spawn(&self, args: &[&str]) -> Running {
        Running::spawn(args, &self.env())
    }

    pub(crate) fn run(&self, args: &[&str]) -> Run {
        self.spawn(args).finish()
    }

    /// With other variables, for once.
    pub(crate) fn run_with(&self, args: &[&str], other: &[(&str, &str)]) -> Run {
        Running::spawn(args, &[&self.env(), other].concat()).finish()
    }

    pub(crate) fn journal(&self) -> Journal {
        Journal::open(self.state().as_ref()).expect("it is a directory")
    }

    /// Every run, the oldest first.
    pub(crate) fn runs(&self) -> Vec<RunView> {
        self.journal().runs().expect("it can be read").runs
    }

    pub(crate) fn last(&self) -> RunView {
        self.runs().pop().expect("something was started")
    }

    /// The bytes of every run's file.
    pub(crate) fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let scans = PathBuf::from(self.state()).join("scans");
        let names = fs::read_dir(scans)
            .expect("it is there")
            .map(|entry| entry.expect("it is read").path());
        let mut files: Vec<_> =
            names.map(|path| (path.clone(), fs::read(path).expect("it is a file"))).collect();
        files.sort();
        files
    }

    /// The journal of another process: a run that was begun at a time in Unix ms and did this.
    pub(crate) fn recorded(&self, at_ms: i64, target: &str, records: &[Record]) -> RunId {
        let run = RunId::new(at_ms, [7; 10]);
        let url = format!("https://{target}/");
        let mut file = self
            .journal()
            .begin(Intent {
                version: Version::CURRENT,
                run,
                service: "wsc".to_owned(),
                endpoint: "https://wsc.apigw.ntruss.com".to_owned(),
                account: "5f2b8c1d".to_owned(),
                target: url.clone(),
                target_key: format!("wsc 5f2b8c1d {url}"),
                token: "ABCDEFGHIJKLMNOP".to_owned(),
                dedupe_key: None,
                fail_on: None,
                min_coverage: None,
                options: None,
                repeats: None,
                scan: Subject::Wsc { url },
                at_ms,
            })
            .expect("nothing is in its way");
        for record in records {
            file.append(record).expect("it can be written");
        }
        run
    }
}

/// Makes one byte of a record unreadable, and says where the record begins.
pub(crate) fn damage(view: &RunView, kind: &str) -> usize {
    let mut bytes = fs::read(&view.path).expect("it is there");
    let text = String::from_utf8(bytes.clone()).expect("it is ASCII here");
    let word = format!(r#""type":"{kind}""#);
    let at = text.find(&word).unwrap_or_else(|| panic!("no {word} in {text}"));
    bytes[at] ^= 1;
    fs::write(&view.path, bytes).expect("it can be written");
    text[..at].rfind('\n').map_or(0, |end| end + 1)
}
