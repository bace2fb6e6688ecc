//! `shindan help`: topics that belong to no single command.

use clap::CommandFactory;

use crate::{
    args::CommandLine,
    config::nearest,
    exit::Exit,
    failed::Failed,
    output::{Output, Rows},
};

/// A topic's name and text.
type Topic = (&'static str, fn() -> String);

const TOPICS: [Topic; 6] = [
    ("exit-codes", exit_codes),
    ("environment", || ENVIRONMENT.to_owned()),
    ("config", || CONFIG.to_owned()),
    ("formats", || FORMATS.to_owned()),
    ("interrupts", || INTERRUPTS.to_owned()),
    ("billing", || BILLING.to_owned()),
];

pub(super) fn run(what: &[String]) -> Result<Exit, Failed> {
    let text = match what {
        [] => {
            let topics: Vec<_> = TOPICS.iter().map(|(name, _)| *name).collect();
            let help = CommandLine::command().render_help();
            format!("{help}\nTopics of `shindan help`: {}", topics.join(", "))
        }
        [topic] if TOPICS.iter().any(|(name, _)| name == topic) => {
            let found = TOPICS.iter().find(|(name, _)| name == topic);
            found.map(|(_, text)| text()).unwrap_or_default()
        }
        words => of_command(words)?,
    };
    Output::text(text.trim_end())?;
    Ok(Exit::Ok)
}

/// What the command says with `--help`.
fn of_command(words: &[String]) -> Result<String, Failed> {
    let mut command = CommandLine::command();
    command.build();
    for word in words {
        let Some(found) = command.find_subcommand(word) else {
            let topics = TOPICS.iter().map(|(name, _)| *name);
            let commands = command.get_subcommands().map(clap::Command::get_name);
            let failed = Failed::new(Exit::Usage, format!("there is no topic or command {word}"));
            return Err(match nearest(word, topics.chain(commands)) {
                Some(known) => failed.help(format!("did you mean {known}?")),
                None => failed.help("see them with: shindan help"),
            });
        };
        command = found.clone();
    }
    Ok(command.render_long_help().to_string())
}

fn exit_codes() -> String {
    let rows = Exit::ALL.into_iter().map(|exit| {
        let [meaning, reaction] = [exit.meaning(), exit.reaction()].map(str::to_owned);
        vec![exit.code().to_string(), exit.name().to_owned(), meaning, reaction]
    });
    let order: Vec<_> = Exit::ORDER.iter().map(|exit| exit.code().to_string()).collect();
    format!(
        "{}\n\nIf several apply, the first of these is returned:\n{}.",
        Rows::new(&["CODE", "NAME", "MEANING", "REACTION"]).rows(rows).to_wrapped_text(),
        order.join(", ")
    )
}

const ENVIRONMENT: &str = "\
Variables that are set and not empty. An option comes before its variable, and a
variable before a file.

Keys of NAVER Cloud, a pair from one place: variables, then ~/.ncloud/configure,
then the role of the server
  NCLOUD_ACCESS_KEY_ID, then NCLOUD_ACCESS_KEY
  NCLOUD_SECRET_ACCESS_KEY, then NCLOUD_SECRET_KEY
  SHINDAN_PROFILE, then NCLOUD_PROFILE    the section of ~/.ncloud/configure
  NCLOUD_METADATA_API_ENDPOINT            where a server's role is asked for
  NCLOUD_SITE                             public, gov or fin
  NCLOUD_API_GW                           only the site is read from it
  WSC_ENDPOINT                            another address of WSC

Keys and target of VAddy, as its own client reads them
  VADDY_USER
  VADDY_TOKEN, then VADDY_AUTH_KEY
  VADDY_PROJECT_ID                        a v2 project
  VADDY_HOST, then VADDY_FQDN             a v1 project, never beside a v2 one
  VADDY_VERIFICATION_CODE                 of a v1 project
  VADDY_PROJECT_NUMBER                    the number in the console's address
  VADDY_CRAWL, then VADDY_CRAWL_ID        an id, or a part of a label
  VADDY_SCAN_TYPE                         like SQLI,XSS
  VADDY_API_SERVER                        another address of VAddy

Settings
  SHINDAN_CONFIG, SHINDAN_STATE_DIR, SHINDAN_EMULATOR,
  SHINDAN_FAIL_ON, SHINDAN_WAIT_TIMEOUT, SHINDAN_IF_BUSY, SHINDAN_RESCAN,
  SHINDAN_REUSE_WITHIN, SHINDAN_MAX_PARALLEL, SHINDAN_MAX_BILLABLE_PER_RUN,
  SHINDAN_MAX_BILLABLE_PER_DAY, SHINDAN_MIN_COVERAGE, SHINDAN_REPORT_DIR,
  SHINDAN_REPORT_LANG
  XDG_STATE_HOME, XDG_CONFIG_HOME, HOME, USERPROFILE, APPDATA, LOCALAPPDATA
  SHINDAN_LANG                            auto, en, ko or ja: the language of
                                          messages, and of reports without
                                          SHINDAN_REPORT_LANG; names, JSON, logs
                                          and this help stay English
  LC_ALL, then LC_MESSAGES, then LANG     the language, if it is auto
  SHINDAN_VERBOSE                         1 like -v, 2 like -vv
  SHINDAN_LOG_FORMAT                      text or json
  SHINDAN_PROGRESS                        auto, bar, plain or none: how a
                                          scan that runs is shown
  NO_COLOR                                live lines without color; nothing
                                          else is colored

Network, also in lower case; docs/network.md has the rules
  HTTPS_PROXY, then ALL_PROXY             a proxy for https
  NO_PROXY                                what is reached without it
  SHINDAN_CA_BUNDLE, then SSL_CERT_FILE   more authorities for certificates

The run of a pipeline, from which --dedupe-key is made if it is not given
  GITHUB_SERVER_URL, GITHUB_REPOSITORY, GITHUB_RUN_ID, GITHUB_JOB
  CI_SERVER_URL, CI_PIPELINE_ID, CI_JOB_NAME
  JENKINS_URL, JOB_NAME, BUILD_ID

Where GitHub Actions takes what --report github hands on
  GITHUB_OUTPUT, GITHUB_STEP_SUMMARY
";

const CONFIG: &str = "\
shindan.toml is searched upwards from the current directory; -c FILE or
SHINDAN_CONFIG names another one. The user's own file is
$XDG_CONFIG_HOME/shindan/config.toml or ~/.config/shindan/config.toml; it has no
targets.

  shindan config init             write a file with examples
  shindan config check            read everything; say what is wrong and where
  shindan config show --origin    what is set, and who set it
  shindan config schema           the JSON Schema, for editors

The strongest comes first: options, SHINDAN_* variables, the vendors' variables,
the project's file, the user's file, defaults. A limit of charged scans is the
smallest that anybody has set: no file loosens the limit of another one. The
hosts that may be scanned must be allowed by every file that lists some.

No key stands in a file of ours. header-env, verification-code-env, user-env and
token-env name variables.
";

const FORMATS: &str = "\
--report FORMAT=PATH writes a file, --report FORMAT one in the directory of the
reports (--report-dir, [reports] dir in shindan.toml, or dast-reports). Several can
be said. They are there whatever happened, and each is whole or not there at all.

  json          everything, as docs/summary.schema.json has it; the others can be
                made from it later: shindan report convert
  html          one page for people: no script, nothing is loaded
  md            for a comment; 65,000 characters at most
  csv           a row for each finding
  jsonl         an event on each line
  junit         a test case for each category that was tested
  sarif         SARIF 2.1.0 with the URLs
  sarif-github  what GitHub takes: each finding in a file of the project, which is
                the target's line in shindan.toml or what [targets.NAME.routes] says
  gitlab-dast   gl-dast-report.json; gitlab-dast@15.0.7 is another version of it
  defectdojo    generic findings
  github        no file: annotations, the job's summary and outputs (run-id,
                scan-id, resume-command, findings-total, gate, report-dir)

