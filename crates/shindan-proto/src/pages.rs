use shindan_wire::Endpoint;
use vaddy_model::{Crawl, CrawlPage, v1, v2};
use wsc_model::{GetJobs, Job, JobPage, SearchJobs};

/// No list is read further than this, whatever the server says.
pub(crate) const MOST_PAGES: u32 = 1_000;

/// An operation that answers one page of a list.
///
/// The next page is computed from our own page number, so that no answer can make a reader loop:
/// `while let Some(op) = next { let page = ...; next = op.next(&page); }`
pub trait Paged: Endpoint {
    /// What is listed.
    type Item;

    /// The request for the page after this one, or `None` after the last one.
    fn next(&self, page: &Self::Response) -> Option<Self>;

    /// What is on a page.
    fn items(page: Self::Response) -> Vec<Self::Item>;
}

impl Paged for GetJobs {
    type Item = Job;

    fn next(&self, page: &Self::Response) -> Option<Self> {
        Some(Self::new(self.limit, jobs_after(self.page, self.limit, &page.resources)?))
    }

    fn items(page: Self::Response) -> Vec<Job> {
        page.resources.record_data
    }
}

impl Paged for SearchJobs {
    type Item = Job;

    fn next(&self, page: &Self::Response) -> Option<Self> {
        let mut search = self.clone();
        search.page = jobs_after(self.page, self.limit, &page.resources)?;
        Some(search)
    }

    fn items(page: Self::Response) -> Vec<Job> {
        page.resources.record_data
    }
}

impl Paged for v1::SearchCrawls {
    type Item = Crawl;

    fn next(&self, page: &CrawlPage) -> Option<Self> {
        let mut search = self.clone();
        search.page = Some(crawls_after(self.page, page)?);
        Some(search)
    }

    fn items(page: CrawlPage) -> Vec<Crawl> {
        page.items
    }
}

impl Paged for v2::SearchCrawls {
    type Item = Crawl;

    fn next(&self, page: &CrawlPage) -> Option<Self> {
        let mut search = self.clone();
        search.page = Some(crawls_after(self.page, page)?);
        Some(search)
    }

    fn items(page: CrawlPage) -> Vec<Crawl> {
        page.items
    }
}

fn jobs_after(page: u32, limit: u32, jobs: &JobPage) -> Option<u32> {
    let next = page_after(page.into(), limit.into(), jobs.record_data.len(), jobs.total_cnt)?;
    next.try_into().ok()
}

fn crawls_after(page: Option<u64>, crawls: &CrawlPage) -> Option<u64> {
    page_after(page.unwrap_or(1), crawls.limit, crawls.items.len(), crawls.total)
}

fn page_after(page: u64, limit: u64, items: usize, total: u64) -> Option<u64> {
    let last = items == 0 || page.saturating_mul(limit) >= total || page >= MOST_PAGES.into();
    (!last).then(|| page + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_answer_makes_a_reader_loop() {
        assert_eq!(page_after(1, 10, 10, 11), Some(2));
        assert_eq!(page_after(2, 10, 1, 11), None);
        assert_eq!(page_after(1, 10, 0, 1_000_000_000), None);
        assert_eq!(page_after(1, 0, 1, 5), Some(2));
        assert_eq!(page_after(MOST_PAGES.into(), 0, 1, u64::MAX), None);
    }
}
