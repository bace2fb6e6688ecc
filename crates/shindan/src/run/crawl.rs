//! Which recorded crawl a VAddy scan replays.

use shindan_proto::{Paged, Target, VaddyKey, VaddyProject};
use vaddy_model::{Crawl, CrawlId, Vaddy, v1, v2};

use super::App;
use crate::{args::CrawlChoice, exit::Exit, failed::Failed, output::note};

/// The crawl's id; a label is looked up.
pub(super) async fn id(
    app: &App,
    target: &Target<VaddyKey>,
    project: &VaddyProject,
    choice: Option<CrawlChoice>,
) -> Result<Option<CrawlId>, Failed> {
    match choice {
        None => Ok(None),
        Some(CrawlChoice::Id(id)) => Ok(Some(id)),
        Some(CrawlChoice::Label(label)) => look_up(app, target, project, label).await.map(Some),
    }
}

/// The newest crawl whose label contains the text.
async fn look_up(
    app: &App,
    target: &Target<VaddyKey>,
    project: &VaddyProject,
    label: String,
) -> Result<CrawlId, Failed> {
    let quoted = format!("{label:?}");
    let mut crawls = match project {
        VaddyProject::V1 { fqdn, verification_code } => {
            let mut search = v1::SearchCrawls::new(fqdn);
            search.verification_code.clone_from(verification_code);
            search.search_label = Some(label);
            all(app, target, search).await?
        }
        VaddyProject::V2 { project_id } => {
            let mut search = v2::SearchCrawls::new(project_id);
            search.search_label = Some(label);
            all(app, target, search).await?
        }
    };
    crawls.sort_by_key(|crawl| (crawl.start, crawl.id));
    crawls.dedup_by_key(|crawl| crawl.id);
    let Some(newest) = crawls.last() else {
        return Err(Failed::new(
            Exit::Precondition,
            format!("no crawl has a label that contains {quoted}; nothing was started"),
        )
        .help("list them with: shindan vaddy crawl list"));
    };
    if crawls.len() > 1 {
        note(format!("note: {} crawls have a label that contains {quoted}:", crawls.len()));
        for crawl in crawls.iter().rev() {
            note(format!("  {} {}", crawl.id, crawl.label.as_deref().unwrap_or_default()));
        }
        note(format!("note: taking the newest, {}", newest.id));
    }
    Ok(newest.id)
}

/// Everything that is listed, page after page.
async fn all<E>(app: &App, target: &Target<VaddyKey>, list: E) -> Result<Vec<Crawl>, Failed>
where
    E: Paged<Item = Crawl, Api = Vaddy>,
{
    let (mut next, mut all) = (Some(list), Vec::new());
    while let Some(list) = next {
        let page = app.call(target, &list).await?.value;
        next = list.next(&page);
        all.extend(E::items(page));
    }
    Ok(all)
}
