//! Which recorded crawl a VAddy scan replays.

use shindan_proto::{Target, VaddyKey, VaddyProject};
use vaddy_model::{CrawlId, v1, v2};

use super::App;
use crate::{args::CrawlChoice, exit::Exit, failed::Failed, output::note};

/// The crawl's id, and how it was chosen; a label is looked up.
pub(super) async fn chosen(
    app: &App,
    target: &Target<VaddyKey>,
    project: &VaddyProject,
    choice: Option<CrawlChoice>,
) -> Result<(Option<CrawlId>, String), Failed> {
    match choice {
        None => Ok((None, "the newest crawl".to_owned())),
        Some(CrawlChoice::Id(id)) => Ok((Some(id), format!("crawl {id}"))),
        Some(CrawlChoice::Label(label)) => {
            let (id, how) = look_up(app, target, project, label).await?;
            Ok((Some(id), how))
        }
    }
}

/// The newest crawl whose label contains the text.
async fn look_up(
    app: &App,
    target: &Target<VaddyKey>,
    project: &VaddyProject,
    label: String,
) -> Result<(CrawlId, String), Failed> {
    let quoted = format!("{label:?}");
    let mut crawls = match project {
        VaddyProject::V1 { fqdn, verification_code } => {
            let mut search = v1::SearchCrawls::new(fqdn);
            search.verification_code.clone_from(verification_code);
            search.search_label = Some(label);
            app.all(target, search).await?.0
        }
        VaddyProject::V2 { project_id } => {
            let mut search = v2::SearchCrawls::new(project_id);
            search.search_label = Some(label);
            app.all(target, search).await?.0
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
    let matches = crawls.len();
    let matches = if matches == 1 { "1 match".to_owned() } else { format!("{matches} matches") };
    Ok((newest.id, format!("crawl {} for {quoted} ({matches})", newest.id)))
}
