//! `shindan demo`: both services at once, over real sockets, without an account.

use std::{
    net::{Ipv4Addr, SocketAddr},
    time::{Duration, Instant},
};

use ncp_sign::Credential;
use shindan_emulator::{Clock, Emulator, keys};
use shindan_hyper::now;
use shindan_proto::{
    Base, NcpKey, Target, VaddyKey, VaddyProject, VaddyScan, WatchPolicy, WscScan,
};
use tokio::join;
use wsc_model::CreateJob;

use super::{App, emulator, seed, signals, token};
use crate::{
    args::FailOn,
    conclusion::{Case, Conclusion},
    exit::Exit,
    failed::Failed,
    follow::{OnSignal, Start, Watch, follow},
    log::watched,
    output::note,
    service::Service,
};

/// A scan takes a minute of the emulator's time.
const CLOCK: Clock = Clock::Times(60);
const SHOP: &str = "https://shop.example/";
const PROJECT: &str = "6eb1f9fcbdb6a5a";

pub(super) async fn run(app: &App) -> Result<Exit, Failed> {
    let emulator = Emulator::builder().clock(CLOCK).build(now().wall);
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
    let (shop, admin) = join!(one(app, "shop", &wsc, job), one(app, "admin", &vaddy, scan));
    let conclusions = [shop?, admin?];

    app.output.answer(&conclusions, |conclusions| Conclusion::table(conclusions))?;
    let ledger = server.with(|emulator| emulator.ledger());
    let mut lines = vec![
        String::new(),
        format!(
            "scans started: wsc {}, vaddy {} · refused signatures: {}",
            ledger.wsc_created, ledger.vaddy_started, ledger.refused_signatures
        ),
    ];
    for conclusion in &conclusions {
        lines.extend(conclusion.remark().map(|remark| format!("in a real run: {remark}")));
    }
    lines.extend(NEXT.map(str::to_owned));
    app.output.lines(&lines)?;
    for conclusion in conclusions {
        let exit = conclusion.into_outcome()?;
        if !is_positive(exit) {
            return Ok(exit);
        }
    }
    Ok(Exit::Ok)
}

/// Whether a pretend scan came to its end: what it found is a part of the show.
fn is_positive(exit: Exit) -> bool {
    matches!(exit, Exit::Ok | Exit::Gate)
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
        run: None,
        attach: again.clone(),
        reconcile: again.clone(),
        what_runs: again.clone(),
        attached: false,
        token: None,
        skips: false,
        fail_on: FailOn::High,
    };
    let watch = Watch {
        name: name.to_owned(),
        resume: again,
        start: Start::Before,
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
    fn only_an_ending_is_positive() {
        let positive: Vec<_> = Exit::ALL.into_iter().filter(|exit| is_positive(*exit)).collect();
        assert_eq!(positive, [Exit::Ok, Exit::Gate]);
    }
}
