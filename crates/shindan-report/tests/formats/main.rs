//! Every format of every sample, each read by a reader that is not ours.

mod check;
mod csv;
mod defectdojo;
mod diff;
mod github;
mod gitlab_dast;
mod json;
mod jsonl;
mod junit;
mod merge;
mod sarif;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use shindan_report::format::{DastVersion, Format};
mod dom;
mod html;
mod markdown;
mod samples;
mod steeped;

#[test]
fn a_summary_is_the_same_after_it_was_written_and_read() {
    for (name, summary) in samples::all() {
        let json = serde_json::to_string(&summary).unwrap();
        assert_eq!(
            serde_json::from_str::<shindan_report::Summary>(&json).unwrap(),
            summary,
            "{name}"
        );
    }
}

#[test]
fn a_format_is_known_by_its_name() {
    for format in Format::all() {
        assert_eq!(format.as_str().parse(), Ok(format));
    }
    for version in DastVersion::ALL {
        let name = format!("gitlab-dast@{}", version.as_str());
        assert_eq!(name.parse(), Ok(Format::GitlabDast(version)));
    }
    for text in ["", "JSON", "json@1", "xml", "gitlab-dast@", "gitlab-dast@1"] {
        assert!(text.parse::<Format>().unwrap_err().starts_with("it is none of: "), "{text}");
    }
    let mut names = Format::all().map(|format| format.file_name());
    names.sort_unstable();
    assert!(names.windows(2).all(|two| two[0] != two[1]), "{names:?}");
}

/// Each text is JSON and fits the schema, formats such as `uri` and `date-time` included.
#[expect(clippy::unwrap_used, reason = "the schema is valid and the text was just written")]
fn valid(schema: &str, texts: impl IntoIterator<Item = (&'static str, String)>) {
    let schema = serde_json::from_str(schema).unwrap();
    let schema = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
    for (name, text) in texts {
        let value = serde_json::from_str(&text).unwrap();
        let errors = schema.iter_errors(&value);
        let errors: Vec<_> =
            errors.map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(
            errors.is_empty(),
            "{name}: {}",
            errors.join("\n").chars().take(2_000).collect::<String>()
        );
    }
}

/// Markdown in which nothing is anything but text in paragraphs.
fn markdown_is_text(markdown: &str) {
    for event in Parser::new_ext(markdown, Options::all()) {
        let is_text = matches!(
            event,
            Event::Text(_) | Event::Start(Tag::Paragraph) | Event::End(TagEnd::Paragraph)
        );
        assert!(is_text, "{event:?}");
    }
}

/// Runs of which no target's scan has finished, whatever else stands there.
#[expect(clippy::unwrap_used, reason = "a clean target has a diagnosis")]
fn unfinished() -> Vec<shindan_report::Summary> {
    let mut silent = samples::clean();
    let mut missing = samples::clean();
    let mut code = samples::clean();
    let mut gate = samples::clean();
    for n in 0..2 {
        silent.targets[n].diagnosis = None;
        let said = missing.targets[n].diagnosis.as_mut().unwrap();
        said.missing = vec!["1 part of the report cannot be read".to_owned()];
        code.targets[n].exit.code = 9;
        gate.targets[n].exit.code = 1;
        gate.targets[n].diagnosis.as_mut().unwrap().coverage.percent = Some(99);
    }
    vec![samples::incomplete(), samples::failed(), silent, missing, code, gate]
}
