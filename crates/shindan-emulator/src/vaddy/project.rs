use vaddy_model::{Crawl, CrawlDeleted, CrawlId, CrawlPage, VaddyFault};

use super::{Service, texts};
use crate::{clock::utc, numbers::number};

/// What a project is called by a client.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Name {
    /// A `v1` project. Its verification code is not looked at: most clients send none.
    Fqdn(String),
    /// A `v2` project.
    Id(String),
}

#[derive(Clone, Debug)]
pub(super) struct Project {
    pub(super) number: u64,
    pub(super) crawl: Option<Crawl>,
}

/// Projects whose name begins like this do not exist.
const UNKNOWN: &str = "unknown-";

/// A number has at most this many digits, as in the vendor's examples.
const NUMBERS: u64 = 9_999;

/// How long before the emulator's start a crawl was recorded, and for how long, in ms.
const RECORDED_MS: i64 = 3_600_000;
const RECORDING_MS: i64 = 1_200_000;

impl Service {
    /// A project, which comes into being when it is first named.
    pub(super) fn project(&mut self, name: &Name) -> Result<&mut Project, VaddyFault> {
        let (Name::Fqdn(text) | Name::Id(text)) = name;
        if text.starts_with(UNKNOWN) {
            return Err(texts::no_such_project());
        }
        if !self.projects.contains_key(name) {
            let project = self.new_project(text);
            self.projects.insert(name.clone(), project);
        }
        Ok(self.projects.get_mut(name).expect("it was there or has just been inserted"))
    }

    pub(super) fn crawls(
        &mut self,
        name: &Name,
        label: Option<&str>,
        page: Option<u64>,
    ) -> Result<CrawlPage, VaddyFault> {
        let matches = |crawl: &&Crawl| {
            crawl.label.as_deref().unwrap_or_default().contains(label.unwrap_or_default())
        };
        let found: Vec<Crawl> =
            self.project(name)?.crawl.as_ref().filter(matches).cloned().into_iter().collect();
        let (total, page) = (found.len() as u64, page.unwrap_or(1));
        Ok(CrawlPage::new(total, page, if page == 1 { found } else { Vec::new() }))
    }

    pub(crate) fn project_number(&mut self, project_id: &str) -> Option<u64> {
        self.project(&Name::Id(project_id.to_owned())).ok().map(|project| project.number)
    }

    pub(super) fn delete_crawl(
        &mut self,
        project_number: u64,
        crawl_id: CrawlId,
    ) -> Result<CrawlDeleted, VaddyFault> {
        let recorded = |crawl: &Crawl| crawl.id == crawl_id;
        let owner = self.projects.values_mut().find(|p| p.crawl.as_ref().is_some_and(recorded));
        let owner = owner.ok_or_else(texts::crawl_not_found)?;
        if owner.number != project_number {
            return Err(texts::not_match_project());
        }
        owner.crawl = None;
        Ok(CrawlDeleted::new())
    }

    fn new_project(&self, name: &str) -> Project {
        // Two names with the same number would share a list of results, so the next free one is taken.
        let first = number(self.seed, name) % NUMBERS;
        let taken = |number: &u64| self.projects.values().any(|project| project.number == *number);
        let mut numbers = (first..).map(|number| number + 1);
        let number = numbers.find(|number| !taken(number)).expect("numbers do not end");
        let mut crawl = Crawl::new(number * 10);
        crawl.label = Some("login and cart".to_owned());
        crawl.start = Some(utc(self.opened.plus_ms(-RECORDED_MS)));
        crawl.end = Some(utc(self.opened.plus_ms(RECORDING_MS - RECORDED_MS)));
        Project { number, crawl: Some(crawl) }
    }
}
