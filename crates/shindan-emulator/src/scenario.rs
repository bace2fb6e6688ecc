//! How a target behaves, by a name.

use core::{fmt, str::FromStr};
use std::collections::BTreeMap;

/// A behavior. It is set for a target, or for all, or comes with a host that is called after it, like
/// `https://scenario-incomplete.test/`. Where a service has no such behavior, it behaves as usual.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Scenario {
    /// Finishes without findings.
    Clean,
    /// Finishes with high, medium and low findings, with Korean titles.
    Findings,
    /// Finishes with 3,000 findings.
    Many,
    /// VAddy: 63 per cent; WSC: one domain is not scanned.
    Incomplete,
    /// Is canceled, or has crashed, half way.
    Canceled,
    /// WSC: the URLs cannot be collected; VAddy: is canceled shortly after its start.
    CrawlFailed,
    /// Never ends.
    Stuck,
    /// Takes ten times as long.
    Slow,
    /// VAddy: another scan runs in the project.
    Busy,
    /// VAddy: no crawl was recorded.
    NoCrawl,
    /// VAddy: three crawls have the same words in their labels.
    AmbiguousCrawl,
    /// WSC: waits for half of its time before it begins.
    Queue,
    /// WSC: the first three reads of a finished report fail with 500.
    ReportLate,
    /// WSC: the report is no longer available.
    ReportExpired,
    /// The credentials are refused.
    AuthBad,
    /// The credentials may not do this; VAddy: they may read.
    Permission,
    /// The service's clock is six minutes ahead.
    ClockSkew,
    /// 429: the quota is used up.
    Quota,
    /// 429 with Retry-After, every second time.
    Throttle,
    /// Every third call fails, by turns with 503 before anything is done and with 504 after it.
    Flaky,
    /// WSC: errors come with HTTP 200, and so is a start refused.
    ErrorIn200,
    /// WSC: the service is not subscribed to.
    NotSubscribed,
    /// WSC: the target is not on NAVER Cloud.
    ExternalServer,
    /// HTML instead of JSON.
    Garbage,
    /// Answers end half way.
    Truncated,
    /// Connections are reset half way through an answer.
    Reset,
    /// WSC: a finished diagnosis of the target may be repeated free, always.
    FreeRescan,
    /// WSC: the free repetition has expired.
    RescanExpired,
    /// WSC: both free repetitions are used up.
    RescanUsedUp,
    /// WSC: createJob does not name the job.
    CreateEmpty,
    /// WSC: status texts in Korean.
    LangKo,
    /// WSC: status texts in Japanese.
    LangJa,
    /// WSC: status texts in English.
    LangEn,
    /// WSC: no numbers while a job runs.
    NullProgress,
    /// WSC: progress and counts while a job runs.
    Percent,
    /// WSC: a report without details.
    ReportCountsOnly,
    /// Texts with every script, combining marks and wide characters.
    Unicode,
    /// Texts that attack whoever shows them.
    Injection,
    /// New fields and new words that no document has.
    SchemaDrift,
}

impl Scenario {
    /// All of them.
    pub const ALL: [Self; 39] = [
        Self::Clean,
        Self::Findings,
        Self::Many,
        Self::Incomplete,
        Self::Canceled,
        Self::CrawlFailed,
        Self::Stuck,
        Self::Slow,
        Self::Busy,
        Self::NoCrawl,
        Self::AmbiguousCrawl,
        Self::Queue,
        Self::ReportLate,
        Self::ReportExpired,
        Self::AuthBad,
        Self::Permission,
        Self::ClockSkew,
        Self::Quota,
        Self::Throttle,
        Self::Flaky,
        Self::ErrorIn200,
        Self::NotSubscribed,
        Self::ExternalServer,
        Self::Garbage,
        Self::Truncated,
        Self::Reset,
        Self::FreeRescan,
        Self::RescanExpired,
        Self::RescanUsedUp,
        Self::CreateEmpty,
        Self::LangKo,
        Self::LangJa,
        Self::LangEn,
        Self::NullProgress,
        Self::Percent,
        Self::ReportCountsOnly,
        Self::Unicode,
        Self::Injection,
        Self::SchemaDrift,
    ];

