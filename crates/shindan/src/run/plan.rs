//! `shindan plan`: what a scan would do and cost; starts nothing.

use std::fmt::Display;

use serde::Serialize;

use super::{
    App, busy, dry_run,
    fleet::Fleet,
    guard::Budget,
    outlook::{Instead, Outlook},
    ownership,
    picked::{self, Picked},
    prepare::{Prepared, Ready},
    scan,
    start::How,
};
use crate::{
    args::{DryRun, ScanArgs},
    config::Target,
    exit::Exit,
    failed::Failed,
    lang::word,
    output::{Rows, figure},
};

/// What would become of one target.
#[derive(Serialize)]
pub(super) struct Foreseen {
    target: String,
    service: &'static str,
    would: &'static str,
    /// What is followed, judged again or repeated.
    scan: Option<String>,
    charged: bool,
    because: Vec<String>,
    exit: u8,
}

/// A limit of the budget, and how much of it would be used then.
#[derive(Serialize)]
struct Used {
    of: &'static str,
    taken: u64,
    most: u64,
    set_by: String,
}

#[derive(Serialize)]
struct Whole {
    exit: u8,
    result: &'static str,
    charged: usize,
    budget: Vec<Used>,
    /// Hosts of which nobody has said yet that they may be scanned.
    whose: Vec<String>,
    targets: Vec<Foreseen>,
}

pub(super) async fn run(app: &App, args: ScanArgs) -> Result<Exit, Failed> {
    let settings = scan::settings(app, &args)?;
    let (how, key) = (How::followed(&args.follow)?, scan::dedupe_key(app, &args.intent)?);
    let dry_run = args.intent.dry_run.unwrap_or(DryRun::Plan);
    let targets = match picked::targets(app, &settings, args)? {
        Picked::One(target) => vec![*target],
        Picked::Named(targets) => targets,
    };
    let fleet = Fleet::new(app, &settings, how, key, &targets).await?;
    foresee(&fleet, &targets, dry_run).await
}

/// Looks up what each start would come to, and tells of it.
pub(super) async fn foresee(
    fleet: &Fleet<'_>,
    targets: &[Target],
    how: DryRun,
) -> Result<Exit, Failed> {
    let app = fleet.app;
    let mut prepared = fleet.prepare(fleet.check(targets)).await?;
    for Prepared { target, said } in &mut prepared {
        let busy = match said {
            Ok(Ready::Vaddy(plan)) => busy::foresee(app, plan, fleet.if_busy(target)).await,
            Ok(Ready::Wsc(_)) | Err(_) => Ok(()),
        };
        if let Err(failed) = busy {
            *said = Err(failed);
        }
        if let Err(failed) = said {
            failed.say_of(&target.name);
        }
    }
    match how {
        DryRun::Plan => tell(app, &Whole::of(fleet, &prepared)?)?,
        DryRun::Curl => dry_run::tell(app, &prepared)?,
    }
    Ok(Exit::worst(prepared.iter().map(exit)))
}

fn tell(app: &App, whole: &Whole) -> Result<(), Failed> {
    app.output.answer(whole, |whole| {
        Rows::new(&["TARGET", "SERVICE", "WOULD", "SCAN", "CHARGED"])
            .rows(whole.targets.iter().map(Foreseen::row))
    })?;
    app.output.lines(&whole.lines())
}

fn exit(prepared: &Prepared<'_>) -> Exit {
    prepared.said.as_ref().map_or_else(Failed::exit, |_| Exit::Ok)
}

impl Whole {
    fn of(fleet: &Fleet<'_>, prepared: &[Prepared<'_>]) -> Result<Self, Failed> {
        let exit = Exit::worst(prepared.iter().map(exit));
        let targets: Vec<_> = prepared.iter().map(Foreseen::of).collect();
        let charged = targets.iter().filter(|target| target.charged).count();
        let budget = Budget::new(&fleet.state, fleet.settings)?;
        let budget = budget.limits().iter().map(|limit| Used {
            of: limit.of,
            taken: limit.used.saturating_add(charged.try_into().unwrap_or(u64::MAX)),
            most: limit.most.value,
            set_by: limit.most.origin.to_string(),
        });
        let budget = budget.collect();
        let starts = prepared.iter().filter(|one| one.said.as_ref().is_ok_and(Ready::starts));
        let whose = ownership::unsaid(&fleet.state, fleet.settings, starts.map(|one| one.target))?;
        let whose = whose.into_iter().collect();
        Ok(Self { exit: exit.code(), result: exit.name(), charged, budget, whose, targets })
    }

    /// What does not fit into a table.
    fn lines(&self) -> Vec<String> {
        let mut lines = vec![String::new()];
        for target in &self.targets {
            lines.extend(target.because.iter().map(|why| format!("{}: {why}", target.target)));
        }
        for host in &self.whose {
            lines.push(format!("{host}: whether it is yours to be scanned is asked once"));
        }
        for Used { of, taken, most, set_by } in &self.budget {
            lines.push(format!("budget for a {of}: {taken} of {most} ({set_by})"));
        }
        let (all, charged) = (self.targets.len(), self.charged);
        lines.push(format!("charged: {charged} of {all}; nothing was started"));
        lines
    }
}

impl Foreseen {
    pub(super) fn of(Prepared { target, said }: &Prepared<'_>) -> Self {
        let (would, scan, because) = match said {
            Ok(Ready::Wsc(plan)) => {
                let master = plan.scan.job.master_instance_no.as_ref();
                told(&plan.outlook, master.map(ToString::to_string), &plan.because)
            }
            Ok(Ready::Vaddy(plan)) => told(&plan.outlook, None, &plan.because),
            Err(failed) => ("nothing", None, failed.sentences().map(str::to_owned).collect()),
        };
        Self {
            target: target.name.clone(),
            service: target.service(),
            would,
            scan,
            charged: said.as_ref().is_ok_and(Ready::is_charged),
            because,
            exit: said.as_ref().map_or_else(Failed::exit, |_| Exit::Ok).code(),
        }
    }

    /// In one line, with what it costs.
    pub(super) fn sentence(&self) -> String {
        let charged = if self.charged { "charged" } else { "not charged" };
        let scan = self.scan.as_ref().map_or_else(String::new, |scan| format!(" {scan}"));
        format!("{} ({}): {}{scan}, {charged}", self.target, self.service, self.would)
    }

    fn row(&self) -> Vec<String> {
        vec![
            self.target.clone(),
            self.service.to_owned(),
            word(self.would),
            figure(self.scan.as_ref()),
            word(if self.charged { "yes" } else { "no" }),
        ]
    }
}

/// In a word, with which scan, and why.
fn told(
    outlook: &Outlook<impl Display>,
    repeats: Option<String>,
    because: &[String],
) -> (&'static str, Option<String>, Vec<String>) {
    match outlook {
        Outlook::Start => ("start", None, because.to_vec()),
        Outlook::Free => ("repeat", repeats, because.to_vec()),
        Outlook::Known(id, instead) => {
            let would = match instead {
                Instead::Finished => "judge again",
                Instead::SameKey | Instead::Busy => "follow",
            };
            (would, Some(id.to_string()), vec![instead.evidence().to_owned()])
        }
    }
}
