//! What a scenario means: the facts that both services read. What is not said here is as usual.

use shindan_proto::Timestamp;

use crate::{Clock, Lang, Scenario, answers::Answers, clock::SCAN_MS};

/// What a request meets.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scene {
    /// The emulator's time.
    pub(crate) at: Timestamp,
    pub(crate) clock: Clock,
    /// That of the job, scan or target which the request names, or the one for all.
    pub(crate) scenario: Option<Scenario>,
    /// How this request is refused, if its service can do that.
    pub(crate) refusal: Option<Refusal>,
}

impl Scene {
    pub(crate) fn plot(&self) -> Plot {
        Plot::of(self.scenario)
    }
}

/// The facts of a job, a scan or a target.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plot {
    pub(crate) pace: Pace,
    /// When it breaks down, in ms of its usual time. WSC names a cause; VAddy has the word for a canceled one.
    pub(crate) fails_at: Option<i64>,
    /// Per cent that are scanned.
    pub(crate) complete: u32,
    /// High, medium and low findings; otherwise their number depends on the target's name.
    pub(crate) found: Option<[u64; 3]>,
    /// Titles of what WSC has looked for; otherwise what it was asked for.
    pub(crate) titles: &'static [&'static str],
    /// Stands at the end of memos, labels, reasons and parameters.
    pub(crate) note: &'static str,
    pub(crate) lang: Option<Lang>,
    /// Whether WSC sends numbers while a job runs.
    pub(crate) counts_early: bool,
    /// Whether createJob may name the job.
    pub(crate) names_created: bool,
    pub(crate) report: ReportState,
    pub(crate) rescan: Rescan,
    /// How many crawls were recorded.
    pub(crate) crawls: u64,
    /// Whether a scan that nobody here has started runs in the project.
    pub(crate) busy: bool,
    pub(crate) refusals: Refusals,
    /// How far the service's clock is ahead, in ms.
    pub(crate) ahead_ms: i64,
    pub(crate) answers: Answers,
}

/// How fast a job or scan gets on.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Pace {
    Usual,
    /// It takes ten times as long.
    Slow,
    /// It waits for the first half of its time. That VAddy's scans wait cannot be seen.
    Queue,
    /// It never ends.
    Stuck,
}

/// What can be read of a finished job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ReportState {
    Whole,
    CountsOnly,
    /// The first three reads fail.
    Late,
    Expired,
}

/// Whether a finished job may be repeated without a charge.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Rescan {
    /// Twice within 60 days.
    Usual,
    Always,
    Expired,
    UsedUp,
}

/// Which requests are refused, and how.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Refusals {
    None,
    All(Refusal),
    /// Every second one is throttled.
    Throttle,
    /// Every third one fails: by turns it does not reach the service, or its answer does not come back.
    Flaky,
}

/// A service says no. What it has no words for does not happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The credentials are wrong.
    Credentials,
    /// They may not do this.
    Permission,
    /// The service is not subscribed to.
    Subscription,
    /// The account cannot be verified, at a start.
    Account,
    /// The target cannot be reached, at a start.
    Target,
    Quota,
    Throttled,
    /// It has not reached the service.
    Unavailable,
    /// The service has acted, but its answer did not come in time.
    TimedOut,
}

const KOREAN: &[&str] = &["크로스 사이트 스크립팅(XSS)", "SQL 인젝션", "SSI 인젝션"];
const UNICODE: &[&str] = &[
    "Ünïcôdé",
    "e\u{301}\u{323} क्षि ที่",
    "취약점 脆弱性 ぜい弱性",
    "ثغرة פרצה",
    "👩\u{200d}👩\u{200d}👧 ＦＵＬＬ 𝕏𝕊𝕊 🇰🇷",
];
const INJECTION: &[&str] = &[
    "::error file=a.rs::injected",
    "\u{1b}[31mred\u{1b}[0m\u{1b}]0;title\u{7}",
    "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    "\u{202e}fdp.exe\u{2066}",
    "a\r\n::set-output name=a::b",
    "](javascript:alert(1)) | `${{ secrets.A }}`",
];

impl Plot {
    const USUAL: Self = Self {
        pace: Pace::Usual,
        fails_at: None,
        complete: 100,
        found: None,
        titles: &[],
        note: "",
        lang: None,
        counts_early: false,
        names_created: true,
        report: ReportState::Whole,
        rescan: Rescan::Usual,
        crawls: 1,
        busy: false,
        refusals: Refusals::None,
        ahead_ms: 0,
        answers: Answers::Usual,
    };

