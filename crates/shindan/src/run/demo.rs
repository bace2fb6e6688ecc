//! `shindan demo`: both services at once, over real sockets, without an account.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    time::{Duration, Instant},
};

use ncp_sign::Credential;
use shindan_emulator::{Clock, Emulator, Scenario, keys};
use shindan_hyper::now;
use shindan_proto::{
    Base, NcpKey, Target, VaddyKey, VaddyProject, VaddyScan, WatchPolicy, WscScan,
};
use tokio::join;
use wsc_model::CreateJob;

use super::{App, emulator, seed, signals, tell::Telling, token};
use crate::{
    conclusion::{Case, Conclusion},
    exit::Exit,
    failed::Failed,
    follow::{OnSignal, Start, Watch, follow},
    lang::spoken,
    log::watched,
    output::note,
    reports::Reports,
    service::Service,
    terms::Terms,
};

/// A scan takes a minute of the emulator's time.
const CLOCK: Clock = Clock::Times(60);
const SHOP: &str = "https://shop.example/";
const PROJECT: &str = "6eb1f9fcbdb6a5a";

pub(super) async fn run(app: &App, report_dir: &Path) -> Result<Exit, Failed> {
    let lang = app
        .environment
        .read(&["SHINDAN_REPORT_LANG"], |text| text.parse().map_err(str::to_owned))?;
    let reports = Reports::in_directory(report_dir, lang.unwrap_or_else(spoken))?;
    let telling = Telling::new(app, reports);
    let emulator = Emulator::builder()
        .clock(CLOCK)
        .scenario(SHOP, Scenario::Findings)
        .scenario(PROJECT, Scenario::Incomplete)
        .build(now().wall);
    let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let server = emulator::serve(&app.executor, any_port, false, emulator).await?;
    let url = server.url();
    note(format!("emulator on {url}; a minute of its time takes a second"));

    let base: Base = url.parse().expect("a loopback url is an endpoint");
    let credential = Credential::new(keys::WSC_ACCESS_KEY, keys::WSC_SECRET_KEY);
    let wsc = NcpKey::new(credential.expect("the published key is well-formed"));
    let wsc = watched(Target::new(base.clone(), wsc)).with_policy(app.policy()?);
    let vaddy = VaddyKey::new(keys::VADDY_USER, keys::VADDY_KEY);
    let vaddy = vaddy.expect("the published key is well-formed");
    let vaddy = watched(Target::new(base, vaddy)).with_policy(app.policy()?);

    let job = WscScan { job: CreateJob::new(SHOP), token: token()? };
    let project = VaddyProject::V2 { project_id: PROJECT.to_owned() };
    let scan = VaddyScan { project, project_number: None, crawl_id: None, scan_type: None };
    let (shop, admin) =
        join!(one(app, "shop", SHOP, &wsc, job), one(app, "admin", PROJECT, &vaddy, scan));
    let conclusions = [shop?, admin?];

    // What was found is a part of the show; what went wrong is not.
    let exit = telling.of_all(&conclusions)?;
    let ledger = server.with(|emulator| emulator.ledger());
    let page = telling.reports.page().unwrap_or_default();
    if !Path::new(&page).exists() {
        // Why was said.
        return Ok(Exit::Output);
    }
    let mut lines = vec![
        String::new(),
        format!(
            "scans started: wsc {}, vaddy {} · refused signatures: {}",
            ledger.wsc_created, ledger.vaddy_started, ledger.refused_signatures
        ),
        format!("the page to look at: {page}"),
        format!(
            "a real run would have ended with exit {} ({}); this is a demo",
            exit.code(),
            exit.name()
        ),
    ];
    lines.extend(NEXT.map(str::to_owned));
    app.output.lines(&lines)?;
    let strange = conclusions.iter().map(Conclusion::exit).find(|exit| !is_part_of_it(*exit));
    Ok(strange.unwrap_or(Exit::Ok))
}

/// Whether a pretend scan came to the end that it should.
fn is_part_of_it(exit: Exit) -> bool {
    matches!(exit, Exit::Ok | Exit::Gate | Exit::Incomplete)
}

const NEXT: [&str; 5] = [
    "",
    "Try next:",
    "  eval \"$(shindan emulator start --detach)\"       until shindan emulator stop",
    "  shindan scan --url https://shop.example/ --yes  against the emulator: a minute",
    "  shindan vaddy crawl list --project-id demo      more: shindan --help",
];

async fn one<S: Service>(
    app: &App,
    name: &str,
    subject: &str,
    target: &Target<S>,
    scan: S::Scan,
) -> Result<Conclusion, Failed> {
    let policy = WatchPolicy {
        quick: Duration::from_millis(100),
        steady: Duration::from_millis(250),
        slow: Duration::from_millis(250),
        within: Some(Duration::from_secs(60)),
        seed: seed()?,
        ..WatchPolicy::default()
    };
    let again = "shindan demo".to_owned();
    let case = Case {
        name: name.to_owned(),
        subject: subject.to_owned(),
        run: None,
        attach: again.clone(),
        reconcile: again.clone(),
        what_runs: again.clone(),
        attached: false,
        token: None,
        skips: false,
        terms: Terms::usual(name),
    };
    let watch = Watch {
        name: name.to_owned(),
        resume: again,
        start: Start::Before,
        usual: None,
        on_signal: OnSignal::Leave,
    };
    let begun = Instant::now();
    // A pretend scan is not worth a record.
    let step = target.start(now(), scan, policy);
    let end = follow(&app.executor, step, watch, None, &mut signals()?).await;
    Ok(Conclusion::draw(&case, target, end, begun.elapsed()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_ending_is_part_of_it() {
        let fine: Vec<_> = Exit::ALL.into_iter().filter(|exit| is_part_of_it(*exit)).collect();
        assert_eq!(fine, [Exit::Ok, Exit::Gate, Exit::Incomplete]);
    }
}
