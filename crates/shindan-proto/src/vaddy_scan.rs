//! VAddy's part of a scan: one runs at a time, and lists show what has ended.

use core::{fmt, time::Duration};

use shindan_wire::Comma;
use vaddy_model::{
    CrawlId, ListedScan, ResultPage, RunCheck, ScanId, ScanRef, ScanResult, ScanStatus, ScanType,
    VaddyFault, v1, v2,
};

use crate::{
    Answer, Ending, Error, Found, Glance, Io, Look, Prior, Scanner, SentAt, Standing, Target,
    VaddyKey,
    call::{Exchange, call},
    retry::date,
};

/// A scan to start.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_structs, reason = "callers fill in what they want")]
pub struct VaddyScan {
    /// The project.
    pub project: VaddyProject,
    /// The number in the console's address of the project; without it a lost id cannot be found again.
    pub project_number: Option<u64>,
    /// The crawl to replay; the newest if it is not given.
    pub crawl_id: Option<CrawlId>,
    /// What to look for; everything that the plan covers if it is not given.
    pub scan_type: Option<Comma<ScanType>>,
}

/// How a project is named.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "the service has two versions")]
pub enum VaddyProject {
    /// By its host name.
    V1 {
        /// The host name.
        fqdn: String,
        /// Tells apart private projects with the same host name.
        verification_code: Option<String>,
    },
    /// By its id.
    V2 {
        /// The id, not the number.
        project_id: String,
    },
}

/// Names a scan for good: a `v1` scan is asked for together with its project.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "a caller builds it from a record")]
pub struct VaddyScanId {
    /// The project that it belongs to.
    pub project: VaddyProject,
    /// Its id.
    pub scan_id: ScanId,
}

impl fmt::Display for VaddyScanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.scan_id.fmt(f)
    }
}

/// How often the list of results is read while the start settles.
const READS: u32 = 3;
/// How many results the list has at most.
const LISTED: usize = 20;
/// No scan runs longer: the vendor's own client gives up after seven hours.
const LONGEST_SCAN: Duration = Duration::from_secs(8 * 60 * 60);
/// How long nobody may answer while a lost scan is looked for.
const OUTAGE: Duration = Duration::from_secs(15 * 60);
/// The slack for the service's clocks when a listed scan is compared with the time of a start.
const SLACK_MS: i64 = 60 * 1000;
/// The same where only our own calendar is there to compare with.
const CALENDAR_SLACK_MS: i64 = 15 * 60 * 1000;

impl Scanner for VaddyKey {
    type Scan = VaddyScan;
    type Id = VaddyScanId;
    type State = ScanResult;
    type Report = Answer<ScanResult>;

    async fn before<E: Send>(
        io: &Io<E>,
        target: &Target<Self>,
        scan: &VaddyScan,
    ) -> Result<Prior<VaddyScanId>, Error<VaddyFault>> {
        if running(io, target, &scan.project).await? {
            return Ok(Prior::Busy);
        }
        let Some(number) = scan.project_number else { return Ok(Prior::Clear(Vec::new())) };
        let listed = call(io, target, &list(target, number)?).await?;
        let ids = listed.value.items.into_iter().map(|item| id_in(&scan.project, item.scan_id));
        Ok(Prior::Clear(ids.collect()))
    }

    async fn start<E: Send>(
        io: &Io<E>,
        target: &Target<Self>,
        scan: &VaddyScan,
    ) -> Result<Option<VaddyScanId>, Error<VaddyFault>> {
        let project = scan.project.clone();
        let id = move |started: Answer<ScanRef>| Some(id_in(&project, started.value.scan_id));
        let exchange = match &scan.project {
            VaddyProject::V1 { fqdn, verification_code } => {
                let mut start = v1::StartScan::new(fqdn);
                start.verification_code.clone_from(verification_code);
                start.crawl_id = scan.crawl_id;
                start.scan_type.clone_from(&scan.scan_type);
                Exchange::new(&target.base, &start, id)?
            }
            VaddyProject::V2 { project_id } => {
                let mut start = v2::StartScan::new(project_id);
                start.crawl_id = scan.crawl_id;
                start.scan_type.clone_from(&scan.scan_type);
                Exchange::new(&target.base, &start, id)?
            }
        };
        call(io, target, &exchange).await
    }

