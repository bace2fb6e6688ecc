//! `--dry-run=curl`: the request that would start a scan, as a command for a shell. It is not sent.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request};
use ncp_sign::{ACCESS_KEY_HEADER, Message, SIGNATURE_HEADER};
use serde::Serialize;
use shindan_hyper::now;
use shindan_proto::{Authorize as _, EncodeError, NcpKey, VaddyKey, VaddyProject, encode};
use shindan_wire::Secret;
use vaddy_model::{v1, v2};

use super::{
    App,
    plan::Foreseen,
    prepare::{Prepared, Ready},
    start::Plan,
};
use crate::{
    exit::Exit,
    failed::Failed,
    output::{Rows, mask},
    secrets::SHOWN,
    state::shell_word,
    terminal::escape_json,
};

/// A target, and what would be sent to start it.
#[derive(Serialize)]
struct Dry {
    #[serde(flatten)]
    foreseen: Foreseen,
    /// What WSC's signature proves.
    string_to_sign: Option<String>,
    /// In lines of which each but the last ends with a backslash.
    curl: Option<String>,
}

/// Prints what each start would send, with secrets masked.
pub(super) fn tell(app: &App, prepared: &[Prepared<'_>]) -> Result<(), Failed> {
    let all: Vec<Dry> = prepared.iter().map(Dry::of).collect::<Result<_, _>>()?;
    if app.output.is_json() {
        return app.output.answer(&all, |_| Rows::new(&[]));
    }
    let lines: Vec<_> = all.iter().flat_map(Dry::lines).collect();
    app.output.lines(&lines)
}

impl Dry {
    fn of(prepared: &Prepared<'_>) -> Result<Self, Failed> {
        let request = match &prepared.said {
            Ok(Ready::Wsc(plan)) if plan.starts() => wsc(plan).map(Some),
            Ok(Ready::Vaddy(plan)) if plan.starts() => vaddy(plan).map(|curl| Some((None, curl))),
            Ok(_) | Err(_) => Ok(None),
        };
        let (string_to_sign, curl) = request
            .map_err(|error| Failed::new(Exit::Usage, error))?
            .map_or((None, None), |(signed, curl)| (signed, Some(curl)));
        Ok(Self { foreseen: Foreseen::of(prepared), string_to_sign, curl })
    }

    fn lines(&self) -> Vec<String> {
        let mut lines = vec![format!("# {}", self.foreseen.sentence())];
        lines.extend(self.string_to_sign.iter().map(|text| format!("# string to sign: {text:?}")));
        lines.extend(self.curl.iter().flat_map(|curl| curl.lines()).map(str::to_owned));
        lines
    }
}

/// The message that would be signed, and the command.
fn wsc(plan: &Plan<NcpKey>) -> Result<(Option<String>, String), EncodeError> {
    let mut job = plan.scan.job.clone();
    // As the start adds it; a test compares the two.
    let token = format!("[scan:{}]", plan.scan.token);
    job.memo = Some(job.memo.map_or_else(|| token.clone(), |memo| format!("{memo} {token}")));
    for value in job.headers.values_mut() {
        *value = Secret::new(SHOWN.to_owned());
    }
    let (at, auth) = (now().wall, plan.target.auth());
    let mut request = encode(plan.target.base(), &job)?;
    auth.authorize(&mut request, at);
    let masked = mask(auth.access_key());
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    let at = at.unix_ms().try_into().unwrap_or(0);
    let message = Message::new(request.method().as_str(), path, at, &masked).to_string();
    // What could act on a terminal becomes an escape of JSON, which is the same text to the service.
    let body = escape_json(&String::from_utf8_lossy(request.body()));
    Ok((Some(message), command(&request, &masked, &body)))
}

fn vaddy(plan: &Plan<VaddyKey>) -> Result<String, EncodeError> {
    let (scan, base) = (&plan.scan, plan.target.base());
    let mut request = match &scan.project {
        VaddyProject::V1 { fqdn, verification_code } => {
            let mut start = v1::StartScan::new(fqdn);
            start.verification_code = verification_code.as_ref().map(|_| SHOWN.to_owned());
            start.crawl_id = scan.crawl_id;
            start.scan_type.clone_from(&scan.scan_type);
            encode(base, &start)?
        }
        VaddyProject::V2 { project_id } => {
            let mut start = v2::StartScan::new(project_id);
            start.crawl_id = scan.crawl_id;
            start.scan_type.clone_from(&scan.scan_type);
            encode(base, &start)?
        }
    };
    plan.target.auth().authorize(&mut request, now().wall);
    Ok(command(&request, SHOWN, &String::from_utf8_lossy(request.body())))
}

/// Each value is one word, whatever is in it.
fn command(request: &Request<Bytes>, access_key: &str, body: &str) -> String {
    let header = |(name, value): (&HeaderName, &HeaderValue)| {
        let value = if *name == ACCESS_KEY_HEADER {
            access_key.into()
        } else if *name == SIGNATURE_HEADER || value.is_sensitive() {
            SHOWN.into()
        } else {
            String::from_utf8_lossy(value.as_bytes())
        };
        format!("-H {}", shell_word(&format!("{name}: {value}")))
    };
    let start = format!("curl -X {} {}", request.method(), shell_word(&request.uri().to_string()));
    let headers = request.headers().iter().map(header);
    let body = format!("--data-raw {}", shell_word(body));
    let words: Vec<_> = [start].into_iter().chain(headers).chain([body]).collect();
    words.join(" \\\n  ")
}

#[cfg(all(test, unix))]
mod tests {
    use std::process::Command;

    use proptest::prelude::*;

    use super::*;

    /// What a shell makes of the words.
    fn read_by_shell(words: &[String]) -> Vec<String> {
        let words: Vec<_> = words.iter().map(|word| shell_word(word)).collect();
        let line = format!(r"printf '%s\0' {}", words.join(" "));
        let run = Command::new("sh").args(["-c", &line]).output().expect("there is a shell");
        assert!(run.status.success() && run.stderr.is_empty(), "{line:?} {run:?}");
        let text = String::from_utf8(run.stdout).expect("it is UTF-8");
        text.strip_suffix('\0')
            .map_or(Vec::new(), |text| text.split('\0').map(str::to_owned).collect())
    }

    #[test]
    fn hostile_words_stay_words() {
        let words = [
            "",
            "'",
            "''",
            "'\\''",
            "\"",
            "\\",
            "a\\",
            "$(exit 3)",
            "`exit 3`",
            "${IFS}",
            "a\nb",
            "\n",
            "; exit 3",
            "' ; exit 3; '",
            "#",
            "~",
            "*",
            "!!",
            "@/etc/passwd",
            "-n",
            "é\u{202e}",
        ]
        .map(str::to_owned);
        assert_eq!(read_by_shell(&words), words);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn any_word_stays_a_word(
            words in prop::collection::vec("[^\0]{0,24}|['\"\\\\$()`;&|<>*\n ]{0,24}", 1..8)
        ) {
            prop_assert_eq!(read_by_shell(&words), words);
        }
    }

    /// A whole command, with a program in curl's place that prints its arguments.
    #[test]
    fn a_command_is_read_as_it_was_meant() {
        let mut request = Request::new(Bytes::new());
        *request.uri_mut() = "https://wsc.example/a?b=$(id)'".parse().expect("it is a url");
        let headers = request.headers_mut();
        headers.insert("x-plain", HeaderValue::from_static("it's `id`"));
        let mut secret = HeaderValue::from_static("canary");
        secret.set_sensitive(true);
        headers.insert("x-api-key", secret);
        let command = command(&request, "AB…YZ", "{\"memo\":\"$(exit 3)'\\\\\"}");
        assert!(!command.contains("canary"), "{command}");
        let printed = format!("curl() {{ printf '%s\\0' \"$@\"; }}\n{command}");
        let run = Command::new("sh").args(["-c", &printed]).output().expect("there is a shell");
        let text = String::from_utf8(run.stdout).expect("it is UTF-8");
        let words: Vec<_> = text.split_terminator('\0').collect();
        assert_eq!(
            words,
            [
                "-X",
                "GET",
                "https://wsc.example/a?b=$(id)'",
                "-H",
                "x-plain: it's `id`",
                "-H",
                "x-api-key: (redacted)",
                "--data-raw",
                "{\"memo\":\"$(exit 3)'\\\\\"}",
            ]
        );
    }
}