    pub(crate) fn of(scenario: Option<Scenario>) -> Self {
        let usual = Self::USUAL;
        let found = Some([2, 3, 4]);
        let Some(scenario) = scenario else { return usual };
        match scenario {
            Scenario::Clean => Self { found: Some([0; 3]), ..usual },
            Scenario::Findings => Self { found, titles: KOREAN, ..usual },
            Scenario::Many => Self { found: Some([300, 900, 1_800]), ..usual },
            // Nothing was found, so that only what is missing can stop a gate.
            Scenario::Incomplete => Self { complete: 63, found: Some([0; 3]), ..usual },
            Scenario::Canceled => Self { fails_at: Some(SCAN_MS / 2), ..usual },
            Scenario::CrawlFailed => Self { fails_at: Some(SCAN_MS / 10), ..usual },
            Scenario::Stuck => Self { pace: Pace::Stuck, ..usual },
            Scenario::Slow => Self { pace: Pace::Slow, ..usual },
            Scenario::Busy => Self { busy: true, ..usual },
            Scenario::NoCrawl => Self { crawls: 0, ..usual },
            Scenario::AmbiguousCrawl => Self { crawls: 3, ..usual },
            Scenario::Queue => Self { pace: Pace::Queue, ..usual },
            Scenario::ReportLate => Self { report: ReportState::Late, ..usual },
            Scenario::ReportExpired => Self { report: ReportState::Expired, ..usual },
            Scenario::AuthBad => Self::refusing(Refusal::Credentials),
            Scenario::Permission => Self::refusing(Refusal::Permission),
            Scenario::ClockSkew => Self { ahead_ms: 360_000, ..usual },
            Scenario::Quota => Self::refusing(Refusal::Quota),
            Scenario::Throttle => Self { refusals: Refusals::Throttle, ..usual },
            Scenario::Flaky => Self { refusals: Refusals::Flaky, ..usual },
            Scenario::ErrorIn200 => {
                Self { answers: Answers::ErrorsIn200, ..Self::refusing(Refusal::Account) }
            }
            Scenario::NotSubscribed => Self::refusing(Refusal::Subscription),
            Scenario::ExternalServer => Self::refusing(Refusal::Target),
            Scenario::Garbage => Self { answers: Answers::Garbage, ..usual },
            Scenario::Truncated => Self { answers: Answers::Truncated, ..usual },
            Scenario::Reset => Self { answers: Answers::Reset, ..usual },
            Scenario::FreeRescan => Self { rescan: Rescan::Always, ..usual },
            Scenario::RescanExpired => Self { rescan: Rescan::Expired, ..usual },
            Scenario::RescanUsedUp => Self { rescan: Rescan::UsedUp, ..usual },
            Scenario::CreateEmpty => Self { names_created: false, ..usual },
            Scenario::LangKo => Self { lang: Some(Lang::Ko), ..usual },
            Scenario::LangJa => Self { lang: Some(Lang::Ja), ..usual },
            Scenario::LangEn => Self { lang: Some(Lang::En), ..usual },
            Scenario::NullProgress => Self { counts_early: false, ..usual },
            Scenario::Percent => Self { counts_early: true, ..usual },
            Scenario::ReportCountsOnly => Self { report: ReportState::CountsOnly, found, ..usual },
            Scenario::Unicode => {
                Self {
                    found, titles: UNICODE, note: " Ünï 취약 ثغرة 👩\u{200d}👧", ..usual
                }
            }
            Scenario::Injection => Self {
                found,
                titles: INJECTION,
                note: "\n::error::injected \u{1b}[31m<script>alert(1)</script>\u{202e}\r\n=cmd|'/C calc'!A0",
                ..usual
            },
            Scenario::SchemaDrift => Self { found, answers: Answers::Drifted, ..usual },
        }
    }

    fn refusing(refusal: Refusal) -> Self {
        Self { refusals: Refusals::All(refusal), ..Self::USUAL }
    }
}

impl Pace {
    /// How long after its beginning that happens which usually happens so many ms after it.
    pub(crate) fn after(self, usual_ms: i64) -> i64 {
        match self {
            Self::Slow => usual_ms * 10,
            Self::Queue => i64::midpoint(SCAN_MS, usual_ms),
            Self::Stuck if usual_ms == SCAN_MS => i64::MAX,
            Self::Usual | Self::Stuck => usual_ms,
        }
    }
}

impl Refusals {
    /// How a request is refused; `turns` counts those that might be.
    pub(crate) fn next(self, turns: &mut u64) -> Option<Refusal> {
        let (every, refusal) = match self {
            Self::None => return None,
            Self::All(refusal) => return Some(refusal),
            Self::Throttle => (2, Refusal::Throttled),
            Self::Flaky if *turns % 6 < 3 => (3, Refusal::Unavailable),
            Self::Flaky => (3, Refusal::TimedOut),
        };
        *turns += 1;
        turns.is_multiple_of(every).then_some(refusal)
    }
}
