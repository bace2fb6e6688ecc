//! What is scanned, and under which conditions.

use std::{collections::BTreeMap, time::Duration};

use shindan_proto::VaddyProject;
use shindan_report::Day;
use vaddy_model::ScanType;
use wsc_model::{Speed, UserAgent};

use super::{
    Origin, Source,
    accept::day,
    file::{self, Text, Texts},
};
use crate::{
    args::{
        CrawlChoice, FailOn, IfBusy, Rescan, choice, crawl, digits, host, known, percent,
        project_path, scan_type, site_url, span, text, variable,
    },
    failed::Failed,
    project,
};

/// A target of the project's file. What it does not say, the settings for all say.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) name: String,
    pub(crate) origin: Origin,
    pub(crate) what: What,
    pub(crate) stage: Option<Stage>,
    pub(crate) tags: Vec<String>,
    pub(crate) owner: Option<String>,
    pub(crate) fail_on: Option<FailOn>,
    /// Per cent.
    pub(crate) min_coverage: Option<u32>,
    pub(crate) wait_timeout: Option<Duration>,
    pub(crate) if_busy: Option<IfBusy>,
    pub(crate) reuse_within: Option<Duration>,
    /// Where in the project a path of the site is made: a path or, with `/**`, all below it, and a file.
    pub(crate) routes: BTreeMap<String, String>,
}

/// What a service is asked for.
#[derive(Clone, Debug)]
pub(crate) enum What {
    /// A diagnosis of WSC.
    Wsc(Site),
    /// A scan of VAddy.
    Vaddy(Project),
}

/// A site that WSC diagnoses, and how. What it does not say is as the vendor has it.
#[derive(Clone, Debug)]
pub(crate) struct Site {
    pub(crate) url: String,
    pub(crate) exclude: Vec<String>,
    pub(crate) vuln_items: Vec<String>,
    pub(crate) user_agent: Option<UserAgent>,
    pub(crate) speed: Option<Speed>,
    pub(crate) rescan: Option<Rescan>,
    /// A note that the lists of jobs show; no file has one.
    pub(crate) memo: Option<String>,
    /// Headers of the scanner, and the variables with their values.
    pub(crate) header_env: BTreeMap<String, String>,
}

/// A project that VAddy scans, and how.
#[derive(Clone, Debug)]
pub(crate) struct Project {
    /// Its verification code stands in no file.
    pub(crate) id: VaddyProject,
    pub(crate) verification_code_env: Option<String>,
    pub(crate) number: Option<u64>,
    pub(crate) crawl: Option<CrawlChoice>,
    pub(crate) scan_type: Vec<ScanType>,
    /// How many alerts are accepted, and until when.
    pub(crate) max_alerts: Option<(u64, Day)>,
}

impl Target {
    /// One that stands in no file.
    pub(crate) fn described(name: String, what: What) -> Self {
        Self {
            name,
            origin: Origin::Default,
            what,
            stage: None,
            tags: Vec::new(),
            owner: None,
            fail_on: None,
            min_coverage: None,
            wait_timeout: None,
            if_busy: None,
            reuse_within: None,
            routes: BTreeMap::new(),
        }
    }

    /// The host that is scanned, as far as it is known here.
    pub(crate) fn host(&self) -> Option<String> {
        match &self.what {
            What::Wsc(site) => Some(site.url.parse::<http::Uri>().ok()?.host()?.to_owned()),
            What::Vaddy(project) => match &project.id {
                VaddyProject::V1 { fqdn, .. } => {
                    Some(fqdn.split(':').next().unwrap_or_default().to_owned())
                }
                VaddyProject::V2 { .. } => None,
            },
        }
    }

    /// What is scanned: targets that share it are scanned one after the other.
    pub(crate) fn subject(&self) -> &str {
        match &self.what {
            What::Wsc(site) => &site.url,
            What::Vaddy(project) => project::name(&project.id),
        }
    }