    /// Its name.
    pub const fn name(self) -> &'static str {
        self.row().0
    }

    /// What it does.
    pub const fn meaning(self) -> &'static str {
        self.row().1
    }

    const fn row(self) -> (&'static str, &'static str) {
        match self {
            Self::Clean => ("clean", "finishes without findings"),
            Self::Findings => {
                ("findings", "finishes with high, medium and low findings, with Korean titles")
            }
            Self::Many => ("many", "finishes with 3,000 findings"),
            Self::Incomplete => {
                ("incomplete", "VAddy: 63 per cent; WSC: one domain is not scanned")
            }
            Self::Canceled => ("canceled", "is canceled, or has crashed, half way"),
            Self::CrawlFailed => (
                "crawl-failed",
                "WSC: the urls cannot be collected; VAddy: is canceled shortly after its start",
            ),
            Self::Stuck => ("stuck", "never ends"),
            Self::Slow => ("slow", "takes ten times as long"),
            Self::Busy => ("busy", "VAddy: another scan runs in the project"),
            Self::NoCrawl => ("no-crawl", "VAddy: no crawl was recorded"),
            Self::AmbiguousCrawl => {
                ("ambiguous-crawl", "VAddy: three crawls have the same words in their labels")
            }
            Self::Queue => ("queue", "WSC: waits for half of its time before it begins"),
            Self::ReportLate => {
                ("report-late", "WSC: the first three reads of a finished report fail with 500")
            }
            Self::ReportExpired => ("report-expired", "WSC: the report is no longer available"),
            Self::AuthBad => ("auth-bad", "the credentials are refused"),
            Self::Permission => {
                ("permission", "the credentials may not do this; VAddy: they may read")
            }
            Self::ClockSkew => ("clock-skew", "the service's clock is six minutes ahead"),
            Self::Quota => ("quota", "429: the quota is used up"),
            Self::Throttle => ("throttle", "429 with Retry-After, every second time"),
            Self::Flaky => {
                ("flaky", "every third call fails, with 503 before or 504 after it is done")
            }
            Self::ErrorIn200 => {
                ("error-200", "WSC: errors come with HTTP 200, and so is a start refused")
            }
            Self::NotSubscribed => ("not-subscribed", "WSC: the service is not subscribed to"),
            Self::ExternalServer => ("external-server", "WSC: the target is not on NAVER Cloud"),
            Self::Garbage => ("garbage", "HTML instead of JSON"),
            Self::Truncated => ("truncated", "answers end half way"),
            Self::Reset => ("reset", "connections are reset half way through an answer"),
            Self::FreeRescan => {
                ("free-rescan", "WSC: a finished diagnosis may always be repeated free")
            }
            Self::RescanExpired => ("rescan-expired", "WSC: the free repetition has expired"),
            Self::RescanUsedUp => ("rescan-used-up", "WSC: both free repetitions are used up"),
            Self::CreateEmpty => ("create-empty", "WSC: createJob does not name the job"),
            Self::LangKo => ("lang-ko", "WSC: status texts in Korean"),
            Self::LangJa => ("lang-ja", "WSC: status texts in Japanese"),
            Self::LangEn => ("lang-en", "WSC: status texts in English"),
            Self::NullProgress => ("null-progress", "WSC: no numbers while a job runs"),
            Self::Percent => ("percent", "WSC: progress and counts while a job runs"),
            Self::ReportCountsOnly => ("report-counts-only", "WSC: a report without details"),
            Self::Unicode => {
                ("unicode", "texts with every script, combining marks and wide characters")
            }
            Self::Injection => ("injection", "texts that attack whoever shows them"),
            Self::SchemaDrift => ("schema-drift", "new fields and new words that no document has"),
        }
    }

    /// The one that a host, a project or a URL is called after.
    fn in_name(target: &str) -> Option<Self> {
        let (_, rest) = target.split_once("scenario-")?;
        let name = rest.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).next()?;
        name.parse().ok()
    }
}

impl FromStr for Scenario {
    type Err = UnknownScenario;

    fn from_str(name: &str) -> Result<Self, UnknownScenario> {
        Self::ALL.into_iter().find(|scenario| scenario.name() == name).ok_or(UnknownScenario)
    }
}

impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// There is no scenario of this name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnknownScenario;

impl fmt::Display for UnknownScenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("there is no such scenario; GET /_emulator/scenarios lists them")
    }
}

impl core::error::Error for UnknownScenario {}

/// Which target has which scenario. A target is what a client names: a start URL or its host, a VAddy project's
/// id or host.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scenarios {
    of_all: Option<Scenario>,
    of_target: BTreeMap<String, Scenario>,
}

impl Scenarios {
    /// `None` for the target means all, `None` for the scenario takes it away.
    pub(crate) fn set(&mut self, target: Option<&str>, scenario: Option<Scenario>) {
        match (target, scenario) {
            (None, scenario) => self.of_all = scenario,
            (Some(target), Some(scenario)) => {
                self.of_target.insert(target.to_owned(), scenario);
            }
            (Some(target), None) => {
                self.of_target.remove(target);
            }
        }
    }

    /// What was set, the one for all first, without a target.
    pub(crate) fn list(&self) -> impl Iterator<Item = (Option<&str>, Scenario)> {
        let of_all = self.of_all.map(|scenario| (None, scenario));
        let of_target =
            self.of_target.iter().map(|(target, scenario)| (Some(&**target), *scenario));
        of_all.into_iter().chain(of_target)
    }

    /// The one for all.
    pub(crate) fn of_all(&self) -> Option<Scenario> {
        self.of_all
    }

    /// The scenario of a target: the one that was set for it, the one in its name, the one for all.
    pub(crate) fn of(&self, target: &str) -> Option<Scenario> {
        let host = target.split_once("://").map_or(target, |(_, rest)| rest);
        let host = host.split(['/', '?', '#', ':']).next().unwrap_or_default();
        let set = self.of_target.get(target).or_else(|| self.of_target.get(host));
        set.copied().or_else(|| Scenario::in_name(target)).or(self.of_all)
    }
}
