//! What holds for a run, and who said so.

use std::{fmt, path::PathBuf, time::Duration};

use shindan_report::Lang;
use wsc_model::Site;

use super::{
    Target,
    accept::{self, Accepted},
    file::{Defaults, File, Text, Texts},
    find::Found,
    target,
};
use crate::{
    args::{
        FailOn, HostPattern, IfBusy, Rescan, Wanted, at_least_one, choice, digits, host_pattern,
        percent, site, span, text, variable, wanted,
    },
    environment::Environment,
    failed::Failed,
};

/// Who set something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// An option of the command line.
    Flag(&'static str),
    /// A variable of the environment.
    Variable(&'static str),
    /// A line of a file.
    Line(PathBuf, usize),
    /// Nobody.
    Default,
}

/// A value, and who set it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Setting<T> {
    pub(crate) value: T,
    pub(crate) origin: Origin,
}

/// What the command line says.
#[derive(Clone, Debug, Default)]
pub(crate) struct Flags {
    pub(crate) fail_on: Option<FailOn>,
    pub(crate) min_coverage: Option<u32>,
    pub(crate) wait_timeout: Option<Duration>,
    pub(crate) if_busy: Option<IfBusy>,
    pub(crate) rescan: Option<Rescan>,
    pub(crate) reuse_within: Option<Duration>,
    pub(crate) max_parallel: Option<u64>,
    pub(crate) max_billable: Option<u64>,
    pub(crate) report_dir: Option<String>,
    pub(crate) profile: Option<String>,
}

/// Everything that holds for all targets, and the targets. What nobody has set and what has no default
/// is `None`.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) fail_on: Setting<FailOn>,
    /// Per cent.
    pub(crate) min_coverage: Setting<u32>,
    pub(crate) wait_timeout: Setting<Duration>,
    pub(crate) if_busy: Setting<IfBusy>,
    pub(crate) rescan: Setting<Rescan>,
    /// Zero reuses nothing.
    pub(crate) reuse_within: Setting<Duration>,
    pub(crate) max_parallel: Setting<u64>,
    pub(crate) max_billable_per_run: Option<Setting<u64>>,
    pub(crate) max_billable_per_day: Option<Setting<u64>>,
    /// Every list has to allow a host; without any nothing is forbidden.
    pub(crate) allowed_hosts: Vec<Setting<Vec<HostPattern>>>,
    pub(crate) profile: Option<Setting<String>>,
    pub(crate) site: Option<Setting<Site>>,
    pub(crate) user_env: Option<Setting<String>>,
    pub(crate) token_env: Option<Setting<String>>,
    pub(crate) report_dir: Option<Setting<String>>,
    pub(crate) report_lang: Option<Setting<Lang>>,
    pub(crate) report_formats: Option<Setting<Vec<Wanted>>>,
    pub(crate) targets: Vec<Target>,
    pub(crate) accepted: Vec<Accepted>,
}

