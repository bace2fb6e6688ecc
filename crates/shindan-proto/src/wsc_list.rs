//! Reads WSC's lists, which may change while they are read.

use core::time::Duration;
use std::collections::BTreeSet;

use bytes::Bytes;
use shindan_wire::Endpoint;
use wsc_model::{GetJobs, InstanceNo, Job, JobPage, Reply, SearchJobs, Wsc, WscFault};

use crate::{
    Answer, DecodeError, Error, Io, NcpKey, Target, Unread,
    call::{Exchange, call},
    pages::MOST_PAGES,
};

/// A list of jobs that is asked for page by page.
pub(crate) trait JobList: Endpoint<Api = Wsc, Response = Reply<JobPage>> {
    fn page(&self, page: u32) -> Self;

    /// The page that is read first.
    fn first(&self) -> u32;
}

impl JobList for GetJobs {
    fn page(&self, page: u32) -> Self {
        Self::new(self.limit, page)
    }

    fn first(&self) -> u32 {
        self.page
    }
}

impl JobList for SearchJobs {
    fn page(&self, page: u32) -> Self {
        let mut search = self.clone();
        search.page = page;
        search
    }

    fn first(&self) -> u32 {
        self.page
    }
}

/// What a list has shown.
#[derive(Default)]
pub(crate) struct List {
    /// Every job once.
    pub(crate) jobs: Vec<Job>,
    /// Whether it was read to its end and held still, and everything in it could be read.
    pub(crate) whole: bool,
    /// Records that could not be read, with the page that they stood on.
    pub(crate) unread: Vec<DecodeError>,
    /// The last page that was read.
    pub(crate) pages: u32,
    enough: bool,
}

impl List {
    /// Every job's number, repetitions included.
    pub(crate) fn ids(&self) -> impl Iterator<Item = &InstanceNo> {
        self.each().map(|job| &job.instance_no)
    }

    /// The jobs with this text in their memo.
    pub(crate) fn with(&self, text: &str) -> Vec<InstanceNo> {
        let ids = self.each().filter(|job| job.memo.contains(text)).map(|job| &job.instance_no);
        ids.collect::<BTreeSet<_>>().into_iter().cloned().collect()
    }

    /// This job out of the list.
    pub(crate) fn get(&self, id: &InstanceNo) -> Option<Job> {
        self.each().find(|job| job.instance_no == *id).cloned()
    }

    /// Why nothing is concluded from what the list does not show.
    pub(crate) fn is_not_whole() -> DecodeError {
        DecodeError {
            operation: LIST,
            status: 200,
            at: "resources".to_owned(),
            reason: "a list that holds still and is whole".to_owned(),
            body: Unread::new(Bytes::new()),
        }
    }

    fn each(&self) -> impl Iterator<Item = &Job> {
        self.jobs.iter().flat_map(|job| core::iter::once(job).chain(&job.slave_data))
    }
}

const LIST: &str = "a list of jobs";

/// After so many different readings a list does not count as whole.
const MOST_READINGS: u32 = 5;

/// Reads a list, until `enough` says so or two readings agree. A list of one page is one answer, and agrees
/// with itself. It begins with the page that the list is at; if that does not bring enough, with the first one.
///
/// Answers that were asked for at `since` or later may be shared.
pub(crate) async fn jobs<E: Send>(
    io: &Io<E>,
    target: &Target<NcpKey>,
    list: &impl JobList,
    mut since: Option<Duration>,
    enough: impl Fn(&Job) -> bool + Send + Sync,
) -> Result<List, Error<WscFault>> {
    // Thousands of watches wait for the same page at the same time: what the pages before have shown is kept
    // only where it is not there.
    let mut keep = if since.is_some() { Keep::Page } else { Keep::All };
    let mut reading = read(io, target, list, since, &enough, keep).await?;
    let (begins_late, list) = (list.first() > 1, &list.page(1));
    if !reading.enough && begins_late {
        reading = read(io, target, list, since, &enough, keep).await?;
    }
    for _ in 1..MOST_READINGS {
        if reading.enough || reading.pages == 1 {
            return Ok(reading);
        }
        if keep == Keep::All {
            // What the last reading was served says nothing new.
            since = since.map(|_| io.now().mono);
        }
        let next = read(io, target, list, since, &enough, Keep::All).await?;
        let same = keep == Keep::All && next.ids().eq(reading.ids());
        (reading, keep) = (next, Keep::All);
        if same {
            return Ok(reading);
        }
    }
    reading.whole = false;
    Ok(reading)
}

/// What a reading of several pages remembers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Keep {
    All,
    /// The last page only; such a reading is whole only if there is no other page.
    Page,
}

async fn read<E: Send>(
    io: &Io<E>,
    target: &Target<NcpKey>,
    list: &impl JobList,
    since: Option<Duration>,
    enough: &(impl Fn(&Job) -> bool + Send + Sync),
    keep: Keep,
) -> Result<List, Error<WscFault>> {
    let (mut listed, mut seen) = (List::default(), BTreeSet::new());
    let (mut records, mut previous) = (0, None);
    for page in list.first()..=MOST_PAGES {
        let exchange = Exchange::new(&target.base, &list.page(page), |answer| answer)?.since(since);
        let answer = call(io, target, &exchange).await?;
        listed.unread.extend(unread(&answer));
        let JobPage { total_cnt, record_data, .. } = answer.value.resources;
        // An answer about one page may repeat jobs of another one, and the server may have its own page size.
        let (before, first) = (listed.jobs.len(), record_data.first());
        let (first, again) = (first.map(|job| job.instance_no.clone()), previous.take());
        records += record_data.len() as u64;
        for job in record_data {
            if seen.insert(job.instance_no.clone()) {
                listed.enough |= core::iter::once(&job).chain(&job.slave_data).any(enough);
                listed.jobs.push(job);
            }
        }
        listed.pages = page;
        let all = match keep {
            Keep::All => listed.jobs.len() as u64 >= total_cnt,
            // Or the server shows the page again, as if it were the next one.
            Keep::Page => records >= total_cnt || first == again,
        };
        if listed.enough || all || listed.jobs.len() == before {
            listed.whole = listed.unread.is_empty() && listed.ids().count() as u64 >= total_cnt;
            break;
        }
        if keep == Keep::Page {
            (listed.jobs, seen, previous) = (Vec::new(), BTreeSet::new(), first);
        }
    }
    Ok(listed)
}

fn unread(answer: &Answer<Reply<JobPage>>) -> impl Iterator<Item = DecodeError> {
    answer.rejected.iter().map(|rejected| DecodeError {
        operation: LIST,
        status: answer.status(),
        at: rejected.at.clone(),
        reason: rejected.reason.clone(),
        body: Unread::new(answer.body().clone()),
    })
}
