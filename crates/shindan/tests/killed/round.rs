//! One round: a start that is killed, and what is done about it.

use std::fmt;

use shindan_journal::{Journal, Phase, RunView};

use crate::{
    draw::Draw,
    plan::{Command, Kill, Plan, Service, Then},
    process::{Directory, Said, run},
    promises::{Broken, check},
    server::Server,
};

/// What a round has shown.
pub(crate) struct Round {
    pub(crate) number: u64,
    pub(crate) window: Window,
    pub(crate) broken: Vec<Broken>,
    plan: Plan,
    server: Server,
    state: Directory,
    /// How many intents there were, as far as their starts got to the point of having a run.
    pub(crate) intents: usize,
    pub(crate) said: Vec<Said>,
}

/// Where the kill fell, as the journal shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Window {
    BeforeIntent,
    BeforeSent,
    InFlight {
        executed: bool,
    },
    /// The answer did not say which scan it is.
    Looking,
    AfterOutcome,
    Polling,
    /// It had ended by itself.
    Ended,
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BeforeIntent => "before the intent",
            Self::BeforeSent => "before Sent",
            Self::InFlight { executed: false } => "in flight, and not executed",
            Self::InFlight { executed: true } => "in flight, and executed sooner or later",
            Self::Looking => "after an answer that names no scan",
            Self::AfterOutcome => "after the outcome",
            Self::Polling => "while polling",
            Self::Ended => "already ended",
        })
    }
}

const SETTLE: [&str; 2] = ["--settle", "1s"];
/// A scan is over by then.
const WAIT: [&str; 2] = ["--wait-timeout", "1s"];

impl Round {
    pub(crate) fn play(seed: u64, number: u64) -> Self {
        let mut draw = Draw::new(seed, number);
        let plan = Plan::draw(&mut draw);
        let mut round = Self {
            number,
            window: Window::Ended,
            broken: Vec::new(),
            server: Server::start(plan.service, plan.fate, draw),
            plan,
            state: Directory::new(number),
            intents: 0,
            said: Vec::new(),
        };
        round.start(Some(round.plan.kill));
        round.window = round.window();
        match round.plan.then {
            Then::Reconcile(None) => round.reconcile(),
            Then::Reconcile(kill) => {
                round.command(&["runs", "reconcile"], &SETTLE, kill);
                round.reconcile();
            }
            Then::Attach => round.attach(),
            Then::Again => round.again(),
            Then::Elsewhere => round.elsewhere(),
        }
        round.server.drain();
        if round.is_open() {
            round.reconcile();
        }
        if let Window::InFlight { executed } = &mut round.window {
            *executed = !round.server.scans().is_empty();
        }
        round
    }

    /// Every run that the state directory holds, the oldest first.
    pub(crate) fn runs(&self) -> Vec<RunView> {
        let journal = Journal::open(self.state.path()).expect("the directory can be written");
        let runs = journal.runs().expect("the directory can be read");
        assert!(runs.unreadable.is_empty(), "{:?}", runs.unreadable);
        runs.runs
    }

    pub(crate) fn scans(&self) -> Vec<String> {
        self.server.scans()
    }

    pub(crate) fn has_key(&self) -> bool {
        self.plan.key
    }

    fn is_open(&self) -> bool {
        self.runs().iter().any(|view| view.run.is_open_unknown())
    }

    fn window(&self) -> Window {
        let killed = self.said[0].code.is_none();
        let runs = self.runs();
        let Some(view) = runs.last() else {
            return if killed { Window::BeforeIntent } else { Window::Ended };
        };
        match view.run.phase() {
            _ if !killed => Window::Ended,
            Phase::Intended => Window::BeforeSent,
            Phase::InFlight => Window::InFlight { executed: false },
            Phase::Unknown | Phase::Accepted => Window::Looking,
            Phase::Started(_) if view.run.state.is_some() => Window::Polling,
            Phase::Started(_) => Window::AfterOutcome,
            Phase::Refused | Phase::NotStarted | Phase::Duplicate | Phase::Closed(_) => {
                Window::Ended
            }
        }
    }