Text from a service or a site is shown, never run: what would act on its reader is
written as \\u{..}. Findings of [[accept]] are left out or marked in all of them.
";

const INTERRUPTS: &str = "\
A scan that was started goes on at the service, whatever happens to this
process.

INT and TERM without a terminal, as in a pipeline
  The process leaves at once, prints how to go on, and exits with 130 or 143.
  While a start is on its way it waits up to 4 s for the answer; if none comes
  it exits with 7.
INT on a terminal
  The first Ctrl-C counts down 5 s and leaves. A second one asks the service to
  end the scan; a third leaves.
--on-interrupt cancel
  Asks the service to end the scan, and waits about 2 s for its consent.
KILL, power failure
  What was started stands in the journal. `shindan attach --latest` goes on;
  `shindan runs reconcile` finds out what became of a start whose answer was
  lost.

Of several targets, those that were not started yet are not started any more.
The reports that were asked for are written before anything is started, as those
of a run that was cut off, and again at its end: none of an earlier run is left,
whatever ends this one.
";

const BILLING: &str = "\
WSC charges each new diagnosis; VAddy is paid by plan, and a scan blocks its
project until it has ended.

Before a charged start
  It is asked for, or --yes was said. The hosts, the use and the budget are
  checked. A record of the intent is on disk before the first byte leaves.
Never twice
  A start whose outcome is unknown is not sent again. It is searched for by a
  mark that was sent with it, and until its fate is known no other start of the
  target is made from this machine (exit 7, then 5). The same --dedupe-key means
  the same scan; in GitHub Actions, GitLab CI and Jenkins it is made from the
  run.
Limits
  max-billable-per-run and max-billable-per-day in shindan.toml or the user's
  file, --max-billable N. A day is the last 24 hours; starts whose outcome is
  unknown count.
";
