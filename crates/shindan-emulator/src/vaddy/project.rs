use shindan_proto::Timestamp;
use vaddy_model::{Crawl, CrawlDeleted, CrawlId, CrawlPage, Sort, VaddyFault};

use super::{Service, texts};
use crate::{
    clock::utc,
    numbers::number,
    plot::{Plot, Scene},
};

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
    /// Crawls that are there no more.
    deleted: Vec<CrawlId>,
    /// Whether a key was registered for the tunnel to its host.
    pub(super) has_tunnel: bool,
    /// When it was named, counted in all names.
    named: u64,
}

/// Which crawls are asked for.
pub(super) struct Search {
    pub(super) label: Option<String>,
    pub(super) page: Option<u64>,
    pub(super) sort: Option<Sort>,
}

/// Projects whose name begins like this do not exist.
const UNKNOWN: &str = "unknown-";

/// How many projects are kept. One that is forgotten comes back when it is named, with all of its crawls.
const KEPT: usize = 1_000;

/// How long a name is, in bytes: as long as a host's at most.
const LONGEST: usize = 253;

/// A number has at most this many digits, as in the vendor's examples.
const NUMBERS: u64 = 9_999;

/// Each project's crawls have so many numbers of their own.
const CRAWLS: CrawlId = 10;

/// How long before the emulator's start the first crawl was recorded, and for how long each, in ms.
const RECORDED_MS: i64 = 3_600_000;
const RECORDING_MS: i64 = 1_200_000;

impl Service {
    /// A project, which comes into being when it is first named.
    pub(super) fn project(&mut self, name: &Name) -> Result<&mut Project, VaddyFault> {
        let text = name.text();
        if text.starts_with(UNKNOWN) || text.len() > LONGEST {
            return Err(texts::no_such_project());
        }
        if !self.projects.contains_key(name) {
            self.make_room();
            let project = self.new_project(text);
            self.projects.insert(name.clone(), project);
        }
        self.named += 1;
        let project = self.projects.get_mut(name).expect("it was there or has just been inserted");
        project.named = self.named;
        Ok(project)
    }

    pub(super) fn crawls(
        &mut self,
        name: &Name,
        search: &Search,
        scene: &Scene,
    ) -> Result<CrawlPage, VaddyFault> {
        let opened = self.opened;
        let mut found = self.project(name)?.crawls(opened, &scene.plot());
        let label = search.label.as_deref().unwrap_or_default();
        found.retain(|crawl| crawl.label.as_deref().unwrap_or_default().contains(label));
        if search.sort != Some(Sort::Asc) {
            found.reverse();
        }
        let (total, page) = (found.len() as u64, search.page.unwrap_or(1));
        let skipped = page.saturating_sub(1).saturating_mul(CrawlPage::LIMIT);
        let rest = found.into_iter().skip(skipped.try_into().unwrap_or(usize::MAX));
        let most = CrawlPage::LIMIT.try_into().unwrap_or(usize::MAX);
        let items = if page == 0 { Vec::new() } else { rest.take(most).collect() };
        Ok(CrawlPage::new(total, page, items))
    }

    /// The name of the project with this number.
    pub(super) fn name_of(&self, number: &str) -> Option<String> {
        let number: u64 = number.parse().ok()?;
        let (name, _) = self.projects.iter().find(|(_, project)| project.number == number)?;
        Some(name.text().to_owned())
    }

    pub(crate) fn project_number(&mut self, project_id: &str) -> Option<u64> {
        self.project(&Name::Id(project_id.to_owned())).ok().map(|project| project.number)
    }

    pub(super) fn delete_crawl(
        &mut self,
        project_number: u64,
        crawl_id: CrawlId,
        scene: &Scene,
    ) -> Result<CrawlDeleted, VaddyFault> {
        let (opened, plot) = (self.opened, scene.plot());
        let recorded = |project: &&mut Project| {
            project.crawls(opened, &plot).iter().any(|crawl| crawl.id == crawl_id)
        };
        let owner = self.projects.values_mut().find(recorded);
        let owner = owner.ok_or_else(texts::crawl_not_found)?;
        if owner.number != project_number {
            return Err(texts::not_match_project());
        }
        owner.deleted.push(crawl_id);
        Ok(CrawlDeleted::new())
    }

    /// Forgets the project that was not named for the longest time, if there are too many.
    fn make_room(&mut self) {
        if self.projects.len() == KEPT {
            let oldest = self.projects.iter().min_by_key(|(_, project)| project.named);
            let oldest = oldest.map(|(name, _)| name.clone());
            self.projects.remove(&oldest.expect("there are projects"));
        }
    }

    fn new_project(&self, name: &str) -> Project {
        // Two names with the same number would share a list of results, so the next free one is taken.
        let first = number(self.seed, name) % NUMBERS;
        let taken = |number: &u64| self.projects.values().any(|project| project.number == *number);
        let mut numbers = (first..).map(|number| number + 1);
        let number = numbers.find(|number| !taken(number)).expect("numbers do not end");
        Project { number, deleted: Vec::new(), has_tunnel: false, named: 0 }
    }
}

impl Name {
    pub(super) fn text(&self) -> &str {
        let (Self::Fqdn(text) | Self::Id(text)) = self;
        text
    }
}

impl Project {
    /// Its recorded crawls, oldest first.
    pub(super) fn crawls(&self, opened: Timestamp, plot: &Plot) -> Vec<Crawl> {
        let numbers = (0..plot.crawls).map(|nth| (nth, self.number * CRAWLS + nth));
        let left = numbers.filter(|(_, id)| !self.deleted.contains(id));
        let crawl = |(nth, id): (u64, CrawlId)| {
            let begun = opened.plus_ms(RECORDING_MS * nth.cast_signed() - RECORDED_MS);
            let mut crawl = Crawl::new(id);
            crawl.label = Some(match nth {
                0 => format!("login and cart{}", plot.note),
                nth => format!("login and cart, recording {}{}", nth + 1, plot.note),
            });
            crawl.start = Some(utc(begun));
            crawl.end = Some(utc(begun.plus_ms(RECORDING_MS)));
            crawl
        };
        left.map(crawl).collect()
    }
}