/// How a setting is called outside of the files: its option, and its variables.
struct Key(&'static str, &'static [&'static str]);

const FAIL_ON: Key = Key("--fail-on", &["SHINDAN_FAIL_ON"]);
const MIN_COVERAGE: Key = Key("--min-coverage", &["SHINDAN_MIN_COVERAGE"]);
const WAIT_TIMEOUT: Key = Key("--wait-timeout", &["SHINDAN_WAIT_TIMEOUT"]);
const IF_BUSY: Key = Key("--if-busy", &["SHINDAN_IF_BUSY"]);
const RESCAN: Key = Key("--rescan", &["SHINDAN_RESCAN"]);
const REUSE_WITHIN: Key = Key("--reuse-within", &["SHINDAN_REUSE_WITHIN"]);
const MAX_PARALLEL: Key = Key("--max-parallel", &["SHINDAN_MAX_PARALLEL"]);
const PER_RUN: Key = Key("--max-billable", &["SHINDAN_MAX_BILLABLE_PER_RUN"]);
const PER_DAY: Key = Key("", &["SHINDAN_MAX_BILLABLE_PER_DAY"]);
const PROFILE: Key = Key("--profile", &["SHINDAN_PROFILE", "NCLOUD_PROFILE"]);
const SITE: Key = Key("", &["NCLOUD_SITE"]);
const REPORT_DIR: Key = Key("--report-dir", &["SHINDAN_REPORT_DIR"]);
const LANG: Key = Key("", &["SHINDAN_REPORT_LANG"]);
/// Only in files.
const FILES: Key = Key("", &[]);

/// How long the end of a scan is waited for if nobody says it.
pub(crate) const LONGEST_WAIT: Duration = Duration::from_secs(6 * 3_600);
const PARALLEL: u64 = 4;
/// What was not scanned does not pass.
pub(crate) const WHOLE: u32 = 100;

impl Settings {
    /// Puts the layers together. Everything is read, whether it is used or not: what is wrong is wrong
    /// wherever it stands.
    pub(crate) fn new(
        flags: Flags,
        environment: &Environment,
        found: &Found,
    ) -> Result<Self, Failed> {
        let all = Layers { environment, found };
        let defaults =
            |of: fn(&Defaults) -> &Option<Text>| move |file: &File| of(&file.defaults).clone();
        let fail_on = all.first(&FAIL_ON, flags.fail_on, defaults(|of| &of.fail_on), choice)?;
        let min_coverage =
            all.first(&MIN_COVERAGE, flags.min_coverage, defaults(|of| &of.min_coverage), percent)?;
        let wait_timeout =
            all.first(&WAIT_TIMEOUT, flags.wait_timeout, defaults(|of| &of.wait_timeout), span)?;
        let if_busy = all.first(&IF_BUSY, flags.if_busy, defaults(|of| &of.if_busy), choice)?;
        let rescan = all.first(&RESCAN, flags.rescan, defaults(|of| &of.rescan), choice)?;
        let reuse_within =
            all.first(&REUSE_WITHIN, flags.reuse_within, defaults(|of| &of.reuse_within), span)?;
        let max_parallel = all.first(
            &MAX_PARALLEL,
            flags.max_parallel,
            defaults(|of| &of.max_parallel),
            at_least_one,
        )?;
        Ok(Self {
            fail_on: fail_on.unwrap_or_default(),
            min_coverage: min_coverage.unwrap_or_else(|| Setting::unsaid(WHOLE)),
            wait_timeout: wait_timeout.unwrap_or_else(|| Setting::unsaid(LONGEST_WAIT)),
            if_busy: if_busy.unwrap_or_default(),
            rescan: rescan.unwrap_or_default(),
            reuse_within: reuse_within.unwrap_or_default(),
            max_parallel: max_parallel.unwrap_or_else(|| Setting::unsaid(PARALLEL)),
            max_billable_per_run: all.least(&PER_RUN, flags.max_billable, |file| {
                file.budget.max_billable_per_run.clone()
            })?,
            max_billable_per_day: all
                .least(&PER_DAY, None, |file| file.budget.max_billable_per_day.clone())?,
            allowed_hosts: all.lists(|file| file.scope.allowed_hosts.as_ref(), host_pattern)?,
            profile: all.first(
                &PROFILE,
                flags.profile,
                |file| file.services.wsc.profile.clone(),
                text,
            )?,
            site: all.first(&SITE, None, |file| file.services.wsc.site.clone(), site)?,
            user_env: all.first(
                &FILES,
                None,
                |file| file.services.vaddy.user_env.clone(),
                variable,
            )?,
            token_env: all.first(
                &FILES,
                None,
                |file| file.services.vaddy.token_env.clone(),
                variable,
            )?,
            report_dir: all.first(
                &REPORT_DIR,
                flags.report_dir,
                |file| file.reports.dir.clone(),
                text,
            )?,
            report_lang: all.first(&LANG, None, |file| file.reports.lang.clone(), lang)?,
            report_formats: all
                .lists(|file| file.reports.formats.as_ref(), wanted)?
                .into_iter()
                .next(),
            targets: found.project.as_ref().map_or(Ok(Vec::new()), target::all)?,
            accepted: found.project.as_ref().map_or(Ok(Vec::new()), accept::all)?,
        })
    }
}

impl<T: Copy> Setting<T> {
    /// What holds for a target that may say something itself: the command line and the variables come first.
    pub(crate) fn unless(&self, said: Option<T>) -> T {
        match self.origin {
            Origin::Flag(_) | Origin::Variable(_) => self.value,
            Origin::Line(..) | Origin::Default => said.unwrap_or(self.value),
        }
    }
}

impl<T> Setting<T> {
    fn unsaid(value: T) -> Self {
        Self { value, origin: Origin::Default }
    }
}

impl<T: Default> Default for Setting<T> {
    fn default() -> Self {
        Self::unsaid(T::default())
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(name) | Self::Variable(name) => f.write_str(name),
            Self::Line(path, line) => write!(f, "{}:{line}", path.display()),
            Self::Default => f.write_str("default"),
        }
    }
}

/// Where values may come from.
struct Layers<'a> {
    environment: &'a Environment,
    found: &'a Found,
}

impl Layers<'_> {
    /// What was said first.
    fn first<T>(
        &self,
        key: &Key,
        flag: Option<T>,
        of: impl Fn(&File) -> Option<Text>,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Option<Setting<T>>, Failed> {
        Ok(self.said(key, flag, of, read)?.into_iter().next())
    }

    /// The smallest of what was said: no layer loosens the limit of another one.
    fn least(
        &self,
        key: &Key,
        flag: Option<u64>,
        of: impl Fn(&File) -> Option<Text>,
    ) -> Result<Option<Setting<u64>>, Failed> {
        Ok(self.said(key, flag, of, digits)?.into_iter().min_by_key(|said| said.value))
    }

    /// Everything that was said, the strongest first.
    fn said<T>(
        &self,
        Key(option, variables): &Key,
        flag: Option<T>,
        of: impl Fn(&File) -> Option<Text>,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Vec<Setting<T>>, Failed> {
        let flag = flag.map(|value| Setting { value, origin: Origin::Flag(option) });
        let mut said = Vec::from_iter(flag);
        for name in *variables {
            let value = self.environment.read(&[name], &read)?;
            let origin = Origin::Variable(name);
            said.extend(value.map(|value| Setting { value, origin }));
        }
        for source in self.found.sources() {
            if let Some(value) = of(&source.file) {
                let origin = source.origin(&value.span());
                said.push(Setting { value: source.read_as(&value, &read)?, origin });
            }
        }
        Ok(said)
    }

    /// A list of each file that has one, the stronger one first.
    fn lists<T>(
        &self,
        of: impl Fn(&File) -> Option<&Texts>,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Vec<Setting<Vec<T>>>, Failed> {
        let mut said = Vec::new();
        for source in self.found.sources() {
            if let Some(list) = of(&source.file) {
                let origin = source.origin(&list.first().map_or(0..0, toml::Spanned::span));
                said.push(Setting { value: source.all_as(list, &read)?, origin });
            }
        }
        Ok(said)
    }
}

fn lang(text: &str) -> Result<Lang, String> {
    text.parse().map_err(str::to_owned)
}
