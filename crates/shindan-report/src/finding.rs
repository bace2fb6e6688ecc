use core::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, de};

use crate::Untrusted;

/// Something that a scan has found: at one place, or all that it tells of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Finding {
    /// The same for the same finding in another run.
    pub fingerprint: Fingerprint,
    /// What kind it is.
    pub rule: Rule,
    /// How bad it is.
    pub severity: Severity,
    /// How many it stands for. If its place is known, 1, or as many as have the same fingerprint: then the place is
    /// that of the first.
    pub count: u64,
    /// The HTTP method, if it is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<Untrusted>,
    /// The URL, if it is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<Untrusted>,
    /// The parameter, if it is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameter: Option<Untrusted>,
    /// What the service advises.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub advice: Option<Untrusted>,
    /// Whether somebody has accepted it.
    pub standing: Standing,
    /// Whether the scan before did not have it; `None` if there is none to compare with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_new: Option<bool>,
    /// The file of the project where it is shown, if it is not that of its target.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
}

impl Finding {
    /// One of this kind, at no known place, open.
    pub fn new(fingerprint: Fingerprint, rule: Rule, severity: Severity) -> Self {
        Self {
            fingerprint,
            rule,
            severity,
            count: 1,
            method: None,
            url: None,
            parameter: None,
            advice: None,
            standing: Standing::Open,
            is_new: None,
            place: None,
        }
    }
}

impl Finding {
    pub(crate) fn for_each_text(&mut self, change: &mut impl FnMut(&mut String)) {
        let Self { method, url, parameter, advice, .. } = self;
        self.rule.title.change(change);
        let texts = [method, url, parameter, advice].into_iter().flatten();
        texts.for_each(|text| text.change(change));
        if let Standing::Accepted(by) | Standing::Expired(by) = &mut self.standing {
            [&mut by.reason, &mut by.owner].into_iter().for_each(change);
        }
    }
}

/// How bad a finding is, as the service rates it; the worst comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Severity {
    /// High risk.
    High,
    /// Medium risk.
    Medium,
    /// Low risk.
    Low,
    /// The service does not say; VAddy never does.
    Unrated,
}

impl Severity {
    /// All of them, the worst first.
    pub const ALL: [Self; 4] = [Self::High, Self::Medium, Self::Low, Self::Unrated];

    /// One word, never translated.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
            Self::Unrated => "unrated",
        }
    }
}

/// A kind of vulnerability.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Rule {
    /// `wsc/sql-injection`: lowercase letters, digits, `-` and one `/`. It never changes and is never translated.
    pub id: String,
    /// Its name in English, if we know the vendor's title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The vendor's title, in whatever language it came.
    pub title: Untrusted,
    /// Its number in the Common Weakness Enumeration, if we know the vendor's title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cwe: Option<u32>,
}

impl Rule {
    /// Puts it together, without a CWE.
    pub fn new(id: impl Into<String>, name: Option<String>, title: Untrusted) -> Self {
        Self { id: id.into(), name, title, cwe: None }
    }
}

/// Names a finding across runs: 16 hex digits.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// The 16 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Fingerprint {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        if text.len() == 16 && text.bytes().all(is_hex) {
            Ok(Self(text.to_owned()))
        } else {
            Err("a fingerprint has 16 digits, 0 to 9 and a to f")
        }
    }
}

impl FromStr for Severity {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is = |severity: &Self| severity.as_str() == text;
        Self::ALL.into_iter().find(is).ok_or("it is none of: high, medium, low, unrated")
    }
}

impl<'de> Deserialize<'de> for Fingerprint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}

/// Whether somebody has accepted a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "lowercase")]
#[non_exhaustive]
pub enum Standing {
    /// Nobody has.
    Open,
    /// Somebody has, and it still holds.
    Accepted(Acceptance),
    /// Somebody had, but the day is over, or there are more of them or they are worse now: it counts like an open one.
    Expired(Acceptance),
}

/// A finding that somebody answers for, as the project's file has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Acceptance {
    /// Which finding.
    pub fingerprint: Fingerprint,
    /// Of which target; `None` is all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// How many at most, where the service tells only a number.
    pub count: u64,
    /// How bad it may be; `None` is as bad as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// The last day on which it holds.
    pub until: Day,
}

impl Acceptance {
    /// One finding, of every target.
    pub fn new(
        fingerprint: Fingerprint,
        reason: impl Into<String>,
        owner: impl Into<String>,
        until: Day,
    ) -> Self {
        Self {
            fingerprint,
            target: None,
            count: 1,
            severity: None,
            reason: reason.into(),
            owner: owner.into(),
            until,
        }
    }
}

/// A day of the Gregorian calendar: `2027-01-31`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Day(String);

impl Day {
    /// `YYYY-MM-DD`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Day {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const WRONG: &str = "a day is written like 2027-01-31";
        let digits = |part: &str, len: usize| {
            let well = part.len() == len && part.bytes().all(|b| b.is_ascii_digit());
            well.then(|| part.parse::<u32>().ok()).flatten().ok_or(WRONG)
        };
        let mut parts = text.splitn(3, '-').map(str::to_owned);
        let mut next = |len| digits(&parts.next().unwrap_or_default(), len);
        let (year, month, day) = (next(4)?, next(2)?, next(2)?);
        let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let days = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if is_leap => 29,
            2 => 28,
            _ => 0,
        };
        if (1..=days).contains(&day) { Ok(Self(text.to_owned())) } else { Err(WRONG) }
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A line of a file of the project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Place {
    /// Relative to the root of the project, with `/`.
    pub file: String,
    /// From 1.
    pub line: u32,
}

impl Place {
    /// Puts it together.
    pub fn new(file: impl Into<String>, line: u32) -> Self {
        Self { file: file.into(), line }
    }
}