    fn start(&mut self, kill: Option<Kill>) {
        let command: &[&str] = match (self.plan.command, self.plan.service) {
            (Command::Scan, Service::Wsc { .. }) => &["scan", "--url", "https://shop.example/"],
            (Command::ScanDetached, Service::Wsc { .. }) => {
                &["scan", "--detach", "--url", "https://shop.example/"]
            }
            (Command::Operation, Service::Wsc { .. }) => {
                &["wsc", "job", "create", "--url", "https://shop.example/"]
            }
            (Command::Scan, _) => &["scan"],
            (Command::ScanDetached, _) => &["scan", "--detach"],
            (Command::Operation, _) => &["vaddy", "scan", "start"],
        };
        let mut more = vec!["--yes"];
        more.extend(SETTLE);
        if matches!(self.plan.command, Command::Scan) {
            more.extend(WAIT);
        }
        if self.plan.key {
            more.extend(["--dedupe-key", "pipeline 17"]);
        }
        self.intents = if self.plan.key { 1 } else { self.intents + 1 };
        self.command(command, &more, kill);
    }

    fn command(&mut self, command: &[&str], more: &[&str], kill: Option<Kill>) {
        let args = [command, more].concat();
        let env = self.server.env(self.plan.service);
        let said = run(&args, &env, self.state.path(), &self.server, kill);
        self.said.push(said);
        check(self);
    }

    /// To its end: only a scan that nothing can name stays unknown.
    fn reconcile(&mut self) {
        let was_open = self.is_open();
        self.command(&["runs", "reconcile"], &SETTLE, None);
        let still = was_open && self.plan.service == Service::VaddyV1;
        self.expect(&[if still { 7 } else { 0 }]);
        self.must(self.is_open() == still, "what can be found out is decided");
    }

    /// To the end of the scan, if there is one.
    fn attach(&mut self) {
        let latest = self.runs().pop().map(|view| view.run.phase());
        let nothing =
            matches!(latest, None | Some(Phase::Intended | Phase::NotStarted | Phase::Refused));
        let was_open = self.is_open();
        self.command(&["attach", "--latest"], &[SETTLE, WAIT].concat(), None);
        let codes: &[i32] = if nothing {
            &[6]
        } else if !was_open {
            &[0, 1, 3]
        } else if self.plan.service == Service::VaddyV1 {
            &[7]
        } else {
            &[0, 1, 3, 9]
        };
        self.expect(codes);
    }

    /// Refused while nobody knows what became of the first one.
    fn again(&mut self) {
        if self.is_open() {
            self.start_refused();
            self.reconcile();
        }
        if self.is_open() {
            return self.start_refused();
        }
        let before = self.scans().len();
        let is_met = self.server.fate_is_met();
        self.start(None);
        let goes_on = matches!(self.last().code, Some(0 | 1 | 3));
        // VAddy runs one scan at a time, and another intent's scan may run.
        let of_vaddy = matches!(self.plan.service, Service::VaddyV1 | Service::VaddyV2);
        let is_busy = of_vaddy && !self.plan.key && before > 0 && self.last().code == Some(6);
        self.must(goes_on || is_busy || !is_met, "a start goes on where everything is decided");
        if is_met {
            let new = usize::from(goes_on && (!self.plan.key || before == 0));
            self.must(self.scans().len() == before + new, "a start that goes on is one scan");
        }
    }

    fn start_refused(&mut self) {
        let runs = self.runs().len();
        self.start(None);
        self.expect(&[5]);
        self.must(self.server.seen().start.is_none(), "a refused start sends nothing");
        self.must(self.runs().len() == runs, "a refused start is no run");
    }

    /// Another machine comes later than anything that is still on its way.
    fn elsewhere(&mut self) {
        self.server.drain();
        let is_met = self.server.fate_is_met();
        self.state.remove();
        self.start(None);
        if is_met {
            self.expect(&[0, 1, 3]);
            self.must(self.scans().len() == 1, "the scan of the first machine is taken");
        }
    }

    pub(crate) fn last(&self) -> &Said {
        self.said.last().expect("something was run")
    }

    fn expect(&mut self, codes: &[i32]) {
        let code = self.last().code;
        let expected = code.is_some_and(|code| codes.contains(&code));
        self.must(expected, &format!("exit {code:?} is one of {codes:?}"));
    }

    fn must(&mut self, holds: bool, what: &str) {
        if !holds {
            self.broken.push(Broken::Claim(what.to_owned()));
        }
    }
}

impl fmt::Debug for Round {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "round {}: {:?}, {:#?}", self.number, self.window, self.plan)?;
        for said in &self.said {
            writeln!(f, "--- {} -> {:?} after {} ms", said.command, said.code, said.ms)?;
            writeln!(f, "{}{}", said.stdout, said.stderr)?;
        }
        writeln!(f, "--- at the service: {:?}", self.scans())?;
        for view in self.runs() {
            writeln!(f, "--- run {} is {:?}", view.id, view.run.phase())?;
            view.entries.iter().try_for_each(|entry| writeln!(f, "    {entry:?}"))?;
        }
        Ok(())
    }
}