    /// How it is shown to somebody who is asked about it.
    pub(crate) fn title(&self) -> String {
        self.host().unwrap_or_else(|| self.subject().to_owned())
    }

    /// What it is and who answers for it, in a few words.
    pub(crate) fn summary(&self) -> String {
        let owner = self.owner.as_ref().map_or_else(String::new, |owner| format!(", {owner}"));
        format!("{} {}{owner}", self.service(), self.subject())
    }

    /// The service's name.
    pub(crate) fn service(&self) -> &'static str {
        match &self.what {
            What::Wsc(_) => "wsc",
            What::Vaddy(_) => "vaddy",
        }
    }
}

/// What a target is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Stage {
    /// People use it.
    Production,
    /// Like production, but nobody uses it.
    Staging,
    /// For tests.
    Test,
    /// For those who develop it.
    Development,
}

/// All targets of a file, by name.
pub(super) fn all(source: &Source) -> Result<Vec<Target>, Failed> {
    let targets = source.file.targets.iter();
    targets.map(|(name, said)| Table { source, name, said }.read()).collect()
}

/// One target's table.
struct Table<'a> {
    source: &'a Source,
    name: &'a str,
    said: &'a toml::Spanned<file::Target>,
}

impl Table<'_> {
    fn read(&self) -> Result<Target, Failed> {
        let (source, table) = (self.source, self.said.get_ref());
        text(self.name).map_err(|why| self.wrong(why))?;
        let service = table.service.as_ref().ok_or_else(|| {
            self.wrong(r#"it has no service; say service = "wsc" or service = "vaddy""#)
        })?;
        let what = match &*service.get_ref().0 {
            "wsc" => What::Wsc(self.wsc()?),
            "vaddy" => What::Vaddy(self.vaddy()?),
            _ => return Err(source.wrong(service.span(), "it is none of: wsc, vaddy")),
        };
        Ok(Target {
            name: self.name.to_owned(),
            origin: source.origin(&self.said.span()),
            what,
            stage: self.one(table.environment.as_ref(), choice)?,
            tags: self.several(table.tags.as_ref(), text)?,
            owner: self.one(table.owner.as_ref(), text)?,
            fail_on: self.one(table.fail_on.as_ref(), choice)?,
            min_coverage: self.one(table.min_coverage.as_ref(), percent)?,
            wait_timeout: self.one(table.wait_timeout.as_ref(), span)?,
            if_busy: self.one(table.if_busy.as_ref(), choice)?,
            reuse_within: self.one(table.reuse_within.as_ref(), span)?,
            routes: self.routes()?,
        })
    }

    fn routes(&self) -> Result<BTreeMap<String, String>, Failed> {
        let mut routes = BTreeMap::new();
        for (path, file) in self.said.get_ref().routes.iter().flatten() {
            if !path.starts_with('/') || path.trim_end_matches("/**").contains('*') {
                let why = "a route is a path like /search, or /api/** for all below it";
                return Err(self.source.wrong(file.span(), why));
            }
            routes.insert(path.clone(), self.source.read_as(file, project_path)?);
        }
        Ok(routes)
    }

    /// No number without a last day: what is accepted is accepted until somebody has to look again.
    fn max_alerts(&self) -> Result<Option<(u64, Day)>, Failed> {
        let table = self.said.get_ref();
        let most = self.one(table.max_alerts.as_ref(), digits)?;
        let until = self.one(table.max_alerts_until.as_ref(), day)?;
        match (most, until) {
            (Some(most @ 1..), Some(until)) => Ok(Some((most, until))),
            (Some(1..), None) => Err(self.wrong(
                "max-alerts needs max-alerts-until, the last day on which so many are accepted",
            )),
            (None, Some(_)) => Err(self.wrong("max-alerts-until goes with max-alerts")),
            (Some(0) | None, _) => Ok(None),
        }
    }

    fn wsc(&self) -> Result<Site, Failed> {
        let table = self.said.get_ref();
        let of_vaddy = [
            ("project-id", table.project_id.is_some()),
            ("fqdn", table.fqdn.is_some()),
            ("verification-code-env", table.verification_code_env.is_some()),
            ("project-number", table.project_number.is_some()),
            ("crawl", table.crawl.is_some()),
            ("scan-type", table.scan_type.is_some()),
            ("max-alerts", table.max_alerts.is_some()),
            ("max-alerts-until", table.max_alerts_until.is_some()),
        ];
        self.without("vaddy", &of_vaddy)?;
        let url = self.one(table.url.as_ref(), site_url)?;
        let mut header_env = BTreeMap::new();
        for (header, from) in table.header_env.iter().flatten() {
            http::HeaderName::try_from(header.as_str())
                .map_err(|_| self.source.wrong(from.span(), "that is no name of a header"))?;
            header_env.insert(header.clone(), self.source.read_as(from, variable)?);
        }
        Ok(Site {
            url: url.ok_or_else(|| self.wrong("it has no url"))?,
            exclude: self.several(table.exclude.as_ref(), site_url)?,
            vuln_items: self.several(table.vuln_items.as_ref(), text)?,
            user_agent: self.one(table.user_agent.as_ref(), |text| {
                known(text, UserAgent::is_known, UserAgent::KNOWN)
            })?,
            speed: self
                .one(table.speed.as_ref(), |text| known(text, Speed::is_known, Speed::KNOWN))?,
            rescan: self.one(table.rescan.as_ref(), choice)?,
            memo: None,
            header_env,
        })
    }

    fn vaddy(&self) -> Result<Project, Failed> {
        let table = self.said.get_ref();
        let of_wsc = [
            ("url", table.url.is_some()),
            ("exclude", table.exclude.is_some()),
            ("vuln-items", table.vuln_items.is_some()),
            ("user-agent", table.user_agent.is_some()),
            ("speed", table.speed.is_some()),
            ("rescan", table.rescan.is_some()),
            ("header-env", table.header_env.is_some()),
            ("routes", table.routes.is_some()),
        ];
        self.without("wsc", &of_wsc)?;
        let code = self.one(table.verification_code_env.as_ref(), variable)?;
        let id = match (
            self.one(table.fqdn.as_ref(), host)?,
            self.one(table.project_id.as_ref(), text)?,
        ) {
            (Some(_), Some(_)) => {
                return Err(self.wrong(
                    "fqdn names a v1 project and project-id a v2 project; keep one of them",
                ));
            }
            (Some(fqdn), None) => VaddyProject::V1 { fqdn, verification_code: None },
            (None, Some(_)) if code.is_some() => {
                return Err(self.wrong("verification-code-env goes with fqdn"));
            }
            (None, Some(project_id)) => VaddyProject::V2 { project_id },
            (None, None) => return Err(self.wrong("it has neither a project-id nor an fqdn")),
        };
        Ok(Project {
            id,
            verification_code_env: code,
            number: self.one(table.project_number.as_ref(), digits)?,
            crawl: self.one(table.crawl.as_ref(), crawl)?,
            scan_type: self.several(table.scan_type.as_ref(), scan_type)?,
            max_alerts: self.max_alerts()?,
        })
    }

    fn one<T>(
        &self,
        value: Option<&Text>,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Option<T>, Failed> {
        value.map(|value| self.source.read_as(value, read)).transpose()
    }

    fn several<T>(
        &self,
        values: Option<&Texts>,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Vec<T>, Failed> {
        values.map_or(Ok(Vec::new()), |values| self.source.all_as(values, read))
    }

    /// A key of the other service is not ignored.
    fn without(&self, service: &str, keys: &[(&str, bool)]) -> Result<(), Failed> {
        keys.iter().find(|(_, is_said)| *is_said).map_or(Ok(()), |(key, _)| {
            Err(self.wrong(format!("{key} is for targets of {service}")))
        })
    }

    fn wrong(&self, why: impl std::fmt::Display) -> Failed {
        self.source.wrong(self.said.span(), format!("target {}: {why}", self.name))
    }
}
