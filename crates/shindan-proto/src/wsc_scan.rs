//! WSC's part of a scan: its job is found again by a token in the memo.

use core::{fmt, str::FromStr, time::Duration};

use wsc_model::{
    CancelJob, CreateJob, GetJobs, GetReport, InstanceNo, Job, Report, RescanButton, ResultButton,
    SearchJobs, SearchType, StatusCode, StopJob, WscFault,
};

use crate::{
    Answer, DecodeError, Ending, Error, Found, Glance, Io, Look, NcpKey, Prior, Scanner, SentAt,
    Standing, Target,
    call::{Exchange, call},
    wsc_list::{List, jobs},
};

/// A diagnosis to start, with the token that finds it again.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_structs, reason = "a job and its token are all there is")]
pub struct WscScan {
    /// The job; the token is added to its memo. One that repeats another is started only while that is free.
    pub job: CreateJob,
    /// The same token means the same intent: a second start finds the first one's job.
    pub token: Token,
}

impl WscScan {
    fn with_token(&self) -> CreateJob {
        let mut job = self.job.clone();
        let tag = self.token.tag();
        job.memo = Some(match job.memo {
            Some(memo) => format!("{memo} {tag}"),
            None => tag,
        });
        job
    }
}

/// Names an intent to scan: 16 characters of `A-Z` and `2-7`.
#[derive(Clone, Debug)]
pub struct Token {
    text: String,
    fresh: bool,
}

impl Token {
    const ALPHABET: &'static [u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    /// From 16 bytes, of which five bits each are used: a hash of what tells one intent from another.
    ///
    /// A job may carry it already, so a start is refused where a job that may carry it cannot be read.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        let text = bytes.iter().map(|byte| char::from(Self::ALPHABET[usize::from(byte % 32)]));
        Self { text: text.collect(), fresh: false }
    }

    /// From 16 random bytes, for a new intent: no job can carry it yet.
    pub fn from_random_bytes(bytes: [u8; 16]) -> Self {
        Self { fresh: true, ..Self::from_bytes(bytes) }
    }

    /// Whether a memo carries the token of another intent, and not this one's.
    pub fn is_another_in(&self, memo: &str) -> bool {
        has_token(memo) && !memo.contains(&self.tag())
    }

    /// As it stands in a memo.
    fn tag(&self) -> String {
        format!("[scan:{self}]")
    }
}

/// The same text is the same intent.
impl PartialEq for Token {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Token {}

impl FromStr for Token {
    type Err = InvalidToken;

