//! How an emulator is made that is not the usual one.

use shindan_proto::Timestamp;

use crate::{Clock, Emulator, Lang, Scenario, clock::Time};

/// What is set before the first request.
///
/// It ends with [`build`](Self::build), or with `start` behind the feature `server`.
#[derive(Clone, Debug)]
#[must_use]
pub struct Builder(pub(crate) Emulator);

impl Builder {
    /// How the time of jobs and scans runs; like real time if it is not set.
    pub fn clock(mut self, clock: Clock) -> Self {
        self.0.time = self.0.time.with(clock);
        self
    }

    /// How a target behaves, or all do: see [`Emulator::set_scenario`].
    pub fn scenario<'a>(mut self, target: impl Into<Option<&'a str>>, scenario: Scenario) -> Self {
        self.0.set_scenario(target.into(), Some(scenario));
        self
    }

    /// Gives jobs, scans and findings other numbers. The same seed gives the same ones.
    pub fn seed(mut self, seed: u32) -> Self {
        self.0.wsc.seed = seed;
        self.0.vaddy.seed = seed;
        self
    }

    /// Writes answers in the loosest form that a client must read: numbers where the examples have
    /// text and the other way round, `null` where they have `""`.
    pub fn loose(mut self) -> Self {
        self.0.loose = true;
        self
    }

    /// The language of WSC's status texts; English if it is not set.
    pub fn lang(mut self, lang: Lang) -> Self {
        self.0.wsc.lang = lang;
        self
    }

    /// Lets `createJob` answer with the new job's number. What it really answers is not documented;
    /// without this the answer says nothing, and a client has to find its job by itself.
    pub fn created_numbers(mut self) -> Self {
        self.0.wsc.names_created = true;
        self
    }

    /// Sends WSC's error 901 with HTTP 200, as older documents have it, and not with 400.
    pub fn faults_in_200(mut self) -> Self {
        self.0.wsc.faults_in_200 = true;
        self
    }

    /// Accepts any user and key, and not only the published ones. They are neither kept nor logged.
    /// The signature of another access key than WSC's published one is **not verified**, because its secret
    /// is not known here: a client that signs wrongly is not found out.
    pub fn any_key(mut self) -> Self {
        self.0.wsc.any_key = true;
        self.0.vaddy.any_key = true;
        self
    }

    /// What tells this emulator from every other one: `POST /_emulator/stop` ends a server for who names it.
    /// Without it no call ends the server.
    pub fn instance(mut self, instance: impl Into<String>) -> Self {
        self.0.host.instance = Some(instance.into());
        self
    }

    /// Keeps so many jobs and as many scans, the newest ones; 1,000 if it is not set.
    pub fn keep(mut self, most: usize) -> Self {
        self.0.wsc.keep(most);
        self.0.vaddy.keep(most);
        self
    }

    /// Empty services, whose own time begins at `started`.
    pub fn build(self, started: Timestamp) -> Emulator {
        let mut emulator = self.0;
        emulator.time = Time::new(started).with(emulator.time.clock());
        emulator.vaddy.reset(started);
        emulator
    }
}
