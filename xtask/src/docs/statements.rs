//! What tests state about the services that the emulator plays: the marked lines before them.
//!
//! A statement is one paragraph: `Documented (topics, <page>): text.`, `Observed (topics, <page>): text.`,
//! `Assumed (topics): text.`, or `Own (topics): text.` for what is a rule of the emulator and of no service.

use std::{fs, path::Path};

use shindan_emulator::{Evidence, Operation};

use crate::{Result, files};

/// One statement and the test that holds it.
pub(super) struct Statement {
    pub(super) said: Said,
    pub(super) test: String,
    /// The test's file, as seen from the workspace.
    pub(super) file: String,
}

/// What is stated.
pub(super) struct Said {
    /// `None` for a rule of the emulator itself.
    pub(super) evidence: Option<Evidence>,
    /// Whole names of operations, or names of the page's other sections.
    pub(super) topics: Vec<String>,
    /// A public page; `None` if the pages of its operations are meant, or there is none.
    pub(super) source: Option<String>,
    pub(super) text: String,
}

/// All statements below a folder, by file and line.
pub(super) fn below(folder: &Path, topics: &[&str]) -> Result<Vec<Statement>> {
    let mut statements = Vec::new();
    for path in files::files_below(folder)? {
        let name = path.strip_prefix(files::root())?.display().to_string();
        statements.extend(read(&name, &fs::read_to_string(&path)?, topics)?);
    }
    Ok(statements)
}

fn read(file: &str, source: &str, topics: &[&str]) -> Result<Vec<Statement>> {
    let (mut statements, mut block, mut is_test) = (Vec::new(), Vec::new(), false);
    for (number, line) in source.lines().enumerate() {
        let line = line.trim();
        let place = |why: &str| format!("{file}:{}: {why}", number + 1);
        if let Some(comment) = line.strip_prefix("///") {
            let comment = comment.trim();
            if is_statement(comment) {
                block.push(comment.to_owned());
            } else if let Some(last) = block.last_mut() {
                if comment.is_empty() {
                    return Err(
                        place("a statement is the last thing that is said of a test").into()
                    );
                }
                *last = format!("{last} {comment}");
            }
        } else if line.starts_with("#[") {
            is_test |= line == "#[test]" || line.starts_with("#[tokio::test");
        } else {
            let function = line.strip_prefix("async ").unwrap_or(line).strip_prefix("fn ");
            let name = function.and_then(|rest| rest.split_once('(')).filter(|_| is_test);
            for comment in block.drain(..) {
                let (name, _) = name.ok_or_else(|| place("a statement stands before no test"))?;
                let said = said(&comment, topics).map_err(|why| place(&why))?;
                statements.push(Statement { said, test: name.to_owned(), file: file.to_owned() });
            }
            is_test = false;
        }
    }
    Ok(statements)
}

/// A capital word before a parenthesis: whoever misspells the word is told.
fn is_statement(comment: &str) -> bool {
    comment.split_once(" (").is_some_and(|(mark, _)| {
        mark.starts_with(|first: char| first.is_ascii_uppercase())
            && mark.bytes().all(|byte| byte.is_ascii_alphabetic())
    })
}

fn said(comment: &str, known: &[&str]) -> std::result::Result<Said, String> {
    let (mark, rest) = comment.split_once(" (").ok_or("no mark")?;
    let (about, text) = rest.split_once("): ").ok_or("no text")?;
    let evidence = match mark {
        "Documented" => Some(Evidence::Documented),
        "Observed" => Some(Evidence::Observed),
        "Assumed" => Some(Evidence::Assumed),
        "Own" => None,
        _ => return Err(format!("{mark} is none of Documented, Observed, Assumed and Own")),
    };
    let (mut topics, mut source) = (Vec::new(), None);
    for part in about.split(", ") {
        if let Some(url) = part.strip_prefix("<https://").and_then(|rest| rest.strip_suffix('>')) {
            if source.replace(format!("https://{url}")).is_some() {
                return Err("a statement has one source".to_owned());
            }
        } else if operation(part).is_some() || known.contains(&part) {
            topics.push(part.to_owned());
        } else {
            return Err(format!("{part} is neither an operation nor a section of the page"));
        }
    }
    let by_operation = topics.iter().all(|topic| operation(topic).is_some());
    match (evidence, &source) {
        _ if topics.is_empty() => Err("a statement is about something".to_owned()),
        _ if !text.ends_with('.') => Err("a statement is a sentence".to_owned()),
        (Some(Evidence::Documented), None) if !by_operation => {
            Err("what is documented has a page: say <https://...>".to_owned())
        }
        (Some(Evidence::Observed), None) => {
            Err("what was observed has a place: say <https://...>".to_owned())
        }
        (Some(Evidence::Assumed) | None, Some(_)) => {
            Err("what is assumed or our own has no source".to_owned())
        }
        _ => Ok(Said { evidence, topics, source, text: text.to_owned() }),
    }
}

/// The operation of this whole name.
pub(super) fn operation(name: &str) -> Option<&'static Operation> {
    Operation::all().iter().find(|operation| operation.to_string() == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> std::result::Result<Vec<Statement>, String> {
        read("x.rs", text, &["safety"]).map_err(|error| error.to_string())
    }

    #[test]
    fn a_statement_goes_to_its_test() {
        let read =
            of("/// What it is.\n/// Documented (wsc.getJobs,\n/// wsc.searchJobs): it lists\n\
            /// jobs.\n/// Own (safety): it is safe.\n#[test]\nfn it_lists() {\n    x();\n}\n");
        let read = read.unwrap();
        assert_eq!(read.len(), 2);
        assert_eq!(
            (read[0].said.evidence, &*read[0].said.text),
            (Some(Evidence::Documented), "it lists jobs.")
        );
        assert_eq!(read[0].said.topics, ["wsc.getJobs", "wsc.searchJobs"]);
        assert_eq!((read[1].said.evidence, &*read[1].test), (None, "it_lists"));
        let page =
            of("    /// Observed (safety, <https://example.com/a>): so.\n    #[tokio::test]\n    \
            async fn seen(\n");
        assert_eq!(page.unwrap()[0].said.source.as_deref(), Some("https://example.com/a"));
    }

    #[test]
    fn what_is_wrong_is_an_error() {
        for (comment, why) in [
            ("Asumed (safety): it is.", "none of"),
            ("Assumed (wsc.getJob): it is.", "neither an operation"),
            ("Assumed (safety): it is", "a sentence"),
            ("Assumed (safety, <https://example.com/>): it is.", "no source"),
            ("Documented (safety): it is.", "has a page"),
            ("Observed (wsc.getJobs): it is.", "has a place"),
            ("Observed (<https://example.com/>): it is.", "about something"),
        ] {
            let error = of(&format!("/// {comment}\n#[test]\nfn it() {{}}\n")).err().unwrap();
            assert!(error.starts_with("x.rs:3: ") && error.contains(why), "{error}");
        }
        let error = of("/// Assumed (safety): it is.\nfn it() {}\n").err().unwrap();
        assert!(error.contains("before no test"), "{error}");
    }
}