    fn from_str(text: &str) -> Result<Self, InvalidToken> {
        let valid = text.len() == 16 && text.bytes().all(|b| Self::ALPHABET.contains(&b));
        if valid { Ok(Self { text: text.to_owned(), fresh: false }) } else { Err(InvalidToken) }
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The text is not a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a token has 16 characters of A-Z and 2-7; copy it from the memo")]
#[non_exhaustive]
pub struct InvalidToken;

/// Jobs per page; the vendor documents no maximum.
const PAGE: u32 = 100;
/// How many whole lists without the job make its absence certain, if they span the settle window.
const READS: u32 = 3;

impl Scanner for NcpKey {
    type Scan = WscScan;
    type Id = InstanceNo;
    type State = Job;
    type Report = Answer<Report>;

    async fn before<E: Send>(
        io: &Io<E>,
        target: &Target<Self>,
        scan: &WscScan,
    ) -> Result<Prior<InstanceNo>, Error<WscFault>> {
        let (ours, list) = look(io, target, scan).await?;
        if !ours.is_empty() {
            return Ok(Prior::Ours(ours));
        }
        if let Some(unread) = list.unread.iter().find(|unread| scan.may_be_in(unread)) {
            return Err(Error::Decode(unread.clone()));
        }
        // Where a job of the same token may be left out, a start may be the second one.
        if !list.whole && !scan.token.fresh {
            return Err(Error::Decode(List::is_not_whole()));
        }
        // An offer is there only if the list says so: without it, a repetition is charged like any other job.
        let is_offered = |master| {
            let master = list.get(master).and_then(|job| job.rescan_button);
            master == Some(RescanButton::Possible)
        };
        if !scan.job.master_instance_no.as_ref().is_none_or(is_offered) {
            return Ok(Prior::Charged);
        }
        let known = if list.whole { scan.mistakable(&list) } else { Vec::new() };
        Ok(Prior::Clear(known))
    }

    async fn start<E: Send>(
        io: &Io<E>,
        target: &Target<Self>,
        scan: &WscScan,
    ) -> Result<Option<InstanceNo>, Error<WscFault>> {
        let create =
            Exchange::new(&target.base, &scan.with_token(), |created| created.instance_no())?;
        call(io, target, &create).await
    }

    async fn find<E: Send>(
        io: &Io<E>,
        target: &Target<Self>,
        scan: &WscScan,
        before: &[InstanceNo],
        _sent: SentAt,
        look: Look,
    ) -> Found<InstanceNo> {
        // The window opens now: the start may have taken minutes, and only its end was unclear.
        let (begun, mut reads) = (io.now().mono, 0);
        let settle =
            if let Look::UntilSettled { settle, .. } = look { settle } else { Duration::ZERO };
        let rest = target.policy().most.min(settle / READS);
        loop {
            let looked = self::look(io, target, scan).await;
            let since = io.now().mono.saturating_sub(begun);
            if let Ok((mut ours, list)) = looked {
                let maybe = scan.maybe(&list, before);
                // A repetition whose record has no memo is told by its place under the job it repeats.
                let repeats = scan.job.master_instance_no.as_ref();
                if ours.is_empty() && repeats.is_some_and(|master| before.contains(master)) {
                    ours.clone_from(&maybe);
                }
                if !ours.is_empty() {
                    return one_or_many(ours);
                }
                reads += u32::from(list.whole);
                if look != Look::Once && since >= settle && reads >= READS {
                    let nothing = list.whole && maybe.is_empty();
                    return if nothing { Found::Nothing } else { Found::Unclear };
                }
            }
            if look == Look::Once || since >= 2 * settle {
                return Found::Unclear;
            }
            io.rest(rest, "the next look for the job").await;
        }
    }

    async fn poll<E: Send>(
        io: &Io<E>,
        target: &Target<Self>,
        id: &InstanceNo,
        glance: &mut Glance,
    ) -> Result<Standing<Self>, Error<WscFault>> {
        let since = glance.since;
        // New jobs move it towards the end of the list, so the pages before need not be read.
        let list = GetJobs::new(PAGE, glance.page.max(1));
        let mut list = jobs(io, target, &list, since, |job| job.instance_no == *id).await?;
        glance.page = list.pages;
        let Some(job) = list.get(id) else {
            // What cannot be read may be the job.
            return match list.unread.pop() {
                Some(unread) => Err(Error::Decode(unread)),
                None if !list.whole => Err(Error::Decode(List::is_not_whole())),
                None => Ok(Standing::Missing),
            };
        };
        // The report may have to wait for its turn, and so may thousands of them.
        drop(list);
        match &job.result_button {
            Some(ResultButton::Report) => {
                let report = Exchange::new(&target.base, &GetReport::new(id.clone()), |reply| {
                    reply.map(|reply| reply.0)
                })?;
                Ok(Standing::Ended(Ending::Finished(call(io, target, &report).await?)))
            }
            Some(ResultButton::Cause) => Ok(Standing::Ended(Ending::Failed(job.result_desc))),
            Some(ResultButton::Expired) => {
                Ok(Standing::Ended(Ending::Failed("the report is no longer available".to_owned())))
            }
            None => {
                // A job that was ended has no button, and its status is localized: ask by number.
                for code in [StatusCode::STOPPED, StatusCode::CANCELED] {
                    let mut search = SearchJobs::new(PAGE, 1);
                    search.status_code = Some(code);
                    let ended = jobs(io, target, &search, since, |job| job.instance_no == *id);
                    // Boxed, because it is rare.
                    if Box::pin(ended).await?.get(id).is_some() {
                        return Ok(Standing::Ended(Ending::Stopped));
                    }
                }
                Ok(Standing::Running(job))
            }
            // Also what we do not know: it may be a new word for a running job.
            Some(ResultButton::Cancel | ResultButton::Terminate | _) => Ok(Standing::Running(job)),
        }
    }

    async fn cancel<E: Send>(
        io: &Io<E>,
        target: &Target<Self>,
        id: &InstanceNo,
        job: &Job,
    ) -> Result<(), Error<WscFault>> {
        let exchange = if job.result_button == Some(ResultButton::Cancel) {
            Exchange::new(&target.base, &CancelJob::new(id.clone()), |_| ())?
        } else {
            Exchange::new(&target.base, &StopJob::new(id.clone()), |_| ())?
        };
        call(io, target, &exchange).await
    }
}

fn by_memo(token: &Token) -> SearchJobs {
    let mut search = SearchJobs::new(PAGE, 1);
    search.search_type = Some(SearchType::Memo);
    search.search_keyword = token.to_string();
    search
}

fn one_or_many(mut ids: Vec<InstanceNo>) -> Found<InstanceNo> {
    match ids.pop() {
        Some(id) if ids.is_empty() => Found::One(id),
        Some(id) => {
            ids.push(id);
            Found::Many(ids)
        }
        None => Found::Nothing,
    }
}

impl WscScan {
    /// Whether a record that cannot be read may carry a token that is not new.
    fn may_be_in(&self, unread: &DecodeError) -> bool {
        let token = self.token.text.as_bytes();
        let body = unread.body.bytes();
        !self.token.fresh && body.windows(token.len()).any(|window| window == token)
    }

    /// What `find` could take for the start's job if it did not know that it is older.
    fn mistakable(&self, list: &List) -> Vec<InstanceNo> {
        let Some(master) = &self.job.master_instance_no else { return self.maybe(list, &[]) };
        // A list may show a repetition without its memo, so none of the older ones is left out.
        let master = list.get(master).into_iter();
        let family = master.flat_map(|job| {
            let repeats = job.slave_data.into_iter().map(|job| job.instance_no);
            core::iter::once(job.instance_no).chain(repeats)
        });
        family.collect()
    }

    /// Jobs that were not there `before` and do not say whose they are. Being newer than a list that
    /// was read just before the start, they are as young as the start.
    fn maybe(&self, list: &List, before: &[InstanceNo]) -> Vec<InstanceNo> {
        let place = |job: &&Job| match &self.job.master_instance_no {
            Some(master) => job.instance_no == *master,
            None => true,
        };
        let repeats = self.job.master_instance_no.is_some();
        let listed = list.jobs.iter().filter(place);
        let jobs = listed.flat_map(|job| {
            let own = (!repeats).then_some(job);
            own.into_iter().chain(&job.slave_data)
        });
        jobs.filter(|job| {
            let same = repeats || job.start_url == self.job.start_url;
            same && !before.contains(&job.instance_no) && !has_token(&job.memo)
        })
        .map(|job| job.instance_no.clone())
        .collect()
    }
}

/// Whether a memo carries a whole token, anybody's.
fn has_token(memo: &str) -> bool {
    memo.split("[scan:")
        .skip(1)
        .any(|rest| rest.split_once(']').is_some_and(|(token, _)| token.parse::<Token>().is_ok()))
}

/// The jobs that carry the scan's token. How a search matches a memo is not documented, so the
/// whole list has the last word.
async fn look<E: Send>(
    io: &Io<E>,
    target: &Target<NcpKey>,
    scan: &WscScan,
) -> Result<(Vec<InstanceNo>, List), Error<WscFault>> {
    let tag = scan.token.tag();
    let mut found = jobs(io, target, &by_memo(&scan.token), None, |_| false).await?;
    let mut ours = found.with(&tag);
    if ours.is_empty() {
        let mut list = jobs(io, target, &GetJobs::new(PAGE, 1), None, |_| false).await?;
        ours = list.with(&tag);
        list.whole &= found.unread.is_empty();
        list.unread.append(&mut found.unread);
        found = list;
    }
    Ok((ours, found))
}
