//! WSC's part of a scan: its job is found again by a token in the memo.

use core::{fmt, str::FromStr};
use std::collections::BTreeSet;

use wsc_model::{
    CancelJob, CreateJob, GetJobs, GetReport, InstanceNo, Job, Report, ResultButton, SearchJobs,
    SearchType, StatusCode, StopJob, Wsc, WscFault,
};

use crate::{
    Answer, Ending, Error, Found, Io, Look, NcpKey, Now, Paged, Prior, Scanner, Standing, Target,
    call::{Exchange, call},
    start::SETTLE,
};

/// A diagnosis to start, with the token that finds it again.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_structs, reason = "a job and its token are all there is")]
pub struct WscScan {
    /// The job; the token is added to its memo.
    pub job: CreateJob,
    /// The same token means the same intent: a second start finds the first one's job.
    pub token: Token,
}

impl WscScan {
    fn with_token(&self) -> CreateJob {
        let mut job = self.job.clone();
        let tag = format!("[scan:{}]", self.token);
        job.memo = Some(match job.memo {
            Some(memo) => format!("{memo} {tag}"),
            None => tag,
        });
        job
    }
}

/// Names an intent to scan: 16 characters of `A-Z` and `2-7`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    const ALPHABET: &'static [u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    /// From 16 bytes, of which five bits each are used: random ones for a new intent, a hash for a known one.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes.iter().map(|byte| char::from(Self::ALPHABET[usize::from(byte % 32)])).collect())
    }
}

impl FromStr for Token {
    type Err = InvalidToken;

    fn from_str(text: &str) -> Result<Self, InvalidToken> {
        let valid = text.len() == 16 && text.bytes().all(|b| Self::ALPHABET.contains(&b));
        if valid { Ok(Self(text.to_owned())) } else { Err(InvalidToken) }
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The text is not a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a token has 16 characters of A-Z and 2-7; copy it from the memo")]
#[non_exhaustive]
pub struct InvalidToken;

/// Jobs per page; the vendor documents no maximum.
const PAGE: u32 = 100;

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
        let (ids, _) = with_token(io, target, by_memo(&scan.token), &scan.token).await?;
        Ok(if ids.is_empty() { Prior::Clear(ids) } else { Prior::Ours(ids) })
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
        _before: &[InstanceNo],
        sent: Now,
        look: Look,
    ) -> Found<InstanceNo> {
        loop {
            let found = with_token(io, target, by_memo(&scan.token), &scan.token).await;
            let settled = io.now().mono.saturating_sub(sent.mono) >= SETTLE;
            match found {
                Ok((ids, _)) if !ids.is_empty() => return one_or_many(ids),
                Ok(_) | Err(_) if look == Look::Once => return Found::Unclear,
                Ok(_) | Err(_) if !settled => {}
                Ok((_, true)) => break,
                // Something could not be read at the very end, so an absence proves nothing.
                Ok((_, false)) | Err(_) => return Found::Unclear,
            }
            io.rest(target.policy().most, "the next look for the job").await;
        }
        // How a memo is matched is not documented, so the whole list has the last word.
        match with_token(io, target, GetJobs::new(PAGE, 1), &scan.token).await {
            Ok((ids, _)) if !ids.is_empty() => one_or_many(ids),
            Ok((_, true)) => Found::Nothing,
            Ok((_, false)) | Err(_) => Found::Unclear,
        }
    }

    async fn poll<E: Send>(
        io: &Io<E>,
        target: &Target<Self>,
        id: &InstanceNo,
    ) -> Result<Standing<Self>, Error<WscFault>> {
        let Some(job) = job(io, target, GetJobs::new(PAGE, 1), id).await? else {
            return Ok(Standing::Missing);
        };
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
                    if self::job(io, target, search, id).await?.is_some() {
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

/// The jobs whose memo carries the token, and whether every record could be read.
async fn with_token<E: Send>(
    io: &Io<E>,
    target: &Target<NcpKey>,
    list: impl JobList,
    token: &Token,
) -> Result<(Vec<InstanceNo>, bool), Error<WscFault>> {
    let tag = format!("[scan:{token}]");
    let mut ids = BTreeSet::new();
    let whole = each_job(io, target, list, |job| {
        if job.memo.contains(&tag) {
            ids.insert(job.instance_no.clone());
        }
        false
    })
    .await?;
    Ok((ids.into_iter().collect(), whole))
}

/// One job out of a list, or `None` if every record could be read and it is not among them.
async fn job<E: Send>(
    io: &Io<E>,
    target: &Target<NcpKey>,
    list: impl JobList,
    id: &InstanceNo,
) -> Result<Option<Job>, Error<WscFault>> {
    let mut found = None;
    each_job(io, target, list, |job| {
        if job.instance_no == *id {
            found = Some(job.clone());
        }
        found.is_some()
    })
    .await?;
    Ok(found)
}

trait JobList: Paged<Item = Job, Api = Wsc> {}

impl<P: Paged<Item = Job, Api = Wsc>> JobList for P {}

/// Reads page after page, repetitions included, until `enough`; whether every record could be read.
async fn each_job<P: JobList, E: Send>(
    io: &Io<E>,
    target: &Target<NcpKey>,
    list: P,
    mut enough: impl FnMut(&Job) -> bool + Send,
) -> Result<bool, Error<WscFault>> {
    let (mut next, mut whole) = (Some(list), true);
    while let Some(list) = next {
        let exchange = Exchange::new(&target.base, &list, |page| page)?;
        let page = call(io, target, &exchange).await?;
        whole &= page.rejected.is_empty();
        next = list.next(&page.value);
        for job in P::items(page.value) {
            if core::iter::once(&job).chain(&job.slave_data).any(&mut enough) {
                return Ok(whole);
            }
        }
    }
    Ok(whole)
}