    async fn find<E: Send>(
        io: &Io<E>,
        target: &Target<Self>,
        scan: &VaddyScan,
        before: &[VaddyScanId],
        sent: SentAt,
        look: Look,
    ) -> Found<VaddyScanId> {
        // The service runs one scan at a time, so a start that was replayed on the way was refused.
        let Look::UntilSettled { settle, within } = look else { return Found::Nothing };
        // The id of a running scan is not to be had, so only the list of ended ones names it.
        let Some(number) = scan.project_number else { return Found::Unclear };
        let Some(ran) = wait_for_the_end(io, target, &scan.project, settle, within).await else {
            return Found::Unclear;
        };
        let begun = io.now().mono;
        loop {
            let listed = newer(io, target, scan, number, before, sent).await;
            if let Ok(Newer { mut ids, whole, alone }) = listed {
                match (ids.len(), ids.pop()) {
                    (1, Some(id)) if whole => return Found::One(id),
                    (0, _) if whole && alone && !ran && !settle.is_zero() => return Found::Nothing,
                    // More than one new scan: somebody else's may be among them.
                    (2.., _) => return Found::Unclear,
                    _ => {}
                }
            }
            if io.now().mono.saturating_sub(begun) >= settle {
                return Found::Unclear;
            }
            let rest = target.policy().most.min(settle / READS);
            io.rest(rest, "the next look for the scan").await;
        }
    }

    async fn poll<E: Send>(
        io: &Io<E>,
        target: &Target<Self>,
        id: &VaddyScanId,
        _glance: &mut Glance,
    ) -> Result<Standing<Self>, Error<VaddyFault>> {
        let exchange = match &id.project {
            VaddyProject::V1 { fqdn, verification_code } => {
                let mut get = v1::GetScanResult::new(id.scan_id.clone(), fqdn);
                get.verification_code.clone_from(verification_code);
                Exchange::new(&target.base, &get, |answer| answer)?
            }
            VaddyProject::V2 { .. } => Exchange::new(
                &target.base,
                &v2::GetScanResult::new(id.scan_id.clone()),
                |answer| answer,
            )?,
        };
        let answer = call(io, target, &exchange).await?;
        // Something on the way may have kept an answer about another scan.
        let other = answer.value.scan_id.as_ref().is_some_and(|named| *named != id.scan_id);
        Ok(match answer.value.status {
            _ if other => {
                Standing::Ended(Ending::Failed("the answer is about another scan".to_owned()))
            }
            ScanStatus::Finish => Standing::Ended(Ending::Finished(answer)),
            ScanStatus::Canceled => Standing::Ended(Ending::Stopped),
            // Also what we do not know: it may be a new word for a running scan.
            ScanStatus::Scanning | _ => Standing::Running(answer.value),
        })
    }

    async fn cancel<E: Send>(
        io: &Io<E>,
        target: &Target<Self>,
        id: &VaddyScanId,
        _state: &ScanResult,
    ) -> Result<(), Error<VaddyFault>> {
        let exchange = match &id.project {
            VaddyProject::V1 { fqdn, verification_code } => {
                let mut cancel = v1::CancelScan::new(id.scan_id.clone(), fqdn);
                cancel.verification_code.clone_from(verification_code);
                Exchange::new(&target.base, &cancel, |_| ())?
            }
            VaddyProject::V2 { .. } => {
                Exchange::new(&target.base, &v2::CancelScan::new(id.scan_id.clone()), |_| ())?
            }
        };
        call(io, target, &exchange).await
    }
}

fn id_in(project: &VaddyProject, scan_id: ScanId) -> VaddyScanId {
    VaddyScanId { project: project.clone(), scan_id }
}

fn list(
    target: &Target<VaddyKey>,
    number: u64,
) -> Result<Exchange<Answer<ResultPage>, VaddyFault>, Error<VaddyFault>> {
    Ok(Exchange::new(&target.base, &v2::ListResults::new(number), |answer| answer)?)
}

async fn running<E: Send>(
    io: &Io<E>,
    target: &Target<VaddyKey>,
    project: &VaddyProject,
) -> Result<bool, Error<VaddyFault>> {
    let busy = |answer: Answer<RunCheck>| answer.running_process > 0;
    let exchange = match project {
        VaddyProject::V1 { fqdn, verification_code } => {
            let mut check = v1::CheckRunning::new(fqdn);
            check.verification_code.clone_from(verification_code);
            Exchange::new(&target.base, &check, busy)?
        }
        VaddyProject::V2 { project_id } => {
            Exchange::new(&target.base, &v2::CheckRunning::new(project_id), busy)?
        }
    };
    call(io, target, &exchange).await
}

/// What a list shows of the scans that were not there before a start.
struct Newer {
    /// Those that are as young as the start.
    ids: Vec<VaddyScanId>,
    /// The list goes back to the start, and everything in it could be read and dated.
    whole: bool,
    /// There are no others. Where only our own calendar says that one is too old, it may still be the start's.
    alone: bool,
}

async fn newer<E: Send>(
    io: &Io<E>,
    target: &Target<VaddyKey>,
    scan: &VaddyScan,
    number: u64,
    before: &[VaddyScanId],
    sent: SentAt,
) -> Result<Newer, Error<VaddyFault>> {
    let listed = call(io, target, &list(target, number)?).await?;
    let slack_ms = if sent.is_measured() { SLACK_MS } else { CALENDAR_SLACK_MS };
    let since = i64::try_from(sent.elapsed(io.now()).as_millis()).unwrap_or(i64::MAX);
    // The list's own date leaves our calendar out, which may have been set since.
    let date = date(listed.headers());
    let by_calendar = date.is_none() || !sent.is_measured();
    let sent = date.map_or(target.server_time(sent.wall()).plus_ms(-CALENDAR_SLACK_MS), |date| {
        date.plus_ms(-slack_ms).plus_ms(since.saturating_neg())
    });
    let known = |item: &ListedScan| before.iter().any(|id| id.scan_id == item.scan_id);
    let early = |item: &ListedScan| {
        item.start_time
            .is_some_and(|time| time.unix_seconds().saturating_mul(1000) < sent.unix_ms())
    };
    let other_crawl = |item: &ListedScan| {
        scan.crawl_id.is_some() && item.crawl_id.is_some() && item.crawl_id != scan.crawl_id
    };
    // Without a time, and without knowing what was there before, nothing tells an old scan from a new one.
    let undated = before.is_empty() && listed.items.iter().any(|item| item.start_time.is_none());
    let full = !before.is_empty() || listed.items.len() >= LISTED;
    let goes_back = !full || listed.items.iter().any(|item| known(item) || early(item));
    let whole = listed.rejected.is_empty() && !undated && goes_back;
    let unknown = listed.value.items.into_iter().filter(|item| !known(item) && !other_crawl(item));
    let (old, new): (Vec<_>, Vec<_>) = unknown.partition(early);
    let ids = new.into_iter().map(|item| id_in(&scan.project, item.scan_id)).collect();
    Ok(Newer { ids, whole, alone: old.is_empty() || !by_calendar })
}

/// Waits until nothing runs in the project any more, and says whether something ever ran;
/// `None` if that could not be found out.
///
/// It watches until a start has settled, even if a scan has ended before: that may have been somebody else's. By
/// then what had ended before the first look is listed, too.
async fn wait_for_the_end<E: Send>(
    io: &Io<E>,
    target: &Target<VaddyKey>,
    project: &VaddyProject,
    settle: Duration,
    within: Option<Duration>,
) -> Option<bool> {
    let longest = within.map_or(LONGEST_SCAN, |within| within.max(settle).min(LONGEST_SCAN));
    let begun = io.now().mono;
    let (mut ran, mut quiet, mut away) = (false, None, None);
    loop {
        let checked = running(io, target, project).await;
        let now = io.now().mono;
        let since = |begun| now.saturating_sub(begun);
        match checked {
            Ok(true) => (ran, quiet, away) = (true, None, None),
            Ok(false) => {
                away = None;
                let quiet = since(*quiet.get_or_insert(now));
                if since(begun) >= settle && (ran || quiet >= settle) {
                    return Some(ran);
                }
            }
            Err(_) => {
                quiet = None;
                away.get_or_insert(now);
            }
        }
        let most = if ran { longest } else { OUTAGE.max(2 * settle) };
        if away.is_some_and(|away| since(away) >= OUTAGE) || since(begun) >= most {
            return None;
        }
        let rest = if ran { target.policy().most } else { Duration::from_secs(5) };
        let rest = rest.min(settle / READS);
        io.rest(rest, "the next look for the scan").await;
    }
}
